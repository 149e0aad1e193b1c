"""Who is at the counter behind the screens, and what they may start from there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from maglia.core.vocabulary import PUBLIC_KINDS, Role
from tui import doors
from tui.device_key import no_otp
from tui.entering import D, Which, taken_lines, waiting_lines
from tui.model import CheckState, Consent, Operator, Question
from tui.papers.notices import find_notice
from tui.profile import Profile
from tui.seat import Seat

if TYPE_CHECKING:
    from tui.client import NodeDoor
    from tui.offline_store import OfflineStore
    from tui.papers.notice import Notice

ALONE = "alone"
"""The right to take things here while the node does not answer: of the profile's user, whose file it is."""


def notice_at(profile: Profile, version: str = "", language: str = "") -> Notice:
    """Return the privacy notice that is read at this counter (law rule 8): the newest, in the console's language.

    Raises `input.notice` for a version or a language that there is none of: a consent to a text that nobody can show
    proves nothing.
    """
    return find_notice(version, language or profile.lang, profile.notices)


def _given_otp() -> str:
    """Return the telephone's code of the environment; raise `session.otp` at screens that have a field for it."""
    try:
        return no_otp()
    except MagliaError as error:
        raise MagliaError(Code.SESSION_OTP) from error


def _days_ahead(day: str) -> timedelta:
    """Return by how many days the node's calendar is ahead of this machine's; none where it was not told."""
    try:
        return date.fromisoformat(day) - datetime.now().date()
    except ValueError:
        return timedelta()


class AtHand:
    """The person whom the counter works for now: what was asked, and what is known; screens pass it on.

    `asked_at` is when the check began, by this computer's clock; `unchecked` is the error code for which nobody could
    be asked, "" otherwise.
    """

    def __init__(
        self,
        question: Question,
        state: CheckState | None = None,
        asked_at: datetime | None = None,
        unchecked: str = "",
    ) -> None:
        self.question = question
        self.state = state
        self.asked_at = asked_at
        self.unchecked = unchecked


class Counter(Seat):
    """One operator's session at the body's node: the doors, who came in, whose consent was taken here."""

    EXPECTED_ROLE = Role.VOLUNTEER.value

    def __init__(self, profile: Profile, suggestions: Sequence[str] = ()) -> None:
        """`suggestions` are shown on the empty counter, for a demonstration."""
        super().__init__(profile)
        self.suggestions = suggestions
        self.operator: Operator | None = None
        self.to_send: list[str] = []
        """What is told at the login of what was taken while the node was out of reach."""
        self.offline: OfflineStore | None = None
        """Where the profile's user takes things without the node; what opens it stays in this process."""
        self.at_hand: AtHand | None = None
        self._door: NodeDoor | None = None
        self._consented: set[tuple[str, str]] = set()
        self._cases: set[tuple[str, str, str]] = set()
        self._ahead = timedelta()

    @property
    def user(self) -> str:
        """Return who is here, "" before a login."""
        return self.operator.user if self.operator else self.profile.user if self.is_alone else ""

    @property
    def shown(self) -> str:
        """Return the body and the user as the frame shows them."""
        one = self.operator
        if one is None:
            return f"{tr('senza nodo', self.lang)} / {self.user}" if self.is_alone else ""
        return f"{one.member_name or one.member} / {one.user}"

    @property
    def role(self) -> str:
        """Return the operator's role."""
        return self.operator.role if self.operator else ""

    def may(self, right: str) -> bool:
        """Return whether the node grants the operator a call, by `Service/Method`; `ALONE` needs no node."""
        if right == ALONE:
            return self.offline is not None
        return self.operator is not None and right in self.operator.may

    @property
    def acts_on_public_task(self) -> bool:
        """Whether this body asks for a case's protocol number instead of a consent (law rule 2)."""
        return self.operator is not None and self.operator.kind in PUBLIC_KINDS

    @property
    def door(self) -> NodeDoor:
        """Return the door to the node; raise `session.expired` before anybody logged in."""
        if self._door is None:
            raise MagliaError(Code.SESSION_EXPIRED)
        return self._door

    def at(self, which: Which[D]) -> D:
        """Return one of `tui.doors`, over the line of this session; raise `session.expired` before a login."""
        return which()(self.profile, self.door.line)

    @property
    def here(self) -> Operator:
        """Return who is at the counter; raise `session.expired` before anybody logged in."""
        if self.operator is None:
            raise MagliaError(Code.SESSION_EXPIRED)
        return self.operator

    @property
    def asks_otp(self) -> bool:
        """Whether this console is an enrolled one, whose node may ask for the telephone's code."""
        return self.profile.device_key.exists()

    async def login(self, user: str, secret: str, otp: str = "") -> None:
        """Open a session, replacing an expired one."""
        self.profile.check_is_of(the_office=False)
        if self._door is None:
            self._door = doors.node()(self.profile)
        operator = await self._door.login(user, secret, lambda: otp or _given_otp())
        own = user == self.profile.user  # the files are the profile's user's
        read = partial(taken_lines, on_screen=True)
        tells = own and not self.is_alone  # who was here without the node knows what they took
        self.to_send = await asyncio.to_thread(read, self.profile, secret) if tells else []
        if self.operator is not None and self.operator.user != operator.user:
            self._forget()  # who was here before took them: this operator reads the notice anew
        self.offline = None
        if own:
            self.open_offline(secret)
            await self._open_drafts(secret)
        self.operator, self.is_alone = operator, False
        self._ahead = _days_ahead(operator.day)

    async def _open_drafts(self, secret: str) -> None:
        if self.drafts is None:
            from tui.drafts import open_drafts  # noqa: PLC0415 - cryptography is loaded after the first paint

            self.drafts = await asyncio.to_thread(open_drafts, self.profile.drafts, secret)

    def open_offline(self, secret: str) -> None:
        """Have what is taken without the node under this password, which may be another than the node's by now."""
        from tui.offline_store import OfflineStore  # noqa: PLC0415 - cryptography is loaded after the first paint

        self.offline = OfflineStore(self.profile.offline, secret)

    def may_sit_alone(self, user: str) -> bool:
        """Return whether a user may take things here without the node: whose file it is, and nobody in their place."""
        if self.operator is None:
            return user == self.profile.user
        return self.offline is not None and user == self.user

    async def sit_alone(self, secret: str, again: str | None = None) -> bool:
        """Let the profile's user take things without the node; whoever locked the console alone opens it again."""
        from tui.alone import opened  # noqa: PLC0415 - cryptography is loaded after the first paint

        store = await asyncio.to_thread(opened, self.profile, secret, self.offline, again)
        if store is None:
            return False
        self.offline, self.is_alone = store, True
        await self._open_drafts(secret)
        return True

    def _forget(self) -> None:
        self._cases.clear()
        self._consented.clear()
        self.at_hand = None
        self.leave_drafts()

    @property
    def today(self) -> date:
        """Return the node's today: from its calendar at the login, and from this machine's clock since."""
        return datetime.now().date() + self._ahead

    def greetings(self) -> list[str]:
        """Return what waits to be read, and to be sent."""
        if self.operator is None:
            return []
        return [*waiting_lines(self.here, self.lang, on_screen=True), *self.to_send]

    async def close(self) -> None:
        """Leave the counter."""
        self.leave_drafts()
        if self._door is not None:
            await self._door.close()
            self._door = None

    async def record_consent(self, identifier: str, purpose: str) -> None:
        """Put on record, once for each person and purpose, that the notice was read and consent given today."""
        if (identifier, purpose) in self._consented:
            return
        read = notice_at(self.profile)
        # No date: the node's calendar says which day it is, not the counter's machine.
        await self.door.add_consent(Consent(identifier, (purpose,), read.version, read.language, "", "oral"))
        self._consented.add((identifier, purpose))

    async def record_case(self, identifier: str, purpose: str, protocol: str) -> None:
        """Put on record, once, the protocol number of one person's case."""
        if (identifier, purpose, protocol) in self._cases:
            return
        await self.door.add_case(identifier, purpose, protocol)
        self._cases.add((identifier, purpose, protocol))
