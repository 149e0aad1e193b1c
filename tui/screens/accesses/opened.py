"""What opens from a row of ACCESSI: all that is known of it, and which entries to look at next."""

from __future__ import annotations

from maglia.core.translation import tr
from tui.audit.anomalies import Anomaly
from tui.audit.findings import Finding
from tui.audit.findings_text import finding_lines
from tui.audit.search import Found, FoundPage, Query, midnight_ms
from tui.audit.search_text import search_lines
from tui.audit.search_words import Titles
from tui.screens.dialogs import Ask
from tui.text import show_day

QUESTION, CHECK = "question", "check"


def entry_window(one: Found, titles: Titles, lang: str) -> Ask:
    """Return a window with all that an entry says; its answers are `QUESTION`, `CHECK` or ""."""
    answers = [("", tr("Chiudi", lang))]
    if one.question_id.strip(b"\0"):
        answers.append((QUESTION, tr("La domanda nei due registri", lang)))
    if one.check_id:
        answers.append((CHECK, tr("Tutta la verifica", lang)))
    head, *said = search_lines(FoundPage([one]), lang, titles)
    number = [f"{tr('Domanda', lang)} {one.question_id.hex()}"] if one.question_id else []
    number += [f"{tr('Verifica', lang)} {one.check_id}"] if one.check_id else []
    return Ask(tr("VOCE", lang), [head, *(line.strip() for line in said), *number], answers)


def following(one: Found, answer: str) -> Query:
    """Return which entries belong to one: those of its question in every log, or of its check in its own."""
    if answer == QUESTION:
        return Query(question=one.question_id)
    return Query(member=one.member, check_id=one.check_id)


def entries_of(one: Anomaly) -> Query:
    """Return the entries of the operator's day that a signal is about."""
    day = show_day(one.day)
    return Query(member=one.member, operator=one.operator, since_ms=midnight_ms(day), until_ms=midnight_ms(day, days=1))


def difference_window(one: Finding, lang: str) -> Ask:
    """Return a window with a difference as the command prints it."""
    lines = [line.strip() for line in finding_lines(one, lang) if line]
    return Ask("DIFF", lines, [("", tr("Chiudi", lang))])
