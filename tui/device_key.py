"""The key of an enrolled console: one file beside the profile, encrypted under the operator's password."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey

OTP_VARIABLE = "MAGLIA_OTP"
_ENTRY = "device"


def save_device_key(path: Path, key: SigningKey, password: str) -> None:
    """Write a key, in place of one that was there."""
    from maglia.core.keystore import save_keystore  # noqa: PLC0415 - loads cryptography

    save_keystore(path, {_ENTRY: key.seed}, password)


def open_device_key(path: Path, password: str) -> SigningKey:
    """Return the key of a file; raise `session.device_password` for another password or a damaged file."""
    from maglia.core.identity import SigningKey  # noqa: PLC0415 - loads cryptography
    from maglia.core.keystore import load_keystore  # noqa: PLC0415 - likewise

    try:
        return SigningKey(load_keystore(path, password)[_ENTRY])
    except (MagliaError, KeyError) as error:
        raise MagliaError(Code.SESSION_DEVICE_PASSWORD) from error


def no_otp() -> str:
    """Return the telephone's code from the environment; raise `session.unattended`, for where nobody can be asked."""
    if given := os.environ.get(OTP_VARIABLE):
        return given
    raise MagliaError(Code.SESSION_UNATTENDED, variable=OTP_VARIABLE)
