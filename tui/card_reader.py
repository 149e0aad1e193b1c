"""A card reader at the console: which keys are its own, and what the field that had the cursor held before them."""

from __future__ import annotations

from textual import events
from textual.widget import Widget
from textual.widgets import Input

from tui.scanning import Scanner


class CardReader:
    """Hears every key of the console, in the order in which they are pressed."""

    def __init__(self) -> None:
        self._scanner = Scanner()
        self._over: tuple[Input, str] | None = None

    @property
    def field(self) -> Input | None:
        """Return the field that the last card was read over, None where there was none."""
        return self._over[0] if self._over is not None else None

    def hears(self, event: events.Key, focused: Widget | None) -> str | None:
        """Return the code of a card once a key is the Enter of the reader that typed it."""
        if event.key == "enter":
            return self._scanner.enter(event.time)
        if event.character is None or not event.is_printable:
            self._scanner.other()
            return None
        if self._scanner.hears_first(event.time):
            self._over = (focused, focused.value) if isinstance(focused, Input) else None
        self._scanner.character(event.character, event.time)
        return None

    def fills(self, field: str) -> bool:
        """Return whether the card was read into an empty field of that id, where its code and Enter belong."""
        return self._over is not None and self._over[0].id == field and not self._over[1]

    def put_back(self) -> None:
        """Give the field the text that it held before the card."""
        if self._over is not None:
            field, value = self._over
            field.value = value
