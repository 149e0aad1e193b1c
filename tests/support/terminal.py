"""A real terminal for tests: a program in a tmux of its own, what is typed into it, and what is painted."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

PATIENCE_S = 60.0
"""How long something may take to be painted on a busy machine; nothing is asserted of speed."""
_POLL_S = 0.05
_KEEPER = Path(__file__).with_name("in_window.py")
_HOW_IT_ENDED = re.compile(rb"<ended: (-?\d+)>")
"""What is written after all that the program wrote."""
COLOUR = re.compile(rb"\x1b\[(?:[0-9]*;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")
"""The sequence that sets a colour of letters or of what is behind them."""


class Terminal:
    """One window of one tmux server; `raw` are the bytes that its program wrote."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self._raw = folder / "raw.bytes"
        self._number = folder / "program.pid"

    def tmux(self, *words: str) -> str:
        """Run one command of tmux and return what it printed."""
        command = ["tmux", "-L", self._server, "-f", "/dev/null", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S).stdout

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], *, columns: int = 80, lines: int = 24
    ) -> None:
        """Run a program in a window of this size, in place of the one before; every byte it writes is kept."""
        gate = self._folder / f"gate-{uuid4().hex}"
        self._number.unlink(missing_ok=True)
        given = [f"{name}={value}" for name, value in environment.items()]
        keeper = [sys.executable, "-S", _KEEPER, gate, self._number]
        whole = shlex.join(str(word) for word in (*keeper, "env", "-i", *given, *command))
        size = ("-x", str(columns), "-y", str(lines))
        self.tmux("new-session", "-d", "-s", "console", "-c", str(self._folder), *size, f"exec {whole}")
        self._raw.unlink(missing_ok=True)
        self.tmux("pipe-pane", "-t", "console", f"exec cat > {self._raw}")
        gate.touch()

    @property
    def shown(self) -> str:
        """The window's text, line by line."""
        return self.tmux("capture-pane", "-p", "-t", "console")

    @property
    def raw(self) -> bytes:
        """Every byte written to the window so far."""
        return self._raw.read_bytes() if self._raw.exists() else b""

    @property
    def pid(self) -> int:
        """The program's process."""
        return int(self._number.read_text("ascii"))

    def types(self, text: str) -> None:
        """Type characters, all at once as a card reader does."""
        self.tmux("send-keys", "-t", "console", "-l", text)

    def presses(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self.tmux("send-keys", "-t", "console", *keys)

    def clicks(self, column: int, line: int) -> None:
        """Click with the left button, counted from 1."""
        for ending in "Mm":
            pressed = f"\x1b[<0;{column};{line}{ending}".encode()
            self.tmux("send-keys", "-t", "console", "-H", *(f"{byte:02x}" for byte in pressed))

    def clicks_on(self, words: str) -> None:
        """Click where words are painted."""
        for number, line in enumerate(self.shown.splitlines(), 1):
            if (at := line.rfind(words)) >= 0:
                return self.clicks(at + 1, number)
        raise AssertionError(f"{words!r} is nowhere:\n{self.shown}")

    def resizes(self, columns: int, lines: int) -> None:
        """Make the window larger or smaller."""
        self.tmux("resize-window", "-t", "console", "-x", str(columns), "-y", str(lines))

    def waits_for(self, text: str) -> str:
        """Return the window's text as soon as it holds `text`."""
        return self._wait(lambda shown: text in shown, f"{text!r} never came")

    def waits_until_gone(self, text: str) -> str:
        """Return the window's text as soon as it no longer holds `text`."""
        return self._wait(lambda shown: text not in shown, f"{text!r} never went")

    def waits_for_end(self) -> int:
        """Return the program's exit status once it has ended, or minus the number of the signal that ended it."""
        end = time.monotonic() + PATIENCE_S
        while (told := _HOW_IT_ENDED.search(self.raw)) is None:
            assert time.monotonic() < end, f"it never ended:\n{self.shown}"
            time.sleep(_POLL_S)
        return int(told[1])

    def closes(self) -> None:
        """Close the window, of which its program is told by SIGHUP; return when it has ended."""
        pid = self.pid
        self.tmux("kill-session", "-t", "console")
        end = time.monotonic() + PATIENCE_S
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < end, "the program outlived its window"
            time.sleep(_POLL_S)

    def _wait(self, is_there: Callable[[str], bool], why: str) -> str:
        end = time.monotonic() + PATIENCE_S
        while not is_there(shown := self.shown):
            assert time.monotonic() < end, f"{why}:\n{shown}"
            time.sleep(_POLL_S)
        return shown


@contextmanager
def a_terminal(folder: Path) -> Iterator[Terminal]:
    """Yield a terminal whose tmux is of nobody else and ends with the test; skip where there is no tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed: the console is tried in no real terminal here")
    terminal = Terminal(folder, f"maglia-{os.getpid()}-{uuid4().hex[:8]}")
    terminal.tmux("start-server", ";", "set-option", "-g", "exit-empty", "off")
    try:
        yield terminal
    finally:
        terminal.tmux("kill-server")
