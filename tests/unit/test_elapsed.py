"""What is done every so often is done in time after a sleep, a stop from outside, and a clock that was set."""

from __future__ import annotations

from maglia.core.elapsed import Due


class Clocks:
    """Seconds passed, and a wall clock that people and machines move."""

    def __init__(self) -> None:
        self.passed, self.wall = 100.0, 1_000_000.0

    def due(self) -> Due:
        return Due(7_200.0, lambda: self.passed, lambda: self.wall)


def test_it_is_time_after_so_many_seconds_and_then_not_before_as_many_again() -> None:
    clocks = Clocks()
    due = clocks.due()
    clocks.passed, clocks.wall = clocks.passed + 7_199, clocks.wall + 7_199
    assert not due.is_now()
    clocks.passed, clocks.wall = clocks.passed + 1, clocks.wall + 1
    assert [due.is_now(), due.is_now()] == [True, False]


def test_a_machine_stopped_from_outside_is_known_by_the_wall_clock_alone() -> None:
    clocks = Clocks()
    due = clocks.due()
    clocks.wall += 14 * 3_600
    assert [due.is_now(), due.is_now()] == [True, False]


def test_a_clock_set_back_puts_nothing_off() -> None:
    clocks = Clocks()
    due = clocks.due()
    clocks.passed, clocks.wall = clocks.passed + 7_200, clocks.wall - 86_400
    assert due.is_now()
