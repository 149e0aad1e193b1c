"""What speaks gRPC about reservations: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from maglia.v1 import reservation_pb2 as pb
from maglia.v1.reservation_pb2_grpc import ReservationServiceStub
from tui.check_messages import balance_of, check_state
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer, stream
from tui.profile import Profile
from tui.reservation_model import Beside, OtherHelp, Promise, Reservation, Reserved
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.reservation_pb2_grpc import ReservationServiceAsyncStub

_CHECK_S = 60.0


class ReservationDoor(NodeDoor):
    """What an operator does with help that is promised."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._reservations: ReservationServiceAsyncStub = ReservationServiceStub(self._channel)

    async def reserve(self, promise: Promise) -> AsyncIterator[Reserved]:
        """Promise, and yield what the network knows each time that it changes; the last one is `done`."""
        request = pb.ReserveRequest(**asdict(promise))
        call = self._reservations.Reserve(request, metadata=self._metadata, timeout=_CHECK_S)
        async for one in stream(call):
            yield Reserved(_reservation(one.reservation), _beside(one.beside), one.done)

    async def confirm(self, record_id: str, date: str, amount_cents: int, reason: str) -> AsyncIterator[Reserved]:
        """Have the network asked anew, and yield what it knows; the last one says what is wanted, or nothing."""
        request = pb.ConfirmReservationRequest(record_id=record_id, date=date, amount_cents=amount_cents, reason=reason)
        call = self._reservations.ConfirmReservation(request, metadata=self._metadata, timeout=_CHECK_S)
        async for one in stream(call):
            yield Reserved(_reservation(one.reservation), _beside(one.beside), one.done, plain(one.wants))

    async def renew(self, record_id: str) -> Reservation:
        """Promise for the same term once more."""
        request = pb.RenewReservationRequest(record_id=record_id)
        call = self._reservations.RenewReservation(request, metadata=self._metadata, timeout=CALL_S)
        return _reservation((await answer(call)).reservation)

    async def release(self, record_id: str) -> Reservation:
        """Take a promise back."""
        request = pb.ReleaseReservationRequest(record_id=record_id)
        call = self._reservations.ReleaseReservation(request, metadata=self._metadata, timeout=CALL_S)
        return _reservation((await answer(call)).reservation)

    async def reservation(self, record_id: str) -> Reservation:
        """Return one, by its number or the beginning of it."""
        request = pb.GetReservationRequest(record_id=record_id)
        call = self._reservations.GetReservation(request, metadata=self._metadata, timeout=CALL_S)
        return _reservation((await answer(call)).reservation)

    async def reservations(self) -> list[Reservation]:
        """Return the reservations to look at, by their end."""
        call = self._reservations.ListReservations(
            pb.ListReservationsRequest(), metadata=self._metadata, timeout=_CHECK_S
        )
        return [_reservation(one) async for page in stream(call) for one in page.reservations]


def _beside(beside: pb.Beside) -> Beside:
    return Beside(
        check=check_state(beside.check) if beside.HasField("check") else None,
        unchecked=plain(beside.unchecked),
        params={name: plain(value) for name, value in beside.params.items()},
        others=tuple(map(_other, beside.others)),
        balance=balance_of(beside.balance) if beside.HasField("balance") else None,
        exceeds_cents=beside.exceeds_cents,
    )


def _reservation(one: pb.Reservation) -> Reservation:
    return Reservation(
        record_id=plain(one.record_id),
        identifier=plain(one.identifier),
        facet=plain(one.facet),
        amount_cents=one.amount_cents if one.HasField("amount_cents") else None,
        creditor=plain(one.creditor),
        reserved_at_ms=one.reserved_at_ms,
        reserved_until_ms=one.reserved_until_ms,
        reserved_by=plain(one.reserved_by),
        state=plain(one.state),
        ends_soon=one.ends_soon,
        renewed=one.renewed,
        day=plain(one.day, 10),
        late=tuple(map(_other, one.late)),
        undo_until_ms=one.undo_until_ms,
    )


def _other(one: pb.OtherHelp) -> OtherHelp:
    return OtherHelp(
        member_kind=plain(one.member_kind),
        member_name=plain(one.member_name),
        facet=plain(one.facet),
        when=plain(one.when, 10),
        status=plain(one.status),
        same_need=one.same_need,
        amount_band=plain(one.amount_band),
        amount_cents=one.amount_cents if one.HasField("amount_cents") else None,
        contact=plain(one.contact),
        reserved_at_ms=one.reserved_at_ms,
        reserved_until_ms=one.reserved_until_ms,
        is_first=one.is_first if one.HasField("is_first") else None,
    )
