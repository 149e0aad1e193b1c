"""The frame of a call's five steps, the list of calls, and steps 1 and 2: a file that is not on file yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, OptionList, Static

from maglia.core.errors import MagliaError
from maglia.core.quoted import echo
from maglia.import_command import read_list
from tui import doors
from tui.batch_columns import asked_columns, counted
from tui.batch_folder import sheets_in
from tui.batch_model import Batch, BatchRow, CallAsked, FileReading, Progress
from tui.batch_templates import remember, remembered
from tui.batch_view import LIST, REJECTS, head_line, list_rows
from tui.labels import pick
from tui.lines import Line, Tone
from tui.screens import bando_words as words
from tui.screens.bando_check import CheckStep
from tui.screens.bando_columns import ColumnsStep
from tui.screens.bando_export import ExportStep
from tui.screens.bando_file import FileStep
from tui.screens.work import WorkScreen
from tui.session import Counter
from tui.text import code_message
from tui.widgets.frame import Panel
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from tui.batch_client import BatchDoor


class BandoSteps(WorkScreen[Counter]):
    """One step is shown at a time; what is of a file stays until another is begun or opened."""

    DEFAULT_CSS = """
    BandoSteps .head { height: 1; }
    BandoSteps ContentSwitcher { height: 1fr; }
    BandoSteps ContentSwitcher > Vertical { height: 1fr; }
    """

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self.step = "list"
        self.batches: Sequence[Batch] = ()
        self.call: Batch | None = None
        self.rows: Sequence[BatchRow] = ()
        self.running: dict[str, Progress] = {}
        self.source: Path | None = None
        self.files = FileStep(self.lang)
        self.columns = ColumnsStep(self.lang)
        self.results = CheckStep(self.lang)
        self.exports = ExportStep(self.lang)
        self._list = Listing(LIST, self.lang, pick(words.LOADING, self.lang), id="list")
        self._rejects = Listing(REJECTS, self.lang, id="rejects")
        self._head = Static(classes="head", markup=False)
        self._steps = Static(classes="head", markup=False)
        self._content = b""
        self._read = FileReading()

    def panels(self) -> Iterable[Panel]:
        """Which call and which step, then the step."""
        yield Panel(self._head, self._steps)
        shown = (
            Vertical(self._list, id="step-list"),
            self.files,
            self.columns,
            Vertical(self._rejects, id="step-errors"),
            self.results,
            self.exports,
        )
        yield Panel(ContentSwitcher(*shown, initial="step-list"), tall=True)

    def opened(self) -> None:
        """Begin with the calls that there are."""
        self.show_list()

    def forget(self) -> None:
        """Leave nothing of the files of whoever was here before."""
        self.workers.cancel_all()
        self.files.clear()
        self.leave_file()
        self.batches, self.running = (), {}
        self.go("list")

    def go(self, step: str) -> None:
        """Show a step, with the cursor where it begins."""
        self.step = step
        self.query_one(ContentSwitcher).current = f"step-{step}"
        self.show_head()
        if step == "file":
            self.files.begin(sorted({one.procedure for one in self.batches}))
            self.note(words.ON_FILE)
        elif step == "columns":
            self._tell_columns()
        self.call_after_refresh(self.focus_step)
        self.refresh_keys()

    def show_head(self) -> None:
        """Show which call it is, and which of the five steps."""
        at_list = self.step in words.HEADS or self.call is None
        head = pick(words.HEADS.get(self.step, words.HEADS["file"]), self.lang)
        if at_list and self.step == "columns" and self.source is not None:
            head = words.file_head(self.source, self.files.procedure.text, self.lang)
        self._head.update(Content(head if at_list or self.call is None else head_line(self.call, self.lang)))
        self._steps.update(Content(words.steps_line(self.step, self.lang)))

    def focus_step(self) -> None:
        """Put the cursor where the step begins."""
        step = self.query_one(f"#step-{self.step}")
        first = {"file": "#file", "columns": "#map-codice", "export": "#out"}.get(self.step)
        widget = step.query_one(first) if first else step.query(OptionList).last()
        if widget.display:
            widget.focus()

    @property
    def door(self) -> BatchDoor:
        """Return the node's door to calls; raise `session.expired`."""
        return self.seat.at(doors.batches)

    def show_list(self) -> None:
        """Go back to the calls, as they are now."""
        self.go("list")
        self.load_list()

    def load_list(self) -> None:
        """Ask the node for its calls."""
        if not self.batches:
            self._list.say(pick(words.LOADING, self.lang))
        self.note(words.LOADING)
        self.work(self._batches, self._show_batches, group="list")

    async def _batches(self) -> Sequence[Batch]:
        return await self.door.batches()

    def _show_batches(self, found: Sequence[Batch]) -> None:
        self.batches = found
        self._list.show(list_rows(found, self.running, self.lang), pick(words.NO_CALLS, self.lang))
        if self.step == "list":
            self.note(words.ON_LIST)
            self.focus_step()

    @property
    def pointed(self) -> Batch | None:
        """Return the call that the cursor is on."""
        return next((one for one in self.batches if one.id == self._list.pointed), None)

    def failed(self, error: MagliaError) -> None:
        """Say why; where something was awaited, that it did not come."""
        super().failed(error)
        if self.step == "list" and not self.batches:
            self._list.say(pick(words.UNREAD, self.lang))

    def draft(self) -> Mapping[str, str]:
        """Return the choices of steps 1 and 2, until the file is on file."""
        if self.step not in {"file", "columns", "list"}:
            return {}
        return self.files.draft()

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Go on at the file that was being chosen."""
        self.files.take_up(fields)
        self.go("file")

    @on(FileStep.FolderNamed)
    def _list_folder(self, message: FileStep.FolderNamed) -> None:
        self.work(partial(asyncio.to_thread, sheets_in, message.folder), self.files.show_files, group="folder")

    def leave_file(self) -> None:
        """Have nothing of a file any more."""
        self.call, self.rows, self.source = None, (), None
        self._content, self._read = b"", FileReading()

    def read_file(self) -> None:
        """Step 1: have the node read the file, and go on to its columns."""
        try:
            asked, self.source = self.files.asked(), self.files.path
        except MagliaError as error:
            self.explain(error)
            return
        self.call = None
        self.note(words.READING)
        self.work(partial(self._reading, asked, self.source), self._show_reading, group="file")

    async def _reading(self, asked: CallAsked, path: Path) -> FileReading:
        self._content = await asyncio.to_thread(read_list, path)
        name = echo(path.name)
        read = await self.door.read_file(self._content, name, asked)
        kept = remembered(self._memory, read.titles)
        if kept and kept != dict(read.columns):
            read = await self.door.read_file(self._content, name, self._with(asked, kept))
        return read

    def _show_reading(self, read: FileReading) -> None:
        self._read = read
        self.columns.show(read)
        if self.step == "file":
            self.go("columns")
        else:
            self.show_head()
            self._tell_columns()

    def _tell_columns(self) -> None:
        read = self._read
        if read.code:
            why = code_message(read.code, self.lang, read.params)
            self.tell(Line("!!", why, Tone.FOUND), Line("  ", pick(words.CHOOSE, self.lang), Tone.NOTE))
            return
        tone = Tone.PARTIAL if read.rejected else Tone.NOTE
        follow = words.ALL_REJECTED if read.rejected == read.rows else words.ON_COLUMNS
        self.tell(
            Line("!!" if read.rejected else "  ", counted(read, self.lang), tone),
            Line("  ", pick(follow, self.lang), Tone.NOTE),
        )

    @on(ColumnsStep.Changed)
    def _read_anew(self) -> None:
        """Read the file under the titles that are chosen now."""
        if self.source is None or self.step != "columns":
            return
        asked = self._with(self.files.asked(), self.columns.chosen)
        self.note(words.READING)
        name = echo(self.source.name)
        self.work(lambda: self.door.read_file(self._content, name, asked), self._show_reading, group="file")

    def open_file(self) -> None:
        """Step 2: put the file on file; nobody is asked yet."""
        if self._read.code or self._read.rejected == self._read.rows:
            self._tell_columns()
            return
        asked = self._with(self.files.asked(), self.columns.chosen)
        self.note(words.OPENING)
        self.work(partial(self._open, asked), self.show_opened, group="file")

    async def _open(self, asked: CallAsked) -> tuple[Batch, bool, Sequence[BatchRow]]:
        name = echo(self.source.name) if self.source is not None else ""
        batch, known = await self.door.open_batch(self._content, name, asked)
        await asyncio.to_thread(remember, self._memory, self._read.titles, self.columns.chosen)
        batch, rows = await self.door.batch_rows(batch.id)
        return batch, known, rows

    def show_opened(self, opened: tuple[Batch, bool, Sequence[BatchRow]]) -> None:
        """Go on with a file that is on file now."""
        raise NotImplementedError

    def _with(self, asked: CallAsked, chosen: Mapping[str, str]) -> CallAsked:
        return replace(asked, columns=asked_columns(chosen))

    @property
    def _memory(self) -> Path:
        return self.seat.profile.drafts.with_suffix(".columns")
