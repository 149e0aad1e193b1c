"""Persons sent and received, at one body's desk: send, read, accept, decline, end, withdraw."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier
from maglia.core.referral import MAX_NOTE, REFERRAL_ID_BYTES, ReferredPerson
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, Facet, PseudonymClass, Purpose, ReferralState
from node.domain import forms
from node.domain.budget import OPERATORS
from node.domain.model import Consent, Operator
from node.domain.referral import UNDER_WAY, Direction, Referral, moved, new_check_id
from node.entries import Entries
from node.ports import Clock, Policy, Store, Trust
from node.pseudonyms import Pseudonyms
from node.referrals.courier import Courier
from node.referrals.entries import refused_entry
from node.referrals.rules import ReferralRules

_WAIT_S = 6.0
"""Seconds for which a counter waits to hear that the other body has the person; then it goes on without."""
_PAGE = 100


@dataclass(frozen=True)
class Wanted:
    """A referral that an operator wants, valid in form; see `read_wanted`."""

    person: Identifier = field(repr=False)
    member: str
    facet: Facet
    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    need: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


def read_wanted(
    identifier: str, member: str, facet: str, name: str = "", contact: str = "", need: str = "", note: str = ""
) -> Wanted:
    """Return a referral as it was typed; raise `input.*`, `policy.facet` for one of a special category."""
    person, code = parse_identifier(identifier), forms.read_facet(facet)
    if code not in frozenset(Facet):
        raise MagliaError(Code.POLICY_FACET)
    return Wanted(
        person=person,
        member=member,
        facet=Facet(code),
        name=forms.read_text(name, "name"),
        contact=forms.read_text(contact, "contact"),
        need=forms.read_text(need, "need"),
        note=forms.read_text(note, "note", longest=MAX_NOTE),
    )


class ReferralDesk:
    """One body's desk for persons sent and received."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        pseudonyms: Pseudonyms,
        rules: ReferralRules,
        courier: Courier,
        clock: Clock,
        budget_key: bytes,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._rules = rules
        self._courier = courier
        self._clock = clock
        self._budget_key = budget_key

    def takers(self, facet: str = "") -> list[Member]:
        """Return the bodies that a person can be sent to, by id; raise `input.facet`, `directory.expired`."""
        wanted = forms.read_facet(facet) if facet else ""
        members = self._trust.directory().active()
        return [
            one
            for one in sorted(members, key=lambda member: member.id)
            if one.id != self._me and Purpose.REFERRAL in one.purposes and (not wanted or wanted in one.facets)
        ]

    async def send(self, operator: Operator, wanted: Wanted) -> Referral:
        """Put a person on their way to another body, and return how it stands after a few seconds at most.

        Raises what refuses it, which is logged first (law rule 10): `consent.*`, `policy.*`, `member.*`,
        `budget.operator`, `input.referral_open` while the same is under way already, and whatever keeps the person
        from having pseudonyms.
        """
        check_id = new_check_id()
        async with self._logging_refusal(operator, wanted.facet, check_id):
            self._entries.require_sound()
            directory = self._trust.directory()
            parties = directory.member(self._me), directory.member(wanted.member)
            consent, _ = await self._rules.judge(operator.role, wanted.person, wanted.facet, *parties)
            self._check_not_under_way(wanted)
            self._spend(operator, wanted.person)
            referral = await self._named(operator, wanted, consent, check_id)
            self._check_not_under_way(wanted)  # another counter may have sent them while the registry was asked
        stored = self._store.add_referral(referral, operator.user)
        await self._courier.settle(stored.number, _WAIT_S)
        return self._store.referral(stored.number)

    def list(self, *, unread: bool = False) -> Sequence[Referral]:
        """Return those to be read first, then the newest first; a body has few of them."""
        found: list[Referral] = []
        while page := self._store.referrals(unread=unread, before=found[-1].number if found else 0, limit=_PAGE):
            found += page
        return sorted(found, key=lambda one: not one.unread)

    def show(self, operator: Operator, number: int) -> Referral:
        """Return one, which counts as read from now on; raise `input.referral`."""
        referral = self._store.referral(number)
        if referral.unread:
            self._store.change_referral(referral, replace(referral, unread=False), operator.user)
        return referral

    async def move(self, operator: Operator, number: int, state: str, reason: str) -> Referral:
        """Accept, decline or end one that was received, or withdraw one that was sent; the other body is told.

        Raises `input.referral`, `input.referral_state`, `input.missing` without a reason to decline for, and
        `input.code_inside` for a reason with a code in it, which would outlive the person at both bodies.
        """
        if state not in _MOVES:
            raise MagliaError(Code.INPUT_FIELD, field="state")
        to = ReferralState(state)
        why = forms.read_reason(reason, "reason", required=to is ReferralState.DECLINED)
        referral = self._store.referral(number)
        now, until = self._clock.now(), self._courier.until()
        after = moved(referral, to, operator.user, why, now, until)
        if not self._store.change_referral(referral, after, operator.user):
            raise MagliaError(Code.INPUT_REFERRAL_STATE, number=referral.name)
        if after.person is None and referral.person is not None:
            self._store.empty_journal()
        if after.untold is not None:
            await self._courier.settle(number, _WAIT_S)
        return self._store.referral(number)

    @asynccontextmanager
    async def _logging_refusal(self, operator: Operator, facet: Facet, check_id: str) -> AsyncIterator[None]:
        try:
            yield
        except MagliaError as error:
            revision = self._policy.revision
            entry = refused_entry(self._entries, facet, operator.user, error.code.value, revision)
            await self._entries.write(replace(entry, check_id=check_id))
            raise

    def _check_not_under_way(self, wanted: Wanted) -> None:
        for one in self._store.open_referrals(wanted.person):
            if (one.peer, one.facet) == (wanted.member, wanted.facet) and one.state in UNDER_WAY:
                raise MagliaError(Code.INPUT_REFERRAL_OPEN, number=one.name)

    def _spend(self, operator: Operator, person: Identifier) -> None:
        item = hmac.digest(self._budget_key, person.pseudonym_input(), hashlib.sha256)[:16]
        limit = OPERATOR_PERSONS_A_DAY[operator.role]
        if not self._store.spend(OPERATORS, operator.user, self._clock.today(), [item], limit):
            raise MagliaError(Code.BUDGET_OPERATOR, limit=limit)

    async def _named(self, operator: Operator, wanted: Wanted, consent: Consent, check_id: str) -> Referral:
        """Return a referral with the person's pseudonyms here and there, under which both logs hold it."""
        keys, member = self._trust.keys(), wanted.member
        key_set = keys.network_set(PseudonymClass.PERSON)
        found = await self._pseudonyms.of_subject(
            wanted.person, key_set, check_id=check_id, purpose=Purpose.REFERRAL, facet=wanted.facet
        )
        if not {self._me, member} <= found.of.keys():
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no key of one of both bodies")
        now = self._clock.now()
        return Referral(
            number=0,
            direction=Direction.SENT,
            referral_id=secrets.token_bytes(REFERRAL_ID_BYTES),
            peer=member,
            facet=wanted.facet,
            state=ReferralState.WAITING,
            created_at=now,
            changed_at=now,
            person=ReferredPerson(
                identifier=wanted.person.text,
                pseudonym=found.of[member],
                name=wanted.name,
                contact=wanted.contact,
                need=wanted.need,
                note=wanted.note,
                notice_version=consent.notice_version,
                language=consent.language,
                consent_day=consent.day,
            ),
            own=found.of[self._me],
            epoch=keys.epoch,
            check_id=check_id,
            operator=operator.user,
            role=operator.role,
            evaluation=found.evaluation,
            untold=ReferralState.SENT,
            untold_until=self._courier.until(),
        )


_MOVES = frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.DONE, ReferralState.WITHDRAWN})
