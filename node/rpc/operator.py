"""The console's door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.passwords import check_password, hash_password
from maglia.core.vocabulary import DEFAULT_MONTHS, FAMILY, MAX_MONTHS, Facet, Purpose, Role
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceServicer
from maglia.wire.chain import Context, current_caller
from maglia.wire.sessions import Sessions
from node import importing, names, records
from node.ask import Asking
from node.domain.model import Operator
from node.domain.verdict import CheckState, Outcome, Shown
from node.enrol import Enrolment
from node.inquiry import Inquiry
from node.ports import Clock, LogState, Store
from node.recent import RecentChecks
from node.refusals import NOBODY, Refusals
from node.rpc.names import named_aid_fields, person_message, recorded_message
from node.spending import Spending
from node.status import NodeStatus, Profile

MAX_IMPORT_BYTES = 64 * 1024 * 1024


class OperatorDoor(OperatorServiceServicer):
    """One body's operators ask, record and import here."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        log: LogState,
        asking: Asking,
        recent: RecentChecks,
        enrolment: Enrolment,
        sessions: Sessions[Operator],
        refusals: Refusals,
        clock: Clock,
        status: Callable[[], NodeStatus],
        spending: Callable[[], Spending],
    ) -> None:
        self._profile = profile
        self._store = store
        self._log = log
        self._asking = asking
        self._recent = recent
        self._enrolment = enrolment
        self._sessions = sessions
        self._refusals = refusals
        self._clock = clock
        self._status = status
        self._spending = spending

    async def LoginOperator(self, request: pb.LoginOperatorRequest, context: Context) -> pb.LoginOperatorResponse:
        """Open a session."""
        known = self._store.operator(request.user)
        who = known[0].user if known else NOBODY
        with self._refusals.counting(who):
            async with self._sessions.logins.attempt(request.user, current_caller().client):
                # Argon2id takes tens of milliseconds by design: not in the event loop.
                await asyncio.to_thread(check_password, known[1] if known else None, request.password)
                if known is None:
                    raise MagliaError(Code.SESSION_CREDENTIALS)
        operator = known[0]
        return pb.LoginOperatorResponse(
            token=self._sessions.open(operator),
            role=operator.role,
            member=self._profile.member,
            member_name=self._profile.name(),
            kind=self._profile.kind(),
            idle_seconds=int(self._sessions.idle_s),
        )

    async def Check(self, request: pb.CheckRequest, context: Context) -> AsyncIterator[pb.CheckResponse]:
        """Ask the network and stream what is known."""
        operator = _operator()
        with self._refusals.counting(operator.user):  # later refusals have entries of their own
            inquiry = _inquiry(request)
            if request.case_protocol:
                # On file, with its audit event, before anything rests on it (step 3).
                self._file_case(operator, request.identifier, request.purpose, request.case_protocol)
        check = await self._asking.start(inquiry, operator)
        self._recent.keep(operator, check)
        day = self._clock.today().isoformat()
        async for state in check.states(follow=request.follow):
            yield _response(state, day)

    async def RetrySilent(self, request: pb.RetrySilentRequest, context: Context) -> pb.RetrySilentResponse:
        """Ask the silent bodies of one of the operator's own checks again."""
        check = self._recent.of(_operator(), request.check_id)
        return pb.RetrySilentResponse(asked_again=await check.ask_silent_again())

    async def AddAid(self, request: pb.AddAidRequest, context: Context) -> pb.AddAidResponse:
        """Put one aid record on file."""
        record_id = records.add_aid(
            self._store,
            self._clock,
            _operator(),
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
        )
        self._enrolment.wake()
        return pb.AddAidResponse(record_id=record_id)

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
        day = request.date or self._clock.today().isoformat()
        consent_id = records.add_consent(
            self._store,
            self._clock,
            _operator(),
            identifier=request.identifier,
            purposes=request.purposes,
            notice_version=request.notice_version,
            language=request.language,
            day=day,
            method=request.method,
        )
        return pb.AddConsentResponse(consent_id=consent_id, date=day)

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
        """Import a CSV file sent in pieces; answer with its rejected rows, a page at a time."""
        operator = _operator()
        name, content = "", bytearray()
        async for piece in request_iterator:
            name = name or piece.file_name
            content += piece.chunk
            if len(content) > MAX_IMPORT_BYTES:
                raise MagliaError(Code.INPUT_TOO_LARGE, field=name, limit="64 MiB")
        report = await asyncio.to_thread(
            importing.import_csv,
            bytes(content),
            name,
            self._profile.kind(),
            self._clock.today(),
            self._store,
            operator.user,
        )
        self._enrolment.wake()
        for page in _pages(report):
            yield page

    async def VerifyLog(self, request: pb.VerifyLogRequest, context: Context) -> pb.VerifyLogResponse:
        """Recompute the whole log from its entries."""
        report = await asyncio.to_thread(self._log.verify)
        return pb.VerifyLogResponse(
            ok=report.ok,
            size=report.size,
            root=bytes.fromhex(report.root),
            checkpoint_size=report.checkpoint_size,
            checkpoint_root=bytes.fromhex(report.checkpoint_root),
            cosigned=report.cosigned,
            cosigned_size=report.cosigned_size,
            first_bad=report.first_bad,
        )

    async def GetStatus(self, request: pb.GetStatusRequest, context: Context) -> pb.GetStatusResponse:
        """Say how the node is."""
        status = self._status()
        return pb.GetStatusResponse(
            member=self._profile.member,
            member_name=self._profile.name(),
            network=self._profile.network,
            policy_revision=status.policy_revision,
            directory_version=status.directory_version,
            ready=status.ready,
            awaiting=status.awaiting,
            records=status.records,
            engine=status.engine,
            problems=status.problems,
            members_active=status.members_active,
        )

    async def Repseudonymize(
        self, request: pb.RepseudonymizeRequest, context: Context
    ) -> AsyncIterator[pb.RepseudonymizeResponse]:
        """Say how far the enrolment for an epoch is, until it is done."""
        async for step in self._enrolment.follow(request.epoch):
            yield pb.RepseudonymizeResponse(
                epoch=step.epoch, enrolled=step.enrolled, awaiting=step.awaiting, waits=step.waits or ""
            )

    async def GetSpending(self, request: pb.GetSpendingRequest, context: Context) -> pb.GetSpendingResponse:
        """Say how much of each budget is spent."""
        found = self._spending()
        return pb.GetSpendingResponse(
            day=found.day,
            askers=[pb.Spent(holder=one.holder, spent=one.spent, limit=one.limit) for one in found.askers],
            operators=[pb.Spent(holder=one.holder, spent=one.spent, limit=one.limit) for one in found.operators],
            procedures=[
                pb.SpentUnder(
                    procedure=line.spent.procedure,
                    holder=line.spent.holder,
                    spent=line.spent.spent,
                    cap=line.cap,
                    expires=line.expires,
                    **{"class": line.spent.cls.value},
                )
                for line in found.procedures
            ],
        )


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)


def new_operator(user: str, name: str, role: str) -> Operator:
    """Return an operator, valid in form; raise `input.field`."""
    if not user or len(user) > 40 or not user.replace("-", "").replace(".", "").isalnum():
        raise MagliaError(Code.INPUT_FIELD, field="user")
    if role not in frozenset(Role):
        raise MagliaError(Code.INPUT_FIELD, field="role")
    return Operator(user, name or user, Role(role))


def _inquiry(request: pb.CheckRequest) -> Inquiry:
    """Step 2: everything typed is valid in form, or the sentence says which field is not."""
    identifier = parse_identifier(request.identifier)
    if request.facet not in FAMILY:
        raise MagliaError(Code.INPUT_FACET, value=request.facet[:40], allowed=", ".join(Facet))
    if request.purpose not in frozenset(Purpose):
        raise MagliaError(Code.INPUT_PURPOSE, value=request.purpose[:40], allowed=", ".join(Purpose))
    months = request.months or DEFAULT_MONTHS
    if months > MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=months)
    return Inquiry(
        identifier=identifier,
        facet=Facet(request.facet),
        purpose=Purpose(request.purpose),
        months=months,
        need=parse_need(request.need) if request.need else None,
        creditor=request.creditor,
        procedure=request.procedure.strip(),
    )


def _response(state: CheckState, day: str) -> pb.CheckResponse:
    return pb.CheckResponse(
        check_id=state.check_id,
        verdict=state.verdict,
        complete=state.complete,
        asked=state.asked,
        answered=state.answered,
        silent=[_silent(outcome, str(outcome.silence)) for outcome in state.silent],
        findings=[_shown(shown) for shown in state.shown],
        nothing=state.nothing,
        policy_revision=state.policy_revision,
        waiting=state.waiting,
        provisional=state.provisional,
        late=state.late,
        elapsed_ms=state.elapsed_ms,
        day=day,
        refused=[_silent(outcome, outcome.refusal) for outcome in state.refused],
        omitted=state.omitted,
    )


def _silent(outcome: Outcome, reason: str) -> pb.SilentBody:
    return pb.SilentBody(member=outcome.member.id, name=outcome.member.name, reason=reason)


def _shown(shown: Shown) -> pb.ShownFinding:
    finding = shown.finding
    return pb.ShownFinding(
        member_kind=shown.kind or "",
        member=shown.member.id if shown.member else "",
        member_name=shown.member.name if shown.member else "",
        facet=finding.facet,
        when=finding.day.isoformat() if finding.day else finding.month,
        amount_band=finding.amount_band or "",
        amount_cents=finding.amount_cents,
        status=finding.status,
        same_need=finding.same_need,
        contact=finding.contact,
        late=shown.late,
        kind_hidden=shown.kind is None,
    )


_PAGE = 500


def _pages(report: importing.ImportReport) -> Iterator[pb.ImportRecordsResponse]:
    for start in range(0, len(report.rejected) or 1, _PAGE):
        yield pb.ImportRecordsResponse(
            added=report.added,
            unchanged=report.unchanged,
            rejected=[
                pb.RejectedRow(row=each.row, column=each.column, code=each.code.value, params=each.params)
                for each in report.rejected[start : start + _PAGE]
            ],
            rejected_total=len(report.rejected),
        )
