"""The person and the needs of one check, under everybody's keys (step 5 of design 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import normal_creditor
from maglia.core.identifiers import Identifier
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import KeySet
from maglia.core.vocabulary import PseudonymClass, facets_of_family
from node.domain.model import OpenNeed
from node.domain.retention import months_after
from node.inquiry import Inquiry
from node.ports import Clock, Store, Trust
from node.pseudonyms import Found, Pseudonyms

MAX_NEEDS = 4
"""Needs on file that one check asks about beside the person, the newest first."""


@dataclass(frozen=True)
class Named:
    """One subject of the check with its pseudonyms for every member of the key set."""

    cls: PseudonymClass
    epoch: int
    pseudonyms: dict[str, bytes] = field(repr=False)
    creditor: str = ""
    period: tuple[date | None, date | None] = (None, None)
    evaluation: bytes = b""
    """Which evaluation made them just now; empty for kept ones."""


class Naming:
    """Names the subjects of one body's checks."""

    def __init__(self, me: str, store: Store, trust: Trust, pseudonyms: Pseudonyms, clock: Clock) -> None:
        self._me = me
        self._store = store
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def name(
        self, check_id: str, inquiry: Inquiry, needs: Sequence[OpenNeed], called: Procedure | None
    ) -> list[Named]:
        """Return the person and the needs of a check under everybody's keys; raise as `Pseudonyms.of_subject`."""
        keys = self._trust.keys()
        known = _known_need(needs, inquiry.creditor)
        period = (known.period_from, known.period_to)

        async def under_all(subject: Identifier) -> Named:
            key_set = keys.network_set(subject.pseudonym_class)
            found = await self._found(subject, key_set, called, check_id, inquiry)
            return Named(subject.pseudonym_class, keys.epoch, found.of, evaluation=found.evaluation)

        named = [replace(await under_all(inquiry.identifier), creditor=known.creditor, period=period)]
        for need in dict.fromkeys(each.need for each in needs if each.need is not None):
            named.append(await under_all(need))
        return named

    async def _found(
        self, subject: Identifier, key_set: KeySet, called: Procedure | None, check_id: str, inquiry: Inquiry
    ) -> Found:
        found = await self._pseudonyms.of_subject(
            subject, key_set, called, check_id=check_id, purpose=inquiry.purpose, facet=inquiry.facet
        )
        if self._me not in found.of:
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no key of this body's own")
        return found

    def needs(self, inquiry: Inquiry) -> list[OpenNeed]:
        """Return what is asked beside the person: the need named, then those on file, then those of records.

        Raises `storage.unavailable`.
        """
        since, facets = months_after(self._clock.today(), -inquiry.months), facets_of_family(inquiry.facet)
        of_records = self._store.open_needs(inquiry.identifier, facets, since)
        on_file = self._store.filed_needs_to_ask(inquiry.identifier, facets)
        if inquiry.filed is not None:
            asked = [inquiry.filed.as_asked]
        else:
            asked = [OpenNeed(inquiry.need, inquiry.creditor, None, None)] if inquiry.need else []
        return list(dict.fromkeys(asked + on_file + of_records))[:MAX_NEEDS]


def check_named(named: Sequence[Named], members: Sequence[Member]) -> None:
    """Refuse a subject without a pseudonym for each member asked; raise `pseudonym.key_set`.

    A directory and keys of two publications may have met here. A question that left the subject out would be
    answered as if nothing were known.
    """
    if missing := [member.id for member in members if any(member.id not in each.pseudonyms for each in named)]:
        raise MagliaError(Code.PSEUDONYM_KEY_SET, cause=f"no keys of {', '.join(missing)}")


def _known_need(needs: Sequence[OpenNeed], creditor: str) -> OpenNeed:
    """Return the need that the person's own subject speaks of: what is on file with the creditor named, if one is."""
    same = [each for each in needs if not creditor or normal_creditor(each.creditor) == normal_creditor(creditor)]
    dated = [each for each in same if each.period_from is not None]
    known = next(iter(dated or same), OpenNeed(None, creditor, None, None))
    return replace(known, creditor=creditor or known.creditor)
