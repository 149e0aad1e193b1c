"""Bodies at the office, those that wait first, and the drafts that wait for a second signature."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from maglia.core.errors import MagliaError
from maglia.core.vocabulary import MemberState
from tui.labels import STATES, label, pick
from tui.lines import Line, Tone
from tui.office_body import WAITING, ends_soon, reminder_lines, said_of, short_lines, today, waited_days
from tui.office_model import MemberDetail, MemberRow, OpenDraft
from tui.office_rows import KINDS, day_text, member_table
from tui.office_seat import OfficeSeat
from tui.office_text import CHANGES
from tui.screens.office_view import Act, OfficeView
from tui.table import Table
from tui.text import plain, sentence_of
from tui.widgets.listing import Column, ListRow

if TYPE_CHECKING:
    from tui.open_drafts import Waiting

_SHEET = Act("sheet", ("Scheda completa, con la domanda", "Whole sheet, with the application"))
_HISTORY = Act("history", ("Storia nel registro firmato", "History in the signed log"))
_APPROVE = Act("approve", ("Firma l'ammissione", "Sign the admission"))
_MISSING = Act("missing", ("Restituisci: mancano documenti", "Give back: documents are missing"))
_DISCARD = Act("discard", ("Scarta la domanda", "Discard the application"))
_TOKEN = Act("token", ("Emetti il codice di attivazione", "Issue the activation code"))
_SUSPEND = Act("suspend", ("Sospendi subito, da solo", "Suspend at once, alone"))
_CHANGE = Act("change", ("Nuovo atto, aiuti o scopi: due firme", "New act, aid or purposes: two signatures"))
_REVOKE = Act("revoke", ("Revoca: due firme", "Revoke: two signatures"))
_REINSTATE = Act("reinstate", ("Riammetti: due firme", "Reinstate: two signatures"))
_CONTINUE = Act("go_on", ("Firma la bozza aperta", "Sign the open draft"))
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
_RANKS = {MemberState.APPLIED: 1, MemberState.DOCUMENTS_MISSING: 2, MemberState.APPROVED: 3}
_OTHERS, _GONE = 4, 5


class QueueView(OfficeView):
    """Every body: applications first, the oldest before the others."""

    NAME = "queue"
    WORDS = ("Coda", "Queue")
    COLUMNS = (
        Column(("ENTE", "BODY")),
        Column(("NOME BREVE", "SHORT NAME"), 24, from_width=110),
        Column(("TIPO", "KIND"), 12),
        Column(("DA", "FOR"), 6, right=True),
        Column(("FIRME", "SIGNED"), 7),
        Column(("STATO", "STATUS"), 23),
        Column(("ATTO FINO AL", "ACT UNTIL"), 13, from_width=110),
    )
    EMPTY = (
        "Nessun ente e nessuna domanda. Una domanda arriva con «maglia-node apply».",
        "No body and no application. One comes with “maglia-node apply”.",
    )

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self.rows: Sequence[MemberRow] = ()
        self.open: Sequence[OpenDraft] = ()
        self._problem: MagliaError | None = None
        self._details: dict[str, MemberDetail] = {}

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
        now, on = time.time(), today()
        self.put([_row(row, now, ends_soon(row, on), self.lang) for row in self.rows])

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
            words = ("Bozze non lette, elenco degli enti sì", "Drafts not read; the list of bodies is")
            why = sentence_of(self._problem, self.lang, at_office=True)
            said = f"{pick(words, self.lang)}: {why.message} {why.next_action}"
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
        super().forget()


def _order(row: MemberRow) -> tuple[int, int, str]:
    """Half-signed first, then what waits by its age, then the network; who was revoked last."""
    rank = next((rank for state, rank in _RANKS.items() if state == row.state), _OTHERS)
    rank = _GONE if row.state == MemberState.REVOKED else (0 if row.pending else rank)
    return rank, row.applied_at if row.state in WAITING else 0, row.member


def _row(row: MemberRow, now_s: float, is_ending: bool, lang: str) -> ListRow:
    waits = row.state in WAITING
    day = pick(("g", "d"), lang)
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


class DraftsView(OfficeView):
    """Every draft that somebody has signed, as this console reads it."""

    NAME = "drafts"
    WORDS = ("Bozze", "Drafts")
    COLUMNS = (
        Column(("BOZZA", "DRAFT")),
        Column(("FIRME", "SIGNED"), 7),
        Column(("HA FIRMATO", "SIGNED BY"), 22),
    )
    EMPTY = (
        "Nessuna bozza da firmare. F3 per firmare di nuovo l'elenco, o nuove regole.",
        "No draft to sign. F3 to sign the directory again, or new rules.",
    )

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self._waiting: Sequence[Waiting] = ()

    async def read(self) -> Callable[[], None]:
        """Read each open draft against what is verified to be in force."""
        from tui.open_drafts import waiting_drafts  # noqa: PLC0415 - cryptography is loaded after the first paint

        found = await waiting_drafts(self.seat.door, self.seat.profile)
        return lambda: self._show(found)

    def _show(self, found: Sequence[Waiting]) -> None:
        self._waiting = found
        self.put([_draft_row(one, self.lang) for one in found])

    @property
    def told_all(self) -> Sequence[OpenDraft]:
        """Return the drafts as the registry tells them."""
        return [one.told for one in self._waiting]

    def detail(self, key: str) -> Sequence[str]:
        """Return exactly what a draft changes, or why it can't be signed."""
        return next((one.differences or [one.problem] for one in self._waiting if one.told.draft == key), ())

    def said(self, key: str) -> Sequence[Line]:
        """Return what a draft waits for."""
        one = next((one for one in self._waiting if one.told.draft == key), None)
        if one is None:
            return ()
        if one.problem:
            words = ("Questa bozza non fa ciò che il registro ne dice: non firmarla.",
                     "This draft does not do what the registry says of it: do not sign it.")  # fmt: skip
            return [Line("!!", pick(words, self.lang), Tone.FOUND)]
        names = ", ".join(one.told.signer_names)
        needed = (f"Serve una seconda firma: {names} ha già firmato.", f"A second signature is needed: {names} signed.")
        shown = ("Sopra c'è tutto ciò che cambia. F2 lo mostra di nuovo e chiede la firma.",
                 "Above is all that changes. F2 shows it again and asks for the signature.")  # fmt: skip
        return [
            Line("!!", pick(needed, self.lang), Tone.FOUND),
            Line("  ", pick(shown, self.lang), Tone.NOTE),
        ]

    def count(self) -> int:
        """Return how many drafts wait."""
        return len(self._waiting)

    def main(self, key: str) -> str:
        """Return the act that signs the draft under the cursor."""
        one = next((one for one in self._waiting if one.told.draft == key), None)
        return "sign_draft" if one is not None and not one.problem else ""

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be signed."""
        own = (Act("sign_draft", ("Firma questa bozza", "Sign this draft")),) if self.main(key) else ()
        return (
            *own,
            Act("renew", ("Firma di nuovo l'elenco com'è", "Sign the directory again as it is")),
            Act("policies", ("Nuove regole della rete, per revisione", "New rules of the network, by revision")),
            Act("log_key", ("Nuova chiave del registro", "New key of the registry's log")),
            Act("office_history", ("Storia dell'ufficio: regole, procedure, radice", "History of the office")),
        )

    def forget(self) -> None:
        """Take away what was read."""
        self._waiting = ()
        super().forget()


def _draft_row(one: Waiting, lang: str) -> ListRow:
    told = one.told
    named = [
        f"{label(CHANGES, change.act, lang)} "
        f"{plain(change.procedure.id if change.procedure else change.member or change.policies)}".strip()
        for change in told.changes
    ]
    what = ", ".join(named) or pick(("rinnovo", "renewal"), lang)
    cells = (what, f"{len(told.signer_names)}/{told.threshold}", ", ".join(told.signer_names))
    return ListRow(told.draft, cells, Tone.FOUND if one.problem else Tone.CALM)
