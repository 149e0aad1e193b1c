"""An auditor's folder as pulls leave it: three bodies that asked each other, their logs signed and witnessed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from maglia.core import keystore
from maglia.core.bundle import build_bundle
from maglia.core.checkpoint import Checkpoint, add_signature, cosign, sign_checkpoint
from maglia.core.directory import Directory, encode_directory
from maglia.core.entry import Entry, EntryKind
from maglia.core.identity import SigningKey, log_origin, witness_name
from maglia.core.merkle import leaf_hash, root_of
from maglia.core.network_file import NetworkFile, encode_network_file
from maglia.core.procedures import encode_procedures
from maglia.core.vocabulary import NetworkRole
from tests.peer_world import POLICIES, Body, tls
from tests.support.log_world import NETWORK, LogWorld, Script
from tests.support.screens import wait_for
from tui.audit.archive import ARCHIVE_FILE, Archive, LogState
from tui.audit.known import keep_known
from tui.official_key import make_official_key

PASSPHRASE = "una frase del revisore"
BODIES = ("caritas", "mensa-est", "onlus-ponte")
WITNESS, OFFICE = SigningKey(b"w" * 32), SigningKey(b"o" * 32)
NIGHT_MS = int(datetime(2027, 1, 15, 22, 12, tzinfo=UTC).timestamp() * 1000)
READ_MS = NIGHT_MS + 10 * 3_600_000


def quick_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let keys be opened at once: their cost is not under test."""
    monkeypatch.setattr(keystore, "_SCRYPT_N", 2**10)


def auditor(folder: Path, user: str = "sara", role: NetworkRole = NetworkRole.AUDITOR) -> Path:
    """Write an official's key, profile and network file, which leads nowhere; return the profile."""
    make_official_key(folder / f"{user}.key", NETWORK, user, user.title(), role.value, PASSPHRASE)
    (folder / "ca.pem").write_bytes(tls("registry").certificate)
    known = NetworkFile(NETWORK, b"{}", "127.0.0.1:1", "127.0.0.1:1", *[tls("registry").certificate] * 2)
    (folder / "network.json").write_bytes(encode_network_file(known))
    path = folder / f"{user}.toml"
    path.write_text(
        f'endpoint = "127.0.0.1:1"\nserver_name = "registry.{NETWORK}.maglia.internal"\nca_file = "ca.pem"\n'
        f'user = "{user}"\nofficial_key = "{user}.key"\nnetwork_file = "network.json"\n'
    )
    return path


async def let_in(pilot: Pilot[None], user: str = "sara", passphrase: str = PASSPHRASE) -> None:
    """Write the passphrase where it is asked for, and wait until the key is open."""
    await wait_for(pilot, "[ ")
    pilot.app.screen.query_one("#password", Input).value = passphrase
    await pilot.press("enter")
    await wait_for(pilot, f" / {user}")


def asked_world() -> LogWorld:
    """Return three bodies: most of what they asked agrees, one answer does not, one question was late at night."""
    world = LogWorld(list(BODIES), Script(b""))
    caritas, mensa, onlus = world.bodies
    for body in world.bodies:
        body.skew_ms = 0
    for asker, answerer in ((caritas, mensa), (mensa, onlus), (onlus, caritas), (caritas, onlus)):
        world.exchange(asker, answerer)
    world.exchange(mensa, caritas, swapped=True)
    world._now_ms = NIGHT_MS
    world.exchange(mensa, onlus)
    mensa.log(Entry(EntryKind.REFUSALS, NIGHT_MS, peer="ente [/bad]\x1b[31m", code="budget.answer", count=40))
    return world


@dataclass
class Folder:
    """Where the archive goes, and what signs its heads."""

    path: Path
    world: LogWorld

    def fill(self) -> None:
        """Do what a pull does that reads every log twice."""
        with closing(Archive.open(self.path)) as archive:
            for member, leaves in self.world.logs().items():
                archive.add(member, 0, leaves)
                archive.save_state(self._state(archive, member, leaves))
        signed = encode_directory(self.directory), encode_procedures(NETWORK, [])
        keep_known(self.path, *signed, build_bundle(POLICIES)[0])

    def _state(self, archive: Archive, member: str, leaves: list[bytes]) -> LogState:
        key = next((body.key for body in self.world.bodies if body.name == member), OFFICE)
        origin = log_origin(member, NETWORK)
        head = Checkpoint(origin, len(leaves), root_of([leaf_hash(leaf) for leaf in leaves]))
        note = sign_checkpoint(head, origin, key.private)
        cosigned = add_signature(note, cosign(note, witness_name(NETWORK), WITNESS.private, READ_MS // 1000))
        archive.keep_checkpoint(member, head, note)
        size = len(leaves)
        return LogState(member, origin, 0, 0, note, cosigned, note, size, size, READ_MS)

    @property
    def directory(self) -> Directory:
        members = {
            body.name: replace(Body(body.name).member, identity_key=body.key.public, log_key=body.key.public)
            for body in self.world.bodies
        }
        return Directory(NETWORK, 7, 1, WITNESS.public, members, log_key=OFFICE.public)

    def note(self, member: str, problem: str, at_entry: int | None = None) -> None:
        """Say of a log that it was not read, or does not hold."""
        with closing(Archive.open(self.path)) as archive:
            archive.note(member, problem, at_entry)


def audit_folder(folder: Path, state: str) -> Path:
    """Return the profile of an auditor whose archive is `nothing`, `full`, `partial` or `error`."""
    profile = auditor(folder)
    if state == "nothing":
        return profile
    pulled = Folder(folder / "sara.audit", asked_world())
    pulled.fill()
    if state == "partial":
        pulled.note("onlus-ponte", "log.broken", 2)
    if state == "error":
        (pulled.path / ARCHIVE_FILE).write_bytes(b"none of SQLite's")
    return profile
