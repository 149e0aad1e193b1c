"""A small network whose programs run on machines of their own: an office, two bodies in the street, a parish at home.

What `demo.network` does on loopback is done here by the same commands, each run on the machine of whoever types it.
"""

from __future__ import annotations

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from demo.bodies import Body
from demo.district import District, build_district
from demo.forks import Forks
from demo.network import FOLDERS, NETWORK
from demo.nodes import NodeSetup, Site, make_site
from demo.office import Office
from demo.programs import Programs
from maglia.core.identity import REGISTRY_ID
from maglia.core.keystore import write_private
from maglia.core.vocabulary import AidStatus, Facet, Kind, Visibility
from maglia.processes import Started, end, is_running, kill
from tests.e2e.live import SEED, TODAY, Ended
from tests.support.netns import Home, Machine, Street

PEER, FRONT = 7_443, 7_444
CALLERS, NODES = 8_443, 8_444
RELAY = "relay"
RECORDS = 200
PATIENCE_S = 90.0
FOOD = {Facet.FOOD_PARCEL.value, Facet.FOOD_VOUCHER.value, Facet.CANTEEN.value}


@dataclass
class Running:
    """One server: what starts it, on whose machine, and the file that is there once it serves."""

    machine: Machine
    command: tuple[str, ...]
    ready: Path
    process: Started


class StreetNetwork:
    """Three bodies and their office."""

    def __init__(self, directory: Path, street: Street, home: Home) -> None:
        self.directory, self.home = directory, home
        for name in FOLDERS:
            (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(directory / "passphrase", secrets.token_urlsafe(24).encode())
        self.district: District = build_district(SEED, date.fromisoformat(TODAY), 3, RECORDS)
        self.office_machine, self.relay_machine = street.machine("ufficio"), street.machine(RELAY)
        self.machines = {
            body.member_id: home.machine if body.kind is Kind.PARISH else street.machine(body.kind.value)
            for body in self.district.bodies
        }
        self.sites = {name: self._site(name) for name in self.machines}
        self.servers: dict[str, Running] = {}
        every = [self.office_machine, self.relay_machine, *self.machines.values()]
        self._forks = {machine.namespace: Forks(machine.within) for machine in every}
        programs = self.programs(self.office_machine)
        self.office = Office(directory, NETWORK, programs, Random(SEED), self.office_machine.address)

    @property
    def parish(self) -> str:
        """The member at home."""
        return self._of_kind(Kind.PARISH)

    @property
    def comune(self) -> str:
        """A member in the street, that asks on public task."""
        return self._of_kind(Kind.COMUNE)

    @property
    def onlus(self) -> str:
        """A member in the street that gives food."""
        return self._of_kind(Kind.ONLUS)

    def found(self) -> None:
        """Found the office, and start its registry."""
        with ThreadPoolExecutor(2) as pool:
            self.office.found(pool, [(PEER, FRONT)])
        self.office.admit_people()
        serve = ("registry", "serve", "--dir", str(self.office.data_dir))
        self.start(REGISTRY_ID, self.office_machine, serve, self.office.data_dir / "ready.json")

    def join(self) -> None:
        """Let every body apply, be approved, join and serve."""
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(self._prepare, site) for site in self.sites.values()]:
                done.result()
            self.office.approve(list(self.sites))
            for done in [pool.submit(self._join, site) for site in self.sites.values()]:
                done.result()
        for name in self.sites:
            self.serve(name)
        for name in self.sites:
            self.wait_ready(name)

    def serve(self, member: str, *options: str) -> None:
        """Start a body's node on its machine."""
        folder = self.sites[member].data_dir
        serve = ("node", "serve", "--dir", str(folder), *options)
        self.start(member, self.machines[member], serve, folder / "ready.json")

    def open_relay(self) -> Path:
        """Set a relay up, start it, and return the file that its nodes need."""
        folder = self.directory / RELAY
        host = self.relay_machine.address
        where = ("--public", f"{host}:{CALLERS}", "--nodes", f"{host}:{NODES}")
        named = ("--name", "comune-est", "--network-file", str(self.office.network_file))
        self.programs(self.relay_machine).run("registry", "relay", "init", "--dir", str(folder), *named, *where)
        serve = ("registry", "relay", "serve", "--dir", str(folder))
        self.start(RELAY, self.relay_machine, serve, folder / "status.json")
        return folder / "relay.json"

    def attending(self) -> list[str]:
        """Return who is reached through the relay, once it has said so; it writes that every few seconds."""
        status = ("registry", "relay", "status", "--dir", str(self.directory / RELAY), "--json")
        until = time.monotonic() + PATIENCE_S
        while True:
            found = json.loads(self.programs(self.relay_machine).run(*status))
            attending = [one["member"] for one in found["members"] if one["attending"]]
            if attending or time.monotonic() > until:
                return attending
            time.sleep(1)

    def start(self, name: str, machine: Machine, command: tuple[str, ...], ready: Path) -> None:
        """Start a server on a machine, and wait until it serves."""
        programs = self.programs(machine)
        ready.unlink(missing_ok=True)
        process = programs.start(name, *command)
        self.servers[name] = Running(machine, command, ready, process)
        until = time.monotonic() + PATIENCE_S
        while not ready.exists():
            assert is_running(process), self.words()
            assert time.monotonic() < until, self.words()
            time.sleep(0.05)

    def stop(self, name: str) -> None:
        """Ask a server to end, and wait until it has."""
        end([self.servers[name].process])

    def kill(self, name: str) -> None:
        """End a server as a power cut would."""
        kill(self.servers[name].process)

    def restart(self, name: str) -> None:
        """Start a server again that has ended."""
        server = self.servers[name]
        self.start(name, server.machine, server.command, server.ready)

    def close(self) -> None:
        """End every server."""
        end([server.process for server in self.servers.values()])
        for forks in self._forks.values():
            forks.close()

    def programs(self, machine: Machine) -> Programs:
        """Return the project's programs as they run on a machine."""
        passphrase = self.directory.joinpath("passphrase").read_text("utf-8")
        return Programs(self.directory, passphrase, self._forks[machine.namespace], machine.within)

    def console(self, member: str, *arguments: str) -> Ended:
        """Run `maglia` as a body's manager, at its own machine."""
        site = self.sites[member]
        ran = self.programs(self.machines[member]).attempt(
            "tui", "--profile", str(site.profile), *arguments, password=site.manager.password
        )
        return Ended(ran.status, ran.out, ran.err)

    def check(self, asker: str, person: str) -> Ended:
        """Ask about food given to a person, on public task."""
        options = ("--facet", Facet.FOOD_PARCEL.value, "--purpose", "aid_overlap", "--case", "PG/2026/0077", "--json")
        return self.console(asker, "check", person, *options)

    def check_until_complete(self, asker: str, person: str) -> dict[str, Any]:
        """Ask until all have answered, and return that answer."""
        until = time.monotonic() + PATIENCE_S
        while not (found := self.check(asker, person)).document.get("complete"):
            assert time.monotonic() < until, f"{found}{self.words()}"
        return found.document

    def helped_with_food(self, member: str, nth: int = 0) -> str:
        """Return the code of the first person, or another one, whom a body alone helped with food, in the open."""
        shown = {
            record.identifier.text
            for record in self.district.records[member]
            if record.facet in FOOD and record.consent and record.visibility is Visibility.NETWORK
            if record.status is AidStatus.GIVEN and (date.fromisoformat(TODAY) - record.day).days < 60
        }
        others = {
            record.identifier.text
            for name, records in self.district.records.items()
            for record in records
            if name != member
        }
        return sorted(shown - others)[nth]

    def wait_ready(self, member: str) -> None:
        """Wait until a node knows everybody and has named all persons of its records."""
        until = time.monotonic() + PATIENCE_S
        while True:
            ended = self.console(member, "status", "--json")
            state = json.loads(ended.out) if ended.out else {}
            if state.get("ready") and state.get("awaiting") == 0 and state.get("members_active") == len(self.sites):
                return
            assert time.monotonic() < until, f"{ended}{self.words()}"
            time.sleep(0.5)

    def words(self) -> str:
        """Return the last words of all programs."""
        logs = sorted(self.directory.glob("log/*.log"))
        return "".join(f"\n--- {path.name}\n{path.read_text('utf-8', 'replace')[-2000:]}" for path in logs)

    def _prepare(self, site: Site) -> None:
        setup = self._setup(site)
        setup.init(site)
        setup.apply(site)
        self.district.write_csv(site.records, site.name)
        setup.fill(site)
        profile = site.profile.read_text("utf-8")
        site.profile.write_text(profile.replace(f'"{site.body.operators[0].user}"', f'"{site.manager.user}"'), "utf-8")

    def _join(self, site: Site) -> None:
        self._setup(site).join(site, self.office.token(site.name))

    def _setup(self, site: Site) -> NodeSetup:
        programs = self.programs(self.machines[site.name])
        return NodeSetup(programs, self.office.network_file, self.district.today, "embedded")

    def _site(self, name: str) -> Site:
        return make_site(self.directory, self.district.body(name), PEER, FRONT, self.machines[name].address)

    def _of_kind(self, kind: Kind) -> str:
        found: Body = next(body for body in self.district.bodies if body.kind is kind)
        return found.member_id
