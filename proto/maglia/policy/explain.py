"""What one kind of body may ask for one purpose, what it sees of an example record, and by which rules: a dry run."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from maglia.core.vocabulary import PUBLIC_KINDS, Role
from maglia.policy.rules import Rules
from maglia.policy.vectors import Document
from maglia.policy.vectors.matrix import asked, asks, record_of, usual_basis
from maglia.policy.why import Explainer, Reasoning, Step

BASES: Mapping[str, str] = MappingProxyType(
    {"case": "a case", "procedure": "a procedure", "consent": "a consent", "none": "nothing"}
)
"""What may be on file before a question is asked, and how the vectors call it."""
_CODES = {words: code for code, words in BASES.items()}
VARIANTS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "reserved": {"status": "reserved"},
        "cancelled": {"status": "cancelled"},
        "withdrawn": {"consent": "withdrawn"},
        "objection": {"objection": True},
        "only_us": {"visibility": "only_us"},
        "out_of_window": {"age": "out_of_window"},
        "expired": {"age": "expired"},
    }
)
"""In what the example record may differ from an ordinary one; what it is then is told beside it."""


@dataclass(frozen=True)
class Question:
    """Who asks, and what; an empty role or basis stands for the usual one of such a body."""

    kind: str
    purpose: str
    facet: str
    role: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Seen:
    """What is seen of the example record of one kind of giver, ordinary or, with `variant`, one of `VARIANTS`."""

    giver: str
    variant: str
    reasoning: Reasoning


@dataclass(frozen=True)
class Explanation:
    """The whole dry run; `question` has its role and basis filled in."""

    question: Question
    may_ask: Reasoning
    seen: tuple[Seen, ...]


def explain(rules: Rules, question: Question, givers: Iterable[str]) -> Explanation:
    """Return what the rules make of a question, asked of each kind of giver; raise `policy.unavailable`.

    The body is taken to be accredited for the purpose and the facet, and a consent to cover the question.
    """
    explainer = Explainer(rules)
    usual = _CODES[usual_basis(question.kind, question.purpose)]
    role = Role.OFFICER if question.kind in PUBLIC_KINDS else Role.VOLUNTEER
    whole = replace(question, role=question.role or role.value, basis=question.basis or usual)
    seen: list[Seen] = []
    for giver in givers:
        ordinary = explainer.why("release", _release(whole, giver, ""))
        seen.append(Seen(giver, "", ordinary))
        if ordinary.fields:
            seen += [Seen(giver, name, explainer.why("release", _release(whole, giver, name))) for name in VARIANTS]
    return Explanation(whole, explainer.why("ask", _ask(whole)), tuple(seen))


def _ask(question: Question) -> Document:
    document = copy.deepcopy(
        asks(question.kind, question.purpose, BASES[question.basis], role=question.role, facet=question.facet)
    )
    document["asker"] |= {"purposes": [question.purpose], "facets": [question.facet]}
    consent: dict[str, Any] | None = document["query"]["basis"]["consent"]
    if consent is not None:
        consent["purposes"] = [question.purpose]
    return document


def _release(question: Question, giver: str, variant: str) -> Document:
    document = asked(question.kind, giver, question.purpose, question.facet, basis=BASES[question.basis])
    document["asker"]["purposes"] = [question.purpose]
    document["classes"] = [{**record_of(giver, question.facet), **VARIANTS.get(variant, {})}]
    return document


def reasoning_document(reasoning: Reasoning) -> dict[str, object]:
    """Return a reasoning as a program reads it."""
    return {
        "allow": reasoning.allow,
        "reasons": [
            {"code": code, "rules": [_step_document(step) for step in steps]}
            for code, steps in reasoning.reasons.items()
        ],
        "level": reasoning.level,
        "fields": list(reasoning.fields),
        "rules": [_step_document(step) for step in reasoning.steps],
    }


def _step_document(step: Step) -> dict[str, object]:
    rule = step.rule
    return {
        "rule": rule.full_name,
        "title": rule.note.title,
        "titolo": rule.note.titolo,
        "articles": list(rule.note.articles),
        "file": rule.file,
        "line": rule.line,
        "condition": step.condition,
    }
