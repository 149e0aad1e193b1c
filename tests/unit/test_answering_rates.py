"""How bodies answered, counted from a body's own log: what counts, what says nothing, and what a restart changes."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.answering import ANSWERING_DAYS, Answering
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.referral import REFERRED
from maglia.core.vocabulary import EndState, Silence
from maglia.wire.entries import encode_entry
from node.answering_rates import AnsweringRates, Seen
from node.domain.answering import Line, joined
from tests.clerk import StoppedClock, open_store
from tests.peer_world import MemoryLog

DAY_MS = 86_400_000
NOON = 1_748_779_200_000
"""2025-06-01 12:00 UTC."""
ALFA, BETA = "alfa", "beta"
ANSWERED, LATE, SILENT, REFUSED = EndState.ANSWERED, EndState.LATE, EndState.SILENT, EndState.REFUSED


@dataclass
class Day:
    """A body's log, written by hand, and what its node counts of it."""

    path: Path
    log: MemoryLog = field(default_factory=MemoryLog)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(instant=NOON / 1000))

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Let another process begin over the same log and database."""
        self.store = open_store(self.path, self.clock)
        self.rates = AnsweringRates(self.store, self.log, self.clock)

    def write(self, entry: Entry) -> Entry:
        self.log.append(encode_entry(entry)).result()
        return entry

    def ask(self, check: str, member: str, at: int = NOON, outcome: str = "") -> Entry:
        """Log a question that is sent."""
        asked = Entry(EntryKind.ASKED, at, member, secrets.token_bytes(16), check_id=check, outcome=outcome)
        return self.write(asked)

    def end(self, asked: Entry, took_ms: int, outcome: str = ANSWERED, code: str = "") -> None:
        """Log how a question ended."""
        at = asked.time_ms + took_ms
        self.write(replace(asked, kind=EntryKind.END_STATE, time_ms=at, outcome=outcome, code=code))

    def one(
        self, check: str, member: str, took_ms: int, outcome: str = ANSWERED, at: int = NOON, code: str = ""
    ) -> None:
        self.end(self.ask(check, member, at), took_ms, outcome, code)

    def seen(self) -> Seen:
        return asyncio.run(self.rates.seen())

    def counts(self, member: str) -> Answering:
        return self.seen().lines.get(member, Line()).counts


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at its newest revision, to start from copies of it."""
    path = tmp_path_factory.mktemp("empty") / "node.db"
    open_store(path).close()
    return path


@pytest.fixture
def day(tmp_path: Path, empty: Path) -> Day:
    return Day(Path(shutil.copy(empty, tmp_path)))


def test_answers_are_told_apart_by_when_they_came(day: Day) -> None:
    for number, took in enumerate((40, 3_000, 3_001, 5_000)):
        day.one(f"V-{number}", ALFA, took)
    day.one("V-4", ALFA, 5_001, LATE)
    day.one("V-5", ALFA, 30, REFUSED)
    day.one("V-6", BETA, 10)
    day.one("V-6", ALFA, 120_000, SILENT, code=Silence.DEADLINE)
    assert day.counts(ALFA) == Answering(asked=7, at_once=3, in_time=2, later=1)
    assert (day.counts(ALFA).answered, day.counts(ALFA).never) == (6, 1)


def test_a_question_asked_again_is_one_question_answered_later(day: Day) -> None:
    day.one("V-0", BETA, 10)
    day.one("V-0", ALFA, 20, SILENT, code=Silence.UNREACHABLE)
    assert day.counts(ALFA) == Answering(asked=1)
    assert day.seen().lines[ALFA].missed_since == NOON
    again = NOON + 3_600_000
    day.one("V-0", ALFA, 10, at=again)
    assert day.seen().lines[ALFA] == Line(Answering(asked=1, later=1), answered_at=again + 10)
    day.one("V-0", ALFA, 10, at=again + 60_000)  # asked a third time, since it had not told all
    assert day.counts(ALFA) == Answering(asked=1, later=1)


def test_a_check_is_complete_when_the_last_one_has_answered_in_full(day: Day) -> None:
    def checks() -> Answering:
        return day.seen().checks

    day.one("V-0", ALFA, 10)
    asked = day.ask("V-0", BETA)
    assert checks() == Answering()  # somebody is awaited
    day.end(asked, 4_000)
    assert checks() == Answering(1, in_time=1)
    for number, (outcome, code) in enumerate(
        ((SILENT, Silence.DEADLINE), (SILENT, Silence.INTERRUPTED), (ANSWERED, Silence.COVERAGE_PARTIAL)), 1
    ):
        day.one(f"V-{number}", ALFA, 10)
        day.one(f"V-{number}", BETA, 20, outcome, code=code)
        assert checks() == Answering(1 + number, in_time=1, later=number - 1)
        day.one(f"V-{number}", BETA, 10, at=NOON + 3_600_000)
        assert checks() == Answering(1 + number, in_time=1, later=number)
    day.one("V-9", ALFA, 10)
    day.one("V-9", BETA, 20, REFUSED)
    assert checks() == Answering(5, in_time=1, later=3)


@pytest.mark.parametrize(
    "code", [Silence.INTERRUPTED, Silence.SUSPENDED_HERE, Code.MEMBER_INACTIVE, Code.BUDGET_ANSWER]
)
def test_what_ends_on_this_side_says_nothing_of_the_other(day: Day, code: str) -> None:
    day.one("V-0", BETA, 10)
    day.one("V-0", ALFA, 20, SILENT, code=code)
    assert day.counts(ALFA) == Answering()


def test_a_check_that_nobody_answers_is_nobodys_silence(day: Day) -> None:
    for member in (ALFA, BETA):
        day.one("V-0", member, 20, SILENT, code=Silence.UNREACHABLE)
    assert (day.seen().lines, day.seen().unheard) == ({}, 1)
    for member in (ALFA, BETA):  # the line is back, and both are asked again
        day.one("V-0", member, 10, at=NOON + 3_600_000)
    assert (day.seen().lines, day.seen().unheard) == ({}, 1)


def test_calls_for_applicants_referrals_and_questions_under_way_are_not_counted(day: Day) -> None:
    day.one("V-0", BETA, 10)
    day.one("B-1", ALFA, 10)
    day.end(day.ask("I-1", ALFA, outcome=REFERRED), 10)
    day.ask("V-0", ALFA)
    assert day.counts(ALFA) == Answering()


def test_a_clock_that_is_set_makes_no_answer_late(day: Day) -> None:
    day.one("V-0", ALFA, 3_600_000)
    day.one("V-1", ALFA, -3_600_000)
    assert day.counts(ALFA) == Answering(asked=2, in_time=2)


def test_a_body_is_silent_from_its_first_question_without_an_answer(day: Day) -> None:
    answered, missed = NOON, NOON + 2 * DAY_MS
    day.one("V-0", ALFA, 10, at=answered)
    for days in (2, 3, 5):
        day.one(f"V-{days}", BETA, 10, at=NOON + days * DAY_MS)
        day.one(f"V-{days}", ALFA, 10, SILENT, at=NOON + days * DAY_MS, code=Silence.UNREACHABLE)
    day.clock.instant += 6 * 86_400
    line = day.seen().lines[ALFA]
    assert (line.answered_at, line.missed_since, line.missed_until) == (answered + 10, missed, NOON + 5 * DAY_MS)
    day.one("V-6", ALFA, 10, at=NOON + 6 * DAY_MS)
    assert day.seen().lines[ALFA].missed_since == 0


def test_what_was_missed_before_the_last_answer_of_a_day_is_over(day: Day) -> None:
    for hour in range(4):
        at = NOON + hour * 3_600_000
        day.one(f"V-{hour}", BETA, 10, at=at)
        day.one(f"V-{hour}", ALFA, 10, ANSWERED if hour == 1 else SILENT, at=at, code="" if hour == 1 else "deadline")
    line = day.seen().lines[ALFA]
    assert (line.missed_since, line.missed_until) == (NOON + 2 * 3_600_000, NOON + 3 * 3_600_000)


def test_thirty_days_are_counted_and_older_ones_forgotten(day: Day) -> None:
    for days in range(40):
        day.one(f"V-{days}", ALFA, 10, at=NOON + days * DAY_MS)
        day.clock.instant = (NOON + days * DAY_MS) / 1000
        day.seen()
    assert day.counts(ALFA).asked == ANSWERING_DAYS
    kept = [one for one, _ in day.store.answering_lines(datetime(2025, 1, 1, tzinfo=UTC).date())]
    assert min(kept) >= datetime.fromtimestamp(day.clock.instant, UTC).date() - timedelta(ANSWERING_DAYS + 5)


STEPS = st.lists(
    st.tuples(st.sampled_from(["answer", "miss", "again", "restart", "a day"]), st.sampled_from([ALFA, BETA])),
    max_size=25,
)


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_restarts_and_lost_counts_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, steps: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("rates")
    day, at, asked = Day(Path(shutil.copy(empty, folder))), NOON, 0
    for what, member in steps:
        at += 600_000
        if what == "answer":
            asked += 1
            day.one(f"V-{asked}", member, 10, at=at)
        elif what == "miss":
            asked += 1
            day.one(f"V-{asked}", "gamma", 10, at=at)
            day.one(f"V-{asked}", member, 10, SILENT, at=at, code=Silence.UNREACHABLE)
        elif what == "again" and asked:
            day.one(f"V-{asked}", member, 10, at=at)
        elif what == "a day":
            at += DAY_MS
        day.clock.instant = at / 1000
        day.seen()
        if what == "restart":
            day.start()
    counted = day.seen()
    fresh = Day(Path(shutil.copy(empty, folder / "another.db")), day.log, day.clock)
    assert fresh.seen().lines == counted.lines
    assert (fresh.seen().unheard, fresh.seen().checks) == (counted.unheard, counted.checks)
    assert counted.checks.is_sound
    assert joined(iter(counted.lines.values())).counts.is_sound
