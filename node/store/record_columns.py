"""An aid record as the database holds it: its columns, and its content by which a file's row is known again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from maglia.core.vocabulary import Frequency, MeansTest
from node.domain.consent import Settled
from node.domain.model import AidRecord, Consent
from node.domain.reservations import reserved_until
from node.domain.retention import keep_until
from node.store.consent_rows import consent_columns
from node.store.fields import Fields

_COMPACT = json.JSONEncoder(separators=(",", ":"))


class Prepared(NamedTuple):
    """A record on its way in: everything computed before the transaction begins."""

    record: AidRecord
    id: str
    content: bytes
    key_index: bytes | None
    version: int = 1
    replaces: str | None = None


def columns_of(
    fields: Fields, prepared: Sequence[Prepared], settled: Sequence[Settled], now: float
) -> dict[str, Sequence[object]]:
    """Return what is stored of these records at `now` (seconds since the epoch), by column."""
    records = [each.record for each in settled]
    consents = [consent_columns(record.consent) for record in records]
    return {
        "id": [one.id for one in prepared],
        "source_key": _sealed(fields, "source_key", prepared, [record.source_key for record in records]),
        "source_key_index": [one.key_index for one in prepared],
        "content_hash": [one.content for one in prepared],
        "facet": [record.facet for record in records],
        "day": [record.day for record in records],
        "amount_cents": [record.amount_cents for record in records],
        "status": [record.status.value for record in records],
        "basis": [record.basis.value for record in records],
        "visibility": [record.visibility.value for record in records],
        "creditor": _sealed(fields, "creditor", prepared, [record.creditor for record in records]),
        "period_from": [record.period_from for record in records],
        "period_to": [record.period_to for record in records],
        "consent_withdrawn": [each.withdrawn for each in settled],
        "objection": [each.objection for each in settled],
        "keep_until": [keep_until(record.facet, record.day) for record in records],
        "recorded_at": [now] * len(records),
        "version": [one.version for one in prepared],
        "replaces": [one.replaces for one in prepared],
        "reserved_until": [reserved_until(record, now) for record in records],
        "frequency": [_unless(record.frequency, Frequency.ONE_OFF) for record in records],
        "means_test": [_unless(record.means_test, MeansTest.NONE) for record in records],
        "protocol": _sealed(fields, "protocol", prepared, [record.protocol for record in records]),
        **{name: [columns[name] for columns in consents] for name in consents[0]},
    }


def _sealed(fields: Fields, column: str, prepared: Sequence[Prepared], values: Sequence[str]) -> list[bytes | None]:
    """Return each value sealed for the row that it goes into; none of an empty one."""
    seal = fields.seal
    rows = zip(prepared, values, strict=True)
    return [seal(column, one.id.encode(), value.encode()) if value else None for one, value in rows]


def _unless(value: StrEnum, usual: StrEnum) -> str | None:
    return None if value is usual else value.value


def canonical(record: AidRecord) -> bytes:
    """Return the record's content as bytes, the same for the same content; its source key is not content.

    What most records have none of is left out: it was no content before it could be said.
    """
    content = [
        record.identifier.pseudonym_input().decode("ascii"),
        record.facet,
        record.day.isoformat(),
        record.amount_cents,
        record.status,
        record.basis,
        record.visibility,
        _consent_content(record.consent),
        record.creditor,
        record.need.pseudonym_input().decode("ascii") if record.need else None,
        str(record.period_from),
        str(record.period_to),
    ]
    if record.frequency is not Frequency.ONE_OFF:
        content.append(f"frequency={record.frequency}")
    if record.means_test is not MeansTest.NONE:
        content.append(f"means_test={record.means_test}")
    if record.protocol:
        content.append(f"protocol={record.protocol}")
    return _COMPACT.encode(content).encode()


@lru_cache(maxsize=1024)
def _consent_content(consent: Consent | None) -> Sequence[str]:
    """Return a consent's part of the content. What most have none of is left out: it was no content before."""
    if consent is None:
        return [str(None)] * 5
    columns = dict(consent_columns(consent))
    further = [columns.pop("consent_audience"), columns.pop("consent_expires")]
    return [str(value) for value in [*columns.values(), *(value for value in further if value is not None)]]
