"""A whole network on loopback: brought up, taken down, one node stopped and started again.

Two cores or so are all there is: commands that need not wait for each other run side by side, as many at once as there
are cores.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

from demo.bodies import make_call
from demo.counter import settle
from demo.district import TOTAL_RECORDS, District, build_district
from demo.forks import Forks
from demo.nodes import NodeSetup, Site, make_site, start_server, wait_serving
from demo.office import Office
from demo.ports import choose_ports
from demo.programs import Programs
from demo.sheet import Sheet, find_program, make_sheet, read_sheet, write_sheet
from maglia.cli import spoken
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.keystore import write_private
from maglia.core.translation import tr
from maglia.processes import Ledger, end, is_running

NETWORK = "distretto-esempio"
FOLDERS = ("log", "csv", "profiles", "nodes")

Say = Callable[[str], None]


def up(
    directory: Path,
    seed: int,
    today: date,
    bodies: int = 8,
    *,
    engine: str = "auto",
    replicas: int = 1,
    records: int = TOTAL_RECORDS,
    say: Say = lambda _: None,
) -> Sheet:
    """Bring a network up in a new or empty folder and return its sheet when every node is ready.

    A registry of several `replicas` needs the PostgreSQL that `programs.DATABASE` names.

    Raises `ValueError` for a number of bodies outside 3 to 100, `storage.exists` for a folder in use, and
    `network.process` or `network.deadline` when a program fails; then nothing keeps running.
    """
    with Forks() as forks:  # it gets ready while people and records are made up
        district = build_district(seed, today, bodies, records)
        directory = _make_folder(directory)
        with locked(directory):
            try:
                return _Rise(directory, district, Random(seed), engine, replicas, forks, say).run()
            except BaseException:
                _end_all(directory)
                raise


def down(directory: Path) -> list[str]:
    """End every process of the network that still runs; return their names. Files stay."""
    directory = directory.absolute()
    if not directory.is_dir():
        raise MagliaError(Code.STORAGE_MISSING, path=str(directory), command="maglia-demo up")
    with locked(directory):
        return _end_all(directory)


def stop(directory: Path, *members: str) -> None:
    """End nodes, or the `registry`; one that is stopped already stays so. Raises `member.unknown`."""
    directory = directory.absolute()
    with locked(directory):
        sheet, ledger = read_sheet(directory), _ledger(directory)
        for member in members:
            find_program(sheet, member)["pid"] = None
        running = {member: process for member, process in ledger.read().items() if member in members}
        end(running.values())
        for member in running:
            ledger.remove(member)
        write_sheet(directory, sheet)


def start(directory: Path, *members: str) -> None:
    """Start stopped nodes or the registry, side by side, and wait until they serve; one that runs keeps running.

    Raises as `up`.
    """
    directory = directory.absolute()
    with locked(directory):
        sheet, ledger, programs = read_sheet(directory), _ledger(directory), programs_of(directory)
        entries = {member: find_program(sheet, member) for member in members}
        started = []
        for member, entry in entries.items():
            running = ledger.read().get(member)
            if running is not None and is_running(running):
                continue
            is_registry = member == REGISTRY_ID
            data_dir = directory / "registry" if is_registry else Path(entry["data_dir"])
            process = start_server(programs, member, "registry" if is_registry else "node", data_dir)
            ledger.put(member, process)
            started.append((member, process, data_dir))
        for member, process, data_dir in started:
            wait_serving(programs, member, process, data_dir)
            entries[member]["pid"] = process.pid
        write_sheet(directory, sheet)


class _Rise:
    """One network coming up; each step ends before the next begins."""

    def __init__(
        self, directory: Path, district: District, rng: Random, engine: str, replicas: int, forks: Forks, say: Say
    ) -> None:
        self._directory = directory
        self._district = district
        self._say = say
        ports = choose_ports(2 * (len(district.bodies) + replicas))
        peers, fronts = ports[::2], ports[1::2]
        self._registry_ports = list(zip(peers[:replicas], fronts[:replicas], strict=True))
        self._programs = programs_of(directory, forks)
        self._ledger = _ledger(directory)
        self._office = Office(directory, NETWORK, self._programs, rng)
        self._setup = NodeSetup(self._programs, self._office.network_file, district.today, engine)
        pairs = zip(district.bodies, peers[replicas:], fronts[replicas:], strict=True)
        self._sites = [make_site(directory, body, peer, front) for body, peer, front in pairs]

    def run(self) -> Sheet:
        with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            try:
                return self._steps(pool)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _steps(self, pool: ThreadPoolExecutor) -> Sheet:
        self._say(tr("Ufficio di accreditamento: chiavi dei funzionari, registro, avvio.", spoken()))
        known = self._office.found(pool, self._registry_ports)
        prepared = [pool.submit(self._setup.init, site) for site in self._sites]
        self._office.admit_people()
        registries = {REGISTRY_ID: self._office.data_dir, **self._office.replicas}
        self._serve([(name, "registry", folder) for name, folder in registries.items()])
        applying = tr("Domande di {count} enti; ciascuno importa i suoi aiuti.", spoken())
        self._say(applying.format(count=len(self._sites)))
        _wait(prepared)
        keyed = [pool.submit(self._office.make_official_key, person) for person in self._office.officials]
        _wait([pool.submit(self._setup.apply, site) for site in self._sites])
        filled = [pool.submit(self._fill, site) for site in self._sites]
        self._say(tr("Due funzionari firmano l'elenco; ogni ente attiva il suo nodo.", spoken()))
        self._office.approve([site.name for site in self._sites])
        call = make_call(self._district.bodies, self._district.today)
        self._office.declare(call)
        appointed = pool.submit(self._office.appoint, [one.result() for one in keyed])
        _wait([pool.submit(self._join, site) for site in self._sites])
        _wait([*filled, appointed])
        self._say(tr("Avvio dei nodi; ciascuno calcola gli pseudonimi delle persone che aiuta.", spoken()))
        self._serve([(site.name, "node", site.data_dir) for site in self._sites])
        settle(self._sites, self._district.planted, NETWORK, self._district.today)
        planted, running = self._district.planted, self._ledger.read()
        sheet = make_sheet(self._office, known.registry_front, self._sites, planted, [call], running)
        write_sheet(self._directory, sheet)
        return sheet

    def _fill(self, site: Site) -> None:
        self._district.write_csv(site.records, site.name)
        self._setup.fill(site)

    def _join(self, site: Site) -> None:
        self._setup.join(site, self._office.token(site.name))

    def _serve(self, servers: list[tuple[str, str, Path]]) -> None:
        """Start servers all at once, each listed before anything else can fail, and wait for each."""
        started = []
        for name, program, data_dir in servers:
            process = start_server(self._programs, name, program, data_dir)
            self._ledger.put(name, process)
            started.append((name, process, data_dir))
        for name, process, data_dir in started:
            wait_serving(self._programs, name, process, data_dir)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Let one command at a time change what a network has running."""
    with directory.joinpath(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_folder(directory: Path) -> Path:
    """Make the network's folders in `directory`, which must be new or empty, with a passphrase of its own."""
    directory = directory.absolute()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise MagliaError(Code.STORAGE_EXISTS, path=str(directory))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        directory.joinpath(name).mkdir(mode=0o700)
    write_private(directory / "passphrase", secrets.token_urlsafe(24).encode())
    return directory


def programs_of(directory: Path, forks: Forks | None = None) -> Programs:
    """Return the programs of the network in `directory`, with its passphrase."""
    return Programs(directory, directory.joinpath("passphrase").read_text("utf-8"), forks)


def _ledger(directory: Path) -> Ledger:
    return Ledger(directory / "processes.json")


def _end_all(directory: Path) -> list[str]:
    ledger = _ledger(directory)
    running = {name: process for name, process in ledger.read().items() if is_running(process)}
    end(running.values())
    for name in ledger.read():
        ledger.remove(name)
    return list(running)


def _wait(futures: list[Future[None]]) -> None:
    """Wait for each, raising the first failure met."""
    for future in futures:
        future.result()
