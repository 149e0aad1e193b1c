"""The sentences of checks that wait, as a counter reads them."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.folding import fold
from tui.labels import FACETS, PURPOSES, label, pick
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import code_sentence, command_lines, show_instant
from tui.waiting_model import KeptCheck

_HOUR_MS = 3_600_000
_STATES = {
    "deferred": ("RIMANDATA", "PUT OFF"),
    "waiting": ("PARZIALE", "PARTIAL"),
    "done": ("conclusa", "done"),
    "ended": ("FERMA", "STOPPED"),
}


def deferred_lines(check_id: str, lang: str) -> list[str]:
    """Return what is said when a check could not be made and was filed for later."""
    said = pick(
        (
            "NON VERIFICATO: la rete è assente. La verifica è rimandata a quando torna, entro 72 ore, a suo nome; "
            "l'esito sarà tra gli avvisi (maglia inbox). Fino ad allora nulla è verificato.",
            "NOT CHECKED: the network is away. The check is put off until it is back, within 72 hours, in your name; "
            "the outcome comes as a notice (maglia inbox). Until then nothing is checked.",
        ),
        lang,
    )
    look = pick(("Per rivederla", "To see it again"), lang)
    return [*fold([said]), *command_lines(look, f"maglia check show {check_id}")]


def standing_lines(kept: KeptCheck, identifiers: Sequence[str], lang: str) -> list[str]:
    """Return whose check it is about, and how it stands; the verdict follows elsewhere."""
    people = ", ".join(
        code or pick(("una persona senza codice", "somebody without a code"), lang) for code in identifiers
    )
    of = pick(("Verifica", "Check"), lang)
    return fold([f"{of} {kept.check_id}, {show_instant(kept.asked_at_ms)}: {people}", how_it_stands(kept, lang)])


def how_it_stands(kept: KeptCheck, lang: str) -> str:
    """Return the one sentence on what happens with a check next."""
    hours = max(1, kept.left_ms // _HOUR_MS)
    why = code_sentence(kept.reason, lang) if kept.reason else ""
    match kept.state:
        case "deferred":
            said = (
                f"NON VERIFICATO: rimandata; si chiederà appena la rete torna, per altre {hours} ore.",
                f"NOT CHECKED: put off; it is asked when the network is back, for {hours} hours more.",
            )
        case "waiting":
            said = (
                f"Chi tace sarà richiesto appena torna, per altre {hours} ore. Il risultato com'è ora:",
                f"Who is silent is asked again when back, for {hours} hours more. The result as it is now:",
            )
        case "ended":
            said = (f"Non si chiede più a nessuno. {why}", f"Nobody is asked any more. {why}")
        case _:
            said = ("Non si attende più nessuno. Il risultato:", "Nobody is awaited any more. The result:")
    return pick(said, lang).rstrip()


def list_lines(checks: Sequence[KeptCheck], lang: str) -> list[str]:
    """Return one line for each check, the newest first, and how to see one again."""
    if not checks:
        return [pick(("Nessuna verifica nelle ultime 72 ore.", "No checks in the last 72 hours."), lang)]
    last = pick(("Per rivederne una", "To see one again"), lang)
    lines = [
        f"{state_word(one, lang):<10}{one.check_id}  {show_instant(one.asked_at_ms)}  {label(FACETS, one.facet, lang)}"
        for one in checks
    ]
    return [*fold(lines), *command_lines(last, "maglia check show NUMERO")]


def state_word(one: KeptCheck, lang: str) -> str:
    """Return how a check stands, in a word."""
    return pick(_STATES.get(one.state, (one.state, one.state)), lang)


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
    head = ("Numero|Stato|Del|Aiuto|Scopo|Perché", "Number|Status|At|Aid|Purpose|Why")
    return make_table(("Verifiche", "Checks"), head, rows, lang)
