"""Asking the network what is known: the steps of design 6 on the asker's side, in order.

1 to 5 say whether and about whom this body may ask; 6 and 7 log and send (`questions`); 15 and 16 belong to each answer
as it arrives (`check`), 17 to what is known at any moment (`domain.verdict`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from maglia.core.directory import Directory, Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, Basis, PseudonymClass
from node.checks.check import Check
from node.domain.budget import OPERATORS, budget_item
from node.domain.household import is_of_one_person
from node.domain.model import Operator
from node.domain.waiting import KeptOutcomes
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import Planned, Timing
from node.household import Adult, HouseholdCheck
from node.inquiry import HouseholdInquiry, Inquiry, LawfulBasis, find_basis, policy_document, whom_to_ask
from node.name_flags import name_flags
from node.naming import Naming, check_named
from node.ports import Clock, Peers, Policy, Ruling, Store, Trust
from node.procedures import Procedures
from node.pseudonyms import Pseudonyms
from node.pulse import Pulse
from node.questions import Posed, Questions

PERSON, HOUSEHOLD = "V", "N"


class Asking:
    """Asks for one body."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        peers: Peers,
        pseudonyms: Pseudonyms,
        clock: Clock,
        budget_key: bytes,
        timing: Timing,
        open_questions: OpenQuestions,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._peers = peers
        self._clock = clock
        self._budget_key = budget_key
        self._timing = timing
        self._procedures = Procedures(store, trust, clock)
        self._naming = Naming(me, store, trust, pseudonyms, clock)
        self._open = open_questions
        self._questions = Questions(me, entries, policy, trust, open_questions)

    async def start(self, inquiry: Inquiry, operator: Operator, check_id: str = "") -> Check:
        """Walk steps 1 to 7 and return the check, whose answers arrive from now on.

        `check_id` is of one that was filed before. Raises whatever refuses the question; the refusal is logged before.
        """
        check_id = check_id or new_check_id()
        async with self._logging_refusals(inquiry, operator, lambda code: {check_id: code}):
            directory, me = self._ready()
            posed = await self._pose(check_id, inquiry, operator, directory, me)  # 1, 3
            self._spend([posed])  # 4
            [named] = await self._name([posed])  # 5
            named = await self._as_of_now(named, directory, me)
        [check] = await self._send([named], directory, Pulse())  # 6, 7
        return check

    async def start_household(
        self, inquiry: HouseholdInquiry, operator: Operator, check_id: str = ""
    ) -> HouseholdCheck:
        """Walk steps 1 to 7 for each person, each on their own basis, and return the checks of those who have one.

        Of who has none nothing leaves. Whatever refuses the question for everybody is raised before anything leaves;
        each refusal is logged, one entry for each person, as single checks have.
        """
        adults = [Adult(new_check_id(), inquiry=person) for person in inquiry.persons]

        def refused(code: Code) -> dict[str, Code]:
            return {adult.check_id: adult.unverified or code for adult in adults}

        async with self._logging_refusals(inquiry, operator, refused):
            directory, me = self._ready()
            posed = [
                await self._pose_for(adult, person, operator, directory, me)
                for adult, person in zip(adults, inquiry.persons, strict=True)
            ]
            asked = _each_need_once([one for one in posed if one is not None])
            self._spend(asked)  # 4
            named = await self._name(asked)  # 5
            named = [one for one in [await self._for_adult(adults, each, directory, me) for each in named] if one]
        unverified = {adult.check_id: adult.unverified for adult in adults if adult.unverified}
        await self._questions.log_refusals(inquiry, operator, unverified)
        pulse = Pulse()
        checks = {check.check_id: check for check in await self._send(named, directory, pulse)}  # 6, 7
        for adult in adults:
            adult.check = checks.get(adult.check_id)
        return HouseholdCheck(check_id or new_check_id(HOUSEHOLD), adults, pulse)

    @asynccontextmanager
    async def _logging_refusals(
        self, inquiry: Inquiry | HouseholdInquiry, operator: Operator, refusals: Callable[[Code], Mapping[str, Code]]
    ) -> AsyncIterator[None]:
        """Log what refuses checks inside, by their ids, and let it pass on.

        An operator who goes away while the registry is awaited ends a check too: without an entry, the evaluation's own
        would speak of a check of which nothing else is known.
        """
        try:
            yield
        except (MagliaError, asyncio.CancelledError) as error:
            code = error.code if isinstance(error, MagliaError) else Code.SESSION_LEFT
            await self._questions.log_refusals(inquiry, operator, refusals(code))
            raise

    def _ready(self) -> tuple[Directory, Member]:
        """Return the directory and this body in it, when this body may ask at all."""
        self._entries.require_sound()
        self._entries.require_room()
        directory = self._trust.directory()
        return directory, directory.member(self._me)

    async def _pose(
        self, check_id: str, inquiry: Inquiry, operator: Operator, directory: Directory, me: Member
    ) -> Posed:
        """Walk steps 1 and 3 for one person, whose consent may not include everybody."""
        basis = self._basis(inquiry, me)
        could_know = directory.asked_about(inquiry.facet, self._me)
        members = whom_to_ask(could_know, basis)
        left_out = frozenset(member.id for member in could_know) - {member.id for member in members}
        ruling = await self._judge(inquiry, operator, basis, me, members)
        needs = self._naming.needs(inquiry)
        flags = name_flags(inquiry.identifier, operator, self._store.operators())
        return Posed(
            check_id, inquiry, operator, basis, ruling.revision, needs, members, left_out=left_out, flags=flags
        )

    async def _pose_for(
        self, adult: Adult, inquiry: Inquiry | None, operator: Operator, directory: Directory, me: Member
    ) -> Posed | None:
        """Walk steps 1 and 3 for one person of a household, or note what is missing for this person alone."""
        if inquiry is None:
            adult.unverified = Code.INPUT_COMPOSITE_NAME
            return None
        try:
            return await self._pose(adult.check_id, inquiry, operator, directory, me)
        except MagliaError as error:
            if not is_of_one_person(error.code):
                raise
            adult.unverified = error.code
            return None

    async def _name(self, asked: Sequence[Posed]) -> list[Posed]:
        """Give each person and their needs their pseudonyms, each person by themselves; none where nobody is asked."""
        named = []
        for posed in asked:
            if not posed.members:
                named.append(posed)
                continue
            found = await self._naming.name(posed.check_id, posed.inquiry, posed.needs, posed.basis.procedure)
            check_named(found, posed.members)
            named.append(replace(posed, named=found))
        return named

    async def _as_of_now(self, named: Posed, directory: Directory, me: Member) -> Posed:
        """Walk steps 1 and 3 anew if the basis changed: naming waits for the registry, and a person may withdraw."""
        while self._basis(named.inquiry, me) != named.basis:
            anew = await self._pose(named.check_id, named.inquiry, named.operator, directory, me)
            check_named(named.named, anew.members)
            named = replace(anew, needs=named.needs, named=named.named)
            if not named.named:
                [named] = await self._name([named])
        return named

    async def _for_adult(self, adults: Sequence[Adult], named: Posed, directory: Directory, me: Member) -> Posed | None:
        """Walk steps 1 and 3 anew for one person of a household, or note that nothing may be asked any longer."""
        try:
            return await self._as_of_now(named, directory, me)
        except MagliaError as error:
            if not is_of_one_person(error.code):
                raise
            [adult] = [each for each in adults if each.check_id == named.check_id]
            adult.unverified = error.code
            return None

    async def _send(self, asked: Sequence[Posed], directory: Directory, pulse: Pulse) -> list[Check]:
        """Walk steps 6 and 7: every entry of every check is durable before the first question leaves, in any order."""
        asked = secrets.SystemRandom().sample(asked, len(asked))
        plans = await self._questions.plan(asked, directory)
        checks = []
        for posed, planned in zip(asked, plans, strict=True):
            check = self._check(posed, pulse)
            check.send(planned)
            checks.append(check)
        return checks

    def _check(self, posed: Posed, pulse: Pulse) -> Check:
        of = posed.check_id, posed.revision
        check = Check(*of, self._peers, self._entries, self._timing, self._open, pulse, posed.left_out)
        check.inquiry, check.needs = posed.inquiry, posed.needs
        check.ask_anew = partial(self._again, posed)
        return check

    def resume(
        self, check_id: str, inquiry: Inquiry, operator: Operator, kept: KeptOutcomes, waited_s: float, pulse: Pulse
    ) -> Check:
        """Return a check that an earlier process began `waited_s` ago; nobody is asked before `Check.ask_again`."""
        flags = name_flags(inquiry.identifier, operator, self._store.operators())
        nothing = LawfulBasis(Basis.NONE)  # what it rests on is looked up each time that somebody is asked
        told = check_id, inquiry, operator, nothing, kept.revision, kept.needs, ()
        check = self._check(Posed(*told, left_out=kept.left_out, flags=flags), pulse)
        check.take_up(kept, waited_s)
        return check

    async def _again(self, posed: Posed, silent: Sequence[Member]) -> list[Planned]:
        """Walk steps 1 to 3 anew, then 6: a consent withdrawn meanwhile, or a role lost, ends the asking.

        Under an epoch that has ended nobody would answer, and of another process's check the pseudonyms are gone: then
        steps 4 and 5 too.
        """
        try:
            directory, me = self._ready()
            basis = self._basis(posed.inquiry, me)
            here = [directory.members[member.id] for member in silent if member.id in directory.members]
            silent = whom_to_ask(here, basis)
            await self._judge(posed.inquiry, posed.operator, basis, me, silent)
            anew = replace(posed, basis=basis, members=silent, again=True)
            if not posed.named or posed.named[0].epoch not in directory.epochs.all:
                self._spend([anew])
                [anew] = await self._name([anew])
            check_named(anew.named, silent)
        except MagliaError as error:
            await self._questions.log_refusals(posed.inquiry, posed.operator, {posed.check_id: error.code})
            raise
        [planned] = await self._questions.plan([anew], directory)
        return planned

    def _basis(self, inquiry: Inquiry, me: Member) -> LawfulBasis:
        """Return what the question rests on: the procedure named, verified anew each time, or else what is on file."""
        if inquiry.procedure:
            return LawfulBasis(Basis.PUBLIC_TASK, procedure=self._procedures.open(inquiry.procedure, me))
        return find_basis(inquiry, me, self._store)

    async def _judge(
        self, inquiry: Inquiry, operator: Operator, basis: LawfulBasis, me: Member, asked: Sequence[Member]
    ) -> Ruling:
        document = policy_document(inquiry, operator, basis, me, asked, self._clock.today())
        ruling = await self._policy.decide("ask", document)
        if not ruling.allow:
            raise MagliaError(ruling.reason)
        return ruling

    def _spend(self, asked: Sequence[Posed]) -> None:
        """Count what is asked, all or nothing.

        Each need may be another household's, so many needs of one person cost as many.
        """
        if not asked:
            return
        operator, called = asked[0].operator, asked[0].basis.procedure
        persons = [self._item(posed.inquiry.identifier) for posed in asked]
        needs = [[self._item(each.need) for each in posed.needs if each.need is not None] for posed in asked]
        if called is not None:
            spent = {PseudonymClass.PERSON: persons, PseudonymClass.NEED: [need for each in needs for need in each]}
            self._procedures.spend(called, self._me, spent)
            return
        limit = OPERATOR_PERSONS_A_DAY[operator.role]
        items = [
            item
            for person, of in zip(persons, needs, strict=True)
            for item in [person + need for need in of] or [person]
        ]
        if not self._store.spend(OPERATORS, operator.user, self._clock.today(), items, limit):
            if len(asked) > 1:
                raise MagliaError(Code.BUDGET_HOUSEHOLD, limit=limit, persons=len(asked))
            raise MagliaError(Code.BUDGET_OPERATOR, limit=limit)

    def _item(self, identifier: Identifier) -> bytes:
        return budget_item(self._budget_key, identifier)


def _each_need_once(asked: Sequence[Posed]) -> list[Posed]:
    """Leave each need to one person, of those who have it to whom most bodies may be asked about.

    Twice it would tell a body whose questions belong together, and its records would be found twice. Only for a body
    that nobody else's consent reaches it is asked again: left out, it would read as nothing known.
    """
    reached: dict[Identifier, set[str]] = {}
    once: dict[str, Posed] = {}
    for posed in sorted(asked, key=lambda each: -len(each.members)):
        members = {member.id for member in posed.members}
        known = {each.need for each in posed.needs if each.need and members <= reached.get(each.need, set())}
        needs = [replace(each, need=None) if each.need in known else each for each in posed.needs]
        for need in {each.need for each in needs if each.need is not None}:
            reached.setdefault(need, set()).update(members)
        once[posed.check_id] = replace(posed, needs=needs)
    return [once[posed.check_id] for posed in asked]


def new_check_id(kind: str = PERSON) -> str:
    """Return a check's id: V- for one person's, N- for a household's."""
    return f"{kind}-{secrets.token_hex(5)}"
