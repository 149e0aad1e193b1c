"""EnrolmentService: messages in, messages out."""

from __future__ import annotations

from maglia.core.identity import fingerprint
from maglia.v1 import enrolment_pb2
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceServicer
from maglia.wire.chain import Context, current_caller
from registry.enrolment import Enrolment


class EnrolmentServicer(EnrolmentServiceServicer):
    """Every request carries its own proof: a signature by the body's identity key."""

    def __init__(self, enrolment: Enrolment) -> None:
        self._enrolment = enrolment

    async def Apply(self, request: enrolment_pb2.ApplyRequest, _context: Context) -> enrolment_pb2.ApplyResponse:
        """File an application."""
        record = self._enrolment.apply(request.application, current_caller().client)
        return enrolment_pb2.ApplyResponse(
            member=record.id, fingerprint=fingerprint(record.identity_key), state=record.state.value
        )

    async def Activate(
        self, request: enrolment_pb2.ActivateRequest, _context: Context
    ) -> enrolment_pb2.ActivateResponse:
        """Use a token and publish the first card."""
        state = self._enrolment.activate(request.activation, request.card)
        return enrolment_pb2.ActivateResponse(state=state.value)

    async def PublishCard(
        self, request: enrolment_pb2.PublishCardRequest, _context: Context
    ) -> enrolment_pb2.PublishCardResponse:
        """Replace a card."""
        return enrolment_pb2.PublishCardResponse(sequence=self._enrolment.publish_card(request.card))

    async def GetApplicationState(
        self, request: enrolment_pb2.GetApplicationStateRequest, _context: Context
    ) -> enrolment_pb2.GetApplicationStateResponse:
        """Tell a body how its application stands."""
        record = self._enrolment.state_of(request.query)
        return enrolment_pb2.GetApplicationStateResponse(
            state=record.state.value,
            missing=record.missing,
            reason=record.note,
            fingerprint=fingerprint(record.identity_key),
        )
