"""The persons' door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

from datetime import date
from typing import cast

from maglia.v1 import persons_pb2 as pb
from maglia.v1.persons_pb2_grpc import PersonsServiceServicer
from maglia.wire.chain import Context, current_caller
from node import household_file
from node.domain.household_file import HouseholdFile, Place, person_text
from node.domain.model import Operator
from node.ports import Clock, Store


class PersonsDoor(PersonsServiceServicer):
    """One body's operators keep here who their persons are."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def GetHousehold(self, request: pb.GetHouseholdRequest, context: Context) -> pb.GetHouseholdResponse:
        """Say with whom a person lives."""
        found = household_file.read_household(self._store, self._clock, _operator(), request.identifier)
        return pb.GetHouseholdResponse(household=household_message(found, self._clock.today()))

    async def SetHousehold(self, request: pb.SetHouseholdRequest, context: Context) -> pb.SetHouseholdResponse:
        """Put on file who lives together."""
        done = household_file.set_household(
            self._store,
            self._clock,
            _operator(),
            adults=request.adults,
            minors=request.minors,
            since=request.since,
        )
        return pb.SetHouseholdResponse(household=household_message(done, self._clock.today()))

    async def LeaveHousehold(self, request: pb.LeaveHouseholdRequest, context: Context) -> pb.LeaveHouseholdResponse:
        """Put on file that somebody left."""
        done = household_file.leave_household(
            self._store, self._clock, _operator(), text=request.identifier, until=request.until
        )
        return pb.LeaveHouseholdResponse(household=household_message(done, self._clock.today()))


def household_message(found: HouseholdFile, today: date) -> pb.Household:
    """Return a household for the counter's own screen: it holds codes."""
    return pb.Household(
        source=found.source,
        members=map(_place, found.members),
        former=map(_place, found.former),
        day=today.isoformat(),
    )


def _place(place: Place) -> pb.HouseholdPlace:
    return pb.HouseholdPlace(
        identifier=person_text(place.who),
        role=place.age,
        since=_iso(place.since),
        until=_iso(place.until),
        recorded_by=place.recorded_by,
        name=place.name,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
