"""The file that carries a change of root from the registry to its holders and back, and what each of them signs.

Nothing here needs the registry: it runs on a holder's own machine, offline. The file holds the next root metadata, the
one in force before it, and, when officers or the key of suspensions change, the directory that the officers of the next
root sign again, so that both are published together and no reader is left between them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, check_network_name
from maglia.core.keystore import check_new_passphrase, load_keystore, save_keystore
from maglia.core.officer import check_draft, officer_key_id
from registry.metadata import add_signatures
from registry.root_metadata import Trustees, read_root, signers_of

_SCHEMA = "maglia.root-change/1"
_MAX_BYTES = 4 * 1024 * 1024
_ENTRIES = ("root", "officer")


@dataclass(frozen=True)
class SignedDraft:
    """The directory to be signed again: canonical JSON of targets metadata, its files, signatures by key id."""

    signed: bytes
    files: Mapping[str, bytes]
    signatures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class RootFile:
    """A change of root on its way. `previous` is None for the first; `officers` are public keys by user."""

    network: str
    root: bytes
    previous: bytes | None
    officers: Mapping[str, bytes]
    draft: SignedDraft | None = None

    @property
    def trustees(self) -> Trustees:
        """Return who may sign what from this root on."""
        return read_root(self.root)[1]


@dataclass(frozen=True)
class Progress:
    """Who signs one part of the file: public keys, those that have signed, and how many must."""

    whose: str
    keys: Sequence[bytes]
    signed: frozenset[bytes]
    threshold: int

    @property
    def is_enough(self) -> bool:
        """Return whether the threshold is reached."""
        return len(self.signed) >= self.threshold


def progress(file: RootFile) -> list[Progress]:
    """Return how far the signatures are: of the root before, of this root, of the officers."""
    trustees = file.trustees
    parts = []
    if file.previous is not None:
        parts.append(_of_root("old", file.root, file.previous))
    parts.append(_of_root("new", file.root, file.root))
    if file.draft is not None:
        signed = frozenset(key for key in trustees.officers if officer_key_id(key) in file.draft.signatures)
        parts.append(Progress("officers", sorted(trustees.officers), signed, trustees.officer_threshold))
    return parts


def _of_root(whose: str, root: bytes, judge: bytes) -> Progress:
    trustees = read_root(judge)[1]
    return Progress(whose, sorted(trustees.root), signers_of(root, judge), trustees.root_threshold)


def sign_file(file: RootFile, key: SigningKey) -> RootFile:
    """Return the file with one more signature: of a root's holder, or of an officer.

    Raises `directory.root_keys` for a key that has nothing to sign here, `directory.draft` for a directory that says
    more than its files.
    """
    trustees = file.trustees
    trustees.check()
    before = read_root(file.previous)[1].root if file.previous is not None else frozenset()
    if key.public in trustees.root | before:
        return replace(file, root=add_signatures(file.root, [key]))
    if file.draft is None or key.public not in trustees.officers:
        raise MagliaError(Code.DIRECTORY_ROOT_KEYS, cause="neither a root key nor an officer who must sign")
    check_draft(file.draft.signed, file.draft.files)
    signatures = {**file.draft.signatures, officer_key_id(key.public): key.sign(file.draft.signed)}
    return replace(file, draft=replace(file.draft, signatures=signatures))


def make_root_key(path: Path, passphrase: str) -> SigningKey:
    """Make a holder's key in an encrypted file of its own.

    Raises `storage.exists`, `input.file` for a folder that is not there, `input.passphrase`.
    """
    if path.exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=path.name)
    if not path.parent.is_dir():
        raise MagliaError(Code.INPUT_FILE, file=path.parent.name)
    check_new_passphrase(passphrase)
    key = SigningKey.generate()
    save_keystore(path, {"root": key.seed}, passphrase)
    return key


def load_holder_key(path: Path, passphrase: str) -> SigningKey:
    """Return the key in a holder's or an officer's file; raise `storage.missing` or `storage.keystore`."""
    entries = load_keystore(path, passphrase)
    for name in _ENTRIES:
        if name in entries:
            return SigningKey(entries[name])
    raise MagliaError(Code.STORAGE_KEYSTORE, cause="neither a root key nor an officer's")


def encode_root_file(file: RootFile) -> bytes:
    """Return the JSON of a change of root."""
    document: dict[str, object] = {
        "schema": _SCHEMA,
        "network": file.network,
        "root": json.loads(file.root),
        "previous": None if file.previous is None else json.loads(file.previous),
        "officers": {user: key.hex() for user, key in sorted(file.officers.items())},
        "directory": file.draft and _draft_json(file.draft),
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _draft_json(draft: SignedDraft) -> dict[str, object]:
    return {
        "signed": base64.b64encode(draft.signed).decode(),
        "files": {path: base64.b64encode(content).decode() for path, content in draft.files.items()},
        "signatures": {key_id: signature.hex() for key_id, signature in draft.signatures.items()},
    }


def decode_root_file(content: bytes) -> RootFile:
    """Read a change of root; raise `input.malformed` when it isn't one. Signatures are not looked at."""
    if len(content) > _MAX_BYTES:
        raise MagliaError(Code.INPUT_TOO_LARGE, field="root file", limit="4 MiB")
    try:
        file = _read(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause=f"root file: {type(error).__name__}") from error
    if set(file.officers.values()) != file.trustees.officers or len(file.officers) != len(file.trustees.officers):
        raise MagliaError(Code.INPUT_MALFORMED, cause="root file: officers other than the root's")
    return file


def _read(document: dict[str, Any]) -> RootFile:
    if document["schema"] != _SCHEMA:
        raise ValueError("another schema")
    previous, draft = document["previous"], document["directory"]
    return RootFile(
        network=check_network_name(document["network"]),
        root=_metadata(document["root"]),
        previous=None if previous is None else _metadata(previous),
        officers={str(user): bytes.fromhex(key) for user, key in document["officers"].items()},
        draft=None if draft is None else _draft(draft),
    )


def _metadata(document: dict[str, Any]) -> bytes:
    content = json.dumps(document).encode()
    read_root(content)
    return content


def _draft(document: dict[str, Any]) -> SignedDraft:
    return SignedDraft(
        signed=base64.b64decode(document["signed"], validate=True),
        files={str(path): base64.b64decode(content, validate=True) for path, content in document["files"].items()},
        signatures={str(key_id): bytes.fromhex(value) for key_id, value in document["signatures"].items()},
    )
