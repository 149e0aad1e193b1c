"""Audit events by type: each change of state names one, stored in the same transaction. None holds a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Event:
    """Who changed what: `subject` is the id of the record, paper, operator or epoch concerned."""

    type: ClassVar[str]
    actor: str
    subject: str


class RecordAdded(Event):
    """An operator put an aid record on file."""

    type = "record.added"


class RecordImported(Event):
    """An aid record came from a file."""

    type = "record.imported"


class ReservationChecked(Event):
    """An operator was shown what the network knows beside a reservation."""

    type = "reservation.checked"


class ReservationConfirmed(Event):
    """An operator confirmed that what was promised is given."""

    type = "reservation.confirmed"


class ReservationReopened(Event):
    """A confirmation was undone within minutes: what was given is promised, as before."""

    type = "reservation.reopened"


class ReservationRenewed(Event):
    """An operator prolonged a reservation."""

    type = "reservation.renewed"


class ReservationReleased(Event):
    """An operator took a reservation back."""

    type = "reservation.released"


class ReservationFound(Event):
    """Something was found late beside a reservation."""

    type = "reservation.found"


class ReservationsForgotten(Event):
    """What others answered beside reservations was forgotten; the subject reads of how many checks."""

    type = "reservations.forgotten"


class RecordCorrected(Event):
    """A new version of an aid record came on file; the subject reads `OLD:NEW`."""

    type = "record.corrected"


class RecordUndone(Event):
    """An aid record was taken off the file within minutes; what it had replaced is in force again."""

    type = "record.undone"


class RecordErased(Event):
    """An aid record was deleted at the end of its retention."""

    type = "record.erased"


class SubjectsErased(Event):
    """Persons or needs with nothing left on file were deleted; the subject reads `CLASS:COUNT`."""

    type = "subjects.erased"


class NoteAdded(Event):
    """A private note on a person was put on file."""

    type = "note.added"


class NamedAidAdded(Event):
    """An operator put help on file for a person known by name only."""

    type = "named_aid.added"


class PersonLinked(Event):
    """A temporary code gave way to another one; the subject is the link's number."""

    type = "person.linked"


class LinkUndone(Event):
    """A link of two codes was taken back."""

    type = "person.link_undone"


class RegistryImported(Event):
    """The civil registry's file changed what is on file; the subject reads `ADDED:CHANGED:DEPARTED`."""

    type = "registry.imported"


class HouseholdSet(Event):
    """It was put on file who lives together; the subject is the household's random number."""

    type = "household.set"


class HouseholdLeft(Event):
    """It was put on file that somebody left a household."""

    type = "household.left"


class ConsentAdded(Event):
    """A consent was put on file."""

    type = "consent.added"


class ConsentTaken(Event):
    """A consent was taken at a counter without its node; the subject reads `CONSENT:KEY`."""

    type = "consent.taken"


class ConsentWithdrawn(Event):
    """A person withdrew a consent, in whole or for some purposes."""

    type = "consent.withdrawn"


class ConsentRefused(Event):
    """A person refused to consent."""

    type = "consent.refused"


class RefusalEnded(Event):
    """A person who had refused consented."""

    type = "consent.refusal_ended"


class ObjectionAdded(Event):
    """A person objected to what a public body does on its task."""

    type = "consent.objection"


class BodyTold(Event):
    """A body was told of a withdrawal; the subject reads `OPPOSITION:MEMBER`."""

    type = "consent.body_told"


class CaseAdded(Event):
    """A case protocol was put on file."""

    type = "case.added"


class AccessReportOpened(Event):
    """A person asked who had looked them up; the subject is the request's number."""

    type = "access_report.opened"


class AccessReportExtended(Event):
    """A person was told of two months more."""

    type = "access_report.extended"


class AccessReportApproved(Event):
    """The data-protection officer's approval of names was put on file."""

    type = "access_report.names_approved"


class AccessReportClosed(Event):
    """A person was answered."""

    type = "access_report.closed"


class ReferralAdded(Event):
    """A person was sent to another body, or received from one; the subject is the referral's number."""

    type = "referral.added"


class ReferralChanged(Event):
    """A referral changed; the subject reads `NUMBER:STATE`."""

    type = "referral.changed"


class ReferralsRemoved(Event):
    """Referrals whose term was over were removed; the subject reads how many."""

    type = "referral.removed"


class BatchOpened(Event):
    """A file of applicants was put on file for a procedure; the subject is its id."""

    type = "batch.opened"


class BatchRemoved(Event):
    """An operator removed a file of applicants and what was answered about them."""

    type = "batch.removed"


class BatchErased(Event):
    """A file of applicants and what was answered about them was erased at the end of its term."""

    type = "batch.erased"


class NeedOpened(Event):
    """A need was put on file; the subject is its number."""

    type = "need.opened"


class NeedClosed(Event):
    """A need on file was closed."""

    type = "need.closed"


class PseudonymsEnrolled(Event):
    """Subjects got their pseudonyms; the subject reads `EPOCH:COUNT`."""

    type = "pseudonyms.enrolled"


class PseudonymsRemoved(Event):
    """Subjects with no live record left lost their pseudonyms; the subject reads `EPOCH:COUNT`."""

    type = "pseudonyms.removed"


class PseudonymsForgotten(Event):
    """Pseudonyms of epochs no longer in use were deleted; the subject reads how many."""

    type = "pseudonyms.forgotten"


class TemplateSaved(Event):
    """How a kind of file is read was kept under a name, which is the subject."""

    type = "import.template_saved"


class Exported(Event):
    """All that the body keeps is handed out; the subject reads `all`."""

    type = "body.exported"


class OperatorSet(Event):
    """An operator was added or replaced."""

    type = "operator.set"


class DeviceInvited(Event):
    """A code was made with which a user, the subject, enrols a console."""

    type = "device.invited"


class DeviceEnrolled(Event):
    """An operator enrolled a console; the subject is its id."""

    type = "device.enrolled"


class DeviceLocked(Event):
    """A console gave too many wrong codes in a row."""

    type = "device.locked"


class DeviceRevoked(Event):
    """A console is no longer let in."""

    type = "device.revoked"


class CheckDeferred(Event):
    """An operator filed a check to be made when the network is back."""

    type = "check.deferred"


def columns_of(events: Sequence[Event], at: float) -> dict[str, Sequence[object]]:
    """Return the events as columns of their table; `at` is the instant, in seconds since the epoch."""
    return {
        "at": [at] * len(events),
        "actor": [one.actor for one in events],
        "type": [one.type for one in events],
        "subject": [one.subject for one in events],
    }
