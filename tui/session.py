"""Who is at the counter, and what they may start from there. gRPC is loaded when the first door opens."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.household import parse_household
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import MAX_MONTHS, PUBLIC_KINDS, Facet, Purpose, is_special
from tui.device_key import OTP_VARIABLE, no_otp
from tui.inbox_text import waiting_line
from tui.model import Consent, Operator, Question
from tui.offline_text import to_send_line
from tui.papers.notices import find_notice
from tui.profile import Profile
from tui.referral_text import unread_line
from tui.text import plain

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
    from tui.papers.notice import Notice
    from tui.persons_client import PersonsDoor
    from tui.records_client import RecordsDoor
    from tui.referral_client import ReferralDoor
    from tui.reservation_client import ReservationDoor
    from tui.waiting_client import WaitingDoor


class _Door(Protocol):
    async def login(self, user: str, password: str, ask_otp: Callable[[], str] = ...) -> Operator: ...

    async def close(self) -> None: ...


D = TypeVar("D", bound=_Door)
PASSWORD_VARIABLE = "MAGLIA_PASSWORD"  # noqa: S105 - the name of a variable, not a secret
PASSPHRASE_VARIABLE = "MAGLIA_PASSPHRASE"  # noqa: S105 - likewise
NEW_PASSWORD_VARIABLE = "MAGLIA_NEW_PASSWORD"  # noqa: S105 - likewise


def environment_password() -> str | None:
    """Return the password given for unattended use, if any."""
    return os.environ.get(PASSWORD_VARIABLE) or None


def ask_secret(prompt: str, variable: str) -> str:
    """Ask for a secret on the terminal; raise `session.unattended`, naming its variable, where nobody can type it."""
    if not sys.stdin.isatty():
        raise MagliaError(Code.SESSION_UNATTENDED, variable=variable)
    from getpass import getpass  # noqa: PLC0415 - only where someone types

    return getpass(prompt)


def key_passphrase() -> str:
    """Return the passphrase of a key kept on this console, from the environment or else from the terminal."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    return given or ask_secret("Frase segreta della chiave: ", PASSPHRASE_VARIABLE)


def new_password(profile: Profile) -> str:
    """Return the password that takes the place of another, from the environment or else from the terminal."""
    given = os.environ.get(NEW_PASSWORD_VARIABLE)
    return given or ask_secret(f"Nuova password di {profile.user}: ", NEW_PASSWORD_VARIABLE)


def otp_of(profile: Profile) -> str:
    """Return the telephone's code, from the environment or else from the terminal."""
    given = os.environ.get(OTP_VARIABLE)
    return given or ask_secret(f"Codice del telefono di {profile.user}: ", OTP_VARIABLE)


def ask_line(prompt: str) -> str:
    """Ask for a line on the terminal, the prompt on standard error: what a program reads stays its own."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


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


class Counter:
    """One operator's session behind the screens: the door, who came in, whose consent was taken here."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.operator: Operator | None = None
        self.to_send: list[str] = []
        """What is told at the login of what was taken while the node was out of reach."""
        self._door: NodeDoor | None = None
        self._consented: set[tuple[str, str]] = set()
        self._cases: set[tuple[str, str, str]] = set()

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

    async def login(self, user: str, password: str, otp: str = "") -> Operator:
        """Open a session, replacing an expired one."""
        from tui.client import NodeDoor  # noqa: PLC0415 - gRPC is loaded after the first paint

        self.profile.check_is_of(the_office=False)
        if self._door is None:
            self._door = NodeDoor(self.profile)
        operator = await self._door.login(user, password, lambda: otp or _given_otp())
        own = user == self.profile.user  # the file is the profile's user's
        self.to_send = await asyncio.to_thread(taken_lines, self.profile, password) if own else []
        if self.operator is not None and self.operator.user != operator.user:
            self._cases.clear()
            self._consented.clear()  # who was here before took them: this operator reads the notice anew
        self.operator = operator
        return operator

    async def close(self) -> None:
        """Leave the counter."""
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


def check_question(question: Question) -> Question:
    """Return the question with its codes in normal form; raise `input.*` before anything leaves the counter."""
    first, *others = _codes((question.identifier, *question.others))
    check_facet(question.facet)
    check_purpose(question.purpose)
    if not 0 <= question.months <= MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=question.months)
    need = parse_need(question.need).text if question.need else ""
    return replace(question, identifier=first, others=tuple(others), need=need)


def _codes(written: Sequence[str]) -> list[str]:
    """Return the codes in normal form; in a household a name stays as it is written, and nobody is asked about it."""
    if len(written) == 1:
        return [parse_identifier(written[0]).text]
    persons = parse_household(written)
    return [person.text if person else plain(text, 40) for person, text in zip(persons, written, strict=True)]


def check_aid_facet(facet: str) -> str:
    """Return `facet` when help may be recorded under it, special categories included; raise `input.facet`."""
    return facet if is_special(facet) else check_facet(facet)


def check_facet(facet: str) -> str:
    """Return `facet` when it may be asked about; raise `input.facet` with those that may."""
    if facet not in set(Facet):
        raise MagliaError(Code.INPUT_FACET, value=plain(facet, 40), allowed=", ".join(Facet))
    return facet


def check_purpose(purpose: str) -> str:
    """Return `purpose` when the vocabulary has it; raise `input.purpose` with those it has."""
    if purpose not in set(Purpose):
        raise MagliaError(Code.INPUT_PURPOSE, value=plain(purpose, 40), allowed=", ".join(Purpose))
    return purpose


def parse_months(text: str) -> int:
    """Return a number of months, 0 for the default when nothing is written; raise `input.months`."""
    written = text.strip()
    if not written:
        return 0
    if not re.fullmatch(r"[0-9]{1,2}", written) or not 1 <= int(written) <= MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=plain(written, 20))
    return int(written)
