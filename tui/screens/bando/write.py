"""Step 5 of a call for applicants: what is known is written, and it is said where not all have answered yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tui.batch_files import Outputs
from tui.batch_model import Batch, BatchRow
from tui.screens.bando import words
from tui.screens.bando.run import BandoRuns


class BandoWrites(BandoRuns):
    """What is written is as new as what the node knows: a run may go on while its files are named."""

    _told = ""
    """The state of the call that the last panel speaks of at this step, empty elsewhere."""

    def go(self, step: str) -> None:
        """Show a step; at the last the names of the files, and the counts as they are now."""
        self._told = ""
        super().go(step)
        if step == "export" and self.call is not None:
            self.exports.show(self.call)
            if self.call.state != "done":
                self.exports.wait()
                self.read_rows(self.call.id)

    def tell_step(self) -> None:
        """Say at the last step what is written, again only where the run has stopped or ended meanwhile."""
        super().tell_step()
        if self.step == "export" and self.call is not None and self.call.state != self._told:
            self._told = self.call.state
            self.tell(*words.export_lines(self.call, self.lang))

    def show_rows(self, found: tuple[Batch, Sequence[BatchRow]]) -> None:
        """Show a call's rows, at the last step how many read what."""
        super().show_rows(found)
        if self.step == "export" and self.call is not None:
            self.exports.count(self.call)

    def write_files(self) -> None:
        """Write what is wanted, over nothing that is there."""
        if self.call is not None:
            outputs = self.exports.outputs()
            call, rows = self.call, self.rows
            self.work(lambda: self._write(outputs, call, rows), self._written, group="write")

    async def _write(self, outputs: Outputs, batch: Batch, rows: Sequence[BatchRow]) -> tuple[Batch, Sequence[str]]:
        outputs.check(self.lang, force=False, source=self.source)
        if batch.state != "done":
            batch, rows = await self.rows_of(batch.id)
        outputs.check_batch(batch, self.lang)
        return batch, await asyncio.to_thread(outputs.write, batch, rows, self.lang)

    def _written(self, written: tuple[Batch, Sequence[str]]) -> None:
        batch, names = written
        if self.call is None or self.call.id != batch.id:
            return
        self.call, self._told = batch, batch.state
        self.exports.show(batch)
        self.tell(*words.written_lines(batch, names, Path.cwd(), self.lang))
