"""What is published: officers' targets, the subtract-only suspensions, and the online roles that name both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    SUSPENSIONS_PATH,
    Directory,
    decode_directory,
    encode_suspensions,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.officer import SUSPENSIONS_ROLE
from maglia.core.procedures import Procedure, decode_procedures
from maglia.core.vocabulary import TIMESTAMP_S, MemberState
from registry import metadata
from registry.domain.change import EPOCH_ACTS, OFFICIAL_ACTS, Change, is_expiring
from registry.domain.membership import Act, next_state
from registry.metadata import OnlineKeys
from registry.officials import read_suspensions
from registry.ports import Draft, Event, Files, MemberRecord, Members, Publication
from registry.rules import Rules

_STOPPED = frozenset({MemberState.SUSPENDED, MemberState.REVOKED})


def root_file(version: int) -> str:
    """Return the name under which clients ask for a version of root."""
    return f"{version}.root.json"


@dataclass(frozen=True)
class Publisher:
    """Publishes, atomically: a client sees all of a version or nothing of it. Times are seconds since the epoch."""

    members: Members
    files: Files
    online: OnlineKeys
    clock: Callable[[], float]
    changed: Callable[[], None]
    timestamp_s: float = TIMESTAMP_S

    @property
    def root(self) -> bytes:
        """Return the root metadata in force; raise `directory.not_there` before the first."""
        name = root_file(self.files.versions().get("root", 0))
        found = self.files.metadata(name)
        if found is None:
            raise MagliaError(Code.DIRECTORY_NOT_THERE, cause=name)
        return found

    @property
    def suspensions_key(self) -> bytes:
        """Return the public key to which drafts delegate: the same as before, but in the first."""
        current = self._targets()
        if current is None:
            return self.online.suspensions.public
        return bytes.fromhex(metadata.delegated_by(current).keyval["public"])

    @property
    def rules(self) -> Rules:
        """Return the life of the policy bundles, on the same files."""
        return Rules(self.files, self.clock)

    def _targets(self) -> bytes | None:
        return self.files.metadata(f"{self.files.versions().get('targets', 0)}.targets.json")

    def officers(self) -> frozenset[str]:
        """Return the key ids of the officers named by the root in force."""
        return metadata.officers_of(self.root)[0]

    def directory(self) -> Directory | None:
        """Return the directory as last published; None before the first time."""
        latest = self.current()
        return decode_directory(latest.directory) if latest else None

    def current(self) -> Publication | None:
        """Return what was last published; None before the first time."""
        latest = self.files.publications(1)
        return latest[0] if latest else None

    def procedures(self, network: str) -> dict[str, Procedure]:
        """Return the procedures as last published, by id."""
        latest = self.current()
        return decode_procedures(latest.procedures, network) if latest and latest.procedures else {}

    def publish(self, draft: Draft, actor: str) -> int:
        """Publish a draft that enough officers signed; return its version. Raises `directory.untrusted` otherwise.

        Part of the caller's transaction; the caller says `changed` when it is committed.
        """
        targets = metadata.join_targets(self.root, draft.signed, draft.signatures)
        with self.files.transaction():
            former = self.rules.in_force()
            for path, content in draft.targets.items():
                self.files.save_target(metadata.prefixed(path, content), content)
            self.files.save_metadata(f"{draft.version}.targets.json", targets)
            self.files.set_version("targets", draft.version)
            self.rules.entered(draft.targets[BUNDLE_PATH], draft.version, former)
            contents = (draft.targets[path] for path in (DIRECTORY_PATH, KEYS_PATH, PROCEDURES_PATH))
            self.files.save_publication(Publication(draft.version, *contents))
            directory = decode_directory(draft.targets[DIRECTORY_PATH])
            for change in draft.changes:
                self._take_effect(change, draft, directory, actor)
            self.files.close_drafts(other.id for other in self.files.open_drafts())
            self._sign_suspensions()
            self._name_current()
        return draft.version

    def _take_effect(self, change: Change, draft: Draft, directory: Directory, actor: str) -> None:
        """Let the office's own table follow what is now signed."""
        said = f"version {draft.version}" + (f": {change.reason}" if change.reason else "")
        if change.procedure is not None:
            self.members.add_event("", Event(self.clock(), actor, change.act, f"{change.procedure.id}, {said}"))
            return
        if change.act in EPOCH_ACTS:
            self.members.add_event("", Event(self.clock(), actor, change.act, f"{_epochs_said(draft, change)}, {said}"))
            return
        if change.act is Act.POLICIES:
            self.members.add_event("", Event(self.clock(), actor, change.act, f"{change.policies}, {said}"))
            return
        if change.act in OFFICIAL_ACTS:
            self.members.add_event(change.member, Event(self.clock(), actor, change.act, said))
            return
        record = self._record(change.member)
        act = self._act(change, record, directory)
        after = replace(record, state=next_state(record.state, act), note="" if act is Act.REINSTATE else record.note)
        self.members.save_member(after, Event(self.clock(), actor, act, said))

    def _act(self, change: Change, record: MemberRecord, directory: Directory) -> Act:
        """Return the step in the table of states: some changes lead on from where the member stands."""
        if change.act is Act.REINSTATE and self.members.card(record.id) is None:
            return Act.REINSTATE_UNJOINED
        if change.act is Act.CHANGE and record.state is MemberState.EXPIRING:
            today = datetime.fromtimestamp(self.clock(), UTC).date()
            return change.act if is_expiring(directory.members[record.id].act_expiry, today) else Act.RENEW
        return change.act

    def suspend(self, member: str, actor: str, reason: str) -> int:
        """Stop a member, or an official for good, at once; return the version of the suspensions.

        Raises `member.unknown` or `member.state`.
        """
        event = Event(self.clock(), actor, Act.SUSPEND, reason)
        with self.files.transaction():
            if self._is_official(member):
                self._check_not_stopped(member)
                self.members.add_event(member, event)
                version = self._sign_suspensions(member)
            else:
                record = self._record(member)
                stopped = replace(
                    record, state=next_state(record.state, Act.SUSPEND), note=reason, serial=self._next_serial(record)
                )
                self.members.save_member(stopped, event)
                version = self._sign_suspensions()
            self._name_current()
        self.changed()
        return version

    def _is_official(self, name: str) -> bool:
        directory = self.directory()
        return directory is not None and name in directory.officials

    def _check_not_stopped(self, official: str) -> None:
        if official in read_suspensions(self.files):
            raise MagliaError(Code.MEMBER_STATE, state=MemberState.SUSPENDED.value)

    def _next_serial(self, record: MemberRecord) -> int:
        """Return the suspension's number: above every one that officers have ended, else nobody would heed it."""
        directory = self.directory()
        signed = directory.members.get(record.id) if directory else None
        return max(record.serial, signed.reinstated if signed else 0) + 1

    def refresh(self) -> None:
        """Sign the online metadata again before it expires; nothing to do before the first publication."""
        if "snapshot" not in self.files.versions():
            return
        with self.files.transaction():
            if self._is_half_gone(SUSPENSIONS_ROLE, metadata.SUSPENSIONS_S):
                self._sign_suspensions()
                self._name_current()
            elif self._is_half_gone("snapshot", metadata.SNAPSHOT_S):
                self._name_current()
            else:
                self._sign_timestamp()
        self.changed()

    def _is_half_gone(self, role: str, lifetime_s: float) -> bool:
        current = self.files.metadata(f"{self.files.versions()[role]}.{role}.json")
        return current is None or metadata.expiry(current) - self.clock() < lifetime_s / 2

    def _record(self, member: str) -> MemberRecord:
        found = self.members.member(member)
        if found is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        return found

    def _sign_suspensions(self, *officials: str) -> int:
        """Sign the list as it is, with these officials on it from now on.

        Whoever stands in no table, an official, is remembered by the list itself and leaves it never.
        """
        # The revoked stay on the list: readers remember it, so that a directory from before names them in vain.
        members = self.members.members()
        stopped = {member.id: member.serial for member in members if member.state in _STOPPED and member.serial}
        known = {member.id for member in members}
        others = {name: serial for name, serial in read_suspensions(self.files).items() if name not in known}
        content = encode_suspensions(dict.fromkeys(officials, 1) | others | stopped)
        self.files.save_target(metadata.prefixed(SUSPENSIONS_PATH, content), content)
        version = self._next(SUSPENSIONS_ROLE)
        key = self.online.named(self._delegated())
        signed = metadata.sign_suspensions(version, content, key, self.clock())
        self.files.save_metadata(f"{version}.{SUSPENSIONS_ROLE}.json", signed)
        return version

    def _delegated(self) -> set[str]:
        current = self._targets()
        return set() if current is None else {metadata.delegated_by(current).keyid}

    def sign_again(self, *stopped: str) -> None:
        """Sign all that online keys sign, with those that root and targets name now; part of the caller's transaction.

        `stopped` are officials who are on the list of suspensions from now on, if they were not before. Nothing to do
        before the first publication.
        """
        if "targets" in self.files.versions():
            self._sign_suspensions(*stopped)
            self._name_current()

    def _name_current(self) -> None:
        versions, version = self.files.versions(), self._next("snapshot")
        signed = metadata.sign_snapshot(
            version, versions["targets"], versions[SUSPENSIONS_ROLE], self._online_key(), self.clock()
        )
        self.files.save_metadata(f"{version}.snapshot.json", signed)
        self._sign_timestamp()

    def _sign_timestamp(self) -> None:
        snapshot, version = self.files.versions()["snapshot"], self._next("timestamp")
        signed = metadata.sign_timestamp(version, snapshot, self._online_key(), self.clock(), self.timestamp_s)
        self.files.save_metadata("timestamp.json", signed)

    def check_keys(self) -> None:
        """Raise `directory.online_key` unless this process holds the keys that root and targets name now."""
        if "root" in self.files.versions():
            self._online_key()
        if "targets" in self.files.versions():
            self.online.named(self._delegated())

    def _online_key(self) -> SigningKey:
        return self.online.named(metadata.online_of(self.root))

    def _next(self, role: str) -> int:
        version = self.files.versions().get(role, 0) + 1
        self.files.set_version(role, version)
        return version


def _epochs_said(draft: Draft, change: Change) -> str:
    epochs = " and ".join(map(str, decode_directory(draft.targets[DIRECTORY_PATH]).epochs.all))
    return f"epoch {epochs}" + (f" without {' '.join(change.without)}" if change.without else "")
