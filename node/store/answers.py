"""Records behind a pseudonym: the hot path of an answering node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, Select, bindparam, select

from maglia.core.vocabulary import AidStatus, Basis, PseudonymClass, Visibility
from node.domain.model import Candidate
from node.store import tables
from node.store.consent_rows import consent_from
from node.store.database import Part
from node.store.known_as import OF_A_FORMER_CODE, PERSON_BEHIND
from node.store.records import LIVE

_AID = tables.aid_record
_PSEUDONYM = tables.pseudonym
_BEHIND: dict[PseudonymClass, FromClause] = {
    PseudonymClass.PERSON: _PSEUDONYM.outerjoin(tables.known_as, OF_A_FORMER_CODE).join(
        _AID, _AID.c.person_id == PERSON_BEHIND
    ),
    PseudonymClass.NEED: _PSEUDONYM.join(_AID, _AID.c.need_id == _PSEUDONYM.c.subject_id),
}


def _behind(cls: PseudonymClass) -> Select[Any]:
    return (
        select(
            _PSEUDONYM.c.pseudonym,
            _AID.c.id,
            _AID.c.facet,
            _AID.c.day,
            _AID.c.amount_cents,
            _AID.c.status,
            _AID.c.basis,
            _AID.c.visibility,
            _AID.c.consent_purposes,
            _AID.c.consent_notice,
            _AID.c.consent_language,
            _AID.c.consent_day,
            _AID.c.consent_method,
            _AID.c.consent_audience,
            _AID.c.consent_expires,
            _AID.c.consent_withdrawn,
            _AID.c.objection,
            _AID.c.creditor,
            _AID.c.period_from,
            _AID.c.period_to,
            _AID.c.recorded_at,
            _AID.c.reserved_until,
        )
        .select_from(_BEHIND[cls])
        .where(
            _PSEUDONYM.c["class"] == cls.value,
            _PSEUDONYM.c.epoch == bindparam("epoch"),
            _AID.c.keep_until >= bindparam("today"),
            LIVE,
        )
        .order_by(_AID.c.day.desc(), _AID.c.recorded_at.desc())
    )


_ONE = {cls: _behind(cls).where(_PSEUDONYM.c.pseudonym == bindparam("asked")) for cls in PseudonymClass}
_MANY = {
    cls: _behind(cls).where(_PSEUDONYM.c.pseudonym.in_(bindparam("asked", expanding=True))) for cls in PseudonymClass
}


class Answers(Part):
    """The `Store`'s method on candidate records."""

    def candidates(self, cls: PseudonymClass, epoch: int, pseudonyms: Sequence[bytes]) -> dict[bytes, list[Candidate]]:
        """Return the records behind each pseudonym known here, newest first; an unknown one is absent.

        Live and unexpired records of every facet, basis and visibility: what may be shown of them is policy's to say.
        """
        if not pseudonyms:
            return {}
        asked = {"epoch": epoch, "today": self._clock.today(), "now": self._clock.now()}
        if len(pseudonyms) == 1:
            rows = self._db.look_up(_ONE[cls], asked | {"asked": pseudonyms[0]})
        else:
            rows = self._db.rows(_MANY[cls], asked | {"asked": list(pseudonyms)})
        found: dict[bytes, list[Candidate]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(self._candidate(row))
        return found

    def _candidate(self, row: Sequence[Any]) -> Candidate:
        (_, record_id, facet, day, amount, status, basis, visibility, *consent, withdrawn, objection) = row[:17]
        creditor, period_from, period_to, recorded_at, reserved_until = row[17:]
        is_reserved = status == AidStatus.RESERVED
        return Candidate(
            record_id,
            facet,
            day,
            amount,
            AidStatus(status),
            Basis(basis),
            Visibility(visibility),
            consent_from(*consent) if consent[0] is not None else None,
            withdrawn,
            objection,
            self._fields.open("creditor", record_id.encode(), creditor).decode() if creditor else "",
            period_from,
            period_to,
            recorded_at if is_reserved else None,
            reserved_until if is_reserved else None,
        )
