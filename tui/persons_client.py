"""What speaks gRPC about persons and households: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maglia.v1 import persons_pb2 as pb
from maglia.v1.persons_pb2_grpc import PersonsServiceStub
from tui.client import NodeDoor
from tui.door import CALL_S, answer
from tui.persons_model import Household, Place
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.persons_pb2_grpc import PersonsServiceAsyncStub


class PersonsDoor(NodeDoor):
    """What an operator keeps of who the persons are."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self._persons: PersonsServiceAsyncStub = PersonsServiceStub(self._channel)

    async def household(self, identifier: str) -> Household:
        """Return with whom a person lives; raise `input.household_none`."""
        request = pb.GetHouseholdRequest(identifier=identifier)
        call = self._persons.GetHousehold(request, metadata=self._metadata, timeout=CALL_S)
        return _household((await answer(call)).household)

    async def set_household(self, adults: Sequence[str], minors: Sequence[str], since: str) -> Household:
        """Put on record who lives together since a day (ISO 8601, or empty for the node's today)."""
        request = pb.SetHouseholdRequest(adults=adults, minors=minors, since=since)
        call = self._persons.SetHousehold(request, metadata=self._metadata, timeout=CALL_S)
        return _household((await answer(call)).household)

    async def leave_household(self, identifier: str, until: str) -> Household:
        """Put on record that a person left; return the household as it is then."""
        request = pb.LeaveHouseholdRequest(identifier=identifier, until=until)
        call = self._persons.LeaveHousehold(request, metadata=self._metadata, timeout=CALL_S)
        return _household((await answer(call)).household)


def _household(message: pb.Household) -> Household:
    return Household(
        plain(message.source), tuple(map(_place, message.members)), tuple(map(_place, message.former)), message.day
    )


def _place(message: pb.HouseholdPlace) -> Place:
    return Place(
        plain(message.identifier, 40),
        plain(message.role),
        plain(message.since, 10),
        plain(message.until, 10),
        plain(message.recorded_by),
        plain(message.name),
    )
