"""Gathering, for a person who asked at this body, who looked them up in the whole network (GDPR art. 15, law rule 9).

Each step is stored before the next: the request with the person's pseudonyms under everybody's keys, then what each
body tells, as it tells it. The person's code is not kept, nor anything of them once they were answered.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maglia.core.access import REQUEST_ID_BYTES, SALT_BYTES, AccessRequest, NamesApproval
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.identifiers import Identifier, parse_identifier
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, PseudonymClass, Purpose
from node.access.collecting import Collecting
from node.access.disclosing import Disclosing
from node.domain import forms
from node.domain.access_case import AccessCase, NamesApproved, Part, case_name, due_on
from node.domain.budget import OPERATORS
from node.domain.model import Operator
from node.entries import Entries
from node.ports import Clock, Store, Trust
from node.pseudonyms import Pseudonyms
from node.pulse import watch

_EARLIEST = date(2018, 5, 25)
"""The day from which the regulation applies; what came since and was left lying is overdue, and to be answered."""


@dataclass(frozen=True)
class CaseState:
    """A request at one moment; `waiting` while bodies are being asked."""

    case: AccessCase
    waiting: bool


class Reporting:
    """One body's desk for those who want to know who looked them up."""

    def __init__(
        self,
        network: str,
        me: str,
        store: Store,
        entries: Entries,
        trust: Trust,
        pseudonyms: Pseudonyms,
        disclosing: Disclosing,
        collecting: Collecting,
        clock: Clock,
        budget_key: bytes,
    ) -> None:
        self._network = network
        self._me = me
        self._store = store
        self._entries = entries
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._disclosing = disclosing
        self._collecting = collecting
        self._clock = clock
        self._budget_key = budget_key

    async def open(self, operator: Operator, identifier: str, document: str, received: str = "") -> AccessCase:
        """Put a request on file: who the person is was seen in a `document`, on the day `received` (ISO 8601) or today.

        Raises `input.*`, `budget.operator`, `policy.*` where the rules would let nothing be told, and what keeps the
        person from having pseudonyms. Nobody is asked yet.
        """
        person = parse_identifier(identifier)
        seen = forms.read_text(document, "document", required=True)
        today = self._clock.today()
        since = forms.read_iso_day(received, today) if received else today
        if since < _EARLIEST:
            earliest = f"{_EARLIEST:%d/%m/%Y}"
            raise MagliaError(Code.INPUT_DATE_EARLY, value=f"{since:%d/%m/%Y}", earliest=earliest)
        self._entries.require_sound()
        directory = self._trust.directory()
        me = directory.member(self._me)
        self._spend(operator, person)
        requests = await self._requests(person)
        await self._disclosing.judge(me, requests[self._me], named=False)
        case = AccessCase(
            number=0,
            received_on=since,
            due_on=due_on(since),
            opened_by=operator.user,
            document=seen,
            requests=requests,
            parts=tuple(Part(member) for member in sorted(requests)),
        )
        return self._store.add_access_case(case, operator.user)

    async def collect(self, operator: Operator, number: int) -> AsyncIterator[CaseState]:
        """Ask every body that has not told, and yield the case as bodies tell; the asking goes on if nobody reads.

        Raises `input.report`, `input.report_closed`, `log.*` where the asking could not be logged.
        """
        await self._collecting.start(operator, self._open_case(number))
        async for state in watch(lambda: self.state(number), self._collecting.pulse, lambda: None, follow=False):
            yield state

    def state(self, number: int) -> CaseState:
        """Return a request as it is now; raise `input.report`."""
        return CaseState(self._store.access_case(number), self._collecting.is_running(number))

    def cases(self) -> list[CaseState]:
        """Return every request without its parts, the most urgent first."""
        return [CaseState(case, self._collecting.is_running(case.number)) for case in self._store.access_cases()]

    def extend(self, operator: Operator, number: int, reason: str) -> CaseState:
        """Put on file that the person was told of two months more, and why (GDPR art. 12(3)); raise `input.report*`."""
        case, today = self._open_case(number), self._clock.today()
        said = forms.read_reason(reason, "reason", required=True)
        if case.extended_on is not None or today > case.due_on:
            raise MagliaError(Code.INPUT_REPORT_LATE, number=case_name(number))
        due = due_on(case.received_on, extended=True)
        self._store.extend_access_case(number, due, today, said, operator.user)
        return self.state(number)

    def close(self, operator: Operator, number: int) -> CaseState:
        """Put on file that the person was answered, and forget what was told; raise `input.report*`."""
        self._open_case(number)
        self._collecting.stop(number)
        self._store.close_access_case(number, self._clock.today(), operator.user)
        self._store.empty_journal()
        return self.state(number)

    def names_wanted(self, number: int) -> list[AccessRequest]:
        """Return what an approval of operators' names is to be bound to; raise `input.report*`."""
        return list(self._open_case(number).requests.values())

    def approve(self, operator: Operator, number: int, approvals: Sequence[tuple[NamesApproval, bytes]]) -> CaseState:
        """Put an approval on file, whose signatures were verified, each beside its envelope.

        Raises `policy.names` unless each is of this very request and all are one officer's, `input.report*`.
        """
        case = self._open_case(number)
        requests, officials = case.requests, {one.official for one, _ in approvals}
        if len(officials) != 1 or not all(
            one.addressee in requests and one.is_of(requests[one.addressee]) for one, _ in approvals
        ):
            raise MagliaError(Code.POLICY_NAMES, cause="another request's")
        official = self._trust.directory().officials[officials.pop()]
        first = approvals[0][0]
        envelopes = {one.addressee: envelope for one, envelope in approvals}
        expires = min(one.expires for one, _ in approvals)
        names = NamesApproved(official.id, official.name, expires, first.reason, envelopes)
        self._store.approve_names(number, names, operator.user)
        return self.state(number)

    def _open_case(self, number: int) -> AccessCase:
        case = self._store.access_case(number)
        if case.closed_on is not None:
            raise MagliaError(Code.INPUT_REPORT_CLOSED, number=case_name(number))
        return case

    def _spend(self, operator: Operator, person: Identifier) -> None:
        item = hmac.digest(self._budget_key, person.pseudonym_input(), hashlib.sha256)[:16]
        limit = OPERATOR_PERSONS_A_DAY[operator.role]
        if not self._store.spend(OPERATORS, operator.user, self._clock.today(), [item], limit):
            raise MagliaError(Code.BUDGET_OPERATOR, limit=limit)

    async def _under(self, keys: EvaluationKeys, person: Identifier, *, in_use: bool) -> Mapping[str, bytes]:
        """Return the person's pseudonyms of one epoch, none of one that is over and whose seeds were erased."""
        key_set = keys.network_set(PseudonymClass.PERSON)
        try:
            found = await self._pseudonyms.of_subject(person, key_set, purpose=Purpose.ACCESS_REPORT, report=True)
        except MagliaError as error:
            if in_use or error.code is not Code.PSEUDONYM_KEY_SET:
                raise
            return {}  # the report says that this epoch was not searched
        return found.of

    async def _requests(self, person: Identifier) -> dict[str, AccessRequest]:
        """Return a request to each member there are keys for, this body too, with nothing common to two of them."""
        known: dict[str, list[tuple[int, bytes]]] = {}
        signed = self._trust.keys()
        for keys in (*signed.by_epoch, *signed.ended):
            for member, pseudonym in (await self._under(keys, person, in_use=keys.epoch in signed.epochs.all)).items():
                known.setdefault(member, []).append((keys.epoch, pseudonym))
        if self._me not in known:
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no key of this body's own")
        return {
            member: AccessRequest(
                network=self._network,
                asker=self._me,
                addressee=member,
                request_id=secrets.token_bytes(REQUEST_ID_BYTES),
                persons=tuple(pseudonyms),
                identified=True,
                salt=secrets.token_bytes(SALT_BYTES),
            )
            for member, pseudonyms in known.items()
        }
