"""What an operator puts on file of a person's word: a consent, its withdrawal, a refusal, an objection.

A withdrawal holds from the next question on, and withdraws the persons sent on it. Who had learned of the person is
told by people: the desk keeps the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier
from maglia.core.vocabulary import PUBLIC_KINDS, RECEIVED_FINDINGS_DAYS, Kind, Purpose
from node.domain import forms
from node.domain.consent import Against, ConsentFile, Expiring, Opposition, ToTell, last_day
from node.domain.model import Consent, Operator
from node.log.tracing import Tracing
from node.ports import Clock, Store
from node.records import check_may_record, read_day, read_purpose
from node.referrals.endings import ReferralEndings

ON_CONSENT = (Purpose.AID_OVERLAP, Purpose.REFERRAL)
"""Purposes that rest on consent."""
EXPIRING_DAYS = 366
"""How far ahead the consents that end may be listed."""
_METHODS = {"": "signed", "signed": "signed", "oral": "oral", "digital": "digital"}


def add_consent(
    store: Store,
    clock: Clock,
    operator: Operator,
    *,
    identifier: str,
    purposes: Sequence[str],
    notice_version: str,
    language: str,
    day: str = "",
    method: str = "",
    audience: Sequence[str] = (),
    expires: str = "",
    key: str = "",
) -> tuple[str, date]:
    """Put a person's consent on file, with the notice they were read and its language (law rule 8).

    `audience` are kinds of body, none for every accredited one; `expires` is a last day before the network's own limit.
    Under a `key` that was filed before nothing changes. Return its id and the last day on which it may be relied on.
    Raises `session.role`, `input.purpose` for a purpose that does not rest on consent, `consent.earlier` for a day
    before the person's last no, `consent.expired` for one that is over already, `input.*`.
    """
    check_may_record(operator)
    person = parse_identifier(identifier)
    consent = Consent(
        tuple(dict.fromkeys(read_purpose(purpose, ON_CONSENT) for purpose in purposes or [""])),
        forms.read_text(notice_version, "notice_version", required=True),
        forms.read_language(language, "language"),
        read_day(day, clock.today()),
        forms.read_choice(method, _METHODS, "method"),
        tuple(sorted({_kind(kind) for kind in audience})),
    )
    consent = _until(consent, expires, clock.today())
    if last_day(consent) < clock.today():  # on file it would be relied on by nobody, while the person thinks it is
        raise MagliaError(Code.CONSENT_EXPIRED)
    return store.add_consent(person, consent, operator.user, key), last_day(consent)


class ConsentDesk:
    """The life of consents at one body, for its operators at the counter."""

    def __init__(self, store: Store, tracing: Tracing, endings: ReferralEndings, clock: Clock) -> None:
        self._store = store
        self._tracing = tracing
        self._endings = endings
        self._clock = clock

    async def show(self, operator: Operator, identifier: str) -> ConsentFile:
        """Return all that the person said to this body; raise `session.role`, `input.*`.

        What a withdrawal left undone because the node stopped is done now.
        """
        check_may_record(operator)
        person = parse_identifier(identifier)
        is_taken_back = any(Purpose.REFERRAL in each.purposes for each in self._store.consent_file(person).oppositions)
        ended = self._endings.end(person, operator.user) if is_taken_back else ()
        await self._trace(person)
        return replace(self._store.consent_file(person), ended=ended)

    async def withdraw(self, operator: Operator, kind: Kind, identifier: str, purpose: str = "") -> ConsentFile:
        """Withdraw the person's consents for a purpose, for every one when it is empty; return what is on file then.

        Referrals of theirs that are still open are withdrawn with the consent, and the bodies that have them told.
        At a public body the records of its task stay: of whoever takes back the comparing of aid they say from now on
        that the person objects (law rule 2). Raises `session.role`, `consent.none`, `input.*`.
        """
        check_may_record(operator)
        person = parse_identifier(identifier)
        purposes = (read_purpose(purpose, ON_CONSENT),) if purpose.strip() else tuple(map(str, ON_CONSENT))
        objecting = kind in PUBLIC_KINDS and Purpose.AID_OVERLAP in purposes
        self._store.withdraw(person, purposes, self._clock.today(), operator.user, objecting=objecting)
        ended = self._endings.end(person, operator.user)
        await self._trace(person)
        return replace(self._store.consent_file(person), ended=ended)

    async def refuse(self, operator: Operator, identifier: str) -> ConsentFile:
        """Put on file that the person refuses: no question rests on consent until a new one, and no record leaves.

        Referrals of theirs that are still open are withdrawn, as by a withdrawal. Raises `session.role`, `input.*`.
        """
        check_may_record(operator)
        person = parse_identifier(identifier)
        self._store.refuse(person, self._clock.today(), operator.user)
        ended = self._endings.end(person, operator.user)
        await self._trace(person)
        self._store.uncache(person)
        return replace(self._store.consent_file(person), ended=ended)

    def add_objection(self, operator: Operator, kind: Kind, identifier: str) -> ConsentFile:
        """Put on file that the person objects to the body's public task; its records stay, and say so.

        Raises `session.role`, `consent.public_task` at a body that has none, `input.*`.
        """
        check_may_record(operator)
        person = parse_identifier(identifier)
        if kind not in PUBLIC_KINDS:
            raise MagliaError(Code.CONSENT_PUBLIC_TASK)
        self._store.object_to_task(person, self._clock.today(), operator.user)
        return self._store.consent_file(person)

    def mark_told(self, operator: Operator, identifier: str, member: str) -> ConsentFile:
        """Put on file that a body was told of the withdrawal; raise `session.role`, `consent.nobody_to_tell`."""
        check_may_record(operator)
        person = parse_identifier(identifier)
        self._store.mark_told(person, member.strip(), self._clock.today(), operator.user)
        return self._store.consent_file(person)

    def expiring(self, operator: Operator, days: int) -> list[Expiring]:
        """Return whose consents end within so many days, or have ended; raise `session.role`, `input.field`."""
        check_may_record(operator)
        if not 0 <= days <= EXPIRING_DAYS:
            raise MagliaError(Code.INPUT_FIELD, field="days")
        return self._store.expiring(self._clock.today() + timedelta(days=days))

    async def _trace(self, person: Identifier) -> None:
        """Find out who is to be told of the withdrawals of which that is not known yet; again later, if it can't be."""
        on_file = self._store.consent_file(person)
        untraced = [each for each in on_file.oppositions if not each.traced]
        if not untraced:
            return
        pseudonyms, whole = await self._tracing.own_pseudonyms(person)
        for each in untraced:
            since = _given_since(on_file, each, self._clock.today())
            found = await self._tracing.who_learned(pseudonyms, each.purposes, since)
            self._store.keep_to_tell(each.id, _not_told_since(found, on_file), whole=whole)


def _given_since(on_file: ConsentFile, withdrawal: Opposition, today: date) -> date:
    """Return the first day on which somebody can have been asked on a consent that the withdrawal ended."""
    days = [each.consent.day for each in on_file.consents if set(each.consent.purposes) & set(withdrawal.purposes)]
    return min(days, default=today - timedelta(days=RECEIVED_FINDINGS_DAYS))


def _not_told_since(found: Sequence[ToTell], on_file: ConsentFile) -> list[ToTell]:
    """Leave out whoever was told of an earlier withdrawal and learned nothing since."""
    told = [one for each in on_file.oppositions for one in each.to_tell if each.kind is not Against.OBJECTION]
    last = {
        one.member: max((other.told_on for other in told if other.member == one.member and other.told_on), default=None)
        for one in told
    }
    return [one for one in found if (day := last.get(one.member)) is None or one.last_day >= day]


def _until(consent: Consent, expires: str, today: date) -> Consent:
    """Return the consent with the last day that the person named; raise `input.field` for one past, or too late."""
    if not expires.strip():
        return consent
    named = forms.read_iso_day(expires, forms.LATEST)
    if not max(consent.day, today) <= named <= last_day(consent):
        raise MagliaError(Code.INPUT_FIELD, field="expires")
    return replace(consent, expires=named)


def _kind(text: str) -> str:
    code = text.strip().lower()
    if code not in frozenset(Kind):
        raise MagliaError(Code.INPUT_FIELD, field="audience")
    return code
