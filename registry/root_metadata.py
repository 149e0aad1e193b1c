"""Root metadata: who may sign what. Made here, signed by its holders' offline keys, checked before it is published."""

from __future__ import annotations

from dataclasses import dataclass

# Public names of both libraries, which they re-export without saying so to type checkers.
from securesystemslib.signer import Key  # type: ignore[attr-defined]
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root  # type: ignore[attr-defined]
from tuf.api.serialization import DeserializationError

from maglia.core.errors import Code, MagliaError
from registry.metadata import after, public_key

ROOT_S = 5 * 365 * 86400
"""Lifetime in seconds."""

LEAST_SIGNATURES = 2


@dataclass(frozen=True)
class Trustees:
    """Who may sign what. Keys are Ed25519 public keys, 32 bytes; `online` signs snapshot and timestamp."""

    root: frozenset[bytes]
    root_threshold: int
    officers: frozenset[bytes]
    officer_threshold: int
    online: bytes

    def check(self) -> None:
        """Raise `input.field` unless two people at least must agree on everything, and each role has keys of its own.

        A threshold of all keys is refused for root: one key lost would end the network.
        """
        for field, keys, threshold in (
            ("root-threshold", self.root, self.root_threshold),
            ("officer-threshold", self.officers, self.officer_threshold),
        ):
            if not LEAST_SIGNATURES <= threshold <= len(keys):
                raise MagliaError(Code.INPUT_FIELD, field=field, cause="two signatures at least, no more than keys")
        if self.root & self.officers or self.online in self.root | self.officers:
            raise MagliaError(Code.INPUT_FIELD, field="key", cause="one key for two roles")


def make_root(version: int, trustees: Trustees, now: float) -> bytes:
    """Return root metadata without signatures; `now` in seconds since the epoch."""
    root = Root(version=version, expires=after(now, ROOT_S), consistent_snapshot=True)
    for key in sorted(trustees.root):
        root.add_key(public_key(key), "root")
    for key in sorted(trustees.officers):
        root.add_key(public_key(key), "targets")
    for role in ("snapshot", "timestamp"):
        root.add_key(public_key(trustees.online), role)
    root.roles["root"].threshold = trustees.root_threshold
    root.roles["targets"].threshold = trustees.officer_threshold
    return Metadata(root).to_bytes()


def read_root(content: bytes) -> tuple[int, Trustees]:
    """Return version and trustees of root metadata, whose signatures are not looked at; raise `input.malformed`.

    Strict: what `make_root` would not have made the same way is refused, so that whoever signs has seen all of it.
    """
    try:
        root = Metadata[Root].from_bytes(content).signed
        online = _publics(root, "snapshot")
        trustees = Trustees(
            root=_publics(root, "root"),
            root_threshold=root.roles["root"].threshold,
            officers=_publics(root, "targets"),
            officer_threshold=root.roles["targets"].threshold,
            online=next(iter(online)),
        )
        again = make_root(root.version, trustees, root.expires.timestamp() - ROOT_S)
        same = Metadata[Root].from_bytes(again).signed == root
    except (DeserializationError, RepositoryError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause=f"root: {type(error).__name__}") from error
    if not same:
        raise MagliaError(Code.INPUT_MALFORMED, cause="root: more than this program says")
    return root.version, trustees


def _publics(root: Root, role: str) -> frozenset[bytes]:
    return frozenset(_public(root.keys[key_id]) for key_id in root.roles[role].keyids)


def _public(key: Key) -> bytes:
    return bytes.fromhex(key.keyval["public"])


def signers_of(content: bytes, judge: bytes) -> frozenset[bytes]:
    """Return the public keys of the root `judge` that have validly signed this root."""
    metadata = Metadata[Root].from_bytes(content)
    judging = Metadata[Root].from_bytes(judge).signed
    signed = judging.get_verification_result(Root.type, metadata.signed_bytes, metadata.signatures).signed
    return frozenset(_public(key) for key in signed.values())


def check_successor(content: bytes, previous: bytes | None) -> Trustees:
    """Return the trustees of a root that may follow `previous` (None: that may be the first).

    Raises `directory.root_version` unless it is the very next, `directory.root_signatures` unless enough keys of the
    previous root and enough of its own have signed (The Update Framework 1.0, 5.3.4).
    """
    version, trustees = read_root(content)
    trustees.check()
    judges = {"new": content} if previous is None else {"old": previous, "new": content}
    expected = 1 if previous is None else read_root(previous)[0] + 1
    if version != expected:
        raise MagliaError(Code.DIRECTORY_ROOT_VERSION, version=version, expected=expected)
    for whose, judge in judges.items():
        signed, threshold = len(signers_of(content, judge)), read_root(judge)[1].root_threshold
        if signed < threshold:
            raise MagliaError(Code.DIRECTORY_ROOT_SIGNATURES, signed=signed, threshold=threshold, whose=f"{whose} root")
    return trustees
