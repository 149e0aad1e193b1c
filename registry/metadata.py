"""Metadata of The Update Framework, made and checked: functions over bytes, no state.

Who signs what (design 4): root by offline keys; targets by the officers' own keys, never here; snapshot and timestamp
by one online key; `suspensions`, which targets metadata delegates for one path, by another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

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

_T = TypeVar("_T", Root, Targets, Snapshot, Timestamp)
ROOT_THRESHOLD = 2
ROOT_S = 5 * 365 * 86400
TARGETS_S = 365 * 86400
SUSPENSIONS_S = 30 * 86400
SNAPSHOT_S = 7 * 86400
"""Lifetimes in seconds; the timestamp's is a setting."""


@dataclass(frozen=True)
class OnlineKeys:
    """What the running registry signs with. Neither key can add a member."""

    snapshot: SigningKey
    suspensions: SigningKey


def make_root(
    root_keys: Sequence[SigningKey], officers: Iterable[bytes], threshold: int, online: bytes, now: float
) -> bytes:
    """Return root metadata, version 1, signed by the offline `root_keys`; `officers` and `online` are public keys."""
    root = Root(expires=_after(now, ROOT_S), consistent_snapshot=True)
    for key in root_keys:
        root.add_key(_key(key.public), "root")
    for public in officers:
        root.add_key(_key(public), "targets")
    for role in ("snapshot", "timestamp"):
        root.add_key(_key(online), role)
    root.roles["root"].threshold = ROOT_THRESHOLD
    root.roles["targets"].threshold = threshold
    return _signed(root, root_keys)


def draft_targets(version: int, files: Mapping[str, bytes], suspensions: bytes, now: float) -> bytes:
    """Return the canonical JSON that officers sign: the files, and the delegation to the subtract-only role."""
    key = _key(suspensions)
    role = DelegatedRole(SUSPENSIONS_ROLE, [key.keyid], 1, terminating=True, paths=[SUSPENSIONS_PATH])
    targets = Targets(
        version=version,
        expires=_after(now, TARGETS_S),
        targets={path: TargetFile.from_data(path, content) for path, content in files.items()},
        delegations=Delegations({key.keyid: key}, {SUSPENSIONS_ROLE: role}),
    )
    return CanonicalJSONSerializer().serialize(targets)


def officers_of(root: bytes) -> tuple[frozenset[str], int]:
    """Return the key ids that may sign targets metadata, and how many must."""
    role = Metadata[Root].from_bytes(root).signed.roles["targets"]
    return frozenset(role.keyids), role.threshold


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
    return _signed(Targets(version, expires=_after(now, SUSPENSIONS_S), targets={SUSPENSIONS_PATH: file}), [key])


def sign_snapshot(version: int, targets: int, suspensions: int, key: SigningKey, now: float) -> bytes:
    """Return the snapshot that names these versions."""
    meta = {"targets.json": MetaFile(targets), f"{SUSPENSIONS_ROLE}.json": MetaFile(suspensions)}
    return _signed(Snapshot(version, expires=_after(now, SNAPSHOT_S), meta=meta), [key])


def sign_timestamp(version: int, snapshot: int, key: SigningKey, now: float, lifetime_s: float) -> bytes:
    """Return the timestamp that names the current snapshot."""
    return _signed(Timestamp(version, expires=_after(now, lifetime_s), snapshot_meta=MetaFile(snapshot)), [key])


def expiry(metadata: bytes) -> float:
    """Return when a metadata file expires, in seconds since the epoch."""
    return Metadata.from_bytes(metadata).signed.expires.timestamp()


def prefixed(path: str, content: bytes) -> str:
    """Return the path under which clients ask for a target: its SHA-256 in front."""
    return TargetFile.from_data(path, content, ["sha256"]).get_prefixed_paths()[0]


def _key(public: bytes) -> SSlibKey:
    return SSlibKey(officer_key_id(public), "ed25519", "ed25519", {"public": public.hex()})


def _signed(payload: _T, keys: Iterable[SigningKey]) -> bytes:
    metadata = Metadata(payload)
    for key in keys:
        metadata.sign(CryptoSigner(key.private, _key(key.public)), append=True)
    return metadata.to_bytes()


def _after(now: float, seconds: float) -> datetime:
    return datetime.fromtimestamp(now + seconds, UTC)
