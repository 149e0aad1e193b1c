"""Drafts, published files and the rules of each revision, in SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from maglia.core.errors import Code, MagliaError
from registry.domain.change import Change, decode_changes, encode_changes, keys_of
from registry.ports import Draft, PolicyBundle, Publication
from registry.store.database import Database
from registry.store.tables import (
    draft_signatures,
    draft_targets,
    drafts,
    metadata_files,
    policy_bundles,
    publications,
    target_files,
    versions,
)


class SqlFiles:
    """Fulfils `registry.ports.Files`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything done inside together, or nothing."""
        return self._database.transaction()

    def open_draft(self, changes: Sequence[Change], version: int) -> Draft | None:
        """Return the draft of these changes, whatever their reasons, for a version, if it is still open."""
        wanted = keys_of(changes)
        alike = (one for one in self.open_drafts() if one.version == version and keys_of(one.changes) == wanted)
        return next(alike, None)

    def draft(self, draft: str) -> Draft | None:
        """Return an open draft by its id."""
        row = self._database.row(select(drafts).where((drafts.c.id == draft) & drafts.c.open))
        return self._draft(row) if row else None

    def open_drafts(self) -> list[Draft]:
        """Return every open draft."""
        return [self._draft(row) for row in self._database.rows(select(drafts).where(drafts.c.open))]

    def _draft(self, row: Row[Any]) -> Draft:
        files = self._database.rows(select(draft_targets).where(draft_targets.c.draft == row.id))
        signatures = self._database.rows(select(draft_signatures).where(draft_signatures.c.draft == row.id))
        return Draft(
            id=row.id,
            changes=decode_changes(row.changes),
            version=row.version,
            signed=row.signed,
            targets={file.path: file.content for file in files},
            signatures={one.key_id: one.signature for one in signatures},
            signed_by=tuple(one.user for one in signatures),
        )

    def save_draft(self, draft: Draft) -> None:
        """Add a draft."""
        row = {"id": draft.id, "members": json.dumps(draft.members), "version": draft.version, "signed": draft.signed}
        with self.transaction():
            self._database.change(insert(drafts).values(open=True, changes=encode_changes(draft.changes), **row))
            for path, content in draft.targets.items():
                self._database.change(insert(draft_targets).values(draft=draft.id, path=path, content=content))

    def sign_draft(self, draft: str, key_id: str, user: str, signature: bytes) -> None:
        """Add one signature; raises when the key has already signed."""
        values = {"draft": draft, "key_id": key_id, "user": user, "signature": signature}
        self._database.change(insert(draft_signatures).values(**values))

    def reword_draft(self, draft: str, changes: Sequence[Change]) -> None:
        """Put other reasons in a draft: the same changes in the words of whoever asked for them last."""
        self._database.change(update(drafts).where(drafts.c.id == draft).values(changes=encode_changes(changes)))

    def close_drafts(self, closed: Iterable[str]) -> None:
        """Close drafts: nobody can sign them any more."""
        self._database.change(update(drafts).where(drafts.c.id.in_(list(closed))).values(open=False))

    def metadata(self, filename: str) -> bytes | None:
        """Return a metadata file."""
        row = self._database.row(select(metadata_files.c.content).where(metadata_files.c.filename == filename))
        return row.content if row else None

    def save_metadata(self, filename: str, content: bytes) -> None:
        """Add or replace a metadata file."""
        self._database.put(metadata_files, {"filename": filename, "content": content})

    def target(self, path: str) -> bytes | None:
        """Return a target file by its path with hash prefix."""
        row = self._database.row(select(target_files.c.content).where(target_files.c.path == path))
        return row.content if row else None

    def save_target(self, path: str, content: bytes) -> None:
        """Add a target file."""
        self._database.put(target_files, {"path": path, "content": content})

    def versions(self) -> dict[str, int]:
        """Return the current version of each role; a role without one is absent."""
        return {row.role: row.version for row in self._database.rows(select(versions))}

    def set_version(self, role: str, version: int) -> None:
        """Say which version of a role is current; raise `storage.unavailable` unless it is higher than the last."""
        if not self._database.swap(versions, {"role": role, "version": version}, only_if=versions.c.version < version):
            raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=f"{role} {version} is not a new version")

    def save_publication(self, publication: Publication) -> None:
        """Keep what was published."""
        self._database.put(publications, vars(publication))

    def publications(self, count: int) -> list[Publication]:
        """Return the newest publications, newest first."""
        query = select(publications).order_by(publications.c.version.desc()).limit(count)
        found = self._database.rows(query)
        return [Publication(row.version, row.directory, row.keys, row.procedures or b"") for row in found]

    def bundle(self, revision: str) -> PolicyBundle | None:
        """Return the rules of a revision, whether they wait or were in force."""
        row = self._database.row(select(policy_bundles).where(policy_bundles.c.revision == revision))
        return PolicyBundle(**row._mapping) if row else None

    def bundles(self) -> list[PolicyBundle]:
        """Return the rules of every revision, the latest first."""
        query = select(policy_bundles).order_by(policy_bundles.c.changed_at.desc(), policy_bundles.c.revision)
        return [PolicyBundle(**row._mapping) for row in self._database.rows(query)]

    def save_bundle(self, bundle: PolicyBundle) -> None:
        """Add the rules of a revision, or replace what is known of them."""
        self._database.put(policy_bundles, vars(bundle))

    def drop_bundle(self, revision: str) -> None:
        """Forget rules that were never in force."""
        is_it = (policy_bundles.c.revision == revision) & (policy_bundles.c.version == 0)
        self._database.change(delete(policy_bundles).where(is_it))
