"""`python -m benchmarks.completeness [--quick]`: how many checks are complete, and when, where machines come and go.

Sixty bodies are simulated (`tests.support.absences`): the checks are the node's own, the time is virtual.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from tests.support.absences import DAY_S, HOSTED_UPTIME, HOUR_S, MOMENTS_S, Outcome, Plan, Seen, simulate

SEEDS = 3
HOSTED = 0, 20, 40, 60
_NAMES = {3.0: "3 s", 5.0: "5 s", HOUR_S: "1 h", DAY_S: "24 h"}


@dataclass(frozen=True)
class Line:
    """One line of the table: the same plan with several seeds."""

    name: str
    plan: Plan

    def plans(self, seeds: int) -> list[Plan]:
        """Return the plan with each seed."""
        return [replace(self.plan, seed=seed) for seed in range(1, seeds + 1)]


def lines(base: Plan) -> list[Line]:
    """Return all lines of the table."""
    by_absence = [
        Line(f"absences of {hours} h, {_whom(hosted)}", replace(base, hosted=hosted, away_s=hours * HOUR_S))
        for hours in (1, 8)
        for hosted in HOSTED
    ]
    sleepy = replace(base, asker_share=0.95, away_s=HOUR_S)
    return [*by_absence, Line("absences of 1 h, none hosted, asker at 95 %", sleepy)]


def main() -> None:
    """Simulate every line and print the table; ends with status 1 when a verdict was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.completeness", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two days of each line, one seed")
    quick: bool = parser.parse_args().quick
    base = Plan(0, checks=40, days=2.0) if quick else Plan(0, checks=240, days=20.0)
    seeds, start = 1 if quick else SEEDS, time.monotonic()
    every = lines(base)
    print(f"{base.bodies} bodies at 90 to 99 % (hosted: {HOSTED_UPTIME:.1%}); checks that are complete, of all\n")
    print(
        f"{'':44}{'all there':>10}" + "".join(f"{_NAMES[moment]:>7}" for moment in MOMENTS_S) + "  overlaps 3 s / 1 h"
    )
    wrong, states = 0, 0
    with ProcessPoolExecutor(2) as pool:
        each = [[pool.submit(simulate, plan) for plan in line.plans(seeds)] for line in every]
        for line, running in zip(every, each, strict=True):
            outcomes = [one.result() for one in running]
            print(_row(line.name, outcomes), flush=True)
            wrong += sum(len(outcome.wrong) for outcome in outcomes)
            states += sum(outcome.states for outcome in outcomes)
    checks = base.checks * seeds * len(every)
    taken = time.monotonic() - start
    print(f"\n{checks:,} checks, {states:,} states judged, {wrong} wrong verdicts, {taken:.0f} s")
    raise SystemExit(int(wrong > 0))


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    checks, overlaps = sum(each.checks for each in outcomes), sum(each.overlaps for each in outcomes)
    all_there = sum(each.all_there for each in outcomes) / len(outcomes)

    def share(moment: float, what: Callable[[Seen], int], of: int) -> str:
        return f"{sum(what(each.seen[moment]) for each in outcomes) / of:.0%}"

    complete = "".join(f"{share(moment, lambda seen: seen.complete, checks):>7}" for moment in MOMENTS_S)
    shown = " / ".join(share(moment, lambda seen: seen.overlaps_shown, overlaps) for moment in (3.0, HOUR_S))
    return f"{name:44}{all_there:>10.0%}{complete}  {shown}"


def _whom(hosted: int) -> str:
    if hosted == 0:
        return "none hosted"
    return "all hosted" if hosted == HOSTED[-1] else f"the weakest {hosted} hosted"


if __name__ == "__main__":
    main()
