"""A reconciliation as an auditor reads it: the document for programs, the lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from maglia.core.translation import mark, tr
from tui.audit.findings import Finding, FindingType, Place, Report, Unread
from tui.audit.findings_words import (
    ASK,
    ASK_BOTH,
    FIELDS,
    MANY_ENROLMENTS,
    MANY_EVALUATIONS,
    MANY_QUESTIONS,
    ONE_ENROLMENT,
    ONE_EVALUATION,
    ONE_QUESTION,
    TYPES,
)
from tui.audit.log_text import name_of, why
from tui.labels import label
from tui.table import Cells, Table, make_table
from tui.text import number

SCHEMA = "maglia.audit/1"
_WIDTH = 80
_SHOWN = 6
"""Entries of one log that a line names before it counts the rest; `--json` has more."""


def document(report: Report, lang: str) -> dict[str, Any]:
    """Return the report as `maglia.audit/1`."""
    return {
        "schema": SCHEMA,
        "members_read": report.members_read,
        "members_total": report.members_total,
        "registry_read": report.registry_read,
        "complete": report.is_whole,
        "unread": [{"member": one.member, "code": one.code} for one in report.unread],
        "findings": [_finding_document(finding, lang) for finding in report.findings],
    }


def _finding_document(finding: Finding, lang: str) -> dict[str, object]:
    about = finding.about
    return {
        "type": about.type.value,
        "member": about.members[0],
        "members": list(about.members),
        "other": about.other,
        "detail": about.detail,
        "count": finding.count,
        "entries": [{"log": place.log, "index": place.index} for place in finding.places],
        "figures": finding.figures,
        "ask": ask(finding, lang),
    }


def ask(finding: Finding, lang: str) -> str:
    """Return what to ask whom: one whole sentence."""
    about = finding.about
    case = about.detail.partition(":")[0]
    sentences = ASK_BOTH if len(about.members) > 1 else ASK
    sentence = sentences.get((about.type, case)) or sentences[about.type, ""]
    figures = {
        name: number(value, lang) if isinstance(value, int) else value for name, value in finding.figures.items()
    }
    fields = [label(FIELDS, name, lang) for name in about.detail.split(",") if about.type is FindingType.CONTENT]
    said = {"fields": ", ".join(fields), **_counted(finding.count, lang), **figures}
    return tr(sentence, lang).format(member=name_of(about.members[0], lang), other=name_of(about.other, lang), **said)


def _counted(count: int, lang: str) -> dict[str, str]:
    forms = {
        "questions": (ONE_QUESTION, MANY_QUESTIONS),
        "evaluations": (ONE_EVALUATION, MANY_EVALUATIONS),
        "enrolments": (ONE_ENROLMENT, MANY_ENROLMENTS),
    }
    return {name: tr(form[count != 1], lang).format(count=number(count, lang)) for name, form in forms.items()}


def lines(report: Report, lang: str) -> list[str]:
    """Return what to print, at most 80 columns wide. A partial comparison never reads as a clean one."""
    return [
        *_wrapped(head_line(report, lang)),
        *(line for finding in report.findings for line in finding_lines(finding, lang)),
        *([""] if report.findings and not report.is_whole else []),
        *_wrapped(verdict_line(report, lang), following="   "),
        *(line for one in report.unread for line in _unread_lines(one, lang)),
    ]


def finding_table(report: Report, lang: str) -> Table:
    """Return the differences, one row each, under the logs that were left out: a part never looks like the whole."""
    unread = tr("NON CONFRONTATO", lang)
    rows: list[Cells] = [
        (unread, name_of(one.member, lang), None, None, why(one.code, (), lang), None) for one in report.unread
    ]
    rows += [
        (
            label(TYPES, one.about.type, lang),
            ", ".join(name_of(member, lang) for member in one.about.members),
            name_of(one.about.other, lang) if one.about.other else None,
            one.count,
            ask(one, lang),
            "; ".join(f"{name_of(place.log, lang)} {place.index}" for place in one.places),
        )
        for one in report.findings
    ]
    head = mark("Differenza|Di chi|Altro ente|Quante|Che cosa chiedere|Voci")
    return make_table(mark("Riconciliazione"), head, rows, lang)


def head_line(report: Report, lang: str) -> str:
    """Return how many logs were read and how many differences there are: one sentence."""
    read, total = number(report.members_read, lang), number(report.members_total, lang)
    said = tr(
        "Registri letti: {read} di {total}, e quello dell'ufficio. Differenze: {count}"
        if report.registry_read
        else "Registri letti: {read} di {total}, NON quello dell'ufficio. Differenze: {count}",
        lang,
    )
    return said.format(read=read, total=total, count=number(len(report.findings), lang))


def finding_lines(finding: Finding, lang: str) -> list[str]:
    """Return one difference: of whom, which entries, what to ask."""
    about = finding.about
    bodies = ", ".join(name_of(member, lang) for member in about.members)
    entries = entries_text(finding, lang)
    return [
        "",
        *_wrapped(f"DIFF  {label(TYPES, about.type, lang)}: {bodies}", following=" " * 6),
        *_wrapped(entries, " " * 6, " " * 6),
        *_wrapped(f"-> {ask(finding, lang)}", " " * 6, " " * 9),
    ]


def entries_text(finding: Finding, lang: str) -> str:
    """Return the entries of a finding, by log; nothing where it names none."""
    by_log = groupby(finding.places, key=lambda place: place.log)
    named = [f"{name_of(log, lang)} {_indexes(list(places), lang)}" for log, places in by_log]
    return tr("voci: {entries}", lang).format(entries="; ".join(named)) if named else ""


def _indexes(places: Sequence[Place], lang: str) -> str:
    shown = ", ".join(number(place.index, lang) for place in places[:_SHOWN])
    rest = len(places) - _SHOWN
    return shown if rest <= 0 else tr("{entries} e altre {count}", lang).format(entries=shown, count=rest)


def verdict_line(report: Report, lang: str) -> str:
    """Return whether the comparison is partial, or clean; nothing where differences are all there is to say."""
    if not report.is_whole:
        partial = tr("Confronto PARZIALE", lang)
        return f"?? {partial}: {_left_out(report, lang)}."
    if report.findings:
        return ""
    return tr("Nessuna differenza tra i registri.", lang)


def _left_out(report: Report, lang: str) -> str:
    names = ", ".join(name_of(one.member, lang) for one in report.unread)
    return (
        tr("esclusi: {names}", lang).format(names=names) if names else tr("non tutti i registri sono stati letti", lang)
    )


def _unread_lines(one: Unread, lang: str) -> list[str]:
    return _wrapped(f"{name_of(one.member, lang)}: {why(one.code, (), lang)}", "   ", "   ")


def _wrapped(text: str, first: str = "", following: str = "") -> list[str]:
    """Return the lines of a text; the hyphens of a body's name are no places to break at."""
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)
