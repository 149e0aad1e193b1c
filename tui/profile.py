"""A profile: which node or registry the console talks to, and as whom. TOML without secrets.

Keys: `endpoint` (host:port), `server_name` (dNSName of the server's certificate), `ca_file` (that certificate, PEM),
`member`, `user`, `lang`; for an officer also `officer_key`, the file of the officer's encrypted key. Files are found
relative to the profile's folder. Unknown keys are refused.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError

PROFILE_VARIABLE = "MAGLIA_PROFILE"
_REQUIRED = ("endpoint", "server_name", "ca_file", "user")
_OPTIONAL = ("member", "lang", "officer_key")
_SUFFIX = ".maglia.internal"
LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class Profile:
    """One counter's settings; `party` and `network` are who the server must prove to be."""

    endpoint: str
    party: str
    network: str
    ca_file: Path
    user: str
    member: str = ""
    lang: str = "it"
    officer_key: Path | None = None


def find_profile(option: Path | None) -> Path:
    """Return the profile's path from the option, else from `MAGLIA_PROFILE`; raise `input.setting`."""
    if option is not None:
        return option
    if named := os.environ.get(PROFILE_VARIABLE):
        return Path(named)
    raise MagliaError(Code.INPUT_SETTING, field="profile", source=f"--profile, {PROFILE_VARIABLE}")


def load_profile(path: Path, lang: str | None = None) -> Profile:
    """Read a profile, `lang` winning over the file's; raise `input.file` or `input.setting` with the key's name."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    texts = _texts(values, path.name)
    party, network = _server(texts["server_name"], path.name)
    officer_key = texts.get("officer_key")
    return Profile(
        endpoint=texts["endpoint"],
        party=party,
        network=network,
        ca_file=path.parent / texts["ca_file"],
        user=texts["user"],
        member=texts.get("member", ""),
        lang=check_lang(lang or texts.get("lang", "it"), path.name),
        officer_key=path.parent / officer_key if officer_key else None,
    )


def check_lang(lang: str, source: str) -> str:
    """Return `lang` when the console speaks it; raise `input.setting`."""
    if lang not in LANGUAGES:
        raise MagliaError(Code.INPUT_SETTING, field="lang", source=source)
    return lang


def _texts(values: dict[str, Any], source: str) -> dict[str, str]:
    for key, value in values.items():
        if key not in (*_REQUIRED, *_OPTIONAL) or not isinstance(value, str):
            raise MagliaError(Code.INPUT_SETTING, field=key, source=source)
    for key in _REQUIRED:
        if not values.get(key):
            raise MagliaError(Code.INPUT_SETTING, field=key, source=source)
    return values


def _server(name: str, source: str) -> tuple[str, str]:
    """Party and network of `PARTY.NETWORK.maglia.internal`."""
    parts = name.removesuffix(_SUFFIX).split(".")
    if not name.endswith(_SUFFIX) or len(parts) != 2 or not all(parts):
        raise MagliaError(Code.INPUT_SETTING, field="server_name", source=source)
    return parts[0], parts[1]
