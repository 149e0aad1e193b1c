"""The persons and needs of a call for applicants, under everybody's keys (step 5 of design 6).

What the registry evaluated is kept before more is asked for: whatever ends the work, nobody costs the procedure's cap
twice but those of the one request that was under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.identifiers import Identifier, TypedInput
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import KeySet
from maglia.core.secret import Secret
from maglia.core.vocabulary import PseudonymClass
from node.naming import Named
from node.ports import Clock, Store, Trust
from node.pseudonyms import Pseudonyms, batch_size, end_of
from node.questions import Frame

_AT_ONCE = 100
"""Persons or needs of one evaluation: what a killed process may cost the procedure's cap twice."""
_WRONG = frozenset({Code.PSEUDONYM_PROOF, Code.PSEUDONYM_ELEMENT, Code.PSEUDONYM_BATCH, Code.PSEUDONYM_MASK})
_Batch = tuple[Sequence[Identifier], Sequence[TypedInput]]


@dataclass(frozen=True)
class NameBook(Secret):
    """The pseudonyms of many persons and needs, each a row in the order of its class's members."""

    me: str
    epoch: int
    places: Mapping[PseudonymClass, Mapping[str, int]]
    of: Mapping[Identifier, Sequence[bytes]] = field(repr=False)

    def named(
        self,
        subject: Identifier,
        member: str,
        creditor: str = "",
        period: tuple[date | None, date | None] = (None, None),
    ) -> Named:
        """Return a subject under the keys of a body and of this one."""
        cls, row = subject.pseudonym_class, self.of[subject]
        pseudonyms = {name: row[self.places[cls][name]] for name in (member, self.me)}
        return Named(cls, self.epoch, pseudonyms, creditor, period)

    def check_names(self, members: Sequence[Member]) -> None:
        """Refuse to ask a body for which anybody lacks a pseudonym; raise `pseudonym.key_set`."""
        for member in members:
            if any(member.id not in place for place in self.places.values()):
                raise MagliaError(Code.PSEUDONYM_KEY_SET, cause=f"no keys of {member.id}")


class NamingMany:
    """Names the subjects of one body's batches."""

    def __init__(self, me: str, store: Store, trust: Trust, pseudonyms: Pseudonyms, clock: Clock) -> None:
        self._me = me
        self._store = store
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._clock = clock

    def open(self, subjects: Sequence[Identifier]) -> Naming:
        """Return the work of naming these, none twice; what was named before is known already.

        Raises `directory.expired`, `pseudonym.key_set`.
        """
        keys = self._trust.keys()
        by_class = {cls: [one for one in subjects if one.pseudonym_class is cls] for cls in PseudonymClass}
        sets = {cls: keys.network_set(cls) for cls, some in by_class.items() if some}
        if any(self._me not in key_set.members for key_set in sets.values()):
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no key of this body's own")
        known: dict[Identifier, Sequence[bytes]] = {}
        for cls, key_set in sets.items():
            found = self._store.cached_of_many(by_class[cls], key_set.digest, self._clock.now())
            if any(len(row) != len(key_set.keys) for row in found.values()):
                raise MagliaError(Code.PSEUDONYM_BATCH)
            known |= found
        return Naming(self._me, self._store, self._pseudonyms, keys, sets, by_class, known)


class Naming:
    """One go at naming; `missing` are those to be evaluated."""

    def __init__(
        self,
        me: str,
        store: Store,
        pseudonyms: Pseudonyms,
        keys: EvaluationKeys,
        sets: Mapping[PseudonymClass, KeySet],
        subjects: Mapping[PseudonymClass, Sequence[Identifier]],
        known: dict[Identifier, Sequence[bytes]],
    ) -> None:
        self._me = me
        self._store = store
        self._pseudonyms = pseudonyms
        self._keys = keys
        self._sets = sets
        self._subjects = subjects
        self._known = known
        self.missing = {cls: [one for one in some if one not in known] for cls, some in subjects.items()}

    async def evaluate(self, frame: Frame, called: Procedure) -> AsyncIterator[int]:
        """Have everybody missing evaluated and keep it; yield how many each time, after which it may be left.

        Raises `pseudonym.*` for an evaluation that isn't right, after which nothing of this file is believed;
        `budget.procedure`, `network.unreachable`, `log.*`.
        """
        try:
            for cls, key_set in self._sets.items():
                batches = self._batches(self.missing[cls], min(_AT_ONCE, batch_size(key_set)))
                wanted = self._pseudonyms.of_batches(
                    batches,
                    key_set,
                    enrolment=False,
                    procedure=called.id,
                    check_id=frame.check_id,
                    purpose=frame.purpose,
                    facet=frame.facet,
                )
                async with aclosing(wanted) as answered:
                    async for some, rows in answered:
                        found = list(zip(some, rows, strict=True))
                        self._store.cache_many(found, key_set.digest, end_of(called))
                        self._known.update(found)
                        yield len(some)
        except MagliaError as error:
            if error.code in _WRONG:
                await asyncio.to_thread(self._forget)
            raise

    def book(self) -> NameBook:
        """Return everybody's pseudonyms, once nobody is missing."""
        places = {
            cls: {member: place for place, member in enumerate(key_set.members)} for cls, key_set in self._sets.items()
        }
        return NameBook(self._me, self._keys.epoch, places, self._known)

    def _batches(self, missing: Sequence[Identifier], size: int) -> Iterator[_Batch]:
        for at in range(0, len(missing), size):
            some = missing[at : at + size]
            yield some, [one.pseudonym_input() for one in some]

    def _forget(self) -> None:
        """Forget everybody: some were kept unverified, by chance, from whoever was found wrong just now."""
        for some in self._subjects.values():
            for one in some:
                self._store.uncache(one)
