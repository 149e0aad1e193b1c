"""What is on file of a person's word, who is to be told of it, and which consents end soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, exists, func, insert, or_, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import CONSENT_DAYS, Basis, PseudonymClass, Visibility
from node.domain.consent import (
    Against,
    ConsentFile,
    Expiring,
    Filed,
    Learned,
    Opposition,
    ToTell,
    last_day,
)
from node.store import tables
from node.store.consent_rows import as_given, in_force, split
from node.store.database import Audited, Part
from node.store.events import BodyTold
from node.store.records import LIVE
from node.store.standing import HELD_ON_CONSENT
from node.store.subjects import index_of, open_code, person_code

_AID = tables.aid_record
_CONSENT = tables.consent
_AGAINST = tables.opposition
_TO_TELL = tables.to_tell
_IS_PERSON = tables.person.c.code_index == bindparam("person")
_CONSENTS = select(_CONSENT).join(tables.person).where(_IS_PERSON).order_by(_CONSENT.c.day.desc(), _CONSENT.c.id.desc())
_OPPOSITIONS = (
    select(_AGAINST).join(tables.person).where(_IS_PERSON).order_by(_AGAINST.c.day.desc(), _AGAINST.c.id.desc())
)
_OF_PERSONS = _TO_TELL.join(_AGAINST).join(tables.person, tables.person.c.id == _AGAINST.c.person_id)
_LIST = select(_TO_TELL).select_from(_OF_PERSONS).where(_IS_PERSON).order_by(_TO_TELL.c.member)
_STATUTORY = (
    select(func.count())
    .select_from(_AID.join(tables.person))
    .where(_IS_PERSON, _AID.c.basis == Basis.PUBLIC_TASK.value, _AID.c.keep_until >= bindparam("today"), LIVE)
)
_IMPORTED = (
    select(func.count())
    .select_from(_AID.join(tables.person))
    .where(
        _IS_PERSON,
        HELD_ON_CONSENT,
        LIVE,
        _AID.c.consent_withdrawn.is_(False),
        _AID.c.visibility == Visibility.NETWORK.value,
        _AID.c.keep_until >= bindparam("today"),
        _AID.c.consent_day >= bindparam("valid_since"),
        ~exists().where(
            _CONSENT.c.person_id == _AID.c.person_id,
            _CONSENT.c.withdrawn_on.is_(None),
            _CONSENT.c.day >= _AID.c.consent_day,
        ),
    )
)
_LISTED = select(_TO_TELL.c.member).where(_TO_TELL.c.opposition_id == bindparam("opposition"))
_ADD_TO_TELL = insert(_TO_TELL)
_TRACED = update(_AGAINST).where(_AGAINST.c.id == bindparam("of_id")).values(traced=True)
_UNTOLD = (
    select(_TO_TELL.c.opposition_id)
    .select_from(_OF_PERSONS)
    .where(_IS_PERSON, _TO_TELL.c.member == bindparam("body"), _TO_TELL.c.told_on.is_(None))
)
_TELL = (
    update(_TO_TELL)
    .where(_TO_TELL.c.opposition_id == bindparam("opposition"), _TO_TELL.c.member == bindparam("body"))
    .values(told_on=bindparam("day"), told_by=bindparam("actor"))
)
_IN_FORCE = (
    select(_CONSENT, tables.person.c.code, tables.person.c.code_index)
    .join(tables.person)
    .where(_CONSENT.c.withdrawn_on.is_(None))
    .order_by(_CONSENT.c.day.desc(), _CONSENT.c.id.desc())
)
_ENDING = select(_CONSENT.c.person_id).where(
    _CONSENT.c.withdrawn_on.is_(None),
    or_(_CONSENT.c.day <= bindparam("given_by"), _CONSENT.c.expires <= bindparam("until")),
)
_PSEUDONYM, _LINK = tables.pseudonym, tables.known_as
_PERSONS = (
    select(_PSEUDONYM.c["class"], _PSEUDONYM.c.epoch, _PSEUDONYM.c.pseudonym, _PSEUDONYM.c.subject_id)
    .distinct()
    .select_from(
        tables.person.outerjoin(_LINK, _LINK.c.current_id == tables.person.c.id).join(
            _PSEUDONYM, _PSEUDONYM.c.subject_id.in_((tables.person.c.id, _LINK.c.former_id))
        )
    )
    .where(_IS_PERSON, _PSEUDONYM.c["class"] == PseudonymClass.PERSON.value)
)
_NEEDS = (
    select(_PSEUDONYM.c["class"], _PSEUDONYM.c.epoch, _PSEUDONYM.c.pseudonym, _PSEUDONYM.c.subject_id)
    .distinct()
    .join(_AID, _AID.c.need_id == _PSEUDONYM.c.subject_id)
    .join(tables.person, tables.person.c.id == _AID.c.person_id)
    .where(_IS_PERSON, _PSEUDONYM.c["class"] == PseudonymClass.NEED.value)
)


class ConsentFiles(Part):
    """The `Store`'s methods on what is on file of a person's word."""

    def consent_file(self, identifier: Identifier) -> ConsentFile:
        """Return all that a person said to this body, newest first; empty for somebody it does not know."""
        person = {"person": index_of(self._fields, identifier)}
        today = self._clock.today()
        helped = person | {"today": today, "now": self._clock.now()}
        valid_since = today - timedelta(days=CONSENT_DAYS)
        to_tell: dict[int, list[ToTell]] = {}
        for row in self._db.rows(_LIST, person):
            one = ToTell(row.member, Learned(row.reason), row.last_day, row.told_on, row.told_by or "")
            to_tell.setdefault(row.opposition_id, []).append(one)
        return ConsentFile(
            [
                Filed(
                    str(row.id),
                    as_given(row),
                    () if row.withdrawn_on else in_force(row).purposes,
                    row.withdrawn_on,
                    row.recorded_by or "",
                )
                for row in self._db.rows(_CONSENTS, person)
            ],
            [
                Opposition(
                    row.id,
                    Against(row.kind),
                    split(row.purposes),
                    row.day,
                    row.recorded_by,
                    row.ended_on,
                    row.traced,
                    to_tell.get(row.id, ()),
                )
                for row in self._db.rows(_OPPOSITIONS, person)
            ],
            int(self._db.rows(_STATUTORY, helped)[0][0]),
            int(self._db.rows(_IMPORTED, helped | {"valid_since": valid_since})[0][0]),
        )

    def keep_to_tell(self, opposition: int, found: Sequence[ToTell], *, whole: bool) -> None:
        """Add to the bodies to tell of a withdrawal; `whole` when there are no others."""

        def work(connection: Connection) -> None:
            listed = set(connection.execute(_LISTED, {"opposition": opposition}).scalars())
            rows = [
                {
                    "opposition_id": opposition,
                    "member": one.member,
                    "reason": one.reason.value,
                    "last_day": one.last_day,
                }
                for one in found
                if one.member not in listed
            ]
            if rows:
                connection.execute(_ADD_TO_TELL, rows)
            if whole:
                connection.execute(_TRACED, {"of_id": opposition})

        self._db.keep(work)

    def mark_told(self, identifier: Identifier, member: str, day: date, actor: str) -> None:
        """Put on file that a body was told of the person's withdrawals; raise `consent.nobody_to_tell`."""
        body = {"person": index_of(self._fields, identifier), "body": member}

        def work(connection: Connection) -> Audited[None]:
            untold = connection.execute(_UNTOLD, body).scalars().all()
            if not untold:
                raise MagliaError(Code.CONSENT_NOBODY_TO_TELL)
            told = [{"opposition": one, "body": member, "day": day, "actor": actor} for one in untold]
            connection.execute(_TELL, told)
            return Audited(None, [BodyTold(actor, f"{one}:{member}") for one in untold])

        self._db.change(work, records=False)

    def expiring(self, until: date) -> list[Expiring]:
        """Return whose newest consents for a purpose end by a day, or have ended, the earliest first.

        Whoever's code does not open is left out. It reads every consent of those persons.
        """
        ending = {"given_by": until - timedelta(days=CONSENT_DAYS), "until": until}
        persons = {row.person_id for row in self._db.rows(_ENDING, ending)}
        newest: dict[tuple[int, str], date] = {}
        codes: dict[int, str] = {}
        for row in self._db.rows(_IN_FORCE, {}) if persons else ():
            if row.person_id not in persons:
                continue
            for purpose in in_force(row).purposes:
                newest.setdefault((row.person_id, purpose), last_day(in_force(row)))
            if row.person_id not in codes:
                codes[row.person_id] = self._code(row.code_index, row.code)
        by_person: dict[tuple[date, int], list[str]] = {}
        for (person, purpose), last in newest.items():
            if last <= until and codes[person]:
                by_person.setdefault((last, person), []).append(purpose)
        return [
            Expiring(codes[person], tuple(sorted(purposes)), last)
            for (last, person), purposes in sorted(by_person.items())
        ]

    def pseudonyms_of(self, identifier: Identifier) -> dict[tuple[PseudonymClass, int, int], bytes]:
        """Return the pseudonyms of a person and of the needs of their records, by class, epoch and row."""
        person = {"person": index_of(self._fields, identifier)}
        rows = [*self._db.rows(_PERSONS, person), *self._db.rows(_NEEDS, person)]
        return {(PseudonymClass(row[0]), row.epoch, row.subject_id): row.pseudonym for row in rows}

    def _code(self, index: bytes, sealed: bytes) -> str:
        try:
            return person_code(open_code(self._fields, tables.person, index, sealed))
        except MagliaError:
            return ""
