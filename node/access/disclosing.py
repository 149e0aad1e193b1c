"""Telling another body who looked a person up here, for that person (GDPR art. 15, law rule 9).

Whoever asks learns who deals with the person, so every request is logged before anything is read, few are answered in
a day, and policy says what leaves. No aid and no other person is in what leaves.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from maglia.core.access import Access, AccessEvent, AccessRequest, LogReading
from maglia.core.directory import Member
from maglia.core.disclosed import fields_of, told_fields_of
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import sha256
from maglia.core.referral import RECEIVED
from maglia.core.vocabulary import ACCESS_REPORTS_A_DAY, NetworkRole, Purpose
from node.domain.budget import REPORTS
from node.entries import Entries
from node.log.search import Found, LogSearch
from node.ports import Clock, Policy, Ruling, Store, Trust
from node.refusals import Refusals

_EVENTS = {
    EntryKind.ASKED: "question",
    EntryKind.ANSWERED: "answer",
    EntryKind.REFUSED: "refusal",
    EntryKind.ACCESS_REPORT: "report",
}
"""What each kind of entry is to the rules; the others are no access."""
_BY_PERSON = "person"
_SUMMED_UP = frozenset({Code.BUDGET_REPORT, Code.LOG_FORK, Code.LOG_DAMAGED, Code.LOG_UNWITNESSED})
"""Refusals without an entry each: a flood of requests can't fill the disk, and a forked log takes none of these."""


@dataclass(frozen=True)
class Disclosed:
    """Some of the accesses, and what of the log was read so far."""

    accesses: Sequence[Access]
    reading: LogReading


class Disclosing:
    """Answers one body's requests for accesses."""

    def __init__(
        self,
        me: str,
        store: Store,
        search: LogSearch,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        clock: Clock,
        refusals: Refusals,
        daily_limit: int = ACCESS_REPORTS_A_DAY,
    ) -> None:
        self._me = me
        self._store = store
        self._search = search
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._clock = clock
        self._refusals = refusals
        self._daily_limit = daily_limit

    async def answer(
        self, asker: Member, request: AccessRequest, payload: bytes, *, named: bool
    ) -> AsyncIterator[Disclosed]:
        """Yield what this body's log holds of the person, in the order of the log, for another body to hand on.

        `payload` is the request as signed; `named` says that the data-protection officer's approval of it was verified.
        Raises `budget.report`, `policy.*`, `log.*`, `directory.expired`, `storage.unavailable`: refused is logged too.
        """
        try:
            self._entries.require_witnessed()
            self._spend(asker.id)
            ruling = await self.judge(asker, request, named=named)
        except MagliaError as error:
            if error.code in _SUMMED_UP:
                self._refusals.count(asker.id, error.code)
            else:
                await self._entries.write(self._entry(asker.id, request, payload, error.code.value))
            raise
        await self._entries.write(self._entry(asker.id, request, payload))
        async for step in self.read(request, ruling, {request.request_id}, named=named):
            yield step

    async def judge(self, asker: Member, request: AccessRequest, *, named: bool) -> Ruling:
        """Return what the rules let be told for a request of this body or another; raise `policy.*`."""
        document: dict[str, object] = {
            "request": {"by": _BY_PERSON, "identified": request.identified, "at": asker.kind.value},
            "names_approved_by": NetworkRole.DPO.value if named else None,
            # Entries are found by the person's own pseudonyms, so that each is about them and nobody else's is told.
            "classes": [{"id": event, "event": event, "concerns": "requester"} for event in _EVENTS.values()],
        }
        ruling = await self._policy.decide("report", document)
        if not ruling.allow:
            raise MagliaError(ruling.reason)
        return ruling

    async def read(
        self, request: AccessRequest, ruling: Ruling, without: set[bytes], *, named: bool
    ) -> AsyncIterator[Disclosed]:
        """Yield what the log holds, as far as the ruling lets it out.

        Of access requests those `without`, by id, are left out: they are this very one's. A question under such an id
        is told all the same, since whoever asked it chose the id.
        """
        persons = [pseudonym for _, pseudonym in request.persons]
        async for step in self._search.find(persons, self._store.needs_beside(persons)):
            told = [self._told(found, ruling) for found in step.found if not _is_one_of(without, found.entry)]
            reading = replace(step.reading, policy_revision=ruling.revision, named=named)
            yield Disclosed([access for access in told if access is not None], reading)

    def _spend(self, asker: str) -> None:
        # Each search is counted, the same person's too: it is the searching that costs, and that tells.
        once = [secrets.token_bytes(16)]
        if not self._store.spend(REPORTS, asker, self._clock.today(), once, self._daily_limit):
            raise MagliaError(Code.BUDGET_REPORT, limit=self._daily_limit)

    def _told(self, found: Found, ruling: Ruling) -> Access | None:
        entry = found.entry
        fields = ruling.release.get(_EVENTS.get(entry.kind, ""), ())
        event = _event(entry)
        if not fields or event is None:
            return None
        return Access(
            question_id=entry.question_id,
            event=event,
            time_ms=entry.time_ms if "time" in fields else 0,
            body=entry.peer if "body" in fields else "",
            purpose=entry.purpose if "purpose" in fields else "",
            facet=entry.facet if "purpose" in fields else "",
            categories=_categories(found) if "categories" in fields else (),
            operator=self._name_of(entry.operator) if "operator" in fields else "",
        )

    def _name_of(self, user: str) -> str:
        known = self._store.operator(user) if user else None
        return known[0].name if known else user

    def _entry(self, asker: str, request: AccessRequest, payload: bytes, code: str = "") -> Entry:
        month, sealed = self._entries.seal([pseudonym for _, pseudonym in request.persons])
        return Entry(
            kind=EntryKind.ACCESS_REPORT,
            time_ms=self._entries.now_ms(),
            peer=asker,
            question_id=request.request_id,
            purpose=Purpose.ACCESS_REPORT,
            question_hash=sha256(payload),
            outcome="refused" if code else "answered",
            code=code,
            policy_revision=self._policy.revision,
            directory_version=self._trust.directory().version if not code else 0,
            count=len(request.persons),
            key_month=month,
            sealed=sealed,
        )


def _is_one_of(requests: set[bytes], entry: Entry) -> bool:
    return entry.kind is EntryKind.ACCESS_REPORT and entry.question_id in requests


def _categories(found: Found) -> tuple[str, ...]:
    """Return what an answer showed; of a referral received, what it told of the person."""
    return told_fields_of(found.mark) if found.entry.outcome == RECEIVED else fields_of(found.mark)


def _event(entry: Entry) -> AccessEvent | None:
    if entry.kind is EntryKind.ASKED:
        return AccessEvent.ASKED
    if entry.kind is EntryKind.ANSWERED:
        return AccessEvent.ANSWERED
    if entry.kind is EntryKind.REFUSED or (entry.kind is EntryKind.ACCESS_REPORT and entry.outcome == "refused"):
        return AccessEvent.REFUSED
    if entry.kind is EntryKind.ACCESS_REPORT:
        return AccessEvent.REQUESTED_REPORT if entry.operator else AccessEvent.ANSWERED_REPORT
    return None
