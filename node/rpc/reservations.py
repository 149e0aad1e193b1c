"""The reservations' door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import cast

from maglia.core.vocabulary import UNDO_S, AidStatus, Kind
from maglia.v1 import reservation_pb2 as pb
from maglia.v1.reservation_pb2_grpc import ReservationServiceServicer
from maglia.wire.chain import Context, current_caller
from node import records
from node.domain.model import Operator
from node.domain.reservations import Other, Promise, Reservation, instant_ms, sight_of
from node.ports import Clock, Store
from node.reserving import Progress, Promised, Reserving, read_promise
from node.rpc.checks import balance_message, state_message

PAGE = 100
"""Reservations in one message."""


class ReservationDoor(ReservationServiceServicer):
    """One body's operators promise help here, and make it help given."""

    def __init__(self, me: str, kind: Callable[[], Kind], store: Store, reserving: Reserving, clock: Clock) -> None:
        self._me = me
        self._kind = kind
        self._store = store
        self._reserving = reserving
        self._clock = clock

    async def Reserve(self, request: pb.ReserveRequest, context: Context) -> AsyncIterator[pb.ReserveResponse]:
        """Promise, and stream what the network knows."""
        operator = _operator()
        promised = self._read(operator, request)
        if request.case_protocol:
            case = {"purpose": promised.purpose.value, "protocol": request.case_protocol}
            records.add_case(self._store, operator, self._kind(), identifier=request.identifier, **case)
        async for progress in self._reserving.reserve(operator, promised):
            yield pb.ReserveResponse(
                reservation=self._message(progress.reservation),
                beside=self._beside(progress),
                done=progress.sight is not None,
            )

    async def ConfirmReservation(
        self, request: pb.ConfirmReservationRequest, context: Context
    ) -> AsyncIterator[pb.ConfirmReservationResponse]:
        """Ask anew, and make the promise help given unless a reason is wanted."""
        operator, cents = _operator(), request.amount_cents
        async for progress in self._reserving.confirm(
            operator, request.record_id, day=request.date, amount_cents=cents, reason=request.reason
        ):
            yield pb.ConfirmReservationResponse(
                reservation=self._message(progress.reservation),
                beside=self._beside(progress),
                done=progress.sight is not None,
                wants=progress.wants or "",
            )

    async def RenewReservation(
        self, request: pb.RenewReservationRequest, context: Context
    ) -> pb.RenewReservationResponse:
        """Promise for the same term once more."""
        renewed = self._reserving.renew(_operator(), request.record_id)
        return pb.RenewReservationResponse(reservation=self._message(renewed))

    async def ReleaseReservation(
        self, request: pb.ReleaseReservationRequest, context: Context
    ) -> pb.ReleaseReservationResponse:
        """Take the promise back."""
        released = self._reserving.release(_operator(), request.record_id)
        return pb.ReleaseReservationResponse(reservation=self._message(released))

    async def ListReservations(
        self, request: pb.ListReservationsRequest, context: Context
    ) -> AsyncIterator[pb.ListReservationsResponse]:
        """List the reservations, in pages."""
        found = [self._message(held) for held in self._reserving.held(_operator())]
        for start in range(0, max(1, len(found)), PAGE):
            yield pb.ListReservationsResponse(reservations=found[start : start + PAGE])

    async def GetReservation(self, request: pb.GetReservationRequest, context: Context) -> pb.GetReservationResponse:
        """Return one."""
        return pb.GetReservationResponse(reservation=self._message(self._reserving.one(_operator(), request.record_id)))

    def _read(self, operator: Operator, request: pb.ReserveRequest) -> Promised:
        record = records.read_aid(
            self._store,
            self._clock,
            operator,
            self._kind(),
            identifier=request.identifier,
            facet=request.facet,
            amount_cents=request.amount_cents,
            status=AidStatus.RESERVED.value,
            basis=request.basis,
            visibility=request.visibility,
            creditor=request.creditor,
            need=request.need,
            period_from=request.period_from,
            period_to=request.period_to,
        )
        return read_promise(record, request.purpose, request.months, request.until_ms, self._clock.now())

    def _beside(self, progress: Progress) -> pb.Beside:
        if progress.refused is not None:
            return pb.Beside(unchecked=progress.refused.code, params=progress.refused.params)
        if progress.state is None:
            return pb.Beside()
        held, balance = progress.reservation, progress.balance
        mine = held.promise(self._me)
        return pb.Beside(
            check=state_message(progress.state, self._clock.today().isoformat()),
            others=[other_message(one, mine) for one in sight_of(progress.state).others],
            balance=balance_message(balance, held.facet, held.creditor) if balance else None,
            exceeds_cents=progress.exceeds_cents,
        )

    def _message(self, held: Reservation) -> pb.Reservation:
        now, mine = self._clock.now(), held.promise(self._me)
        return pb.Reservation(
            record_id=held.record_id,
            identifier=held.identifier.text,
            facet=held.facet,
            amount_cents=held.amount_cents,
            creditor=held.creditor,
            reserved_at_ms=mine.at_ms,
            reserved_until_ms=0 if held.reserved_until is None else instant_ms(held.reserved_until),
            reserved_by=held.reserved_by,
            state=held.state(now),
            ends_soon=held.ends_soon(now),
            renewed=held.is_renewed,
            late=[other_message(one, mine) for one in held.late],
            day=held.day.isoformat(),
            undo_until_ms=0 if held.given_at is None else instant_ms(held.given_at + UNDO_S),
        )


def other_message(one: Other, mine: Promise) -> pb.OtherHelp:
    """Return another body's help as it may be shown: not who gives it, but for the name that policy lets out."""
    return pb.OtherHelp(
        member_kind=one.kind,
        member_name=one.name,
        facet=one.facet,
        when=one.when,
        status=one.status,
        same_need=one.same_need,
        amount_band=one.amount_band,
        amount_cents=one.amount_cents,
        contact=one.contact,
        reserved_at_ms=one.reserved_at_ms or 0,
        reserved_until_ms=one.reserved_until_ms or 0,
        is_first=one.comes_before(mine),
    )


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
