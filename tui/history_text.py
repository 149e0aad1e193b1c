"""A body's history in the office's log, as lines and as a table: oldest first, with what proves it."""

from __future__ import annotations

from maglia.core.epochs import EpochAct
from maglia.core.fields import state_in_words
from maglia.core.translation import mark, tr
from tui.labels import Labels, label
from tui.office_model import History, HistoryLine
from tui.office_text import ACTS, CHANGES, moment_text
from tui.table import Cells, Table, instant_cell, make_table

LOGINS = frozenset({"login_refused", "login_throttled"})
ACTORS: Labels = {
    "root": mark("custodi"),
    "recover": mark("ripristino"),
    "registry": mark("registro"),
}


def history_lines(history: History, lang: str) -> list[str]:
    """Return a body's history, oldest first, and the head of the log that proves it."""
    lines = []
    for line in history.lines:
        doubt = "" if line.proved else tr(" NON PROVATA", lang)
        said = f": {_detail_text(line, lang)}" if line.detail else ""
        actor = tr(ACTORS[line.actor], lang) if line.actor in ACTORS else line.actor
        lines.append(f"{moment_text(line.at)}  {actor:<15} {label(ACTS, line.action, lang)}{said}{doubt}")
    return [*lines, _head_line(history, lang)]


def history_table(history: History, lang: str) -> Table:
    """Return a body's history, oldest first; each entry says whether the log proves it."""
    proved, not_proved = tr("sì", lang), tr("NON PROVATA", lang)
    rows: list[Cells] = [
        (
            line.index,
            instant_cell(int(line.at * 1000)),
            label(ACTORS, line.actor, lang) if line.actor in ACTORS else line.actor,
            label(ACTS, line.action, lang),
            _detail_text(line, lang) if line.detail else None,
            proved if line.proved else not_proved,
        )
        for line in history.lines
    ]
    head = mark("Voce|Del|Chi|Atto|Dettaglio|Provata")
    return make_table(mark("Storia"), head, rows, lang)


def _head_line(history: History, lang: str) -> str:
    head = tr("Registro: {size} voci, radice", lang).format(size=history.size)
    if history.is_signed:
        said = tr("firmato e controfirmato", lang)
    else:
        said = tr("con chiavi non ancora firmate da funzionari", lang)
    return f"{head} {history.root[:16]}, {said}."


def _detail_text(line: HistoryLine, lang: str) -> str:
    """Return an entry's detail with its codes in words: `approve 1/2`, `version 7: reason`."""
    if line.action == "sign":
        act, _, count = line.detail.partition(" ")
        return f"{label(CHANGES, act, lang)} {count}"
    if line.action in LOGINS:
        return tr("una volta", lang) if line.detail == "1" else tr("{count} volte", lang).format(count=line.detail)
    if line.action == "recover" and not line.detail.startswith("version "):
        return " -> ".join(state_in_words(state, lang) for state in line.detail.split())
    return _versions_in_words(line, lang)


def _versions_in_words(line: HistoryLine, lang: str) -> str:
    """Return a detail that says, in the log's English, which version came of an act."""
    if line.action in frozenset(EpochAct):
        return _epochs_in_words(line.detail, lang)
    if line.detail.startswith("version "):
        said = tr("versione " if line.action == "root" else "elenco ", lang)
        return said + line.detail.removeprefix("version ")
    named = line.action in {"declare", "policies"}
    return line.detail.replace(", version ", tr(", elenco ", lang), 1) if named else line.detail


def _epochs_in_words(detail: str, lang: str) -> str:
    """Return `epoch 1 and 2 without x, version 7: reason` in words, the reason as it is."""
    said, colon, reason = detail.partition(": ")
    for english, word in (
        ("epoch ", tr("periodo ", lang)),
        (" and ", tr(" e ", lang)),
        (" without ", tr(" senza ", lang)),
        ("version ", tr("elenco ", lang)),
    ):
        said = said.replace(english, word, 1)
    return said + colon + reason
