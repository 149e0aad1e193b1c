"""Further services at a node's front door, each put together by a function of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial

from maglia.core.vocabulary import Kind
from maglia.v1.answering_pb2_grpc import add_NetworkServiceServicer_to_server
from maglia.v1.batch_pb2_grpc import add_BatchServiceServicer_to_server
from maglia.v1.device_pb2_grpc import add_DeviceServiceServicer_to_server
from maglia.v1.files_pb2_grpc import add_FilesServiceServicer_to_server
from maglia.v1.inbox_pb2_grpc import add_InboxServiceServicer_to_server
from maglia.v1.needs_pb2_grpc import add_NeedsServiceServicer_to_server
from maglia.v1.persons_pb2_grpc import add_PersonsServiceServicer_to_server
from maglia.v1.records_pb2_grpc import add_RecordsServiceServicer_to_server
from maglia.v1.reservation_pb2_grpc import add_ReservationServiceServicer_to_server
from maglia.v1.status_pb2_grpc import add_StatusServiceServicer_to_server
from maglia.v1.waiting_pb2_grpc import add_WaitingServiceServicer_to_server
from node.answering_rates import AnsweringRates
from node.answering_reports import AnsweringReports
from node.ask import Asking
from node.batches.calls import BatchDesk
from node.batches.naming import NamingMany
from node.batches.run import BatchTools
from node.checks.late_findings import LateFindings
from node.checks.recent import RecentChecks
from node.devices import Devices
from node.doors import AddService
from node.enrol import Enrolment
from node.examining import Examination
from node.foundation import Foundation
from node.hearing import Hearing, Timing
from node.inbox import Inbox
from node.logins import Logins
from node.network.peers import PeerStreams
from node.ports import Peers
from node.probing import Probing
from node.procedures import Procedures
from node.pseudonyms import Pseudonyms
from node.questions import Questions
from node.record_desk import RecordDesk
from node.recording import Recording
from node.reserving import Reserving
from node.rpc.batch import BatchDoor
from node.rpc.devices import DeviceDoor
from node.rpc.files import FilesDoor
from node.rpc.inbox import InboxDoor
from node.rpc.needs import NeedsDoor
from node.rpc.network import NetworkDoor
from node.rpc.persons import PersonsDoor
from node.rpc.records import RecordsDoor
from node.rpc.reservations import ReservationDoor
from node.rpc.status import StatusDoor
from node.rpc.waiting import WaitingDoor
from node.status import NodeStatus, Profile, read_status
from node.waiting import Waiting

PATIENCE_S = 30.0
"""How long a call for applicants waits for one body's answer about many rows: nobody stands at the counter."""


def persons_desk(base: Foundation, recording: Recording, enrolment: Enrolment) -> AddService:
    """Return where operators keep who their persons are, and who lives with whom."""
    me, trust = base.settings.member, base.trust

    def kind() -> Kind:
        return trust.last_known(me).kind

    door = PersonsDoor(kind, base.store, base.clock, recording, enrolment)
    return partial(add_PersonsServiceServicer_to_server, door)


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


def batch_desk(stack: AsyncExitStack, base: Foundation, peers: Peers, pseudonyms: Pseudonyms) -> AddService:
    """Return the desk of calls for applicants; what runs is ended with the stack."""
    me, store, entries, trust, clock = base.settings.member, base.store, base.entries, base.trust, base.clock
    timing = Timing(base.settings.provisional_s, base.settings.deadline_s, PATIENCE_S)
    tools = BatchTools(
        me=me,
        store=store,
        entries=entries,
        policy=base.policy,
        trust=trust,
        procedures=Procedures(store, trust, clock),
        questions=Questions(me, entries, base.policy, trust, base.open_questions),
        hearing=Hearing(peers, entries, timing),
        naming=NamingMany(me, store, trust, pseudonyms, clock),
        clock=clock,
        budget_key=base.keys.budget_key,
        open_questions=base.open_questions,
    )
    desk = BatchDesk(tools)
    stack.push_async_callback(desk.close)
    return partial(add_BatchServiceServicer_to_server, BatchDoor(desk, base.refusals))


def files_desk(base: Foundation, recording: Recording, enrolment: Enrolment) -> AddService:
    """Return where operators hand in lists, and take out everything."""
    me = base.settings.member
    profile = Profile(base.network, me, lambda: base.trust.last_known(me))
    door = FilesDoor(base.store, base.clock, profile, recording, enrolment.wake, base.trust.bundle)
    return partial(add_FilesServiceServicer_to_server, door)


def needs_desk(base: Foundation, recording: Recording, enrolment: Enrolment) -> AddService:
    """Return where operators keep what persons owe."""
    me = base.settings.member
    door = NeedsDoor(base.store, lambda: base.trust.last_known(me).kind, recording, enrolment)
    return partial(add_NeedsServiceServicer_to_server, door)


def waiting_desk(base: Foundation, waiting: Waiting) -> AddService:
    """Return where operators file checks for later, and find their own again."""
    me, trust = base.settings.member, base.trust

    def kind() -> Kind:
        return trust.last_known(me).kind

    door = WaitingDoor(waiting, kind, base.store, base.clock, base.settings.reask_s)
    return partial(add_WaitingServiceServicer_to_server, door)


def inbox_desk(inbox: Inbox) -> AddService:
    """Return where operators read their notices."""
    return partial(add_InboxServiceServicer_to_server, InboxDoor(inbox))


def network_desk(base: Foundation, rates: AnsweringRates, reports: AnsweringReports) -> AddService:
    """Return where operators read how the other bodies answer."""
    trust = base.trust
    door = NetworkDoor(
        base.settings.member, trust, trust.relay_of, trust.last_known, trust.bundle, rates, reports, base.clock
    )
    return partial(add_NetworkServiceServicer_to_server, door)


def status_desk(base: Foundation, enrolment: Enrolment, peers: PeerStreams) -> AddService:
    """Return where operators read how their node is, part by part."""
    me = base.settings.member

    def status() -> NodeStatus:
        return read_status(me, base.store, base.trust, base.policy, base.problems(), enrolment.waits())

    examination = Examination(base, status, Probing(me, base.trust, peers.probe))
    return partial(add_StatusServiceServicer_to_server, StatusDoor(me, examination.findings, base.clock))


def device_desk(base: Foundation, devices: Devices, logins: Logins) -> AddService:
    """Return where operators enrol consoles that are let in from anywhere."""
    return partial(add_DeviceServiceServicer_to_server, DeviceDoor(devices, logins, base.store, base.clock))
