"""The door of checks that wait: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import Kind
from maglia.v1 import waiting_pb2 as pb
from maglia.v1.operator_pb2 import CheckHouseholdRequest, CheckRequest
from maglia.v1.waiting_pb2_grpc import WaitingServiceServicer
from maglia.wire.chain import Context, current_caller
from node import records
from node.checks.check import Check
from node.domain.model import Operator
from node.domain.waiting import KeptCheck, Stage
from node.household import HouseholdCheck
from node.needs import Balances
from node.ports import Clock, Store
from node.rpc.checks import checked_message, household_message, read_household, read_inquiry
from node.waiting import Standing, Waiting


class WaitingDoor(WaitingServiceServicer):
    """One body's operators file checks for later here, and find their own again."""

    def __init__(
        self, waiting: Waiting, kind: Callable[[], Kind], store: Store, clock: Clock, longest_s: float
    ) -> None:
        self._waiting = waiting
        self._kind = kind
        self._store = store
        self._clock = clock
        self._longest_s = longest_s
        self._balances = Balances(store, clock)

    async def DeferCheck(self, request: pb.DeferCheckRequest, context: Context) -> pb.DeferCheckResponse:
        """File a check for when the network is there."""
        operator, question = _operator(), request.question
        if request.others:
            household = read_household(CheckHouseholdRequest(question=question, others=request.others))
            self._file_case(operator, question)
            return pb.DeferCheckResponse(check_id=self._waiting.defer(household, operator, request.key))
        inquiry = read_inquiry(question)
        self._file_case(operator, question)
        return pb.DeferCheckResponse(check_id=self._waiting.defer(inquiry, operator, request.key))

    async def GetKeptCheck(self, request: pb.GetKeptCheckRequest, context: Context) -> pb.GetKeptCheckResponse:
        """Say where a check stands now."""
        found = self._waiting.standing(_operator(), request.check_id)
        codes = [person.identifier.text if person.identifier else "" for person in found.kept.persons]
        response = pb.GetKeptCheckResponse(kept=_message(found.kept, found.left_s), identifiers=codes)
        self._add_state(response, found)
        return response

    async def ListKeptChecks(self, request: pb.ListKeptChecksRequest, context: Context) -> pb.ListKeptChecksResponse:
        """List the operator's own."""
        now = self._clock.now()
        found = self._waiting.standings(_operator())
        return pb.ListKeptChecksResponse(checks=[_message(one, self._longest_s - one.waited(now)) for one in found])

    def _add_state(self, response: pb.GetKeptCheckResponse, found: Standing) -> None:
        day = self._clock.today().isoformat()
        if isinstance(found.check, HouseholdCheck):
            household = household_message(found.check.state(), day)
            response.check.CopyFrom(household.whole)
            response.persons.extend(household.persons)
        elif isinstance(found.check, Check) and found.check.inquiry is not None:
            state, inquiry = found.check.state(), found.check.inquiry
            response.check.CopyFrom(checked_message(state, day, inquiry, self._balances.of(inquiry, state)))

    def _file_case(self, operator: Operator, question: CheckRequest) -> None:
        """On file, with its audit event, before anything rests on it, as in a check that is made at once.

        Not twice: a question that is filed again under its key brings its case again.
        """
        if question.case_protocol and self._protocol_on_file(question) != question.case_protocol.strip():
            case = {"purpose": question.purpose, "protocol": question.case_protocol}
            records.add_case(self._store, operator, self._kind(), identifier=question.identifier, **case)

    def _protocol_on_file(self, question: CheckRequest) -> str | None:
        return self._store.case_for(parse_identifier(question.identifier), question.purpose)


def _message(kept: KeptCheck, left_s: float) -> pb.KeptCheck:
    return pb.KeptCheck(
        check_id=kept.check_id,
        state=_state(kept),
        facet=kept.facet,
        purpose=kept.purpose,
        asked_at_ms=int(kept.asked_at * 1000),
        left_ms=max(0, int(left_s * 1000)),
        reason=kept.reason or "",
    )


def _state(kept: KeptCheck) -> str:
    if kept.stage is Stage.ASKED:
        return "waiting" if kept.is_open else "done"
    return kept.stage.value


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
