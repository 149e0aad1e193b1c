"""The registry of a network on loopback: set up with its people, started, asked to admit bodies and officials."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from demo.bodies import Call
from demo.ports import LOOPBACK
from demo.programs import Programs
from maglia.core.identity import REGISTRY_ID, server_name
from maglia.core.keystore import write_private
from maglia.core.network_file import NetworkFile, decode_network_file
from maglia.core.vocabulary import NetworkRole

OFFICERS = (("paolo", "Paolo Fittizi"), ("lucia", "Lucia Fittizi"))
AUDITORS = (("sara", "Sara Fittizi"),)
PROTECTORS = (("dario", "Dario Fittizi"),)
"""The network's data-protection officer, who has no account at the registry: the key is enough."""
_ACT_DAYS = 365
_APPLICATIONS = 1_000


@dataclass(frozen=True)
class Person:
    """Who works at the office. The password is fictional and printed in the demo's own file."""

    user: str
    name: str
    password: str
    profile: Path
    key: Path
    """Officers sign drafts with it, auditors and the data-protection officer sign and call with it."""


class Office:
    """The registry's folder, people and commands; files of its people's consoles are in `profiles`."""

    def __init__(self, directory: Path, network: str, programs: Programs, rng: Random, host: str = LOOPBACK) -> None:
        self.data_dir = directory / "registry"
        self.replicas: dict[str, Path] = {}
        self.network_file = directory / "network.json"
        self._profiles = directory / "profiles"
        self._network = network
        self._programs = programs
        self._host = host
        self.officers = tuple(self._person(rng, user, name) for user, name in OFFICERS)
        self.auditors = tuple(self._person(rng, user, name) for user, name in AUDITORS)
        self.protectors = tuple(self._person(rng, user, name) for user, name in PROTECTORS)

    def _person(self, rng: Random, user: str, name: str) -> Person:
        password = f"prova-{user}-{rng.randrange(10**6):06d}"
        profile = self._profiles / f"office-{user}.toml"
        return Person(user, name, password, profile, profile.with_suffix(".key"))

    def found(self, pool: Executor, ports: Sequence[tuple[int, int]]) -> NetworkFile:
        """Make officers' keys, the registry and the network file; return what that file says.

        `ports` are the peer and front port of each replica; what they share is their PostgreSQL.
        """
        keys = list(pool.map(self._make_key, self.officers))
        named = [part for person, key in zip(self.officers, keys, strict=True) for part in _officer(person, key)]
        peer, front = (",".join(f"{self._host}:{port}" for port in of_kind) for of_kind in zip(*ports, strict=True))
        self._registry("init", "--network", self._network, *named, "--peer", peer, "--front", front)
        with self.data_dir.joinpath("registry.toml").open("a") as settings:
            settings.write(f"applications_an_hour = {_APPLICATIONS}\n")  # all bodies are on this one machine
        self._make_replicas(ports)
        self._registry("network-file", "--out", str(self.network_file))
        known = decode_network_file(self.network_file.read_bytes())
        self._write_profiles(known)
        return known

    def _make_replicas(self, ports: Sequence[tuple[int, int]]) -> None:
        """Give each replica a folder with the same settings and keystore, and its own addresses."""
        settings = self.data_dir.joinpath("registry.toml").read_bytes()
        for number, (peer, front) in enumerate(ports[1:], 2):
            folder = self.data_dir.with_name(f"registry-{number}")
            folder.mkdir(mode=0o700)
            shutil.copy2(self.data_dir / "keystore.json", folder)
            write_private(folder / "registry.toml", settings + _listening(peer, front))
            self.replicas[folder.name] = folder
        if self.replicas:
            write_private(self.data_dir / "registry.toml", settings + _listening(*ports[0]))

    @property
    def passphrase(self) -> str:
        """Return what every key of the network is kept under."""
        return self._programs.passphrase

    def admit_people(self) -> None:
        """Give officers and auditors their accounts at the registry."""
        for person in self.officers:
            self._registry("officer", "add", person.user, "--name", person.name, password=person.password)
        for person in self.auditors:
            self._registry("auditor", "add", person.user, "--name", person.name, password=person.password)

    def approve(self, members: Sequence[str]) -> None:
        """Let both officers, one after the other, sign the directory that adds these bodies."""
        read_aloud = [part for member in members for part in ("--fingerprint", self._fingerprint(member))]
        for officer in self.officers:
            self._console(officer, "office", "approve", *members, *read_aloud, "--yes", "--json")

    def _fingerprint(self, member: str) -> str:
        """Stand in for the phone: the referents of a demo say what the office would hear."""
        shown = json.loads(self._console(self.officers[0], "office", "show", member, "--json"))
        return str(shown["fingerprint"])

    @property
    def officials(self) -> dict[Person, NetworkRole]:
        """Return who is appointed, and to what."""
        roles = NetworkRole.AUDITOR, NetworkRole.DPO
        people = zip(roles, (self.auditors, self.protectors), strict=True)
        return {person: role for role, group in people for person in group}

    def make_official_key(self, person: Person) -> str:
        """Let somebody make the key they are appointed with; return its fingerprint, as they would read it aloud."""
        who = ("--user", person.user, "--name", person.name, "--role", self.officials[person].value)
        files = ("--network-file", str(self.network_file), "--out", str(person.key))
        return str(
            json.loads(self._programs.run("tui", "office", "official-key", *who, *files, "--json"))["fingerprint"]
        )

    def appoint(self, fingerprints: Sequence[str]) -> None:
        """Let both officers appoint the officials, under the fingerprints that each of them reads aloud."""
        requests = [str(person.key.with_suffix(".request.json")) for person in self.officials]
        heard = [part for one in fingerprints for part in ("--fingerprint", one)]
        last_day = date.today() + timedelta(days=_ACT_DAYS)
        act = ("--act-protocol", f"PG/{last_day.year - 1}/77", "--act-expiry", f"{last_day:%d/%m/%Y}")
        for officer in self.officers:
            self._console(officer, "office", "appoint", *requests, *heard, *act, "--yes", "--json")

    def declare(self, call: Call) -> None:
        """Let both officers declare a procedure."""
        whose = [part for member in call.members for part in ("--member", member)]
        what = ("--id", call.id, "--act", call.act, "--cap", str(call.cap), "--expires", f"{call.last_day:%d/%m/%Y}")
        for officer in self.officers:
            self._console(officer, "office", "procedure", "add", *what, *whose, "--json")

    def token(self, member: str) -> str:
        """Return the one-time token of an approved body."""
        said = json.loads(self._console(self.officers[0], "office", "token", member, "--json"))
        return str(said["token"])

    def _make_key(self, person: Person) -> str:
        made = self._programs.run("tui", "office", "keygen", "--out", str(person.key))
        return made.split()[-1]

    def _registry(self, *arguments: str, password: str = "") -> None:
        self._programs.run("registry", *arguments, "--dir", str(self.data_dir), password=password)

    def _console(self, officer: Person, *arguments: str) -> str:
        return self._programs.run("tui", "--profile", str(officer.profile), *arguments, password=officer.password)

    def _write_profiles(self, known: NetworkFile) -> None:
        self._profiles.joinpath("office.pem").write_bytes(known.front_certificate)
        for person in (*self.officers, *self.officials):
            key = "officer_key" if person in self.officers else "official_key"
            lines = [
                f'endpoint = "{known.registry_front}"',
                f'server_name = "{server_name(REGISTRY_ID, self._network)}"',
                'ca_file = "office.pem"',
                f'user = "{person.user}"',
                'lang = "it"',
                f'{key} = "{person.key.name}"',
                f'network_file = "../{self.network_file.name}"',
            ]
            person.profile.write_text("\n".join(lines) + "\n", "utf-8")


def _listening(peer: int, front: int) -> bytes:
    return f'peer_listen = "{LOOPBACK}:{peer}"\nfront_listen = "{LOOPBACK}:{front}"\n'.encode()


def _officer(person: Person, key: str) -> list[str]:
    return ["--officer", f"{person.user}={key}"]
