"""From a record and the fields that policy lets out to what leaves the node."""

from __future__ import annotations

from collections.abc import Collection

from maglia.core.exchange import Finding
from maglia.core.vocabulary import Facet, Kind, amount_band, month_of
from node.domain.model import Candidate
from node.domain.reservations import instant_ms

_PRESENCE = frozenset({"facet", "month", "kind", "status"})


def release(
    candidate: Candidate,
    fields: Collection[str],
    kind: Kind,
    member: str,
    contact: str,
    *,
    same_need: bool,
    owed_cents: int | None = None,
) -> Finding | None:
    """Return what may be shown of a record; None when the fields do not even make a presence.

    `owed_cents` is the whole of the need that the record is a part of, where that is on file and may be told.

    A facet of a special category never leaves, whatever policy says (law rule 4).
    Anything not named in `fields` stays here: a field that policy adds tomorrow is released by nobody today.
    """
    if not _PRESENCE.issubset(fields) or candidate.facet not in frozenset(Facet):
        return None
    amount = candidate.amount_cents
    return Finding(
        facet=Facet(candidate.facet),
        month=month_of(candidate.day),
        amount_band=amount_band(amount) if amount is not None and "amount_band" in fields else None,
        kind=kind,
        status=candidate.status,
        same_need=same_need,
        day=candidate.day if "date" in fields else None,
        amount_cents=amount if "amount" in fields else None,
        body=member if "body" in fields else "",
        contact=contact if "contact" in fields else "",
        objection=candidate.objection and "objection" in fields,
        owed_cents=owed_cents if "owed" in fields else None,
        reserved_at_ms=_ms(candidate.reserved_at) if "reserved" in fields else None,
        reserved_until_ms=_ms(candidate.reserved_until) if "reserved" in fields else None,
    )


def _ms(instant: float | None) -> int | None:
    return None if instant is None else instant_ms(instant)
