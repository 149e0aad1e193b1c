"""The registry of a network on loopback: set up with two officers and an auditor, started, asked to admit bodies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from demo.bodies import Call
from demo.ports import LOOPBACK
from demo.programs import Programs
from maglia.core.identity import REGISTRY_ID, server_name
from maglia.core.keystore import write_private
from maglia.core.network_file import NetworkFile, decode_network_file

OFFICERS = (("paolo", "Paolo Fittizi"), ("lucia", "Lucia Fittizi"))
AUDITORS = (("sara", "Sara Fittizi"),)
_APPLICATIONS = 1_000


@dataclass(frozen=True)
class Person:
    """Who works at the office. The password is fictional and printed in the demo's own file."""

    user: str
    name: str
    password: str
    profile: Path


class Office:
    """The registry's folder, people and commands; files of its people's consoles are in `profiles`."""

    def __init__(self, directory: Path, network: str, programs: Programs, rng: Random) -> None:
        self.data_dir = directory / "registry"
        self.replicas: dict[str, Path] = {}
        self.network_file = directory / "network.json"
        self._profiles = directory / "profiles"
        self._network = network
        self._programs = programs
        self.officers = tuple(self._person(rng, user, name) for user, name in OFFICERS)
        self.auditors = tuple(self._person(rng, user, name) for user, name in AUDITORS)

    def _person(self, rng: Random, user: str, name: str) -> Person:
        password = f"prova-{user}-{rng.randrange(10**6):06d}"
        return Person(user, name, password, self._profiles / f"office-{user}.toml")

    def found(self, pool: Executor, ports: Sequence[tuple[int, int]]) -> NetworkFile:
        """Make officers' keys, the registry and the network file; return what that file says.

        `ports` are the peer and front port of each replica; what they share is their PostgreSQL.
        """
        keys = list(pool.map(self._make_key, self.officers))
        named = [part for person, key in zip(self.officers, keys, strict=True) for part in _officer(person, key)]
        peer, front = (",".join(f"{LOOPBACK}:{port}" for port in of_kind) for of_kind in zip(*ports, strict=True))
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
        made = self._programs.run("tui", "office", "keygen", "--out", str(self._key(person)))
        return made.split()[-1]

    def _key(self, person: Person) -> Path:
        return self._profiles / f"office-{person.user}.key"

    def _registry(self, *arguments: str, password: str = "") -> None:
        self._programs.run("registry", *arguments, "--dir", str(self.data_dir), password=password)

    def _console(self, officer: Person, *arguments: str) -> str:
        return self._programs.run("tui", "--profile", str(officer.profile), *arguments, password=officer.password)

    def _write_profiles(self, known: NetworkFile) -> None:
        self._profiles.joinpath("office.pem").write_bytes(known.front_certificate)
        for person in (*self.officers, *self.auditors):
            lines = [
                f'endpoint = "{known.registry_front}"',
                f'server_name = "{server_name(REGISTRY_ID, self._network)}"',
                'ca_file = "office.pem"',
                f'user = "{person.user}"',
                'lang = "it"',
            ]
            if person in self.officers:
                lines.append(f'officer_key = "{self._key(person).name}"')
                lines.append(f'network_file = "../{self.network_file.name}"')
            person.profile.write_text("\n".join(lines) + "\n", "utf-8")


def _listening(peer: int, front: int) -> bytes:
    return f'peer_listen = "{LOOPBACK}:{peer}"\nfront_listen = "{LOOPBACK}:{front}"\n'.encode()


def _officer(person: Person, key: str) -> list[str]:
    return ["--officer", f"{person.user}={key}"]
