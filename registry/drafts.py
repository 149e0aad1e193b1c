"""Drafts: what the registry proposes, two officers sign on their own consoles, and nobody else can put in force."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maglia.core.bundle import build_bundle
from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    Directory,
    EvaluationKeys,
    Member,
    encode_directory,
    encode_keys,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import verify_signature
from maglia.core.keyset import node_key
from maglia.core.officer import officer_key_id
from maglia.core.pseudonym import Evaluator, KeyContext
from maglia.core.vocabulary import PseudonymClass
from registry import metadata
from registry.directory import Publisher
from registry.domain.membership import Act, next_state
from registry.ports import Draft, Files, MemberRecord, Members, Person
from registry.reading import read_payload

EPOCH = 1
_PROCEDURES_SCHEMA = "maglia.procedures/1"


@dataclass(frozen=True)
class Signing:
    """How far a draft is: who signed it, how many must, and whether the last signature published it."""

    signed_by: tuple[str, ...]
    threshold: int
    published: bool
    version: int


@dataclass(frozen=True)
class Drafts:
    """Prepares drafts and collects signatures."""

    network: str
    members: Members
    files: Files
    publisher: Publisher
    evaluator: Evaluator
    suspensions_key: bytes
    witness_key: bytes
    policies: Path
    clock: Callable[[], float]

    @property
    def threshold(self) -> int:
        """Return how many officers must sign."""
        return metadata.officers_of(self.publisher.root)[1]

    def prepare(self, names: Sequence[str]) -> Draft:
        """Return the draft that adds these bodies: the same one for every officer, until something is published.

        Without names it signs the same members again, with the policies as they are now. Raises `member.unknown`, or
        `member.state` for a body that can't be approved.
        """
        names = sorted(set(names))
        version = self.files.versions().get("targets", 0) + 1
        added = [self._approvable(name) for name in names]
        if (known := self.files.open_draft(names, version)) is not None:
            return known
        targets = self._targets(version, added)
        signed = metadata.draft_targets(version, targets, self.suspensions_key, self.clock())
        draft = Draft(secrets.token_hex(8), tuple(names), version, signed, targets)
        self.files.save_draft(draft)
        return draft

    def _approvable(self, name: str) -> Member:
        record: MemberRecord | None = self.members.member(name)
        if record is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=name)
        next_state(record.state, Act.APPROVE)
        return read_payload(record.application).as_member()

    def _targets(self, version: int, added: Sequence[Member]) -> dict[str, bytes]:
        current = self.publisher.directory()
        members = dict(current.members if current else {}) | {member.id: member for member in added}
        directory = Directory(self.network, version, EPOCH, self.witness_key, members)
        bundle, _ = build_bundle(self.policies)
        procedures = {"schema": _PROCEDURES_SCHEMA, "network": self.network, "procedures": []}
        return {
            DIRECTORY_PATH: encode_directory(directory),
            KEYS_PATH: encode_keys(self._keys(list(members))),
            BUNDLE_PATH: bundle,
            PROCEDURES_PATH: json.dumps(procedures, indent=1, sort_keys=True).encode() + b"\n",
        }

    def _keys(self, members: Sequence[str]) -> EvaluationKeys:
        contexts = [KeyContext(self.network, member, cls, EPOCH) for cls in PseudonymClass for member in members]
        made = [(context, node_key(context, self.evaluator.publics(context))) for context in contexts]
        by_class = {cls: {context.member: key for context, key in made if context.cls is cls} for cls in PseudonymClass}
        return EvaluationKeys(self.network, EPOCH, by_class)

    def signed_for(self, member: str) -> list[str]:
        """Return the users who have signed an open draft that adds this body."""
        return sorted(
            {user for draft in self.files.open_drafts() if member in draft.members for user in draft.signed_by}
        )

    def sign(self, draft_id: str, officer: Person, key_id: str, signature: bytes) -> Signing:
        """Add one officer's signature; the threshold's last one publishes.

        Raises `directory.draft` when the draft is no longer open, `member.signature` when the signature or the key
        isn't the officer's own, `member.second_officer` when they signed before.
        """
        with self.files.transaction():
            draft = self._checked(draft_id, officer, key_id, signature)
            self.files.sign_draft(draft.id, key_id, officer.user, signature)
            signed = replace(
                draft,
                signatures={**draft.signatures, key_id: signature},
                signed_by=(*draft.signed_by, officer.user),
            )
            threshold = self.threshold
            published = len(signed.signatures) >= threshold
            if published:
                self.publisher.publish(signed, officer.user)
        if published:
            self.publisher.changed()
        return Signing(signed.signed_by, threshold, published, draft.version)

    def _checked(self, draft_id: str, officer: Person, key_id: str, signature: bytes) -> Draft:
        draft = self.files.draft(draft_id)
        if draft is None:
            raise MagliaError(Code.DIRECTORY_DRAFT, cause="not an open draft")
        allowed, _ = metadata.officers_of(self.publisher.root)
        if not officer.public_key or key_id != officer_key_id(officer.public_key) or key_id not in allowed:
            raise MagliaError(Code.MEMBER_SIGNATURE, cause="not the officer's own key")
        if key_id in draft.signatures:
            raise MagliaError(Code.MEMBER_SECOND_OFFICER, officer=officer.name)
        verify_signature(officer.public_key, signature, draft.signed)
        return draft
