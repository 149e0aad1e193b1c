"""Metadata of The Update Framework, made and checked: functions over bytes, no state.

Who signs what (design 4): root by offline keys (`registry.root_metadata`); targets by the officers' own keys, never
here; snapshot and timestamp by one online key; `suspensions`, which targets metadata delegates, by another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

# Public names of both libraries, which they re-export without saying so to type checkers.
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import (  # type: ignore[attr-defined]
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import CanonicalJSONSerializer

from maglia.core.directory import SUSPENSIONS_PATH
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.officer import SUSPENSIONS_ROLE, officer_key_id
from maglia.core.secret import Secret

_T = TypeVar("_T", Targets, Snapshot, Timestamp)
TARGETS_S = 365 * 86400
SUSPENSIONS_S = 30 * 86400
SNAPSHOT_S = 7 * 86400
"""Lifetimes in seconds; the timestamp's is a setting."""


class OnlineKeys(Secret):
    """What the running registry signs with: the keys in force and those made for the next change.

    Root and targets metadata name whose turn it is, so that a signature by a former key is never made. No key here can
    add a member. `reread` reads the keystore again if it changed (None: it did not), since a change is prepared by
    another process, perhaps on the machine of another replica.
    """

    def __init__(
        self,
        snapshot: SigningKey,
        suspensions: SigningKey,
        prepared: Iterable[SigningKey] = (),
        reread: Callable[[], OnlineKeys | None] = lambda: None,
    ) -> None:
        self.snapshot = snapshot
        self.suspensions = suspensions
        self._reread = reread
        self._keys = {officer_key_id(key.public): key for key in (snapshot, suspensions, *prepared)}

    def named(self, key_ids: Iterable[str]) -> SigningKey:
        """Return the key that metadata names; raise `directory.online_key` when the keystore doesn't hold it."""
        wanted = set(key_ids)
        if not wanted & self._keys.keys() and (fresh := self._reread()) is not None:
            self._keys |= fresh._keys
        for key_id in wanted & self._keys.keys():
            return self._keys[key_id]
        raise MagliaError(Code.DIRECTORY_ONLINE_KEY, cause=f"no key {sorted(wanted)}")


def draft_targets(version: int, files: Mapping[str, bytes], suspensions: bytes, now: float) -> bytes:
    """Return the canonical JSON that officers sign: the files, and the delegation to the subtract-only role."""
    key = public_key(suspensions)
    role = DelegatedRole(SUSPENSIONS_ROLE, [key.keyid], 1, terminating=True, paths=[SUSPENSIONS_PATH])
    targets = Targets(
        version=version,
        expires=after(now, TARGETS_S),
        targets={path: TargetFile.from_data(path, content) for path, content in files.items()},
        delegations=Delegations({key.keyid: key}, {SUSPENSIONS_ROLE: role}),
    )
    return CanonicalJSONSerializer().serialize(targets)


def officers_of(root: bytes) -> tuple[frozenset[str], int]:
    """Return the key ids that may sign targets metadata, and how many must."""
    role = Metadata[Root].from_bytes(root).signed.roles["targets"]
    return frozenset(role.keyids), role.threshold


def online_of(root: bytes) -> frozenset[str]:
    """Return the key ids that may sign snapshot and timestamp."""
    return frozenset(Metadata[Root].from_bytes(root).signed.roles["snapshot"].keyids)


def delegated_by(targets: bytes) -> SSlibKey:
    """Return the one key to which targets metadata delegates the suspensions."""
    delegations = Metadata[Targets].from_bytes(targets).signed.delegations
    if delegations is None or len(delegations.keys) != 1:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="not one key for suspensions")
    return cast("SSlibKey", next(iter(delegations.keys.values())))


def is_signed_for(root: bytes, targets: bytes) -> bool:
    """Return whether enough officers of this root have signed the targets metadata."""
    metadata = Metadata[Targets].from_bytes(targets)
    try:
        Metadata[Root].from_bytes(root).signed.verify_delegate("targets", metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError:
        return False
    return True


def listed(targets: bytes) -> dict[str, str]:
    """Return the files that targets metadata lists: paths, and the paths with hash prefix."""
    files = Metadata[Targets].from_bytes(targets).signed.targets
    return {path: file.get_prefixed_paths()[0] for path, file in files.items()}


def join_targets(root: bytes, signed: bytes, signatures: Mapping[str, bytes]) -> bytes:
    """Return targets metadata once enough officers signed it; raise `directory.untrusted` below the threshold."""
    joined = {key_id: Signature(key_id, signature.hex()) for key_id, signature in signatures.items()}
    try:
        Metadata[Root].from_bytes(root).signed.verify_delegate("targets", signed, joined)
    except UnsignedMetadataError as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=str(error)) from error
    return Metadata(Targets.from_dict(json.loads(signed)), joined).to_bytes()


def sign_suspensions(version: int, content: bytes, key: SigningKey, now: float) -> bytes:
    """Return the metadata of the subtract-only role over its one file."""
    file = TargetFile.from_data(SUSPENSIONS_PATH, content)
    return _signed(Targets(version, expires=after(now, SUSPENSIONS_S), targets={SUSPENSIONS_PATH: file}), [key])


def sign_snapshot(version: int, targets: int, suspensions: int, key: SigningKey, now: float) -> bytes:
    """Return the snapshot that names these versions."""
    meta = {"targets.json": MetaFile(targets), f"{SUSPENSIONS_ROLE}.json": MetaFile(suspensions)}
    return _signed(Snapshot(version, expires=after(now, SNAPSHOT_S), meta=meta), [key])


def sign_timestamp(version: int, snapshot: int, key: SigningKey, now: float, lifetime_s: float) -> bytes:
    """Return the timestamp that names the current snapshot."""
    return _signed(Timestamp(version, expires=after(now, lifetime_s), snapshot_meta=MetaFile(snapshot)), [key])


def expiry(metadata: bytes) -> float:
    """Return when a metadata file expires, in seconds since the epoch."""
    return Metadata.from_bytes(metadata).signed.expires.timestamp()


def prefixed(path: str, content: bytes) -> str:
    """Return the path under which clients ask for a target: its SHA-256 in front."""
    return TargetFile.from_data(path, content, ["sha256"]).get_prefixed_paths()[0]


def public_key(public: bytes) -> SSlibKey:
    """Return an Ed25519 public key (32 bytes) as metadata holds it; raise `input.field` otherwise."""
    return SSlibKey(officer_key_id(public), "ed25519", "ed25519", {"public": public.hex()})


def _signed(payload: _T, keys: Iterable[SigningKey]) -> bytes:
    return add_signatures(Metadata(payload).to_bytes(), keys)


def add_signatures(content: bytes, keys: Iterable[SigningKey]) -> bytes:
    """Return a metadata file with one more signature by each key."""
    metadata: Metadata[Any] = Metadata.from_bytes(content)
    for key in keys:
        metadata.sign(CryptoSigner(key.private, public_key(key.public)), append=True)
    return metadata.to_bytes()


def after(now: float, seconds: float) -> datetime:
    """Return the moment `seconds` after `now`, which counts seconds since the epoch."""
    return datetime.fromtimestamp(now + seconds, UTC)
