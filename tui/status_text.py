"""How the node is, in lines: who it is and what it has, then each part with the command that mends it."""

from __future__ import annotations

from maglia.core.findings.lines import finding_lines
from maglia.core.folding import fold_sentence
from tui.labels import pick
from tui.model import NodeStatus
from tui.status_model import Examined
from tui.text import code_sentence


def status_lines(found: NodeStatus, examined: Examined | None, lang: str) -> list[str]:
    """Return what `maglia status` prints; of a node that knows no findings, its problems and the enrolment."""
    if examined is not None:
        return [*_folded(_facts(found, lang)), "", *finding_lines(examined.findings, lang)]
    problem = pick(("PROBLEMA", "PROBLEM"), lang)
    problems = [f"{problem:<10}{code_sentence(code, lang)}" for code in found.problems]
    return _folded([*_facts(found, lang), *_enrolment_lines(found, lang), *problems])


def is_well(found: NodeStatus, examined: Examined | None) -> bool:
    """Return whether the node is ready and without a problem; what is only an AVVISO leaves it so."""
    return found.ready and (examined.is_well if examined is not None else not found.problems)


def _folded(lines: list[str]) -> list[str]:
    return [part for line in lines for part in fold_sentence(line).split("\n")]


def _facts(found: NodeStatus, lang: str) -> list[str]:
    ready = pick(("pronto", "ready") if found.ready else ("NON pronto", "NOT ready"), lang)
    waiting = pick(("in attesa", "waiting"), lang)
    facts = (
        (pick(("Nodo", "Node"), lang), f"{found.member_name} ({found.member}), {found.network}: {ready}"),
        (pick(("Regole", "Policies"), lang), f"{found.policy_revision} ({found.engine})"),
        (pick(("Enti", "Bodies"), lang), f"{found.members_active}, directory {found.directory_version}"),
        (pick(("Aiuti", "Records"), lang), f"{found.records}, {found.awaiting} {waiting}"),
    )
    return [f"{name:<10}{value}" for name, value in facts]


def _enrolment_lines(found: NodeStatus, lang: str) -> list[str]:
    """Return that keys rotate, and for each epoch why whoever awaits its pseudonyms does, with what to do."""
    lines = []
    if len(found.enrolment) > 1:
        second = found.enrolment[1]
        told = pick(("cambio in corso, in attesa sotto il periodo", "rotation under way, waiting under epoch"), lang)
        lines.append(f"{pick(('Chiavi', 'Keys'), lang):<10}{told} {second.epoch}: {second.awaiting}")
    warning, epoch = pick(("AVVISO", "WARNING"), lang), pick(("periodo", "epoch"), lang)
    waiting = pick(("in attesa", "waiting"), lang)
    lines += [
        f"{warning:<10}{one.awaiting} {waiting}, {epoch} {one.epoch}: {code_sentence(one.waits, lang, one.params)}"
        for one in found.enrolment
        if one.waits and one.awaiting
    ]
    return lines
