"""What is done once, on the registry's machine: its folder, its keys, its people, the network file."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, check_network_name
from maglia.core.keystore import check_new_passphrase
from maglia.core.network_file import NetworkFile
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import NetworkRole
from registry.config import Settings, check_address, load_settings, write_settings
from registry.directory import root_file
from registry.ports import Person
from registry.root import RootOffice, check_user, first_root, public_key
from registry.root_file import RootFile, encode_root_file, make_root_key, sign_file
from registry.root_metadata import Trustees
from registry.secrets import KEYSTORE_FILE, load_secrets, make_secrets
from registry.store.database import DATABASE_FILE, Database
from registry.store.files import SqlFiles
from registry.store.members import SqlMembers

ROOT_KEYS = 3
ROOT_THRESHOLD = 2
OFFLINE_FOLDER = "offline"
FIRST_ROOT_FILE = "root-1.json"


@dataclass(frozen=True)
class Plan:
    """What `init` was asked for; `officers` are pairs of user and Ed25519 public key in hex.

    `root_keys` are the public keys of root's holders, in hex; without any, their keys are made in the folder.
    """

    network: str
    officers: Sequence[tuple[str, str]]
    threshold: int
    peer: str
    front: str
    policies: Path | None
    root_keys: Sequence[str] = ()
    root_threshold: int = ROOT_THRESHOLD


def initialize(folder: Path, plan: Plan, passphrase: str) -> Path | None:
    """Make the registry's folder: settings, database, keystore, people, and the first root metadata.

    Return the file that root's holders must sign before anything is published; None when their keys were made in the
    folder and the root is in force. Raises `storage.exists` when there is a registry already, `input.field` for what
    was asked wrongly.
    """
    officers = _check_plan(plan)
    check_new_passphrase(passphrase)
    if any((folder / made).exists() for made in (DATABASE_FILE, KEYSTORE_FILE, OFFLINE_FOLDER)):
        raise MagliaError(Code.STORAGE_EXISTS, path=str(folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_settings(folder, plan.network, plan.peer, plan.front, plan.policies)
    settings = load_settings(folder)
    build_bundle(settings.policies)
    database = Database.create(folder, settings.database)  # before any key: it may be out of reach, or another's
    try:
        secrets = make_secrets(folder, plan.network, passphrase, time.time())
        holders = [] if plan.root_keys else _make_root_keys(folder / OFFLINE_FOLDER, passphrase)
        root = _first_root(plan, officers, [key.public for key in holders], secrets.online.snapshot.public)
        for key in holders:
            root = sign_file(root, key)
        if holders:
            RootOffice(folder, settings, passphrase, database).publish(root)
            return None
        _save_people(database, officers)
    finally:
        database.close()
    carried = folder / FIRST_ROOT_FILE
    carried.write_bytes(encode_root_file(root))
    return carried


def _make_root_keys(folder: Path, passphrase: str) -> list[SigningKey]:
    folder.mkdir(mode=0o700)
    return [make_root_key(folder / f"root-{number}.json", passphrase) for number in range(1, ROOT_KEYS + 1)]


def _first_root(plan: Plan, officers: Sequence[Person], holders: Iterable[bytes], online: bytes) -> RootFile:
    keys = {person.user: person.public_key for person in officers}
    root = frozenset(holders) or frozenset(public_key(text, "root-key") for text in plan.root_keys)
    trustees = Trustees(root, plan.root_threshold, frozenset(keys.values()), plan.threshold, online)
    return first_root(plan.network, trustees, keys)


def _check_plan(plan: Plan) -> list[Person]:
    check_network_name(plan.network)
    check_address(plan.peer, "peer")
    check_address(plan.front, "front")
    officers = [_officer(user, public) for user, public in plan.officers]
    different = {person.user for person in officers}, {person.public_key for person in officers}
    if any(len(names) != len(officers) for names in different):
        raise MagliaError(Code.INPUT_FIELD, field="officer", cause="the same officer twice")
    # Before anything is made: keys that are still to come are stood for by others.
    holders = [] if plan.root_keys else [bytes([number]) * 32 for number in range(ROOT_KEYS)]
    _first_root(plan, officers, holders, bytes([ROOT_KEYS]) * 32)
    return officers


def _officer(user: str, public: str) -> Person:
    return Person(check_user(user), user, NetworkRole.ACCREDITATION_OFFICER, public_key(public, "officer"))


def _save_people(database: Database, officers: Sequence[Person]) -> None:
    members = SqlMembers(database)
    with database.transaction():
        for person in officers:
            members.save_person(person, None)


def add_person(folder: Path, user: str, name: str, role: NetworkRole, password: str) -> None:
    """Set name and password of an officer whom root names, or of an auditor, new or not; raise `input.field`."""
    if not 0 < len(name.strip()) <= 100 or not name.isprintable():
        raise MagliaError(Code.INPUT_FIELD, field="name")
    hashed = hash_password(password)
    database = Database.open(folder, load_settings(folder).database)
    try:
        members = SqlMembers(database)
        found = members.person(check_user(user))
        if found[0].role is not role if found else role is NetworkRole.ACCREDITATION_OFFICER:
            raise MagliaError(Code.INPUT_FIELD, field="user", cause=f"not a {role}")
        if found is not None and role is NetworkRole.ACCREDITATION_OFFICER and not found[0].public_key:
            raise MagliaError(Code.INPUT_FIELD, field="user", cause="root no longer names this officer")
        members.save_person(Person(user, name.strip(), role, found[0].public_key if found else b""), hashed)
    finally:
        database.close()


def network_file(folder: Path, settings: Settings, passphrase: str) -> NetworkFile:
    """Return what newcomers start from."""
    secrets = load_secrets(folder, passphrase)
    database = Database.open(folder, settings.database)
    try:
        files = SqlFiles(database)
        root = files.metadata(root_file(files.versions().get("root", 0)))
    finally:
        database.close()
    if root is None:
        raise MagliaError(Code.STORAGE_MISSING, path=FIRST_ROOT_FILE, command="maglia-registry root publish")
    return NetworkFile(
        network=settings.network,
        root=root,
        registry_peer=settings.peer,
        registry_front=settings.front,
        peer_certificate=secrets.peer.certificate,
        front_certificate=secrets.front.certificate,
    )
