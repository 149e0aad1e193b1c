"""The life of consents: put on file, relied on, withdrawn, refused; and objections to a public task.

What a person says holds for their records in the same transaction, so that the next question meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, insert, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Purpose
from node.domain.consent import Against
from node.domain.model import Consent
from node.store import tables
from node.store.consent_rows import in_force, split
from node.store.database import Audited, Part
from node.store.events import (
    ConsentAdded,
    ConsentRefused,
    ConsentTaken,
    ConsentWithdrawn,
    Event,
    ObjectionAdded,
    RefusalEnded,
)
from node.store.standing import HELD_ON_CONSENT, renew_records
from node.store.subjects import index_of, person_row

_AID = tables.aid_record
_CONSENT = tables.consent
_AGAINST = tables.opposition
_EVENT = tables.event
_SAME_DAY = select(_CONSENT.c.id).where(
    _CONSENT.c.person_id == bindparam("of_person"), _CONSENT.c.day == bindparam("on")
)
_TAKEN = select(_EVENT.c.subject).where(
    _EVENT.c.type == ConsentTaken.type, _EVENT.c.subject.in_(bindparam("subjects", expanding=True))
)
_ADD_CONSENT = insert(_CONSENT).returning(_CONSENT.c.id)
_ADD_AGAINST = insert(_AGAINST).returning(_AGAINST.c.id)
_PERSON = select(tables.person.c.id).where(tables.person.c.code_index == bindparam("person"))
_IN_FORCE = select(_CONSENT).where(_CONSENT.c.person_id == bindparam("of_person"), _CONSENT.c.withdrawn_on.is_(None))
_CONSENTS = (
    select(_CONSENT)
    .join(tables.person)
    .where(tables.person.c.code_index == bindparam("person"), _CONSENT.c.withdrawn_on.is_(None))
    .order_by(_CONSENT.c.day.desc(), _CONSENT.c.id.desc())
)
_REFUSAL = _AGAINST.c.kind == Against.REFUSAL.value
_REFUSALS = (
    select(_AGAINST.c.day)
    .join(tables.person)
    .where(tables.person.c.code_index == bindparam("person"), _REFUSAL, _AGAINST.c.ended_on.is_(None))
)
_REFUSED = select(_AGAINST.c.id).where(
    _AGAINST.c.person_id == bindparam("of_person"), _REFUSAL, _AGAINST.c.ended_on.is_(None)
)
_OBJECTED = select(_AGAINST.c.id).where(
    _AGAINST.c.person_id == bindparam("of_person"), _AGAINST.c.kind == Against.OBJECTION.value
)
_SAID_NO = select(_AGAINST.c.day, _AGAINST.c.purposes).where(_AGAINST.c.person_id == bindparam("of_person"))
_END_REFUSAL = update(_AGAINST).where(_AGAINST.c.id == bindparam("of_id")).values(ended_on=bindparam("until"))
_CONSENT_LEFT = (
    update(_CONSENT)
    .where(_CONSENT.c.id == bindparam("of_id"))
    .values(purposes_left=bindparam("left"), withdrawn_on=bindparam("day_withdrawn"))
)
_HELD = (
    select(_AID.c.consent_purposes)
    .where(_AID.c.person_id == bindparam("of_person"), HELD_ON_CONSENT, _AID.c.consent_withdrawn.is_(False))
    .distinct()
)
_HELD_AS = update(_AID).where(
    _AID.c.person_id == bindparam("of_person"), HELD_ON_CONSENT, _AID.c.consent_purposes == bindparam("held")
)
_HELD_LESS = _HELD_AS.values(consent_purposes=bindparam("left"))
_HELD_NO_MORE = _HELD_AS.values(consent_withdrawn=True)
_OBJECT = update(_AID).where(_AID.c.person_id == bindparam("of_person")).values(objection=True)


class Consents(Part):
    """The `Store`'s methods on what persons say of the sharing."""

    def add_consent(self, identifier: Identifier, consent: Consent, actor: str, key: str = "") -> str:
        """Put a consent on file with its audit event; return its id. One filed under the same `key` is the same.

        It ends a refusal, and the person's records are held under it from now on if it is the newest to compare aid.
        Raises `consent.earlier` for one given before the person took back, or refused, any of its purposes.
        """

        def work(connection: Connection) -> Audited[str]:
            person = person_row(connection, self._fields, identifier)
            if key and (filed := _filed_under(connection, person, consent, key)):
                return Audited(filed, [])
            against_on = _against_on(connection, person, consent.purposes)
            if against_on is not None and consent.day < against_on:
                raise MagliaError(Code.CONSENT_EARLIER, day=f"{against_on:%d/%m/%Y}")
            events: list[Event] = []
            for refusal in connection.execute(_REFUSED, {"of_person": person}).scalars():
                connection.execute(_END_REFUSAL, {"of_id": refusal, "until": consent.day})
                events.append(RefusalEnded(actor, str(refusal)))
            row = {
                "person_id": person,
                "purposes": ",".join(consent.purposes),
                "notice_version": consent.notice_version,
                "language": consent.language,
                "day": consent.day,
                "method": consent.method,
                "audience": ",".join(consent.audience) or None,
                "expires": consent.expires,
                "recorded_by": actor,
            }
            number = str(connection.execute(_ADD_CONSENT, row).scalar_one())
            renew_records(connection, person)
            events.append(ConsentAdded(actor, number))
            return Audited(number, [*events, ConsentTaken(actor, f"{number}:{key}")] if key else events)

        return self._db.change(work)

    def consent_for(self, identifier: Identifier, purpose: str) -> Consent | None:
        """Return the newest consent for the person and purpose that was not withdrawn; it may have expired."""
        for row in self._db.look_up(_CONSENTS, {"person": index_of(self._fields, identifier)}):
            consent = in_force(row)
            if purpose in consent.purposes:
                return consent
        return None

    def refused_on(self, identifier: Identifier) -> date | None:
        """Return the day on which the person refused to consent, if no consent was given since."""
        rows = self._db.rows(_REFUSALS, {"person": index_of(self._fields, identifier)})
        return rows[0].day if rows else None

    def withdraw(
        self, identifier: Identifier, purposes: tuple[str, ...], day: date, actor: str, *, objecting: bool
    ) -> int:
        """Withdraw every consent for these purposes, of the file and of the records; return the withdrawal's id.

        With `objecting` the records of a public task, which stay, say from now on that the person objects.
        Raises `consent.none` when there is nothing to withdraw.
        """

        def work(connection: Connection) -> Audited[int]:
            person = connection.execute(_PERSON, {"person": index_of(self._fields, identifier)}).scalar()
            if person is None or not self._take_back(connection, person, purposes, day):
                raise MagliaError(Code.CONSENT_NONE)
            number = _add_against(connection, person, Against.WITHDRAWAL, purposes, day, actor)
            events: list[Event] = [ConsentWithdrawn(actor, str(number))]
            if objecting:
                events += self._add_objection(connection, person, day, actor)
            return Audited(number, events)

        return self._db.change(work)

    def refuse(self, identifier: Identifier, day: date, actor: str) -> int:
        """Put a refusal on file, which withdraws whatever consent there was; return its id, the first one if again."""

        def work(connection: Connection) -> Audited[int]:
            person = person_row(connection, self._fields, identifier)
            before: int | None = connection.execute(_REFUSED, {"of_person": person}).scalar()
            if before is not None:
                return Audited(before, [])
            everything = (Purpose.AID_OVERLAP.value, Purpose.REFERRAL.value)
            had_one = self._take_back(connection, person, everything, day)
            number = _add_against(connection, person, Against.REFUSAL, everything, day, actor, traced=not had_one)
            return Audited(number, [ConsentRefused(actor, str(number))])

        return self._db.change(work)

    def object_to_task(self, identifier: Identifier, day: date, actor: str) -> None:
        """Put an objection on file, once; the person's records say so, those there are and those to come."""

        def work(connection: Connection) -> Audited[None]:
            person = person_row(connection, self._fields, identifier)
            return Audited(None, self._add_objection(connection, person, day, actor))

        self._db.change(work)

    def _add_objection(self, connection: Connection, person: int, day: date, actor: str) -> list[Event]:
        connection.execute(_OBJECT, {"of_person": person})
        if connection.execute(_OBJECTED, {"of_person": person}).scalar() is not None:
            return []
        number = _add_against(connection, person, Against.OBJECTION, (), day, actor)
        return [ObjectionAdded(actor, str(number))]

    def _take_back(self, connection: Connection, person: int, purposes: tuple[str, ...], day: date) -> bool:
        """Take the purposes out of every consent in force and every record; return whether there was any."""
        found = False
        for row in connection.execute(_IN_FORCE, {"of_person": person}).all():
            left = _without(split(row.purposes_left or row.purposes), purposes)
            if left is None:
                continue
            found = True
            changed = {
                "of_id": row.id,
                "left": ",".join(left) or row.purposes_left,
                "day_withdrawn": None if left else day,
            }
            connection.execute(_CONSENT_LEFT, changed)
        for held in connection.execute(_HELD, {"of_person": person}).scalars().all():
            left = _without(split(held), purposes)
            if left is None:
                continue
            found = True
            of_these = {"of_person": person, "held": held}
            if left:
                connection.execute(_HELD_LESS, of_these | {"left": ",".join(left)})
            else:
                connection.execute(_HELD_NO_MORE, of_these)
        return found


def _filed_under(connection: Connection, person: int, consent: Consent, key: str) -> str:
    """Return the consent that was filed under the key, withdrawn or not; empty for none.

    The trail of events is read only for a person who consented on that very day: it is long, and has no index.
    """
    that_day = connection.execute(_SAME_DAY, {"of_person": person, "on": consent.day}).scalars().all()
    subjects = [f"{number}:{key}" for number in that_day]
    found = connection.execute(_TAKEN, {"subjects": subjects}).scalars().first() if subjects else None
    return found.partition(":")[0] if found else ""


def _against_on(connection: Connection, person: int, purposes: Sequence[str]) -> date | None:
    """Return the day of the person's last no to any of the purposes."""
    rows = connection.execute(_SAID_NO, {"of_person": person}).all()
    return max((row.day for row in rows if set(split(row.purposes)) & set(purposes)), default=None)


def _without(held: tuple[str, ...], purposes: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what is left of the purposes held, None when nothing of them is taken back."""
    left = tuple(purpose for purpose in held if purpose not in purposes)
    return None if len(left) == len(held) else left


def _add_against(
    connection: Connection,
    person: int,
    kind: Against,
    purposes: tuple[str, ...],
    day: date,
    actor: str,
    *,
    traced: bool = False,
) -> int:
    row = {
        "person_id": person,
        "kind": kind.value,
        "purposes": ",".join(purposes),
        "day": day,
        "recorded_by": actor,
        "traced": traced or kind is Against.OBJECTION,
    }
    number: int = connection.execute(_ADD_AGAINST, row).scalar_one()
    return number
