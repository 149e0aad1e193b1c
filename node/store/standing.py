"""What persons' words mean for their records: the newest consent in force, and whatever is against it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, bindparam, or_, select, update

from maglia.core.vocabulary import AidStatus, Basis, Purpose
from node.domain.consent import Against, Standing
from node.domain.model import Consent
from node.store import tables
from node.store.consent_rows import consent_columns, in_force, split

_AID = tables.aid_record
_CONSENT = tables.consent
_AGAINST = tables.opposition
_CONSENTS = (
    select(_CONSENT)
    .where(_CONSENT.c.person_id.in_(bindparam("persons", expanding=True)), _CONSENT.c.withdrawn_on.is_(None))
    .order_by(_CONSENT.c.day, _CONSENT.c.id)
)
_OPPOSITIONS = select(_AGAINST).where(_AGAINST.c.person_id.in_(bindparam("persons", expanding=True)))
HELD_ON_CONSENT = (_AID.c.basis == Basis.CONSENT.value) & _AID.c.consent_day.is_not(None)
"""Records that were given under a consent; whatever was given without one stays here."""
_PROMISED_WITHOUT = (
    (_AID.c.basis == Basis.CONSENT.value) & _AID.c.consent_day.is_(None) & (_AID.c.status == AidStatus.RESERVED.value)
)
"""Promises from before the person was asked: the consent comes before the help, and others must see them first."""
_RENEW = update(_AID).where(
    _AID.c.person_id == bindparam("of_person"),
    or_(HELD_ON_CONSENT & (_AID.c.consent_day <= bindparam("given")), _PROMISED_WITHOUT),
)


def standing_of(connection: Connection, persons: Collection[int]) -> dict[int, Standing]:
    """Return the standing of each person (a row's id) who ever said anything."""
    asked = {"persons": list(persons)}
    newest: dict[int, Consent] = {}
    for row in connection.execute(_CONSENTS, asked):
        if Purpose.AID_OVERLAP in split(row.purposes_left or row.purposes):
            newest[row.person_id] = in_force(row)
    against_on: dict[int, date] = {}
    refused: set[int] = set()
    objected: set[int] = set()
    for row in connection.execute(_OPPOSITIONS, asked):
        if row.kind == Against.OBJECTION:
            objected.add(row.person_id)
        elif Purpose.AID_OVERLAP in split(row.purposes):
            against_on[row.person_id] = max(row.day, against_on.get(row.person_id, row.day))
        if row.kind == Against.REFUSAL and row.ended_on is None:
            refused.add(row.person_id)
    return {
        person: Standing(newest.get(person), against_on.get(person), person in refused, person in objected)
        for person in newest.keys() | against_on.keys() | objected
    }


def renew_records(connection: Connection, person: int) -> None:
    """Hold the person's records under the newest consent in force, which may reach further or less far than theirs."""
    newest = standing_of(connection, [person]).get(person, Standing()).newest
    if newest is not None:
        columns = {**consent_columns(newest), "consent_withdrawn": False}
        connection.execute(_RENEW.values(columns), {"of_person": person, "given": newest.day})
