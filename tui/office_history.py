"""The office's history as one console verifies it: under keys that officers signed, and never shorter than before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from maglia.core.directory import Directory
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from tui.in_force import read_in_force
from tui.office_client import OfficeDoor
from tui.office_model import History, LogHead, LogKeys, Suspended
from tui.profile import Profile


async def read_history(door: OfficeDoor, profile: Profile, member: str, *, logins: bool = False) -> History:
    """Return what the office's log says of a body (empty: of none), or of refused logins, and keep the log's head.

    Raises what `read_in_force` and `OfficeDoor.history` raise, `storage.unavailable` for a kept head that is none.
    """
    directory = (await read_in_force(door.fetch, profile)).directory
    return await _read_under(directory, door, profile, member, logins=logins)


async def suspensions_of(
    members: Iterable[str], directory: Directory | None, door: OfficeDoor, profile: Profile
) -> dict[str, Suspended]:
    """Return each body's last suspension, none where the log proves none; raise what `read_history` raises."""
    found = {}
    for member in members:
        history = await _read_under(directory, door, profile, member)
        for line in history.lines:
            if line.action == "suspend" and line.proved:
                found[member] = Suspended(line.at, line.detail)
    return found


async def _read_under(
    directory: Directory | None, door: OfficeDoor, profile: Profile, member: str, *, logins: bool = False
) -> History:
    keys = LogKeys(directory.log_key, directory.witness_key) if directory else None
    known = _read(_head_file(profile))
    found = await door.history(member, keys, known, logins=logins)
    if found.size > known.size:
        _write(_head_file(profile), LogHead(found.size, bytes.fromhex(found.root)))
    return found


def _head_file(profile: Profile) -> Path:
    return profile.state.with_suffix(".history.json")


def _read(path: Path) -> LogHead:
    if not path.exists():
        return LogHead()
    try:
        said = json.loads(path.read_bytes())
        return LogHead(int(said["size"]), bytes.fromhex(said["root"]))
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=f"{path.name}: {type(error).__name__}") from error


def _write(path: Path, head: LogHead) -> None:
    write_private(path, json.dumps({"size": head.size, "root": head.root.hex()}).encode() + b"\n")
