"""The ways in: one login at the body's node, or at the registry, for one command. gRPC is loaded at the first."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from maglia.core.errors import MagliaError
from tui.inbox_text import waiting_line
from tui.model import Operator
from tui.offline_text import to_send_line
from tui.profile import Profile
from tui.referral_text import unread_line
from tui.typed import otp_of

if TYPE_CHECKING:
    from tui.access_client import AccessDoor
    from tui.batch_client import BatchDoor
    from tui.client import NodeDoor
    from tui.device_client import DeviceDoor
    from tui.files_client import FilesDoor
    from tui.inbox_client import InboxDoor
    from tui.needs_client import NeedsDoor
    from tui.network_client import NetworkDoor
    from tui.office_client import OfficeDoor
    from tui.offline_client import OfflineDoor
    from tui.persons_client import PersonsDoor
    from tui.records_client import RecordsDoor
    from tui.referral_client import ReferralDoor
    from tui.reservation_client import ReservationDoor
    from tui.waiting_client import WaitingDoor


class _Door(Protocol):
    async def login(self, user: str, password: str, ask_otp: Callable[[], str] = ...) -> Operator: ...

    async def close(self) -> None: ...


D = TypeVar("D", bound=_Door)


@asynccontextmanager
async def _own_node(profile: Profile) -> AsyncIterator[NodeDoor]:
    from tui.client import NodeDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    profile.check_is_of(the_office=False)
    door = NodeDoor(profile)
    try:
        yield door
    finally:
        await door.close()


@asynccontextmanager
async def _logged_in(
    make: Callable[[Profile], D],
    profile: Profile,
    password: str,
    *,
    says_unread: bool = True,
    says_taken: bool = True,
) -> AsyncIterator[D]:
    """Log in through a door of the body's node, and say on standard error that something waits to be read there."""
    profile.check_is_of(the_office=False)
    door = make(profile)
    try:
        operator = await door.login(profile.user, password, lambda: otp_of(profile))
        if says_unread:
            sys.stderr.writelines(f"{line}\n" for line in waiting_lines(operator, profile.lang))
        if says_taken:
            sys.stderr.writelines(f"{line}\n" for line in taken_lines(profile, password))
        yield door
    finally:
        await door.close()


def waiting_lines(operator: Operator, lang: str) -> list[str]:
    """Return what is told at each login: what waits to be read, and where."""
    referrals = [unread_line(operator.unread, lang)] if operator.unread else []
    return referrals + ([waiting_line(operator.notices, lang)] if operator.notices else [])


def taken_lines(profile: Profile, password: str) -> list[str]:
    """Return what is told at each login of what was taken while the node was out of reach: how much waits to be sent.

    Where the password has changed since, only that something waits.
    """
    if not profile.offline.exists():
        return []
    from tui.offline_store import OfflineStore  # noqa: PLC0415 - cryptography is loaded only where something waits

    try:
        count = len(OfflineStore(profile.offline, password).taken())
    except MagliaError:
        count = 0
    return [to_send_line(count, profile.lang)]


@asynccontextmanager
async def at_node(profile: Profile, password: str) -> AsyncIterator[NodeDoor]:
    """Log in at the body's node for one command."""
    from tui.client import NodeDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(NodeDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_offline(profile: Profile, password: str) -> AsyncIterator[OfflineDoor]:
    """Log in at the body's node to send what was taken without it."""
    from tui.offline_client import OfflineDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(OfflineDoor, profile, password, says_taken=False) as door:
        yield door


async def who_is_here(profile: Profile, password: str) -> Operator:
    """Return who the body's node says that the operator and the body are."""
    async with _own_node(profile) as door:
        return await door.login(profile.user, password, lambda: otp_of(profile))


@asynccontextmanager
async def at_reports(profile: Profile, password: str) -> AsyncIterator[AccessDoor]:
    """Log in at the body's node for one command on access reports."""
    from tui.access_client import AccessDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(AccessDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_persons(profile: Profile, password: str) -> AsyncIterator[PersonsDoor]:
    """Log in at the body's node for one command on persons and households."""
    from tui.persons_client import PersonsDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(PersonsDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_reservations(profile: Profile, password: str) -> AsyncIterator[ReservationDoor]:
    """Log in at the body's node for one command on reservations."""
    from tui.reservation_client import ReservationDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(ReservationDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_referrals(profile: Profile, password: str) -> AsyncIterator[ReferralDoor]:
    """Log in at the body's node for one command on persons sent and received."""
    from tui.referral_client import ReferralDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(ReferralDoor, profile, password, says_unread=False) as door:
        yield door


@asynccontextmanager
async def at_inbox(profile: Profile, password: str) -> AsyncIterator[InboxDoor]:
    """Log in at the body's node for one command on notices."""
    from tui.inbox_client import InboxDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(InboxDoor, profile, password, says_unread=False) as door:
        yield door


@asynccontextmanager
async def at_waiting(profile: Profile, password: str) -> AsyncIterator[WaitingDoor]:
    """Log in at the body's node for one command on checks."""
    from tui.waiting_client import WaitingDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(WaitingDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_network(profile: Profile, password: str) -> AsyncIterator[NetworkDoor]:
    """Log in at the body's node for one command on how the other bodies answer."""
    from tui.network_client import NetworkDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(NetworkDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_files(profile: Profile, password: str) -> AsyncIterator[FilesDoor]:
    """Log in at the body's node for one command on files."""
    from tui.files_client import FilesDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(FilesDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_batches(profile: Profile, password: str) -> AsyncIterator[BatchDoor]:
    """Log in at the body's node for one command on calls for applicants."""
    from tui.batch_client import BatchDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(BatchDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_needs(profile: Profile, password: str) -> AsyncIterator[NeedsDoor]:
    """Log in at the body's node for one command on needs on file."""
    from tui.needs_client import NeedsDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(NeedsDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_records(profile: Profile, password: str) -> AsyncIterator[RecordsDoor]:
    """Log in at the body's node for one command on what is on file of a person."""
    from tui.records_client import RecordsDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    async with _logged_in(RecordsDoor, profile, password) as door:
        yield door


@asynccontextmanager
async def at_devices(profile: Profile, password: str | None = None) -> AsyncIterator[DeviceDoor]:
    """Log in at the body's node for one command on enrolled consoles; without a password, before one is enrolled."""
    from tui.device_client import DeviceDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    if password is not None:
        async with _logged_in(DeviceDoor, profile, password) as door:
            yield door
        return
    profile.check_is_of(the_office=False)
    door = DeviceDoor(profile)
    try:
        yield door
    finally:
        await door.close()


@asynccontextmanager
async def at_office(profile: Profile, password: str) -> AsyncIterator[OfficeDoor]:
    """Log in at the accreditation registry for one command."""
    from tui.office_client import OfficeDoor  # noqa: PLC0415 - gRPC is loaded when it is needed

    profile.check_is_of(the_office=True)
    door = OfficeDoor(profile)
    try:
        await door.login(profile.user, password)
        yield door
    finally:
        await door.close()
