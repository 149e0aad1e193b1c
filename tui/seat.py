"""Who sits at the console, whatever server they work at: what every screen asks of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tui.profile import Profile

if TYPE_CHECKING:
    from tui.drafts import Drafts


class Seat(ABC):
    """One person's session behind the screens. The screens of one kind of work know more of their own kind of seat."""

    EXPECTED_ROLE: ClassVar[str]
    """Whose home is painted before anybody has logged in."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.drafts: Drafts | None = None
        """What was written and not yet sent; there once a person has logged in whose drafts are kept."""
        self.is_alone = False
        """Whether this person works here since their server does not answer."""

    @property
    def lang(self) -> str:
        """Return the language that the screens speak."""
        return self.profile.lang

    @property
    @abstractmethod
    def user(self) -> str:
        """Return who is here, "" before a login."""

    @property
    @abstractmethod
    def shown(self) -> str:
        """Return the body and the user as the frame shows them, "" before a login."""

    @property
    @abstractmethod
    def role(self) -> str:
        """Return the role at the server, "" before a login."""

    @abstractmethod
    def may(self, right: str) -> bool:
        """Return whether this person is granted `right`: `Service/Method` at a node, else the name of an office."""

    @property
    def asks_user(self) -> bool:
        """Whether somebody else than the profile's user may sit down here."""
        return True

    @property
    def asks_otp(self) -> bool:
        """Whether the server may ask for the telephone's code."""
        return False

    @abstractmethod
    async def login(self, user: str, secret: str, otp: str = "") -> None:
        """Open a session, replacing an expired one; raise `session.*` or `network.unreachable`."""

    def may_sit_alone(self, user: str) -> bool:  # noqa: ARG002 - of seats that have something to do alone
        """Return whether a user may work here while the server does not answer."""
        return False

    async def sit_alone(self, secret: str, again: str | None = None) -> bool:
        """Let the profile's user in without the server; return whether it is done, else the secret is wanted again.

        Raises what says that the secret is not the one, `input.typed_twice` where the two differ.
        """
        raise NotImplementedError

    def leave_drafts(self) -> None:
        """Have no drafts any more: what was kept is there for whoever comes in next."""
        if self.drafts is not None:
            self.drafts.close()
            self.drafts = None

    def greetings(self) -> list[str]:
        """Return what waits for this person, to be told once after they came in."""
        return []

    @abstractmethod
    async def close(self) -> None:
        """Leave."""
