"""A console that is let in from anywhere: what invites it, what it signs, and to whom (docs/protocol/device.md).

A signature is bound to the network, the body and the very certificate that the console pinned, so that what one server
was shown is worth nothing at another; and to a challenge of the node's, so that it is worth nothing twice.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import may_hold_code

CHALLENGE_BYTES = 32
MAX_NAME = 60
_LOGIN = b"maglia/1\0device login\0"
_ENROLMENT = b"maglia/1\0device enrolment\0"
_CODE = b"maglia/1\0device invite\0"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 letters and digits, without those that a voice or an eye confuses."""
_LETTERS = 20
_GROUP = 5


@dataclass(frozen=True)
class Server:
    """Whom a console means to speak with: `certificate` is the one it pinned, DER."""

    network: str
    member: str
    certificate: bytes


def login_bytes(server: Server, user: str, device: str, challenge: bytes) -> bytes:
    """Return what a device signs to log its operator in."""
    return _LOGIN + _parts(*_of(server), user.encode(), device.encode(), challenge)


def enrolment_bytes(server: Server, user: str, code: str, public_key: bytes, challenge: bytes) -> bytes:
    """Return what a fresh key of 32 bytes signs to be enrolled with an invite's code."""
    return _ENROLMENT + _parts(*_of(server), user.encode(), code_digest(code), public_key, challenge)


def fresh_code() -> str:
    """Return the code of an invite: four groups of five, 100 random bits."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def read_code(text: str) -> str:
    """Return a code as it was made, however it was typed; raise `session.invite` for what can be none."""
    letters = re.sub(r"[\s-]", "", text).upper()
    if len(letters) != _LETTERS or not set(letters) <= set(_ALPHABET):
        raise MagliaError(Code.SESSION_INVITE)
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def code_digest(code: str) -> bytes:
    """Return the 32 bytes by which a node knows a code that it keeps nowhere. Raises as `read_code`."""
    return hashlib.sha256(_CODE + read_code(code).encode()).digest()


def check_device_name(name: str) -> str:
    """Return what a device is called, at most 60 printable characters; raise `input.field`, `input.code_inside`."""
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise MagliaError(Code.INPUT_FIELD, field="name")
    if may_hold_code(name):
        raise MagliaError(Code.INPUT_CODE_INSIDE, field="name")
    return name


def _of(server: Server) -> tuple[bytes, bytes, bytes]:
    return server.network.encode(), server.member.encode(), hashlib.sha256(server.certificate).digest()


def _parts(*parts: bytes) -> bytes:
    """Each part after its length in four bytes, so that no two lists of parts read the same."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
