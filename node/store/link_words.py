"""What a person said under two codes, made one: the newest word holds for all that both had.

The day is all that is known of a word, so that on the same day a no holds against a yes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from node.domain.consent import Against
from node.store import tables
from node.store.consent_rows import split
from node.store.standing import HELD_ON_CONSENT

_AID, _CONSENT, _AGAINST = tables.aid_record, tables.consent, tables.opposition
_NOES = select(_AGAINST).where(_AGAINST.c.person_id == bindparam("of_person")).order_by(_AGAINST.c.id)
_YESES = select(_CONSENT).where(_CONSENT.c.person_id == bindparam("of_person")).order_by(_CONSENT.c.id)
_HELD = select(_AID).where(
    _AID.c.person_id == bindparam("of_person"), HELD_ON_CONSENT, _AID.c.consent_withdrawn.is_(False)
)
_CONSENT_LEFT = (
    update(_CONSENT)
    .where(_CONSENT.c.id == bindparam("of_id"))
    .values(purposes_left=bindparam("left"), withdrawn_on=bindparam("day_withdrawn"))
)
_RECORD_LEFT = (
    update(_AID)
    .where(_AID.c.id == bindparam("of_id"))
    .values(consent_purposes=bindparam("left"), consent_withdrawn=bindparam("withdrawn"))
)
_AGAINST_NOW = (
    update(_AGAINST)
    .where(_AGAINST.c.id == bindparam("of_id"))
    .values(ended_on=bindparam("until"), traced=bindparam("is_traced"))
)
_OBJECTED = update(_AID).where(_AID.c.person_id.in_(bindparam("persons", expanding=True))).values(objection=True)


def join_words(connection: Connection, one: int, other: int) -> None:
    """Let each no under one code hold for what was agreed to under the other up to its day, and a later yes end it.

    `one` and `other` are rows of persons. Where a no reaches something new, it is found out anew who is to be told:
    more bodies may have learned of what was on the other file.
    """
    noes = {side: connection.execute(_NOES, {"of_person": side}).all() for side in (one, other)}
    for said, elsewhere in ((one, other), (other, one)):
        yeses = connection.execute(_YESES, {"of_person": elsewhere}).all()
        for no in noes[said]:
            if no.kind != Against.OBJECTION:
                _hold(connection, no, yeses, elsewhere)
    if any(no.kind == Against.OBJECTION for side in noes.values() for no in side):
        connection.execute(_OBJECTED, {"persons": [one, other]})


def _hold(connection: Connection, no: Row[Any], yeses: Sequence[Row[Any]], elsewhere: int) -> None:
    purposes, reached = set(split(no.purposes)), False
    for yes in yeses:
        held = split(yes.purposes_left or yes.purposes)
        if yes.withdrawn_on is None and yes.day <= no.day and purposes & set(held):
            reached = True
            left = ",".join(purpose for purpose in held if purpose not in purposes)
            day = None if left else no.day
            connection.execute(
                _CONSENT_LEFT, {"of_id": yes.id, "left": left or yes.purposes_left, "day_withdrawn": day}
            )
    for row in connection.execute(_HELD, {"of_person": elsewhere}).all():
        held = split(row.consent_purposes)
        if row.consent_day <= no.day and purposes & set(held):
            reached = True
            left = ",".join(purpose for purpose in held if purpose not in purposes)
            kept = {"left": left or row.consent_purposes, "withdrawn": not left}
            connection.execute(_RECORD_LEFT, {"of_id": row.id} | kept)
    later = [yes.day for yes in yeses if yes.day > no.day and purposes & set(split(yes.purposes))]
    ended = no.ended_on
    if no.kind == Against.REFUSAL and ended is None and later:
        ended = min(later)
    if reached or ended != no.ended_on:
        state = {"of_id": no.id, "until": ended, "is_traced": no.traced and not reached}
        connection.execute(_AGAINST_NOW, state)
