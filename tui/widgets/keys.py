"""The last line of a screen: each key with its word, to press or to click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual import events
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.translation import tr


class Action(NamedTuple):
    """One thing to do: its key, its name, what it is called; shown in the last line and in the palette."""

    key: str
    shown: str
    name: str
    words: str


class KeyLine(Horizontal):
    """The keys in order. Where there is no room for every word, the last ones stay in the palette alone."""

    DEFAULT_CSS = "KeyLine { height: 1; dock: bottom; }"

    def __init__(self, actions: Sequence[Action], lang: str) -> None:
        super().__init__()
        self._actions = actions
        self._lang = lang

    def compose(self) -> Iterable[Widget]:
        """Lay out one label for each action."""
        for action in self._actions:
            yield KeyLabel(action, self._lang)

    def on_resize(self, event: events.Resize) -> None:
        """Show as many keys as fit whole: half a word helps nobody."""
        left = event.size.width + 1
        for label in self.query(KeyLabel):
            left -= label.cells + 1
            label.display = left >= 0

    def refresh_keys(self) -> None:
        """Dim what is not possible now."""
        for label in self.query(KeyLabel):
            label.set_class(not self.screen.check_action(label.action.name, ()), "off")


class KeyLabel(Static):
    """One clickable key."""

    DEFAULT_CSS = """
    KeyLabel { width: auto; margin-right: 1; }
    KeyLabel:hover { text-style: underline; }
    KeyLabel.off { color: $foreground 40%; }
    """

    def __init__(self, action: Action, lang: str) -> None:
        word = tr(action.words, lang)
        said = Content.assemble((action.shown, "bold"), f" {word}" if word else "")
        super().__init__(said, markup=False)
        self.action = action
        self.cells = said.cell_length
        """How wide it is, in cells."""

    async def on_click(self) -> None:
        """Do what the key does."""
        await self.screen.run_action(self.action.name)
