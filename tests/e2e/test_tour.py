"""The guided hour on real networks: typed by itself, and by somebody at a terminal who stops and goes on."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.e2e.conftest import gone_afterwards
from tests.e2e.live import LiveNetwork, run
from tests.support.fake_node import PYTHONPATH
from tests.support.terminal import Terminal, a_terminal


@pytest.fixture
def learner(network: LiveNetwork) -> Iterator[LiveNetwork]:
    """Yield a network on which nobody has begun the tour."""
    yield network
    network.directory.joinpath("tour.json").unlink(missing_ok=True)


@pytest.mark.xdist_group("network")
def test_a_step_is_typed_and_seen(learner: LiveNetwork) -> None:
    ended = run("tui", "tour", "--dir", str(learner.directory), "--only", "1", "--auto", "--json")
    assert ended.status == 0, ended
    [step] = ended.document["steps"]
    assert (step["name"], step["done"]) == ("counter-check", True)
    assert "nessuno tace" in step["seen"]
    left = ended.err.partition("Fatti 1 passi su 15.")[2]
    assert "[ ]  2  Un ente che tace" in left
    assert "Una verifica prima" not in left


@pytest.mark.xdist_group("network")
def test_an_amount_is_promised_by_a_comune_that_has_no_paper_file_of_the_person(learner: LiveNetwork) -> None:
    assert learner.case("rent")["asker"] != learner.case("same_need")["asker"]
    ended = run("tui", "tour", "--dir", str(learner.directory), "--only", "6", "--auto", "--json")
    assert ended.status == 0, ended.err


@pytest.mark.long
@pytest.mark.xdist_group("network")
def test_a_learner_does_a_step_stops_and_finds_it_done(learner: LiveNetwork, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "TERM": "screen-256color", "LANG": "C.UTF-8", "PYTHONPATH": PYTHONPATH}
    tour = [sys.executable, "-m", "tui", "tour", "--dir", str(learner.directory)]
    with a_terminal(tmp_path) as terminal:
        terminal.run(tour, environment)
        leaves_too_early(terminal)
        terminal.waits_for("[Invio] rifà il passo")
        terminal.presses("Enter")
        checks(terminal, learner.case("overlap")["identifier"])
        terminal.waits_for("nessuno tace")
        terminal.waits_for("[2/")
        terminal.presses("F9")
        assert terminal.waits_for_end() == 130
    listed = run("tui", "tour", "list", "--dir", str(learner.directory), "--json").document["steps"]
    assert [step["name"] for step in listed if step["done"]] == ["counter-check"]


def leaves_too_early(terminal: Terminal) -> None:
    """Open the screens and leave them without having asked anything."""
    terminal.waits_for("[Invio] apre le schermate")
    terminal.presses("Enter")
    terminal.waits_for("/ anna")
    terminal.presses("C-q")


def checks(terminal: Terminal, code: str) -> None:
    """Do what the tour says: open the screens, type the code that they suggest, read, leave."""
    terminal.waits_for("[Invio] apre le schermate")
    terminal.presses("Enter")
    assert f"Scrivere {code}" in terminal.waits_for("/ anna")
    terminal.types(code)
    terminal.presses("Enter")
    terminal.waits_for("La decisione resta")
    terminal.presses("C-q")


@pytest.mark.long
def test_the_whole_hour_by_itself() -> None:
    with tempfile.TemporaryDirectory(prefix="maglia-tour-") as folder, gone_afterwards(Path(folder) / "rete") as live:
        # On another day than the computer's the counter's step is a command, and no key is typed.
        live.up(bodies=8, records=300, today=date.today().isoformat())
        for lang in ("it", "en"):  # a tour begun anew does everything once more
            ended = run("tui", "--lang", lang, "tour", "--dir", str(live.directory), "--from", "1", "--auto", "--json")
            assert [step["name"] for step in ended.document["steps"] if not step["done"]] == [], ended.err
            assert ended.status == 0
        assert ended.document["stopped"] is False
        codes = [case["identifier"] for case in live.sheet["planted"]]
        seen = " ".join(step["seen"] for step in ended.document["steps"])
        assert not [code for code in codes if code in seen]
