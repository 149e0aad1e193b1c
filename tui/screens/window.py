"""A window over a screen: it closes once, whatever is pressed while it is closing."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

T = TypeVar("T")


class Window(ModalScreen[T]):
    """What every window of the console is."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with a result; nothing happens when it is closed already, where Textual would close what is beneath."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
