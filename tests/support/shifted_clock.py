"""A clock of its own for one program, moved while it runs (`shifted_clock.c`); needs a C compiler."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_suffix(".c")


def why_not() -> str:
    """Return why no clock can be shifted here; empty where one can."""
    if not sys.platform.startswith("linux") or not shutil.which("cc"):
        return "shifting a program's clock needs Linux and a C compiler, cc"
    return ""


class ShiftedClock:
    """The clock of the programs that are started with its `environment`; right until it is moved."""

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "shifted_clock.so", folder / "shifted_clock"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library, _SOURCE], check=True, timeout=60)
        self._file.write_bytes(bytes(16))
        self.environment = {"LD_PRELOAD": str(library), "SHIFTED_CLOCK": str(self._file)}

    def sleep(self, seconds: int) -> None:
        """Let so much time have passed, as after a night with the lid closed."""
        self._move(seconds, seconds)

    def set(self, seconds: int) -> None:
        """Set the time of day, so many seconds off; no time passes."""
        self._move(seconds, 0)

    def _move(self, of_day: int, since_boot: int) -> None:
        with self._file.open("r+b") as file:  # the same file: programs that run have it in memory
            file.write(struct.pack("=qq", of_day, since_boot))
