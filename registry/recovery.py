"""A registry put back from an older backup, brought forward to what its officers signed since.

Nodes and officers' consoles refuse whatever is older than what they have seen, and rightly so. But each of them keeps
the newest acts, with both officers' signatures: those are put in force again here, the office's own table follows them,
and what online keys sign continues above every version that somebody may have seen. Nothing is decided here: an act
that two officers did not sign can't be brought in, and a suspension that somebody remembers stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    Directory,
    Member,
    decode_directory,
    join_suspensions,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import SUSPENSIONS_ROLE
from maglia.core.vocabulary import MemberState
from maglia.v1.enrolment_pb2 import Application
from registry import metadata
from registry.directory import Publisher, root_file
from registry.domain.membership import SERVED
from registry.kept_copy import KeptCopy
from registry.officials import read_suspensions
from registry.ports import Event, Files, MemberRecord, Publication
from registry.root import RootOffice
from registry.root_metadata import check_successor
from registry.store.files import SqlFiles

ACTION = "recover"
LEAP = 1_000
"""How far above the versions known to have been seen the online roles go on: nobody knows all that every node saw.

A timestamp is signed four times in its life of 8 h: 1,000 of them are twelve weeks.
"""
_PUBLISHED = SERVED | {MemberState.APPROVED, MemberState.SUSPENDED}
_ONLINE = ("timestamp", "snapshot", SUSPENSIONS_ROLE)


@dataclass(frozen=True)
class Recovered:
    """Directory versions before and after, and the bodies whose state changed: (before, after), empty for none."""

    before: int
    after: int
    states: Mapping[str, tuple[str, str]]

    @property
    def to_join(self) -> list[str]:
        """Return the bodies whose card was lost with the database: each joins once more, with a new token."""
        return sorted(name for name, (_, state) in self.states.items() if state == MemberState.APPROVED)


class _OnlyLookedError(Exception):
    """Undoes everything, at the end of a look."""


def _undo(*, asked: bool) -> None:
    if asked:
        raise _OnlyLookedError


@dataclass
class Recovery:
    """One registry's folder, open, and the copies from which it is brought forward."""

    office: RootOffice
    copies: Sequence[KeptCopy]

    def __post_init__(self) -> None:
        self._publisher: Publisher = self.office.publisher()
        self._files: Files = SqlFiles(self.office.database)
        self._states: dict[str, tuple[str, str]] = {}

    def run(self, *, only_look: bool = False) -> Recovered:
        """Bring the registry forward, all of it or nothing; with `only_look` say what it would be, and leave it.

        Raises `directory.untrusted` for acts that too few officers signed, `directory.mixed` for a copy that lacks
        files, `directory.online_key` where the keystore lacks a key named since the backup, and as `check_successor`.
        """
        found = []
        with suppress(_OnlyLookedError), self.office.database.transaction():
            found.append(self._bring_forward())
            _undo(asked=only_look)
        return found[0]

    def _bring_forward(self) -> Recovered:
        self._follow_roots()
        before = self._files.versions().get("targets", 0)
        newest = max(self.copies, key=lambda copy: copy.version)
        if newest.version > before:
            self._publish(newest)
        directory = self._publisher.directory()
        if directory is None:
            raise MagliaError(Code.DIRECTORY_NOT_THERE)
        self._follow_directory(directory)
        stopped = self._stopped_officials(directory)  # before the leap, behind which the list is no longer found
        self._leap()
        self._publisher.sign_again(*stopped)
        now, version = self._publisher.clock(), max(before, newest.version)
        self._publisher.members.add_event("", Event(now, ACTION, ACTION, f"version {version}"))
        return Recovered(before, version, dict(self._states))

    def _follow_roots(self) -> None:
        """Take every root that follows the one in force; its holders' signatures are checked."""
        while True:
            version = self._files.versions().get("root", 0)
            following = next((copy.roots[version + 1] for copy in self.copies if version + 1 in copy.roots), None)
            if following is None:
                return
            check_successor(following, self._publisher.root)
            self._files.save_metadata(root_file(version + 1), following)
            self._files.set_version("root", version + 1)

    def _publish(self, newest: KeptCopy) -> None:
        """Put in force what the officers of the root in force signed, byte for byte."""
        if not metadata.is_signed_for(self._publisher.root, newest.targets):
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="too few officers of the root in force")
        contents = newest.listed_files()
        if decode_directory(contents[DIRECTORY_PATH]).network != self.office.settings.network:
            raise MagliaError(Code.INPUT_FIELD, field="network")
        former = self._publisher.rules.in_force()
        for path, content in contents.items():
            self._files.save_target(metadata.prefixed(path, content), content)
        self._files.save_metadata(f"{newest.version}.targets.json", newest.targets)
        self._files.set_version("targets", newest.version)
        self._publisher.rules.entered(contents[BUNDLE_PATH], newest.version, former)
        listed = (contents[path] for path in (DIRECTORY_PATH, KEYS_PATH, PROCEDURES_PATH))
        self._files.save_publication(Publication(newest.version, *listed))
        self._files.close_drafts(draft.id for draft in self._files.open_drafts())

    def _follow_directory(self, directory: Directory) -> None:
        """Let the office's table say what officers signed and what readers remember of suspensions."""
        remembered = self._remembered()
        known = {record.id: record for record in self._publisher.members.members()}
        for member in directory.members.values():
            former = known.get(member.id)
            serial = max(former.serial if former else 0, remembered.get(member.id, 0))
            self._save(former, self._record(member, former, serial))
        for record in known.values():
            if record.id not in directory.members and record.state in _PUBLISHED:
                serial = max(record.serial, remembered.get(record.id, 0))
                self._save(record, replace(record, state=MemberState.REVOKED, serial=serial))

    def _stopped_officials(self, directory: Directory) -> list[str]:
        """Return whom an officer stopped and no table holds: on the registry's own list, or remembered by readers."""
        known = {record.id for record in self._publisher.members.members()}
        own = set(read_suspensions(self._files)) - known
        return sorted(own | (self._remembered().keys() & directory.officials.keys()))

    def _remembered(self) -> dict[str, int]:
        remembered: dict[str, int] = {}
        for copy in self.copies:
            remembered = join_suspensions(remembered, copy.remembered)
        return remembered

    def _record(self, member: Member, former: MemberRecord | None, serial: int) -> MemberRecord:
        record = former
        if record is None or record.identity_key != member.identity_key:
            record = self._rebuilt(member)
        if member.state is MemberState.SUSPENDED or serial > member.reinstated:
            return replace(record, state=MemberState.SUSPENDED, serial=max(serial, member.reinstated + 1))
        if self._publisher.members.card(member.id) is None:
            return replace(record, state=MemberState.APPROVED, serial=serial)
        state = record.state if record.state in SERVED else MemberState.ACTIVE
        return replace(record, state=state, serial=serial)

    def _rebuilt(self, member: Member) -> MemberRecord:
        """Return the record of a body that applied after the backup: what officers signed of it is all there is."""
        application = Application(
            network=self.office.settings.network,
            member=member.id,
            name=member.name,
            kind=member.kind.value,
            act_protocol=member.act_protocol,
            act_expiry=member.act_expiry,
            territory=member.territory,
            facets=sorted(member.facets),
            purposes=sorted(member.purposes),
            contact=member.contact,
            identity_key=member.identity_key,
            log_key=member.log_key,
        )
        return MemberRecord(
            id=member.id,
            name=member.name,
            kind=member.kind.value,
            state=MemberState.APPROVED,
            fiscal_code="",
            identity_key=member.identity_key,
            log_key=member.log_key,
            application=application.SerializeToString(),
            missing=(),
            applied_at=self._publisher.clock(),
            note="ripreso dall'elenco firmato: la domanda è andata perduta",
        )

    def _save(self, before: MemberRecord | None, after: MemberRecord) -> None:
        if after == before:
            return
        was, will = before.state.value if before else "", after.state.value
        event = Event(self._publisher.clock(), ACTION, ACTION, f"{was or '-'} {will}")
        self._publisher.members.save_member(after, event)
        if was != will:
            self._states[after.id] = (was, will)

    def _leap(self) -> None:
        """Let online roles go on above whatever was seen: what is signed next is newer for everybody."""
        own, root = self._files.versions(), self._publisher.root
        seen = [copy.versions_seen(root) for copy in self.copies]
        for role in _ONLINE:
            highest = max([own.get(role, 0), *(versions.get(role, 0) for versions in seen)])
            self._files.set_version(role, highest + LEAP)
