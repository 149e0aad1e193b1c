"""The palette of commands, in the operator's language also where it finds nothing."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette
from textual.content import Content
from textual.widgets.option_list import Option

from maglia.core.translation import tr


class Palette(CommandPalette):
    """Textual's palette, whose one sentence of its own is English in every language."""

    def __init__(self, lang: str) -> None:
        super().__init__(placeholder=tr("Cerca un comando...", lang), id="--command-palette")
        self._lang = lang

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Say that nothing is found, once it is sure: in place of Textual's own, which takes no words."""
        self._stop_no_matches_countdown()
        self._no_matches_timer = self.set_timer(
            self._NO_MATCHES_COUNTDOWN, lambda: self._say_nothing_is_found(search_value)
        )

    def _say_nothing_is_found(self, searched: str) -> None:
        if searched:
            words = Content(tr("Nessun comando trovato", self._lang))
            self.query_one(CommandList).add_option(Option(words, disabled=True, id=self._NO_MATCHES))
        self._list_visible = bool(searched)
