"""What `make demo` shows: VERIFICA on a terminal, else the guided walk; a network of its own, gone at the end."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from demo.network import down, programs_of, up
from demo.programs import Programs, command
from demo.sheet import Sheet, find_node
from demo.walk import Walk
from maglia.cli import spoken
from maglia.core.errors import MagliaError
from maglia.core.translation import tr


def show(seed: int, today: date, bodies: int) -> int:
    """Bring a network up in a fresh temporary folder, show it, take it down; return the exit status.

    The folder is removed afterwards, but kept for its logs when something did not come out.
    """
    directory = Path(tempfile.mkdtemp(prefix="maglia-demo-"))
    begun = tr(
        "Un distretto di prova in {folder}: persone, enti e aiuti sono inventati. Serve circa un minuto.", spoken()
    )
    _say(begun.format(folder=directory))
    keep = False
    try:
        status = _present(directory, up(directory, seed, today, bodies, say=_say))
        keep = status != 0
    except MagliaError:
        keep = True
        raise
    finally:
        down(directory)
        ended = tr("Rete spenta; si vedano i file in {folder}." if keep else "Rete spenta, cartella tolta.", spoken())
        _say(ended.format(folder=directory / "log"))
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)
    return status


def _present(directory: Path, sheet: Sheet) -> int:
    programs = programs_of(directory)
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _open_screen(sheet, programs)
    return 0 if Walk(directory, sheet, programs, _say).run() else 1


def _open_screen(sheet: Sheet, programs: Programs) -> int:
    """Give the terminal to the volunteer's console and wait until it is closed."""
    case = next(case for case in sheet["planted"] if case["id"] == "overlap")
    node = find_node(sheet, case["asker"])
    wish = tr("Provare: {code}, aiuto Spesa. Il consenso è già registrato.", spoken()).format(code=case["identifier"])
    ours = signal.signal(signal.SIGINT, _leave_to_console)
    try:
        done = subprocess.run(
            command("tui", "--profile", node["profile"]),
            # Not as an argument: a code would stand in the list of processes for as long as the screen is open.
            env=programs.environment(node["operators"][0]["password"]) | {"MAGLIA_SUGGEST": wish},
            check=False,
        )
    finally:
        signal.signal(signal.SIGINT, ours)
    return done.returncode


def _leave_to_console(_number: int, _frame: object) -> None:
    """Ctrl-C on the screen is the console's own; a handler, unlike ignoring, is not inherited by it."""


def _say(line: str) -> None:
    print(line, flush=True)
