"""Reservations: help promised, with an end; and who comes first of two who promised (design 8)."""

from __future__ import annotations

from maglia.core.vocabulary import AidStatus, reservation_s
from node.domain.model import AidRecord


def reserved_until(record: AidRecord, now: float) -> float | None:
    """Return until when a record stored at `now` is promised, in seconds since the epoch; None of help given."""
    if record.status is not AidStatus.RESERVED:
        return None
    return now + reservation_s(record.facet) if record.reserved_until is None else record.reserved_until
