"""What an officer does on their own console: read the draft that the registry prepared, and sign its exact bytes.

The registry is not trusted here: whatever the signature would cover beyond the four files shown is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.formats import encode_canonical

# Public names of both libraries, which their __init__ re-exports without saying so to type checkers.
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Targets  # type: ignore[attr-defined]

from maglia.core.bundle import read_bundle
from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    SUSPENSIONS_PATH,
    Directory,
    decode_directory,
    decode_keys,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey

SIGNED_PATHS = frozenset({DIRECTORY_PATH, KEYS_PATH, BUNDLE_PATH, PROCEDURES_PATH})
"""Every file that two officers sign, no more and no less."""

SUSPENSIONS_ROLE = "suspensions"


def officer_key(public_key: bytes) -> SSlibKey:
    """Return an Ed25519 public key (32 bytes) as The Update Framework writes it; raise `input.field` otherwise."""
    try:
        return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public_key))
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="officer key") from error


def officer_key_id(public_key: bytes) -> str:
    """Return the key id (64 hex digits) under which an officer's signature stands in targets metadata."""
    return officer_key(public_key).keyid


def sign_draft(key: SigningKey, signed: bytes) -> bytes:
    """Return the officer's Ed25519 signature, 64 bytes, over a draft that `check_draft` has accepted."""
    return key.sign(signed)


def check_draft(signed: bytes, targets: Mapping[str, bytes]) -> Directory:
    """Return the directory that a signature over `signed` would put in force, to be shown to the officer.

    Raises `directory.draft` unless `signed` is the canonical JSON of targets metadata that lists exactly the files
    given, by their hashes, delegates nothing but the suspensions file, and its files agree with each other.
    """
    metadata = _parse(signed)
    _check_delegation(metadata)
    if set(targets) != SIGNED_PATHS or set(metadata.targets) != SIGNED_PATHS:
        raise _refused("other files than the four")
    for path, content in targets.items():
        try:
            metadata.targets[path].verify_length_and_hashes(content)
        except LengthOrHashMismatchError as error:
            raise _refused(f"{path} is not the file listed") from error
    return _check_contents(metadata.version, targets)


def _parse(signed: bytes) -> Targets:
    try:
        document = json.loads(signed)
        if (encode_canonical(document) or "").encode() != signed:
            raise _refused("not canonical JSON")
        return Targets.from_dict(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(f"not targets metadata: {type(error).__name__}") from error


def _check_delegation(metadata: Targets) -> None:
    """A delegation more would let an online key speak where officers must."""
    delegations = metadata.delegations
    roles = (delegations and delegations.roles) or {}
    if set(roles) != {SUSPENSIONS_ROLE} or roles[SUSPENSIONS_ROLE].paths != [SUSPENSIONS_PATH]:
        raise _refused("delegates more than suspensions")


def _check_contents(version: int, targets: Mapping[str, bytes]) -> Directory:
    try:
        directory, keys = decode_directory(targets[DIRECTORY_PATH]), decode_keys(targets[KEYS_PATH])
        read_bundle(targets[BUNDLE_PATH])
    except MagliaError as error:
        raise _refused(str(error)) from error
    if directory.version != version:
        raise _refused("the directory is of another version")
    if (keys.network, keys.epoch) != (directory.network, directory.epoch):
        raise _refused("keys of another network or epoch")
    if any(set(named) != set(directory.members) for named in keys.keys.values()):
        raise _refused("keys of other members")
    return directory


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.DIRECTORY_DRAFT, cause=cause)
