"""The oracle of `make torture` must be able to say no: each wrong answer it is there for is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maglia.v1.operator_pb2 import CheckResponse, ShownFinding, SilentBody
from tests.torture.oracle import Oracle
from tests.torture.rounds import Round, seed_of
from tests.torture.state import forget, read_state, write_latest

BODIES = frozenset({"alfa", "beta", "gamma"})
PERSON = "someone"


def oracle() -> Oracle:
    """Two bodies' help for one person was acknowledged, and a third body has tried to file some."""
    made = Oracle(BODIES)
    for member in ("alfa", "beta"):
        made.try_to_help(member, PERSON)
        made.help_acknowledged(member, PERSON, f"record-{member}")
    made.try_to_help("alfa", PERSON)
    return made


def said(found: int, **fields: Any) -> CheckResponse:
    """Return a state of a check by gamma; a complete one unless `fields` say otherwise."""
    verdict = "similar" if found else "none_known"
    whole: dict[str, Any] = {"complete": True, "asked": 2, "answered": 2, "verdict": verdict}
    return CheckResponse(check_id="V-1", findings=[ShownFinding()] * found, **{**whole, **fields})


def judged(state: CheckResponse) -> list[str]:
    made = oracle()
    made.judge(made.begin("gamma", PERSON), state)
    return made.wrong


@pytest.mark.parametrize(
    "state",
    [
        said(2),
        said(3),
        said(1, omitted=1),
        said(0, complete=False, answered=1, silent=[SilentBody(member="beta", reason="deadline")]),
        said(0, complete=False, answered=1, refused=[SilentBody(member="beta", reason="policy.unavailable")]),
        said(0, complete=False, answered=1, waiting=True),
    ],
    ids=["all", "what was tried", "what did not fit", "silent", "refused", "waiting"],
)
def test_what_may_be_said_is_let_pass(state: CheckResponse) -> None:
    assert judged(state) == []


@pytest.mark.parametrize(
    "state",
    [
        said(0),
        said(1),
        said(4),
        said(2, verdict="none_known"),
        said(2, answered=1),
        said(2, asked=1, answered=1),
        said(2, silent=[SilentBody(member="beta", reason="deadline")]),
        said(2, refused=[SilentBody(member="beta", reason="policy.unavailable")]),
        said(2, left_out=1),
        said(2, waiting=True),
        said(0, complete=False, answered=1),
        said(0, complete=False, answered=1, silent=[SilentBody(member="beta", reason="")]),
    ],
    ids=[
        "nothing known",
        "too little",
        "too much",
        "against its findings",
        "somebody missing",
        "somebody not asked",
        "silent",
        "refused",
        "left out",
        "waiting",
        "partial of nobody",
        "silent for nothing",
    ],
)
def test_what_cannot_be_true_is_told(state: CheckResponse) -> None:
    assert judged(state)


def test_a_body_is_owed_nothing_of_its_own() -> None:
    assert [oracle().begin(asker, PERSON).owed for asker in ("alfa", "gamma")] == [1, 2]


def test_nothing_is_owed_by_who_is_suspended_and_nothing_is_complete_while_nobody_counts() -> None:
    made = oracle()
    made.suspended.add("alfa")
    begun = made.begin("gamma", PERSON)
    made.judge(begun, said(1, asked=1, answered=1))
    assert (begun.owed, made.wrong) == (1, [])
    made.is_closed = True
    made.judge(made.begin("gamma", PERSON), said(1, asked=1, answered=1))
    assert made.wrong


def test_a_run_that_was_stopped_goes_on_with_its_own_seed(tmp_path: Path) -> None:
    state = read_state(tmp_path, "kills", seed=5)
    state.add(Round("kills", 1, seed_of(5, "kills", 1), losses=["one"], checks=7))
    again = read_state(tmp_path, "kills", seed=6)
    assert (again.seed, again.done(), again.rounds) == (5, {1}, state.rounds)
    found = write_latest(tmp_path, {"kills": again, "soak": read_state(tmp_path, "soak", seed=6)})
    assert [(row["rounds"], row["losses"], row["checks"]) for row in found["kinds"]] == [(1, 1, 7), (0, 0, 0)]
    assert [one["seed"] for one in found["broken"]] == [seed_of(5, "kills", 1)]
    forget(tmp_path, ["kills"])
    assert read_state(tmp_path, "kills", seed=6).seed == 6
