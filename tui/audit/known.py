"""What two officers had signed when logs were read, kept beside the archive: later verification needs no network.

Every version of the directory stays: an entry signed under a key of then is judged by the key of then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maglia.core.bundle import bundle_revision, open_bundle
from maglia.core.directory import Directory, decode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.keystore import write_private
from maglia.core.procedures import Procedure, decode_procedures
from tui.audit.damage import damaged
from tui.text import plain

PULL = "maglia audit pull"
_PROCEDURES = "procedures.json"
_RULES = "policies.tar.gz"
_SIGNALS = "maglia/signals/data.json"
_DIRECTORY = re.compile(r"directory-([0-9]+)\.json")


@dataclass(frozen=True)
class Known:
    """The network as it was signed: its directories, the newest last, and its procedures by id."""

    directories: Sequence[Directory]
    procedures: Mapping[str, Procedure]

    @property
    def directory(self) -> Directory:
        """Return the newest directory; who is suspended is not taken out of it."""
        return self.directories[-1]

    def check_log(self, member: str) -> None:
        """Raise `input.log_unknown` unless the body, or the registry, was ever in the network."""
        if member != REGISTRY_ID and not any(member in directory.members for directory in self.directories):
            raise MagliaError(Code.INPUT_LOG_UNKNOWN, value=plain(member, 40))

    def identity_keys(self) -> Mapping[str, Sequence[bytes]]:
        """Return each member's identity keys, of today and of before (Ed25519, 32 bytes)."""
        keys: dict[str, list[bytes]] = {}
        for directory in reversed(self.directories):
            for member in directory.members.values():
                known = keys.setdefault(member.id, [])
                if member.identity_key not in known:
                    known.append(member.identity_key)
        return keys


def keep_known(folder: Path, directory: bytes, procedures: bytes, bundle: bytes) -> None:
    """Keep verified files as they were signed; the directory last, so that where it is the others are."""
    version = decode_directory(directory).version
    write_private(folder / _PROCEDURES, procedures)
    write_private(folder / _RULES, bundle)
    write_private(folder / f"directory-{version}.json", directory)


def read_bundle(folder: Path) -> bytes:
    """Return the rules that were in force at the last pull; raise `storage.missing` when nothing was pulled yet."""
    return _kept(folder, _RULES)


def signal_titles(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Return what the rules at the last pull call each signal, by language; nothing of rules without."""
    try:
        bundle = read_bundle(folder)
        data = json.loads(open_bundle(bundle, bundle_revision(bundle))[_SIGNALS])
        return {str(code): {lang: str(rule[lang]) for lang in ("it", "en")} for code, rule in data["rules"].items()}
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, MagliaError):
        return {}


def read_known(folder: Path) -> Known:
    """Return what was kept; raise `storage.missing` when nothing was pulled into this folder yet.

    Raises the same, with its name, when a file is gone, and `storage.copy` when one is no longer what officers signed.
    """
    found = {
        int(match[1]): path for path in folder.glob("directory-*.json") if (match := _DIRECTORY.fullmatch(path.name))
    }
    if not found:
        raise MagliaError(Code.STORAGE_MISSING, path=folder.name, command=PULL)
    procedures = _kept(folder, _PROCEDURES)
    try:
        directories = [decode_directory(found[version].read_bytes()) for version in sorted(found)]
        return Known(directories, decode_procedures(procedures, directories[-1].network))
    except (ValueError, MagliaError) as error:
        raise damaged(folder, error) from error


def check_kept(folder: Path, name: str) -> None:
    """Raise `storage.missing` for a file that a pull leaves and that is gone."""
    if not (folder / name).exists():
        raise MagliaError(Code.STORAGE_MISSING, path=f"{folder.name}/{name}", command=PULL)


def _kept(folder: Path, name: str) -> bytes:
    check_kept(folder, name)
    return (folder / name).read_bytes()
