"""Root's three holders with keys of their own, and a registry whose root they signed apart from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maglia.core.identity import SigningKey
from maglia.core.vocabulary import NetworkRole
from registry.config import load_settings
from registry.root import RootChange, RootOffice, open_root_office
from registry.root_file import RootFile, decode_root_file, encode_root_file, sign_file
from registry.setup import Plan, add_person, initialize
from tests.integration.registry_world import NETWORK, OFFICERS, PASSPHRASE, PASSWORD, POLICIES

HOLDERS = [SigningKey(bytes([number]) * 32) for number in (41, 42, 43)]
FOURTH = SigningKey(bytes([44]) * 32)
ELSA = SigningKey(bytes([45]) * 32)
STRANGER = SigningKey(bytes([46]) * 32)
ANNA, IVO = OFFICERS["anna"], OFFICERS["ivo"]


def make_unsigned(folder: Path) -> RootFile:
    """Make a registry that never had a root key; return what its holders have to sign."""
    officers = [(user, key.public.hex()) for user, key in OFFICERS.items()]
    holders = [key.public.hex() for key in HOLDERS]
    carried = initialize(
        folder, Plan(NETWORK, officers, 2, "127.0.0.1:1", "127.0.0.1:2", POLICIES, holders), PASSPHRASE
    )
    assert carried is not None
    return decode_root_file(carried.read_bytes())


def make_template(folder: Path) -> Path:
    """Make a registry whose first root two of three holders signed."""
    publish(folder, signed(make_unsigned(folder), *HOLDERS[:2]))
    for user in OFFICERS:
        add_person(folder, user, user.title(), NetworkRole.ACCREDITATION_OFFICER, PASSWORD)
    return folder


def signed(file: RootFile, *keys: SigningKey) -> RootFile:
    """Carry the file to each holder in turn, as bytes."""
    for key in keys:
        file = decode_root_file(encode_root_file(sign_file(file, key)))
    return file


@contextmanager
def _office(folder: Path) -> Iterator[RootOffice]:
    office = open_root_office(folder, load_settings(folder), PASSPHRASE)
    try:
        yield office
    finally:
        office.database.close()


def prepare(folder: Path, change: RootChange) -> RootFile:
    """Prepare a change as a command beside the serving registry does."""
    with _office(folder) as office:
        return office.prepare(change)


def publish(folder: Path, file: RootFile) -> int:
    """Publish a change as a command beside the serving registry does."""
    with _office(folder) as office:
        return office.publish(file)


def refresh(folder: Path, file: RootFile) -> RootFile:
    """Take the directory as it is now into a file that was carried."""
    with _office(folder) as office:
        return office.refresh(file)
