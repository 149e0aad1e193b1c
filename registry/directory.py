"""What is published: officers' targets, the subtract-only suspensions, and the online roles that name both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maglia.core.directory import (
    DIRECTORY_PATH,
    KEYS_PATH,
    SUSPENSIONS_PATH,
    Directory,
    decode_directory,
    encode_suspensions,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import SUSPENSIONS_ROLE
from maglia.core.vocabulary import TIMESTAMP_S, MemberState
from registry import metadata
from registry.domain.membership import Act, next_state
from registry.metadata import OnlineKeys
from registry.ports import Draft, Event, Files, Members, Publication

ROOT_FILE = "1.root.json"


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
        """Return the root metadata in force."""
        found = self.files.metadata(ROOT_FILE)
        if found is None:
            raise MagliaError(Code.DIRECTORY_NOT_THERE, cause=ROOT_FILE)
        return found

    def directory(self) -> Directory | None:
        """Return the directory as last published; None before the first time."""
        latest = self.files.publications(1)
        return decode_directory(latest[0].directory) if latest else None

    def publish(self, draft: Draft, actor: str) -> int:
        """Publish a draft that enough officers signed; return its version. Raises `directory.untrusted` otherwise.

        Part of the caller's transaction; the caller says `changed` when it is committed.
        """
        targets = metadata.join_targets(self.root, draft.signed, draft.signatures)
        with self.files.transaction():
            for path, content in draft.targets.items():
                self.files.save_target(metadata.prefixed(path, content), content)
            self.files.save_metadata(f"{draft.version}.targets.json", targets)
            self.files.set_version("targets", draft.version)
            contents = draft.targets[DIRECTORY_PATH], draft.targets[KEYS_PATH]
            self.files.save_publication(Publication(draft.version, *contents))
            self._approve(draft, actor)
            self.files.close_drafts(other.id for other in self.files.open_drafts())
            if SUSPENSIONS_ROLE not in self.files.versions():
                self._sign_suspensions()
            self._name_current()
        return draft.version

    def _approve(self, draft: Draft, actor: str) -> None:
        for name in draft.members:
            state = next_state(self._state(name), Act.APPROVE)
            self.members.set_state(name, state, Event(self.clock(), actor, Act.APPROVE, f"version {draft.version}"))

    def suspend(self, member: str, actor: str, reason: str) -> int:
        """Stop a member at once; return the version of the suspensions. Raises `member.unknown` or `member.state`."""
        with self.files.transaction():
            state = next_state(self._state(member), Act.SUSPEND)
            self.members.set_state(member, state, Event(self.clock(), actor, Act.SUSPEND, reason))
            version = self._sign_suspensions()
            self._name_current()
        self.changed()
        return version

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

    def _state(self, member: str) -> MemberState:
        found = self.members.member(member)
        if found is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        return found.state

    def _sign_suspensions(self) -> int:
        stopped = [member.id for member in self.members.members() if member.state is MemberState.SUSPENDED]
        content = encode_suspensions(dict.fromkeys(stopped, 1))
        self.files.save_target(metadata.prefixed(SUSPENSIONS_PATH, content), content)
        version = self._next(SUSPENSIONS_ROLE)
        signed = metadata.sign_suspensions(version, content, self.online.suspensions, self.clock())
        self.files.save_metadata(f"{version}.{SUSPENSIONS_ROLE}.json", signed)
        return version

    def _name_current(self) -> None:
        versions, version = self.files.versions(), self._next("snapshot")
        signed = metadata.sign_snapshot(
            version, versions["targets"], versions[SUSPENSIONS_ROLE], self.online.snapshot, self.clock()
        )
        self.files.save_metadata(f"{version}.snapshot.json", signed)
        self._sign_timestamp()

    def _sign_timestamp(self) -> None:
        snapshot, version = self.files.versions()["snapshot"], self._next("timestamp")
        signed = metadata.sign_timestamp(version, snapshot, self.online.snapshot, self.clock(), self.timestamp_s)
        self.files.save_metadata("timestamp.json", signed)

    def _next(self, role: str) -> int:
        version = self.files.versions().get(role, 0) + 1
        self.files.set_version(role, version)
        return version
