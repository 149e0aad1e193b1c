"""How often one check asks a body again that can be reached and still does not answer: less and less often."""

from __future__ import annotations

LONGEST_WAIT_S = 3_600.0


class Pace:
    """Whose turn it is: each time twice as long after the last, at most `LONGEST_WAIT_S` seconds."""

    def __init__(self) -> None:
        self._turns: dict[str, tuple[int, float]] = {}

    def whose_turn(self, there: set[str], now: float, round_s: float) -> set[str]:
        """Return those of whom it is time to ask, which counts as asked; rounds come every `round_s` seconds.

        `there` are all that can be reached and have not answered: whoever is not among them was away or has answered,
        and is asked at once the next time.
        """
        self._turns = {member: turn for member, turn in self._turns.items() if member in there}
        due = {member for member in there if self._turns.get(member, (0, now))[1] <= now}
        for member in due:
            times, _ = self._turns.get(member, (0, now))
            # The next round is never too early: rounds do not come to the millisecond.
            wait_s = min(round_s * 2**times, LONGEST_WAIT_S) if times else 0.0
            self._turns[member] = times + 1, now + wait_s
        return due
