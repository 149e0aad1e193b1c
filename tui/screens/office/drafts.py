"""The drafts that wait for a second signature, and what concerns the whole directory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from maglia.core.translation import mark, tr
from tui.lines import Line, Tone
from tui.office_changes import reason_lines
from tui.office_model import OpenDraft
from tui.office_seat import OfficeSeat
from tui.office_text import draft_words
from tui.screens.office.view import Act, OfficeView
from tui.screens.office.words import OWN
from tui.widgets.listing import Column, ListRow

if TYPE_CHECKING:
    from tui.open_drafts import Waiting


class DraftsView(OfficeView):
    """Every draft that somebody has signed, as this console reads it."""

    NAME = "drafts"
    WORDS = mark("Bozze")
    ACTS_ARE_OF_ROW = False
    IS_READ_BELOW = True
    COLUMNS = (
        Column(mark("BOZZA")),
        Column(mark("FIRME"), 7),
        Column(mark("HA FIRMATO"), 22),
    )
    EMPTY = mark("Nessuna bozza da firmare. F3 per firmare di nuovo l'elenco, o nuove regole.")

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
        one = next((one for one in self._waiting if one.told.draft == key), None)
        if one is None:
            return ()
        return [*one.differences, *reason_lines(one.told.changes, self.lang)] if one.differences else [one.problem]

    def said(self, key: str) -> Sequence[Line]:
        """Return what a draft waits for."""
        one = next((one for one in self._waiting if one.told.draft == key), None)
        if one is None:
            return ()
        if one.log_key:
            words = tr("F2 chiede la nuova chiave, da scrivere come la si sente.", self.lang)
            return [Line("!!", words, Tone.FOUND)]
        if one.problem:
            words = tr("Questa bozza non fa ciò che il registro ne dice: non firmarla.", self.lang)
            return [Line("!!", words, Tone.FOUND)]
        if self.seat.user in one.told.signed_by:
            return [Line("!!", tr(OWN, self.lang), Tone.FOUND)]
        names = ", ".join(one.told.signer_names)
        needed = tr("Serve una seconda firma: {names} ha già firmato.", self.lang).format(names=names)
        shown = tr("Sopra c'è tutto ciò che cambia. F2 lo mostra di nuovo e chiede la firma.", self.lang)
        return [Line("!!", needed, Tone.FOUND), Line("  ", shown, Tone.NOTE)]

    def count(self) -> int:
        """Return how many drafts wait."""
        return len(self._waiting)

    def main(self, key: str) -> str:
        """Return the act that signs the draft under the cursor."""
        one = next((one for one in self._waiting if one.told.draft == key), None)
        if one is None or self.seat.user in one.told.signed_by:
            return ""
        return "log_key" if one.log_key else "sign_draft" * (not one.problem)

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be signed."""
        own = (Act("sign_draft", mark("Firma questa bozza")),) if self.main(key) == "sign_draft" else ()
        return (
            *own,
            Act("renew", mark("Firma di nuovo l'elenco com'è")),
            Act("policies", mark("Nuove regole della rete, per revisione")),
            Act("log_key", mark("Nuova chiave del registro")),
            Act("office_history", mark("Storia dell'ufficio: regole, procedure, radice")),
            Act("logins", mark("Accessi all'ufficio rifiutati")),
        )

    def forget(self) -> None:
        """Take away what was read."""
        self._waiting = ()
        super().forget()


def _draft_row(one: Waiting, lang: str) -> ListRow:
    told = one.told
    cells = (draft_words(told, lang), f"{len(told.signer_names)}/{told.threshold}", ", ".join(told.signer_names))
    return ListRow(told.draft, cells, Tone.FOUND if one.problem else Tone.CALM)
