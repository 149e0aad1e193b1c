"""Reservations as rules: who comes first, what is news, what is shown; and the sentences made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Finding
from maglia.core.vocabulary import FOOD_RESERVATION_S, AidStatus, EndState, Facet, Kind, Silence
from node.domain.reservations import (
    Gap,
    Other,
    Promise,
    Reservation,
    Sight,
    State,
    added,
    instant_ms,
    is_news,
    not_made,
    sight_of,
)
from node.domain.verdict import CheckState, Outcome, show
from node.reserving import Wants, read_promise, wanted
from tests.clerk import person, record
from tests.peer_world import COMUNE, OTHER, PARISH, refused
from tui.commands.reserve import until_ms
from tui.reservation_model import Beside, OtherHelp
from tui.reservation_model import Reservation as Row
from tui.reservation_text import given_lines, list_lines, other_lines, promised_lines, unchecked_lines, wants_lines

AT = 1_748_736_000.0
PROMISES = st.builds(Promise, st.integers(0, 3), st.sampled_from(["a", "b", "caritas", "comune"]))


@given(PROMISES, PROMISES)
def test_two_who_promised_agree_on_who_comes_first(mine: Promise, theirs: Promise) -> None:
    def seen(promise: Promise) -> Other:
        return Other(promise.member, "", "", "canteen", "", "reserved", False, reserved_at_ms=promise.at_ms)

    if mine.member != theirs.member:
        assert seen(theirs).comes_before(mine) is not seen(mine).comes_before(theirs)
    earlier = sorted([mine, theirs])[0]
    assert (earlier.at_ms, earlier.member) <= (mine.at_ms, mine.member)


def test_the_earlier_comes_first_then_the_smaller_id_and_help_given_always() -> None:
    mine = Promise(1_000, "m")
    theirs = Other("z", "", "", "canteen", "", "reserved", False, reserved_at_ms=999)
    assert theirs.comes_before(mine) is True
    assert replace(theirs, reserved_at_ms=1_000).comes_before(mine) is False
    assert replace(theirs, reserved_at_ms=1_000, member="a").comes_before(mine) is True
    assert replace(theirs, reserved_at_ms=None).comes_before(mine) is None
    assert replace(theirs, reserved_at_ms=None, status="given").comes_before(mine) is True


def test_both_sides_of_a_tie_read_the_same_millisecond() -> None:
    for instant in (1_748_736_000.123, 1_748_736_000.9999, 0.001):
        assert instant_ms(instant) == int(instant * 1000)


FOOD = Other("comune", "comune", "", "food_parcel", "2025-06", "given", False, "under_50")
PROMISED = replace(FOOD, status="reserved", reserved_at_ms=5)
CLEAR = Sight("V-1", complete=True, asked=2, answered=2)
PARTIAL = Sight("V-2", asked=2, answered=1, gaps=(Gap("odv", "deadline"),))


def found(*others: Other) -> Sight:
    return replace(CLEAR, others=others)


@pytest.mark.parametrize(
    ("fresh", "shown", "news"),
    [
        (found(FOOD), [], True),
        (found(FOOD), [CLEAR], True),
        (found(FOOD), [found(FOOD)], False),
        (found(FOOD), [CLEAR, found(FOOD), CLEAR], False),
        (found(FOOD, FOOD), [found(FOOD)], True),
        (found(FOOD, FOOD), [found(FOOD), found(FOOD)], True),
        (found(FOOD), [found(PROMISED)], True),  # given meanwhile
        (found(PROMISED), [found(replace(PROMISED, reserved_until_ms=9))], False),  # prolonged
        (found(replace(FOOD, member="odv")), [found(FOOD)], True),
        (PARTIAL, [CLEAR], True),
        (PARTIAL, [PARTIAL], False),
        (replace(PARTIAL, gaps=(Gap("odv", "unreachable"),)), [PARTIAL], False),
        (found(FOOD), [PARTIAL], True),
        (not_made(Code.CONSENT_MISSING), [CLEAR], True),
        (not_made(Code.CONSENT_MISSING), [not_made(Code.CONSENT_MISSING)], False),
        (Sight("V-3"), [CLEAR], True),  # nobody was asked
    ],
)
def test_news_is_whatever_no_earlier_check_showed(fresh: Sight, shown: list[Sight], news: bool) -> None:
    for order in permutations(shown):
        assert is_news(fresh, order) is news


def test_what_is_added_is_told_as_often_as_it_is_there() -> None:
    assert added(found(FOOD, PROMISED, FOOD), found(FOOD)) == [PROMISED, FOOD]
    assert added(found(FOOD), found(FOOD)) == []


HELD = Reservation(
    "ab" * 16, person(1), "food_parcel", record(person(1)).day, 40_00, "", None, AidStatus.RESERVED, AT, AT + 60, "anna"
)


@pytest.mark.parametrize(
    ("sight", "shown", "reason", "wants"),
    [
        (CLEAR, [], "", Wants.NOTHING),
        (CLEAR, [found(FOOD)], "", Wants.NOTHING),
        (found(FOOD), [found(FOOD)], "", Wants.REASON),
        (found(FOOD), [found(FOOD)], "accordo", Wants.NOTHING),
        (found(FOOD), [CLEAR], "accordo", Wants.READING),
        (PARTIAL, [], "", Wants.REASON),
        (PARTIAL, [], "accordo", Wants.READING),
        (PARTIAL, [PARTIAL], "accordo", Wants.NOTHING),
        (replace(CLEAR, gaps=(Gap("odv", "left_out"),)), [], "", Wants.REASON),
    ],
)
def test_a_reason_counts_only_for_what_was_shown(sight: Sight, shown: list[Sight], reason: str, wants: Wants) -> None:
    assert wanted(sight, replace(HELD, sights=shown), reason) is wants


def test_a_check_shows_who_is_missing_and_whom_it_asked() -> None:
    promised = Finding(
        Facet.FOOD_PARCEL, "2025-06", None, Kind.CARITAS, AidStatus.RESERVED, reserved_at_ms=7, reserved_until_ms=9
    )
    outcomes = [
        Outcome(COMUNE.member, EndState.SILENT, Silence.DEADLINE),
        Outcome(PARISH.member, EndState.REFUSED, refusal="budget.answer"),
        Outcome(OTHER.member, EndState.ANSWERED, findings=(promised,), omitted=2),
    ]
    shown = tuple(show(outcomes, bytes(32)))
    state = CheckState(
        "V-1", {one.member.id: one for one in outcomes}, "1", False, True, shown=shown, left_out=frozenset({"odv"})
    )
    sight = sight_of(state)
    assert set(sight.gaps) == {
        ("comune", "deadline"),
        ("parrocchia", "budget.answer"),
        ("caritas", "omitted"),
        ("odv", "left_out"),
    }
    [other] = sight.others
    assert (other.member, other.kind, other.name) == ("caritas", "", "")  # too few of its kind to be told
    assert (other.reserved_at_ms, other.reserved_until_ms) == (7, 9)
    assert not sight.is_clear


@pytest.mark.parametrize(
    ("change", "after", "state"),
    [
        ({}, 59, State.TO_CHECK),
        ({"sights": [CLEAR]}, 59, State.TO_CONFIRM),
        ({"sights": [CLEAR]}, 60, State.EXPIRED),
        ({"status": AidStatus.GIVEN, "reserved_until": None}, 60, State.CONFIRMED),
        ({"status": AidStatus.CORRECTED, "reserved_until": None}, 60, State.CONFIRMED),
        ({"status": AidStatus.CANCELLED}, 0, State.RELEASED),
    ],
)
def test_where_a_reservation_stands(change: dict[str, object], after: float, state: State) -> None:
    held = replace(HELD, **change)  # type: ignore[arg-type]  # fields, by name
    assert held.state(AT + after) is state
    assert held.ends_soon(AT + after) is (state in {State.TO_CHECK, State.TO_CONFIRM})
    assert not held.ends_soon(AT)


def test_a_promise_lasts_no_longer_than_its_kind() -> None:
    about = record(person(1), "food_parcel")
    usual = read_promise(about, "", 0, 0, AT)
    assert (usual.record.status, usual.record.reserved_until) == (AidStatus.RESERVED, AT + FOOD_RESERVATION_S)
    assert (usual.purpose, usual.months) == ("aid_overlap", 6)
    assert read_promise(about, "", 0, int(AT + 60) * 1000, AT).record.reserved_until == AT + 60
    for until in (AT, AT - 1, AT + FOOD_RESERVATION_S + 2):
        with refused(Code.INPUT_RESERVATION_UNTIL):
            read_promise(about, "", 0, int(until * 1000), AT)
    with refused(Code.INPUT_MONTHS):
        read_promise(about, "", 37, 0, AT)
    with refused(Code.INPUT_PURPOSE):
        read_promise(about, "call_for_applicants", 0, 0, AT)


def _ms(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute).astimezone(UTC).timestamp() * 1000)


NOW = datetime(2026, 11, 21, 10, 41).astimezone()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("12:41", _ms(21, 12, 41)),
        ("22/11/2026 09:05", _ms(22, 9, 5)),
        ("22/11/2026", _ms(22, 23, 59) + 59_000),
    ],
)
def test_an_end_is_a_time_of_today_a_day_or_both(text: str, instant: int) -> None:
    assert until_ms(text, NOW) == instant


@pytest.mark.parametrize("text", ["25:00", "domani", "22/11/2026 9", "2026-11-22", "12:41 22/11/2026", "31/02/2026"])
def test_an_end_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(MagliaError) as failure:
        until_ms(text, NOW)
    assert failure.value.code is (Code.INPUT_MOMENT if ":" in text or " " in text else Code.INPUT_DATE)


MINE = Row(
    "3f2a91bc" * 4, "XQZXQW97D64A794S", "food_parcel", 40_00, "", _ms(21, 10, 41), _ms(21, 22, 41), "anna",
    "to_confirm", False, False, "2026-11-21",
)  # fmt: skip
THEIRS = OtherHelp(
    "parish", "", Facet.FOOD_PARCEL, "2026-11", "reserved", False, "", None, "", _ms(21, 10, 38), _ms(21, 22, 38), True
)


GAVE = "Una parrocchia ha già dato un aiuto uguale"


def test_a_promise_reads_as_at_the_counter() -> None:
    assert promised_lines(MINE, "it") == ["Impegno registrato: Spesa, 40,00 €, fino alle 22:41 (n. 3f2a91bc)."]
    later = replace(MINE, reserved_until_ms=_ms(28, 9))
    assert "fino al 28/11/2026 alle 09:00" in promised_lines(later, "it")[0]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "Una parrocchia ha un impegno uguale dalle 10:38: viene prima del vostro."),
        ({"is_first": False}, "Una parrocchia ha un impegno uguale dalle 10:38: il vostro viene prima."),
        (
            {"is_first": None, "reserved_at_ms": 0, "facet": "canteen", "member_kind": ""},
            "Un ente del territorio ha un impegno simile (Mensa): non si sa chi viene prima.",
        ),
        (
            {"same_need": True, "reserved_at_ms": _ms(20, 9), "member_name": "Comune X", "amount_cents": 300_00},
            "Comune X ha un impegno per lo stesso bisogno dal 20/11/2026 alle 09:00, 300,00 €: viene prima del vostro.",
        ),
        ({"status": "given", "amount_band": "under_50"}, f"{GAVE} (11/2026, sotto 50 €)."),
        ({"status": "given", "contact": "a@b.it"}, f"{GAVE} (11/2026). Recapito: a@b.it."),
    ],
)  # fmt: skip
def test_another_promise_is_told_with_who_comes_first(change: dict[str, object], text: str) -> None:
    other = replace(THEIRS, **change)  # type: ignore[arg-type]  # fields, by name
    lines = other_lines(MINE, Beside(others=(other,)), "it")
    assert lines[0].startswith("!! ")
    assert " ".join(line[3:] for line in lines) == text
    assert max(map(len, lines)) <= 80


def test_help_given_says_until_when_it_is_undone() -> None:
    given = replace(MINE, state="confirmed", undo_until_ms=_ms(21, 10, 51))
    assert given_lines(given, "it")[-1] == "Si annulla fino alle 10:51: maglia aid undo 3f2a91bc"


def test_where_the_network_was_not_asked_nothing_is_said_of_what_is_above() -> None:
    for wants in ("reason", "reading"):
        said = " ".join(line[3:] for line in wants_lines(wants, "it", unchecked=True))
        assert said.startswith("Non ancora consegnato: la rete non è stata interrogata.")
        assert "--reason" in said


def test_equal_sentences_are_one_that_says_how_often() -> None:
    gave = replace(THEIRS, status="given", amount_band="under_50", member_kind="")
    told = other_lines(MINE, Beside(others=(gave, THEIRS, gave)), "it")
    said = " ".join(line[3:] for line in told)
    assert said.startswith("Un ente del territorio ha già dato un aiuto uguale (11/2026, sotto 50 €). (2 volte) Una ")
    assert "(2 volte)" in " ".join(list_lines([replace(MINE, late=(gave, gave))], "it"))


def test_a_number_is_not_torn_from_its_mark() -> None:
    for facet in Facet:
        for cents in (1_00, 100_00, 1_000_00, 12_345_678_00):
            for lang in ("it", "en"):
                held = replace(MINE, facet=facet, amount_cents=cents, reserved_until_ms=_ms(28, 9))
                lines = promised_lines(held, lang)
                assert any("(n. 3f2a91bc)" in line for line in lines)
                assert max(map(len, lines)) <= 80


def test_every_sentence_fits_in_a_line_in_both_languages() -> None:
    unchecked = Beside(unchecked="budget.operator", params={"limit": "30"})
    rows = [replace(MINE, ends_soon=True), replace(MINE, state="expired"), replace(MINE, late=(THEIRS,))]
    for lang in ("it", "en"):
        said = [*unchecked_lines(unchecked, lang), *wants_lines("reason", lang), *wants_lines("reading", lang)]
        said += list_lines(rows, lang)
        assert max(map(len, said)) <= 80
        assert any("30" in line for line in unchecked_lines(unchecked, lang))


def test_the_list_begins_with_what_was_found_late() -> None:
    lines = list_lines([MINE, replace(MINE, record_id="ffff0000" * 4, late=(THEIRS,))], "it")
    assert lines[0] == "2 impegni aperti, 1 con aiuti trovati dopo."
    assert lines[2].endswith("ffff0000")
    assert lines[3].startswith("!! TROVATO DOPO: Una parrocchia ha un impegno uguale")
    assert lines[-1].startswith("DA CONFERMARE XQZXQW97D64A794S Spesa")
    assert list_lines([], "it") == ["Nessun impegno."]
