"""The screens put together: who is at the console, where they start, where they can go, when it is locked."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.filter import Monochrome
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES
from textual.widgets import Select

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui.hearing import HearingApp
from tui.locking import Lock
from tui.places import Place, home_of, place_named, places_of
from tui.profile import Profile
from tui.screens.dialogs import Menu
from tui.screens.help import HelpScreen
from tui.screens.login import LoginScreen
from tui.screens.palette import Palette
from tui.screens.papers import PapersScreen
from tui.screens.settings import SettingsChanged
from tui.screens.work import GoTo, SessionNeeded, WorkScreen
from tui.seats import seat_of
from tui.session import Counter
from tui.terminal import NoColours, check_terminal, on_closing
from tui.text import sentence_of
from tui.themes import CHOSEN, THEMES
from tui.typed import environment_password

_TOLD_S = 8.0
"""Seconds for which a line on what waits to be read is there."""
_LEAST = 80, 24
"""Columns and lines that every screen has room in."""
_LEAVE = "leave"
"""The last choice of F10: there is not always room for ^Q among the keys."""
_ALONE_AT = "offline"
"""Where whoever is here without their server works."""

_CARD_OVER_WINDOW = mark("Tessera letta, ma qui c'è una finestra aperta: chiuderla con Esc e leggerla di nuovo.")
_CARD_AT_LOGIN = mark("Tessera letta, ma prima si accede: scrivere la password, poi leggere di nuovo la tessera.")
_LOCKED = mark("Postazione bloccata dopo una pausa: quanto era scritto è rimasto. Scrivere la password per continuare.")
_LOCKED_KEY = mark(
    "Postazione bloccata dopo una pausa: quanto era scritto è rimasto. Scrivere la frase segreta per continuare."
)


class Console(HearingApp):
    """The console of one person at one server."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "home", show=False)]
    CSS = """
    ToastRack { align: left bottom; margin: 0; overflow-y: hidden; }
    ToastHolder { align-horizontal: left; }
    Toast { width: 100%; max-width: 100%; margin: 0; padding: 0 1; }
    """
    """What is told for a while lies over the keys: never over what is typed, nor over what is known of a person."""

    class Entered(Message):
        """The password of the environment has opened the session."""

    class Refused(Message):
        """It has not."""

        def __init__(self, error: MagliaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, profile: Profile, suggestion: str | None = None, *, lock_after_s: float | None = None) -> None:
        """`lock_after_s` stands in for what the settings say."""
        super().__init__(Lock(profile.settings.lock_minutes * 60.0 if lock_after_s is None else lock_after_s))
        self.title = "Maglia"
        if self.no_color:
            self._filters = [*(one for one in self._filters if not isinstance(one, Monochrome)), NoColours()]
        self._seat = seat_of(profile, [suggestion] if suggestion else [])
        self._lang = profile.lang
        self._open: dict[str, WorkScreen[Any]] = {}
        self._is_small = False
        self._here = ""
        self._served = ""
        self._was_alone = False

    def on_mount(self) -> None:
        """Paint first, then log in: with the password of the environment, else by asking."""
        for name in BUILTIN_THEMES:
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = CHOSEN[self._seat.profile.settings.theme]
        self._show(home_of(self._seat))
        self.set_interval(1.0, self._lock_when_idle)
        if not self.is_headless:
            on_closing(self.keep_drafts, lambda: self.call_later(self.action_quit))
        password = environment_password() if self._seat.asks_user else None
        if password is None:
            self._ask_login()
        else:
            self.run_worker(self._login(password), exclusive=True)

    async def _login(self, password: str) -> None:
        try:
            await self._seat.login(self._seat.profile.user, password)
            self.post_message(self.Entered())
        except MagliaError as error:
            self.post_message(self.Refused(error))

    @on(Entered)
    def begin(self) -> None:
        """Let whoever has come in work; the first time, tell what waits: later a verdict may stand there."""
        is_first = self._seat.user != self._served
        told = self._begin_day() if is_first else self._seat.greetings() if self._was_alone else []
        self._was_alone = self._seat.is_alone
        for screen in self._open.values():
            if screen.is_mounted and not (self._seat.is_alone and screen.NAME != _ALONE_AT):
                screen.enter()  # one that is about to be enters by itself
        if self._seat.is_alone:
            self.action_go_to(_ALONE_AT)
        if told:
            self.notify("\n".join(told), timeout=_TOLD_S, markup=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Tell something for a while, in place of what was told before: together they would hide what is known."""
        self.clear_notifications()
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _begin_day(self) -> list[str]:
        """Put everybody where their day begins, nothing left open of who was here before; return what waits."""
        home = home_of(self._seat)
        if self._served or home.name != self._here:
            self._leave_all(home)
        self._served = self._seat.user
        return [*self._seat.greetings(), *self._unsent(home)]

    def _unsent(self, home: Place) -> list[str]:
        """Return on which screens something is written and not yet sent; where the day begins it is seen anyway."""
        drafts = self._seat.drafts
        kept = [place for place in places_of(self._seat) if drafts is not None and drafts.of(place.name) is not None]
        names = [tr(place.words, self._lang) for place in kept if place is not home]
        said = tr("Scritto e non ancora inviato: {places}. F10 porta lì.", self._lang)
        return [said.format(places=", ".join(names))] if names else []

    def _leave_all(self, home: Place) -> None:
        before, self._open = self._open, {}
        while not isinstance(self.screen, WorkScreen):  # a window that was open when the console was locked
            self.pop_screen()
        self._show(home)
        for screen in before.values():
            self.uninstall_screen(screen)
            if screen.is_attached and screen is not self.screen:
                screen.remove()

    @on(Refused)
    def explain(self, message: Refused) -> None:
        """Ask for the password, saying why."""
        sentence = sentence_of(message.error, self._lang, at_office=self._seat.profile.is_of_the_office)
        self._ask_login(f"!! {sentence.message}\n   {sentence.next_action}", refused=message.error.code)

    @on(SessionNeeded)
    def ask_again(self, message: SessionNeeded) -> None:
        """Let whoever was here log in again over the screen, which keeps what was written."""
        sentence = MagliaError(Code.SESSION_EXPIRED).sentence(self._lang)
        self._ask_login(message.reason or f"{sentence.message} {sentence.next_action}")

    def _ask_login(self, reason: str = "", *, locked: bool = False, refused: Code | None = None) -> None:
        if not isinstance(self.screen, LoginScreen):
            self.push_screen(LoginScreen(self._seat, reason, locked=locked, refused=refused), self._entered)

    def _entered(self, entered: bool | None) -> None:
        if entered:
            self.lock.stir()
            self.begin()

    def _lock_when_idle(self) -> None:
        """Hide the screens from whoever passes by, once nobody has touched anything for a while."""
        if self._seat.user and self.lock.is_due():
            self._ask_login(tr(_LOCKED if self._seat.asks_user else _LOCKED_KEY, self._lang), locked=True)

    @on(SettingsChanged)
    def set_console(self, message: SettingsChanged) -> None:
        """Let what was set count from now on."""
        self._seat.profile = replace(self._seat.profile, settings=message.settings)
        self.theme = CHOSEN[message.settings.theme]
        self.lock = Lock(message.settings.lock_minutes * 60.0)

    @on(GoTo)
    def go_to(self, message: GoTo) -> None:
        """Go to another place, if it is one for whoever is here."""
        place = place_named(message.place)
        if place is None or not place.opens_to(self._seat):
            self.notify(
                tr("Questa schermata non è per il suo ruolo. F10 mostra dove può andare.", self._lang),
                severity="warning",
                markup=False,
            )
        else:
            self._show(place)

    def _show(self, place: Place) -> None:
        """Show a place as it was left."""
        if place.name not in self._open:
            self._open[place.name] = made = place.make(self._seat)
            self.install_screen(made, f"{place.name}-{id(made)}")
        screen = self._open[place.name]
        if self._here and isinstance(self.screen, WorkScreen):
            self.screen.save_draft()
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
        self._here = place.name
        screen.come_back()

    def on_resize(self, event: events.Resize) -> None:
        """Say when the window has become too small to show everything that must be read."""
        is_small = event.size.width < _LEAST[0] or event.size.height < _LEAST[1]
        if is_small and not self._is_small:
            said = tr("Finestra troppo piccola: servono {columns} colonne e {lines} righe.", self._lang)
            self.notify(
                said.format(columns=_LEAST[0], lines=_LEAST[1]), severity="warning", timeout=_TOLD_S, markup=False
            )
        self._is_small = is_small

    def action_go(self) -> None:
        """Offer every place that is open to whoever is here."""
        if not self._seat.user:
            self.notify(tr("Collegamento...", self._lang), markup=False)
            return
        offered = [(place.name, tr(place.words, self._lang)) for place in places_of(self._seat)]
        offered.append((_LEAVE, tr("Esci", self._lang)))
        self.push_screen(Menu(tr("VAI A", self._lang), offered, self._here), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name == _LEAVE:
            self.call_later(self.action_quit)
        elif name:
            self.post_message(GoTo(name))

    def action_go_to(self, name: str) -> None:
        """Go to a place by its name."""
        self.post_message(GoTo(name))

    def action_home(self) -> None:
        """Go back to where the day begins; what is written elsewhere stays there."""
        home = home_of(self._seat)
        if self._here != home.name and self._seat.user:
            self._show(home)

    def route(self, code: str) -> None:
        """Give a card's code to the screen, or go where a card begins something."""
        for choice in self.screen.query(Select):
            choice.expanded = False  # else its list would hide what is known of the person
        if not isinstance(self.screen, WorkScreen) or not self._seat.user:
            entered = not isinstance(self.screen, LoginScreen)
            self.notify(
                tr(_CARD_OVER_WINDOW if entered else _CARD_AT_LOGIN, self._lang), severity="warning", markup=False
            )
            return
        if self.screen.take_code(code):
            return
        place = place_named("check")
        if place is not None and place.opens_to(self._seat):
            self._show(place)
            self._open["check"].call_after_refresh(self._open["check"].take_code, code)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Fill the palette: whatever has a key on this screen, every place, then colours."""
        for action in getattr(screen, "ACTIONS", ()):
            words = tr(action.words, self._lang)
            if words:
                yield SystemCommand(words, action.shown, lambda name=action.name: screen.run_action(name))
        for words, do in screen.row_acts() if isinstance(screen, WorkScreen) else ():
            yield SystemCommand(words, "", do)
        for place in places_of(self._seat):
            words = f"{tr('Vai a', self._lang)} {tr(place.words, self._lang)}"
            yield SystemCommand(words, "", lambda name=place.name: self.action_go_to(name))
        yield SystemCommand(tr("Cambia colori", self._lang), "", self.action_change_theme)

    def action_help(self) -> None:
        """Explain the field that the cursor is in, and the screen."""
        screen = self.screen
        if isinstance(screen, WorkScreen):
            self.push_screen(HelpScreen(self._lang, tr(screen.ABOUT, self._lang), screen.help_of_focus()))

    def action_papers(self) -> None:
        """Write the notice and the consent form into the folder for papers."""
        if isinstance(self._seat, Counter):
            self.push_screen(PapersScreen(self._seat, self._seat.profile.settings.folder))

    def action_command_palette(self) -> None:
        """Open the palette, with its prompt in the operator's language."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(self._lang))

    def _fatal_error(self) -> None:
        """Leave, telling where it failed: Textual's own report shows local variables, and so codes and passwords."""
        error = self._exception or sys.exc_info()[1]
        place = "-" if error is None else f"{type(error).__name__}, {_place_of(error)}"
        self._exit_renderables.append(
            Text(
                tr(
                    "La postazione si è chiusa per un errore ({place}). Riaprirla; se si ripete, riferire questa riga.",
                    self._lang,
                ).format(place=place)
            )
        )
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """Leave; what is written and not sent is kept for the next time."""
        self.keep_drafts()
        self.exit()

    def keep_drafts(self) -> None:
        """Keep what is written and not yet sent, on every screen that was opened: some of it perhaps just now."""
        for screen in self._open.values():
            if screen.is_mounted:
                screen.save_draft()

    async def on_unmount(self) -> None:
        """Leave nothing open."""
        await self._seat.close()


def _place_of(error: BaseException) -> str:
    """Return file and line where an error was raised, without its message, which may hold a code."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "-"


def run(profile: Profile, suggestion: str | None = None) -> int:
    """Open the screens; return the exit status. `suggestion` is shown on the empty counter, for a demonstration."""
    check_terminal()
    console = Console(profile, suggestion)
    console.run()
    return console.return_code or 0
