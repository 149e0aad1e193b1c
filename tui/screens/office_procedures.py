"""Procedures that two officers signed, and what bodies had evaluated today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.widget import Widget

from maglia.core.procedures import Procedure
from tui.budget_text import CLASSES, USES, number, office_budget_table
from tui.labels import label, pick
from tui.lines import Line, Tone
from tui.office_model import Budgets
from tui.office_rows import day_text
from tui.office_seat import OfficeSeat
from tui.screens.office_view import Act, OfficeView
from tui.table import Table
from tui.widgets.bars import Bar, Bars
from tui.widgets.listing import Column, Listing, ListRow


class ProceduresView(OfficeView):
    """Procedures that two officers signed, and how much bodies had evaluated today."""

    NAME = "procedures"
    WORDS = ("Procedure", "Procedures")
    COLUMNS = (
        Column(("PROCEDURA", "PROCEDURE")),
        Column(("ATTO", "ACT"), 20),
        Column(("LIMITE", "CAP"), 9, right=True),
        Column(("SPESO", "SPENT"), 9, right=True),
        Column(("FINO AL", "UNTIL"), 11),
        Column(("ENTI", "BODIES"), 40, from_width=110),
    )
    EMPTY = (
        "Nessuna procedura. F2 per dichiararne una: due firme.",
        "No procedure. F2 to declare one: two signatures.",
    )
    _TODAY = (
        Column(("OGGI, ENTE", "TODAY, BODY")),
        Column(("CHE COSA", "WHAT"), 24),
        Column(("SPESO", "SPENT"), 9, right=True),
        Column(("LIMITE", "LIMIT"), 9, right=True),
    )

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self.called: Sequence[Procedure] = ()
        self._budgets: Budgets | None = None
        none = pick(("Oggi nessun codice valutato.", "No code evaluated today."), self.lang)
        self._today = Listing(self._TODAY, self.lang, none, id="today-rows")
        self._bars = Bars(pick(("Limiti di oggi", "Today's limits"), self.lang), whole=1.0)
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
                Bar(f"{one.holder}, {label(USES, one.use, self.lang)}", one.spent / max(one.limit, 1),
                    f"{one.spent * 100 // max(one.limit, 1)} %")
                for one in budgets.today
            ]
        )  # fmt: skip

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
        lines = [f"{pick(('Enti', 'Bodies'), self.lang)}: {', '.join(found.members) or '-'}"]
        of = pick(("su", "of"), self.lang)
        for one in self._budgets.procedures:
            if one.procedure == key:
                what = label(CLASSES, one.cls, self.lang)
                lines.append(f"{one.holder}, {what}: {number(one.spent, self.lang)} {of} {number(one.cap, self.lang)}")
        return lines

    def said(self, key: str) -> Sequence[Line]:
        """Return what may be done."""
        _ = key
        words = ("Si contano i codici valutati, non le persone. F2 dichiara una procedura.",
                 "Codes evaluated are counted, not persons. F2 declares a procedure.")  # fmt: skip
        return [Line("  ", pick(words, self.lang), Tone.NOTE)]

    def main(self, key: str) -> str:
        """Return the act that declares."""
        _ = key
        return "declare"

    def acts(self, key: str) -> Sequence[Act]:
        """Return what may be declared."""
        new = Act("declare", ("Dichiara una procedura: due firme", "Declare a procedure: two signatures"))
        again = Act("redeclare", ("Cambia questa procedura: due firme", "Change this procedure: two signatures"))
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
