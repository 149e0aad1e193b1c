"""A profile: which node or registry the console talks to, and as whom. TOML without secrets.

Keys: `endpoint` (host:port), `server_name` (dNSName of the server's certificate), `ca_file` (that certificate, PEM),
`member`, `user`, `lang`; for an officer also `officer_key`, for an auditor or the network's data-protection
officer `official_key`, the file of their own encrypted key, and `network_file`, the office's network file, from whose
root such a console verifies everything; for a body also
`dpo`, how its data-protection officer is reached, and `notices`, the folder of its own privacy notices. Files are found
relative to the profile's folder. Unknown keys are refused. `MAGLIA_ENDPOINT`, `MAGLIA_LANG` and so on win over the
file; a file that they name is found relative to the folder one stands in.
"""

from __future__ import annotations

import os
import re
import ssl
import tomllib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import languages
from tui.settings import ConsoleSettings, load_settings

PROFILE_VARIABLE = "MAGLIA_PROFILE"
LANG_VARIABLE = "MAGLIA_LANG"
_REQUIRED = ("endpoint", "server_name", "ca_file", "user")
_OPTIONAL = ("member", "lang", "officer_key", "official_key", "network_file", "dpo", "notices")
VARIABLES = (LANG_VARIABLE, *(f"MAGLIA_{key.upper()}" for key in (*_REQUIRED, *_OPTIONAL)))
"""What of the environment a profile is told by."""
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SERVER = re.compile(rf"(?P<party>{_LABEL})\.(?P<network>{_LABEL})\.maglia\.internal")
_REGISTRY = "registry"
"""As `maglia.core.identity.REGISTRY_ID`, whose module loads cryptography."""


@dataclass(frozen=True)
class Profile:
    """One counter's settings; `party` and `network` are who the server must prove to be.

    `state` is where an office's console keeps what it verified: beside the officer's key, else beside the profile.
    `device_key` is where an enrolled console keeps its key, if it is one.
    `offline` is where a counter keeps what it takes while its node is out of reach: for each operator of each body its
    own file, beside the profile. Its name says neither who they are nor whom they helped. `drafts` is
    where screens keep what was written and not yet sent. `settings` are what is set of this console, kept in
    `settings_file`. `path` is the file as it was named, None for one that was made and not read.
    """

    endpoint: str
    party: str
    network: str
    ca_file: Path
    user: str
    member: str = ""
    lang: str = "it"
    officer_key: Path | None = None
    official_key: Path | None = None
    network_file: Path | None = None
    dpo: str = ""
    notices: Path | None = None
    state: Path = Path("maglia.trust")
    device_key: Path = Path("maglia.device")
    offline: Path = Path("maglia.offline")
    drafts: Path = Path("maglia.drafts")
    settings: ConsoleSettings = field(default_factory=ConsoleSettings)
    settings_file: Path = Path("maglia.settings")
    path: Path | None = None

    @property
    def is_of_the_office(self) -> bool:
        """Return whether it leads to the accreditation registry, instead of a body's node."""
        return self.party == _REGISTRY

    def check_is_of(self, *, the_office: bool) -> None:
        """Raise `input.profile` for a body's profile where an office's is needed, or the other way about."""
        if self.is_of_the_office is not the_office:
            raise MagliaError(Code.INPUT_PROFILE_OFFICE if the_office else Code.INPUT_PROFILE_NODE, member=self.party)


def find_profile(option: Path | None) -> Path:
    """Return the profile's path from the option, else from `MAGLIA_PROFILE`; raise `input.setting`."""
    if option is not None:
        return option
    if named := os.environ.get(PROFILE_VARIABLE):
        return Path(named)
    raise MagliaError(Code.INPUT_SETTING, field="profile", source=f"--profile, {PROFILE_VARIABLE}")


def load_profile(path: Path, lang: str | None = None) -> Profile:
    """Read a profile; raise `input.file`, or `input.setting` with the name and the source of the value.

    `lang` wins over the environment, which wins over the console's settings, which win over the file.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    settings = _settings(values, path)
    party, network = _server(settings["server_name"])
    user, member, dpo = settings["user"].text, settings.get("member"), settings.get("dpo")
    settings_file = path.with_suffix(".settings")
    own = load_settings(settings_file)
    officer_key, network_file = _file(settings.get("officer_key")), _file(settings.get("network_file"))
    return Profile(
        endpoint=_endpoint(settings["endpoint"]),
        party=party,
        network=network,
        ca_file=_certificate(settings["ca_file"]),
        user=user,
        member=member.text if member else "",
        lang=_lang(lang, settings.get("lang"), own),
        officer_key=officer_key,
        official_key=_file(settings.get("official_key")),
        network_file=network_file,
        dpo=dpo.text if dpo else "",
        notices=_file(settings.get("notices")),
        state=(officer_key or path).with_suffix(".trust"),
        device_key=path.with_suffix(".device"),
        offline=path.with_suffix(f".{_whose(network, party, user)}.offline"),
        drafts=path.with_suffix(f".{_whose(network, party, user)}.drafts"),
        settings=own,
        settings_file=settings_file,
        path=path,
    )


def _whose(*names: str) -> str:
    """Eight characters that tell operators apart, without their names."""
    return sha256("\0".join(names).encode()).hexdigest()[:8]


def _file(setting: _Setting | None) -> Path | None:
    return setting.file if setting else None


def _lang(option: str | None, setting: _Setting | None, own: ConsoleSettings) -> str:
    if option:
        return check_lang(option, "--lang")
    if own.language and (setting is None or setting.source != LANG_VARIABLE):
        return own.language
    return check_lang(setting.text, setting.source) if setting else "it"


def known_lang(option: str | None) -> str:
    """Return the language for what is said before a profile is read: the option's, the environment's, Italian."""
    return next((lang for lang in (option, os.environ.get(LANG_VARIABLE)) if lang in languages()), "it")


def check_lang(lang: str, source: str) -> str:
    """Return `lang` when the console speaks it; raise `input.setting_value`."""
    if lang not in languages():
        raise MagliaError(Code.INPUT_SETTING_VALUE, field="lang", source=source, allowed=", ".join(languages()))
    return lang


@dataclass(frozen=True)
class _Setting:
    """One value, where it was read, and the folder from which it names a file."""

    key: str
    text: str
    source: str
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / self.text

    def refused(self, cause: object = "") -> MagliaError:
        return MagliaError(Code.INPUT_SETTING, field=self.key, source=self.source, cause=str(cause))


def _settings(values: dict[str, Any], path: Path) -> dict[str, _Setting]:
    for key, value in values.items():
        if key not in (*_REQUIRED, *_OPTIONAL) or not isinstance(value, str):
            raise MagliaError(Code.INPUT_SETTING, field=key, source=path.name)
    found = {key: _Setting(key, text, path.name, path.parent) for key, text in values.items()}
    for key in (*_REQUIRED, *_OPTIONAL):
        variable = f"MAGLIA_{key.upper()}"
        if given := os.environ.get(variable):
            found[key] = _Setting(key, given, variable, Path())
    for key in _REQUIRED:
        if key not in found or not found[key].text:
            raise MagliaError(Code.INPUT_SETTING, field=key, source=path.name)
    return found


def _endpoint(setting: _Setting) -> str:
    try:
        split_endpoint(setting.text)
    except ValueError as error:
        raise setting.refused(error) from error
    return setting.text


def _certificate(setting: _Setting) -> Path:
    """The file, when it holds a certificate: gRPC would call another one an unreachable network."""
    try:
        pem = setting.file.read_text("ascii")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except OSError as error:  # an SSLError is one
        if isinstance(error, ssl.SSLError):
            raise setting.refused(error) from error
        raise MagliaError(Code.INPUT_FILE, file=setting.file.name) from error
    except ValueError as error:
        raise setting.refused(error) from error
    return setting.file


def _server(setting: _Setting) -> tuple[str, str]:
    """Party and network of `PARTY.NETWORK.maglia.internal`."""
    found = _SERVER.fullmatch(setting.text)
    if found is None:
        raise setting.refused()
    return found["party"], found["network"]
