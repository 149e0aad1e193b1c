"""Bodies whose machines come and go: what is complete, when, and never a wrong verdict (docs/completeness.md)."""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from random import Random

import pytest

from maglia.core.entry import EntryKind
from maglia.core.vocabulary import EndState
from node.domain.verdict import CheckState
from tests.support.absences import DAY_S, HOUR_S, Outcome, Plan, Presence, Uptime, simulate

FEW = Plan(seed=1, checks=12, days=0.5, probe_s=60.0)


def complete(outcome: Outcome) -> list[int]:
    return [seen.complete for seen in outcome.seen.values()]


@pytest.mark.parametrize(
    "plan",
    [
        FEW,
        replace(FEW, seed=2, hosted=40),
        replace(FEW, seed=3, asker_share=0.9, away_s=HOUR_S / 4),
    ],
    ids=["nobody hosted", "forty hosted", "the asker sleeps too"],
)
def test_no_verdict_is_wrong_whoever_is_away_and_whoever_comes_back(plan: Plan) -> None:
    outcome = simulate(plan)
    assert outcome.wrong == []
    assert complete(outcome) == sorted(complete(outcome))
    assert outcome.seen[DAY_S].overlaps_shown == outcome.overlaps > 0
    assert complete(outcome)[-1] > complete(outcome)[0]
    asked, ends = len(outcome.asked), outcome.log.entries(EntryKind.END_STATE)
    assert len({end.question_id for end in ends}) == len(ends) <= asked
    assert {EndState.ANSWERED, EndState.SILENT} <= {EndState(end.outcome) for end in ends}


def test_a_check_that_counted_the_silent_as_answered_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CheckState, "complete", property(lambda state: not state.waiting))
    assert any("complete without a body that knows" in wrong for wrong in simulate(FEW).wrong)


def test_a_check_that_forgot_an_answer_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.checks.check.show", lambda *_: [])
    assert any("less than" in wrong for wrong in simulate(FEW).wrong)


def test_a_machine_is_there_as_much_as_it_is_said_to_be() -> None:
    days = 2_000
    presence = Presence(Uptime(0.95, 8 * HOUR_S), days * DAY_S, Random(4))
    hours = [hour * HOUR_S for hour in range(days * 24)]
    assert isclose(sum(map(presence.is_there, hours)) / len(hours), 0.95, abs_tol=0.02)
    away = next(hour for hour in hours if not presence.is_there(hour))
    assert presence.back_in(away) > 0
    assert presence.is_there(away + presence.back_in(away) + 1e-6)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 22))
def test_no_verdict_is_wrong_over_days(seed: int) -> None:
    random = Random(seed)
    share, away_s = random.choice([1.0, 0.95, 0.9]), random.choice([60.0, HOUR_S / 2, HOUR_S, 10 * HOUR_S])
    outcome = simulate(Plan(seed, hosted=random.choice([0, 20, 60]), checks=60, asker_share=share, away_s=away_s))
    assert outcome.wrong == []
    assert complete(outcome) == sorted(complete(outcome))
