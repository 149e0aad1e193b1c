"""The first part of ACCESSI: entries and signals of the logs that were read."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.lines import Line, Tone
from tui.screens.accesses.base import SEARCH, AccessesBase
from tui.screens.accesses.later import tools
from tui.screens.accesses.words import JUDGING, NO_ENTRY, NOT_READ, SEARCHING
from tui.screens.long_work import GoOn
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from tui.audit.anomalies import Anomalies
    from tui.audit.day import Searched
    from tui.audit.search import Found, Query
    from tui.table import Table

PAGE = 200
"""Entries of one search; a row at the end asks for more."""


class SearchPart(AccessesBase):
    """Searches: each is put on file in the auditor's name, and the screen says so before."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # the seat
        self._query: Query | None = None

    def failed(self, error: MagliaError) -> None:
        """Say why; the cursor goes to the name that nobody knows."""
        super().failed(error)
        if error.code is Code.INPUT_LOG_UNKNOWN:
            self.fields.member.input.focus()

    def action_search(self) -> None:
        """Look for entries as the fields say."""
        if not self.logs:
            self.look()
            return
        try:
            self._look(self.fields.query_of_entries())
        except MagliaError as error:
            self.explain(error)

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Look for entries: Enter in a field asks."""
        self.action_search()

    def _look(self, query: Query) -> None:
        self.searched = self.signals = None
        self._query = query
        self.listing("entries").say(tr(SEARCHING, self.lang))
        self.action_part(SEARCH)
        self._read_on("")

    def _read_on(self, page: str) -> None:
        if self._query is None:
            return
        search = partial(tools.search_logs, self.seat.profile, self._query, PAGE, page)
        self.in_thread("search", lambda _go_on: search(), self._show_entries)

    def _show_entries(self, found: Searched) -> None:
        if self.searched is not None:
            found = replace(found, page=replace(found.page, entries=[*self.searched.page.entries, *found.page.entries]))
        self.searched = found
        rows = tools.rows.entry_rows(found, self.lang)
        asked = self._query.member if self._query is not None else ""
        none = tr(NOT_READ if asked in found.unread else NO_ENTRY, self.lang).format(member=asked)
        self.listing("entries").show(rows, none, found.total if found.page.next_page else None)
        self.action_part(SEARCH)

    def table(self) -> Table | None:
        """Return the signals, or the entries that were read so far."""
        if self.signals is not None:
            return tools.anomaly_table(self.signals, self.lang)
        return None if self.searched is None else self._entries_table(self.searched)

    def _entries_table(self, found: Searched) -> Table:
        partial = tools.partial_line(found.unread, found.members_total, self.lang) if found.unread else ""
        return tools.search_table(found.page, self.lang, found.titles, partial)

    def action_export(self) -> None:
        """Write what is shown; of entries all that were found, for whoever is handed the file can't ask for more."""
        query, shown = self._query, self.searched
        if self.at != SEARCH or self.signals is not None or query is None or shown is None or not shown.page.next_page:
            super().action_export()
            return

        def read(go_on: GoOn) -> Searched:
            return tools.search_whole(self.seat.profile, query, partial(self._tell_entries, go_on))

        self.in_thread("search", read, lambda found: self.export(self._entries_table(found)))

    def _tell_entries(self, go_on: GoOn, done: int, total: int) -> None:
        go_on()
        self.progress(lambda: [Line("  ", tools.rows.entries_line(done, total, self.lang), Tone.NOTE)])

    @on(Listing.Chosen, "#entries")
    def open_entry(self, event: Listing.Chosen) -> None:
        """Show all that an entry says, or go on to older ones."""
        if self.searched is None:
            return
        if event.key == tools.rows.MORE:
            self._read_on(self.searched.page.next_page)
            return
        one = next(one for one in self.searched.page.entries if tools.rows.entry_key(one) == event.key)
        self.app.push_screen(tools.entry_window(one, self.searched.titles, self.lang), partial(self._follow_entry, one))

    def _follow_entry(self, one: Found, answer: str | None) -> None:
        if answer:
            self._look(tools.following(one, answer))

    def action_signals(self) -> None:
        """Look for what the rules signal."""
        if not self.logs:
            self.look()
            return
        try:
            first, last = self.fields.span(int(time.time() * 1000))
        except MagliaError as error:
            self.explain(error)
            return
        member, operator = self.fields.member.text, self.fields.operator.text

        def find(go_on: GoOn) -> Anomalies:
            tell = partial(self._tell_days, go_on)
            return tools.find_signals(self.seat.profile, first, last, member, operator, tell=tell)

        self.in_thread("search", find, self._show_signals)
        self.note(JUDGING)

    def _tell_days(self, go_on: GoOn, done: int, total: int) -> None:
        go_on()
        self.progress(lambda: [Line("  ", tools.rows.days_line(done, total, self.lang), Tone.NOTE)])

    def _show_signals(self, found: Anomalies) -> None:
        self.signals = found
        self.listing("signals").show(tools.rows.signal_rows(found, self.lang), tools.signals_line(found, self.lang))
        self.action_part(SEARCH)

    @on(Listing.Chosen, "#signals")
    def open_signal(self, event: Listing.Chosen) -> None:
        """Show the entries of the day that a signal is about."""
        kind, _, at = event.key.partition("/")
        if kind == "signal" and self.signals is not None:
            self._look(tools.entries_of(self.signals.found[int(at)]))

    def say_of_part(self) -> None:
        """Say that searches are recorded, what signals mean, and that a part of the logs is not the whole."""
        super().say_of_part()
        if not self.logs or self.at != SEARCH:
            return
        said = [tr("Questa ricerca viene registrata a suo nome.", self.lang)]
        if self.signals is not None:
            said = [tools.signals_line(self.signals, self.lang), *tools.notes(self.signals, self.lang)]
        unread, total = tools.unread_of(self.logs)
        lines = [Line("??", tools.partial_line(unread, total, self.lang), Tone.PARTIAL)] if unread else []
        self.tell(*lines, *(Line("  ", line, Tone.NOTE) for line in said))
