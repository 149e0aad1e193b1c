"""A body's history in the office's log, as lines and as a table: oldest first, with what proves it."""

from __future__ import annotations

from maglia.core.epochs import EpochAct
from maglia.core.fields import state_in_words
from tui.labels import Labels, label, pick
from tui.office_model import History, HistoryLine
from tui.office_text import ACTS, CHANGES, moment_text
from tui.table import Cells, Table, instant_cell, make_table

LOGINS = frozenset({"login_refused", "login_throttled"})
ACTORS: Labels = {
    "root": ("custodi", "holders"),
    "recover": ("ripristino", "recovery"),
    "registry": ("registro", "registry"),
}


def history_lines(history: History, lang: str) -> list[str]:
    """Return a body's history, oldest first, and the head of the log that proves it."""
    lines = []
    for line in history.lines:
        mark = "" if line.proved else (" NOT PROVED" if lang == "en" else " NON PROVATA")
        said = f": {_detail_text(line, lang)}" if line.detail else ""
        actor = pick(ACTORS[line.actor], lang) if line.actor in ACTORS else line.actor
        lines.append(f"{moment_text(line.at)}  {actor:<15} {label(ACTS, line.action, lang)}{said}{mark}")
    return [*lines, _head_line(history, lang)]


def history_table(history: History, lang: str) -> Table:
    """Return a body's history, oldest first; each entry says whether the log proves it."""
    proved, not_proved = pick(("sì", "yes"), lang), pick(("NON PROVATA", "NOT PROVED"), lang)
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
    head = ("Voce|Del|Chi|Atto|Dettaglio|Provata", "Entry|At|Who|Act|Detail|Proved")
    return make_table(("Storia", "History"), head, rows, lang)


def _head_line(history: History, lang: str) -> str:
    head = f"{history.size} entries, root" if lang == "en" else f"Registro: {history.size} voci, radice"
    if history.is_signed:
        said = "signed and cosigned" if lang == "en" else "firmato e controfirmato"
    else:
        said = (
            "under keys not yet signed by officers" if lang == "en" else "con chiavi non ancora firmate da funzionari"
        )
    return f"{head} {history.root[:16]}, {said}."


def _detail_text(line: HistoryLine, lang: str) -> str:
    """Return an entry's detail with its codes in words: `approve 1/2`, `version 7: reason`."""
    if line.action == "sign":
        act, _, count = line.detail.partition(" ")
        return f"{label(CHANGES, act, lang)} {count}"
    if line.action in LOGINS:
        once, often = ("once", "times") if lang == "en" else ("una volta", "volte")
        return once if line.detail == "1" else f"{line.detail} {often}"
    if line.action == "recover" and not line.detail.startswith("version "):
        return " -> ".join(state_in_words(state, lang) for state in line.detail.split())
    return line.detail if lang == "en" else _versions_in_words(line)


def _versions_in_words(line: HistoryLine) -> str:
    """Return in Italian a detail that says which version came of an act."""
    if line.action in frozenset(EpochAct):
        return _epochs_in_words(line.detail)
    if line.detail.startswith("version "):
        return ("versione " if line.action == "root" else "elenco ") + line.detail.removeprefix("version ")
    named = line.action in {"declare", "policies"}
    return line.detail.replace(", version ", ", elenco ", 1) if named else line.detail


def _epochs_in_words(detail: str) -> str:
    """Return `epoch 1 and 2 without x, version 7: reason` in Italian, the reason as it is."""
    said, colon, reason = detail.partition(": ")
    for english, italian in (
        ("epoch ", "periodo "),
        (" and ", " e "),
        (" without ", " senza "),
        ("version ", "elenco "),
    ):
        said = said.replace(english, italian, 1)
    return said + colon + reason
