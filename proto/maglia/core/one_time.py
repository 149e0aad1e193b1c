"""The second factor: six digits that a telephone shows anew every 30 seconds (RFC 6238, with HMAC-SHA-1).

SHA-1 and six digits, since that is what every application reads from a QR code; what HMAC asks of a hash, SHA-1 still
gives. Six digits are few: whoever asks counts wrong codes, and takes each right one once.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps that a telephone's clock may be behind or ahead."""
_SECRET_BYTES = 20


def fresh_secret() -> bytes:
    """Return 20 random bytes, as RFC 4226 (4, R6) recommends."""
    return secrets.token_bytes(_SECRET_BYTES)


def code_at(secret: bytes, now: float) -> str:
    """Return the six digits of an instant, in seconds since the epoch."""
    return _clockwork(secret).generate(int(now)).decode()


def matching_step(secret: bytes, code: str, now: float) -> int | None:
    """Return the number of the 30 seconds whose code this is, at most one away from now; None when it is of none."""
    found = None
    typed = "".join(code.split()).encode(errors="replace")
    for step in range(int(now) // STEP_S - DRIFT, int(now) // STEP_S + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step * STEP_S).encode(), typed):
            found = step
    return found


def setup_uri(secret: bytes, user: str, member: str) -> str:
    """Return the `otpauth:` address that an application on a telephone reads, and nobody else should.

    What is not said (SHA-1, six digits, 30 seconds) is every application's default: the QR code stays small.
    """
    written = base64.b32encode(secret).decode()
    return f"otpauth://totp/{quote(user)}?secret={written}&issuer={quote(f'Maglia {member}')}"


def _clockwork(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - what the telephones' applications know
