"""Step 5 of a call for applicants: the file of results, and the list that may be published."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from maglia.core.translation import mark, tr
from tui.batch_files import Outputs
from tui.batch_model import Batch
from tui.batch_text import counts_line
from tui.papers.writing import free_path
from tui.screens.bando.words import LOADING
from tui.widgets.entry import Field, TickBox

_RESULTS = mark(
    "I risultati, una riga per domanda, con i codici: sono dell'ufficio. Le righe parziali restano PARZIALE, mai"
    " NESSUNO. Il nome finisce in .xlsx o .csv."
)
_RANKING = mark(
    "L'elenco ha un protocollo a caso per ogni domanda e il punteggio, se c'è: né codici, né nomi, né esiti. Quale"
    " protocollo è di chi va in un file accanto, la chiave."
)


class ExportStep(Vertical):
    """Where the results go, and whether a list to publish is written too."""

    DEFAULT_CSS = """
    ExportStep { height: 1fr; }
    ExportStep > Static { height: auto; }
    ExportStep > TickBox { margin-top: 1; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__(id="step-export")
        self._lang = lang
        self._counts = Static(markup=False)
        self._out = Field(tr("Risultati", lang), "out", width=44, longest=200)
        words = tr("anche l'elenco da pubblicare, senza persone", lang)
        self._with_ranking = TickBox(words, id="with-ranking", compact=True)
        self._ranking = Field(tr("Elenco", lang), "ranking", width=44, longest=200)

    def compose(self) -> Iterable[Widget]:
        """Each file below what is in it."""
        yield self._counts
        yield Static(Content(tr(_RESULTS, self._lang)), markup=False)
        yield self._out
        yield self._with_ranking
        yield Static(Content(tr(_RANKING, self._lang)), markup=False)
        yield self._ranking

    def show(self, batch: Batch) -> None:
        """Propose names that nothing has yet."""
        self.count(batch)
        results, ranking = tr("esiti", self._lang), tr("elenco", self._lang)
        self._out.input.value = free_path(Path.cwd(), f"{results} {batch.procedure}", ".xlsx").name
        self._ranking.input.value = free_path(Path.cwd(), f"{ranking} {batch.procedure}", ".csv").name

    def count(self, batch: Batch) -> None:
        """Show how many rows read what by now."""
        self._counts.update(Content(counts_line(batch, self._lang)))

    def wait(self) -> None:
        """Say that the counts are awaited."""
        self._counts.update(Content(tr(LOADING, self._lang)))

    def outputs(self) -> Outputs:
        """Return the files that are wanted."""
        wanted = self._with_ranking.value and bool(self._ranking.text)
        out = Path(self._out.text).expanduser() if self._out.text else None
        return Outputs(out, Path(self._ranking.text).expanduser() if wanted else None)
