"""The persons' door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

from maglia.core.vocabulary import UNDO_S, Kind
from maglia.v1 import persons_pb2 as pb
from maglia.v1.persons_pb2_grpc import PersonsServiceServicer
from maglia.wire.chain import Context, current_caller
from node import household_file, linking
from node.domain.model import Operator
from node.enrol import Enrolment
from node.importing.civil_registry import import_registry
from node.person_file import read_person_file
from node.ports import Clock, Store
from node.recording import Recording
from node.rpc.person_messages import (
    code_message,
    former_message,
    household_message,
    person_message,
    side_message,
)
from node.rpc.registry_pages import joined, registry_pages


class PersonsDoor(PersonsServiceServicer):
    """One body's operators keep here who their persons are."""

    def __init__(
        self,
        kind: Callable[[], Kind],
        store: Store,
        clock: Clock,
        recording: Recording,
        enrolment: Enrolment,
    ) -> None:
        self._kind = kind
        self._store = store
        self._clock = clock
        self._recording = recording
        self._enrolment = enrolment

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

    async def ImportRegistry(
        self, request_iterator: AsyncIterator[pb.ImportRegistryRequest], context: Context
    ) -> AsyncIterator[pb.ImportRegistryResponse]:
        """Update the civil registry on file; answer with what changed, a page at a time."""
        first = await anext(request_iterator, pb.ImportRegistryRequest())
        content = await joined(first, request_iterator)
        report = await asyncio.to_thread(
            import_registry,
            content,
            first.file_name,
            self._kind(),
            self._clock.today(),
            self._store,
            _operator(),
            sheet_name=first.sheet,
            dry_run=first.dry_run,
            confirmed=first.confirmed,
        )
        for page in registry_pages(report):
            yield page

    async def GetPerson(self, request: pb.GetPersonRequest, context: Context) -> pb.GetPersonResponse:
        """Say who a person is to this body."""
        found = read_person_file(self._store, self._clock, _operator(), request.identifier)
        return pb.GetPersonResponse(person=person_message(found, self._clock.today()))

    async def PreviewLink(self, request: pb.PreviewLinkRequest, context: Context) -> pb.PreviewLinkResponse:
        """Show both sides."""
        former, current = linking.read_codes(_operator(), request.former, request.current)
        sides = linking.both_sides(self._store, former, current)
        return pb.PreviewLinkResponse(
            former_code=code_message(former),
            former=side_message(sides[0]),
            current_code=code_message(current),
            current=side_message(sides[1]),
        )

    async def LinkPerson(self, request: pb.LinkPersonRequest, context: Context) -> pb.LinkPersonResponse:
        """Let one code take another's place."""
        operator = _operator()
        former, current = linking.read_codes(operator, request.former, request.current)
        linking.both_sides(self._store, former, current)  # refused before the log says that somebody may be enrolled
        async with self._recording.of_link(former, current):
            done = linking.link(self._store, operator, former, current)
        self._enrolment.wake()
        return pb.LinkPersonResponse(
            former=former_message(done), current=code_message(done.current), undo_seconds=UNDO_S
        )

    async def UndoLink(self, request: pb.UndoLinkRequest, context: Context) -> pb.UndoLinkResponse:
        """Take it back."""
        operator = _operator()
        former, current = linking.read_former(self._store, operator, request.former)
        async with self._recording.of_link(former, current):
            linking.undo(self._store, operator, former)
        self._enrolment.wake()
        return pb.UndoLinkResponse()


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
