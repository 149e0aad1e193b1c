"""What speaks gRPC about checks that wait: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from maglia.v1 import operator_pb2
from maglia.v1 import waiting_pb2 as pb
from maglia.v1.waiting_pb2_grpc import WaitingServiceStub
from tui.check_messages import check_state, household_state
from tui.door import CALL_S, Line, answer
from tui.model import CheckState, Question
from tui.persons_client import PersonsDoor
from tui.profile import Profile
from tui.text import plain
from tui.waiting_model import KeptCheck, Standing

if TYPE_CHECKING:
    from maglia.v1.waiting_pb2_grpc import WaitingServiceAsyncStub


class WaitingDoor(PersonsDoor):
    """What an operator files for later, and finds again; checks that are made at once, too."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._waiting: WaitingServiceAsyncStub = WaitingServiceStub(self._channel)

    async def defer(self, question: Question, key: str = "") -> str:
        """File a check for when the network is back; return its id. Under the same key it is the same check."""
        fields = asdict(question)
        others = fields.pop("others")
        asked = operator_pb2.CheckRequest(**fields)
        request = pb.DeferCheckRequest(question=asked, others=others, key=key)
        return plain(
            (await answer(self._waiting.DeferCheck(request, metadata=self._metadata, timeout=CALL_S))).check_id
        )

    async def kept_check(self, check_id: str) -> Standing:
        """Return one of the operator's own checks; raise `input.check_unknown`."""
        request = pb.GetKeptCheckRequest(check_id=check_id)
        found = await answer(self._waiting.GetKeptCheck(request, metadata=self._metadata, timeout=CALL_S))
        codes = tuple(plain(code) for code in found.identifiers)
        return Standing(_kept(found.kept), codes, _state(found, codes))

    async def kept_checks(self) -> list[KeptCheck]:
        """Return the operator's own checks, the newest first."""
        request = pb.ListKeptChecksRequest()
        found = await answer(self._waiting.ListKeptChecks(request, metadata=self._metadata, timeout=CALL_S))
        return [_kept(one) for one in found.checks]


def _state(found: pb.GetKeptCheckResponse, codes: tuple[str, ...]) -> CheckState | None:
    if not found.HasField("check"):
        return None
    if found.persons:
        whole = operator_pb2.CheckHouseholdResponse(whole=found.check, persons=found.persons)
        return household_state(whole, codes)
    return check_state(found.check)


def _kept(one: pb.KeptCheck) -> KeptCheck:
    return KeptCheck(
        check_id=plain(one.check_id),
        state=plain(one.state),
        facet=plain(one.facet),
        purpose=plain(one.purpose),
        asked_at_ms=one.asked_at_ms,
        left_ms=one.left_ms,
        reason=plain(one.reason),
    )
