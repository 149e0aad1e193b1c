"""The life of a consent: what for, to whom and until when it holds, and what a person says against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from maglia.core.vocabulary import CONSENT_DAYS, Basis, Kind, Purpose, Visibility
from node.domain.model import AidRecord, Consent
from node.domain.referral import Referral

_COVERED_BY: dict[Purpose, Purpose] = {
    Purpose.RENT_SUBSIDY: Purpose.AID_OVERLAP,
    Purpose.UTILITY_SUBSIDY: Purpose.AID_OVERLAP,
    Purpose.CALL_FOR_APPLICANTS: Purpose.AID_OVERLAP,
}
"""The notice says that consent to comparing aid includes the comune's subsidies, compared for the same end."""


def last_day(consent: Consent) -> date:
    """Return the last day on which the consent may be relied on: a year after its own, or the earlier one named."""
    year_after = consent.day + timedelta(days=CONSENT_DAYS)
    return min(year_after, consent.expires) if consent.expires else year_after


def reaches(consent: Consent, kind: Kind) -> bool:
    """Return whether the consent lets bodies of this kind learn of the person."""
    return not consent.audience or kind in consent.audience


def state_of(consent: Consent, purpose: Purpose, asker: Kind, today: date) -> str:
    """Return what the consent under which a record is held says to this asker and purpose, in the policy's words."""
    covers = _COVERED_BY.get(purpose, purpose) in consent.purposes
    if not (covers and consent.notice_version and consent.language and reaches(consent, asker)):
        return "mismatch"
    return "match" if today <= last_day(consent) else "expired"


class Against(StrEnum):
    """What a person said against the sharing."""

    WITHDRAWAL = "withdrawal"
    REFUSAL = "refusal"
    OBJECTION = "objection"


class Learned(StrEnum):
    """How another body learned of the person: it was answered, or it was asked."""

    ANSWERED = "answered"
    ASKED = "asked"


@dataclass(frozen=True)
class ToTell:
    """A body to tell of a withdrawal; `last_day` is when it last learned of the person."""

    member: str
    reason: Learned
    last_day: date
    told_on: date | None = None
    told_by: str = ""


@dataclass(frozen=True)
class Filed:
    """A consent as it is on file; `left` are the purposes not withdrawn, `recorded_by` an operator's user."""

    id: str
    consent: Consent
    left: tuple[str, ...]
    withdrawn_on: date | None
    recorded_by: str


@dataclass(frozen=True)
class Opposition:
    """A person's no. Of a withdrawal, `traced` says whether `to_tell` is whole."""

    id: int
    kind: Against
    purposes: tuple[str, ...]
    day: date
    recorded_by: str
    ended_on: date | None
    traced: bool
    to_tell: Sequence[ToTell] = ()


@dataclass(frozen=True)
class ConsentFile:
    """All that a person said to this body, newest first; `statutory` counts the live records of a public task.

    `imported` counts those seen by others on a consent that came with a file and has no place among `consents`.
    `ended` are the referrals that the person's word has just now withdrawn.
    """

    consents: Sequence[Filed] = ()
    oppositions: Sequence[Opposition] = ()
    statutory: int = 0
    imported: int = 0
    ended: Sequence[Referral] = ()

    @property
    def refused_on(self) -> date | None:
        """Return the day of the refusal in force."""
        return next((each.day for each in self.oppositions if each.kind is Against.REFUSAL and not each.ended_on), None)


@dataclass(frozen=True)
class Expiring:
    """A person whose consent ends, or has ended, on `last_day`. The code is secret: it is for the counter's screen."""

    code: str = field(repr=False)
    purposes: tuple[str, ...]
    last_day: date


@dataclass(frozen=True)
class Standing:
    """What a person's word means for a record that arrives: `newest` is the consent in force for comparing aid."""

    newest: Consent | None = None
    against_on: date | None = None
    """Day of the last withdrawal or refusal that takes back the comparing of aid."""
    refused: bool = False
    objected: bool = False


class Settled(NamedTuple):
    """A record as it is stored."""

    record: AidRecord
    withdrawn: bool = False
    objection: bool = False


def settle(record: AidRecord, standing: Standing) -> Settled:
    """Return a record as the person's word leaves it: the newest word holds, whatever a file or form says.

    A public task needs no consent; an objection to it is shown (law rule 2). Help for whoever refused stays here.
    """
    if record.basis is Basis.PUBLIC_TASK:
        return Settled(record, objection=standing.objected)
    if standing.refused:
        return Settled(replace(record, visibility=Visibility.ONLY_US), record.consent is not None, standing.objected)
    given, newest, against_on = record.consent, standing.newest, standing.against_on
    if given is not None and newest is not None and newest.day >= given.day:
        return Settled(replace(record, consent=newest), objection=standing.objected)
    withdrawn = given is not None and against_on is not None and against_on >= given.day
    return Settled(record, withdrawn, standing.objected)
