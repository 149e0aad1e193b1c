"""What the logs of both sides say of the accesses to one person's data, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from maglia.core.access import Access, AccessEvent
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
_Key = tuple[str, str, bytes]


def merge(parts: Sequence[Part]) -> list[FoundAccess]:
    """Return every access once, though the logs of both sides tell of it, in the order of time."""
    heard = {part.member: part for part in parts}
    found: dict[_Key, FoundAccess] = {}
    for member, access in _all(parts):
        asking = access.event in _ASKERS
        asker, answerer = (member, access.body) if asking else (access.body, member)
        key = (asker, answerer, access.question_id)
        known = found.get(key) or FoundAccess(asker, answerer, _unanswered(heard.get(answerer)))
        found[key] = _joined(known, access, member, asking=asking)
    return sorted(found.values(), key=lambda one: (one.time_ms, one.asker, one.answerer))


def _all(parts: Iterable[Part]) -> Iterator[tuple[str, Access]]:
    return ((part.member, access) for part in parts for access in part.accesses)


def _unanswered(part: Part | None) -> AccessOutcome:
    told = part is not None and part.state is PartState.TOLD and part.reading is not None and part.reading.is_whole
    return AccessOutcome.NO_ANSWER if told else AccessOutcome.UNKNOWN


def _joined(known: FoundAccess, access: Access, member: str, *, asking: bool) -> FoundAccess:
    told_by = known.told_by if member in known.told_by else (*known.told_by, member)
    # The asker's own word goes first: it was written before anything was sent.
    first = asking or not known.time_ms
    joined = replace(
        known,
        time_ms=access.time_ms if first else known.time_ms,
        purpose=known.purpose or access.purpose,
        facet=known.facet or access.facet,
        operator=known.operator or access.operator,
        told_by=told_by,
    )
    outcome = _OUTCOMES.get(access.event)
    if access.event is AccessEvent.ANSWERED:
        outcome = AccessOutcome.SHOWN if access.categories else AccessOutcome.NOTHING
        joined = replace(joined, categories=access.categories)
    return replace(joined, outcome=outcome) if outcome is not None else joined


_OUTCOMES: Mapping[AccessEvent, AccessOutcome] = {
    AccessEvent.REFUSED: AccessOutcome.REFUSED,
    AccessEvent.REQUESTED_REPORT: AccessOutcome.REPORTED,
    AccessEvent.ANSWERED_REPORT: AccessOutcome.REPORTED,
}
