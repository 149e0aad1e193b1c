"""Who is at the counter: user, password and where it is asked the telephone's code, kept in this process only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui.screens.window import Window
from tui.seat import Seat
from tui.text import sentence_of
from tui.widgets.entry import boxed

_ALONE = mark(
    "!! Il nodo dell'ente non risponde.\n   Invio riprova. Intanto «Senza rete» prende aiuti e consensi su questo"
    " computer: si inviano e si verificano dopo."
)
_TWICE = mark(
    "Senza il nodo nessuno può dire se la password è giusta: scriverla di nuovo. Se la si dimentica, ciò che non è"
    " stato inviato è perso."
)
_NEXT_ALONE = {
    Code.SESSION_OFFLINE_CLOSED: mark("Scrivere la password con cui si è preso, e di nuovo «Senza rete»."),
    Code.INPUT_TYPED_TWICE: mark("Scriverla di nuovo, uguale alla prima."),
}
_OF_THE_CODE = frozenset({Code.SESSION_OTP, Code.SESSION_OTP_USED})
"""After them the password stays: it was right."""


class LoginScreen(Window[bool]):
    """Asks for the password, or a key's passphrase, and closes once it opened; a locked one hides what is beneath.

    Whatever is typed before a field has the cursor is of the password: nobody waits for the window every morning.
    """

    AUTO_FOCUS = "#password"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "alone", show=False)]
    DEFAULT_CSS = """
    LoginScreen { align: center middle; }
    LoginScreen.locked { background: $background; }
    LoginScreen > Vertical {
        width: 60; height: auto; border: solid $foreground 70%; padding: 0 2;
        background: $surface;
    }
    LoginScreen Horizontal { height: 1; }
    LoginScreen Horizontal > Static { width: auto; }
    LoginScreen Horizontal > .name { width: 11; }
    LoginScreen Input { width: 1fr; }
    LoginScreen #again-line { display: none; }
    LoginScreen #alone { display: none; }
    LoginScreen.away #alone { display: block; }
    LoginScreen.twice #again-line { display: block; }
    LoginScreen #message { height: auto; min-height: 2; margin-top: 1; }
    LoginScreen Button { margin-right: 2; }
    """

    class Entered(Message):
        """Whoever is here has been let in."""

    class Refused(Message):
        """The node or the network said no; or what is kept here did not open, for whoever works alone."""

        def __init__(self, error: MagliaError, *, is_alone: bool = False) -> None:
            super().__init__()
            self.error = error
            self.is_alone = is_alone

    class Wanted(Message):
        """Before anybody works without the node, the password is wanted once more."""

    def __init__(self, seat: Seat, reason: str = "", *, locked: bool = False, refused: Code | None = None) -> None:
        """`refused` is why the login with the password of the environment was refused, told by `reason`."""
        super().__init__(classes="locked" if locked else "")
        self._refused = refused
        self._seat = seat
        self._lang = seat.lang
        self._reason = reason
        self._is_connecting = False
        self._is_closed = False
        """Whether the fields take nothing: from the Enter that sends them until an answer."""
        self._was_hasty = self._is_in = False
        self.password = Input(password=True, id="password", compact=True, select_on_focus=False)

    def compose(self) -> Iterable[Widget]:
        """Two fields, a line for what went wrong, two buttons."""
        lang = self._lang
        with Vertical() as box:
            box.border_title = Content(tr("ACCESSO", lang))
            with Horizontal():
                yield Static(tr("Utente", lang), markup=False, classes="name")
                user = self._seat.profile.user
                yield from boxed(Input(user, id="user", compact=True, disabled=not self._seat.asks_user))
            with Horizontal():
                word = tr("Password" if self._seat.asks_user else "Frase", lang)
                yield Static(word, markup=False, classes="name")
                yield from boxed(self.password)
            with Horizontal(id="again-line"):
                yield Static(tr("Di nuovo", lang), markup=False, classes="name")
                yield from boxed(Input(password=True, id="again", compact=True))
            if self._seat.asks_otp:
                with Horizontal():
                    yield Static(tr("Codice", lang), markup=False, classes="name")
                    yield from boxed(Input(id="otp", compact=True, placeholder=tr("sei cifre, dal telefono", lang)))
            yield Static(self._reason, id="message", markup=False)
            with Horizontal():
                yield Button(Content(f"[ {tr('Esci', lang)} ]"), id="leave", compact=True)
                yield Button(Content(f"[ {tr('Accedi', lang)} ]"), id="enter", compact=True)
                yield Button(Content(f"[ F3 {tr('Senza rete', lang)} ]"), id="alone", compact=True)

    def on_mount(self) -> None:
        """Offer at once what is left where the node was not there."""
        if self._refused is Code.NETWORK_UNREACHABLE:
            self._offer_alone(self._seat.profile.user)

    def hears(self, event: events.Key | events.Paste) -> bool:
        """Return whether a key was taken here: no field has the cursor yet, or what was sent is not answered yet."""
        text = event.text if isinstance(event, events.Paste) else event.character if event.is_printable else None
        enters = isinstance(event, events.Key) and event.key == "enter"
        if self._is_closed:
            if text is not None:
                self._was_hasty = True
                self._tell_connecting()
            return text is not None or enters
        if self.focused is not None:
            self._is_closed = enters and isinstance(self.focused, Input)
            return False
        if text is not None:
            self.password.value += text
            self.password.cursor_position = len(self.password.value)
        elif isinstance(event, events.Key) and event.key == "backspace":
            self.password.value = self.password.value[:-1]
        elif enters:
            self._is_closed = True
            self.call_later(self.start)
        else:
            return False
        return True

    @on(Input.Submitted, "#user,#password,#otp")
    @on(Button.Pressed, "#enter")
    def start(self) -> None:
        """Ask the node, once the telephone's code is there where one is asked for."""
        if self._is_connecting:
            return
        user, password = self.query_one("#user", Input).value, self.password.value
        code = self._code()
        if code is not None and not code.value.strip() and not code.has_focus:
            self.set_focus(code)
            self._is_closed = False
            return
        self._is_connecting = self._is_closed = True
        self._tell_connecting()
        otp = code.value.strip() if code is not None else ""
        self.run_worker(self._login(user.strip(), password, otp), group="login", exclusive=True)

    @on(Input.Submitted, "#again")
    @on(Button.Pressed, "#alone")
    def action_alone(self) -> None:
        """Let whoever is here take things without the node, once it is sure which password they go under."""
        if self._is_connecting or not self.has_class("away"):
            return
        again = self.query_one("#again", Input).value if self.has_class("twice") else None
        self._is_connecting = self._is_closed = True
        self.run_worker(self._sit_alone(self.password.value, again), group="login", exclusive=True)

    async def _sit_alone(self, password: str, again: str | None) -> None:
        try:
            done = await self._seat.sit_alone(password, again)
            self.post_message(self.Entered() if done else self.Wanted())
        except MagliaError as error:
            self.post_message(self.Refused(error, is_alone=True))

    @on(Wanted)
    def ask_again(self) -> None:
        """Have the password typed a second time."""
        self._is_connecting = self._is_closed = self._was_hasty = False
        self.add_class("twice")
        self._tell(tr(_TWICE, self._lang))
        self.query_one("#again", Input).focus()

    def _offer_alone(self, user: str) -> bool:
        """Offer to work without the node to whoever may; return whether that is so."""
        is_offered = self._seat.may_sit_alone(user)
        self.set_class(is_offered, "away")
        if is_offered:
            self._tell(tr(_ALONE, self._lang))
        return is_offered

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
        """Hand over to the screen beneath, once nothing is over this window: the palette may have been opened."""
        self._is_in = True
        self.pop_until_active()
        self._hand_over()

    @on(events.ScreenResume)
    def _hand_over(self) -> None:
        if self._is_in:
            self.dismiss(True)

    @on(Refused)
    def explain(self, message: Refused) -> None:
        """Say what happened and what to do next."""
        self._is_connecting = self._is_closed = self._was_hasty = False
        is_away = message.error.code is Code.NETWORK_UNREACHABLE
        if is_away and self._offer_alone(self.query_one("#user", Input).value.strip()):
            return
        sentence = sentence_of(message.error, self._lang, at_office=self._seat.profile.is_of_the_office)
        following = tr(_NEXT_ALONE.get(message.error.code, ""), self._lang) or sentence.next_action
        self._tell(f"!! {sentence.message}\n   {following}")
        if message.error.code is Code.INPUT_TYPED_TWICE:
            self.query_one("#again", Input).clear()
            return
        if not (is_away or message.is_alone):
            self.remove_class("away", "twice")
        if (code := self._code()) is not None:
            code.clear()
        if message.error.code in _OF_THE_CODE:
            return
        self.password.clear()

    def _tell_connecting(self) -> None:
        hasty = tr("Collegamento... Quanto si scrive ora non conta.", self._lang)
        self._tell(hasty if self._was_hasty else tr("Collegamento...", self._lang))

    def _tell(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))
