"""One person's file at this body: aid records with their versions, private notes; who may undo one, and until when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import UNDO_S, AidStatus, Basis, Role
from node.domain.model import AidRecord, Operator

SHORTEST_NUMBER = 4
"""Characters of a record's id that stand for it, where no other record begins alike."""
_NUMBER = re.compile(rf"[0-9a-f]{{{SHORTEST_NUMBER},32}}")


@dataclass(frozen=True)
class Recorded:
    """What may be undone: an id of 32 hexadecimal digits, who did it and when (seconds since the epoch)."""

    id: str
    recorded_by: str
    recorded_at: float

    @property
    def undo_until(self) -> float:
        """Return the last instant at which it may be undone."""
        return self.recorded_at + UNDO_S


@dataclass(frozen=True)
class FiledRecord:
    """A record as it is on file. Its id is 32 hexadecimal digits; instants are seconds since the epoch.

    A correction is a record of its own, one version on, that `replaces` another, which is `replaced_by` it.
    """

    id: str
    record: AidRecord
    version: int
    replaces: str | None
    replaced_by: str | None
    status_was: AidStatus | None
    """Of a corrected record: the status that it had, and has again if the correction is undone."""
    recorded_by: str
    recorded_at: float
    keep_until: date
    given_by: str = ""
    """Who confirmed that what was promised is given, and when."""
    given_at: float | None = None

    @property
    def is_confirmed(self) -> bool:
        """Return whether it is a promise that was made help given: undoing that makes it a promise again."""
        return self.given_at is not None

    @property
    def recorded(self) -> Recorded:
        """Return what counts for undoing it."""
        if self.given_at is not None:
            return Recorded(self.id, self.given_by, self.given_at)
        return Recorded(self.id, self.recorded_by, self.recorded_at)


@dataclass(frozen=True)
class FiledNamed:
    """Help to a person without a code as it is on file, under the number by which this body alone knows the person.

    It has one version; to whom it was paid is not read with it. The amount is euro cents.
    """

    recorded: Recorded
    person: int
    facet: str
    day: date
    amount_cents: int | None
    status: AidStatus
    basis: Basis
    keep_until: date


@dataclass(frozen=True)
class Note:
    """A private note on a person, with who wrote it and when (seconds since the epoch)."""

    text: str = field(repr=False)
    written_by: str
    written_at: float


@dataclass(frozen=True)
class PersonFile:
    """What this body has on file of a person, newest first."""

    records: Sequence[FiledRecord]
    notes: Sequence[Note]


def read_number(text: str) -> str:
    """Return the beginning of a record's id as people write it; raise `input.record_unknown` for what can be none."""
    written = text.strip().lower().replace("-", "")
    if not _NUMBER.fullmatch(written):
        raise MagliaError(Code.INPUT_RECORD_UNKNOWN)
    return written


def check_not_corrected(filed: FiledRecord) -> None:
    """Raise `input.record_corrected`, which names the newer version, for a record that was corrected."""
    if filed.replaced_by is not None:
        raise MagliaError(Code.INPUT_RECORD_CORRECTED, number=filed.replaced_by[:8])


def check_may_undo(recorded: Recorded, operator: Operator, now: float) -> None:
    """Raise unless `operator` may undo a record at `now`: whoever recorded or confirmed it, or a manager, in `UNDO_S`.

    Raises `session.other_operator`, `input.undo_late`.
    """
    if operator.role is not Role.MANAGER and operator.user != recorded.recorded_by:
        raise MagliaError(Code.SESSION_OTHER_OPERATOR)
    if now > recorded.undo_until:
        raise MagliaError(Code.INPUT_UNDO_LATE, number=recorded.id[:8], limit=UNDO_S // 60)


def check_may_correct(filed: FiledRecord) -> None:
    """Raise `input.record_corrected` for an old version, `input.record_reserved` for help that is only promised."""
    check_not_corrected(filed)
    if filed.record.status is AidStatus.RESERVED:
        raise MagliaError(Code.INPUT_RECORD_RESERVED)
