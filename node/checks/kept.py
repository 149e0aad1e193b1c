"""A check as it is filed, from a check as it is."""

from __future__ import annotations

from collections.abc import Sequence

from node.checks.check import AskedPerson
from node.domain.waiting import KeptCheck, KeptPerson, Stage
from node.inquiry import HouseholdInquiry, Inquiry


def deferred(
    inquiry: Inquiry | HouseholdInquiry, check_id: str, person_ids: Sequence[str], user: str, now: float
) -> KeptCheck:
    """Return a check that nobody was asked about yet; `person_ids` are of the persons, in the order entered."""
    persons = inquiry.persons if isinstance(inquiry, HouseholdInquiry) else (inquiry,)
    asked = next(person for person in persons if person is not None)
    return KeptCheck(
        check_id=check_id,
        user=user,
        stage=Stage.DEFERRED,
        asked_at=now,
        waited_s=0.0,
        noted_at=now,
        facet=asked.facet,
        purpose=asked.purpose,
        months=asked.months,
        persons=tuple(
            KeptPerson(of, person.identifier if person else None)
            for of, person in zip(person_ids, persons, strict=True)
        ),
        need=asked.need,
        creditor=asked.creditor,
        procedure=asked.procedure,
        untold=True,
    )


def asked_by(user: str, check_id: str, persons: Sequence[AskedPerson], asked_at: float) -> KeptCheck:
    """Return a check with what is known of each person now."""
    asked = next(person.inquiry for person in persons if person.inquiry)
    return KeptCheck(
        check_id=check_id,
        user=user,
        stage=Stage.ASKED,
        asked_at=asked_at,
        waited_s=0.0,
        noted_at=asked_at,
        facet=asked.facet,
        purpose=asked.purpose,
        months=asked.months,
        persons=tuple(map(_person, persons)),
        need=asked.need,
        creditor=asked.creditor,
        procedure=asked.procedure,
    )


def inquiry_of(kept: KeptCheck, number: int = 0) -> Inquiry | None:
    """Return what was asked about the person of that place; None of somebody known by a name alone."""
    identifier = kept.persons[number].identifier
    if identifier is None:
        return None
    return Inquiry(identifier, kept.facet, kept.purpose, kept.months, kept.need, kept.creditor, kept.procedure)


def household_inquiry_of(kept: KeptCheck) -> HouseholdInquiry:
    """Return what was asked about a household."""
    persons = tuple(inquiry_of(kept, number) for number in range(len(kept.persons)))
    return HouseholdInquiry(persons, kept.facet, kept.purpose)


def _person(one: AskedPerson) -> KeptPerson:
    identifier = one.inquiry.identifier if one.inquiry else None
    return KeptPerson(one.check_id, identifier, one.unverified, one.check.kept() if one.check else None)
