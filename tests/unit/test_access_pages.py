"""Pages of another body's log: one that could not be shown is refused on arrival, so that no report holds it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.access import Access, AccessEvent, LogReading
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Facet, Purpose
from maglia.v1 import report_pb2 as pb
from maglia.wire.access import decode_page, encode_page

REQUEST = bytes(32)
ACCESS = Access(
    question_id=bytes(16),
    event=AccessEvent.ANSWERED,
    time_ms=1_790_000_000_000,
    body="comune",
    purpose=Purpose.AID_OVERLAP,
    facet=Facet.FOOD_PARCEL,
    categories=("facet", "kind", "status", "month"),
    operator="Anna Fittizi",
)
READING = LogReading(
    entries=7, first_ms=1, last_ms=2, forgotten_months=("2024-12",), unreadable=7, archived=3, policy_revision="r41"
)


def test_what_a_log_can_tell_is_read_as_it_was_sent_and_so_is_what_policy_hides() -> None:
    hidden = Access(bytes(16), AccessEvent.ASKED)
    sent = (ACCESS, hidden)
    assert decode_page(encode_page(REQUEST, 1, sent, READING), REQUEST, 1) == (sent, READING)
    assert decode_page(encode_page(REQUEST, 2, ()), REQUEST, 2) == ((), None)


@pytest.mark.parametrize(
    "change",
    [
        {"time_ms": 2**62},
        {"time_ms": -1},
        {"time_ms": 7_258_118_400_000},
        {"question_id": b""},
        {"question_id": bytes(17)},
        {"body": "Comune di Esempio"},
        {"body": "c" * 41},
        {"purpose": "pippo"},
        {"facet": "health_hiv"},
        {"categories": ("diagnosis",)},
        {"categories": ("month", "month")},
        {"operator": "x" * 201},
    ],
    ids=str,
)
def test_a_page_with_an_access_that_nobody_could_show_is_refused(change: dict[str, object]) -> None:
    wrong = replace(ACCESS, **change)  # type: ignore[arg-type]  # fields, by name
    _refused(encode_page(REQUEST, 1, (ACCESS, wrong), READING))


@pytest.mark.parametrize(
    "change",
    [
        {"first_ms": 2**62},
        {"last_ms": -1},
        {"forgotten_months": ("pippo",)},
        {"forgotten_months": ("9999-12",)},
        {"forgotten_months": ("2024-13",)},
        {"forgotten_months": ("\u0662\u0660\u0662\u0664-12",)},
        {"forgotten_months": ("2024-12\n",)},
        {"forgotten_months": ("2024-12",) * 601},
        {"entries": 2**63},
        {"archived": 2**63},
        {"unreadable": 8},
        {"policy_revision": "r" * 65},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_page_with_a_reading_that_nobody_could_show_is_refused(change: dict[str, object]) -> None:
    _refused(encode_page(REQUEST, 1, (), replace(READING, **change)))  # type: ignore[arg-type]  # fields, by name


def test_what_is_no_page_or_another_requests_or_of_an_unknown_event_is_refused() -> None:
    unknown = pb.AccessPage(request_hash=REQUEST, number=1, accesses=[pb.Access(question_id=bytes(16), event="pippo")])
    for payload in (b"\xff", unknown.SerializeToString(), encode_page(bytes(31), 1, ()), encode_page(REQUEST, 2, ())):
        _refused(payload)


def _refused(payload: bytes) -> None:
    with pytest.raises(MagliaError) as failure:
        decode_page(payload, REQUEST, 1)
    assert failure.value.code is Code.NETWORK_ANSWER
