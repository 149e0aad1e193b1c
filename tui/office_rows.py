"""One line for each body, node or procedure of an office's lists: columns that fit 80 characters and never touch.

A short name is what people type, so it is never cut: one longer than its column has a line of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Kind, MemberState
from tui.labels import STATES, Labels, label, pick
from tui.office_model import MemberRow, NodeRow
from tui.table import Cells, Table, day_cell, instant_cell, make_table
from tui.text import show_day

_NAME = 20
KINDS: Labels = {
    Kind.COMUNE: ("comune", "comune"),
    Kind.SOCIAL_DISTRICT: ("ambito", "district"),
    Kind.HEALTH_AGENCY: ("ATS/ASST", "health ag."),
    Kind.PARISH: ("parrocchia", "parish"),
    Kind.CARITAS: ("Caritas", "Caritas"),
    Kind.ODV: ("ODV", "ODV"),
    Kind.APS: ("APS", "APS"),
    Kind.ONLUS: ("onlus", "onlus"),
    Kind.FOOD_BANK: ("banco alim.", "food bank"),
    Kind.COOPERATIVE: ("cooperativa", "cooperative"),
    Kind.FOUNDATION: ("fondazione", "foundation"),
}
HEALTH: Labels = {
    "regular": ("REGOLARE", "REGULAR"),
    "late": ("IN RITARDO", "LATE"),
    "silent": ("MUTO", "SILENT"),
    "never": ("MAI SENTITO", "NEVER HEARD"),
    "refuses": ("RIFIUTA", "REFUSES"),
}
_WAITING = frozenset({MemberState.APPLIED, MemberState.DOCUMENTS_MISSING})
_REFUSED = (
    "!! RIFIUTA: il nodo ha visto documenti più nuovi di quelli del registro, che\n"
    "   è stato ripristinato da una copia vecchia. Sulla sua macchina serve\n"
    "   «maglia-registry recover» (docs/security/lost-keys.md).",
    "!! REFUSES: the node has seen newer documents than the registry's, which was\n"
    "   put back from an older backup. On its machine\n"
    "   “maglia-registry recover” is needed (docs/security/lost-keys.md).",
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
    said = "tax code claimed too by" if lang == "en" else "CF dichiarato anche da"
    return f"{said} {', '.join(row.same_fiscal_code)}"


def expiring_line(row: MemberRow, lang: str) -> str:
    """Return the line of a body whose act ends soon: its last day, and its state."""
    return named(row.member, f"{cell(row.name, 28)} {day_text(row.act_expiry)}  {label(STATES, row.state, lang)}")


def node_line(node: NodeRow, now: int, lang: str) -> str:
    """Return a node's line on the board, and beneath it through which relay it is reached, if through one."""
    english = lang == "en"
    news = ("current" if english else "aggiornato") if node.is_current else ("behind" if english else "indietro")
    health, ready = label(HEALTH, node.health, lang), ready_text(node.is_ready, lang).lower()
    log = f"{node.log_size} ({age_text(node.cosigned_at, now, lang)})"
    line = named(node.member, f"{health:<11} {age_text(node.heard_at, now, lang):<7} {news:<10} {log:<16} {ready}")
    through = "through the relay" if english else "tramite il relay"
    return line + (f"\n{'':<{_NAME}} {through} {node.relay}" if node.relay else "")


def board_lines(nodes: Sequence[NodeRow], now: int, lang: str) -> list[str]:
    """Return the board of nodes under its head, and what to do when some refuse what the registry publishes."""
    if not nodes:
        return []
    words = ("BODY", "STATE", "HEARD", "NEWS", "LOG", "KEYS")
    member, health, heard, news, log, keys = (
        words if lang == "en" else ("ENTE", "STATO", "SENTITO", "NOTIZIE", "REGISTRO", "CHIAVI")
    )
    head = named(member, f"{health:<11} {heard:<7} {news:<10} {log:<16} {keys}")
    refused = [pick(_REFUSED, lang)] if any(node.health == "refuses" for node in nodes) else []
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
    head = (
        "Nome breve|Ente|Tipo|Stato|Firme|Firme che servono|Ha firmato|Domanda del|Atto fino al|Impronta"
        "|Stesso codice fiscale",
        "Short name|Body|Kind|Status|Signatures|Signatures needed|Signed by|Applied at|Act until|Fingerprint"
        "|Same tax code",
    )
    return make_table(("Enti", "Bodies"), head, cells, lang)


def board_table(nodes: Sequence[NodeRow], lang: str) -> Table:
    """Return the board of nodes, and how each body answered those who asked it."""
    cells: list[Cells] = [
        (
            node.member,
            node.name,
            label(STATES, node.state, lang),
            label(HEALTH, node.health, lang),
            instant_cell(node.heard_at * 1000),
            pick(("aggiornato", "current") if node.is_current else ("indietro", "behind"), lang),
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
    head = (
        "Nome breve|Ente|Accreditamento|Nodo|Sentito il|Notizie|Voci del registro|Controfirmato il|Carta fino al|Chiavi"
        "|Relay|Chieste|Entro 3 s|Entro 5 s|Dopo|Mai|Da enti|Giorni assente|Giorni senza risposte",
        "Short name|Body|Accreditation|Node|Heard at|News|Log entries|Cosigned at|Card until|Keys"
        "|Relay|Asked|In 3 s|In 5 s|Later|Never|Askers|Days absent|Days without answers",
    )
    return make_table(("Nodi", "Nodes"), head, cells, lang)


def ready_text(is_ready: bool, lang: str) -> str:
    """Return whether a body is ready, in a word."""
    words = ("READY", "NOT READY") if lang == "en" else ("PRONTO", "NON PRONTO")
    return words[0] if is_ready else words[1]


def procedure_line(called: Procedure, lang: str) -> str:
    """Return a procedure in the list, and below it whose it is."""
    until, whose = ("until", "bodies") if lang == "en" else ("fino al", "enti")
    head = named(called.id, f"{cell(called.act, 28)} {called.cap:>7}  {until} {day_text(called.expires)}")
    return f"{head}\n{'':<{_NAME}} {whose}: {', '.join(called.members) or '-'}"


def procedure_table(found: Sequence[Procedure], lang: str) -> Table:
    """Return the procedures in force, one row each."""
    rows: list[Cells] = [(one.id, one.act, one.cap, day_cell(one.expires), ", ".join(one.members)) for one in found]
    head = ("Procedura|Atto|Persone al più|Fino al|Enti", "Procedure|Act|Persons at most|Until|Bodies")
    return make_table(("Procedure", "Procedures"), head, rows, lang)


def age_text(at: int, now: int, lang: str) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    if not at:
        return "never" if lang == "en" else "mai"
    seconds = max(0, now - at)
    for unit, length in (("g" if lang != "en" else "d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def day_text(day: str) -> str:
    """Return an ISO 8601 day as people write it; the text itself when it is none."""
    try:
        return show_day(date.fromisoformat(day))
    except ValueError:
        return day
