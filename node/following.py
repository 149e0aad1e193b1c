"""Tells of checks that nobody watches any more: what goes on after a restart, and what stays partial for good."""

from __future__ import annotations

from node.checks.asked import Recent
from node.checks.check import Check
from node.checks.late_answers import LateAnswers
from node.checks.late_findings import LateFindings
from node.domain.reservations import sight_of


class Followers:
    """Fulfils `node.checks.asked.Following`."""

    def __init__(self, answers: LateAnswers, late: LateFindings) -> None:
        self._answers = answers
        self._late = late

    def resumed(self, recent: Recent) -> None:
        """Go on from what was known when it was filed: that is what its operator was shown, or told since.

        Of a deferred one that nobody was told of yet, `node.waiting` tells.
        """
        check = recent.check
        if recent.sight and isinstance(check, Check):
            self._late.follow(check, recent.sight, sight_of(check.state()))
        elif not recent.untold:
            self._answers.follow(check, recent.operator.user, recent.asked_at)

    def given_up(self, recent: Recent) -> None:
        """Tell its operator that it stays partial; a promise is checked anew when it is confirmed."""
        if not recent.sight:
            self._answers.over(recent.check, recent.operator.user, recent.asked_at, recent.ended)
