"""Bodies at the office, those that wait first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from time import time

from textual.widget import Widget

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import MemberState
from tui.labels import STATES, label
from tui.lines import Line, Tone
from tui.office_body import WAITING, ends_soon, reminder_lines, said_of, short_lines, today, waited_days
from tui.office_model import MemberDetail, MemberRow, OpenDraft
from tui.office_rows import KINDS, day_text, member_table
from tui.office_seat import OfficeSeat
from tui.screens.office.view import Act, OfficeView
from tui.table import Table
from tui.text import sentence_of
from tui.widgets.bars import Bar, Bars
from tui.widgets.listing import Column, ListRow

_SHEET = Act("sheet", mark("Scheda completa, con la domanda"))
_HISTORY = Act("history", mark("Storia nel registro firmato"))
_APPROVE = Act("approve", mark("Firma l'ammissione"))
_MISSING = Act("missing", mark("Restituisci: mancano documenti"))
_DISCARD = Act("discard", mark("Scarta la domanda"))
_TOKEN = Act("token", mark("Emetti il codice di attivazione"))
_SUSPEND = Act("suspend", mark("Sospendi subito, da solo"))
_CHANGE = Act("change", mark("Nuovo atto, aiuti o scopi: due firme"))
_REVOKE = Act("revoke", mark("Revoca: due firme"))
_REINSTATE = Act("reinstate", mark("Riammetti: due firme"))
_CONTINUE = Act("go_on", mark("Firma la bozza aperta"))
_IN_NETWORK = (_CHANGE, _SUSPEND, _REVOKE)
_BY_STATE: dict[str, tuple[Act, ...]] = {
    MemberState.APPLIED: (_APPROVE, _MISSING, _DISCARD),
    MemberState.DOCUMENTS_MISSING: (_DISCARD,),
    MemberState.APPROVED: (_TOKEN, *_IN_NETWORK),
    MemberState.ACTIVE: _IN_NETWORK,
    MemberState.EXPIRING: _IN_NETWORK,
    MemberState.SUSPENDED: (_REINSTATE, _REVOKE),
}
_MAIN = frozenset({_APPROVE, _TOKEN})
_RANKS = (
    MemberState.APPLIED,
    MemberState.DOCUMENTS_MISSING,
    MemberState.APPROVED,
    MemberState.EXPIRING,
    MemberState.SUSPENDED,
    MemberState.ACTIVE,
    MemberState.REVOKED,
)


class QueueView(OfficeView):
    """Every body: applications first, the oldest before the others."""

    NAME = "queue"
    WORDS = mark("Coda")
    COLUMNS = (
        Column(mark("ENTE")),
        Column(mark("NOME BREVE"), 24, from_width=110),
        Column(mark("TIPO"), 12),
        Column(mark("DA"), 6, right=True),
        Column(mark("FIRME"), 7),
        Column(mark("STATO"), 23),
        Column(mark("ATTO FINO AL"), 13, from_width=110),
    )
    EMPTY = mark("Nessun ente e nessuna domanda. Una domanda arriva con «maglia-node apply».")

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self.rows: Sequence[MemberRow] = ()
        self.open: Sequence[OpenDraft] = ()
        self._problem: MagliaError | None = None
        self._details: dict[str, MemberDetail] = {}
        self._bars = Bars(tr("Enti per stato", self.lang))
        self._bars.add_class("wide")

    def compose(self) -> Iterable[Widget]:
        """Lay out the bodies and, where there is room, how many are in which state."""
        yield self.listing
        yield self._bars

    async def read(self) -> Callable[[], None]:
        """Read all bodies and, where the registry tells them too, the open drafts."""
        door = self.seat.door
        rows, problem = await door.members(), None
        drafts: Sequence[OpenDraft] = ()
        try:
            drafts = await door.drafts()
        except MagliaError as error:
            problem = error
        return lambda: self._show(rows, drafts, problem)

    def _show(self, rows: Sequence[MemberRow], drafts: Sequence[OpenDraft], problem: MagliaError | None) -> None:
        self.rows, self.open, self._problem = sorted(rows, key=_order), drafts, problem
        self._details.clear()
        counts = Counter(row.state for row in rows)
        self._bars.show(
            [
                Bar(label(STATES, state, self.lang), counts[state], f"{counts[state]}")
                for state in _RANKS
                if counts[state]
            ]
        )
        now, on = time(), today()
        self.put([_row(row, now, ends_soon(row, on), self.lang) for row in self.rows])

    @property
    def knows_drafts(self) -> bool:
        """Return whether the open drafts came with the bodies."""
        return self.is_read and self._problem is None

    def row(self, key: str) -> MemberRow | None:
        """Return a body by its short name."""
        return next((row for row in self.rows if row.member == key), None)

    def lacks(self, key: str) -> bool:
        """Return whether the application is not here yet."""
        return bool(key) and key not in self._details

    async def read_row(self, key: str) -> Callable[[], None]:
        """Read a body's application."""
        found = await self.seat.door.member(key)
        return lambda: self._details.update({key: found})

    def known(self, key: str) -> MemberDetail | None:
        """Return a body's application if it was read."""
        return self._details.get(key)

    def detail(self, key: str) -> Sequence[str]:
        """Return a body's papers in short."""
        found = self._details.get(key)
        return () if found is None else short_lines(found, self.lang)

    def said(self, key: str) -> Sequence[Line]:
        """Return what a body waits for, which acts end soon, and what could not be read."""
        on, row = today(), self.row(key)
        lines = said_of(row, self.seat.user, on, self.lang) if row else []
        if self._problem is not None:
            words = tr("Bozze non lette, elenco degli enti sì", self.lang)
            why = sentence_of(self._problem, self.lang, at_office=True)
            said = f"{words}: {why.message} {why.next_action}"
            return [Line("??", said, Tone.PARTIAL), *lines]
        return [*lines, *reminder_lines(self.rows, on, self.lang)]

    def count(self) -> int:
        """Return how many applications wait for the office."""
        return sum(row.state == MemberState.APPLIED for row in self.rows)

    def main(self, key: str) -> str:
        """Return what a body waits for."""
        return next((act.name for act in self.acts(key) if act in {*_MAIN, _CONTINUE}), "")

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be done with a body in its state."""
        row = self.row(key)
        if row is None:
            return ()
        found = _BY_STATE.get(row.state, ())
        if row.pending:
            found = (_CONTINUE, *(act for act in found if act not in _MAIN))
        return (*found, _SHEET, _HISTORY)

    def table(self) -> Table:
        """Return the whole list."""
        return member_table(self.rows, self.lang)

    def forget(self) -> None:
        """Take away what was read."""
        self.rows, self.open, self._problem = (), (), None
        self._details.clear()
        self._bars.show([])
        super().forget()


def _order(row: MemberRow) -> tuple[bool, int, int, str]:
    """Half-signed first, then by what has to be done; applications by their age, others by name."""
    rank = next((at for at, state in enumerate(_RANKS) if state == row.state), len(_RANKS))
    return not row.pending, rank, row.applied_at if row.state in WAITING else 0, row.name or row.member


def _row(row: MemberRow, now_s: float, is_ending: bool, lang: str) -> ListRow:
    waits = row.state in WAITING
    day = tr("g", lang)
    state = label(STATES, row.state, lang)
    if is_ending and not waits:
        state = f"{state} {day_text(row.act_expiry)}"
    cells = (
        row.name or row.member,
        row.member,
        label(KINDS, row.kind, lang),
        f"{waited_days(row, now_s)} {day}" if waits else "-",
        f"{len(row.signed_by)}/{row.threshold}" if waits or row.pending else "-",
        state,
        day_text(row.act_expiry) or "-",
    )
    is_twice = bool(row.same_fiscal_code) and waits
    tone = Tone.FOUND if row.pending else (Tone.PARTIAL if is_ending or is_twice else Tone.CALM)
    return ListRow(row.member, cells, tone)
