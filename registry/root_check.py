"""Whether a replica's keystore holds what it will be asked to sign with; run on each replica before a publication."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.directory import DIRECTORY_PATH, decode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import delegated_key
from registry.root import RootOffice
from registry.root_file import RootFile
from registry.root_metadata import read_root
from registry.secrets import Online, public_keys


def check_keys(office: RootOffice, file: RootFile | None) -> Mapping[Online, bytes]:
    """Return the public keys that this folder's keystore holds, of those that root and directory name.

    Those of the change in `file`, else those in force. Raises `directory.online_key` when one is lacking.
    """
    named = _in_force(office) | ({} if file is None else _in_file(file))
    held = public_keys(office.folder, office.passphrase)
    if lacking := [online.value for online, key in named.items() if key not in held[online]]:
        raise MagliaError(Code.DIRECTORY_ONLINE_KEY, cause=", ".join(lacking))
    return named


def _in_force(office: RootOffice) -> dict[Online, bytes]:
    publisher = office.publisher()
    named = {Online.SNAPSHOT: read_root(publisher.root)[1].online}
    if (directory := publisher.directory()) is not None:
        named |= {Online.SUSPENSIONS: publisher.suspensions_key, Online.WITNESS: directory.witness_key}
    return named


def _in_file(file: RootFile) -> dict[Online, bytes]:
    named = {Online.SNAPSHOT: file.trustees.online}
    if file.draft is not None:
        named[Online.SUSPENSIONS] = delegated_key(file.draft.signed)
        named[Online.WITNESS] = decode_directory(file.draft.files[DIRECTORY_PATH]).witness_key
    return named
