"""The console in a real terminal, with a real keyboard's keys: what is typed, scanned, clicked, closed, killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.live import LiveNetwork
from tests.support.fake_node import PASSWORD, PYTHONPATH, ROOT, in_own_process
from tests.support.scenarios import ANOTHER, ANYONE
from tests.support.terminal import COLOUR, PATIENCE_S, Terminal, a_terminal

pytestmark = pytest.mark.xdist_group("network")
LOGGED_IN = "Emporio Nord / anna"
VERDICT = (
    "!! POSSIBILE SOVRAPPOSIZIONE: 1 aiuto, 1 impegno di oggi.",
    "?? RISULTATO PARZIALE: 3 enti su 12 non hanno risposto.",
    "La decisione resta all'operatore: il sistema informa, non nega.",
)
HOSTILE = (b"\x1b[31m", b"\x1b]0;", b"\x1b[2J", b"\x1b[5m", "\u202e".encode())
"""What the names and reasons of the scripted hostile body carry: colour, title, erasure, blinking, direction."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the folder with the profiles of a scripted node, served from a process of its own."""
    with in_own_process(tmp_path_factory.mktemp("desk")) as folder:
        yield folder


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with a_terminal(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def no_draft(desk: Path) -> None:
    for left in desk.glob("*.drafts*"):
        left.unlink()


def opens(terminal: Terminal, profile: Path, **more: str) -> None:
    """Start the console as somebody does at a terminal whose environment holds nothing else."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(profile.parent),
        "TERM": "screen-256color",
        "LANG": "C.UTF-8",
        "PYTHONPATH": PYTHONPATH,
        **more,
    }
    terminal.run([sys.executable, "-m", "tui", "--profile", str(profile)], environment)


def logs_in(terminal: Terminal, password: str = PASSWORD, shown: str = LOGGED_IN) -> None:
    terminal.waits_for("[ Accedi ]")
    terminal.types(password)
    terminal.presses("Enter")
    terminal.waits_for(shown)
    terminal.waits_until_gone("[ Accedi ]")


def picks_aid(terminal: Terminal, name: str) -> None:
    """Choose a kind of aid from the code's field, and go back there."""
    terminal.presses("Tab", "Enter")
    terminal.waits_for("Beni primari")
    terminal.types(name[0])
    terminal.presses("Enter")
    terminal.waits_for(f"Aiuto {name} ")
    terminal.presses("BTab")


def test_a_card_is_read_while_another_field_has_the_cursor(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml")
    logs_in(terminal)
    assert PASSWORD.encode() not in terminal.raw
    terminal.presses("Tab", "Tab", "Tab")
    terminal.types(ANYONE)
    terminal.presses("Enter")
    shown = terminal.waits_for("RISULTATO PARZIALE")
    assert f"Codice   [{ANYONE} " in shown
    assert "Mesi [6 " in shown
    for sentence in VERDICT:
        assert sentence in shown
    terminal.clicks_on("F4 Nuova")
    terminal.waits_until_gone("RISULTATO PARZIALE")
    for key in ANOTHER:  # each its own write, as of the slowest readers
        terminal.types(key)
    terminal.presses("Enter")
    assert f"Codice   [{ANOTHER} " in terminal.waits_for("RISULTATO PARZIALE")


def test_keys_of_the_window_change_nothing(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD)
    terminal.waits_for(LOGGED_IN)
    terminal.types(ANYONE)
    terminal.presses("Enter")
    before = terminal.waits_for("RISULTATO PARZIALE")
    terminal.presses("C-n", "C-t", "C-w", "C-o")
    terminal.presses("F1")  # whatever they did would be done by then
    terminal.waits_for("Chiudi")
    terminal.presses("Escape")
    assert terminal.waits_until_gone("Chiudi") == before


def test_a_bodys_names_reach_the_terminal_as_text(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD)
    terminal.waits_for(LOGGED_IN)
    picks_aid(terminal, "Gas")
    terminal.types(ANYONE)
    terminal.presses("Enter")
    shown = terminal.waits_for("RISULTATO PARZIALE")
    assert "Onlus [/bad]" in shown
    for carried in HOSTILE:
        assert carried not in terminal.raw
    assert terminal.tmux("display-message", "-p", "-t", "console", "#{pane_title}").strip() != "title"


def test_nothing_is_lost_when_the_window_changes_its_size_while_answers_arrive(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD)
    terminal.waits_for(LOGGED_IN)
    picks_aid(terminal, "Riscaldamento")
    terminal.types(ANYONE)
    terminal.presses("Enter")
    terminal.waits_for("0 su 12")
    for columns, lines in ((120, 40), (80, 24), (100, 30), (120, 40), (80, 24)):
        terminal.resizes(columns, lines)
    shown = terminal.waits_for("F10 Vai\n")
    wide = [line for line in terminal.waits_for("attesa: 0 s").splitlines() if line]
    assert (len(wide), {len(line) for line in wide[:-1]}) == (24, {80})
    assert "0 su 12" in shown
    terminal.resizes(120, 40)
    terminal.waits_for("^Q Esci")


def test_what_was_written_outlives_a_killed_console_and_a_closed_window(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD)
    terminal.waits_for(LOGGED_IN)
    terminal.types(ANYONE)
    terminal.waits_for(f"[{ANYONE} ")
    kept_at_last(desk)
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.waits_for_end() == -signal.SIGKILL
    terminal.tmux("kill-session", "-t", "console")

    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD)
    assert f"[{ANYONE} " in terminal.waits_for("Ripreso quanto era scritto")
    terminal.presses("F4")
    terminal.waits_until_gone(ANYONE)
    terminal.types(ANOTHER)
    terminal.waits_for(f"[{ANOTHER} ")
    terminal.closes()  # before a draft is saved by itself

    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD)
    terminal.waits_for("Ripreso quanto era scritto")
    terminal.presses("F2")
    shown = terminal.waits_for("RISULTATO PARZIALE")
    assert f"[{ANOTHER} " in shown
    for sentence in VERDICT:  # though something else is told at the same time
        assert sentence in shown
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.waits_for_end() == 0
    assert b"\x1b[?1049l" in terminal.raw, "the shell's own screen is not given back"


def kept_at_last(desk: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while not list(desk.glob("*.drafts")):
        assert time.monotonic() < end, "no draft was kept"
        time.sleep(0.05)


def test_without_colours_every_state_is_still_seen(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml", MAGLIA_PASSWORD=PASSWORD, NO_COLOR="1")
    terminal.waits_for(LOGGED_IN)
    terminal.types(ANYONE)
    terminal.presses("Enter")
    terminal.waits_for("RISULTATO PARZIALE")
    terminal.presses("F10")
    terminal.waits_for("VAI A")
    painted = terminal.tmux("capture-pane", "-p", "-e", "-t", "console")
    assert re.search(r"\x1b\[1;7m *1  VERIFICA", painted), "the choice under the cursor does not stand out"
    assert COLOUR.findall(terminal.raw) == []


def test_a_terminal_that_cannot_show_the_screens_is_told_so(terminal: Terminal, desk: Path) -> None:
    opens(terminal, desk / "anna.toml", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert terminal.waits_for_end() == 2
    assert "LC_ALL=C.UTF-8" in terminal.shown
    assert b"\x1b[?1049h" not in terminal.raw


def test_screens_without_a_terminal_are_refused(desk: Path) -> None:
    command = [sys.executable, "-m", "tui", "--profile", str(desk / "anna.toml")]
    environment = {"PYTHONPATH": PYTHONPATH, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert "hanno bisogno di un terminale" in done.stderr.decode()


def test_a_volunteer_checks_on_a_real_network(terminal: Terminal, network: LiveNetwork) -> None:
    case = network.case("overlap")
    node = network.node(case["asker"])
    opens(terminal, Path(node["profile"]))
    logs_in(terminal, node["operators"][0]["password"], f"{node['name']} / {node['operators'][0]['user']}")
    terminal.types(case["identifier"])
    terminal.presses("Enter")
    terminal.waits_for("!! POSSIBILE SOVRAPPOSIZIONE")
    others = len(network.members()) - 1
    shown = terminal.waits_for(f"{others} su {others} ")
    assert "La decisione resta all'operatore" in shown
