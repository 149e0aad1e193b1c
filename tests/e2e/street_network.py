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
from demo.nodes import NodeSetup, Site, make_site, start_server, wait_serving
from demo.office import Office
from demo.programs import Programs
from maglia.core.identity import REGISTRY_ID
from maglia.core.keystore import write_private
from maglia.core.vocabulary import AidStatus, Facet, Kind, Visibility
from maglia.processes import Started, end
from tests.e2e.live import SEED, TODAY, Ended
from tests.support.netns import Home, Machine, Street

PEER, FRONT = 7_443, 7_444
RECORDS = 200
PATIENCE_S = 90.0
FOOD = {Facet.FOOD_PARCEL.value, Facet.FOOD_VOUCHER.value, Facet.CANTEEN.value}


@dataclass
class Running:
    """One server: on whose machine, from which folder."""

    program: str
    folder: Path
    machine: Machine
    process: Started


class StreetNetwork:
    """Three bodies and their office."""

    def __init__(self, directory: Path, street: Street, home: Home) -> None:
        self.directory, self.home = directory, home
        for name in FOLDERS:
            (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(directory / "passphrase", secrets.token_urlsafe(24).encode())
        self.district: District = build_district(SEED, date.fromisoformat(TODAY), 3, RECORDS)
        self.office_machine = street.machine("ufficio")
        self.machines = {
            body.member_id: home.machine if body.kind is Kind.PARISH else street.machine(body.kind.value)
            for body in self.district.bodies
        }
        self.sites = {name: self._site(name) for name in self.machines}
        self.servers: dict[str, Running] = {}
        every = [self.office_machine, *self.machines.values()]
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

    def found(self) -> None:
        """Found the office, and start its registry."""
        with ThreadPoolExecutor(2) as pool:
            self.office.found(pool, [(PEER, FRONT)])
        self.office.admit_people()
        self.start(REGISTRY_ID, "registry", self.office.data_dir, self.office_machine)

    def join(self, settings: dict[str, str]) -> None:
        """Let every body apply, be approved, join and serve; `settings` are further lines of a node's, by member."""
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(self._prepare, site, settings.get(site.name, "")) for site in self.sites.values()]:
                done.result()
            self.office.approve(list(self.sites))
            for done in [pool.submit(self._join, site) for site in self.sites.values()]:
                done.result()
        for site in self.sites.values():
            self.start(site.name, "node", site.data_dir, self.machines[site.name])
        for name in self.sites:
            self.wait_ready(name)

    def start(self, name: str, program: str, folder: Path, machine: Machine) -> None:
        """Start a server on its machine, and wait until it serves."""
        programs = self.programs(machine)
        process = start_server(programs, name, program, folder)
        self.servers[name] = Running(program, folder, machine, process)
        wait_serving(programs, name, process, folder)

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

    def helped_with_food(self, member: str) -> str:
        """Return the code of a person whom a body, and no other, helped with food, and who agreed that others know."""
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
        return min(shown - others)

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

    def _prepare(self, site: Site, settings: str) -> None:
        setup = self._setup(site)
        setup.init(site)
        with (site.data_dir / "node.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
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
