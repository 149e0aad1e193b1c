"""Asking the network what is known: the steps of design 6 on the asker's side, in order.

1 to 5 say whether and about whom this body may ask; 6 and 7 log and send (`questions`); 15 and 16 belong to each answer
as it arrives (`check`), 17 to what is known at any moment (`domain.verdict`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, Basis, PseudonymClass
from node.check import Check, Planned, Timing
from node.domain.budget import OPERATORS
from node.domain.model import OpenNeed, Operator
from node.entries import Entries
from node.inquiry import Inquiry, LawfulBasis, find_basis, policy_document
from node.naming import Naming, check_named
from node.ports import Clock, Peers, Policy, Ruling, Store, Trust
from node.procedures import Procedures
from node.pseudonyms import Pseudonyms
from node.questions import Posed, Questions


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
        self._questions = Questions(me, entries, policy, trust)

    async def start(self, inquiry: Inquiry, operator: Operator) -> Check:
        """Walk steps 1 to 7 and return the check, whose answers arrive from now on.

        Raises whatever refuses the question; the refusal is logged before it is raised.
        """
        check_id = f"V-{secrets.token_hex(5)}"
        try:
            self._entries.require_sound()
            directory = self._trust.directory()
            me = directory.member(self._me)
            basis = self._basis(inquiry, me)  # 3
            ruling = await self._judge(inquiry, operator, basis, me)  # 1, 3
            needs = self._naming.needs(inquiry)
            self._spend(inquiry.identifier, needs, operator, basis.procedure)  # 4
            named = await self._naming.name(inquiry, needs, basis.procedure)  # 5
            members = directory.asked_about(inquiry.facet, self._me)
            check_named(named, members)
        except MagliaError as error:
            await self._questions.log_refusal(inquiry, operator, check_id, error)
            raise
        posed = Posed(check_id, inquiry, operator, basis, named)
        secrets.SystemRandom().shuffle(members)
        check = Check(check_id, ruling.revision, directory, self._peers, self._entries, self._timing)
        check.send(await self._questions.plan(posed, members, directory))  # 6, 7
        check.ask_anew = lambda silent: self._again(posed, silent)
        return check

    async def _again(self, posed: Posed, silent: Sequence[Member]) -> list[Planned]:
        """Walk steps 1 to 3 anew, then 6: a consent withdrawn meanwhile, or a role lost, ends the asking.

        Under an epoch that has ended nobody would answer: then steps 4 and 5 too.
        """
        named = posed.named
        try:
            directory = self._trust.directory()
            me = directory.member(self._me)
            basis = self._basis(posed.inquiry, me)
            await self._judge(posed.inquiry, posed.operator, basis, me)
            if named[0].epoch not in directory.epochs.all:
                needs = self._naming.needs(posed.inquiry)
                self._spend(posed.inquiry.identifier, needs, posed.operator, basis.procedure)
                named = await self._naming.name(posed.inquiry, needs, basis.procedure)
            check_named(named, silent)
        except MagliaError as error:
            await self._questions.log_refusal(posed.inquiry, posed.operator, posed.check_id, error)
            raise
        return await self._questions.plan(replace(posed, basis=basis, named=named), silent, directory)

    def _basis(self, inquiry: Inquiry, me: Member) -> LawfulBasis:
        """Return what the question rests on: the procedure named, verified anew each time, or else what is on file."""
        if inquiry.procedure:
            return LawfulBasis(Basis.PUBLIC_TASK, procedure=self._procedures.open(inquiry.procedure, me))
        return find_basis(inquiry, me, self._store)

    async def _judge(self, inquiry: Inquiry, operator: Operator, basis: LawfulBasis, me: Member) -> Ruling:
        document = policy_document(inquiry, operator, basis, me, self._clock.today())
        ruling = await self._policy.decide("ask", document)
        if not ruling.allow:
            raise MagliaError(ruling.reason)
        return ruling

    def _spend(
        self, identifier: Identifier, needs: Sequence[OpenNeed], operator: Operator, called: Procedure | None
    ) -> None:
        """Count what is asked: each need may be another household's, so many needs of one person cost as many."""
        person = self._item(identifier)
        numbered = [self._item(each.need) for each in needs if each.need is not None]
        if called is not None:
            self._procedures.spend(called, self._me, {PseudonymClass.PERSON: [person], PseudonymClass.NEED: numbered})
            return
        limit = OPERATOR_PERSONS_A_DAY[operator.role]
        items = [person + need for need in numbered] or [person]
        if not self._store.spend(OPERATORS, operator.user, self._clock.today(), items, limit):
            raise MagliaError(Code.BUDGET_OPERATOR, limit=limit)

    def _item(self, identifier: Identifier) -> bytes:
        """Return what a budget counts of a code without holding it: a keyed hash, its key outside the database."""
        return hmac.digest(self._budget_key, identifier.pseudonym_input(), hashlib.sha256)[:16]
