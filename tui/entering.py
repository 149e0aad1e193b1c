"""The ways in: one login at the body's node, or at the registry, for one command. gRPC is loaded at the first."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from maglia.core.errors import MagliaError
from tui import doors
from tui.inbox_text import waiting_line
from tui.model import Operator
from tui.offline_text import to_send_line
from tui.profile import Profile
from tui.referral_text import unread_line
from tui.typed import otp_of

if TYPE_CHECKING:
    from tui.client import NodeDoor
    from tui.device_client import DeviceDoor
    from tui.office_client import OfficeDoor


D = TypeVar("D", bound="NodeDoor")
Which = Callable[[], type[D]]
"""One of the functions of `tui.doors`."""

_OPENS_ALONE = frozenset({doors.inbox, doors.referrals})
"""Whoever reads what waits is not told that it waits."""


@asynccontextmanager
async def at(which: Which[D], profile: Profile, password: str) -> AsyncIterator[D]:
    """Log in at the body's node for one command, and say on standard error what waits to be read or sent there."""
    async with _opened(which, profile) as door:
        operator = await door.login(profile.user, password, lambda: otp_of(profile))
        said = [] if which in _OPENS_ALONE else waiting_lines(operator, profile.lang)
        if which is not doors.offline:
            said += taken_lines(profile, password)
        sys.stderr.writelines(f"{line}\n" for line in said)
        yield door


@asynccontextmanager
async def _opened(which: Which[D], profile: Profile) -> AsyncIterator[D]:
    profile.check_is_of(the_office=False)
    door = which()(profile)
    try:
        yield door
    finally:
        await door.close()


def waiting_lines(operator: Operator, lang: str, *, on_screen: bool = False) -> list[str]:
    """Return what is told at each login: what waits to be read, and where: on a screen by keys."""
    referrals = [unread_line(operator.unread, lang, on_screen=on_screen)] if operator.unread else []
    return referrals + ([waiting_line(operator.notices, lang, on_screen=on_screen)] if operator.notices else [])


def taken_lines(profile: Profile, password: str, *, on_screen: bool = False) -> list[str]:
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
    return [to_send_line(count, profile.lang, on_screen=on_screen)]


async def who_is_here(profile: Profile, password: str) -> Operator:
    """Return who the body's node says that the operator and the body are."""
    async with _opened(doors.node, profile) as door:
        return await door.login(profile.user, password, lambda: otp_of(profile))


@asynccontextmanager
async def before_enrolment(profile: Profile) -> AsyncIterator[DeviceDoor]:
    """Reach the body's node from a console that nobody may log in from yet."""
    async with _opened(doors.devices, profile) as door:
        yield door


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
