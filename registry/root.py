"""Changes of root on the registry's machine: prepared here, signed elsewhere, published here while the network runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from maglia.core.directory import DIRECTORY_PATH, Directory, decode_directory, encode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import fingerprint
from maglia.core.officer import check_draft, delegated_key, officer_key_id
from maglia.core.secret import Secret
from maglia.core.vocabulary import NetworkRole
from registry import metadata
from registry.config import Settings
from registry.directory import Publisher, root_file
from registry.ports import Draft, Event, Person
from registry.root_file import RootFile, SignedDraft
from registry.root_metadata import Trustees, check_successor, make_root, read_root
from registry.secrets import Online, load_secrets, prepare_keys, promote_keys
from registry.store.database import Database
from registry.store.files import SqlFiles
from registry.store.members import SqlMembers

_ACTOR = "root"
_ALWAYS_IN_THE_DIRECTORY = frozenset({Online.SUSPENSIONS, Online.WITNESS})


@dataclass(frozen=True)
class RootChange:
    """What the next root says differently. Keys are public keys in hex, or fingerprints of those to remove.

    An officer already there gets the new key in place of the former; a threshold of 0 stays as it is. Nothing at all
    renews the root before it expires.
    """

    add_keys: Sequence[str] = ()
    remove_keys: Sequence[str] = ()
    threshold: int = 0
    officers: Sequence[tuple[str, str]] = ()
    remove_officers: Sequence[str] = ()
    officer_threshold: int = 0
    rotate: frozenset[Online] = frozenset()


@dataclass(frozen=True)
class RootOffice(Secret):
    """The registry's folder, open for one change of root. Times are seconds since the epoch."""

    folder: Path
    settings: Settings
    passphrase: str = field(repr=False)
    database: Database

    def prepare(self, change: RootChange) -> RootFile:
        """Return the next root, to be signed by its holders; successors of online keys are in the keystore from now.

        Raises `input.field` for a change that can't be made, `directory.not_there` before the first root.
        """
        publisher, now = self.publisher(), time.time()
        previous = publisher.root
        version, before = read_root(previous)
        officers = _officers(self._officers_of(before), change)
        trustees = Trustees(
            root=_keys(before.root, change),
            root_threshold=change.threshold or before.root_threshold,
            officers=frozenset(officers.values()),
            officer_threshold=change.officer_threshold or before.officer_threshold,
            online=before.online,
        )
        trustees.check()
        if change.rotate & _ALWAYS_IN_THE_DIRECTORY and publisher.directory() is None:
            raise MagliaError(Code.INPUT_FIELD, field="rotate", cause="nothing is published yet")
        fresh = prepare_keys(self.folder, self.passphrase, change.rotate) if change.rotate else {}
        root = make_root(version + 1, replace(trustees, online=fresh.get(Online.SNAPSHOT, before.online)), now)
        draft = None
        if self._lacks_directory(root) or fresh.keys() & _ALWAYS_IN_THE_DIRECTORY:
            suspensions = fresh.get(Online.SUSPENSIONS, publisher.suspensions_key)
            draft = self._draft(publisher, suspensions, fresh.get(Online.WITNESS), now)
        return RootFile(self.settings.network, root, previous, officers, draft)

    def refresh(self, file: RootFile) -> RootFile:
        """Return the file with the directory as it is now, for officers to sign; root keeps its holders' signatures.

        For a directory that was published while the file was carried. Raises `directory.root_version` when the root in
        it is no longer the next.
        """
        publisher = self.publisher()
        version, before = read_root(file.root)[0], read_root(publisher.root)[0]
        if version != before + 1:
            raise MagliaError(Code.DIRECTORY_ROOT_VERSION, version=version, expected=before + 1)
        if file.draft is None:
            is_needed, suspensions, witness = self._lacks_directory(file.root), publisher.suspensions_key, None
        else:
            is_needed, suspensions = True, delegated_key(file.draft.signed)
            witness = decode_directory(file.draft.files[DIRECTORY_PATH]).witness_key
        return replace(file, draft=self._draft(publisher, suspensions, witness, time.time()) if is_needed else None)

    def _officers_of(self, trustees: Trustees) -> dict[str, bytes]:
        people = SqlMembers(self.database).people()
        return {one.user: one.public_key for one in people if one.public_key in trustees.officers}

    def _lacks_directory(self, root: bytes) -> bool:
        """Return whether readers of this root would refuse the directory in force."""
        current = self._targets()[1]
        return current is not None and not metadata.is_signed_for(root, current)

    def _targets(self) -> tuple[int, bytes | None]:
        files = SqlFiles(self.database)
        version = files.versions().get("targets", 0)
        return version, files.metadata(f"{version}.targets.json")

    def _draft(self, publisher: Publisher, suspensions: bytes, witness: bytes | None, now: float) -> SignedDraft:
        """Return the directory in force, as its officers signed it, one version later, with these keys."""
        version, current = self._targets()
        if current is None:
            raise MagliaError(Code.DIRECTORY_NOT_THERE)
        if not metadata.is_signed_for(publisher.root, current):
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="not signed by officers of the root in force")
        files = SqlFiles(self.database)
        contents = {path: _signed(files.target(name), path, name) for path, name in metadata.listed(current).items()}
        before = decode_directory(contents[DIRECTORY_PATH])
        directory = replace(before, version=version + 1, witness_key=witness or before.witness_key)
        contents[DIRECTORY_PATH] = encode_directory(directory)
        return SignedDraft(metadata.draft_targets(version + 1, contents, suspensions, now), contents)

    def publish(self, file: RootFile) -> int:
        """Put a change in force, all of it at once, while the registry serves; return the version of root.

        Raises `directory.root_version`, `directory.root_signatures`, `directory.root_expired`, `directory.online_key`
        when the keystore lacks an online key that the root names, `directory.draft` when the directory in the file
        isn't the next one, `directory.untrusted` when its officers are too few.
        """
        publisher, files = self.publisher(), SqlFiles(self.database)
        if file.network != self.settings.network:
            raise MagliaError(Code.INPUT_FIELD, field="network")
        with self.database.transaction():
            version = files.versions().get("root", 0)
            trustees = check_successor(file.root, publisher.root if version else None)
            if metadata.expiry(file.root) <= time.time():
                raise MagliaError(Code.DIRECTORY_ROOT_EXPIRED)
            publisher.online.named([officer_key_id(trustees.online)])
            files.save_metadata(root_file(version + 1), file.root)
            files.set_version("root", version + 1)
            files.close_drafts(draft.id for draft in files.open_drafts())
            SqlMembers(self.database).add_event("", Event(time.time(), _ACTOR, _ACTOR, f"version {version + 1}"))
            self._admit(file)
            self._publish_directory(publisher, file)
            publisher.sign_again()
            directory = publisher.directory()
        named = [trustees.online, publisher.suspensions_key, directory.witness_key if directory else b""]
        promote_keys(self.folder, self.passphrase, named)
        return version + 1

    def _admit(self, file: RootFile) -> None:
        """Let accounts follow root: whoever it no longer names has neither key nor password."""
        members = SqlMembers(self.database)
        for user, key in file.officers.items():
            person, password = members.person(user) or (None, None)
            if person is not None and person.role is not NetworkRole.ACCREDITATION_OFFICER:
                raise MagliaError(Code.INPUT_FIELD, field="officer", cause="an auditor has this name")
            name = person.name if person else user
            members.save_person(Person(user, name, NetworkRole.ACCREDITATION_OFFICER, key), password)
        for one in members.people():
            if one.role is NetworkRole.ACCREDITATION_OFFICER and one.user not in file.officers:
                members.save_person(replace(one, public_key=b""), None)

    def _publish_directory(self, publisher: Publisher, file: RootFile) -> None:
        if file.draft is None:
            if self._lacks_directory(file.root):
                raise MagliaError(Code.DIRECTORY_DRAFT, cause="officers of this root must sign the directory again")
            return
        directory = check_draft(file.draft.signed, file.draft.files)
        before, version = publisher.directory(), self._targets()[0]
        if before is None or directory.version != version + 1 or not _continues(directory, before):
            raise MagliaError(Code.DIRECTORY_DRAFT, cause="another directory was published meanwhile")
        draft = Draft("root", (), version + 1, file.draft.signed, file.draft.files, file.draft.signatures)
        publisher.publish(draft, _ACTOR)

    def publisher(self) -> Publisher:
        """Return what publishes here, with the keys as this folder's keystore has them now."""
        return Publisher(
            SqlMembers(self.database),
            SqlFiles(self.database),
            load_secrets(self.folder, self.passphrase).online,
            time.time,
            _nobody_here,
            self.settings.timestamp_s,
        )


def open_root_office(folder: Path, settings: Settings, passphrase: str) -> RootOffice:
    """Return the office of a registry made before; raise `storage.missing`. Close its database after use."""
    database = Database.open(folder, settings.database)
    return RootOffice(folder, settings, passphrase, database)


def first_root(network: str, trustees: Trustees, officers: Mapping[str, bytes]) -> RootFile:
    """Return the first root of a network, to be signed by its holders; raise `input.field`."""
    trustees.check()
    return RootFile(network, make_root(1, trustees, time.time()), None, officers)


def _nobody_here() -> None:
    """The serving process hears of the change by itself."""


def _continues(directory: Directory, before: Directory) -> bool:
    return directory.members == before.members and directory.epochs == before.epochs


def _signed(content: bytes | None, path: str, listed: str) -> bytes:
    """Return a file that officers signed, by the hash in its name: a table is only where it is kept."""
    if content is None:
        raise MagliaError(Code.DIRECTORY_NOT_THERE, cause=path)
    if metadata.prefixed(path, content) != listed:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=f"{path} is not the file that officers signed")
    return content


def _keys(before: frozenset[bytes], change: RootChange) -> frozenset[bytes]:
    removed = {key for key in before for named in change.remove_keys if named.upper() in _names(key)}
    if len(removed) != len(set(change.remove_keys)):
        raise MagliaError(Code.INPUT_FIELD, field="remove-key", cause="not a key of the root in force")
    return before - removed | {public_key(text, "add-key") for text in change.add_keys}


def _names(key: bytes) -> tuple[str, str]:
    return key.hex().upper(), fingerprint(key)


def _officers(before: Mapping[str, bytes], change: RootChange) -> dict[str, bytes]:
    if not set(change.remove_officers) <= before.keys():
        raise MagliaError(Code.INPUT_FIELD, field="remove-officer", cause="not an officer of the root in force")
    kept = {user: key for user, key in before.items() if user not in change.remove_officers}
    officers = kept | {check_user(user): public_key(text, "officer") for user, text in change.officers}
    if len(set(officers.values())) != len(officers):
        raise MagliaError(Code.INPUT_FIELD, field="officer", cause="the same key twice")
    return officers


def public_key(text: str, field: str) -> bytes:
    """Return an Ed25519 public key from its hex; raise `input.field`."""
    try:
        key = bytes.fromhex(text)
        officer_key_id(key)
    except (ValueError, MagliaError) as error:
        raise MagliaError(Code.INPUT_FIELD, field=field) from error
    return key


def check_user(user: str) -> str:
    """Return `user` if it may name someone of the office; raise `input.field`."""
    if not 0 < len(user) <= 40 or not user.isascii() or not user.replace("-", "").replace(".", "").isalnum():
        raise MagliaError(Code.INPUT_FIELD, field="user")
    return user
