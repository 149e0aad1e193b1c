"""One console process painted in one window of the browser: the packets of Textual's `WebDriver` on its pipes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

_READY: Final = b"__GANGLION__\n"
"""What the driver writes before its first packet."""
_TYPED, _PAINTED, _TOLD = b"D", b"D", b"M"
_KEPT = frozenset({"HOME", "LANG", "LOGNAME", "NO_COLOR", "PATH", "TMPDIR", "TZ", "USER"})
_KEPT_BEGINNINGS = ("LC_", "XDG_")
_LEAVES_S = 10.0
"""Seconds in which a console that was told of its closed window saves what is written and ends."""
SMALLEST, LARGEST = (20, 5), (500, 200)
"""Columns and rows."""

Send = Callable[[bytes], Awaitable[None]]


def clean_environment(profile_variables: Sequence[str], size: tuple[int, int]) -> dict[str, str]:
    """Return what a console needs of this process's environment: no password is in it, and nothing it does not read."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_BEGINNINGS) or name in profile_variables
    }
    columns, rows = size
    return kept | {
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "PYTHONUTF8": "1",
        "COLUMNS": str(columns),
        "ROWS": str(rows),
    }


class Window:
    """A console from its start to its end."""

    def __init__(self, process: Process, typed: asyncio.StreamWriter, painted: asyncio.StreamReader) -> None:
        self._process, self._typed, self._painted = process, typed, painted

    @classmethod
    async def open(cls, command: Sequence[str], environment: Mapping[str, str]) -> Window:
        """Start a console, without any shell; what it writes besides its packets is nobody's to read.

        Raises `OSError` where it cannot be started.
        """
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, start_new_session=True
        )
        if process.stdin is None or process.stdout is None:
            raise OSError(command[0])
        return cls(process, process.stdin, process.stdout)

    async def paint(self, send: Send) -> None:
        """Hand over all that is painted, until the console ends."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while (line := await self._painted.readline()) != _READY:
                if not line:
                    return
            while True:
                kind, size = await self._painted.readexactly(1), await self._painted.readexactly(4)
                packet = await self._painted.readexactly(int.from_bytes(size, "big"))
                if kind == _PAINTED:
                    await send(packet)
                elif kind == _TOLD and json.loads(packet).get("type") == "exit":
                    return

    async def type(self, text: str) -> None:
        """Hand over keys and the mouse, as a terminal writes them."""
        await self._write(_TYPED, text.encode("utf-8", "replace"))

    async def resize(self, columns: int, rows: int) -> None:
        """Tell how large the window is now, in cells."""
        await self._tell(type="resize", width=columns, height=rows)

    async def focus(self, *, is_here: bool) -> None:
        """Tell whether the window is the one that is looked at."""
        await self._tell(type="focus" if is_here else "blur")

    async def close(self) -> None:
        """End the console as a closed terminal does: it saves what is written; one that does not end is killed."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGHUP)
        try:
            async with asyncio.timeout(_LEAVES_S):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _tell(self, **values: str | int) -> None:
        await self._write(_TOLD, json.dumps(values).encode())

    async def _write(self, kind: bytes, packet: bytes) -> None:
        with suppress(ConnectionError, RuntimeError):  # the console has just ended: `paint` tells it
            self._typed.write(kind + len(packet).to_bytes(4, "big") + packet)
            await self._typed.drain()


def held(columns: int, rows: int) -> tuple[int, int]:
    """Return a size that a window can have, the nearest to what a browser says."""
    (fewest, lowest), (most, tallest) = SMALLEST, LARGEST
    return min(max(columns, fewest), most), min(max(rows, lowest), tallest)
