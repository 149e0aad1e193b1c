"""From records to the classes that policy judges: no person, no amount, nothing that names anybody (design 7)."""

from __future__ import annotations

from datetime import date

from maglia.core.exchange import Question, Subject, creditor_tag, normal_creditor, periods_overlap
from maglia.core.vocabulary import Basis, Kind, PseudonymClass
from node.domain.consent import state_of
from node.domain.model import Candidate
from node.domain.retention import Terms, months_after

ClassKey = tuple[str, str, str, bool, str, str, str]
"""Facet, basis, consent, objection, visibility, status, age: equal keys are judged once."""


def class_key(candidate: Candidate, question: Question, asker: Kind, today: date, terms: Terms) -> ClassKey:
    """Return the class of a record for one question of a body of kind `asker`, under the terms that hold today."""
    return (
        candidate.facet,
        candidate.basis.value,
        _consent_state(candidate, question, asker, today),
        candidate.objection,
        candidate.visibility.value,
        candidate.status.value,
        _age(candidate, question.months, today, terms),
    )


def class_document(number: int, key: ClassKey) -> dict[str, object]:
    """Return a class as the policy's input reads it; `number` names it in the ruling."""
    names = ("facet", "basis", "consent", "objection", "visibility", "status", "age")
    return {"id": str(number), **dict(zip(names, key, strict=True))}


def _consent_state(candidate: Candidate, question: Question, asker: Kind, today: date) -> str:
    if candidate.basis is not Basis.CONSENT:
        return "none"
    if candidate.consent_withdrawn:
        return "withdrawn"
    if candidate.consent is None:
        return "none"
    return state_of(candidate.consent, question.purpose, asker, today)


def _age(candidate: Candidate, months: int, today: date, terms: Terms) -> str:
    """Return whether a record is inside the window asked, and still inside its retention (law rule 13)."""
    if today > terms.keep_until(candidate.facet, candidate.day):
        return "expired"
    last = candidate.period_to or candidate.day
    return "in_window" if max(candidate.day, last) >= months_after(today, -months) else "out_of_window"


def is_same_need(candidate: Candidate, question: Question, subject: Subject) -> bool:
    """Return whether a record helps the very need asked about.

    The same need pseudonym says so by itself; for a person it takes the same facet, creditor and an overlapping period.
    """
    if subject.cls is PseudonymClass.NEED:
        return True
    return (
        candidate.facet == question.facet
        and bool(normal_creditor(candidate.creditor))
        and creditor_tag(subject.pseudonym, candidate.creditor) == subject.creditor_tag
        and periods_overlap((candidate.period_from, candidate.period_to), (subject.period_from, subject.period_to))
    )
