"""The registry as members call it, in a network of 60, by one process and by two, beside bare multiplications.

One process stands on SQLite; one and two stand on a PostgreSQL, which keeps what replicas share. An evaluation uses all
cores already: two processes of one machine take turns on them, so what a second one adds shows on another machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.bulk import raw_of_evaluation
from benchmarks.database import durable_postgres
from benchmarks.directory import measure_directory
from benchmarks.flood import measure_flood
from benchmarks.measure import Plan, Slice, loop_calls, median_rate, memory_mib, seconds_each
from benchmarks.table import Table
from benchmarks.wire import wire_to
from demo.ports import choose_ports
from maglia.core import group
from maglia.core.evaluation_keys import decode_keys
from maglia.core.identifiers import provisional_check_digit
from maglia.core.identity import REGISTRY_ID
from maglia.core.keyset import ALL_SHARES, KeySet
from maglia.core.lanes import Lanes
from maglia.core.pseudonym import blind
from maglia.core.vocabulary import PseudonymClass
from maglia.v1.pseudonyms_pb2 import USE_CHECK, EvaluateRequest
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from maglia.wire.channel import open_channel
from tests.integration.registry_world import NETWORK, PASSPHRASE, Body, make_template, served
from tests.postgres import NoPostgresError

if TYPE_CHECKING:
    from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceAsyncStub

MEMBERS = 60
_ASKING = 4
_IN_FLIGHT = 16
_BATCH = 100
_READY_S = 60.0
_WARM_S = 0.3
_DATABASE = "MAGLIA_REGISTRY_DATABASE_URL"


def measure_registry(plan: Plan, table: Table) -> None:
    """Measure evaluations, then a directory of a whole region."""
    table.section(f"Registry, {MEMBERS} members (beside: libsodium's multiplications alone, all cores)")
    with _office() as office:
        _measure_on(office, "SQLite", 1, plan, table)
        with _processes(office, 1) as registries:
            asyncio.run(_measure_flood(office, registries[0], plan, table))
    if plan.is_whole:
        _measure_replicas(plan, table)
    measure_directory(plan, table)


def _measure_replicas(plan: Plan, table: Table) -> None:
    try:
        with durable_postgres() as url, _office(url) as office:
            for processes in (1, 2):
                _measure_on(office, "PostgreSQL", processes, plan, table)
    except NoPostgresError as why:
        table.skip("registry on PostgreSQL", str(why))


@dataclass(frozen=True)
class Office:
    """A registry's folder with its members; those in `asking` have their keys here."""

    folder: Path
    asking: Sequence[Body]
    key_set: KeySet
    certificate: bytes
    environment: dict[str, str]


@dataclass(frozen=True)
class Served:
    """One registry process: where it listens, its number, and how long it took to serve, in seconds."""

    endpoint: str
    pid: int
    start_s: float


@contextmanager
def _office(url: str = "") -> Iterator[Office]:
    """Let 60 bodies be admitted by the registry's own way; on SQLite, or on the PostgreSQL at `url`."""
    with tempfile.TemporaryDirectory(prefix="maglia-bench-") as folder, _variable(_DATABASE, url):
        made = make_template(Path(folder) / "registry")
        asking, key_set, certificate = asyncio.run(_admit(made))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
        environment |= {"MAGLIA_PASSPHRASE": PASSPHRASE} | ({_DATABASE: url} if url else {})
        yield Office(made, asking, key_set, certificate, environment)


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    if value:
        os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name, None)


async def _admit(folder: Path) -> tuple[list[Body], KeySet, bytes]:
    """Admit 60 bodies, of which a few join: the others have keys, and that is what an evaluation costs."""
    bodies = [Body(f"ente-{number:03d}") for number in range(MEMBERS)]
    async with served(folder, applications_an_hour=1_000, applications_waiting=1_000) as world:
        for number, body in enumerate(bodies):
            first_10 = f"{9_000_000 + number}000"
            await world.apply(body, fiscal_code=first_10 + provisional_check_digit(first_10))
        await world.approve(*(body.member for body in bodies))
        for body in bodies[:_ASKING]:
            await world.activate(body, await world.token(body.member))
        with tempfile.TemporaryDirectory() as trust:
            keys = decode_keys((await world.trusted(Path(trust))).keys)
        return bodies[:_ASKING], keys.network_set(PseudonymClass.PERSON), world.known.peer_certificate


@contextmanager
def _processes(office: Office, count: int) -> Iterator[list[Served]]:
    """Serve the registry by so many processes, each in a folder of its own."""
    with ExitStack() as stack:
        folders = [office.folder.with_name(f"registry-{number}") for number in range(1, count + 1)]
        started = []
        for folder in folders:
            shutil.copytree(office.folder, folder)
            stack.callback(shutil.rmtree, folder)
            peer, front = (f"127.0.0.1:{port}" for port in choose_ports(2))
            with folder.joinpath("registry.toml").open("a") as settings:
                settings.write(f'elements_a_day = 1000000000\npeer_listen = "{peer}"\nfront_listen = "{front}"\n')
            command = [sys.executable, "-P", "-m", "registry", "serve", "--dir", str(folder)]
            process = subprocess.Popen(command, env=office.environment, stderr=subprocess.DEVNULL)
            stack.callback(_end, process)
            started.append((folder, peer, process, time.perf_counter()))
        yield [_wait(*each) for each in started]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _wait(folder: Path, peer: str, process: subprocess.Popen[bytes], start: float) -> Served:
    ready = folder / "ready.json"
    while not ready.exists():
        if process.poll() is not None or time.perf_counter() - start > _READY_S:
            raise AssertionError("the registry does not serve")
        time.sleep(0.01)
    assert json.loads(ready.read_bytes())["pid"] == process.pid  # noqa: S101 - another one's figures are none
    return Served(peer, process.pid, time.perf_counter() - start)


def _measure_on(office: Office, database: str, count: int, plan: Plan, table: Table) -> None:
    lanes = Lanes()
    name = f"{database}, {count} process" + ("es" if count > 1 else "")
    with _processes(office, count) as registries:
        table.add(f"{name}: start", max(each.start_s for each in registries), "s")
        table.add(f"{name}: memory, idle, each", memory_mib(registries[0].pid), "MiB")
        for persons, what in ((1, "evaluations"), (_BATCH, f"batches of {_BATCH}, persons")):
            work = raw_of_evaluation(persons, MEMBERS).work(lanes)
            bare = persons / seconds_each(work, plan.seconds / 2, least=2)
            slices = asyncio.run(_drive(office, registries, persons, plan))
            table.add(f"{name}: {what}", median_rate(slices), "/s", bare)
            table.add(f"{name}: {what}, CPU", median(each.cpu_us for each in slices), "us")
        if count == 1:
            carried = asyncio.run(_carried(office, registries[0]))
            table.add(f"{name}: an evaluation on the wire", carried, "bytes")
        table.add(f"{name}: memory, after these, each", memory_mib(registries[0].pid), "MiB")


async def _drive(office: Office, registries: Sequence[Served], persons: int, plan: Plan) -> list[Slice]:
    """Return slices of evaluations, counted in persons, spread over all processes."""
    pids = [each.pid for each in registries]
    in_flight = _IN_FLIGHT if persons == 1 else 2 * len(registries)
    async with AsyncExitStack() as stack:
        calls = [
            await stack.enter_async_context(_caller(office, body, endpoint, persons))
            for body in office.asking
            for endpoint in (each.endpoint for each in registries)
        ]
        turn = cycle(calls)

        async def evaluate() -> None:
            await next(turn)()

        await loop_calls(evaluate, in_flight, _WARM_S)
        slices = [await loop_calls(evaluate, in_flight, plan.seconds, pids) for _ in range(plan.slices)]
    return [Slice(each.count * persons, each.seconds, each.cpu_s) for each in slices]


async def _measure_flood(office: Office, registry: Served, plan: Plan, table: Table) -> None:
    flooding, other = office.asking[:2]
    async with AsyncExitStack() as stack:
        evaluate, singles, batches = [
            await stack.enter_async_context(_caller(office, body, registry.endpoint, persons))
            for body, persons in ((other, 1), (flooding, 1), (flooding, _BATCH))
        ]
        floods = {"evaluations": (singles, 4 * _IN_FLIGHT), f"batches of {_BATCH}": (batches, _IN_FLIGHT)}
        await measure_flood(evaluate, floods, plan, table)


@asynccontextmanager
async def _caller(
    office: Office, body: Body, endpoint: str, persons: int
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Yield a call of one member that asks about so many persons, over a warm channel."""
    elements = [blind(b"cf:%016d" % number).element for number in range(persons)]
    async with open_channel(endpoint, REGISTRY_ID, NETWORK, office.certificate, body.tls) as channel:
        stub: PseudonymServiceAsyncStub = PseudonymServiceStub(channel)

        async def evaluate() -> None:
            request = EvaluateRequest(
                key_set=office.key_set.digest,
                epoch=office.key_set.epoch,
                mask=ALL_SHARES,
                elements=elements,
                use=USE_CHECK,
                evaluation_id=secrets.token_bytes(16),
            )
            response = await stub.Evaluate(request)
            if len(response.parts[0].elements) != persons * MEMBERS * group.SIZE:
                raise AssertionError("an answer of another size")

        await evaluate()
        yield evaluate


async def _carried(office: Office, registry: Served) -> float:
    """Return the bytes on the wire of an evaluation for one person, over a warm channel."""
    async with wire_to(registry.endpoint) as wire, _caller(office, office.asking[0], wire.endpoint, 1) as evaluate:
        before, count = wire.carried, 50
        for _ in range(count):
            await evaluate()
        return wire.since(before, count)
