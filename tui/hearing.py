"""Every key of the console, heard once: by the lock, by the card reader, then by whatever has the cursor."""

from __future__ import annotations

from functools import partial

from textual import events
from textual.app import App
from textual.widgets import Input

from tui.card_reader import CardReader
from tui.held_keys import HeldKeys
from tui.locking import Lock
from tui.screens.login import LoginScreen
from tui.screens.work import WorkScreen
from tui.terminal import LEFT_ALONE

_STIRS = (events.Key, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp, events.Paste)


class HearingApp(App[None]):
    """An app whose keys come in their order, and whose cards are read wherever the cursor is."""

    def __init__(self, lock: Lock) -> None:
        super().__init__()
        self.lock = lock
        self._reader = CardReader()
        self._held = HeldKeys(self, self.on_event)

    def route(self, code: str) -> None:
        """Give a card's code to whoever knows what to do with it."""
        raise NotImplementedError

    async def on_event(self, event: events.Event) -> None:
        """Hear every key once, for the card reader and the lock, before it goes where it should."""
        if isinstance(event, _STIRS) and not event.is_forwarded:  # a forwarded one has only come back
            self.lock.stir()
            if isinstance(event, events.Paste):
                event.text = "".join(sign for sign in event.text if sign.isprintable() or sign == "\n")
            if isinstance(event, events.Key | events.Paste) and self._takes(event):
                return
            if isinstance(event, events.Key):
                await self._press(event)
                return
        await super().on_event(event)

    def _takes(self, event: events.Key | events.Paste) -> bool:
        """Return whether what was pressed is not for the widget that has the cursor, or not yet."""
        if self._held.takes(event):
            return True
        if isinstance(event, events.Key) and (event.key in LEFT_ALONE or self._takes_card(event)):
            return True
        return isinstance(self.screen, LoginScreen) and self.screen.hears(event)

    async def _press(self, event: events.Key) -> None:
        """Do what a key does before the next one goes anywhere, but for text: a field reads that in its order."""
        goes_to = self.focused or self.screen
        is_text = isinstance(goes_to, Input) and event.is_printable
        await super().on_event(event)
        if not is_text:
            self._held.until_read([*goes_to.ancestors_with_self, self])

    def _takes_card(self, event: events.Key) -> bool:
        """Return whether a key was the Enter of a card reader, whose code goes to the screen instead of the field."""
        focused = self.focused or (self.screen.password if isinstance(self.screen, LoginScreen) else None)
        code = self._reader.hears(event, focused)
        if code is None or (isinstance(self.screen, WorkScreen) and self._reader.fills(self.screen.SCANS_INTO)):
            return False
        self._held.until_read([self._reader.field or self], partial(self._route, code))
        return True

    def _route(self, code: str) -> None:
        """Let what stood in the field be there again, which a card's letters went through."""
        self._reader.put_back()
        self.route(code)
