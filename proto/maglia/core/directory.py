"""The officers' signed word on who is in the network, and under which epochs of keys its pseudonyms are.

A JSON file listed by metadata of The Update Framework: whoever reads it here has verified two officers' signatures
before. Reading is strict all the same, since two honest officers can sign a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.signed_json import check_distinct, dump, key, load, number
from maglia.core.vocabulary import FAMILY, Facet, Kind, MemberState, NetworkRole, Purpose

DIRECTORY_PATH = "directory.json"
KEYS_PATH = "evaluation-keys.json"
BUNDLE_PATH = "policies.tar.gz"
PROCEDURES_PATH = "procedures.json"
SUSPENSIONS_PATH = "suspensions.json"
_DIRECTORY_SCHEMA = "maglia.directory/1"
_SUSPENSIONS_SCHEMA = "maglia.suspensions/1"


@dataclass(frozen=True)
class Member:
    """An accredited body as the officers signed it. Keys are Ed25519 public keys, 32 bytes.

    `reinstated` is the number of the last suspension that two officers have ended; 0 when there was none.
    """

    id: str
    name: str
    kind: Kind
    identity_key: bytes
    log_key: bytes
    facets: frozenset[Facet]
    purposes: frozenset[Purpose]
    territory: tuple[str, ...]
    contact: str
    act_protocol: str
    act_expiry: str
    state: MemberState = MemberState.ACTIVE
    reinstated: int = 0

    @property
    def is_active(self) -> bool:
        """Return whether the member may ask and answer."""
        return self.state is MemberState.ACTIVE


@dataclass(frozen=True)
class Official:
    """A person whom two officers appointed for the whole network: an auditor, or its data-protection officer.

    `identity_key` is Ed25519, 32 bytes: it signs what they ask. `certificate` (DER) is what they call with; it lives as
    long as the act, since whoever has no address needs no card.
    """

    id: str
    name: str
    role: NetworkRole
    identity_key: bytes
    certificate: bytes
    act_protocol: str
    act_expiry: str

    def is_appointed(self, today: date) -> bool:
        """Return whether the act still holds on that day."""
        return today <= date.fromisoformat(self.act_expiry)


APPOINTED_ROLES = frozenset({NetworkRole.AUDITOR, NetworkRole.DPO})

_COUNTED = frozenset({MemberState.ACTIVE, MemberState.SUSPENDED})
"""States whose records a check must speak for."""


@dataclass(frozen=True)
class Directory:
    """Every member of a network at one version.

    `epoch` is the pseudonym epoch under which questions are asked; `also_epoch` a second one, the next or the former,
    that is enrolled for and answered too while keys rotate; 0 for none.

    `witness_key` cosigns members' logs, `log_key` signs the registry's own; both are Ed25519 public keys.
    """

    network: str
    version: int
    epoch: int
    witness_key: bytes
    members: Mapping[str, Member] = field(default_factory=dict)
    log_key: bytes = b""
    also_epoch: int = 0
    officials: Mapping[str, Official] = field(default_factory=dict)

    @property
    def epochs(self) -> Epochs:
        """Return the epochs in use."""
        return Epochs(self.epoch, self.also_epoch)

    def active(self) -> list[Member]:
        """Return the active members, by id."""
        return [member for _, member in sorted(self.members.items()) if member.is_active]

    def member(self, member: str) -> Member:
        """Return an active member; raise `member.unknown` or `member.inactive`."""
        found = self.members.get(member)
        if found is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        if not found.is_active:
            raise MagliaError(Code.MEMBER_INACTIVE, member=member)
        return found

    def official(self, certificate: bytes, today: date) -> Official | None:
        """Return the official in office who calls with this certificate (DER)."""
        found = (one for one in self.officials.values() if one.certificate == certificate and one.is_appointed(today))
        return next(found, None)

    def asked_about(self, facet: Facet, asker: str) -> list[Member]:
        """Return whom `asker` asks about `facet`: the other members with a facet of the same family, by id.

        A suspended one counts too: nothing is sent to it, and it is named as silent, since what it gave is not known.
        """
        family = FAMILY[facet]
        others = [m for name, m in sorted(self.members.items()) if name != asker and m.state in _COUNTED]
        return [member for member in others if any(FAMILY[own] is family for own in member.facets)]

    def without(self, suspensions: Mapping[str, int]) -> Directory:
        """Return the directory with these members suspended: the subtract-only role's effect.

        A suspension holds until two officers sign that they ended it: a member is out while the number of its
        suspension is above its `reinstated`. No list, short or empty, brings anybody back. An official who was stopped
        comes back under another id alone.
        """
        officials = {name: official for name, official in self.officials.items() if name not in suspensions}
        members = {name: _stopped(member, suspensions) for name, member in self.members.items()}
        return replace(self, members=members, officials=officials)


def _stopped(member: Member, suspensions: Mapping[str, int]) -> Member:
    is_out = member.is_active and suspensions.get(member.id, 0) > member.reinstated
    return replace(member, state=MemberState.SUSPENDED) if is_out else member


def join_suspensions(kept: Mapping[str, int], heard: Mapping[str, int]) -> dict[str, int]:
    """Return what a reader goes on with: every suspension it ever heard of, the highest number for each member.

    Whoever holds the online key can shorten the list; a reader that remembers takes no notice.
    """
    return {name: max(kept.get(name, 0), heard.get(name, 0)) for name in kept.keys() | heard.keys()}


def encode_directory(directory: Directory) -> bytes:
    """Return the JSON that officers sign."""
    return dump(
        {
            "schema": _DIRECTORY_SCHEMA,
            "network": directory.network,
            "version": directory.version,
            "epoch": directory.epoch,
            "also_epoch": directory.also_epoch,
            "witness_key": directory.witness_key.hex(),
            "log_key": directory.log_key.hex(),
            "members": [_member_json(member) for _, member in sorted(directory.members.items())],
            "officials": [official_json(official) for _, official in sorted(directory.officials.items())],
        }
    )


def decode_directory(content: bytes) -> Directory:
    """Read a signed directory; raise `directory.untrusted` when it isn't one."""
    try:
        data = load(content, _DIRECTORY_SCHEMA)
        members = [_member(entry) for entry in data["members"]]
        officials = [read_official(entry) for entry in data.get("officials", [])]
        check_distinct([member.id for member in members] + [official.id for official in officials])
        check_distinct([one.identity_key for one in members] + [official.identity_key for official in officials])
        check_distinct([official.certificate for official in officials])
        epochs = Epochs(number(data["epoch"]), number(data.get("also_epoch", 0))).check()
        return Directory(
            network=str(data["network"]),
            version=int(data["version"]),
            epoch=epochs.asked,
            witness_key=key(data["witness_key"]),
            log_key=key(data["log_key"]) if data.get("log_key") else b"",
            members={member.id: member for member in members},
            also_epoch=epochs.also,
            officials={official.id: official for official in officials},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=str(error)) from error


def _member_json(member: Member) -> dict[str, object]:
    return {
        "id": member.id,
        "name": member.name,
        "kind": member.kind.value,
        "identity_key": member.identity_key.hex(),
        "log_key": member.log_key.hex(),
        "facets": sorted(member.facets),
        "purposes": sorted(member.purposes),
        "territory": list(member.territory),
        "contact": member.contact,
        "act_protocol": member.act_protocol,
        "act_expiry": member.act_expiry,
        "state": member.state.value,
        "reinstated": member.reinstated,
    }


def _member(entry: dict[str, Any]) -> Member:
    return Member(
        id=str(entry["id"]),
        name=str(entry["name"]),
        kind=Kind(entry["kind"]),
        identity_key=key(entry["identity_key"]),
        log_key=key(entry["log_key"]),
        facets=frozenset(Facet(code) for code in entry["facets"]),
        purposes=frozenset(Purpose(code) for code in entry["purposes"]),
        territory=tuple(str(code) for code in entry["territory"]),
        contact=str(entry["contact"]),
        act_protocol=str(entry["act_protocol"]),
        act_expiry=str(entry["act_expiry"]),
        state=MemberState(entry["state"]),
        reinstated=number(entry.get("reinstated", 0)),
    )


def official_json(official: Official) -> dict[str, object]:
    """Return an official as JSON holds one; keys and certificate in hex."""
    return {
        "id": official.id,
        "name": official.name,
        "role": official.role.value,
        "identity_key": official.identity_key.hex(),
        "certificate": official.certificate.hex(),
        "act_protocol": official.act_protocol,
        "act_expiry": official.act_expiry,
    }


def read_official(entry: Mapping[str, Any]) -> Official:
    """Read what `official_json` made; raise `KeyError`, `TypeError` or `ValueError` for anything else."""
    role = NetworkRole(entry["role"])
    if role not in APPOINTED_ROLES:
        raise ValueError("a role that is not in the directory")
    return Official(
        id=str(entry["id"]),
        name=str(entry["name"]),
        role=role,
        identity_key=key(entry["identity_key"]),
        certificate=bytes.fromhex(entry["certificate"]),
        act_protocol=str(entry["act_protocol"]),
        act_expiry=date.fromisoformat(entry["act_expiry"]).isoformat(),
    )


def encode_suspensions(suspensions: Mapping[str, int]) -> bytes:
    """Return the JSON of the subtract-only role: who is suspended, and the number of each one's last suspension."""
    return dump({"schema": _SUSPENSIONS_SCHEMA, "members": sorted(suspensions), "serials": dict(suspensions)})


def decode_suspensions(content: bytes) -> dict[str, int]:
    """Read who is suspended, with numbers from 1; raise `directory.untrusted` when the file isn't one."""
    try:
        data = load(content, _SUSPENSIONS_SCHEMA)
        serials = data.get("serials", {})
        return {member: max(1, number(serials.get(member, 1))) for member in _ids(data["members"])}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=str(error)) from error


def _ids(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("not a list of ids")
    return value
