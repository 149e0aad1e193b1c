"""A million spoiled inputs before every reader of strangers' bytes (`tests.torture.mutations`), in parts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tests.torture.rounds import Kind, Round

ROUNDS, INPUTS = 20, 50_000
_GROWN_BYTES = 48 * 1024 * 1024


class Spoiled:
    """Hands spoiled inputs to all readers, in a process of its own, whose memory must stay as it was."""

    async def play(self, found: Round) -> None:
        """Spoil the inputs of one seed."""
        command = [sys.executable, "-m", "tests.torture.mutations", "--rounds", str(INPUTS), "--seed", str(found.seed)]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
        out, _ = await process.communicate()
        try:
            outcome = json.loads(out)
        except ValueError:
            found.unrecovered.append(f"the readers' process ended with status {process.returncode}")
            return
        found.fault, found.faults = f"{INPUTS} spoiled inputs, {outcome['refused']} refused", INPUTS
        found.uncoded += [f"{one['decoder']}: {one['error']} at {one['place']}" for one in outcome["failures"]]
        if outcome["grown"] > _GROWN_BYTES:
            found.leaks.append(f"{outcome['grown']} bytes more after {INPUTS} inputs")


@contextlib.asynccontextmanager
async def _open(_folder: Path) -> AsyncIterator[Spoiled]:
    yield Spoiled()


SPOILED = Kind("spoiled", "a million spoiled inputs for every reader", ROUNDS, _open)
