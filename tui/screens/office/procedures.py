"""Procedures that two officers signed, and what bodies had evaluated today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.widget import Widget

from maglia.core.procedures import Procedure
from maglia.core.translation import mark, tr
from tui.budget_text import CLASSES, USES, office_budget_table
from tui.labels import label
from tui.lines import Line, Tone
from tui.office_model import Budgets
from tui.office_rows import day_text
from tui.office_seat import OfficeSeat
from tui.screens.office.view import Act, OfficeView
from tui.table import Table
from tui.text import number
from tui.widgets.bars import Bar, Bars
from tui.widgets.listing import Column, Listing, ListRow


class ProceduresView(OfficeView):
    """Procedures that two officers signed, and how much bodies had evaluated today."""

    NAME = "procedures"
    WORDS = mark("Procedure")
    COLUMNS = (
        Column(mark("PROCEDURA")),
        Column(mark("ATTO"), 20),
        Column(mark("LIMITE"), 9, right=True),
        Column(mark("SPESO"), 9, right=True),
        Column(mark("FINO AL"), 11),
        Column(mark("ENTI"), 40, from_width=110),
    )
    EMPTY = mark("Nessuna procedura. F2 per dichiararne una: due firme.")
    _TODAY = (
        Column(mark("OGGI, ENTE")),
        Column(mark("CHE COSA"), 24),
        Column(mark("SPESO"), 9, right=True),
        Column(mark("LIMITE"), 9, right=True),
    )

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self.called: Sequence[Procedure] = ()
        self._budgets: Budgets | None = None
        none = tr("Oggi nessun codice valutato.", self.lang)
        self._today = Listing(self._TODAY, self.lang, none, id="today-rows")
        self._bars = Bars(tr("Limiti di oggi", self.lang), whole=1.0)
        self._bars.add_class("wide")

    def compose(self) -> Iterable[Widget]:
        """Lay out procedures, then the day's budgets, and where there is room their chart."""
        yield self.listing
        yield self._today
        yield self._bars

    async def read(self) -> Callable[[], None]:
        """Read procedures and budgets."""
        called, budgets = await self.seat.door.procedures(), await self.seat.door.budgets()
        return lambda: self._show(called, budgets)

    def _show(self, called: Sequence[Procedure], budgets: Budgets) -> None:
        self.called, self._budgets = called, budgets
        self.put([self._row(one, budgets) for one in called])
        rows = [
            ListRow(
                f"{at}",
                (
                    one.holder,
                    f"{label(CLASSES, one.cls, self.lang)}, {label(USES, one.use, self.lang)}",
                    number(one.spent, self.lang),
                    number(one.limit, self.lang),
                ),
                Tone.FOUND if one.spent >= one.limit else Tone.CALM,
            )
            for at, one in enumerate(budgets.today)
        ]
        self._today.show(rows)
        self._bars.show(
            [
                Bar(
                    f"{one.holder}, {label(USES, one.use, self.lang)}",
                    one.spent / max(one.limit, 1),
                    f"{one.spent * 100 // max(one.limit, 1)} %",
                )
                for one in budgets.today
            ]
        )

    def _row(self, called: Procedure, budgets: Budgets) -> ListRow:
        spent = max((one.spent for one in budgets.procedures if one.procedure == called.id), default=0)
        cells = (
            called.id,
            called.act,
            number(called.cap, self.lang),
            number(spent, self.lang),
            day_text(called.expires),
            ", ".join(called.members),
        )
        return ListRow(called.id, cells, Tone.FOUND if spent >= called.cap else Tone.CALM)

    def detail(self, key: str) -> Sequence[str]:
        """Return whose a procedure is, and what each of them spent under it."""
        found = next((one for one in self.called if one.id == key), None)
        if found is None or self._budgets is None:
            return ()
        lines = [f"{tr('Enti', self.lang)}: {', '.join(found.members) or '-'}"]
        of = tr("su", self.lang)
        for one in self._budgets.procedures:
            if one.procedure == key:
                what = label(CLASSES, one.cls, self.lang)
                lines.append(f"{one.holder}, {what}: {number(one.spent, self.lang)} {of} {number(one.cap, self.lang)}")
        return lines

    def said(self, key: str) -> Sequence[Line]:
        """Return what may be done."""
        _ = key
        words = tr("Si contano i codici valutati, non le persone. F2 dichiara una procedura.", self.lang)
        return [Line("  ", words, Tone.NOTE)]

    def main(self, key: str) -> str:
        """Return the act that declares."""
        _ = key
        return "declare"

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be declared."""
        new = Act("declare", mark("Dichiara una procedura: due firme"))
        again = Act("redeclare", mark("Cambia questa procedura: due firme"))
        return (new, again) if key else (new,)

    def table(self) -> Table | None:
        """Return what was spent, of the day and under procedures."""
        return office_budget_table(self._budgets, self.lang) if self._budgets is not None else None

    def forget(self) -> None:
        """Take away what was read."""
        self.called, self._budgets = (), None
        self._today.show(())
        self._bars.show([])
        super().forget()
