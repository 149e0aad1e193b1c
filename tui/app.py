"""The screens put together: who is at the counter, and where they start."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from rich.text import Text
from textual import on
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.message import Message
from textual.screen import Screen

from maglia.core.errors import Code, MagliaError
from tui.entering import waiting_lines
from tui.labels import pick
from tui.model import Operator
from tui.profile import Profile
from tui.screens.check import CheckScreen
from tui.screens.help import HelpScreen
from tui.screens.login import LoginScreen
from tui.screens.papers import PapersScreen
from tui.session import Counter
from tui.text import sentence_of
from tui.typed import environment_password
from tui.words import say

_TOLD_S = 8.0
"""Seconds for which a line on what waits to be read is there."""


class Console(App[None]):
    """The console of one operator at one body's node."""

    class Entered(Message):
        """The password of the environment has opened the session."""

    class Refused(Message):
        """It has not."""

        def __init__(self, error: MagliaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, profile: Profile, suggestion: str | None = None) -> None:
        super().__init__()
        self.title = "Maglia"
        self._counter = Counter(profile)
        self._home = CheckScreen(self._counter, suggestion)
        self._told = False

    def on_mount(self) -> None:
        """Paint first, then log in: with the password of the environment, else by asking."""
        self.push_screen(self._home)
        password = environment_password()
        if password is None:
            self._ask_login()
        else:
            self.run_worker(self._login(password), exclusive=True)

    async def _login(self, password: str) -> None:
        try:
            await self._counter.login(self._counter.profile.user, password)
            self.post_message(self.Entered())
        except MagliaError as error:
            self.post_message(self.Refused(error))

    @on(Entered)
    def enter(self) -> None:
        """Open the counter."""
        self._open_counter()

    @on(Refused)
    def explain(self, message: Refused) -> None:
        """Ask for the password, saying why."""
        sentence = sentence_of(message.error, self._counter.profile.lang)
        self._ask_login(f"!! {sentence.message}\n   {sentence.next_action}")

    @on(CheckScreen.SessionNeeded)
    def ask_again(self) -> None:
        """Let the operator log in again over the screen, which keeps what was written."""
        sentence = MagliaError(Code.SESSION_EXPIRED).sentence(self._counter.profile.lang)
        self._ask_login(f"{sentence.message} {sentence.next_action}")

    def _ask_login(self, reason: str = "") -> None:
        if not isinstance(self.screen, LoginScreen):
            self.push_screen(LoginScreen(self._counter, reason), self._entered)

    def _entered(self, operator: Operator | None) -> None:
        if operator is not None:
            self._open_counter()

    def _open_counter(self) -> None:
        """Let the operator work; the first time, tell what waits: later a verdict may stand there."""
        self._home.enter()
        if not self._told:
            self._told = True
            waiting = waiting_lines(self._counter.here, self._counter.profile.lang)
            for line in [*waiting, *self._counter.to_send]:
                self.notify(line, timeout=_TOLD_S, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Fill the palette: whatever has a key on this screen, then colours."""
        lang = self._counter.profile.lang
        for action in getattr(screen, "ACTIONS", ()):
            if action.name != "app.command_palette":
                words = pick(action.words, lang)
                yield SystemCommand(words, action.shown, lambda name=action.name: screen.run_action(name))
        yield SystemCommand(say("change_theme", lang), "", self.action_change_theme)

    def action_help(self) -> None:
        """Explain the fields and the words."""
        self.push_screen(HelpScreen(self._counter.profile.lang))

    def action_papers(self) -> None:
        """Write the notice and the consent form into the folder that the console was started in."""
        self.push_screen(PapersScreen(self._counter, Path.cwd()))

    def action_command_palette(self) -> None:
        """Open the palette, with its prompt in the operator's language."""
        if not isinstance(self.screen, CommandPalette):
            prompt = say("search", self._counter.profile.lang)
            self.push_screen(CommandPalette(placeholder=prompt, id="--command-palette"))

    def _fatal_error(self) -> None:
        """Leave, telling where it failed: Textual's own report shows local variables, and so codes and passwords."""
        error = self._exception or sys.exc_info()[1]
        place = "-" if error is None else f"{type(error).__name__}, {_place_of(error)}"
        self._exit_renderables.append(Text(say("crashed", self._counter.profile.lang).format(place=place)))
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Leave nothing open."""
        await self._counter.close()


def _place_of(error: BaseException) -> str:
    """Return file and line where an error was raised, without its message, which may hold a code."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "-"


def run(profile: Profile, suggestion: str | None = None) -> int:
    """Open the screens; return the exit status. `suggestion` is shown on the empty counter, for a demonstration."""
    console = Console(profile, suggestion)
    console.run()
    return console.return_code or 0
