"""Every node as the office hears of it, how it answers, and how far a change of keys is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.widget import Widget

from maglia.core.epochs import EpochAct, Epochs
from maglia.core.translation import mark, tr
from tui.board_text import absence_lines
from tui.labels import label
from tui.lines import Line, Tone
from tui.network_text import share_text
from tui.office_model import Board, NodeRow, OpenDraft
from tui.office_rows import HEALTH, age_text, board_table, ready_text
from tui.office_seat import OfficeSeat
from tui.screens.office.view import Act, OfficeView
from tui.table import Table
from tui.text import number
from tui.widgets.bars import Bar, Bars
from tui.widgets.listing import Column, ListRow

_STEPS = {
    EpochAct.START: Act("epoch_start", mark("Annuncia nuove chiavi: due firme")),
    EpochAct.SWITCH: Act("epoch_switch", mark("Passa alle nuove chiavi: due firme")),
    EpochAct.END: Act("epoch_end", mark("Abbandona le vecchie chiavi: due firme")),
}
_WARNED = frozenset({"late", "silent", "refuses"})


class BoardView(OfficeView):
    """Every node: when it was heard of, what it has, how it answers."""

    NAME = "board"
    WORDS = mark("Nodi")
    COLUMNS = (
        Column(mark("ENTE")),
        Column(mark("NODO"), 12),
        Column(mark("SENTITO"), 8),
        Column(mark("NOTIZIE"), 11),
        Column(mark("CHIAVI"), 11),
        Column(mark("ENTRO 5 S"), 10, right=True),
        Column(mark("MAI"), 8, right=True),
        Column(mark("CHIESTE"), 9, right=True, from_width=110),
        Column(mark("REGISTRO"), 18, right=True, from_width=110),
    )
    EMPTY = mark("Nessun nodo: nessun ente è ancora attivo.")
    ACTS_ARE_OF_ROW = False

    def __init__(self, seat: OfficeSeat) -> None:
        super().__init__(seat)
        self._board: Sequence[NodeRow] = ()
        self._now = 0
        self._absence = 0
        self._epochs: Epochs | None = None
        self.open: Sequence[OpenDraft] = ()
        """The drafts that wait for a signature: a step of a change of keys is one of them."""
        title = tr("Risposte entro 5 secondi, negli ultimi 30 giorni", self.lang)
        self._bars = Bars(title, whole=1.0)
        self._bars.add_class("wide")

    def compose(self) -> Iterable[Widget]:
        """Lay out the board and, where there is room, the chart."""
        yield self.listing
        yield self._bars

    async def read(self) -> Callable[[], None]:
        """Read the board, and the drafts that wait."""
        board, drafts = await self.seat.door.board(), await self.seat.door.drafts()
        return lambda: self._show(board, drafts)

    def _show(self, board: Board, drafts: Sequence[OpenDraft]) -> None:
        self.open = drafts
        self._board, self._now, self._absence, self._epochs = board
        self.put([self._row(node) for node in self._board])
        self._bars.show([_bar(node, self.lang) for node in self._board if node.askers])

    def _row(self, node: NodeRow) -> ListRow:
        counts = node.answering
        in_5_s = counts.at_once + counts.in_time
        cells = (
            node.name or node.member,
            label(HEALTH, node.health, self.lang),
            age_text(node.heard_at, self._now, self.lang),
            tr("aggiornato" if node.is_current else "indietro", self.lang),
            ready_text(node.is_ready, self.lang).lower(),
            share_text(in_5_s, counts.asked, self.lang),
            share_text(counts.never, counts.asked, self.lang),
            str(counts.asked),
            f"{node.log_size} ({age_text(node.cosigned_at, self._now, self.lang)})",
        )
        absent = absence_lines([node], self._absence, self.lang)
        tone = Tone.FOUND if absent else (Tone.PARTIAL if node.health in _WARNED else Tone.CALM)
        return ListRow(node.member, cells, tone)

    def detail(self, key: str) -> Sequence[str]:
        """Return where a node is reached, and how it answered."""
        node = next((node for node in self._board if node.member == key), None)
        if node is None:
            return ()
        counts, lang = node.answering, self.lang
        through = f"{tr('tramite il relay', lang)} {node.relay}" if node.relay else ""
        direct = tr("indirizzo diretto", lang)
        told = tr(
            "Domande {asked} da {askers} enti: entro 3 s {at_once}, entro 5 s {in_time}, dopo {later}, mai {never}.",
            lang,
        ).format(
            asked=counts.asked,
            askers=node.askers,
            at_once=counts.at_once,
            in_time=counts.at_once + counts.in_time,
            later=counts.later,
            never=counts.never,
        )
        age = age_text(node.cosigned_at, self._now, lang)
        entries = tr("Registro: {log_size} voci", lang).format(log_size=number(node.log_size, lang))
        cosigned = tr("controfirmato {age} fa", lang).format(age=age)
        never = tr("mai controfirmato", lang)
        return [
            f"{node.name} ({node.member})   {through or direct}",
            f"{entries}, {cosigned if node.cosigned_at else never}.",
            told,
        ]

    def said(self, key: str) -> Sequence[Line]:
        """Return who has been away for too long, the row under the cursor first; or that all is well."""
        first = [node for node in self._board if node.member == key]
        lines = self._change_of_keys()
        lines += absence_lines([*first, *(node for node in self._board if node not in first)], self._absence, self.lang)
        refused = [node.name or node.member for node in self._board if node.health == "refuses"]
        if refused:
            words = mark(
                "RIFIUTA. Il registro pare ripristinato da una copia vecchia: vi serve «maglia-registry recover»."
            )
            lines.insert(0, f"!! {', '.join(refused)}: {tr(words, self.lang)}")
        if lines:
            more = [f"   ... {len(lines) - 3}"] if len(lines) > 4 else []
            shown = lines[: 3 if more else 4] + more
            return [Line(one[:2], one[3:], Tone.FOUND if one[0] == "!" else Tone.PARTIAL) for one in shown]
        words = mark("Nessun ente assente da troppi giorni.")
        return [Line("  ", tr(words, self.lang), Tone.NOTE)] if self.is_read and self._board else []

    def _change_of_keys(self) -> list[str]:
        """Return the step of a change of keys that waits for a signature, else who is not ready for the next one."""
        waiting = [one for one in self.open if any(change.act in _STEPS for change in one.changes)]
        if waiting:
            names = ", ".join(waiting[0].signer_names)
            words = tr("!! Cambio delle chiavi: ha firmato {names}, manca una firma. È in 5 Bozze.", self.lang)
            return [words.format(names=names)]
        if self._epochs is None or not self._epochs.also:
            return []
        newest = max(self._epochs.all)
        late = [node.member for node in self._board if newest not in node.ready_epochs]
        if late:
            words = tr("?? Cambio delle chiavi in corso: non pronti {late} enti su {all}. F3 dice quali.", self.lang)
            return [words.format(late=len(late), all=len(self._board))]
        return [tr("?? Cambio delle chiavi in corso: tutti gli enti sono pronti. F3 per il prossimo passo.", self.lang)]

    def acts(self, key: str) -> Sequence[Act]:
        """Return the step of a change of keys that follows, which the board shows the readiness for."""
        step = (_STEPS[self._epochs.next_act],) if self._epochs is not None else ()
        own = (Act("history", mark("Storia dell'ente")),) if key else ()
        return (*step, Act("epoch_show", mark("A che punto è il cambio delle chiavi")), *own)

    def table(self) -> Table:
        """Return the board."""
        return board_table(self._board, self.lang)

    def forget(self) -> None:
        """Take away what was read."""
        self._board, self._epochs = (), None
        self._bars.show([])
        super().forget()


def _bar(node: NodeRow, lang: str) -> Bar:
    counts = node.answering
    in_5_s = counts.at_once + counts.in_time
    return Bar(node.name or node.member, in_5_s / max(counts.asked, 1), share_text(in_5_s, counts.asked, lang))
