"""Steps 1 and 2 of a call for applicants: a file that is not on file yet, and which of its columns is which."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from maglia.core.quoted import echo
from maglia.core.translation import tr
from maglia.import_command import read_list
from tui.batch_columns import asked_columns, counted
from tui.batch_folder import sheets_in
from tui.batch_model import Batch, BatchRow, CallAsked, FileReading
from tui.batch_templates import remember, remembered
from tui.lines import Line, Tone
from tui.screens.bando import words
from tui.screens.bando.columns import ColumnsStep
from tui.screens.bando.file import FileStep
from tui.screens.bando.reading import BandoReading
from tui.screens.faults import fault_lines
from tui.text import code_message

if TYPE_CHECKING:
    pass


class BandoSteps(BandoReading):
    """What is of a file stays until another is begun or opened."""

    def forget(self) -> None:
        """Leave nothing of the files of whoever was here before."""
        self.workers.cancel_all()
        self.end_reading()
        self.clear_file()
        self.leave_file()
        self.batches, self.running = (), {}
        self.go("list")

    def go(self, step: str) -> None:
        """Show a step; of columns how the file is read."""
        super().go(step)
        if step == "columns":
            self._tell_columns()

    def draft(self) -> Mapping[str, str]:
        """Return the choices of steps 1 and 2, until the file is on file."""
        written = self.files.draft()
        chosen = {f"map.{name}": title for name, title in self.columns.chosen.items()}
        return {**written, **chosen} if written else {}

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Go on at the file that was being chosen."""
        self.files.take_up(fields)
        self._drafted = {name.removeprefix("map."): title for name, title in fields.items() if name.startswith("map.")}
        self.go("file")

    @on(FileStep.FolderNamed)
    def _list_folder(self, message: FileStep.FolderNamed) -> None:
        self.work(partial(asyncio.to_thread, sheets_in, message.folder), self.files.show_files, group="folder")

    def clear_file(self) -> None:
        """Leave nothing in the fields."""
        self.files.clear()
        self.columns.clear()
        self._drafted = {}

    def leave_file(self) -> None:
        """Have nothing of a file any more."""
        super().leave_file()
        self.call, self.rows, self.source = None, (), None
        self._content, self._read = b"", FileReading()

    def read_file(self) -> None:
        """Step 1: have the node read the file, and go on to its columns."""
        faults = self.files.faults()
        if faults:
            self.tell(*fault_lines(faults, self.lang, {}))
            return
        asked, self.source = self.files.asked(), self.files.path
        self.call = None
        self.begin_reading()
        self.work(partial(self._reading, asked, self.source), self._show_reading, group="file")

    async def _reading(self, asked: CallAsked, path: Path) -> FileReading:
        self._content = await asyncio.to_thread(read_list, path)
        self.note_size(len(self._content))
        name = echo(path.name)
        read = await self.door.read_file(self._content, name, asked, self.note_sent)
        drafted = self._drafted if set(self._drafted.values()) <= set(read.titles) else {}
        kept = drafted or remembered(self._memory, read.titles)
        if kept and kept != dict(read.columns):
            read = await self.door.read_file(self._content, name, self._with(asked, kept))
        return read

    def _show_reading(self, read: FileReading) -> None:
        self.end_reading()
        self._read, self._drafted = read, {}
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
            self.tell(Line("!!", why, Tone.FOUND), Line("  ", tr(words.CHOOSE, self.lang), Tone.NOTE))
            return
        tone = Tone.PARTIAL if read.rejected else Tone.NOTE
        follow = words.ALL_REJECTED if read.rejected == read.rows else words.ON_COLUMNS
        self.tell(
            Line("!!" if read.rejected else "  ", counted(read, self.lang), tone),
            Line("  ", tr(follow, self.lang), Tone.NOTE),
        )

    @on(ColumnsStep.Changed)
    def _read_anew(self) -> None:
        """Read the file under the titles that are chosen now."""
        if self.source is None or self.step != "columns":
            return
        asked = self._with(self.files.asked(), self.columns.chosen)
        self.begin_reading()
        self.note_size(len(self._content))
        name = echo(self.source.name)
        self.work(
            lambda: self.door.read_file(self._content, name, asked, self.note_sent), self._show_reading, group="file"
        )

    def open_file(self) -> None:
        """Step 2: put the file on file; nobody is asked yet."""
        if self._read.code or self._read.rejected == self._read.rows:
            self._tell_columns()
            return
        asked = self._with(self.files.asked(), self.columns.chosen)
        self.begin_reading(trial=False)
        self.note_size(len(self._content))
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
