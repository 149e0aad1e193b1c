"""What an operator wants to know, and on what lawful basis (steps 2 and 3 of design 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import PUBLIC_KINDS, Basis, Facet, Kind, Purpose
from node.domain.consent import last_day, reaches
from node.domain.model import Consent, Operator
from node.domain.needs import FiledNeed
from node.ports import Store


@dataclass(frozen=True)
class Inquiry:
    """A question as the operator asks it, valid in form (step 2). `filed` is the need on file that it is about."""

    identifier: Identifier
    facet: Facet
    purpose: Purpose
    months: int
    need: Identifier | None = None
    creditor: str = ""
    procedure: str = ""
    filed: FiledNeed | None = None


@dataclass(frozen=True)
class HouseholdInquiry:
    """One question about each person of a household, in the order entered; None for who is known by a name alone."""

    persons: tuple[Inquiry | None, ...]
    facet: Facet
    purpose: Purpose


@dataclass(frozen=True)
class LawfulBasis:
    """On what the question rests (step 3). The protocol number stays at this body; a procedure was verified here."""

    kind: Basis
    consent: Consent | None = None
    case_protocol: str = ""
    procedure: Procedure | None = None


def find_basis(inquiry: Inquiry, me: Member, store: Store) -> LawfulBasis:
    """Return what is on file for the person and purpose: a public body's case first, else consent (law rule 2).

    Raises `consent.refused` where only a consent would do and the person refused it.
    """
    is_public = me.kind in PUBLIC_KINDS
    if is_public:
        protocol = store.case_for(inquiry.identifier, inquiry.purpose)
        if protocol:
            return LawfulBasis(Basis.PUBLIC_TASK, case_protocol=protocol)
    consent = store.consent_for(inquiry.identifier, inquiry.purpose)
    if consent is not None:
        return LawfulBasis(Basis.CONSENT, consent=consent)
    if not is_public and store.refused_on(inquiry.identifier) is not None:
        raise MagliaError(Code.CONSENT_REFUSED)
    return LawfulBasis(Basis.PUBLIC_TASK if is_public else Basis.NONE)


def whom_to_ask(members: Sequence[Member], basis: LawfulBasis) -> list[Member]:
    """Return those of the members whom the basis lets learn of the person.

    Raises `consent.audience` when there are some and the consent reaches none: nobody asked must not read as nothing.
    """
    consent = basis.consent
    reached = [member for member in members if consent is None or reaches(consent, member.kind)]
    if members and not reached:
        raise MagliaError(Code.CONSENT_AUDIENCE)
    return reached


def policy_document(
    inquiry: Inquiry,
    operator: Operator,
    basis: LawfulBasis,
    me: Member,
    asked: Sequence[Member],
    today: date,
) -> dict[str, object]:
    """Return the input of the decision `ask`: no person in it, and of the case only that there is one."""
    return {
        "asker": {"kind": me.kind.value, "purposes": sorted(me.purposes), "facets": sorted(me.facets)},
        "operator": {"role": operator.role.value},
        "query": {
            "purpose": inquiry.purpose.value,
            "facet": inquiry.facet.value,
            "months": inquiry.months,
            "asked": sorted({member.kind.value for member in asked}),
            "basis": basis_document(basis, today),
        },
        "day": today.isoformat(),
    }


def basis_document(basis: LawfulBasis, today: date) -> dict[str, object]:
    """Return what rules read of a lawful basis: of a consent what it covers, of whom nothing."""
    consent = basis.consent and {
        "purposes": sorted(basis.consent.purposes),
        "audience": sorted(kind for kind in Kind if reaches(basis.consent, kind)),
        "notice_version": basis.consent.notice_version,
        "language": basis.consent.language,
        "age_days": (today - basis.consent.day).days,
        "days_left": (last_day(basis.consent) - today).days,
    }
    return {
        "kind": basis.kind.value,
        "case": bool(basis.case_protocol),
        "procedure": basis.procedure is not None,
        "consent": consent,
    }
