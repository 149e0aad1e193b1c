"""How a command watches a run over a call for applicants, and what it says in the end."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr, trn
from tui.batch_document import batch_document, row_document
from tui.batch_row_text import row_lines
from tui.batch_text import closing, next_steps, summary, watched_line
from tui.commands.base import Result
from tui.exits import Exit, exit_of_error, strongest
from tui.profile import Profile

if TYPE_CHECKING:
    from tui.batch_client import BatchDoor
    from tui.batch_files import Outputs
    from tui.batch_model import Batch, BatchRow, Progress

SCHEMA = "maglia.bando/1"
_SHOWN = 40
"""Rows that are shown where not all are asked for."""


async def run(door: BatchDoor, batch_id: str, profile: Profile, files: Outputs, *, retry: bool, quiet: bool) -> Result:
    """Watch a run to its end, and write what is known then; Ctrl-C has the node pause it first."""
    is_paused, stopped = False, ""
    try:
        async with _watched(door.run_batch(batch_id, retry=retry)) as states:
            tell = _teller(profile.lang, quiet=quiet)
            async for progress in states:
                tell(progress)
                stopped = progress.stopped
    except asyncio.CancelledError:  # what Ctrl-C becomes here
        is_paused = True
        say(tr("In pausa: aspetto chi deve rispondere.", profile.lang))
        await door.pause_batch(batch_id)
    batch, rows = await door.batch_rows(batch_id)
    written = [] if is_paused or batch.state != "done" else files.write(batch, rows, profile.lang)
    told = told_batch(batch, rows, written, profile.lang)
    if is_paused:
        return Result(told.document, told.lines, Exit.INTERRUPTED)
    return Result(told.document, told.lines, strongest(told.status, _exit_of_code(stopped)))


@contextlib.asynccontextmanager
async def _watched(states: AsyncIterator[Progress]) -> AsyncIterator[AsyncIterator[Progress]]:
    try:
        yield states
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)


def say(line: str) -> None:
    """Tell people something while programs read standard output."""
    print(line, file=sys.stderr, flush=True)


def _teller(lang: str, *, quiet: bool) -> Callable[[Progress], None]:
    """Return what shows progress on one line of a terminal, and nothing anywhere else."""
    if quiet or not sys.stderr.isatty():
        return lambda _progress: None

    def tell(progress: Progress) -> None:
        line = watched_line(progress, lang, get_terminal_size().columns)
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    return tell


def _exit_of_code(code: str) -> Exit:
    """Return how a command ends whose run was ended by an error."""
    try:
        return exit_of_error(MagliaError(Code(code))) if code else Exit.DONE
    except ValueError:
        return Exit.ERROR


def told_batch(
    batch: Batch, rows: Sequence[BatchRow], written: Sequence[str], lang: str, *, every: bool = False
) -> Result:
    """Return what is known of a batch: who is missing before what may be concluded, and no code of anybody."""
    document: dict[str, object] = {
        "schema": SCHEMA,
        **batch_document(batch),
        "results": [row_document(row, lang) for row in rows],
        "files": list(written),
    }
    worth = [row for row in rows if every or row.verdict != "none"]
    shown = worth if every else worth[:_SHOWN]
    lines = [*summary(batch, lang)]
    if shown:
        lines += [_header(lang), *(line for row in shown for line in row_lines(row, lang))]
    if len(shown) < len(worth):
        lines.append(_more(len(worth) - len(shown), lang))
    if written:
        lines.append(tr("Scritto: {files}", lang).format(files=", ".join(written)))
    lines += [*next_steps(batch, lang), closing(lang)]
    return Result(document, lines, _status(batch))


def _more(count: int, lang: str) -> str:
    said = trn("... un'altra riga: --all, o --out FILE", "... altre {count} righe: --all, o --out FILE", count, lang)
    return said.format(count=count)


_HEADS = mark("RIGA"), mark("ESITO"), mark("ENTI"), mark("DETTAGLIO")


def _header(lang: str) -> str:
    row, verdict, bodies, said = (tr(word, lang) for word in _HEADS)
    return f"{row:>6}  {verdict:<9} {bodies:>7}  {said}"


def _status(batch: Batch) -> Exit:
    """Return the strongest of what the rows read."""
    return strongest(
        Exit.REJECTED_ROWS if batch.rejected else Exit.DONE,
        Exit.OVERLAP if batch.matches else Exit.DONE,
        Exit.PARTIAL if batch.partial or batch.state != "done" else Exit.DONE,
    )
