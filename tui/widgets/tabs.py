"""The parts of a screen by number, to be chosen by key or by click, with how many things wait in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static


class Tabs(Horizontal):
    """One line of names; the one that is shown stands between brackets."""

    DEFAULT_CSS = "Tabs { height: 1; }"

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._tabs = [_Tab(at, name) for at, name in enumerate(names)]

    def compose(self) -> Iterable[Widget]:
        """Lay out the names."""
        yield from self._tabs

    def show(self, chosen: int, counts: Sequence[int]) -> None:
        """Mark one name, and say how many things wait behind each."""
        for tab, count in zip(self._tabs, counts, strict=True):
            tab.show(count, is_chosen=tab.at == chosen)


class _Tab(Static):
    DEFAULT_CSS = "_Tab { width: auto; margin-right: 1; } _Tab:hover { text-style: underline; }"

    def __init__(self, at: int, name: str) -> None:
        super().__init__(markup=False)
        self.at = at
        self._name = name

    def show(self, count: int, *, is_chosen: bool) -> None:
        waiting = f" ({count})" if count else ""
        said = f"{self.at + 1} {self._name}{waiting}"
        self.update(Content.styled(f"[{said}]", "bold") if is_chosen else Content(f" {said} "))

    def on_click(self) -> None:
        self.post_message(Tabs.Chosen(self.at))
