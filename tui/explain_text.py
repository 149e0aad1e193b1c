"""What a body may ask and see, and by which rule, as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import amount_band
from tui.labels import BANDS, FACETS, KINDS, PURPOSES, ROLES, Labels, label
from tui.policy_text import BASES, LEVELS, REASONS, RECORD, kind_name
from tui.text import plain, show_amount

if TYPE_CHECKING:
    from maglia.policy.explain import Explanation, Question, Seen
    from maglia.policy.why import Reasoning, Step

_CENTS = 120_00
_OWED_CENTS = 300_00
_CLOSED = "nothing"
_NOTES_IN = "en"
"""The language of the rules' own notes; only their titles are in Italian too."""
FIELDS: Labels = {
    "facet": mark("Aiuto"),
    "month": mark("Mese"),
    "amount_band": mark("Fascia"),
    "kind": mark("Da"),
    "status": mark("Stato"),
    "reserved": mark("Promesso"),
    "date": mark("Data"),
    "amount": mark("Importo"),
    "body": mark("Ente"),
    "contact": mark("Recapito"),
    "objection": mark("Opposizione"),
    "owed": mark("Dovuto"),
}


def explanation_lines(found: Explanation, rules: str, revision: str, lang: str) -> list[str]:
    """Return the whole dry run under the rules called `rules`."""
    lines = [
        tr("Regole: {rules}, versione {revision}.", lang).format(rules=plain(rules), revision=plain(revision)),
        _question_line(found.question, lang),
        "",
        *_may_ask_lines(found.may_ask, lang),
    ]
    for giver in dict.fromkeys(seen.giver for seen in found.seen):
        lines += ["", *_giver_lines(found.question, [seen for seen in found.seen if seen.giver == giver], lang)]
    return lines


def _question_line(question: Question, lang: str) -> str:
    asks = tr("Chiede", lang)
    words = (
        kind_name(question.kind, lang),
        label(ROLES, question.role, lang),
        label(PURPOSES, question.purpose, lang),
        label(FACETS, question.facet, lang),
        label(BASES, question.basis, lang),
    )
    return f"{asks}: {', '.join(words)}."


def _may_ask_lines(reasoning: Reasoning, lang: str) -> list[str]:
    if reasoning.allow:
        return [tr("PUÒ CHIEDERE", lang), *_step_lines(reasoning.steps, lang)]
    return [tr("NON PUÒ CHIEDERE", lang), *_reason_lines(reasoning, lang)]


def _reason_lines(reasoning: Reasoning, lang: str) -> list[str]:
    lines = []
    for code, steps in reasoning.reasons.items():
        lines += [f"  {label(REASONS, code, lang)} [{plain(code)}]", *_step_lines(steps, lang)]
    return lines


def _giver_lines(question: Question, seen: list[Seen], lang: str) -> list[str]:
    ordinary, *variants = seen
    reasoning = ordinary.reasoning
    giver = label(KINDS, ordinary.giver, lang)
    level = label(LEVELS, reasoning.level or _CLOSED, lang).upper()
    head = tr("DI UN AIUTO DATO DA {giver} VEDE: {level}", lang).format(giver=giver.upper(), level=level)
    if not reasoning.allow:
        return [head, *_reason_lines(reasoning, lang)]
    lines = [head, *_example_lines(question, ordinary, lang), *_step_lines(reasoning.steps, lang)]
    if variants:
        lines.append(tr("  Se lo stesso aiuto fosse:", lang))
        lines += [line for one in variants for line in _variant_lines(one, lang)]
    return lines


def _example_lines(question: Question, seen: Seen, lang: str) -> list[str]:
    values = {
        "facet": label(FACETS, question.facet, lang),
        "month": "11/2026",
        "amount_band": label(BANDS, amount_band(_CENTS), lang),
        "kind": label(KINDS, seen.giver, lang),
        "status": tr("dato", lang),
        "reserved": tr("da quando e fino a quando, se promesso", lang),
        "date": "12/11/2026",
        "amount": show_amount(_CENTS),
        "body": tr("Ente di Esempio", lang),
        "contact": "0000 000000",
        "objection": tr("nessuna", lang),
        "owed": show_amount(_OWED_CENTS),
    }
    return [f"  {label(FIELDS, name, lang):<12}{values.get(name, '?')}" for name in seen.reasoning.fields]


def _variant_lines(seen: Seen, lang: str) -> list[str]:
    reasoning = seen.reasoning
    level = label(LEVELS, reasoning.level or _CLOSED, lang)
    hiding = "" if reasoning.fields or not reasoning.steps else _hiding(reasoning.steps[-1], lang)
    return [f"    {label(RECORD, seen.variant, lang)}: {level}{hiding}"]


def _hiding(step: Step, lang: str) -> str:
    return f" <- {_standing(step, lang)}: {_rule_words(step, lang)}"


def _step_lines(steps: Iterable[Step], lang: str) -> list[str]:
    """Return the rules from the outermost in; the last is the one that decided."""
    found = list(steps)
    lines = [f"    {_standing(step, lang)}: {_rule_words(step, lang)}" for step in found]
    if found and found[-1].condition:
        failed = tr("condizione non soddisfatta", lang)
        lines.append(f"    {failed}: {plain(found[-1].condition)}")
    return lines


def _standing(step: Step, lang: str) -> str:
    """Return whether a rule applies or is the one that fails: titles say what a rule wants."""
    return tr("non vale" if step.condition else "regola", lang)


def _rule_words(step: Step, lang: str) -> str:
    rule = step.rule
    title = rule.note.title if lang == _NOTES_IN else rule.note.titolo or rule.note.title
    articles = "; ".join(_article(article, lang) for article in rule.note.articles)
    place = f"{rule.full_name}, {rule.file}:{rule.line}"
    return plain(f"{title} ({place}{f'; {articles}' if articles else ''})", 400)


def _article(article: str, lang: str) -> str:
    if lang == _NOTES_IN:
        return article
    named = re.sub(r"^law rules? (?=[0-9]+$)", tr("regola di legge ", lang), article, flags=re.IGNORECASE)
    named = re.sub(r"^law rules? ", tr("regole di legge ", lang), named, flags=re.IGNORECASE)
    return named.replace(" and ", tr(" e ", lang))
