"""Steps 3 and 4 of a call for applicants: what was rejected, and the run that is watched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic

from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from tui.batch_model import Batch, BatchRow, Progress
from tui.batch_view import awaited_lines, reject_rows, said_lines
from tui.lines import Line, Tone
from tui.screens.bando import words
from tui.screens.bando.steps import BandoSteps
from tui.screens.dialogs import Ask

_ROWS_EVERY_S = 10.0
"""Seconds between two readings of all rows while they are being asked about."""


class BandoRuns(BandoSteps):
    """A file that is on file: its run goes on at the node, whatever is shown here."""

    NEXT_HERE = words.NEXT_HERE
    _rows_at = 0.0
    _watched = ""
    """The call whose run is followed from here."""
    _lost = ""
    """The one whose run was followed when the line broke."""
    _stopping = ""

    def returned(self) -> None:
        """Show what has changed meanwhile."""
        if self.step == "list":
            self.load_list()
        elif self.step in {"errors", "check"} and not self._watched:
            self.load_rows()

    def forget(self) -> None:
        """Leave nothing of the files of whoever was here before."""
        super().forget()
        self._watched = self._lost = self._stopping = ""

    def open_batch(self, batch_id: str) -> None:
        """Open a call of the list: what is known of it, or first what was rejected where nobody was asked yet."""
        self.leave_file()
        self.call = next((one for one in self.batches if one.id == batch_id), None)
        if self.call is None:
            return
        self.results.wait()
        self._rejects.say(tr(words.LOADING, self.lang))
        is_new = self.call.state == "paused" and not self.call.was_asked and not self.call.stopped
        self.go("errors" if is_new else "check")
        self.load_rows()

    def load_rows(self) -> None:
        """Read the rows of the call that is open; a run under way is watched again."""
        if self.call is not None:
            self.note(words.LOADING)
            self.read_rows(self.call.id)

    def read_rows(self, batch_id: str) -> None:
        """Read the rows of a call without a word; what is said stays."""
        self.work(partial(self.rows_of, batch_id), self.show_rows, group="rows")

    async def rows_of(self, batch_id: str) -> tuple[Batch, Sequence[BatchRow]]:
        """Return a call and its rows as the node has them now."""
        return await self.door.batch_rows(batch_id)

    def show_rows(self, found: tuple[Batch, Sequence[BatchRow]]) -> None:
        """Show a call's rows as they are now."""
        batch, rows = found
        if self.call is None or batch.id != self.call.id:
            return
        is_first = not self.rows
        self.call, self.rows, self._rows_at = batch, rows, monotonic()
        self._rejects.show(reject_rows(rows, self.lang), tr(words.NO_REJECTS, self.lang))
        self.results.show(batch, rows)
        self.show_head()
        self.tell_step()
        if is_first:
            self.focus_step()
        if batch.state == "running" and self._watched != batch.id:
            self._watch(batch.id, retry=False)

    def tell_step(self) -> None:
        """Say what may be concluded at this step, and what to do next."""
        if self.call is None:
            return
        progress = self.running.get(self.call.id)
        self.results.show_progress(self.call, progress)
        if self.step == "errors":
            self.tell(*words.rejected_lines(self.call, self.lang))
        elif self.step == "check" and self._stopping == self.call.id:
            waiting = [Line("  ", tr(words.STOPPING, self.lang), Tone.NOTE)]
            self.tell(*waiting, *awaited_lines(progress, self.lang))
        elif self.step == "check":
            self.tell(*said_lines(self.call, progress, self.lang))

    def go(self, step: str) -> None:
        """Show a step, and say what belongs to it."""
        super().go(step)
        self.tell_step()

    def show_opened(self, opened: tuple[Batch, bool, Sequence[BatchRow]]) -> None:
        """Go on with a file that is on file now; the same one again shows what was answered then."""
        self.end_reading()
        self.call, known, self.rows = opened[0], opened[1], ()
        self.clear_file()
        self.save_draft()
        self._content = b""
        is_done = known and self.call.state == "done"
        self.go("check" if is_done or self.call.state == "running" else "errors")
        self.show_rows((opened[0], opened[2]))
        if is_done:
            self.tell(Line("  ", tr(words.KNOWN, self.lang), Tone.NOTE), *said_lines(self.call, None, self.lang))

    def ask_bodies(self, *, retry: bool = False) -> None:
        """Have the bodies asked that were not, with a retry also those that did not answer in full."""
        if self.call is None or not self.rows:
            return
        if self.call.state == "done" and not retry:
            self.go("check")
            return
        self.go("check")
        self.note(words.ASKING)
        self._watch(self.call.id, retry=retry)

    def resume_or_export(self) -> None:
        """Go on with what was stopped; with what is done, or goes on by itself, to the files."""
        if self.call is not None and self._stopping == self.call.id:
            self.note(words.STILL_STOPPING)
        elif self.call is not None and self.call.state == "paused":
            self.ask_bodies()
        elif self.call is not None and self.rows:
            self.go("export")

    def _watch(self, batch_id: str, *, retry: bool) -> None:
        self._watched = batch_id
        self.follow(
            lambda: self._states(batch_id, retry=retry),
            partial(self._show_state, batch_id),
            partial(self._ended, batch_id),
            group="watch",
        )

    async def _states(self, batch_id: str, *, retry: bool) -> AsyncIterator[Progress]:
        try:
            async for progress in self.door.run_batch(batch_id, retry=retry):
                yield progress
        except MagliaError:
            self._lost = batch_id
            raise

    def _show_state(self, batch_id: str, progress: Progress) -> None:
        self.running[batch_id] = progress
        if self.step == "list":
            self.draw_list()
        if self.call is None or self.call.id != batch_id:
            return
        if progress.state == "running":
            self.call = replace(self.call, state="running", stopped="")
            if monotonic() - self._rows_at > _ROWS_EVERY_S:
                self._rows_at = monotonic()
                self.read_rows(batch_id)
        self.tell_step()

    def _ended(self, batch_id: str) -> None:
        self._leave_watching(batch_id)
        if self.call is not None and self.call.id == batch_id:
            self.load_rows()
        if self.step == "list":
            self.load_list()

    def _leave_watching(self, batch_id: str) -> None:
        self.running.pop(batch_id, None)
        if self._watched == batch_id:
            self._watched = ""

    def failed(self, error: MagliaError) -> None:
        """Say why; a run that is no longer followed from here goes on at the node."""
        self.end_reading()
        super().failed(error)
        self._stopping = ""
        if self._lost:
            self._leave_watching(self._lost)
            self._lost = ""
            if error.code.value.startswith(("network.", "session.")):
                self.explain(error, [Line("  ", tr(words.LOST, self.lang), Tone.NOTE)])
        if self.step in {"errors", "check"} and not self.rows:
            self._rejects.say(tr(words.UNREAD, self.lang))
            self.results.unread()

    @property
    def can_retry(self) -> bool:
        """Whether bodies that did not answer can be asked again."""
        return self.call is not None and self.call.state == "done" and self.call.partial > 0

    @property
    def can_stop(self) -> bool:
        """Whether there is a reading or a run to stop, or a call to take off the node."""
        if self.is_reading:
            return True
        return self.pointed is not None if self.step == "list" else self.call is not None and self.step != "export"

    def action_stop(self) -> None:
        """Stop the run; of what does not run, ask whether it is to be taken off the node."""
        if self.is_reading:
            self.stop_reading()
            return
        batch = self.pointed if self.step == "list" else self.call
        if batch is None:
            return
        if batch.state == "running":
            self._stopping = batch.id
            self.note(words.STOPPING)
            self.work(partial(self._pause, batch.id), self._paused, group="pause")
        else:
            answers = [("", tr("Annulla", self.lang)), ("delete", tr(words.DELETE, self.lang))]
            title, lines = words.deletion(batch, self.lang)
            self.app.push_screen(Ask(title, lines, answers), partial(self._delete, batch.id))

    async def _pause(self, batch_id: str) -> Batch:
        return await self.door.pause_batch(batch_id)

    def _paused(self, batch: Batch) -> None:
        self._stopping = ""
        self._leave_watching(batch.id)
        if self.step == "list":
            self.load_list()
        else:
            self.load_rows()

    def _delete(self, batch_id: str, answer: str | None) -> None:
        if answer == "delete":
            self.work(partial(self._deleted, batch_id), lambda _none: self._gone(), group="delete")

    async def _deleted(self, batch_id: str) -> None:
        await self.door.delete_batch(batch_id)

    def _gone(self) -> None:
        self.leave_file()
        self.show_list()
