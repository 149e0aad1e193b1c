"""What is looked for in the logs that were read: by whom, where, when, what, for what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widget import Widget

from maglia.core.operator_day import italian_time
from maglia.core.translation import tr
from tui.audit.entry_words import ENTRY_KINDS
from tui.labels import PURPOSES, Labels, label
from tui.text import check_span, parse_day
from tui.widgets.entry import Choice, Field
from tui.widgets.frame import Panel

if TYPE_CHECKING:
    from tui.audit.search import Query

RECENT_DAYS = 30
"""How far back signals are looked for when nobody says."""


class SearchFields(Panel):
    """The fields of one search; what is empty is not asked."""

    DEFAULT_CSS = """
    SearchFields Horizontal.pair { height: 1; }
    SearchFields Select { max-width: 26; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang
        hint = tr("gg/mm/aaaa", lang)
        short = tr("nome breve", lang)
        self.member = Field(tr("Ente", lang), "member", width=22, hint=short)
        self.operator = Field(tr("Operatore", lang), "operator", width=22)
        self.since = Field(tr("Dal", lang), "since", width=12, longest=10, hint=hint)
        self.until = Field(tr("Al", lang), "until", width=12, longest=10, hint=hint)
        self.kind = Choice(tr("Voce", lang), "kind", self._choices(ENTRY_KINDS), "")
        self.purpose = Choice(tr("Scopo", lang), "purpose", self._choices(PURPOSES), "")

    def _choices(self, words: Labels) -> list[tuple[str, str]]:
        every = tr("tutto", self._lang)
        return [(every, ""), *((label(words, str(code), self._lang), str(code)) for code in words)]

    def compose(self) -> Iterable[Widget]:
        """Lay out the fields two by two."""
        pairs = (self.member, self.operator), (self.since, self.until), (self.kind, self.purpose)
        for pair in pairs:
            yield Horizontal(*pair, classes="pair")

    def query_of_entries(self) -> Query:
        """Return which entries are wanted; raise `input.date` or `input.date_order`."""
        from tui.audit.search import Query, midnight_ms  # noqa: PLC0415 - SQLAlchemy is loaded after the first paint

        since, until = self.since.text, self.until.text
        if since and until:
            check_span(parse_day(since), parse_day(until))
        return Query(
            member=self.member.text,
            operator=self.operator.text,
            kind=self.kind.code,
            purpose=self.purpose.code,
            since_ms=midnight_ms(since),
            until_ms=midnight_ms(until, days=1),
        )

    def span(self, now_ms: int) -> tuple[date, date]:
        """Return between which days signals are wanted, both included; raise `input.date` or `input.date_order`."""
        last = parse_day(self.until.text) if self.until.text else italian_time(now_ms).date()
        first = parse_day(self.since.text) if self.since.text else last - timedelta(days=RECENT_DAYS)
        check_span(first, last)
        return first, last

    def clear(self) -> None:
        """Leave empty fields."""
        for field in (self.member, self.operator, self.since, self.until):
            field.input.value = ""
        for choice in (self.kind, self.purpose):
            choice.select.value = ""
