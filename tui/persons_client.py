"""What speaks gRPC about persons and households: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import grpc

from maglia.v1 import persons_pb2 as pb
from maglia.v1.persons_pb2_grpc import PersonsServiceStub
from maglia.wire.status import error_of
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer
from tui.persons_messages import code_of, former_of, household_of, person_of, registry_report, side_of
from tui.persons_model import FormerCode, Household, LinkPreview, PersonCode, PersonFile, RegistryReport
from tui.profile import Profile

if TYPE_CHECKING:
    from maglia.v1.persons_pb2_grpc import PersonsServiceAsyncStub

_CHUNK = 64 * 1024
_IMPORT_S = 600.0


class PersonsDoor(NodeDoor):
    """What an operator keeps of who the persons are."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._persons: PersonsServiceAsyncStub = PersonsServiceStub(self._channel)

    async def household(self, identifier: str) -> Household:
        """Return with whom a person lives; raise `input.household_none`."""
        request = pb.GetHouseholdRequest(identifier=identifier)
        call = self._persons.GetHousehold(request, metadata=self._metadata, timeout=CALL_S)
        return household_of((await answer(call)).household)

    async def set_household(self, adults: Sequence[str], minors: Sequence[str], since: str) -> Household:
        """Put on record who lives together since a day (ISO 8601, or empty for the node's today)."""
        request = pb.SetHouseholdRequest(adults=adults, minors=minors, since=since)
        call = self._persons.SetHousehold(request, metadata=self._metadata, timeout=CALL_S)
        return household_of((await answer(call)).household)

    async def leave_household(self, identifier: str, until: str) -> Household:
        """Put on record that a person left; return the household as it is then."""
        request = pb.LeaveHouseholdRequest(identifier=identifier, until=until)
        call = self._persons.LeaveHousehold(request, metadata=self._metadata, timeout=CALL_S)
        return household_of((await answer(call)).household)

    async def import_registry(
        self, name: str, content: bytes, *, sheet: str = "", dry_run: bool, confirmed: bool
    ) -> RegistryReport:
        """Update the civil registry at the node, or only hear what would change; raise `input.*`, `policy.registry`."""

        async def pieces() -> AsyncIterator[pb.ImportRegistryRequest]:
            yield pb.ImportRegistryRequest(file_name=name, sheet=sheet, dry_run=dry_run, confirmed=confirmed)
            for start in range(0, len(content), _CHUNK):
                yield pb.ImportRegistryRequest(chunk=content[start : start + _CHUNK])

        call = self._persons.ImportRegistry(pieces(), metadata=self._metadata, timeout=_IMPORT_S)
        try:
            return registry_report([page async for page in call])
        except grpc.aio.AioRpcError as failure:
            raise error_of(failure) from failure

    async def person(self, identifier: str) -> PersonFile:
        """Return who a person is to this body, by any of their codes."""
        call = self._persons.GetPerson(
            pb.GetPersonRequest(identifier=identifier), metadata=self._metadata, timeout=CALL_S
        )
        return person_of((await answer(call)).person)

    async def preview_link(self, former: str, current: str) -> LinkPreview:
        """Return what is on file under each of two codes; raise `input.link_*`."""
        request = pb.PreviewLinkRequest(former=former, current=current)
        found = await answer(self._persons.PreviewLink(request, metadata=self._metadata, timeout=CALL_S))
        sides = side_of(found.former), side_of(found.current)
        return LinkPreview(code_of(found.former_code), sides[0], code_of(found.current_code), sides[1])

    async def link(self, former: str, current: str) -> tuple[FormerCode, PersonCode, int]:
        """Let one code take another's place; return both, and for how many seconds it may be undone."""
        request = pb.LinkPersonRequest(former=former, current=current)
        done = await answer(self._persons.LinkPerson(request, metadata=self._metadata, timeout=CALL_S))
        return former_of(done.former), code_of(done.current), done.undo_seconds

    async def undo_link(self, former: str) -> None:
        """Take it back; raise `input.link_*`."""
        call = self._persons.UndoLink(pb.UndoLinkRequest(former=former), metadata=self._metadata, timeout=CALL_S)
        await answer(call)
