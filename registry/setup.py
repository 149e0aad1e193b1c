"""What is done once, on the registry's machine: its folder, its keys, its people, the network file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_network_name
from maglia.core.network_file import NetworkFile
from maglia.core.officer import officer_key_id
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import NetworkRole
from registry.config import Settings, check_address, load_settings, write_settings
from registry.directory import ROOT_FILE
from registry.metadata import make_root
from registry.ports import Person
from registry.secrets import KEYSTORE_FILE, OFFLINE_FOLDER, load_secrets, make_root_keys, make_secrets
from registry.store.database import DATABASE_FILE, Database
from registry.store.files import SqlFiles
from registry.store.members import SqlMembers

MIN_THRESHOLD = 2
ROOT_KEYS = 2


@dataclass(frozen=True)
class Plan:
    """What `init` was asked for; `officers` are pairs of user and Ed25519 public key in hex."""

    network: str
    officers: Sequence[tuple[str, str]]
    threshold: int
    peer: str
    front: str
    policies: Path | None


def initialize(folder: Path, plan: Plan, passphrase: str) -> None:
    """Make the registry's folder: settings, database, keystore, offline root keys, first root metadata.

    Raises `storage.exists` when there is a registry already, `input.field` for what was asked wrongly.
    """
    officers = _check_plan(plan)
    if any((folder / made).exists() for made in (DATABASE_FILE, KEYSTORE_FILE, OFFLINE_FOLDER)):
        raise MagliaError(Code.STORAGE_EXISTS, path=str(folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = time.time()
    write_settings(folder, plan.network, plan.peer, plan.front, plan.policies)
    build_bundle(load_settings(folder).policies)
    secrets = make_secrets(folder, plan.network, passphrase, now)
    root_keys = make_root_keys(folder, ROOT_KEYS, passphrase)
    publics = [person.public_key for person in officers]
    root = make_root(root_keys, publics, plan.threshold, secrets.online.snapshot.public, now)
    database = Database.create(folder)
    try:
        _fill(database, root, officers)
    finally:
        database.close()


def _check_plan(plan: Plan) -> list[Person]:
    check_network_name(plan.network)
    check_address(plan.peer, "peer")
    check_address(plan.front, "front")
    officers = [_officer(user, public) for user, public in plan.officers]
    different = {person.user for person in officers}, {person.public_key for person in officers}
    if any(len(names) != len(officers) for names in different):
        raise MagliaError(Code.INPUT_FIELD, field="officer", cause="the same officer twice")
    if not MIN_THRESHOLD <= plan.threshold <= len(officers):
        raise MagliaError(Code.INPUT_FIELD, field="threshold", cause="two officers at least")
    return officers


def _officer(user: str, public: str) -> Person:
    try:
        key = bytes.fromhex(public)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="officer") from error
    officer_key_id(key)
    return Person(check_user(user), user, NetworkRole.ACCREDITATION_OFFICER, key)


def check_user(user: str) -> str:
    """Return `user` if it may name someone of the office; raise `input.field`."""
    if not 0 < len(user) <= 40 or not user.isascii() or not user.replace("-", "").replace(".", "").isalnum():
        raise MagliaError(Code.INPUT_FIELD, field="user")
    return user


def _fill(database: Database, root: bytes, officers: Sequence[Person]) -> None:
    files, members = SqlFiles(database), SqlMembers(database)
    with database.transaction():
        files.save_metadata(ROOT_FILE, root)
        files.set_version("root", 1)
        for person in officers:
            members.save_person(person, None)


def add_person(folder: Path, user: str, name: str, role: NetworkRole, password: str) -> None:
    """Set name and password of an officer named at `init`, or add an auditor; raise `input.field`."""
    if not 0 < len(name.strip()) <= 100 or not name.isprintable():
        raise MagliaError(Code.INPUT_FIELD, field="name")
    hashed = hash_password(password)
    database = Database.open(folder)
    try:
        members = SqlMembers(database)
        found = members.person(check_user(user))
        if (found is None) is (role is NetworkRole.ACCREDITATION_OFFICER) or (found and found[0].role is not role):
            raise MagliaError(Code.INPUT_FIELD, field="user", cause=f"not a {role}")
        members.save_person(Person(user, name.strip(), role, found[0].public_key if found else b""), hashed)
    finally:
        database.close()


def network_file(folder: Path, settings: Settings, passphrase: str) -> NetworkFile:
    """Return what newcomers start from."""
    secrets = load_secrets(folder, passphrase)
    database = Database.open(folder)
    try:
        root = SqlFiles(database).metadata(ROOT_FILE)
    finally:
        database.close()
    if root is None:
        raise MagliaError(Code.STORAGE_MISSING, path=ROOT_FILE, command="maglia-registry init")
    return NetworkFile(
        network=settings.network,
        root=root,
        registry_peer=settings.peer,
        registry_front=settings.front,
        peer_certificate=secrets.peer.certificate,
        front_certificate=secrets.front.certificate,
    )
