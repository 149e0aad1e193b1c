"""One pull of a whole network: who is in it, as two officers signed it, and every log of theirs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core.checkpoint import NoteKey
from maglia.core.directory import Directory, Member, Official, decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, Card, log_origin, witness_name
from maglia.core.network_file import NetworkFile, decode_network_file
from maglia.core.vocabulary import MemberState, NetworkRole
from maglia.wire.tuf import Trusted
from tui.audit.archive import Archive, LogState
from tui.audit.client import AuditClient
from tui.audit.known import keep_known
from tui.audit.pull import Pull, Tell
from tui.audit.source import LogSource, Party
from tui.profile import Profile

READ_STATES = frozenset({MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.EXPIRING})
"""Whose logs are read: a body that was stopped is the one to look at."""


def archive_folder(profile: Profile) -> Path:
    """Return where this auditor's copies of the logs are, beside the profile."""
    return profile.state.with_suffix(".audit")


def read_network_file(profile: Profile) -> NetworkFile:
    """Return the office's network file; raise `input.setting` or `input.file`."""
    if profile.network_file is None:
        raise MagliaError(Code.INPUT_SETTING, field="network_file", source="profile")
    try:
        known = decode_network_file(profile.network_file.read_bytes())
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=profile.network_file.name) from error
    if known.network != profile.network:
        raise MagliaError(Code.INPUT_SETTING, field="network_file", source="profile", cause="another network's")
    return known


@dataclass(frozen=True)
class Appointed:
    """The network as two officers signed it, verified, and the auditor in office who reads it."""

    signed: Trusted
    directory: Directory
    auditor: Official


async def find_auditor(client: AuditClient, profile: Profile) -> Appointed:
    """Return the network and who reads it, before anything is kept of it.

    Raises `member.no_office` for who is no auditor in office, and what keeps the directory from being read or trusted.
    """
    trusted = await client.trusted(profile.state)
    directory = directory_of(trusted, profile.network)
    auditor = in_office(directory, client.identity.der, profile.user, NetworkRole.AUDITOR)
    return Appointed(trusted, directory, auditor)


async def pull_network(
    client: AuditClient, archive: Archive, folder: Path, found: Appointed, tell: Tell, *, whole: bool = False
) -> Sequence[LogState]:
    """Read the logs of the registry and of every body; return what is then known of each."""
    directory, reader = found.directory, found.auditor.id
    kept = found.signed.directory, found.signed.procedures, found.signed.bundle
    await asyncio.to_thread(keep_known, folder, *kept)
    witnessed, cards = await client.witnessed(), await client.cards(directory)
    begun = {log.member for log in archive.logs() if log.size} | {
        member for member in directory.members if log_key(directory, member).name in witnessed
    }
    nodes = Nodes(cards, begun, lambda card: client.node_log(reader, card))
    parties = parties_of(directory, client.registry_log(reader), nodes)
    return await Pull(archive, witness_of(directory), witnessed, tell, whole=whole).run(parties)


def directory_of(trusted: Trusted, network: str) -> Directory:
    """Return what two officers signed, without whom one of them stopped since; raise `directory.untrusted`."""
    signed = decode_directory(trusted.directory)
    if signed.network != network:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="another network's files")
    return signed.without(decode_suspensions(trusted.suspensions))


def in_office(directory: Directory, certificate: bytes, user: str, role: NetworkRole) -> Official:
    """Return whose certificate it is, in office today with a role; raise `member.no_office` or `session.role`."""
    found = directory.official(certificate, datetime.now(UTC).date())
    if found is None:
        raise MagliaError(Code.MEMBER_NO_OFFICE, member=user)
    if found.role is not role:
        raise MagliaError(Code.SESSION_ROLE)
    return found


@dataclass(frozen=True)
class Nodes:
    """Where bodies' logs are: their newest cards, who was ever seen to have a log, and what opens one."""

    cards: Mapping[str, Card]
    begun: Set[str]
    open_log: Callable[[Card], LogSource]


def parties_of(directory: Directory, registry: LogSource, nodes: Nodes) -> Sequence[Party]:
    """Return whose logs are to be read: the registry's, and those of active and suspended bodies, by id."""
    members = [member for _, member in sorted(directory.members.items()) if member.state in READ_STATES]
    now = time.time()
    return [
        Party(REGISTRY_ID, log_key(directory, REGISTRY_ID), registry),
        *(_party(directory, member, nodes, now) for member in members),
    ]


def _party(directory: Directory, member: Member, nodes: Nodes, now: float) -> Party:
    """Return a body's log, or why there is none; the word alone is kinder to a body that has not begun (ADR 0061)."""
    key, card = log_key(directory, member.id), nodes.cards.get(member.id)
    if card is None and member.id not in nodes.begun:
        return Party(member.id, key, None, Code.MEMBER_NOT_JOINED.value)
    if card is None or not card.is_current(now):
        return Party(member.id, key, None, Code.MEMBER_CARD.value)
    return Party(member.id, key, nodes.open_log(card))


def log_key(directory: Directory, party: str) -> NoteKey:
    """Return the key that signs the heads of a party's log, as the officers signed it; raise `member.unknown`."""
    if party != REGISTRY_ID and party not in directory.members:
        raise MagliaError(Code.MEMBER_UNKNOWN, member=party)
    public = directory.log_key if party == REGISTRY_ID else directory.members[party].log_key
    return _note_key(log_origin(party, directory.network), public)


def witness_of(directory: Directory) -> NoteKey:
    """Return the key of the network's witness."""
    return _note_key(witness_name(directory.network), directory.witness_key)


def _note_key(name: str, public: bytes) -> NoteKey:
    try:
        return NoteKey(name, Ed25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=f"{name}: not a public key") from error
