"""The consoles that may reach this body's node from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from node.domain.device import Device, Invite


class Devices(Protocol):
    """Enrolled consoles, and the invites of those to come."""

    def add_invite(self, invite: Invite, actor: str) -> None:
        """Keep an invite, with its audit event; an earlier one of the user is void."""
        ...

    def invite(self, user: str) -> Invite | None:
        """Return a user's invite, if any."""
        ...

    def enrol_device(self, device: Device, digest: bytes) -> bool:
        """Spend the user's invite of this digest and keep the device, in one step; return whether the invite was there.

        With its audit event.
        """
        ...

    def device(self, device_id: str) -> Device | None:
        """Return an enrolled device."""
        ...

    def devices(self) -> Sequence[Device]:
        """Return all, by user and day of enrolment."""
        ...

    def take_step(self, device_id: str, step: int) -> bool:
        """Note that the code of these 30 seconds was used; return False when it, or a later one, was before."""
        ...

    def count_wrong(self, device_id: str) -> None:
        """Note a wrong code; the one that locks the device has an audit event."""
        ...

    def revoke_devices(self, user: str, device_id: str, actor: str) -> Sequence[str]:
        """Forget one device, or with an empty id all of the user; return which, each with its audit event."""
        ...
