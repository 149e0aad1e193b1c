"""Guessing passwords: five are free, then each costs twice the wait of the one before."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.wire.logins import KEPT, LONGEST_S, Logins


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logins(clock: Clock) -> Logins:
    return Logins(clock)


def fail(logins: Logins, user: str = "anna") -> int:
    """Try a wrong password; return how many seconds to wait first, 0 if it was looked at."""
    with pytest.raises(MagliaError) as failure, logins.attempt(user):
        raise MagliaError(Code.SESSION_CREDENTIALS)
    return int(failure.value.params["seconds"]) if failure.value.code is Code.SESSION_THROTTLED else 0


def test_five_are_free_and_then_the_wait_doubles(logins: Logins, clock: Clock) -> None:
    assert [fail(logins) for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(12):
        waits.append(fail(logins))
        clock.now += waits[-1]
        assert fail(logins) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert max(waits) == LONGEST_S


def test_the_right_password_forgives_what_came_before(logins: Logins) -> None:
    for _ in range(4):
        fail(logins)
    with logins.attempt("anna"):
        pass
    assert [fail(logins) for _ in range(5)] == [0] * 5


def test_even_the_right_password_waits(logins: Logins) -> None:
    for _ in range(5):
        fail(logins)
    with pytest.raises(MagliaError) as failure, logins.attempt("anna"):
        raise AssertionError("the password is not even looked at")
    assert failure.value.code is Code.SESSION_THROTTLED


def test_a_hundred_at_once_are_not_all_the_first(logins: Logins) -> None:
    begun = 0
    for _ in range(100):
        with suppress(MagliaError):
            logins.attempt("anna").__enter__()
            begun += 1
    assert begun == 5


def test_names_are_counted_apart_and_their_number_is_bounded(logins: Logins) -> None:
    for _ in range(6):
        fail(logins)
    assert fail(logins, "ivo") == 0
    for number in range(KEPT + 10):
        fail(logins, f"nobody-{number}")
    assert len(logins._tried) == KEPT
