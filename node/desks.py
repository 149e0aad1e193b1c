"""Further services at a node's front door, each put together by a function of its own."""

from __future__ import annotations

from functools import partial

from maglia.v1.persons_pb2_grpc import add_PersonsServiceServicer_to_server
from node.doors import AddService
from node.foundation import Foundation
from node.rpc.persons import PersonsDoor


def persons_desk(base: Foundation) -> AddService:
    """Return where operators keep who lives with whom."""
    return partial(add_PersonsServiceServicer_to_server, PersonsDoor(base.store, base.clock))
