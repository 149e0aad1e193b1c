"""What every screen of the console is: a frame, panels, keys; work that never blocks it; drafts that outlive it.

A screen names its panels, its actions and its helps. Work runs beside the screen and posts messages; only their
handlers touch widgets. No screen knows another: whoever wants to go elsewhere says so with `GoTo`.
"""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Select

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui.handout import hand_out_table
from tui.lines import Line, Tone
from tui.screens.dialogs import Ask
from tui.screens.jobs import JobScreen
from tui.seat import Seat
from tui.table import Table, keep_lines
from tui.text import sentence_of
from tui.widgets.frame import FrameLine, Panel
from tui.widgets.keys import Action, KeyLine
from tui.widgets.listing import Listing
from tui.widgets.sentences import Sentences

S = TypeVar("S", bound=Seat)

_HELP = Action("f1", "F1", "app.help", mark("Aiuto", "help"))
EXPORT = Action("f7", "F7", "export", mark("Esporta"))
"""For screens whose `table` is what they show."""
_AFTER = (
    Action("f10", "F10", "app.go", mark("Vai")),
    Action("ctrl+p", "^P", "app.command_palette", ""),
    Action("ctrl+g", "^G", "next_panel", mark("Riquadro")),
    Action("ctrl+q", "^Q", "app.quit", mark("Esci")),
)
_BOUND_BY_THE_APP = frozenset({"ctrl+p", "ctrl+q"})
AWAY = mark("Controllare il collegamento e riprovare. Se il nodo non risponde: F10, SENZA RETE.")
"""What to do next where the node is away, for whoever may work without it."""
_SAVE_AFTER_S = 0.5
"""Seconds after the last key at which a draft is saved."""


class GoTo(Message):
    """Whoever is here wants to go to another place, by its name in `tui.places`."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place


class SessionNeeded(Message):
    """Somebody has to log in before this screen can go on: since their session is over, or for a reason told."""

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class WorkScreen(JobScreen, Generic[S]):
    """One place of the console."""

    NAME: ClassVar[str] = ""
    """Its name in `tui.places`, under which its draft is kept."""
    HEADING: ClassVar[str] = ""
    OWN: ClassVar[Sequence[Action]] = ()
    """What one can do here, beside what one can do everywhere."""
    ACTIONS: ClassVar[Sequence[Action]] = ()
    ABOUT: ClassVar[str] = ""
    """What F1 says of the screen."""
    HELPS: ClassVar[Mapping[str, str]] = {}
    """What F1 says of the field that the cursor is in, by its id."""
    TAKEN_UP: ClassVar[str] = mark("Ripreso quanto era scritto e non ancora inviato. F4 per ricominciare.")
    """Said once a draft was taken up."""
    SAID_HERE: ClassVar[Mapping[Code, str]] = {
        Code.NETWORK_UNREACHABLE: mark("Rete assente: il nodo dell'ente non risponde.")
    }
    """What happened, where the catalog speaks of a check, which nobody asked for on most screens of a counter."""
    NEXT_HERE: ClassVar[Mapping[Code, str]] = {}
    """What to do next on this screen, where the error's own sentence names a command."""
    HELP_VALUES: ClassVar[Mapping[str, object]] = {}
    """What those texts have in braces."""
    SCANS_INTO: ClassVar[str] = ""
    """The id of the field that a card reader writes into by itself."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - as Textual declares it
    DEFAULT_CSS = """
    WorkScreen.-narrow .wide { display: none; }
    """

    def __init_subclass__(cls, **options: Any) -> None:
        cls.ACTIONS = (_HELP, *cls.OWN, *_AFTER)
        bound = [action for action in cls.ACTIONS if action.key not in _BOUND_BY_THE_APP]
        own: list[BindingType] = [Binding(action.key, action.name, show=False) for action in bound]
        cls.BINDINGS = [*cls.__dict__.get("BINDINGS", ()), *own]
        super().__init_subclass__(**options)

    def __init__(self, seat: S) -> None:
        super().__init__()
        self.seat = seat
        self.lang = seat.lang
        self.said = Sentences()
        self._served = ""
        self._saving: Timer | None = None
        self._draft: Mapping[str, str] = {}
        self._was_cut = False
        """Whether a session that was over stopped the last thing done here."""

    def panels(self) -> Iterable[Panel]:
        """Yield what stands between the lines of the frame, from top to bottom."""
        raise NotImplementedError

    def compose(self) -> Iterable[Widget]:
        """Lay out the frame: who is here, the panels, what is said, the keys."""
        yield FrameLine("┌┐", tr(self.HEADING, self.lang), self.seat.shown or tr("nessun accesso", self.lang))
        for panel in self.panels():
            yield panel
            yield FrameLine()
        yield Panel(self.said)
        yield FrameLine("└┘")
        yield KeyLine(self.ACTIONS, self.lang)

    def on_mount(self) -> None:
        """Begin, if somebody is here already."""
        if self.seat.user:
            self.enter()

    def come_back(self) -> None:
        """Go on where one was, after one was elsewhere; a window that closes is no such thing."""
        if self._served:
            self.returned()

    def enter(self) -> None:
        """Show who is here, now that they have logged in.

        Who logs in again finds the work as it was left; another person finds an empty screen: what was written and
        answered is of who was there before.
        """
        again = self._served == self.seat.user
        if self._served and not again:
            self.forget()
        self._served = self.seat.user
        self.query(FrameLine).first().show(self.seat.shown)
        if again:
            if self._was_cut:
                self.note(mark("Accesso rifatto. Ripetere ciò che si era interrotto: non è stato fatto."))
            self.returned()
        else:
            self.opened()
            self._take_up()
        self._was_cut = False
        self.refresh_keys()

    def opened(self) -> None:
        """Do what is to be done first for whoever has just come in."""

    def returned(self) -> None:
        """Do what is to be done each time that one comes back here."""

    def forget(self) -> None:
        """Take away whatever is of the person who was here before."""

    def take_code(self, code: str) -> bool:
        """Take a card that was read; return whether this screen knows what to do with it."""
        _ = code
        return False

    def draft(self) -> Mapping[str, str]:
        """Return what is written and not yet sent, nothing where all is empty or sent."""
        return {}

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write what a draft holds into the fields again."""

    def _take_up(self) -> None:
        drafts = self.seat.drafts
        kept = drafts.of(self.NAME) if drafts is not None else None
        if kept is not None and not self.draft():
            self._draft = dict(kept.fields)
            self.take_up(kept.fields)
            self.notify(tr(self.TAKEN_UP, self.lang), markup=False)

    @on(Input.Changed)
    @on(Select.Changed)
    def plan_to_save(self) -> None:
        """Save the draft once nobody types for a moment."""
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(_SAVE_AFTER_S, self.save_draft)

    def save_draft(self) -> None:
        """Keep what is written, or forget what was sent."""
        try:
            drafts, fields = self.seat.drafts, dict(self.draft())
        except NoMatches:  # the screen is being taken down, field after field, and has kept it before
            return
        if drafts is None or fields == self._draft or self._served != self.seat.user:
            return
        self._draft = fields
        try:
            drafts.keep(self.NAME, fields) if fields else drafts.drop(self.NAME)
        except MagliaError as error:
            self.explain(error)

    def failed(self, error: MagliaError) -> None:
        """Say why work was refused; with the session over, ask for a new one. What is written stays."""
        if error.code is Code.SESSION_EXPIRED:
            self._was_cut = True
            self.post_message(SessionNeeded())
        for listing in self.query(Listing):
            listing.give_up()
        self.explain(error)

    def explain(self, error: MagliaError, known: Sequence[Line] = ()) -> None:
        """Say what happened and what to do next, before what is known anyway."""
        is_of_the_office = self.seat.profile.is_of_the_office
        sentence = sentence_of(error, self.lang, at_office=is_of_the_office)
        said = "" if is_of_the_office else self.SAID_HERE.get(error.code, "")
        here = self.NEXT_HERE.get(error.code) or (AWAY if self._may_go_alone(error) else "")
        following = tr(here, self.lang) if here else sentence.next_action
        message = tr(said, self.lang) if said else sentence.message
        self.tell(Line("!!", message, Tone.FOUND), Line("  ", following, Tone.NOTE), *known)

    def _may_go_alone(self, error: MagliaError) -> bool:
        return error.code is Code.NETWORK_UNREACHABLE and self.seat.may_sit_alone(self.seat.user)

    def tell(self, *lines: Line) -> None:
        """Say something in the last panel, in place of what stands there."""
        self.said.show(lines)

    def note(self, words: str, **values: object) -> None:
        """Say one calm thing in the last panel: a marked text, with its values."""
        self.tell(Line("  ", tr(words, self.lang).format(**values), Tone.NOTE))

    def row_acts(self) -> Iterable[tuple[str, Callable[[], object]]]:
        """Yield what may be done with the row under the cursor beside the keys' actions, for the palette."""
        return ()

    def table(self) -> Table | None:
        """Return what F7 writes to a file, None while nothing is shown that could be."""
        return None

    def action_export(self) -> None:
        """Write the table shown to a file, in the format chosen."""
        self.export(self.table())

    def export(self, table: Table | None) -> None:
        """Ask for the format of a table, and write it."""
        if table is None or not table.rows:
            self.note(mark("Niente da esportare: la tabella è vuota."))
            return
        answers = [("", tr("Annulla", self.lang)), ("csv", "CSV"), ("xlsx", "XLSX")]
        lines = [f"{table.title}, {len(table.rows)}", *keep_lines(table, self.lang)]
        self.app.push_screen(Ask(tr("ESPORTA", self.lang), lines, answers), partial(self._export, table))

    def _export(self, table: Table, suffix: str | None) -> None:
        if suffix:
            self.work(
                partial(to_thread, hand_out_table, table, self.seat.profile.settings.folder, f".{suffix}"),
                self._exported,
                group="export",
            )

    def _exported(self, path: Path) -> None:
        self.note(mark("Scritto: {file}, nella cartella {folder}."), file=path.name, folder=path.parent)

    def refresh_keys(self) -> None:
        """Dim the keys of what is not possible now."""
        for line in self.query(KeyLine):
            line.refresh_keys()

    def action_next_panel(self) -> None:
        """Jump to the first field of the next panel that has one; after the last, to the first."""
        panels = [panel for panel in self.query(Panel) if panel.display]
        at = next((place for place, panel in enumerate(panels) if panel.has_focus_within), -1)
        for panel in [*panels[at + 1 :], *panels[: at + 1]]:
            found = [widget for widget in panel.query("*") if widget.focusable]
            if found:
                found[0].focus()
                return

    def help_of_focus(self) -> str:
        """Return what F1 says of where the cursor is, "" where there is nothing to say."""
        widget = self.focused
        while widget is not None and widget is not self:
            if found := self.HELPS.get(widget.id or ""):
                return tr(found, self.lang).format(**self.HELP_VALUES)
            parent = widget.parent
            widget = parent if isinstance(parent, Widget) else None
        return ""
