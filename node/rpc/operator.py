"""The console's door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import cast

from maglia.core.directory import Directory, Member
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import UNDO_S, Role
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceServicer
from maglia.wire.chain import Context, current_caller
from maglia.wire.sessions import Sessions
from node import consents, names, records
from node.access.reporting import Reporting
from node.ask import Asking
from node.checks.late_answers import LateAnswers
from node.checks.recent import RecentChecks
from node.consents import ConsentDesk
from node.domain.forms import new_operator
from node.domain.model import Operator
from node.enrol import Enrolment
from node.importing import aid as importing
from node.logins import Logins
from node.needs import Balances
from node.ports import Clock, LogState, Store
from node.recording import Recording
from node.refusals import Refusals
from node.rpc.access_reports import AccessReportCalls
from node.rpc.checks import checked_message, household_message, read_household, read_inquiry
from node.rpc.consents import ConsentCalls
from node.rpc.devices import login_proof
from node.rpc.imports import join_pieces, report_pages
from node.rpc.names import named_aid_fields, person_message, recorded_message
from node.rpc.standing import log_message, progress_message, signals_message, spending_message, status_message
from node.signals import Signalled
from node.spending import Spending
from node.status import NodeStatus, Profile

_CHUNK_BYTES = 64 * 1024


class OperatorDoor(ConsentCalls, AccessReportCalls, OperatorServiceServicer):
    """One body's operators ask, record and import here."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        log: LogState,
        asking: Asking,
        recent: RecentChecks,
        late: LateAnswers,
        enrolment: Enrolment,
        recording: Recording,
        sessions: Sessions[Operator],
        logins: Logins,
        refusals: Refusals,
        clock: Clock,
        status: Callable[[], NodeStatus],
        spending: Callable[[], Spending],
        bundle: Callable[[], bytes],
        desk: ConsentDesk,
        member: Callable[[str], Member],
        reporting: Reporting,
        directory: Callable[[], Directory],
        signalled: Callable[[], Sequence[Signalled]],
        granted: Callable[[Role], Sequence[str]],
    ) -> None:
        self._profile = profile
        self._store = store
        self._log = log
        self._asking = asking
        self._recent = recent
        self._late = late
        self._enrolment = enrolment
        self._recording = recording
        self._sessions = sessions
        self._logins = logins
        self._refusals = refusals
        self._clock = clock
        self._status = status
        self._spending = spending
        self._bundle = bundle
        self._desk = desk
        self._member = member
        self._reporting = reporting
        self._directory = directory
        self._signalled = signalled
        self._granted = granted
        self._balances = Balances(store, clock)

    async def LoginOperator(self, request: pb.LoginOperatorRequest, context: Context) -> pb.LoginOperatorResponse:
        """Open a session."""
        proof = login_proof(request.device) if request.HasField("device") else None
        client = current_caller().client
        operator, token = await self._logins.log_in(request.user, request.password, client, proof)
        return pb.LoginOperatorResponse(
            token=token,
            role=operator.role,
            member=self._profile.member,
            member_name=self._profile.name(),
            kind=self._profile.kind(),
            idle_seconds=int(self._sessions.idle_s),
            member_contact=self._profile.contact(),
            unread_referrals=self._store.unread_referrals(),
            unread_notices=self._store.unread_notices(operator.user),
            may=self._granted(operator.role),
            day=self._clock.today().isoformat(),
        )

    async def Check(self, request: pb.CheckRequest, context: Context) -> AsyncIterator[pb.CheckResponse]:
        """Ask the network and stream what is known."""
        operator = _operator()
        with self._refusals.counting(operator.user):  # later refusals have entries of their own
            inquiry = self._balances.about_need_on_file(read_inquiry(request))
            if request.case_protocol:
                # On file, with its audit event, before anything rests on it (step 3).
                self._file_case(operator, request.identifier, request.purpose, request.case_protocol)
        asked_at = self._clock.now()
        check = await self._asking.start(inquiry, operator)
        self._recent.keep(operator, check)
        day = self._clock.today().isoformat()
        with self._late.after(check, operator.user, asked_at) as shown:
            async for state in check.states(follow=request.follow):
                shown(state)
                yield checked_message(state, day, inquiry, self._balances.of(inquiry, state))

    async def CheckHousehold(
        self, request: pb.CheckHouseholdRequest, context: Context
    ) -> AsyncIterator[pb.CheckHouseholdResponse]:
        """Ask the network about the people of a household and stream what is known of all."""
        operator, first = _operator(), request.question
        with self._refusals.counting(operator.user):
            inquiry = read_household(request)
            if first.case_protocol:
                self._file_case(operator, first.identifier, first.purpose, first.case_protocol)
        asked_at = self._clock.now()
        check = await self._asking.start_household(inquiry, operator)
        self._recent.keep(operator, check)
        day = self._clock.today().isoformat()
        with self._late.after(check, operator.user, asked_at) as shown:
            async for state in check.states(follow=first.follow):
                shown(state)
                yield household_message(state, day)

    async def RetrySilent(self, request: pb.RetrySilentRequest, context: Context) -> pb.RetrySilentResponse:
        """Ask the silent bodies of one of the operator's own checks again."""
        check = self._recent.of(_operator(), request.check_id)
        return pb.RetrySilentResponse(asked_again=await check.ask_silent_again())

    async def AddAid(self, request: pb.AddAidRequest, context: Context) -> pb.AddAidResponse:
        """Put one aid record on file."""
        operator = _operator()
        record = records.read_aid(
            self._store,
            self._clock,
            operator,
            self._profile.kind(),
            identifier=request.identifier,
            facet=request.facet,
            day=request.date,
            amount_cents=request.amount_cents,
            status=request.status,
            basis=request.basis,
            visibility=request.visibility,
            creditor=request.creditor,
            need=request.need,
            period_from=request.period_from,
            period_to=request.period_to,
            frequency=request.frequency,
            protocol=request.protocol,
            means_test=request.means_test,
        )
        key = records.read_key(request.key)
        async with self._recording.of([record]):
            record_id, recorded = records.file_aid(self._store, self._clock, operator, record, key)
        self._enrolment.wake()
        return pb.AddAidResponse(record_id=record_id, undo_until_ms=int((recorded + UNDO_S) * 1000))

    async def AddNamedAid(self, request: pb.AddNamedAidRequest, context: Context) -> pb.AddNamedAidResponse:
        """Put help on file for a person without a code: nobody else is told."""
        kind = self._profile.kind()
        return recorded_message(
            names.add_named_aid(self._store, self._clock, _operator(), kind, **named_aid_fields(request))
        )

    async def FindNames(self, request: pb.FindNamesRequest, context: Context) -> pb.FindNamesResponse:
        """List the persons on file by a like name."""
        found = names.find_names(self._store, self._clock, _operator(), name=request.name, born=request.born)
        return pb.FindNamesResponse(to_confirm=map(person_message, found))

    async def AddConsent(self, request: pb.AddConsentRequest, context: Context) -> pb.AddConsentResponse:
        """Put a consent on file."""
        operator, day = _operator(), request.date or self._clock.today().isoformat()
        records.check_may_record(operator)
        async with self._recording.of_consent(request.identifier):
            consent_id, last = consents.add_consent(
                self._store,
                self._clock,
                operator,
                identifier=request.identifier,
                purposes=request.purposes,
                notice_version=request.notice_version,
                language=request.language,
                day=day,
                method=request.method,
                audience=request.audience,
                expires=request.expires,
                key=records.read_key(request.key),
            )
        self._enrolment.wake()  # what was hidden by a withdrawal may be shown again
        return pb.AddConsentResponse(consent_id=consent_id, date=day, expires=last.isoformat())

    async def AddCase(self, request: pb.AddCaseRequest, context: Context) -> pb.AddCaseResponse:
        """Put a case's protocol number on file."""
        return pb.AddCaseResponse(
            case_id=self._file_case(_operator(), request.identifier, request.purpose, request.protocol)
        )

    def _file_case(self, operator: Operator, identifier: str, purpose: str, protocol: str) -> str:
        kind = self._profile.kind()
        return records.add_case(self._store, operator, kind, identifier=identifier, purpose=purpose, protocol=protocol)

    async def AddOperator(self, request: pb.AddOperatorRequest, context: Context) -> pb.AddOperatorResponse:
        """Add or replace an operator."""
        hashed = await asyncio.to_thread(hash_password, request.password)
        self._store.add_operator(new_operator(request.user, request.name, request.role), hashed)
        return pb.AddOperatorResponse(user=request.user)

    async def ImportRecords(
        self, request_iterator: AsyncIterator[pb.ImportRecordsRequest], context: Context
    ) -> AsyncIterator[pb.ImportRecordsResponse]:
        """Import a file sent in pieces; answer with its rejected rows, a page at a time."""
        operator = _operator()
        name, content = await join_pieces(request_iterator)
        report = await asyncio.to_thread(
            importing.import_file,
            content,
            name,
            self._profile.kind(),
            self._clock.today(),
            self._store,
            operator.user,
            recording=self._recording.in_thread(),
        )
        self._enrolment.wake()
        for page in report_pages(report):
            yield page

    async def VerifyLog(self, request: pb.VerifyLogRequest, context: Context) -> pb.VerifyLogResponse:
        """Recompute the whole log from its entries."""
        report = await asyncio.to_thread(self._log.verify)
        return log_message(report)

    async def GetStatus(self, request: pb.GetStatusRequest, context: Context) -> pb.GetStatusResponse:
        """Say how the node is."""
        return status_message(self._profile, self._status())

    async def GetPolicies(
        self, request: pb.GetPoliciesRequest, context: Context
    ) -> AsyncIterator[pb.GetPoliciesResponse]:
        """Hand out the rules in force, piece by piece."""
        bundle = self._bundle()
        for start in range(0, len(bundle), _CHUNK_BYTES):
            yield pb.GetPoliciesResponse(chunk=bundle[start : start + _CHUNK_BYTES])

    async def Repseudonymize(
        self, request: pb.RepseudonymizeRequest, context: Context
    ) -> AsyncIterator[pb.RepseudonymizeResponse]:
        """Say how far the enrolment for an epoch is, until it is done."""
        async for step in self._enrolment.follow(request.epoch):
            yield progress_message(step)

    async def GetSpending(self, request: pb.GetSpendingRequest, context: Context) -> pb.GetSpendingResponse:
        """Say how much of each budget is spent."""
        return spending_message(self._spending())

    async def ListSignals(self, request: pb.ListSignalsRequest, context: Context) -> pb.ListSignalsResponse:
        """Say what of operators' days is signalled in the log."""
        return signals_message(self._signalled())


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
