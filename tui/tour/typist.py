"""Typing for the learner in the real screens: a terminal of its own, keys sent once what was waited for is painted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

_SIZE = struct.pack("HHHH", 24, 80, 0, 0)
_PATIENCE_S, _READS_S = 60.0, 1.0
"""Seconds to wait for what is to be painted, and to look at it before the next key: nobody types into what still moves.
"""
_CONTROLS = re.compile(r"\x1b\[[0-9;?>]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b.")
NEVER_SHOWN = 124
"""Returned where the screens did not show what was waited for, as `timeout` does."""


def type_into(command: Sequence[str], environment: Mapping[str, str], typed: Sequence[tuple[str, str]]) -> int:
    """Run a program in a terminal of 80x24, type, and return its exit status.

    `typed` are pairs: once this text, or another one after a bar, was painted, these keys are sent. Nothing of it is
    shown to anybody.
    """
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, _SIZE)
        settings = {"TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=settings) as program:
            os.close(theirs)
            try:
                return NEVER_SHOWN if not _type(ours, typed) else _ended(ours, program)
            finally:
                program.kill()
    finally:
        os.close(ours)


def _type(terminal: int, typed: Sequence[tuple[str, str]]) -> bool:
    painted = ""
    for wanted, keys in typed:
        until = time.monotonic() + _PATIENCE_S
        while not any(text in _CONTROLS.sub("", painted) for text in wanted.split("|")):
            read = _read(terminal)
            if read is None or time.monotonic() > until:
                return False
            painted += read
        time.sleep(_READS_S)
        painted = ""
        os.write(terminal, keys.encode())
    return True


def _ended(terminal: int, program: subprocess.Popen[bytes]) -> int:
    """Read on until the program ends: one whose terminal nobody reads would wait for ever."""
    until = time.monotonic() + _PATIENCE_S
    while program.poll() is None and time.monotonic() < until:
        _read(terminal)
    return NEVER_SHOWN if program.returncode is None else program.returncode


def _read(terminal: int) -> str | None:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if not ready:
        return ""
    try:
        return os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:  # the other side is closed
        return None
