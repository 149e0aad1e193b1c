"""What two logs say, put together: whoever asks chooses the ids, and hides nothing with them."""

from __future__ import annotations

import pytest

from maglia.core.access import Access, AccessEvent, LogReading
from maglia.core.vocabulary import Facet, Purpose
from node.domain.access_case import Part, PartState
from node.domain.access_report import AccessOutcome, FoundAccess, merge

ID = bytes([1]) * 16
SHOWN = ("facet", "kind", "status", "month")
ASKER, ANSWERER = "caritas", "parrocchia"


def told(member: str, *accesses: Access) -> Part:
    return Part(member, PartState.TOLD, "", 1, accesses, LogReading(entries=len(accesses)))


def asked(time_ms: int = 1_000, operator: str = "", event: AccessEvent = AccessEvent.ASKED) -> Access:
    about = Purpose.AID_OVERLAP, Facet.FOOD_PARCEL
    return Access(ID, event, time_ms, ANSWERER, *about, operator=operator)


def answer(event: AccessEvent, time_ms: int, categories: tuple[str, ...] = (), **about: str) -> Access:
    of = {"purpose": Purpose.RENT_SUBSIDY, "facet": Facet.RENT_ARREARS, "operator": "inventato", **about}
    return Access(ID, event, time_ms, ASKER, categories=categories, **of)


FIRST = answer(AccessEvent.ANSWERED, 2_000, SHOWN)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        (answer(AccessEvent.ANSWERED, 3_000), AccessOutcome.NOTHING),
        (answer(AccessEvent.REFUSED, 3_000), AccessOutcome.REFUSED),
        (answer(AccessEvent.ANSWERED_REPORT, 3_000, purpose=Purpose.ACCESS_REPORT, facet=""), AccessOutcome.REPORTED),
        (answer(AccessEvent.REFUSED, 3_000, purpose=Purpose.ACCESS_REPORT, facet=""), AccessOutcome.REFUSED),
        (answer(AccessEvent.ANSWERED, 3_000, ("facet", "kind", "status", "amount")), AccessOutcome.SHOWN),
    ],
    ids=["asked again for something else", "replayed", "report asked under its id", "such a report refused", "twice"],
)
def test_what_was_shown_is_not_hidden_by_another_use_of_the_same_id(
    later: Access, outcome: AccessOutcome, order: int
) -> None:
    found = merge([told(ASKER, asked()), told(ANSWERER, FIRST, later)][::order])
    assert [(one.outcome, one.categories) for one in found] == [
        (AccessOutcome.SHOWN, SHOWN),
        (outcome, later.categories),
    ]
    assert [one.told_by for one in found] == [(ASKER, ANSWERER), (ANSWERER,)]


@pytest.mark.parametrize("order", [1, -1])
def test_the_askers_own_word_says_when_and_why_and_it_alone_says_who(order: int) -> None:
    sides = [told(ASKER, asked(operator="Anna")), told(ANSWERER, FIRST)][::order]
    about = Purpose.AID_OVERLAP, Facet.FOOD_PARCEL, SHOWN
    row = FoundAccess(ASKER, ANSWERER, AccessOutcome.SHOWN, 1_000, *about, "Anna", (ASKER, ANSWERER))
    assert merge(sides) == [row]
    [alone] = merge([told(ANSWERER, FIRST)])
    assert (alone.time_ms, alone.purpose, alone.operator) == (2_000, Purpose.RENT_SUBSIDY, "")


def test_what_was_asked_twice_and_answered_once_was_once_not_answered() -> None:
    found = merge([told(ASKER, asked(), asked(4_000)), told(ANSWERER, FIRST)])
    assert [(one.time_ms, one.outcome) for one in found] == [
        (1_000, AccessOutcome.SHOWN),
        (4_000, AccessOutcome.NO_ANSWER),
    ]
    away = merge([told(ASKER, asked()), Part(ANSWERER, PartState.SILENT)])
    assert [one.outcome for one in away] == [AccessOutcome.UNKNOWN]


def test_a_request_for_a_report_sent_until_it_was_answered_is_one_access() -> None:
    sent = [asked(time_ms, "Olga", AccessEvent.REQUESTED_REPORT) for time_ms in (1_000, 2_000, 3_000)]
    reported = answer(AccessEvent.ANSWERED_REPORT, 3_001)
    for answers, outcome in (([], "reported"), ([reported], "reported")):
        [found] = merge([told(ASKER, *sent), told(ANSWERER, *answers)])
        assert (found.outcome, found.time_ms, found.operator) == (outcome, 1_000, "Olga")
    refused = answer(AccessEvent.REFUSED, 3_001, purpose=Purpose.ACCESS_REPORT)
    assert [one.outcome for one in merge([told(ASKER, *sent), told(ANSWERER, refused)])] == [AccessOutcome.REFUSED]
