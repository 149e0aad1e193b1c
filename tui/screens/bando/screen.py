"""CONTROLLO BANDO: a file of applicants in five steps, from the file to what is handed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.widgets import Input

from maglia.core.translation import mark, tr
from tui.batch_tables import batch_list_table, batch_table, rejects_table
from tui.batch_view import row_detail
from tui.screens.bando.row import RowScreen
from tui.screens.bando.words import ABOUT, HELPS
from tui.screens.bando.write import BandoWrites
from tui.screens.work import EXPORT
from tui.table import Table
from tui.widgets.keys import Action
from tui.widgets.listing import Listing


class BandoScreen(BandoWrites):
    """Where an officer's day begins."""

    NAME = "bando"
    HEADING = mark("CONTROLLO BANDO")
    OWN = (
        Action("f2", "F2", "advance", mark("Avanti")),
        Action("f3", "F3", "back", mark("Indietro")),
        Action("f4", "F4", "new", mark("Nuovo")),
        Action("f6", "F6", "retry", mark("Riprova")),
        EXPORT,
        Action("f9", "F9", "stop", mark("Ferma")),
    )
    ABOUT = ABOUT
    HELPS: ClassVar[Mapping[str, str]] = HELPS

    def action_advance(self) -> None:
        """Do what the step is for, and go on to the next one."""
        {
            "list": self.begin,
            "file": self.read_file,
            "columns": self.open_file,
            "errors": self.ask_bodies,
            "check": self.resume_or_export,
            "export": self.write_files,
        }[self.step]()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_advance()

    def action_back(self) -> None:
        """Go to the step before; from a file's first to the list."""
        if self.is_reading:
            self.stop_reading()
        elif self.step in {"file", "errors"}:
            self.show_list()
        elif self.step != "list":
            self.go({"columns": "file", "check": "errors", "export": "check"}[self.step])

    def begin(self) -> None:
        """Begin with a file, or go on with the one that was being chosen."""
        self.leave_file()
        self.go("file")

    def action_new(self) -> None:
        """Begin with another file; nothing of the last one stays in the fields."""
        self.clear_file()
        self.begin()

    def action_retry(self) -> None:
        """Ask again: the node for what was not read, the bodies that did not answer for what they did not."""
        if self.step == "check" and self.can_retry:
            self.ask_bodies(retry=True)
        elif self.step in {"errors", "check"}:
            self.load_rows()
        elif self.step == "columns":
            self.read_file()
        else:
            self.load_list()

    def table(self) -> Table | None:
        """Return the calls, the rejected rows, or the rows shown."""
        if self.step == "list":
            return batch_list_table(self.batches, self.lang)
        if self.call is None or self.step not in {"errors", "check"}:
            return None
        if self.step == "errors":
            return rejects_table(self.call, [row for row in self.rows if row.code], self.lang)
        return batch_table(self.call, self.results.shown, self.lang)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        if action == "back":
            return self.step != "list"
        if action == "stop":
            return self.can_stop
        if action == "retry":
            return self.step not in {"file", "export"}
        return action != "export" or self.step in {"list", "errors", "check"}

    @on(Listing.Chosen, "#list")
    def _choose(self, event: Listing.Chosen) -> None:
        event.stop()
        self.open_batch(event.key)

    @on(Listing.Chosen, "#rows")
    @on(Listing.Chosen, "#rejects")
    def _look(self, event: Listing.Chosen) -> None:
        event.stop()
        self._show_row(event.key)

    def _show_row(self, key: str) -> None:
        row = next((row for row in self.rows if str(row.row) == key), None)
        if row is not None:
            title = f"{tr('RIGA', self.lang)} {row.row}"
            self.app.push_screen(RowScreen(title, row_detail(row, self.lang), self.lang))

    def take_code(self, code: str) -> bool:
        """Open the row of whoever's card was read, if the file on the screen has one."""
        row = next((row for row in self.rows if row.identifier == code), None)
        if self.step not in {"errors", "check"} or row is None:
            return False
        self._show_row(str(row.row))
        return True
