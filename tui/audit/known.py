"""What two officers had signed when logs were read, kept beside the archive: later verification needs no network.

Every version of the directory stays: an entry signed under a key of then is judged by the key of then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maglia.core.directory import Directory, decode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.procedures import Procedure, decode_procedures

PULL = "maglia audit pull"
_PROCEDURES = "procedures.json"
_RULES = "policies.tar.gz"
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


def read_known(folder: Path) -> Known:
    """Return what was kept; raise `storage.missing` when nothing was pulled into this folder yet."""
    found = {
        int(match[1]): path for path in folder.glob("directory-*.json") if (match := _DIRECTORY.fullmatch(path.name))
    }
    if not found:
        raise MagliaError(Code.STORAGE_MISSING, path=folder.name, command=PULL)
    directories = [decode_directory(found[version].read_bytes()) for version in sorted(found)]
    procedures = decode_procedures(_kept(folder, _PROCEDURES), directories[-1].network)
    return Known(directories, procedures)


def _kept(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise MagliaError(Code.STORAGE_MISSING, path=f"{folder.name}/{name}", command=PULL) from error
