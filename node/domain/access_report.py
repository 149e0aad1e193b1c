"""What the logs of both sides say of the accesses to one person's data, put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import zip_longest

from maglia.core.access import Access, AccessEvent
from maglia.core.vocabulary import Purpose
from node.domain.access_case import Part, PartState


class AccessOutcome(StrEnum):
    """What came of a question about the person, as far as logs say."""

    SHOWN = "shown"
    NOTHING = "nothing"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    """The body asked tells of its whole log, and the question is not in it."""
    UNKNOWN = "unknown"
    """The body asked has not told."""
    REPORTED = "reported"
    """Who looked the person up was told in answer to an earlier request made in their name."""


@dataclass(frozen=True)
class FoundAccess:
    """One question about the person: who asked whom, when, why, and which categories of data were shown."""

    asker: str
    answerer: str
    outcome: AccessOutcome = AccessOutcome.UNKNOWN
    time_ms: int = 0
    purpose: str = ""
    facet: str = ""
    categories: tuple[str, ...] = ()
    operator: str = ""
    told_by: tuple[str, ...] = ()


_ASKERS = frozenset({AccessEvent.ASKED, AccessEvent.REQUESTED_REPORT})
_REPORTS = frozenset({AccessEvent.REQUESTED_REPORT, AccessEvent.ANSWERED_REPORT})
_Key = tuple[str, str, bool, bytes]
"""Who asked, who was asked, whether it was for a report, and the id, which the asker chose."""


@dataclass
class _Told:
    """The entries of both logs under one id, in the order of each log."""

    asked: list[Access] = field(default_factory=list)
    answered: list[Access] = field(default_factory=list)


def merge(parts: Sequence[Part]) -> list[FoundAccess]:
    """Return every access once, though the logs of both sides tell of it, in the order of time.

    The asker chooses the ids and can use one again, so every entry of an answerer's is an access of its own, and an
    entry of the asker's goes with one of them alone: no access is hidden by another one under its id.
    """
    told: dict[_Key, _Told] = {}
    for part in parts:
        for access in part.accesses:
            asking = access.event in _ASKERS
            asker, answerer = (part.member, access.body) if asking else (access.body, part.member)
            both = told.setdefault((asker, answerer, _is_report(access), access.question_id), _Told())
            (both.asked if asking else both.answered).append(access)
    whole = frozenset(part.member for part in parts if _is_whole(part))
    found = [one for key, both in told.items() for one in _accesses(key, both, whole)]
    return sorted(found, key=lambda one: (one.time_ms, one.asker, one.answerer))


def _is_whole(part: Part) -> bool:
    return part.state is PartState.TOLD and part.reading is not None and part.reading.is_whole


def _is_report(access: Access) -> bool:
    # Refused, a question and a request for a report are the same event; only their purposes differ.
    return access.event in _REPORTS or access.purpose == Purpose.ACCESS_REPORT


def _accesses(key: _Key, both: _Told, whole: frozenset[str]) -> Iterator[FoundAccess]:
    asker, answerer, is_report, _ = key
    # A request for a report is sent again under its id until it is answered: that is one access, not many.
    asked = both.asked[: max(1, len(both.answered))] if is_report else both.asked
    for sent, answer in zip_longest(asked, both.answered):
        unanswered = AccessOutcome.NO_ANSWER if answerer in whole else AccessOutcome.UNKNOWN
        yield _joined(FoundAccess(asker, answerer, unanswered), sent, answer)


def _joined(found: FoundAccess, sent: Access | None, answer: Access | None) -> FoundAccess:
    """Return an access with what each side tells; the asker's own word on why goes first, and alone says who asked."""
    for member, access in ((found.asker, sent), (found.answerer, answer)):
        if access is not None:
            found = replace(
                found,
                outcome=_outcome(access) or found.outcome,
                time_ms=found.time_ms or access.time_ms,
                purpose=found.purpose or access.purpose,
                facet=found.facet or access.facet,
                told_by=tuple(sorted({*found.told_by, member})),
            )
    return replace(
        found,
        categories=answer.categories if answer and answer.event is AccessEvent.ANSWERED else (),
        operator=sent.operator if sent else "",
    )


def _outcome(access: Access) -> AccessOutcome | None:
    if access.event is AccessEvent.ANSWERED:
        return AccessOutcome.SHOWN if access.categories else AccessOutcome.NOTHING
    if access.event is AccessEvent.REFUSED:
        return AccessOutcome.REFUSED
    return AccessOutcome.REPORTED if access.event in _REPORTS else None
