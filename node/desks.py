"""Further services at a node's front door, each put together by a function of its own."""

from __future__ import annotations

from functools import partial

from maglia.core.vocabulary import Kind
from maglia.v1.persons_pb2_grpc import add_PersonsServiceServicer_to_server
from maglia.v1.records_pb2_grpc import add_RecordsServiceServicer_to_server
from maglia.v1.reservation_pb2_grpc import add_ReservationServiceServicer_to_server
from node.ask import Asking
from node.doors import AddService
from node.enrol import Enrolment
from node.foundation import Foundation
from node.late_findings import LateFindings
from node.recent import RecentChecks
from node.record_desk import RecordDesk
from node.recording import Recording
from node.reserving import Reserving
from node.rpc.persons import PersonsDoor
from node.rpc.records import RecordsDoor
from node.rpc.reservations import ReservationDoor


def persons_desk(base: Foundation) -> AddService:
    """Return where operators keep who lives with whom."""
    return partial(add_PersonsServiceServicer_to_server, PersonsDoor(base.store, base.clock))


def reservation_desk(
    base: Foundation,
    recording: Recording,
    enrolment: Enrolment,
    asking: Asking,
    recent: RecentChecks,
    late: LateFindings,
) -> AddService:
    """Return where operators promise help, and make it help given."""
    me, trust = base.settings.member, base.trust
    worked_from = base.store, recording, enrolment.wake, asking, recent, late, trust, base.clock

    def kind() -> Kind:
        return trust.last_known(me).kind

    door = ReservationDoor(me, kind, base.store, Reserving(*worked_from), base.clock)
    return partial(add_ReservationServiceServicer_to_server, door)


def records_desk(base: Foundation, recording: Recording, enrolment: Enrolment) -> AddService:
    """Return where operators read what is on file of a person, and put it right."""
    desk = RecordDesk(base.store, base.clock, recording, enrolment.wake)
    return partial(add_RecordsServiceServicer_to_server, RecordsDoor(desk, base.clock))
