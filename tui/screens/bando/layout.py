"""How the screen of calls for applicants is laid out: the list of calls, and five steps of which one is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, OptionList, Static

from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from tui import doors
from tui.batch_model import Batch, BatchRow, FileReading, Progress
from tui.batch_view import LIST, REJECTS, head_line, list_rows
from tui.screens.bando import words
from tui.screens.bando.check import CheckStep
from tui.screens.bando.columns import ColumnsStep
from tui.screens.bando.export import ExportStep
from tui.screens.bando.file import FileStep
from tui.screens.work import WorkScreen
from tui.session import Counter
from tui.widgets.frame import Panel
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from tui.batch_client import BatchDoor


class BandoLayout(WorkScreen[Counter]):
    """One step is shown at a time; what is of a file stays until another is begun or opened."""

    DEFAULT_CSS = """
    BandoLayout .head { height: 1; }
    BandoLayout ContentSwitcher { height: 1fr; }
    BandoLayout ContentSwitcher > Vertical { height: 1fr; }
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
        self._list = Listing(LIST, self.lang, tr(words.LOADING, self.lang), id="list")
        self._rejects = Listing(REJECTS, self.lang, id="rejects")
        self._head = Static(classes="head", markup=False)
        self._steps = Static(classes="head", markup=False)
        self._content = b""
        self._read = FileReading()
        self._drafted: Mapping[str, str] = {}

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

    def go(self, step: str) -> None:
        """Show a step, with the cursor where it begins."""
        self.step = step
        self.query_one(ContentSwitcher).current = f"step-{step}"
        self.show_head()
        if step == "file":
            self.files.begin()
            self.note(words.ON_FILE)
        self.call_after_refresh(self.focus_step)
        self.refresh_keys()

    def show_head(self) -> None:
        """Show which call it is, and which of the five steps."""
        at_list = self.step in words.HEADS or self.call is None
        head = tr(words.HEADS.get(self.step, words.HEADS["file"]), self.lang)
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
            self._list.say(tr(words.LOADING, self.lang))
        self.note(words.LOADING)
        self.work(self._batches, self._show_batches, group="list")

    async def _batches(self) -> Sequence[Batch]:
        return await self.door.batches()

    def _show_batches(self, found: Sequence[Batch]) -> None:
        self.batches = found
        self.files.offer(sorted({one.procedure for one in found}))
        self.draw_list()
        if self.step == "list":
            self.note(words.ON_LIST)
            self.focus_step()

    def draw_list(self) -> None:
        """Show the calls, with how far those are that are followed from here."""
        self._list.show(list_rows(self.batches, self.running, self.lang), tr(words.NO_CALLS, self.lang))

    @property
    def pointed(self) -> Batch | None:
        """Return the call that the cursor is on."""
        return next((one for one in self.batches if one.id == self._list.pointed), None)

    def failed(self, error: MagliaError) -> None:
        """Say why; where something was awaited, that it did not come."""
        super().failed(error)
        if self.step == "list" and not self.batches:
            self._list.say(tr(words.UNREAD, self.lang))
