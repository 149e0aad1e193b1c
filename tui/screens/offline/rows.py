"""What waits to be sent, and what became of it, as SENZA RETE shows them."""

from __future__ import annotations

from datetime import datetime

from maglia.core.translation import mark, tr
from tui.labels import FACETS, label
from tui.lines import Line, Tone
from tui.offline_model import Sending, Taken
from tui.offline_text import in_short
from tui.screens.offline import words
from tui.text import code_sentence, plain, sentence_of, short_number
from tui.widgets.listing import Column, ListRow

COLUMNS = (
    Column(mark("N."), 4),
    Column(mark("PRESO"), 12),
    Column(mark("PERSONA"), 18),
    Column(mark("CHE COSA")),
    Column(mark("SI CHIEDE"), 14),
)
_MOST = 3
"""Things sent that are named one by one: the rest is counted, so that every critical line fits."""


def row_of(taken: Taken, lang: str) -> ListRow:
    """Return one thing that waits; below it why the node turned it down, if it did."""
    asked = label(FACETS, taken.check.facet, lang) if taken.check.facet else "-"
    when = f"{datetime.fromtimestamp(taken.taken_ms / 1000):%d/%m %H:%M}"
    cells = str(taken.number), when, plain(taken.person, 40), in_short(taken, lang), asked
    if not taken.refused:
        return ListRow(taken.key, cells)
    why = code_sentence(taken.refused, lang, taken.params)
    return ListRow(taken.key, cells, Tone.FOUND, "!! " + tr(words.REFUSED, lang).format(why=why))


def sending_lines(sending: Sending, lang: str) -> list[Line]:
    """Return what became of everything that was sent."""
    sent = [
        f"{tr('Inviato', lang)} n. {one.taken.number}: {in_short(one.taken, lang)}"
        f" ({tr('al nodo', lang)} n. {short_number(one.filed)})."
        for one in sending.sent
    ]
    lines = [Line("OK", text, Tone.CALM) for text in sent[:_MOST]]
    if len(sent) > _MOST:
        more = tr("... e altri inviati: {count}.", lang).format(count=len(sent) - _MOST)
        lines.append(Line("OK", more, Tone.CALM))
    unchecked = [one.unchecked for one in sending.sent if one.unchecked is not None]
    if unchecked:
        sentence = sentence_of(unchecked[0], lang)
        said = f"{tr('NON VERIFICATO', lang)} ({len(unchecked)}): {sentence.message} {sentence.next_action}"
        lines.append(Line("??", said, Tone.PARTIAL))
    if any(one.check_id for one in sending.sent):
        lines.append(Line("??", tr(words.NOT_YET, lang), Tone.PARTIAL))
    if sending.refused:
        said = tr("Rifiutati dal nodo: {count}. Il motivo è sotto ciascuno.", lang).format(count=len(sending.refused))
        lines.append(Line("!!", said, Tone.FOUND))
    if sending.stopped is not None:
        lines.append(Line("!!", tr(words.STOPPED, lang).format(left=sending.left), Tone.FOUND))
    return lines or [Line("  ", tr(words.NONE, lang), Tone.NOTE)]
