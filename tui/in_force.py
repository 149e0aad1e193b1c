"""What two officers signed last, as an officer's console verifies it by itself: from its own root, with its own memory.

The registry carries these files and can withhold them. It can't change them, nor go back behind what this console has
seen: root and metadata are kept in the console's own folder, beside the directory that it last published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from maglia.core.directory import decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import decode_keys
from maglia.core.network_file import decode_network_file
from maglia.core.procedures import decode_procedures
from maglia.wire.tuf import NotThereError, Trusted, TrustedFiles
from tui.draft_check import InForce
from tui.profile import Profile

_FIRST = "timestamp.json"
_FETCH_S = 30.0
Fetch = Callable[[str, str], Awaitable[bytes]]


async def read_in_force(fetch: Fetch, profile: Profile) -> InForce:
    """Return what is in force, verified; without a directory before the first publication.

    Raises `input.setting` for a profile without a network file, `directory.rollback` for what is older than what this
    console saw or published, `directory.untrusted` or `directory.mixed` for what officers did not sign.
    """
    root = _own_root(profile)
    try:
        await fetch("metadata", _FIRST)
    except NotThereError:
        if (profile.state / "metadata" / _FIRST).exists() or published_file(profile).exists():
            raise MagliaError(Code.DIRECTORY_ROLLBACK, cause="nothing is published any more") from None
        return InForce()
    loop = asyncio.get_running_loop()

    def wait(kind: str, name: str) -> bytes:
        return asyncio.run_coroutine_threadsafe(_fetched(fetch, kind, name), loop).result(_FETCH_S)

    profile.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = TrustedFiles(profile.state, root, wait, heeds_expiry=False)
    found = _read(await asyncio.to_thread(files.refresh), profile.network)
    _check_continues(found, published_file(profile))
    return found


async def _fetched(fetch: Fetch, kind: str, name: str) -> bytes:
    return await fetch(kind, name)


def published_file(profile: Profile) -> Path:
    """Return where this console keeps the directory that it last published."""
    return profile.state.with_suffix(".directory.json")


def _own_root(profile: Profile) -> bytes:
    if profile.network_file is None:
        raise MagliaError(Code.INPUT_SETTING, field="network_file", source="profile")
    try:
        known = decode_network_file(profile.network_file.read_bytes())
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=profile.network_file.name) from error
    if known.network != profile.network:
        raise MagliaError(Code.INPUT_SETTING, field="network_file", source="profile", cause="another network's")
    return known.root


def _read(trusted: Trusted, network: str) -> InForce:
    directory, keys = decode_directory(trusted.directory), decode_keys(trusted.keys)
    if {directory.network, keys.network} != {network} or directory.version != trusted.targets_version:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="files of another network or of another version")
    return InForce(
        version=trusted.targets_version,
        directory=directory,
        keys=keys,
        bundle=trusted.bundle,
        procedures=decode_procedures(trusted.procedures, network),
        suspensions=decode_suspensions(trusted.suspensions),
        suspensions_key=trusted.suspensions_key,
        content=trusted.directory,
    )


def _check_continues(found: InForce, kept: Path) -> None:
    """A registry restored from an older backup could else have a revoked body signed in again."""
    if not kept.exists():
        return
    before = kept.read_bytes()
    published = decode_directory(before).version
    if found.version < published or (found.version == published and found.content != before):
        raise MagliaError(Code.DIRECTORY_ROLLBACK, cause=f"version {found.version}, published {published}")
