"""A window that goes while the console paints on it, behind a shell that keeps the signal to itself."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

WAIT = 30.0
"""Seconds; generous, for a busy machine."""

PROGRAM = """
import asyncio, queue, sys
from pathlib import Path
from tui.terminal import on_closing

async def screens():
    on_closing(lambda: Path(sys.argv[1], "saved").touch(), lambda: None)
    Path(sys.argv[1], "open").touch()
    queue.Queue().get()  # as a screen waits that can't be painted any more

asyncio.run(screens())
"""


def wait_for(what: Callable[[], bool]) -> None:
    """Return once `what` holds; it fails after a generous time."""
    end = time.monotonic() + WAIT
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_was_written_is_saved_and_the_program_ends_when_its_terminal_is_gone(tmp_path: Path) -> None:
    program = shlex.join([sys.executable, "-c", PROGRAM, str(tmp_path)])
    keeps_the_signal = f"trap : HUP; {program}; echo $? > {shlex.quote(str(tmp_path / 'ended'))}"
    window, terminal = os.openpty()
    with subprocess.Popen(["setsid", "--ctty", "bash", "-c", keeps_the_signal], stdin=terminal) as shell:
        os.close(terminal)
        try:
            wait_for((tmp_path / "open").exists)
            assert not (tmp_path / "saved").exists()
            os.close(window)
            wait_for((tmp_path / "ended").exists)
            assert (tmp_path / "saved").exists()
        finally:
            shell.kill()
