"""How bodies answer, as the office reads it below the board of nodes: counts of all askers, and what to propose."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.folding import fold
from maglia.core.translation import tr, trn
from tui.network_text import answering_cells, answering_titles
from tui.office_model import NodeRow
from tui.office_rows import named


def answering_lines(nodes: Sequence[NodeRow], absence_days: int, lang: str) -> list[str]:
    """Return a table of the bodies that anybody asked, then who has been away for too long; nothing where all is well.

    `absence_days` is from how many days on a body is asked to be hosted, 0 where the rules don't say.
    """
    asked = [node for node in nodes if node.askers]
    return (_table(asked, lang) if asked else []) + fold(absence_lines(nodes, absence_days, lang))


def absence_lines(nodes: Sequence[NodeRow], absence_days: int, lang: str) -> list[str]:
    """Return who has been away for too long and what to propose, then whom nobody reaches, a line for each."""
    lines = [_absent(node, lang) for node in nodes if absence_days and node.absent_days >= absence_days]
    return lines + [
        _missed(node, lang) for node in nodes if node.missed_days and not 0 < absence_days <= node.absent_days
    ]


def _table(asked: Sequence[NodeRow], lang: str) -> list[str]:
    title = tr("Risposte degli ultimi 30 giorni, come dice chi ha chiesto:", lang)
    head = named(tr("ENTE", lang), f"{answering_titles(lang)} {tr('DA ENTI', lang):>8}")
    rows = (named(node.member, f"{answering_cells(node.answering, lang)} {node.askers:>8}") for node in asked)
    return ["", title, head, *rows]


def _absent(node: NodeRow, lang: str) -> str:
    days = node.absent_days
    return trn(
        "!! {member}: assente da 1 giorno: proporre l'ospitalità.",
        "!! {member}: assente da {count} giorni: proporre l'ospitalità.",
        days,
        lang,
    ).format(member=node.member, count=days)


def _missed(node: NodeRow, lang: str) -> str:
    """Its node asks for news here, but whoever asks it hears nothing: its address, its router, or a relay."""
    days = node.missed_days
    return trn(
        "?? {member}: da 1 giorno nessuno che lo ha chiesto ha avuto risposta: controllarne indirizzo e router, "
        "o proporre un relay.",
        "?? {member}: da {count} giorni nessuno che lo ha chiesto ha avuto risposta: controllarne indirizzo e router, "
        "o proporre un relay.",
        days,
        lang,
    ).format(member=node.member, count=days)
