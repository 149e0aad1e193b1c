"""What an officer does on their own console: read the draft that the registry prepared, and sign its exact bytes.

A draft is the `signed` part of targets metadata of The Update Framework, in canonical JSON. The registry is not trusted
here, so nothing is passed over: whatever the signature would cover beyond the four files shown is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from maglia.core.bundle import read_bundle
from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    SUSPENSIONS_PATH,
    Directory,
    decode_directory,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import decode_keys
from maglia.core.identity import SigningKey
from maglia.core.procedures import decode_procedures

SIGNED_PATHS = frozenset({DIRECTORY_PATH, KEYS_PATH, BUNDLE_PATH, PROCEDURES_PATH})
"""Every file that two officers sign, no more and no less."""

SUSPENSIONS_ROLE = "suspensions"
_KEY_BYTES = 32
_FIELDS = {"_type", "spec_version", "version", "expires", "targets", "delegations"}
_ROLE_FIELDS = {"name", "keyids", "threshold", "terminating", "paths"}


def officer_key_id(public_key: bytes) -> str:
    """Return the key id (64 hex digits) under which an officer's signature stands in targets metadata.

    It is SHA-256 over the key's canonical JSON (The Update Framework 1.0, 4.2). `public_key` is an Ed25519 key of 32
    bytes; raises `input.field` otherwise.
    """
    if len(public_key) != _KEY_BYTES:
        raise MagliaError(Code.INPUT_FIELD, field="officer key")
    key = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public_key.hex()}}
    return hashlib.sha256(_canonical(key)).hexdigest()


def sign_draft(key: SigningKey, signed: bytes) -> bytes:
    """Return the officer's Ed25519 signature, 64 bytes, over a draft that `check_draft` has accepted."""
    return key.sign(signed)


def check_draft(signed: bytes, targets: Mapping[str, bytes]) -> Directory:
    """Return the directory that a signature over `signed` would put in force, to be shown to the officer.

    Raises `directory.draft` unless `signed` is the canonical JSON of targets metadata that lists exactly the files
    given, by length and hash, delegates nothing but the suspensions file, and its files agree with each other.
    """
    try:
        document = _parse(signed)
        _check_delegation(document["delegations"])
        _check_files(document["targets"], targets)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(f"not targets metadata: {type(error).__name__}") from error
    return _check_contents(document["version"], targets)


def delegated_key(signed: bytes) -> bytes:
    """Return the public key to which a draft that `check_draft` accepts delegates the suspensions.

    Raises `directory.draft` where there is none to be read: the registry wrote the draft, and may write anything.
    """
    try:
        (key,) = json.loads(signed)["delegations"]["keys"].values()
        return bytes.fromhex(key["keyval"]["public"])
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("no key of the suspensions") from error


def expiry_of(signed: bytes) -> datetime:
    """Return when metadata made of a draft that `check_draft` accepts expires; raise `directory.draft` for no date."""
    try:
        return datetime.strptime(json.loads(signed)["expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (TypeError, ValueError) as error:
        raise _refused("no date of expiry") from error


def _canonical(value: object) -> bytes:
    """Return canonical JSON; equal to the framework's for text without control characters, and we sign no other."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _parse(signed: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(signed)
    if _canonical(document) != signed:
        raise _refused("not canonical JSON")
    if set(document) != _FIELDS or document["_type"] != "targets":
        raise _refused("not targets metadata")
    return document


def _check_delegation(delegations: dict[str, Any]) -> None:
    """A delegation more, or a wider one, would let an online key speak where officers must."""
    roles = delegations["roles"]
    if set(delegations) != {"keys", "roles"} or len(roles) != 1 or set(roles[0]) != _ROLE_FIELDS:
        raise _refused("delegates more than suspensions")
    if roles[0]["name"] != SUSPENSIONS_ROLE or roles[0]["paths"] != [SUSPENSIONS_PATH]:
        raise _refused("delegates other than suspensions")
    if list(delegations["keys"]) != roles[0]["keyids"] or (roles[0]["threshold"], roles[0]["terminating"]) != (1, True):
        raise _refused("delegates to other than one key")


def _check_files(listed: dict[str, Any], targets: Mapping[str, bytes]) -> None:
    if set(targets) != SIGNED_PATHS or set(listed) != SIGNED_PATHS:
        raise _refused("other files than the four")
    for path, content in targets.items():
        if listed[path] != {"length": len(content), "hashes": {"sha256": hashlib.sha256(content).hexdigest()}}:
            raise _refused(f"{path} is not the file listed")


def _check_contents(version: object, targets: Mapping[str, bytes]) -> Directory:
    try:
        directory, keys = decode_directory(targets[DIRECTORY_PATH]), decode_keys(targets[KEYS_PATH])
        read_bundle(targets[BUNDLE_PATH])
        decode_procedures(targets[PROCEDURES_PATH], directory.network)
    except MagliaError as error:
        raise _refused(str(error)) from error
    if directory.version != version:
        raise _refused("the directory is of another version")
    if (keys.network, keys.epochs) != (directory.network, directory.epochs):
        raise _refused("keys of another network or of other epochs")
    if any(set(named) != set(directory.members) for named in keys.keys.values()):
        raise _refused("keys of other members")
    return directory


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.DIRECTORY_DRAFT, cause=cause)
