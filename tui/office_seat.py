"""An officer of the accreditation office behind the screens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.model import Operator
from tui.profile import Profile
from tui.seat import Seat

if TYPE_CHECKING:
    from tui.office_client import OfficeDoor

OFFICER = "office"
"""The right of whoever may work at the office's screens."""


class OfficeSeat(Seat):
    """One officer's session at the registry. What is signed asks for the officer's own key, each time."""

    EXPECTED_ROLE = OFFICER

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self._officer: Operator | None = None
        self._door: OfficeDoor | None = None

    @property
    def user(self) -> str:
        """Return who is here, "" before a login."""
        return self._officer.user if self._officer else ""

    @property
    def shown(self) -> str:
        """Return the office and the officer."""
        return f"{tr('Ufficio', self.lang)} / {self.user}" if self._officer else ""

    @property
    def role(self) -> str:
        """Return the officer's right, which names their home too."""
        return OFFICER if self._officer else ""

    def may(self, right: str) -> bool:
        """Return whether this is an officer's work."""
        return self._officer is not None and right == OFFICER

    @property
    def door(self) -> OfficeDoor:
        """Return the door to the registry; raise `session.expired` before anybody logged in."""
        if self._door is None:
            raise MagliaError(Code.SESSION_EXPIRED)
        return self._door

    async def login(self, user: str, secret: str, otp: str = "") -> None:  # noqa: ARG002 - the registry asks for none
        """Open a session, replacing an expired one."""
        from tui.office_client import OfficeDoor  # noqa: PLC0415 - gRPC is loaded after the first paint

        self.profile.check_is_of(the_office=True)
        if self._door is None:
            self._door = OfficeDoor(self.profile)
        officer = await self._door.login(user, secret)
        if user != self.profile.user:
            self.leave_drafts()  # the file is the profile's user's
        elif self.drafts is None:
            from tui.drafts import open_drafts  # noqa: PLC0415 - cryptography, likewise

            self.drafts = await asyncio.to_thread(open_drafts, self.profile.drafts, secret)
        self._officer = officer

    async def close(self) -> None:
        """Leave the office."""
        self.leave_drafts()
        if self._door is not None:
            await self._door.close()
            self._door = None
