"""The sentences of checks that wait, as a counter reads them."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.folding import fold
from maglia.core.translation import mark, tr
from tui.labels import FACETS, PURPOSES, label
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import code_sentence, command_lines, show_instant
from tui.waiting_model import KeptCheck

_HOUR_MS = 3_600_000
_STATES = {
    "deferred": mark("RIMANDATA"),
    "waiting": mark("PARZIALE"),
    "done": mark("conclusa"),
    "ended": mark("FERMA"),
}


def deferred_lines(check_id: str, lang: str) -> list[str]:
    """Return what is said when a check could not be made and was filed for later."""
    said = tr(
        "NON VERIFICATO: la rete è assente. La verifica è rimandata a quando torna, entro 72 ore, a suo nome; "
        "l'esito sarà tra gli avvisi (maglia inbox). Fino ad allora nulla è verificato.",
        lang,
    )
    look = tr("Per rivederla", lang)
    return [*fold([said]), *command_lines(look, f"maglia check show {check_id}")]


def standing_lines(kept: KeptCheck, identifiers: Sequence[str], lang: str) -> list[str]:
    """Return whose check it is about, and how it stands; the verdict follows elsewhere."""
    people = ", ".join(code or tr("una persona senza codice", lang) for code in identifiers)
    of = tr("Verifica", lang)
    return fold([f"{of} {kept.check_id}, {show_instant(kept.asked_at_ms)}: {people}", how_it_stands(kept, lang)])


def how_it_stands(kept: KeptCheck, lang: str) -> str:
    """Return the one sentence on what happens with a check next."""
    hours = max(1, kept.left_ms // _HOUR_MS)
    why = code_sentence(kept.reason, lang) if kept.reason else ""
    match kept.state:
        case "deferred":
            said = tr("NON VERIFICATO: rimandata; si chiederà appena la rete torna, per altre {hours} ore.", lang)
        case "waiting":
            said = tr("Chi tace sarà richiesto appena torna, per altre {hours} ore. Il risultato com'è ora:", lang)
        case "ended":
            said = tr("Non si chiede più a nessuno. {why}", lang)
        case _:
            said = tr("Non si attende più nessuno. Il risultato:", lang)
    return said.format(hours=hours, why=why).rstrip()


def list_lines(checks: Sequence[KeptCheck], lang: str) -> list[str]:
    """Return one line for each check, the newest first, and how to see one again."""
    if not checks:
        return [tr("Nessuna verifica nelle ultime 72 ore.", lang)]
    last = tr("Per rivederne una", lang)
    lines = [
        f"{state_word(one, lang):<10}{one.check_id}  {show_instant(one.asked_at_ms)}  {label(FACETS, one.facet, lang)}"
        for one in checks
    ]
    return [*fold(lines), *command_lines(last, "maglia check show NUMERO")]


def state_word(one: KeptCheck, lang: str) -> str:
    """Return how a check stands, in a word."""
    return tr(_STATES[one.state], lang) if one.state in _STATES else one.state


def kept_table(checks: Sequence[KeptCheck], lang: str) -> Table:
    """Return the operator's own checks, one row each, without whom they are about."""
    rows: list[Cells] = [
        (
            one.check_id,
            state_word(one, lang),
            instant_cell(one.asked_at_ms),
            label(FACETS, one.facet, lang),
            label(PURPOSES, one.purpose, lang),
            code_sentence(one.reason, lang) if one.reason else None,
        )
        for one in checks
    ]
    head = mark("Numero|Stato|Del|Aiuto|Scopo|Perché")
    return make_table(mark("Verifiche"), head, rows, lang)
