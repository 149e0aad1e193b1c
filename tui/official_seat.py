"""An auditor, or the network's data-protection officer, behind the screens: known by their own key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.profile import Profile
from tui.seat import Seat

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey
    from maglia.wire.certificates import TlsIdentity

OFFICIAL = "official"
"""The right of whoever holds an official's key; which office it is, the signed directory says at each call."""


class OfficialSeat(Seat):
    """The key, open in this process only."""

    EXPECTED_ROLE = OFFICIAL

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self._keys: tuple[SigningKey, TlsIdentity] | None = None

    @property
    def user(self) -> str:
        """Return whose key is open, "" while none is."""
        return self.profile.user if self._keys else ""

    @property
    def shown(self) -> str:
        """Return who looks after the network."""
        return f"{tr('Rete', self.lang)} / {self.user}" if self._keys else ""

    @property
    def role(self) -> str:
        """Return the right, which names the home too."""
        return OFFICIAL if self._keys else ""

    def may(self, right: str) -> bool:
        """Return whether this is an official's work."""
        return self._keys is not None and right == OFFICIAL

    @property
    def asks_user(self) -> bool:
        """A key is one person's."""
        return False

    @property
    def keys(self) -> tuple[SigningKey, TlsIdentity]:
        """Return what signs and what calls; raise `session.expired` while the key is closed."""
        if self._keys is None:
            raise MagliaError(Code.SESSION_EXPIRED)
        return self._keys

    async def login(self, user: str, secret: str, otp: str = "") -> None:  # noqa: ARG002 - a key has one owner
        """Open the key; raise `input.official_key`, `storage.key_file` or `storage.keystore`."""
        from tui.official_key import open_official_key  # noqa: PLC0415 - cryptography is loaded after the first paint

        if self.profile.official_key is None:
            raise MagliaError(Code.INPUT_OFFICIAL_KEY)
        self._keys = await asyncio.to_thread(open_official_key, self.profile.official_key, secret)

    async def close(self) -> None:
        """Forget the key."""
        self._keys = None
