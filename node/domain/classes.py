"""From records to the classes that policy judges: no person, no amount, nothing that names anybody (design 7)."""

from __future__ import annotations

from datetime import date

from maglia.core.exchange import Question, Subject, creditor_tag, periods_overlap
from maglia.core.vocabulary import FAMILY, AidStatus, Basis, Facet, Family, PseudonymClass
from node.domain.model import Candidate, Consent

RETENTION_MONTHS: dict[Family, int] = {Family.HOUSING: 36, Family.UTILITIES: 36}
_OTHER_RETENTION_MONTHS = 24

ClassKey = tuple[str, str, str, bool, str, str, str]
"""Facet, basis, consent, objection, visibility, status, age: equal keys are judged once."""


def months_before(day: date, months: int) -> date:
    """Return the day `months` calendar months earlier; the 31st of a short month reads as its last day."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"no day {months} months before")


def class_key(candidate: Candidate, question: Question, today: date) -> ClassKey:
    """Return the class of a record for one question."""
    return (
        candidate.facet,
        candidate.basis.value,
        _consent_state(candidate, question),
        candidate.objection,
        candidate.visibility.value,
        candidate.status.value,
        _age(candidate, question.months, today),
    )


def class_document(number: int, key: ClassKey) -> dict[str, object]:
    """Return a class as the policy's input reads it; `number` names it in the ruling."""
    names = ("facet", "basis", "consent", "objection", "visibility", "status", "age")
    return {"id": str(number), **dict(zip(names, key, strict=True))}


def _consent_state(candidate: Candidate, question: Question) -> str:
    if candidate.basis is not Basis.CONSENT:
        return "none"
    if candidate.consent_withdrawn:
        return "withdrawn"
    if candidate.consent is None:
        return "none"
    return "match" if _covers(candidate.consent, question.purpose) else "mismatch"


def _covers(consent: Consent, purpose: str) -> bool:
    return purpose in consent.purposes and bool(consent.notice_version) and bool(consent.language)


def _age(candidate: Candidate, months: int, today: date) -> str:
    """Return whether a record is inside the window asked, and still inside its retention (law rule 13)."""
    if candidate.day < months_before(today, retention_months(candidate.facet)):
        return "expired"
    last = candidate.period_to or candidate.day
    return "in_window" if max(candidate.day, last) >= months_before(today, months) else "out_of_window"


def retention_months(facet: str) -> int:
    """Return how long a record of `facet` may be answered from."""
    family = FAMILY[Facet(facet)] if facet in Facet.__members__.values() else None
    return RETENTION_MONTHS.get(family, _OTHER_RETENTION_MONTHS) if family else _OTHER_RETENTION_MONTHS


def is_same_need(candidate: Candidate, question: Question, subject: Subject) -> bool:
    """Return whether a record helps the very need asked about.

    The same need pseudonym says so by itself; for a person it takes the same facet, creditor and an overlapping period.
    """
    if subject.cls is PseudonymClass.NEED:
        return True
    return (
        candidate.facet == question.facet
        and bool(candidate.creditor)
        and creditor_tag(subject.pseudonym, candidate.creditor) == subject.creditor_tag
        and periods_overlap((candidate.period_from, candidate.period_to), (subject.period_from, subject.period_to))
    )


LIVE = frozenset({AidStatus.RESERVED, AidStatus.GIVEN})
"""Statuses for which a person is enrolled."""
