"""A body that can be reached and does not answer is asked less and less often; one that came back, at once."""

from __future__ import annotations

from itertools import pairwise

from node.checks.pace import Pace


def rounds(pace: Pace, count: int, there: set[str], start: float = 0.0) -> list[float]:
    """Return when it was the body's turn, in so many rounds of 15 s."""
    return [
        now
        for now in (start + 15.0 * number for number in range(count))
        if "onlus" in pace.whose_turn(there, now, 15.0)
    ]


def test_who_keeps_refusing_is_asked_less_and_less_often() -> None:
    asked = rounds(Pace(), 5_000, {"onlus"})
    gaps = [after - before for before, after in pairwise(asked)]
    assert gaps[:4] == [15.0, 30.0, 60.0, 120.0]
    assert set(gaps[10:]) == {3_600.0}


def test_who_was_away_or_has_answered_is_asked_at_once_the_next_time() -> None:
    pace = Pace()
    assert len(rounds(pace, 40, {"onlus"})) < 10
    assert rounds(pace, 1, {"mensa"}, 600.0) == []
    assert rounds(pace, 1, {"onlus", "mensa"}, 615.0) == [615.0]
