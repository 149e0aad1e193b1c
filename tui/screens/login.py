"""Who is at the counter: user, password and where it is asked the telephone's code, kept in this process only."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from maglia.core.errors import Code, MagliaError
from tui.seat import Seat
from tui.text import sentence_of
from tui.widgets.entry import boxed
from tui.words import say

_OF_THE_CODE = frozenset({Code.SESSION_OTP, Code.SESSION_OTP_USED})
"""After them the password stays: it was right."""


class LoginScreen(ModalScreen[bool]):
    """Asks for the password, or a key's passphrase, and closes once it opened; a locked one hides what is beneath."""

    DEFAULT_CSS = """
    LoginScreen { align: center middle; }
    LoginScreen.locked { background: $background; }
    LoginScreen > Vertical {
        width: 60; height: auto; border: solid $foreground 70%; padding: 0 2;
        background: $surface;
    }
    LoginScreen Horizontal { height: 1; }
    LoginScreen Horizontal > Static { width: auto; }
    LoginScreen Horizontal > .name { width: 10; }
    LoginScreen Input { width: 1fr; }
    LoginScreen #message { height: auto; min-height: 2; margin-top: 1; }
    LoginScreen Button { margin-right: 2; }
    """

    class Entered(Message):
        """Whoever is here has been let in."""

    class Refused(Message):
        """The node or the network said no."""

        def __init__(self, error: MagliaError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, seat: Seat, reason: str = "", *, locked: bool = False) -> None:
        super().__init__(classes="locked" if locked else "")
        self._seat = seat
        self._lang = seat.lang
        self._reason = reason

    def compose(self) -> Iterable[Widget]:
        """Two fields, a line for what went wrong, two buttons."""
        lang = self._lang
        with Vertical() as box:
            box.border_title = Content(say("login", lang))
            with Horizontal():
                yield Static(say("user", lang), markup=False, classes="name")
                user = self._seat.profile.user
                yield from boxed(Input(user, id="user", compact=True, disabled=not self._seat.asks_user))
            with Horizontal():
                word = "password" if self._seat.asks_user else "passphrase"
                yield Static(say(word, lang), markup=False, classes="name")
                yield from boxed(Input(password=True, id="password", compact=True))
            if self._seat.asks_otp:
                with Horizontal():
                    yield Static(say("otp", lang), markup=False, classes="name")
                    yield from boxed(Input(id="otp", compact=True, placeholder=say("otp_hint", lang)))
            yield Static(self._reason, id="message", markup=False)
            with Horizontal():
                yield Button(Content(f"[ {say('leave', lang)} ]"), id="leave", compact=True)
                yield Button(Content(f"[ {say('enter', lang)} ]"), id="enter", compact=True)

    def on_mount(self) -> None:
        """Start where something is missing."""
        self.query_one("#password", Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#enter")
    def start(self) -> None:
        """Ask the node, once the telephone's code is there where one is asked for."""
        user, password = (self.query_one(name, Input).value for name in ("#user", "#password"))
        code = self._code()
        if code is not None and not code.value.strip() and not code.has_focus:
            code.focus()
            return
        self._tell(say("connecting", self._lang))
        otp = code.value.strip() if code is not None else ""
        self.run_worker(self._login(user.strip(), password, otp), group="login", exclusive=True)

    @on(Button.Pressed, "#leave")
    def leave(self) -> None:
        """Close the console."""
        self.app.exit()

    def _code(self) -> Input | None:
        return next(iter(self.query("#otp").results(Input)), None)

    async def _login(self, user: str, password: str, otp: str) -> None:
        try:
            await self._seat.login(user, password, otp)
            self.post_message(self.Entered())
        except MagliaError as error:
            self.post_message(self.Refused(error))

    @on(Entered)
    def close(self) -> None:
        """Hand over to the screen beneath."""
        self.dismiss(True)

    @on(Refused)
    def explain(self, message: Refused) -> None:
        """Say what happened and what to do next."""
        sentence = sentence_of(message.error, self._lang)
        self._tell(f"!! {sentence.message}\n   {sentence.next_action}")
        if (code := self._code()) is not None:
            code.clear()
        if message.error.code in _OF_THE_CODE:
            return
        self.query_one("#password", Input).clear()

    def _tell(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))
