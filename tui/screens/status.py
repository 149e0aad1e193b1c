"""STATO: what of the body's node works, what does not, and the command that mends it; how the others answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui import doors
from tui.lines import Line, Tone
from tui.model import NodeStatus
from tui.network_model import NetworkView
from tui.screens.work import EXPORT, WorkScreen
from tui.session import Counter
from tui.status_model import Examined
from tui.status_text import counted_line, findings_table, rate_bars, status_facts
from tui.table import Table
from tui.text import sentence_of
from tui.widgets.bars import Bar, Bars
from tui.widgets.findings import Findings
from tui.widgets.frame import Panel
from tui.widgets.keys import Action

if TYPE_CHECKING:
    from tui.status_client import StatusDoor

_TITLE = mark("Hanno risposto entro 5 s, negli ultimi 30 giorni:")
_WAIT = mark("Esame del nodo in corso: si tentano anche gli altri enti, per 5 secondi...")
_SUPPORT = mark(
    "Per farsi aiutare, sul computer del nodo, con la sua cartella al posto di CARTELLA: "
    "maglia-node doctor --dir CARTELLA --support assistenza.tar.gz"
)
_READ_IT = mark("Il file si apre e si legge prima di mandarlo: non ha dati di persone, operatori o chiavi.")


@dataclass(frozen=True)
class Seen:
    """What the node said when it was asked; `network` is None, with why, where the counts could not be read."""

    status: NodeStatus
    examined: Examined | None
    network: NetworkView | None
    refused: MagliaError | None = None


class StatusScreen(WorkScreen[Counter]):
    """How the own node is; everybody of the body may look."""

    NAME = "status"
    HEADING = mark("STATO DEL NODO")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "look", mark("Aggiorna")),
        EXPORT,
        Action("f8", "F8", "support", mark("Assistenza")),
    )
    ABOUT = mark(
        "Ogni parte del nodo è OK, AVVISO (va visto, il nodo lavora) o PROBLEMA\n"
        "(qualcosa non lavora). Dopo -> c'è il comando che rimedia, da copiare\n"
        "così com'è. Quelli da dare sul computer del nodo li legge solo chi lo\n"
        "amministra; gli altri leggono chi avvisare.\n"
        "\n"
        "Prova di rete: gli altri enti vengono tentati ora, senza chiedere nulla.\n"
        "Le barre sono le risposte dell'ultimo mese: prima chi ha risposto meno.\n"
        "Lo stesso in testo: maglia status, maglia status network."
    )
    HELPS: ClassVar = {"findings": mark("Le frecce scorrono l'elenco; i PROBLEMA sono in cima.")}
    DEFAULT_CSS = """
    StatusScreen .rates { max-height: 6; }
    StatusScreen.-tall .rates { max-height: 14; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]  # noqa: RUF012 - as Textual declares it

    def __init__(self, seat: Counter) -> None:
        super().__init__(seat)
        self._seen: Seen | None = None
        self._findings = Findings("", self.lang)
        self._rates = Bars(tr(_TITLE, self.lang), whole=1.0)
        self._rates_panel = Panel(self._rates)
        self._rates_panel.add_class("rates")

    def panels(self) -> Iterable[Panel]:
        """Findings take the room that the chart and what is said leave."""
        yield Panel(self._findings, tall=True)
        yield self._rates_panel

    def opened(self) -> None:
        """Look at once."""
        self.action_look()

    def returned(self) -> None:
        """What was seen stays, with its time; look only where nothing was seen."""
        if self._seen is None:
            self.action_look()

    def forget(self) -> None:
        """Show nothing of what another role was told."""
        self._seen = None
        self._findings.say("")
        self._rates.show([])
        self.tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Return whether an action would do anything now."""
        return action != "export" or self.table() is not None

    def action_look(self) -> None:
        """Have the node examine itself, and read how the others answered."""
        if self._seen is None:
            self._findings.say(tr(_WAIT, self.lang))
        else:
            self.note(_WAIT)
        self._findings.focus()
        self.work(partial(_look, self.seat), self._shown, group="status")

    def _shown(self, seen: Seen) -> None:
        self._seen = seen
        if seen.examined is not None:
            self._findings.show(seen.examined.findings)
        else:
            self._findings.say("\n".join(status_facts(seen.status, self.lang)))
        self._draw_rates()
        self.tell(*self._said(seen))

    def _draw_rates(self) -> None:
        view = self._seen.network if self._seen else None
        most = 12 if self.has_class("-tall") else 4
        bars = rate_bars(view, self.lang, most) if view else []
        self._rates.show([Bar(*bar) for bar in bars])

    def on_resize(self) -> None:
        """Show as many bodies as there is room for."""
        self.call_after_refresh(self._draw_rates)

    def _said(self, seen: Seen) -> list[Line]:
        examined, lines = seen.examined, []
        if examined is not None:
            lines.append(counted_line(examined.findings, self.lang))
            at = datetime.fromtimestamp(examined.now_ms / 1000).astimezone()
            told = tr("Nodo {0} v{1}, esaminato alle {2:%H:%M}.", self.lang)
            said = told.format(examined.member, examined.version, at)
            lines.append(Line("  ", said, Tone.NOTE))
        else:
            old = tr("Il nodo, o le regole della rete, sono di prima che si potesse esaminare da qui.", self.lang)
            lines.append(Line("??", old, Tone.PARTIAL))
        return [*lines, *self._of_rates(seen)]

    def _of_rates(self, seen: Seen) -> list[Line]:
        if seen.refused is not None:
            sentence = sentence_of(seen.refused, self.lang)
            said = tr("Le risposte degli enti non si leggono", self.lang)
            return [Line("??", f"{said}: {sentence.message} {sentence.next_action}", Tone.PARTIAL)]
        if seen.network is not None and not any(row.counts.asked for row in seen.network.rows):
            return [Line("  ", tr("Nessuna domanda nel periodo.", self.lang), Tone.NOTE)]
        return []

    def failed(self, error: MagliaError) -> None:
        """Say why nothing could be read; what was seen before stays, and that it is of before is told."""
        super().failed(error)
        if self._seen is None:
            self._findings.say("")
        elif error.code is not Code.SESSION_EXPIRED:
            old = tr("Sopra c'è l'esame di prima.", self.lang)
            self.explain(error, [Line("??", old, Tone.PARTIAL)])

    def table(self) -> Table | None:
        """Return the findings, None while there are none."""
        examined = self._seen.examined if self._seen else None
        return findings_table(examined.findings, self.lang) if examined else None

    def action_support(self) -> None:
        """Say how a file for whoever helps is made: on the node's machine, since the console has none of it."""
        said = [Line("  ", tr(words, self.lang), Tone.NOTE) for words in (_SUPPORT, _READ_IT)]
        self.tell(*said)


async def _look(seat: Counter) -> Seen:
    """Ask the node for all of it at once."""
    door = seat.at(doors.status)
    status, examined, counts = await asyncio.gather(door.status(), door.findings(), _counts(door))
    if isinstance(counts, MagliaError):
        return Seen(status, examined, None, counts)
    return Seen(status, examined, counts)


async def _counts(door: StatusDoor) -> NetworkView | MagliaError:
    """Return how the others answered, or why that alone can't be read."""
    try:
        return await door.network()
    except MagliaError as error:
        if error.code is Code.SESSION_EXPIRED:
            raise
        return error
