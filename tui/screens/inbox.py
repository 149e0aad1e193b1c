"""AVVISI: what changed while nobody looked, and one's own checks of the last three days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on

from maglia.core.translation import mark, tr
from tui import doors
from tui.inbox_model import Notice
from tui.inbox_text import notice_table, sentence, sign_of
from tui.labels import FACETS, label
from tui.lines import Line, Tone
from tui.screens.check.kept import KeptCheckScreen
from tui.screens.counter_next import ON_INBOX
from tui.screens.dialogs import Ask
from tui.screens.work import EXPORT, GoTo, WorkScreen
from tui.session import Counter
from tui.table import Table
from tui.text import show_instant
from tui.waiting_model import KeptCheck, Standing
from tui.waiting_text import kept_table, state_word
from tui.widgets.frame import Panel
from tui.widgets.keys import Action
from tui.widgets.listing import Column, Listing, ListRow

_NOTICES = (
    Column(mark("NUMERO"), 9),
    Column(mark("DEL"), 18),
    Column(mark("PER"), 12, from_width=100),
    Column(mark("AVVISO")),
)
_CHECKS = (
    Column(mark("STATO"), 12),
    Column(mark("NUMERO"), 15),
    Column(mark("DEL"), 18),
    Column(mark("AIUTO")),
)


_TONES = {"!!": Tone.FOUND, "??": Tone.PARTIAL, "* ": Tone.CALM}


class InboxScreen(WorkScreen[Counter]):
    """Notices first; F5 goes over to the checks."""

    NAME = "inbox"
    HEADING = mark("AVVISI")
    NEXT_HERE = ON_INBOX
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "look", mark("Aggiorna")),
        Action("f4", "F4", "everything", mark("Anche letti")),
        Action("f5", "F5", "turn", mark("Verifiche/avvisi")),
        EXPORT,
    )
    ABOUT = mark(
        "Avvisi: che cosa è cambiato dopo che si è guardato. Una verifica parziale che si completa, un aiuto trovato"
        " in ritardo, un ente che chiede di una persona già aiutata. Nessun avviso dice di chi si tratta.\n"
        "Invio su un avviso lo segna come letto e mostra la verifica di cui parla, o dice dove si legge l'impegno."
        " Uno per tutto l'ente, letto da uno, è letto per tutti.\n\n"
        "F5 mostra le proprie verifiche delle ultime 72 ore: quelle rimandate, quelle parziali che si completano da"
        " sole, quelle concluse. Invio ne riapre una."
    )
    HELPS: ClassVar[Mapping[str, str]] = {
        "notices": mark("Invio: leggere l'avviso. F4: anche quelli già letti."),
        "checks": mark("Invio: rivedere la verifica com'è ora."),
    }

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._notices: list[Notice] = []
        self._checks: list[KeptCheck] = []
        self._everything = False
        self._of_checks = False

    def panels(self) -> Iterable[Panel]:
        """Two lists, of which one is seen."""
        yield Panel(Listing(_NOTICES, self.lang, id="notices"), Listing(_CHECKS, self.lang, id="checks"), tall=True)

    def opened(self) -> None:
        """Look what there is."""
        self._turn_to(checks=False)

    def returned(self) -> None:
        """Look again."""
        self.action_look()

    def forget(self) -> None:
        """Leave nothing of who was here before."""
        self._notices, self._checks = [], []

    def table(self) -> Table | None:
        """Return the list that is seen."""
        return kept_table(self._checks, self.lang) if self._of_checks else notice_table(self._notices, self.lang)

    def action_turn(self) -> None:
        """Go over to the other list."""
        self._turn_to(checks=not self._of_checks)

    def _turn_to(self, *, checks: bool) -> None:
        self._of_checks = checks
        for name, shown in (("#notices", not checks), ("#checks", checks)):
            self.query_one(name, Listing).display = shown
        self._seen.take_cursor()
        self.action_look()

    def action_everything(self) -> None:
        """Show what was read too, or no longer."""
        self._everything = not self._everything
        self._turn_to(checks=False)

    def action_look(self) -> None:
        """Read the list that is seen anew."""
        self._seen.await_rows()
        if self._of_checks:
            self.work(lambda: self.seat.at(doors.waiting).kept_checks(), self._show_checks)
        else:
            whole = self._everything
            self.work(lambda: self.seat.at(doors.inbox).notices(everything=whole), self._show_notices)

    @property
    def _seen(self) -> Listing:
        return self.query_one("#checks" if self._of_checks else "#notices", Listing)

    def _show_notices(self, notices: list[Notice]) -> None:
        self._notices = notices
        none = mark("Nessun avviso da leggere. F4 mostra anche quelli letti.")
        if self._everything:
            none = mark("Nessun avviso nell'ultimo mese.")
        rows = [self._notice_row(one) for one in notices]
        self.query_one("#notices", Listing).show(rows, tr(none, self.lang))
        unread = sum(one.unread for one in notices)
        self._count(unread, mark("da leggere: 1 avviso."), mark("avvisi da leggere."))

    def _notice_row(self, one: Notice) -> ListRow:
        for_all = tr("tutto l'ente", self.lang, "short") if one.for_all else ""
        cells = (
            one.name,
            show_instant(one.created_ms),
            for_all,
            f"{sign_of(one)} {sentence(one, self.lang, on_screen=True)}",
        )
        return ListRow(str(one.number), cells, _TONES[sign_of(one)] if one.unread else Tone.NOTE)

    def _show_checks(self, checks: list[KeptCheck]) -> None:
        self._checks = checks
        rows = [
            ListRow(
                one.check_id,
                (state_word(one, self.lang), one.check_id, show_instant(one.asked_at_ms), self._facet(one)),
                Tone.PARTIAL if one.state in {"deferred", "waiting"} else Tone.CALM,
            )
            for one in checks
        ]
        none = tr("Nessuna verifica nelle ultime 72 ore.", self.lang)
        self.query_one("#checks", Listing).show(rows, none)
        waiting = sum(one.state in {"deferred", "waiting"} for one in checks)
        self._count(waiting, mark("in attesa: 1 verifica."), mark("verifiche in attesa."))

    def _facet(self, one: KeptCheck) -> str:
        return label(FACETS, one.facet, self.lang)

    def _count(self, count: int, one: str, many: str) -> None:
        said = tr(one, self.lang).capitalize() if count == 1 else f"{count} {tr(many, self.lang)}"
        self.tell(Line("  ", said, Tone.NOTE))

    @on(Listing.Chosen, "#notices")
    def read(self, event: Listing.Chosen) -> None:
        """Count a notice as read, and open the check that it is about."""
        number = int(event.key)
        self.work(lambda: self.seat.at(doors.inbox).notice(number), self._was_read)

    def _was_read(self, notice: Notice) -> None:
        self.action_look()
        if notice.check_id:
            self._open(notice.check_id)
        else:
            self._show_whole(notice)

    def _show_whole(self, notice: Notice) -> None:
        """Show a notice that is about no check, and offer the way to what it is about."""
        answers = [("no", tr("Chiudi", self.lang))]
        if notice.params.get("record"):
            answers.append(("record", tr("Vai a REGISTRA", self.lang)))
        self.app.push_screen(Ask(notice.name, [sentence(notice, self.lang, on_screen=True)], answers), self._go_to)

    def _go_to(self, place: str | None) -> None:
        if place == "record":
            self.post_message(GoTo(place))

    @on(Listing.Chosen, "#checks")
    def open_check(self, event: Listing.Chosen) -> None:
        """Show one of one's own checks as it is now."""
        self._open(event.key)

    def _open(self, check_id: str) -> None:
        job = partial(self.seat.at(doors.waiting).kept_check, check_id)
        self.work(job, self._show_check, group="check")

    def _show_check(self, found: Standing) -> None:
        self.app.push_screen(KeptCheckScreen(found, self.lang))
