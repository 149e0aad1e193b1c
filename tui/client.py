"""What speaks gRPC, with `tui.office_client`: calls to a node's front port, answered with plain values.

Every text that arrives is made plain here, once, so that no name can be an escape sequence further in; every failure
leaves as a `MagliaError`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import grpc

from maglia.core.bundle import MAX_BUNDLE_BYTES
from maglia.core.device import Server, login_bytes
from maglia.core.errors import Code, MagliaError
from maglia.v1 import device_pb2, operator_pb2
from maglia.v1.device_pb2_grpc import DeviceServiceStub
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.certificates import pem_to_der
from maglia.wire.status import error_of
from tui.check_messages import check_state, household_state
from tui.consent_messages import consent_file, expiring
from tui.consent_model import ConsentFile, Expiring
from tui.device_key import no_otp, open_device_key
from tui.door import CALL_S, Door, Line, answer, class_of, stream
from tui.model import (
    Aid,
    CheckState,
    Consent,
    LogReport,
    NamedAid,
    NodeStatus,
    Operator,
    OperatorSignal,
    Question,
    Recorded,
    Spending,
    SpentInProcedure,
    ToConfirm,
)
from tui.node_messages import enrolling, spent, to_confirm
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.device_pb2_grpc import DeviceServiceAsyncStub
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

_CHECK_S = 60.0
_TRACE_S = 120.0
"""Seconds for what may read a year of the node's log."""
_LOG_S = 600.0


class NodeDoor(Door):
    """What an operator does at the own body's node."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._profile = profile
        self._stub: OperatorServiceAsyncStub = OperatorServiceStub(self._channel)
        self._devices: DeviceServiceAsyncStub = DeviceServiceStub(self._channel)

    @property
    def here(self) -> Operator:
        """Return who is logged in; raise `session.expired` before anybody is."""
        if self.line.here is None:
            raise MagliaError(Code.SESSION_EXPIRED)
        return self.line.here

    @property
    def server(self) -> Server:
        """Return whom the channel leads to, as what a console signs names it."""
        return Server(self._profile.network, self._profile.party, pem_to_der(self._profile.ca_file.read_bytes()))

    async def challenge(self) -> device_pb2.GetChallengeResponse:
        """Return what a console signs next, and whether the node lets in enrolled consoles alone."""
        return await answer(self._devices.GetChallenge(device_pb2.GetChallengeRequest(), timeout=CALL_S))

    async def login(self, user: str, password: str, ask_otp: Callable[[], str] = no_otp) -> Operator:
        """Open the operator's session; raise `session.credentials` or `network.unreachable`.

        Where this console is enrolled and the node asks for it, its key signs and `ask_otp` gives the telephone's code.
        """
        request = operator_pb2.LoginOperatorRequest(user=user, password=password)
        if user == self._profile.user and self._profile.device_key.exists():
            await self._prove(request, ask_otp)
        response = await answer(self._stub.LoginOperator(request, timeout=CALL_S))
        self.line.token = response.token
        self.line.here = Operator(
            user=user,
            role=plain(response.role),
            member=plain(response.member),
            member_name=plain(response.member_name),
            kind=plain(response.kind),
            contact=plain(response.member_contact),
            unread=response.unread_referrals,
            notices=response.unread_notices,
            may=frozenset(response.may),
            day=plain(response.day, 10),
        )
        return self.line.here

    async def _prove(self, request: operator_pb2.LoginOperatorRequest, ask_otp: Callable[[], str]) -> None:
        """Add the proof of an enrolled console, where the node asks for one."""
        asked = await self.challenge()
        if not asked.needed:
            return
        key = await asyncio.to_thread(open_device_key, self._profile.device_key, request.password)
        otp = ask_otp()
        signature = key.sign(login_bytes(self.server, request.user, key.key_id, asked.challenge))
        proof = device_pb2.DeviceProof(device_id=key.key_id, challenge=asked.challenge, signature=signature, otp=otp)
        request.device.CopyFrom(proof)

    async def check(self, question: Question, *, follow: bool) -> AsyncIterator[CheckState]:
        """Yield the check's whole state each time it changes, until the deadline or, with `follow`, until closed."""
        fields = asdict(question)
        others = fields.pop("others")
        request = operator_pb2.CheckRequest(**fields, follow=follow)
        timeout = None if follow else _CHECK_S
        if others:
            household = operator_pb2.CheckHouseholdRequest(question=request, others=others)
            codes = (question.identifier, *question.others)
            async for whole in stream(self._stub.CheckHousehold(household, metadata=self._metadata, timeout=timeout)):
                yield household_state(whole, codes)
        else:
            async for response in stream(self._stub.Check(request, metadata=self._metadata, timeout=timeout)):
                yield check_state(response)

    async def retry_silent(self, check_id: str) -> int:
        """Ask the silent bodies of a check again; return how many."""
        request = operator_pb2.RetrySilentRequest(check_id=check_id)
        response = await answer(self._stub.RetrySilent(request, metadata=self._metadata, timeout=CALL_S))
        return response.asked_again

    async def add_aid(self, aid: Aid) -> tuple[str, int]:
        """Put help on record; return the record's id, and until when it may be undone (ms since the epoch)."""
        request = operator_pb2.AddAidRequest(**asdict(aid))
        response = await answer(self._stub.AddAid(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.record_id), response.undo_until_ms

    async def add_named_aid(self, aid: NamedAid) -> tuple[str, str, tuple[ToConfirm, ...]]:
        """Put help for a person without a code on record; return the record's id, the alias, and others alike."""
        request = operator_pb2.AddNamedAidRequest(
            person=operator_pb2.CompositeName(name=aid.name, born=aid.born, place=aid.place),
            alias=aid.alias,
            facet=aid.facet,
            date=aid.date,
            amount_cents=aid.amount_cents,
            status=aid.status,
            basis=aid.basis,
            creditor=aid.creditor,
            key=aid.key,
        )
        response = await answer(self._stub.AddNamedAid(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.record_id), plain(response.alias), to_confirm(response.to_confirm)

    async def find_names(self, name: str, born: str) -> tuple[ToConfirm, ...]:
        """Return the persons on file by a like name and the same birth (ISO 8601), each to be confirmed."""
        request = operator_pb2.FindNamesRequest(name=name, born=born)
        response = await answer(self._stub.FindNames(request, metadata=self._metadata, timeout=CALL_S))
        return to_confirm(response.to_confirm)

    async def add_consent(self, consent: Consent) -> Recorded:
        """Put a consent on record."""
        request = operator_pb2.AddConsentRequest(**asdict(consent))
        response = await answer(self._stub.AddConsent(request, metadata=self._metadata, timeout=CALL_S))
        return Recorded(plain(response.consent_id), plain(response.date), plain(response.expires))

    async def consents(self, identifier: str) -> ConsentFile:
        """Return all that a person said to this body."""
        request = operator_pb2.GetConsentsRequest(identifier=identifier)
        call = self._stub.GetConsents(request, metadata=self._metadata, timeout=_TRACE_S)
        return consent_file((await answer(call)).file)

    async def withdraw_consent(self, identifier: str, purpose: str) -> ConsentFile:
        """Withdraw a person's consents for a purpose, for all when it is empty; return what is on file then."""
        request = operator_pb2.WithdrawConsentRequest(identifier=identifier, purpose=purpose)
        call = self._stub.WithdrawConsent(request, metadata=self._metadata, timeout=_TRACE_S)
        return consent_file((await answer(call)).file)

    async def refuse_consent(self, identifier: str) -> ConsentFile:
        """Put a person's refusal on record; return what is on file then."""
        request = operator_pb2.RefuseConsentRequest(identifier=identifier)
        call = self._stub.RefuseConsent(request, metadata=self._metadata, timeout=_TRACE_S)
        return consent_file((await answer(call)).file)

    async def add_objection(self, identifier: str) -> ConsentFile:
        """Put a person's objection to a public task on record; return what is on file then."""
        request = operator_pb2.AddObjectionRequest(identifier=identifier)
        call = self._stub.AddObjection(request, metadata=self._metadata, timeout=CALL_S)
        return consent_file((await answer(call)).file)

    async def mark_told(self, identifier: str, member: str) -> ConsentFile:
        """Put on record that a body was told of a withdrawal; return what is on file then."""
        request = operator_pb2.MarkToldRequest(identifier=identifier, member=member)
        call = self._stub.MarkTold(request, metadata=self._metadata, timeout=CALL_S)
        return consent_file((await answer(call)).file)

    async def expiring_consents(self, days: int) -> tuple[str, list[Expiring]]:
        """Return the node's day (ISO 8601), and whose consents end within so many days of it, or have ended."""
        request = operator_pb2.ListExpiringConsentsRequest(days=days)
        call = self._stub.ListExpiringConsents(request, metadata=self._metadata, timeout=_CHECK_S)
        try:
            pages = [page async for page in call]
        except grpc.aio.AioRpcError as failure:
            raise error_of(failure) from failure
        return plain(pages[0].day) if pages else "", [one for page in pages for one in expiring(page)]

    async def add_case(self, identifier: str, purpose: str, protocol: str) -> str:
        """Put the protocol number of a public body's case on record; return the case's id."""
        request = operator_pb2.AddCaseRequest(identifier=identifier, purpose=purpose, protocol=protocol)
        return plain((await answer(self._stub.AddCase(request, metadata=self._metadata, timeout=CALL_S))).case_id)

    async def verify_log(self) -> LogReport:
        """Have the node recompute its whole log from its entries."""
        request = operator_pb2.VerifyLogRequest()
        response = await answer(self._stub.VerifyLog(request, metadata=self._metadata, timeout=_LOG_S))
        return LogReport(
            ok=response.ok,
            size=response.size,
            root=response.root.hex(),
            checkpoint_size=response.checkpoint_size,
            checkpoint_root=response.checkpoint_root.hex(),
            cosigned=response.cosigned,
            cosigned_size=response.cosigned_size,
            first_bad=response.first_bad if response.HasField("first_bad") else None,
            first=response.first,
            bad_archive=plain(response.bad_archive),
        )

    async def signals(self) -> Sequence[OperatorSignal]:
        """Return what of operators' days the node signalled in its log, the newest day first."""
        request = operator_pb2.ListSignalsRequest()
        response = await answer(self._stub.ListSignals(request, metadata=self._metadata, timeout=CALL_S))
        return [
            OperatorSignal(plain(one.day, 10), plain(one.operator), plain(one.code), one.count, one.threshold)
            for one in response.signals
        ]

    async def spending(self) -> Spending:
        """Return how much of each of the node's budgets is spent."""
        request = operator_pb2.GetSpendingRequest()
        response = await answer(self._stub.GetSpending(request, metadata=self._metadata, timeout=CALL_S))
        return Spending(
            day=plain(response.day),
            askers=spent(response.askers),
            operators=spent(response.operators),
            procedures=tuple(
                SpentInProcedure(
                    procedure=plain(line.procedure),
                    holder=plain(line.holder),
                    cls=plain(class_of(line)),
                    spent=line.spent,
                    cap=line.cap,
                    expires=plain(line.expires),
                )
                for line in response.procedures
            ),
        )

    async def policies(self) -> bytes:
        """Return the bundle of rules in force; raise `network.answer` when it has no end."""
        bundle = bytearray()
        call = self._stub.GetPolicies(operator_pb2.GetPoliciesRequest(), metadata=self._metadata, timeout=CALL_S)
        try:
            async for piece in call:
                bundle += piece.chunk
                if len(bundle) > MAX_BUNDLE_BYTES:
                    raise MagliaError(Code.NETWORK_ANSWER, cause="a bundle larger than any published")
        except grpc.aio.AioRpcError as failure:
            raise error_of(failure) from failure
        return bytes(bundle)

    async def status(self) -> NodeStatus:
        """Return what the node says of itself."""
        request = operator_pb2.GetStatusRequest()
        response = await answer(self._stub.GetStatus(request, metadata=self._metadata, timeout=CALL_S))
        return NodeStatus(
            member=plain(response.member),
            member_name=plain(response.member_name),
            network=plain(response.network),
            policy_revision=plain(response.policy_revision),
            directory_version=response.directory_version,
            ready=response.ready,
            awaiting=response.awaiting,
            records=response.records,
            engine=plain(response.engine),
            problems=tuple(plain(code) for code in response.problems),
            members_active=response.members_active,
            enrolment=tuple(enrolling(one) for one in response.enrolment),
        )
