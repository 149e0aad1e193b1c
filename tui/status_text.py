"""How the node is, in lines: who it is and what it has, then each part with the command that mends it."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.findings.lines import finding_lines, found_in_words
from maglia.core.findings.model import Finding, Level
from maglia.core.findings.words import level_in_words, subject_in_words
from maglia.core.folding import fold_sentence
from maglia.core.translation import mark, tr
from tui.lines import Line, Tone
from tui.model import NodeStatus
from tui.network_model import NetworkView
from tui.network_text import share_text, span_text
from tui.status_model import Examined
from tui.table import Table, make_table
from tui.text import code_sentence

_LEVELS = {Level.PROBLEM: mark("PROBLEMA"), Level.WARNING: mark("AVVISI", "finding"), Level.OK: mark("OK")}


def status_lines(found: NodeStatus, examined: Examined | None, lang: str) -> list[str]:
    """Return what `maglia status` prints; of a node that knows no findings, its problems and the enrolment."""
    if examined is not None:
        return [*_folded(_facts(found, lang)), "", *finding_lines(examined.findings, lang)]
    return _folded(status_facts(found, lang))


def status_facts(found: NodeStatus, lang: str) -> list[str]:
    """Return the state of a node that knows no findings, a fact a line, however long."""
    problem = tr("PROBLEMA", lang)
    problems = [f"{problem:<10}{code_sentence(code, lang)}" for code in found.problems]
    return [*_facts(found, lang), *_enrolment_lines(found, lang), *problems]


def is_well(found: NodeStatus, examined: Examined | None) -> bool:
    """Return whether the node is ready and without a problem; what is only an AVVISO leaves it so."""
    return found.ready and (examined.is_well if examined is not None else not found.problems)


def findings_table(findings: Sequence[Finding], lang: str) -> Table:
    """Return every part of the node with its level, what was found, and the command that mends it."""
    rows = [
        (
            level_in_words(one.level, lang),
            subject_in_words(one.subject, lang),
            " ".join(found_in_words(one, lang)),
            one.repair,
        )
        for one in findings
    ]
    head = mark("Stato|Parte|Che cosa|Rimedio")
    return make_table(mark("Stato del nodo"), head, rows, lang)


def counted_line(findings: Sequence[Finding], lang: str) -> Line:
    """Return how many parts are how: a problem first, and never calmly."""
    counts = {level: sum(one.level is level for one in findings) for level in _LEVELS}
    told = ", ".join(f"{count} {tr(_LEVELS[level], lang)}" for level, count in counts.items() if count)
    mark, tone = "  ", Tone.CALM
    if counts[Level.PROBLEM]:
        mark, tone = "!!", Tone.FOUND
    elif counts[Level.WARNING]:
        mark, tone = "??", Tone.PARTIAL
    return Line(mark, f"{told}.", tone)


def rate_bars(view: NetworkView, lang: str, most: int) -> list[tuple[str, float, str]]:
    """Return up to `most` other bodies as (name, share answered within 5 s, in words), who answered least first.

    Bodies that were not asked have no share; of one that is silent it is said for how long.
    """
    asked = [row for row in view.rows if row.counts.asked]
    shares = sorted((_share(row.counts.at_once + row.counts.in_time, row.counts.asked), row.name) for row in asked)
    by_name = {row.name: row for row in asked}
    bars = []
    for share, name in shares[:most]:
        row = by_name[name]
        shown = share_text(row.counts.at_once + row.counts.in_time, row.counts.asked, lang)
        if row.missed_since_ms:
            silent = tr("MUTO da", lang)
            shown += f"  {silent} {span_text(view.now_ms - row.missed_since_ms, lang)}"
        bars.append((name, share, shown))
    return bars


def _share(part: int, asked: int) -> float:
    return part / asked


def _folded(lines: list[str]) -> list[str]:
    return [part for line in lines for part in fold_sentence(line).split("\n")]


def _facts(found: NodeStatus, lang: str) -> list[str]:
    ready = tr("pronto" if found.ready else "NON pronto", lang)
    waiting = tr("in attesa", lang)
    facts = (
        (tr("Nodo", lang), f"{found.member_name} ({found.member}), {found.network}: {ready}"),
        (tr("Regole", lang), f"{found.policy_revision} ({found.engine})"),
        (
            tr("Enti", lang),
            tr("{active}, elenco {version} dei funzionari", lang).format(
                active=found.members_active, version=found.directory_version
            ),
        ),
        (tr("Aiuti", lang, "status"), f"{found.records}, {found.awaiting} {waiting}"),
    )
    return [f"{name:<10}{value}" for name, value in facts]


def _enrolment_lines(found: NodeStatus, lang: str) -> list[str]:
    """Return that keys rotate, and for each epoch why whoever awaits its pseudonyms does, with what to do."""
    lines = []
    if len(found.enrolment) > 1:
        second = found.enrolment[1]
        told = tr("cambio in corso, in attesa sotto il periodo", lang)
        lines.append(f"{tr('Chiavi', lang):<10}{told} {second.epoch}: {second.awaiting}")
    warning, epoch = tr("AVVISO", lang, "finding"), tr("periodo", lang)
    waiting = tr("in attesa", lang)
    lines += [
        f"{warning:<10}{one.awaiting} {waiting}, {epoch} {one.epoch}: {code_sentence(one.waits, lang, one.params)}"
        for one in found.enrolment
        if one.waits and one.awaiting
    ]
    return lines
