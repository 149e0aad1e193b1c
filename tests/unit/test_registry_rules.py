"""Every RPC of the registry has a rule on each port where it is served, or is refused there on purpose."""

from __future__ import annotations

from unittest.mock import create_autospec

from google.protobuf.descriptor import ServiceDescriptor

from maglia.v1 import answering_pb2, audit_pb2, directory_pb2, enrolment_pb2, office_pb2, pseudonyms_pb2, witness_pb2
from maglia.wire.sessions import Sessions
from registry.ports import Person
from registry.rpc.chain import front_rules, peer_rules
from registry.trust import Trust

HEALTH = {"/grpc.health.v1.Health/Check"}
FRONT = (
    enrolment_pb2.DESCRIPTOR.services_by_name["EnrolmentService"],
    office_pb2.DESCRIPTOR.services_by_name["OfficeService"],
    directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"],
)
PEER = (
    directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"],
    pseudonyms_pb2.DESCRIPTOR.services_by_name["PseudonymService"],
    witness_pb2.DESCRIPTOR.services_by_name["WitnessService"],
    audit_pb2.DESCRIPTOR.services_by_name["AuditService"],
    answering_pb2.DESCRIPTOR.services_by_name["AnsweringService"],
)
REFUSED_AT_FRONT = {"/maglia.v1.DirectoryService/ListCards", "/maglia.v1.DirectoryService/WatchNews"}


def _methods(services: tuple[ServiceDescriptor, ...]) -> set[str]:
    return {f"/{service.full_name}/{method.name}" for service in services for method in service.methods}


def test_the_front_port_rules_name_every_rpc() -> None:
    assert set(front_rules(Sessions[Person](60), frozenset)) == _methods(FRONT) - REFUSED_AT_FRONT | HEALTH


def test_the_peer_port_rules_name_every_rpc() -> None:
    assert set(peer_rules(create_autospec(Trust))) == _methods(PEER) | HEALTH
