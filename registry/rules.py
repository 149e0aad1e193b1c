"""Which rules are in force, which wait for officers' signatures, which were in force before; each under its revision.

In force is what the signed targets list, and nothing else says so. What waits is in the database, so that every replica
proposes the same: a draft carries it only when officers ask for it by its revision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maglia.core.bundle import build_bundle, bundle_revision, open_bundle
from maglia.core.directory import BUNDLE_PATH
from maglia.core.errors import Code, MagliaError
from registry import metadata
from registry.domain.change import Change
from registry.domain.membership import Act
from registry.ports import Files, PolicyBundle


@dataclass(frozen=True)
class Listed:
    """Every bundle that the registry knows of; none is in force before the first publication."""

    in_force: PolicyBundle | None
    waiting: tuple[PolicyBundle, ...]
    former: tuple[PolicyBundle, ...]


@dataclass(frozen=True)
class Rules:
    """The life of policy bundles."""

    files: Files
    clock: Callable[[], float]

    def in_force(self) -> bytes:
        """Return the bundle that officers signed last, byte for byte; empty before the first publication.

        Raises `directory.mixed` when the signed targets list one that is not there.
        """
        targets = self.files.metadata(f"{self.files.versions().get('targets', 0)}.targets.json")
        if targets is None:
            return b""
        name = metadata.listed(targets)[BUNDLE_PATH]
        content = self.files.target(name)
        if content is None or metadata.prefixed(BUNDLE_PATH, content) != name:
            raise MagliaError(Code.DIRECTORY_MIXED, cause=name)
        return content

    def waiting(self, revision: str) -> bytes:
        """Return the bundle of a revision that waits for signatures; raise `input.rules_revision` when none does."""
        found = self.files.bundle(revision)
        if found is None or not found.waiting:
            raise MagliaError(Code.INPUT_RULES_REVISION, revision=revision)
        open_bundle(found.content, revision)
        return found.content

    def after(self, changes: Sequence[Change], folder: Path) -> bytes:
        """Return the bundle that a draft carries: the one in force, unless a change names another by its revision.

        Before the first publication it is that of `folder`.
        """
        for change in changes:
            if change.act is Act.POLICIES:
                return self.waiting(change.policies)
        return self.in_force() or build_bundle(folder)[0]

    def propose(self, content: bytes) -> bool:
        """Let a bundle wait for signatures; return whether it does, False when it is in force already."""
        revision = bundle_revision(content)
        open_bundle(content, revision)
        with self.files.transaction():
            if revision == _revision(self.in_force()):
                return False
            known = self.files.bundle(revision) or PolicyBundle(revision, content, waiting=True, changed_at=0.0)
            self.files.save_bundle(replace(known, waiting=True, changed_at=self.clock()))
        return True

    def former(self, revision: str) -> bytes:
        """Return a bundle that was in force once; raise `input.rules_revision` when none of this revision was."""
        found = self.files.bundle(revision)
        if found is None or not found.version:
            raise MagliaError(Code.INPUT_RULES_REVISION, revision=revision)
        open_bundle(found.content, revision)
        return found.content

    def withdraw(self, revision: str) -> None:
        """Let a bundle wait no more, and close the drafts that carry it.

        Raises `input.rules_revision` when none of this revision waits.
        """
        with self.files.transaction():
            self.waiting(revision)
            carrying = (one.id for one in self.files.open_drafts() if _carries(one.targets[BUNDLE_PATH], revision))
            self.files.close_drafts(carrying)
            found = self.files.bundle(revision)
            if found is not None and found.version:
                self.files.save_bundle(replace(found, waiting=False))
            self.files.drop_bundle(revision)

    def entered(self, content: bytes, version: int, former: bytes) -> None:
        """Note what is in force with a version of the directory, and what was before; part of a publication."""
        revision, before = bundle_revision(content), _revision(former)
        if before and before != revision and self.files.bundle(before) is None:
            # In force since before there was a table for it.
            self.files.save_bundle(PolicyBundle(before, former, waiting=False, changed_at=0.0, version=1))
        known = self.files.bundle(revision)
        if before != revision or known is None or known.waiting:
            self.files.save_bundle(PolicyBundle(revision, content, False, self.clock(), version))

    def listed(self) -> Listed:
        """Return every bundle known, the latest first."""
        content = self.in_force()
        revision, known = _revision(content), self.files.bundles()
        current = next((one for one in known if one.revision == revision), None)
        if current is None and content:
            current = PolicyBundle(revision, content, waiting=False, changed_at=0.0)
        others = [one for one in known if one.revision != revision]
        return Listed(
            current,
            tuple(one for one in others if one.waiting),
            tuple(one for one in others if not one.waiting),
        )


def _revision(content: bytes) -> str:
    return bundle_revision(content) if content else ""


def _carries(content: bytes, revision: str) -> bool:
    return bundle_revision(content) == revision
