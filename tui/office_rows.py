"""One line for each body, node or procedure of an office's lists: columns that fit 80 characters and never touch.

A short name is what people type, so it is never cut: one longer than its column has a line of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from maglia.core.procedures import Procedure
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Kind, MemberState
from tui.labels import STATES, Labels, label
from tui.office_model import MemberRow, NodeRow
from tui.table import Cells, Table, day_cell, instant_cell, make_table
from tui.text import show_day

_NAME = 20
KINDS: Labels = {
    Kind.COMUNE: mark("comune"),
    Kind.SOCIAL_DISTRICT: mark("ambito"),
    Kind.HEALTH_AGENCY: mark("ATS/ASST"),
    Kind.PARISH: mark("parrocchia"),
    Kind.CARITAS: mark("Caritas"),
    Kind.ODV: mark("ODV"),
    Kind.APS: mark("APS"),
    Kind.ONLUS: mark("onlus"),
    Kind.FOOD_BANK: mark("banco alim."),
    Kind.COOPERATIVE: mark("cooperativa"),
    Kind.FOUNDATION: mark("fondazione"),
}
HEALTH: Labels = {
    "regular": mark("REGOLARE"),
    "late": mark("IN RITARDO"),
    "silent": mark("MUTO"),
    "never": mark("MAI SENTITO"),
    "refuses": mark("RIFIUTA"),
}
_WAITING = frozenset({MemberState.APPLIED, MemberState.DOCUMENTS_MISSING})
_REFUSED = mark(
    "!! RIFIUTA: il nodo ha visto documenti più nuovi di quelli del registro, che\n"
    "   è stato ripristinato da una copia vecchia. Sulla sua macchina serve\n"
    "   «maglia-registry recover» (docs/security/lost-keys.md)."
)


def cell(text: str, width: int) -> str:
    """Return a text cut to its column and filled up to it."""
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


def named(name: str, rest: str, width: int = _NAME) -> str:
    """Return a short name, whole, and the other columns: below it where it is longer than its own."""
    return f"{name:<{width}} {rest}" if len(name) <= width else f"{name}\n{'':<{width}} {rest}"


def member_line(row: MemberRow, lang: str) -> str:
    """Return a body's line in the list; signatures are counted where some are waited for."""
    waits = bool(row.pending) or row.state in _WAITING
    signatures = f"{len(row.signed_by)}/{row.threshold}" if waits else "-"
    kind = cell(label(KINDS, row.kind, lang), 11)
    line = named(row.member, f"{cell(row.name, 22)} {kind} {signatures:<4} {label(STATES, row.state, lang)}")
    return line + (f"\n{'':<{_NAME}} {_claimed_by(row, lang)}" if row.same_fiscal_code else "")


def _claimed_by(row: MemberRow, lang: str) -> str:
    said = tr("CF dichiarato anche da", lang)
    return f"{said} {', '.join(row.same_fiscal_code)}"


def expiring_line(row: MemberRow, lang: str) -> str:
    """Return the line of a body whose act ends soon: its last day, and its state."""
    return named(row.member, f"{cell(row.name, 28)} {day_text(row.act_expiry)}  {label(STATES, row.state, lang)}")


def node_line(node: NodeRow, now: int, lang: str) -> str:
    """Return a node's line on the board, and beneath it through which relay it is reached, if through one."""
    news = tr("aggiornato" if node.is_current else "indietro", lang)
    health, ready = label(HEALTH, node.health, lang), ready_text(node.is_ready, lang).lower()
    log = f"{node.log_size} ({age_text(node.cosigned_at, now, lang)})"
    line = named(node.member, f"{health:<11} {age_text(node.heard_at, now, lang):<7} {news:<10} {log:<16} {ready}")
    through = tr("tramite il relay", lang)
    return line + (f"\n{'':<{_NAME}} {through} {node.relay}" if node.relay else "")


def board_lines(nodes: Sequence[NodeRow], now: int, lang: str) -> list[str]:
    """Return the board of nodes under its head, and what to do when some refuse what the registry publishes."""
    if not nodes:
        return []
    member, health, heard, news, log, keys = tr("ENTE|STATO|SENTITO|NOTIZIE|REGISTRO|CHIAVI", lang).split("|")
    head = named(member, f"{health:<11} {heard:<7} {news:<10} {log:<16} {keys}")
    refused = [tr(_REFUSED, lang)] if any(node.health == "refuses" for node in nodes) else []
    return [head, *(node_line(node, now, lang) for node in nodes), *refused]


def member_table(rows: Sequence[MemberRow], lang: str) -> Table:
    """Return every body of the list, those that wait too."""
    cells: list[Cells] = [
        (
            row.member,
            row.name,
            label(KINDS, row.kind, lang),
            label(STATES, row.state, lang),
            len(row.signed_by),
            row.threshold,
            ", ".join(row.signer_names),
            instant_cell(row.applied_at * 1000),
            day_cell(row.act_expiry),
            row.fingerprint,
            ", ".join(row.same_fiscal_code),
        )
        for row in rows
    ]
    head = mark(
        "Nome breve|Ente|Tipo|Stato|Firme|Firme che servono|Ha firmato|Domanda del|Atto fino al|Impronta"
        "|Stesso codice fiscale"
    )
    return make_table(mark("Enti"), head, cells, lang)


def board_table(nodes: Sequence[NodeRow], lang: str) -> Table:
    """Return the board of nodes, and how each body answered those who asked it."""
    cells: list[Cells] = [
        (
            node.member,
            node.name,
            label(STATES, node.state, lang),
            label(HEALTH, node.health, lang),
            instant_cell(node.heard_at * 1000),
            tr("aggiornato" if node.is_current else "indietro", lang),
            node.log_size,
            instant_cell(node.cosigned_at * 1000),
            instant_cell(node.card_expires * 1000),
            ready_text(node.is_ready, lang),
            node.relay,
            node.answering.asked,
            node.answering.at_once,
            node.answering.at_once + node.answering.in_time,
            node.answering.later,
            node.answering.never,
            node.askers,
            node.absent_days,
            node.missed_days,
        )
        for node in nodes
    ]
    head = mark(
        "Nome breve|Ente|Accreditamento|Nodo|Sentito il|Notizie|Voci del registro|Controfirmato il|Carta fino al|Chiavi"
        "|Relay|Chieste|Entro 3 s|Entro 5 s|Dopo|Mai|Da enti|Giorni assente|Giorni senza risposte"
    )
    return make_table(mark("Nodi"), head, cells, lang)


def ready_text(is_ready: bool, lang: str) -> str:
    """Return whether a body is ready, in a word."""
    return tr("PRONTO" if is_ready else "NON PRONTO", lang)


def procedure_line(called: Procedure, lang: str) -> str:
    """Return a procedure in the list, and below it whose it is."""
    until, whose = tr("fino al", lang), tr("enti", lang)
    head = named(called.id, f"{cell(called.act, 28)} {called.cap:>7}  {until} {day_text(called.expires)}")
    return f"{head}\n{'':<{_NAME}} {whose}: {', '.join(called.members) or '-'}"


def procedure_table(found: Sequence[Procedure], lang: str) -> Table:
    """Return the procedures in force, one row each."""
    rows: list[Cells] = [(one.id, one.act, one.cap, day_cell(one.expires), ", ".join(one.members)) for one in found]
    head = mark("Procedura|Atto|Persone al più|Fino al|Enti")
    return make_table(mark("Procedure"), head, rows, lang)


def epoch_table(newest: int, nodes: Sequence[NodeRow], lang: str) -> Table:
    """Return which body is ready for the newest keys, and for which epochs each is, one row each."""
    rows: list[Cells] = [
        (node.member, node.name, ready_text(newest in node.ready_epochs, lang), ", ".join(map(str, node.ready_epochs)))
        for node in nodes
    ]
    head = mark("Nome breve|Ente|Stato|Periodi pronti")
    return make_table(mark("Cambio delle chiavi"), head, rows, lang)


def age_text(at: int, now: int, lang: str) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    if not at:
        return tr("mai", lang)
    seconds = max(0, now - at)
    for said, length in ((tr("{count} g", lang), 86_400), ("{count} h", 3_600), ("{count} min", 60)):
        if seconds >= length:
            return said.format(count=seconds // length)
    return f"{seconds} s"


def day_text(day: str) -> str:
    """Return an ISO 8601 day as people write it; the text itself when it is none."""
    try:
        return show_day(date.fromisoformat(day))
    except ValueError:
        return day
