"""The learner's answer between two acts: one key, without Enter where there is a terminal."""

from __future__ import annotations

import os
import sys
import termios
import tty
from enum import Enum

_F9 = b"\x1b[20~"


class Answer(Enum):
    """What the learner wants."""

    GO = "go"
    SKIP = "skip"
    STOP = "stop"


def wait_for_answer() -> Answer:
    """Wait for Enter (go on), s (skip this step), F9 or f (stop). Ctrl+C is Python's own interrupt."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)
        while True:
            answer = _answer(os.read(keyboard, 64))
            if answer is not None:
                return answer
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _answer(keys: bytes) -> Answer | None:
    if keys in {b"\r", b"\n", b" "}:
        return Answer.GO
    if keys.lower() == b"s":
        return Answer.SKIP
    return Answer.STOP if not keys or keys == _F9 or keys.lower() in {b"f", b"q"} else None
