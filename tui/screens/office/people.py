"""Auditors and the network's data-protection officer, as two officers signed them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from maglia.core.translation import mark, tr
from tui.labels import OFFICES, label
from tui.lines import Line, Tone
from tui.office_rows import day_text
from tui.office_seat import OfficeSeat
from tui.officials_text import STATES, in_directory, official_lines, official_table, state_of
from tui.screens.office.view import Act, OfficeView
from tui.table import Table
from tui.widgets.listing import Column, ListRow

if TYPE_CHECKING:
    from maglia.core.directory import Official
    from tui.draft_check import InForce


class OfficialsView(OfficeView):
    """Auditors and the network's data-protection officer."""

    NAME = "officials"
    WORDS = mark("Incaricati")
    COLUMNS = (
        Column(mark("NOME")),
        Column(mark("NOME BREVE"), 14),
        Column(mark("INCARICO"), 19),
        Column(mark("STATO"), 14),
        Column(mark("FINO AL"), 11),
    )
    EMPTY = mark(
        "Nessun revisore e nessun responsabile. F2 per nominare con la richiesta di «maglia office official-key»."
    )

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self._people: Sequence[Official] = ()
        self._found: InForce | None = None

    async def read(self) -> Callable[[], None]:
        """Read whom the directory names, as two officers signed it."""
        from tui.in_force import read_in_force  # noqa: PLC0415 - cryptography is loaded after the first paint

        found = await read_in_force(self.seat.door.fetch, self.seat.profile)
        return lambda: self._show(found)

    def _show(self, found: InForce) -> None:
        self._found, self._people = found, in_directory(found)
        self.put([self._row(one, found) for one in self._people])

    def _row(self, one: Official, found: InForce) -> ListRow:
        state = state_of(one, found)
        role = tr("responsabile dati", self.lang) if one.role == "dpo" else ""
        cells = (
            one.name,
            one.id,
            role or label(OFFICES, one.role, self.lang),
            label(STATES, state, self.lang),
            day_text(one.act_expiry),
        )
        return ListRow(one.id, cells, Tone.CALM if state == "in_office" else Tone.PARTIAL)

    def detail(self, key: str) -> Sequence[str]:
        """Return what two officers signed of a person."""
        found = self._found
        if found is None:
            return ()
        return [line for one in self._people if one.id == key for line in official_lines(one, found, self.lang)[1:]]

    def said(self, key: str) -> Sequence[Line]:
        """Return what may be done."""
        _ = key
        words = tr("F2 nomina, o rinnova con la stessa chiave; F3 fa cessare; F9 ferma subito e per sempre.", self.lang)
        return [Line("  ", words, Tone.NOTE)]

    def main(self, key: str) -> str:
        """Return the act that appoints."""
        _ = key
        return "appoint"

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be done with a person, or without one."""
        appoint = Act("appoint", mark("Nomina o rinnova: due firme"))
        if not key:
            return (appoint,)
        return (
            appoint,
            Act("dismiss", mark("Fai cessare dalla carica: due firme")),
            Act("stop", mark("Ferma subito, da solo e per sempre")),
        )

    def table(self) -> Table | None:
        """Return everybody appointed."""
        return official_table(self._people, self._found, self.lang) if self._found is not None else None

    def forget(self) -> None:
        """Take away what was read."""
        self._people, self._found = (), None
        super().forget()
