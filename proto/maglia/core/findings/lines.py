"""Findings as lines of 80 characters: level, part, what was found; below it the command that mends it, whole."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from maglia.core.findings.model import Finding
from maglia.core.findings.words import level_in_words, subject_in_words, told_in_words
from maglia.core.folding import WIDTH
from maglia.core.translation import mark, tr

LEVEL_WIDTH, SUBJECT_WIDTH = 9, 20
_BEFORE = LEVEL_WIDTH + SUBJECT_WIDTH
_ARROW = "-> "
_WORD = re.compile(r"(?:[^\s'\"]|'[^']*'|\"[^\"]*\")+")
"""A word of a command, quoted blanks and all."""
_MANAGER = mark("avvisare il responsabile o chi amministra il nodo")


def finding_lines(findings: Iterable[Finding], lang: str, width: int = WIDTH) -> list[str]:
    """Return all findings, one after another, in the order given."""
    return [line for finding in findings for line in _lines(finding, lang, width)]


def found_in_words(finding: Finding, lang: str) -> list[str]:
    """Return what was found and each detail of it, without its level and name: a sentence a line, however long."""
    return [told_in_words(told, lang) for told in (finding.told, *finding.details)]


def repair_lines(finding: Finding, lang: str, width: int = WIDTH) -> list[str]:
    """Return the command that mends it, in lines that a shell joins; or whom to tell; nothing where all is well."""
    if finding.for_manager and not finding.repair:
        return [_ARROW + tr(_MANAGER, lang)]
    return _parted(_ARROW, finding.repair, width) if finding.repair else []


def _lines(finding: Finding, lang: str, width: int) -> list[str]:
    head = f"{level_in_words(finding.level, lang):<{LEVEL_WIDTH}}"
    head = f"{head + subject_in_words(finding.subject, lang):<{_BEFORE - 1}} "
    told = [line for one in found_in_words(finding, lang) for line in _wrapped(one, width - _BEFORE)]
    first, *rest = told or [""]
    repair = repair_lines(finding, lang, width - LEVEL_WIDTH)
    return [
        (head + first).rstrip(),
        *(" " * _BEFORE + line for line in rest),
        *(" " * LEVEL_WIDTH + line for line in repair),
    ]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)


def _parted(before: str, command: str, width: int) -> list[str]:
    """Return a command in as few lines as it takes, each but the last ended by what makes a shell read on."""
    if len(before) + len(command) <= width:
        return [before + command]
    rows, indent = [before], " " * (len(before) + 2)
    for word in _WORD.findall(command):
        if rows[-1].strip() != before.strip() and len(rows[-1]) + len(word) + 2 > width:
            rows[-1] += "\\"
            rows.append(indent)
        rows[-1] += f"{word} "
    return [row.rstrip() for row in rows]
