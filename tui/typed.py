"""What a person types at a terminal, or leaves in the environment for unattended use: passwords, passphrases, codes."""

from __future__ import annotations

import os
import sys

from maglia.cli import spoken
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui.device_key import OTP_VARIABLE
from tui.profile import Profile

PASSWORD_VARIABLE = "MAGLIA_PASSWORD"  # noqa: S105 - the name of a variable, not a secret
PASSPHRASE_VARIABLE = "MAGLIA_PASSPHRASE"  # noqa: S105 - likewise
NEW_PASSWORD_VARIABLE = "MAGLIA_NEW_PASSWORD"  # noqa: S105 - likewise


def environment_password() -> str | None:
    """Return the password given for unattended use, if any."""
    return os.environ.get(PASSWORD_VARIABLE) or None


def ask_secret(prompt: str, variable: str) -> str:
    """Ask for a secret on the terminal; raise `session.unattended`, naming its variable, where nobody can type it."""
    if not sys.stdin.isatty():
        raise MagliaError(Code.SESSION_UNATTENDED, variable=variable)
    from getpass import getpass  # noqa: PLC0415 - only where someone types

    return getpass(prompt)


def key_passphrase() -> str:
    """Return the passphrase of a key kept on this console, from the environment or else from the terminal."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    return given or ask_secret(f"{tr('Frase segreta della chiave', spoken())}: ", PASSPHRASE_VARIABLE)


def new_password(profile: Profile) -> str:
    """Return the password that takes the place of another, from the environment or else from the terminal."""
    given = os.environ.get(NEW_PASSWORD_VARIABLE)
    return given or ask_secret(_of(profile, mark("Nuova password di {user}: ")), NEW_PASSWORD_VARIABLE)


def otp_of(profile: Profile) -> str:
    """Return the telephone's code, from the environment or else from the terminal."""
    given = os.environ.get(OTP_VARIABLE)
    return given or ask_secret(_of(profile, mark("Codice del telefono di {user}: ")), OTP_VARIABLE)


def _of(profile: Profile, question: str) -> str:
    return tr(question, profile.lang).format(user=profile.user)


def ask_line(prompt: str) -> str:
    """Ask for a line on the terminal, the prompt on standard error: what a program reads stays its own."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
