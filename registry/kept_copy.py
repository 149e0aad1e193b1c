"""What a node (`trust`) or an officer's console (`NAME.trust`) keeps of a network: signed metadata, and what it lists.

It holds nothing secret, and nothing of it is believed for where it lay: signatures are checked anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuf.api.exceptions import LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import Metadata, Root, Targets  # type: ignore[attr-defined]  # public, not re-exported
from tuf.api.serialization import DeserializationError

from maglia.core.directory import decode_suspensions, join_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import SUSPENSIONS_ROLE

_REMEMBERED = "suspended.json"
_ONLINE = ("timestamp", "snapshot")


@dataclass(frozen=True)
class KeptCopy:
    """One copy: roots by version, officers' targets metadata, the files beside it, online metadata by role."""

    targets: bytes
    roots: Mapping[int, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    online: Mapping[str, bytes] = field(default_factory=dict)
    remembered: Mapping[str, int] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Return the version of the targets metadata, not verified."""
        return _read(self.targets).version

    def listed_files(self) -> dict[str, bytes]:
        """Return the files that the targets metadata lists; raise `directory.mixed` when one lacks or is another."""
        wanted = _read(self.targets).targets
        try:
            for path, file in wanted.items():
                file.verify_length_and_hashes(self.files[path])
        except (KeyError, LengthOrHashMismatchError) as error:
            raise MagliaError(Code.DIRECTORY_MIXED, cause=f"{type(error).__name__}: {error}") from error
        return {path: self.files[path] for path in wanted}

    def versions_seen(self, root: bytes) -> dict[str, int]:
        """Return the versions of the online metadata that this root's keys, and the officers' delegation, signed."""
        judges: dict[str, tuple[Root | Targets, str]]
        judges = {role: (Metadata[Root].from_bytes(root).signed, role) for role in _ONLINE}
        judges[SUSPENSIONS_ROLE] = (_read(self.targets), SUSPENSIONS_ROLE)
        seen = {}
        for role, content in self.online.items():
            judge, name = judges[role]
            metadata: Metadata[Any] = Metadata.from_bytes(content)
            try:
                judge.verify_delegate(name, metadata.signed_bytes, metadata.signatures)
            except (RepositoryError, ValueError):
                continue  # of a key that has been changed since: its versions tell nothing
            seen[role] = metadata.signed.version
        return seen


def _read(targets: bytes) -> Targets:
    return Metadata[Targets].from_bytes(targets).signed


def read_copy(folder: Path) -> KeptCopy:
    """Return what is kept in a folder called `trust`; raise `input.file` or `input.file_content`."""
    metadata = folder / "metadata"
    try:
        copy = KeptCopy(
            targets=(metadata / "targets.json").read_bytes(),
            roots=_roots(metadata / "root_history"),
            files={path.name: path.read_bytes() for path in (folder / "targets").iterdir()},
            online={
                role: (metadata / f"{role}.json").read_bytes()
                for role in (*_ONLINE, SUSPENSIONS_ROLE)
                if (metadata / f"{role}.json").is_file()
            },
            remembered=_remembered(folder),
        )
        copy.version  # noqa: B018 - read once, so that what is no metadata is told of here
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=str(folder)) from error
    except (DeserializationError, RepositoryError, ValueError) as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=str(folder), cause=type(error).__name__) from error
    return copy


def _roots(history: Path) -> dict[int, bytes]:
    found = history.glob("*.root.json") if history.is_dir() else ()
    return {int(path.name.partition(".")[0]): path.read_bytes() for path in found}


def _remembered(folder: Path) -> dict[str, int]:
    """Return every suspension that the copy's owner ever verified: its own memory, then the newest list."""
    found: dict[str, int] = {}
    for path in (folder / _REMEMBERED, folder / "targets" / "suspensions.json"):
        if path.is_file():
            found = join_suspensions(found, decode_suspensions(path.read_bytes()))
    return found
