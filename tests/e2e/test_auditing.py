"""What an auditor finds in a network that is honest and falls often, and in one whose bodies cheat."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from demo.programs import command
from maglia.processes import Started, end, is_running, kill, spawn
from tests.e2e.conftest import gone_afterwards
from tests.e2e.live import Ended, LiveNetwork, run
from tests.e2e.questions import ask_many

pytestmark = pytest.mark.xdist_group("audited")

SMALL, LARGE = 400, 10_000
"""Questions between two bodies: in the common tests, and in the long ones."""
RECORDS = 300
CHEATER_STARTS_S = 60.0


@contextmanager
def _network(bodies: int) -> Iterator[LiveNetwork]:
    with (
        tempfile.TemporaryDirectory(prefix="maglia-audit-") as folder,
        gone_afterwards(Path(folder) / "rete") as live,
    ):
        live.up(bodies=bodies, records=RECORDS)
        yield live


@pytest.fixture(scope="module")
def audited() -> Iterator[LiveNetwork]:
    """Yield three bodies and an auditor; what is planted in their logs stays there."""
    with _network(bodies=3) as live:
        yield live


def auditing(live: LiveNetwork, *arguments: str) -> Ended:
    """Run `maglia audit` as the network's auditor."""
    auditor = live.sheet["auditors"][0]
    environment = {**os.environ, "MAGLIA_PASSPHRASE": auditor["passphrase"]}
    return run("tui", "--profile", auditor["profile"], "audit", *arguments, "--json", environment=environment)


def reconciled(live: LiveNetwork) -> Ended:
    """Read every log and hold them against each other."""
    pulled = auditing(live, "pull")
    assert pulled.status in {0, 10, 11}, pulled
    return auditing(live, "reconcile")


def test_an_honest_network_that_falls_often_gives_no_finding(audited: LiveNetwork) -> None:
    _fall_and_rise(audited, SMALL, random.Random(11))


@pytest.mark.long
def test_ten_thousand_questions_among_stops_and_kills_give_no_finding() -> None:
    with _network(bodies=8) as live:
        _fall_and_rise(live, LARGE, random.Random(12))


def _fall_and_rise(live: LiveNetwork, questions: int, rng: random.Random) -> None:
    """Ask while bodies are stopped, killed and started again; then nothing is found, and every log was read."""
    rounds = 4 if questions == SMALL else 25
    asked = 0
    for number in range(rounds):
        victim = rng.choice(live.members())
        asked += ask_many(live, questions // rounds, partial(_fall, live, victim, gently=number % 2 == 0))
        live.start(victim)
    assert asked >= questions
    live.wait_complete("overlap")
    found = reconciled(live)
    assert (found.status, found.document["findings"]) == (0, []), found
    assert found.document["members_read"] == found.document["members_total"] == len(live.members())


def _fall(live: LiveNetwork, member: str, *, gently: bool) -> None:
    if gently:
        live.stop(member)
    else:
        kill(live.process(member))


def test_every_kind_of_cheating_is_found_and_laid_to_who_cheated(audited: LiveNetwork) -> None:
    """Runs after the honest one in this file: before it nothing was wrong."""
    case = audited.case("overlap")
    asker = case["asker"]
    other, third = [member for member in audited.members() if member != asker]
    for member, lie in ((other, "hide_answers"), (asker, "hide_questions"), (third, "swap_answers")):
        with _cheating(audited, member, lie):
            audited.check(case)
    with _cheating(audited, asker, "hide_evaluations"):
        audited.check(case)
    with _cheating(audited, third, "show_another_log"):
        found = reconciled(audited)
    assert found.status == 10, found
    types = {(finding["type"], tuple(finding["members"])) for finding in found.document["findings"]}
    assert ("missing_on_one_side", (other,)) in types, types
    assert ("missing_on_one_side", (asker,)) in types, types
    assert ("evaluation_without_question", (asker,)) in types, types
    assert {kind for kind, members in types if members == (third,)} & {"fork", "broken_chain"}, types
    assert all(finding["ask"] for finding in found.document["findings"])

    honest = _with_a_fresh_archive(audited)
    found = reconciled(honest)
    types = {(finding["type"], tuple(finding["members"])) for finding in found.document["findings"]}
    assert ("content_differs", (third,)) in types, types
    assert not {kind for kind, _ in types} & {"fork", "broken_chain"}, types

    with _cheating(audited, third, "rewrite_past"):
        found = reconciled(audited)
    types = {(finding["type"], tuple(finding["members"])) for finding in found.document["findings"]}
    assert {kind for kind, members in types if members == (third,)} & {"fork", "broken_chain"}, types


def _with_a_fresh_archive(live: LiveNetwork) -> LiveNetwork:
    for folder in Path(live.sheet["auditors"][0]["profile"]).parent.glob("*.audit"):
        shutil.rmtree(folder)
    return live


@contextmanager
def _cheating(live: LiveNetwork, member: str, lie: str) -> Iterator[None]:
    """Run a body's node with a lie in it, in the place of the honest one."""
    live.stop(member)
    folder = Path(live.node(member)["data_dir"])
    cheater = _start_cheater(live, folder, lie)
    try:
        yield
    finally:
        end([cheater])
        live.start(member)


def _start_cheater(live: LiveNetwork, folder: Path, lie: str) -> Started:
    folder.joinpath("ready.json").unlink(missing_ok=True)
    log = live.directory / "log" / f"{lie}.log"
    environment: dict[str, Any] = {**os.environ, "MAGLIA_PASSPHRASE": live.directory.joinpath("passphrase").read_text()}
    cheater = spawn(command("tests.support.cheating", lie, "serve", "--dir", str(folder)), log, environment)
    until = time.monotonic() + CHEATER_STARTS_S
    while not folder.joinpath("ready.json").exists():
        assert is_running(cheater), log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
    return cheater
