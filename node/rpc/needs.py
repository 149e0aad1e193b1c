"""The needs' door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from maglia.core.vocabulary import Kind
from maglia.v1 import needs_pb2 as pb
from maglia.v1.needs_pb2_grpc import NeedsServiceServicer
from maglia.wire.chain import Context, current_caller
from node.domain.model import Operator
from node.domain.needs import FiledNeed
from node.domain.residual import Covered, covered_here
from node.enrol import Enrolment
from node.needs import close_need, needs_of, read_new_need
from node.ports import Store
from node.recording import Recording


class NeedsDoor(NeedsServiceServicer):
    """One body's operators keep here what persons owe; `kind` says which kind of body it is."""

    def __init__(self, store: Store, kind: Callable[[], Kind], recording: Recording, enrolment: Enrolment) -> None:
        self._store = store
        self._kind = kind
        self._recording = recording
        self._enrolment = enrolment

    async def OpenNeed(self, request: pb.OpenNeedRequest, context: Context) -> pb.OpenNeedResponse:
        """Put a need on file."""
        operator = _operator()
        new = read_new_need(
            operator,
            self._kind(),
            identifier=request.identifier,
            facet=request.facet,
            owed_cents=request.owed_cents,
            basis=request.basis,
            visibility=request.visibility,
            need=request.need,
            creditor=request.creditor,
            period_from=request.period_from,
            period_to=request.period_to,
        )
        async with self._recording.of_need(new):
            filed = self._store.open_filed_need(new, operator.user)
        self._enrolment.wake()
        return pb.OpenNeedResponse(need=self._message(filed))

    async def ListNeeds(self, request: pb.ListNeedsRequest, context: Context) -> pb.ListNeedsResponse:
        """Say what a person has on file."""
        found = needs_of(self._store, _operator(), request.identifier)
        return pb.ListNeedsResponse(needs=[need_message(one, covered) for one, covered in found])

    async def CloseNeed(self, request: pb.CloseNeedRequest, context: Context) -> pb.CloseNeedResponse:
        """Close a need."""
        return pb.CloseNeedResponse(need=self._message(close_need(self._store, _operator(), request.name)))

    def _message(self, filed: FiledNeed) -> pb.FiledNeed:
        return need_message(filed, covered_here(self._store.own_aid_for(filed)))


def need_message(filed: FiledNeed, covered: Covered) -> pb.FiledNeed:
    """Return a need for the counter's own screen, with what this body covers of it."""
    return pb.FiledNeed(
        name=filed.name,
        facet=filed.facet,
        owed_cents=filed.owed_cents,
        need=filed.need.text if filed.need else "",
        creditor=filed.creditor,
        period_from=_iso(filed.period_from),
        period_to=_iso(filed.period_to),
        basis=filed.basis,
        visibility=filed.visibility,
        opened_at_ms=int(filed.opened_at * 1000),
        opened_by=filed.opened_by,
        closed_at_ms=int((filed.closed_at or 0) * 1000),
        closed_by=filed.closed_by,
        given_cents=covered.given_cents,
        reserved_cents=covered.reserved_cents,
        unknown=covered.unknown,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
