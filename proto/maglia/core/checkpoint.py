"""Checkpoints of a log and a witness's cosignatures, as signed notes other transparency tools read.

Formats: C2SP signed-note v1 (Ed25519, signature type 0x01), tlog-checkpoint v1, tlog-cosignature v1 (Ed25519, type
0x04). A log signs under its origin: key name and origin line are the same text, `maglia/NETWORK/MEMBER`.
Everything refused here raises `MagliaError` with code `log.checkpoint`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import HASH_SIZE

MAX_NOTE_SIZE = 128 * 1024
"""Bytes; room for the 16 signatures of any type that signed-note v1 wants accepted."""

_ED25519 = 0x01
_COSIGNATURE = 0x04
_KEY_ID_SIZE = 4
_SIGNATURE_SIZE = 64
_TIMESTAMP_SIZE = 8
_MAX_INTEGER = (1 << 63) - 1
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Checkpoint:
    """A log's identity, its number of entries and its RFC 6962 root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """Return the note text that is signed (tlog-checkpoint v1), with its final newline."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n".encode()


class NoteKey(NamedTuple):
    """Whose signature to look for in a note."""

    name: str
    public_key: Ed25519PublicKey


class _Note(NamedTuple):
    body: bytes
    signatures: list[tuple[str, bytes]]


def key_id(name: str, kind: int, public_key: Ed25519PublicKey) -> bytes:
    """Return the 4 bytes that name a key in a signature line (signed-note v1); kind is 0x01 or 0x04."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key.public_bytes_raw()).digest()[:_KEY_ID_SIZE]


def sign_checkpoint(checkpoint: Checkpoint, name: str, private_key: Ed25519PrivateKey) -> bytes:
    """Return the note: the checkpoint's text, an empty line, and the log's signature line."""
    signed = private_key.sign(checkpoint.body())
    line = _line(name, key_id(name, _ED25519, private_key.public_key()) + signed)
    return checkpoint.body() + b"\n" + line


def open_checkpoint(note: bytes, name: str, public_key: Ed25519PublicKey) -> Checkpoint:
    """Return the checkpoint `name` signed as its own log's head; signatures by unknown keys are ignored."""
    parsed = _parse(note)
    for signature in _signatures_by(parsed, key_id(name, _ED25519, public_key), name):
        _verify(public_key, signature, parsed.body)
    checkpoint = _parse_body(parsed.body)
    if checkpoint.origin != name:
        raise _refused("signed for another origin")
    return checkpoint


def cosign(note: bytes, name: str, private_key: Ed25519PrivateKey, timestamp: int) -> bytes:
    """Return a witness's signature line for the note; `timestamp` is in seconds since the epoch.

    The caller has verified the note and that its tree continues the last one seen: a cosignature says just that.
    """
    if not 0 <= timestamp <= _MAX_INTEGER:
        raise _refused("timestamp out of range")
    body = _parse(note).body
    _parse_body(body)
    signed = private_key.sign(_cosigned_text(body, timestamp))
    identity = key_id(name, _COSIGNATURE, private_key.public_key())
    return _line(name, identity + timestamp.to_bytes(_TIMESTAMP_SIZE, "big") + signed)


def verify_cosignature(note: bytes, name: str, public_key: Ed25519PublicKey) -> int:
    """Return when (seconds since the epoch) the witness cosigned the note; the newest time of several."""
    parsed = _parse(note)
    times = []
    for signature in _signatures_by(parsed, key_id(name, _COSIGNATURE, public_key), name):
        timestamp = int.from_bytes(signature[:_TIMESTAMP_SIZE], "big")
        if timestamp > _MAX_INTEGER:
            raise _refused("timestamp out of range")
        _verify(public_key, signature[_TIMESTAMP_SIZE:], _cosigned_text(parsed.body, timestamp))
        times.append(timestamp)
    return max(times)


def add_signature(note: bytes, line: bytes) -> bytes:
    """Return the note with a signature line more; a line by the same key is replaced."""
    parsed = _parse(note)
    ((name, blob),) = _parse(parsed.body + b"\n" + line).signatures
    kept = [one for one in parsed.signatures if (one[0], one[1][:_KEY_ID_SIZE]) != (name, blob[:_KEY_ID_SIZE])]
    return parsed.body + b"\n" + b"".join(_line(*one) for one in [*kept, (name, blob)])


def _cosigned_text(body: bytes, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n".encode() + body


def _line(name: str, blob: bytes) -> bytes:
    line = f"— {name} {_encode(blob)}"
    if not _SIGNATURE_LINE.fullmatch(line):
        raise _refused("key name has a space or a plus")
    return line.encode() + b"\n"


def _signatures_by(note: _Note, identity: bytes, name: str) -> list[bytes]:
    """Return what the key `name` with id `identity` signed, at least one; the key id is cut off."""
    found = [blob[_KEY_ID_SIZE:] for who, blob in note.signatures if who == name and blob[:_KEY_ID_SIZE] == identity]
    if not found:
        raise _refused("not signed by the key expected")
    return found


def _verify(public_key: Ed25519PublicKey, signature: bytes, text: bytes) -> None:
    if len(signature) != _SIGNATURE_SIZE:
        raise _refused("signature of a wrong length")
    try:
        public_key.verify(signature, text)
    except InvalidSignature:
        raise _refused("signature does not verify") from None


def _parse(note: bytes) -> _Note:
    """Divide a note at its last empty line (signed-note v1, Format)."""
    if len(note) > MAX_NOTE_SIZE:
        raise _refused("note too large")
    try:
        text = note.decode()
    except UnicodeDecodeError:
        raise _refused("note is not UTF-8") from None
    body, gap, signatures = text.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or _CONTROL.search(text):
        raise _refused("note is malformed")
    return _Note(body.encode() + b"\n", [_parse_line(line) for line in signatures[:-1].split("\n")])


def _parse_line(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise _refused("signature line is malformed")
    blob = _decode(match[2])
    if len(blob) <= _KEY_ID_SIZE:
        raise _refused("signature line is malformed")
    return match[1], blob


def _parse_body(body: bytes) -> Checkpoint:
    """Read origin, size and root; extension lines are refused, as no one can audit them (tlog-checkpoint v1)."""
    lines = body.decode().split("\n")
    if len(lines) != 4 or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise _refused("checkpoint text is malformed")
    size, root = int(lines[1]), _decode(lines[2])
    if size > _MAX_INTEGER or len(root) != HASH_SIZE:
        raise _refused("checkpoint text is malformed")
    return Checkpoint(lines[0], size, root)


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("base64 is malformed") from None
    if _encode(value) != text:
        raise _refused("base64 is not canonical")
    return value


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.LOG_CHECKPOINT, cause=cause)
