"""Bodies on machines of their own, whose lines are cut, slow, lossy or parted, while their counters ask and file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from maglia.core.codes import Code
from maglia.v1.operator_pb2 import CheckResponse, ShownFinding, SilentBody
from tests.e2e.live import Ended
from tests.e2e.street_network import StreetNetwork
from tests.support.netns import Machine, open_street, why_not
from tests.torture.evidence import Evidence
from tests.torture.load import FACET, PURPOSE, fictional
from tests.torture.oracle import Oracle
from tests.torture.programs import PATIENCE_S
from tests.torture.rounds import Kind, Round

ROUNDS = 20
PERSONS = 6
_QUESTION = ("--facet", FACET, "--purpose", PURPOSE, "--json")
_AID = ("--facet", FACET, "--date", "21/11/2026", "--amount", "20,00", "--json")
_DELAY_S, _LOSS = (0.2, 2.5), (0.02, 0.3)


@dataclass
class Lines:
    """Hurts one line, lets every counter ask and file meanwhile, and mends it; the counters are the real commands."""

    network: StreetNetwork
    oracle: Oracle
    persons: list[str]

    async def play(self, found: Round) -> None:
        """Hurt a line at random for as long as two checks take at every counter."""
        random = Random(found.seed)
        name, hurt = random.choice(self._faults(random))
        found.fault = name
        with hurt():
            await asyncio.gather(*(self._counter(member, random.choice(self.persons)) for member in self.network.sites))
        whole = await asyncio.gather(*(self._is_whole(member, random) for member in self.network.sites))
        found.unrecovered += [
            f"{member} has no complete answer after {PATIENCE_S:.0f} s"
            for member, is_whole in zip(self.network.sites, whole, strict=True)
            if not is_whole
        ]
        evidence = Evidence({member: site.data_dir for member, site in self.network.sites.items()})
        evidence.read_on()
        found.losses += evidence.lost(self.oracle.helped)
        found.unlogged += evidence.unlogged(self.oracle.asked.values())
        self.oracle.tell(found)

    async def fill(self) -> None:
        """File consents and help for every person at every counter."""
        for member in self.network.sites:
            for person in self.persons:
                ended = await self._type(member, "consent", "add", person, "--purpose", PURPOSE, "--json")
                assert ended.status == 0, ended
                await self._help(member, person)
        assert all([await self._is_whole(member, Random(1)) for member in self.network.sites])

    def _faults(self, random: Random) -> list[tuple[str, Callable[[], Any]]]:
        network, home = self.network, self.network.home
        street = [network.machines[network.comune], network.machines[network.onlus], home.router]
        one, other = random.sample(street, 2)
        away = random.choice(street)
        return [
            ("the parish's line cut", lambda: _cut(network)),
            ("the parish's line slow and lossy", lambda: _slow(network, random)),
            ("two bodies parted", lambda: _parted([(one, other), (other, one)])),
            ("two bodies parted one way", lambda: _parted([(one, other)])),
            ("a body parted from the office", lambda: _parted([(away, network.office_machine)])),
            ("the relay parted from the parish", lambda: _parted([(network.relay_machine, home.router)])),
        ]

    async def _counter(self, member: str, person: str) -> None:
        await self._check(member, person)
        await self._help(member, person)
        await self._check(member, person)

    async def _is_whole(self, member: str, random: Random) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_S
        while loop.time() < until:
            if await self._check(member, random.choice(self.persons)):
                return True
        return False

    async def _check(self, member: str, person: str) -> bool:
        """Ask at a counter, and return whether the answer is complete."""
        begun = self.oracle.begin(member, person)
        ended = await self._type(member, "check", person, *_QUESTION)
        if "verdict" not in ended.document:
            self._refused(ended)
            return False
        state = state_of(ended.document)
        self.oracle.judge(begun, state)
        self.oracle.read(member, state)
        return state.complete

    async def _help(self, member: str, person: str) -> None:
        self.oracle.try_to_help(member, person)
        ended = await self._type(member, "aid", "add", person, *_AID)
        if ended.status == 0:
            self.oracle.help_acknowledged(member, person, ended.document["record_id"])
        else:
            self._refused(ended)

    def _refused(self, ended: Ended) -> None:
        said = ended.document
        is_whole = said["code"] in set(Code) and said["message"] and said["next_action"].endswith(".")
        self.oracle.refused(said["code"], "" if is_whole else str(said))

    async def _type(self, member: str, *arguments: str) -> Ended:
        return await asyncio.to_thread(self.network.console, member, *arguments)


def state_of(document: dict[str, Any]) -> CheckResponse:
    """Return what a command's document says, as the node says it."""
    return CheckResponse(
        **{name: document[name] for name in ("check_id", "verdict", "complete", "asked", "answered")},
        **{name: document.get(name, 0) for name in ("omitted", "left_out", "asked_in_part")},
        silent=[SilentBody(member=body["member"], reason=body["reason"]) for body in document["silent"]],
        refused=[SilentBody(member=body["member"], reason=body["reason"]) for body in document["refused"]],
        findings=[ShownFinding() for _ in document["findings"]],
    )


@contextlib.contextmanager
def _cut(network: StreetNetwork) -> Iterator[None]:
    network.home.cut()
    try:
        yield
    finally:
        network.home.mend()


@contextlib.contextmanager
def _slow(network: StreetNetwork, random: Random) -> Iterator[None]:
    line = network.home.line
    before = line.delay_s, line.loss
    line.delay_s, line.loss = random.uniform(*_DELAY_S), random.uniform(*_LOSS)
    try:
        yield
    finally:
        line.delay_s, line.loss = before


@contextlib.contextmanager
def _parted(ways: list[tuple[Machine, Machine]]) -> Iterator[None]:
    """Let nothing go from the first machine of each pair to the second, which is told nothing."""
    for one, other in ways:
        one.run("ip", "route", "add", "blackhole", other.address)
    try:
        yield
    finally:
        for one, other in ways:
            one.run("ip", "route", "del", "blackhole", other.address)


@contextlib.asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Lines]:
    with open_street() as street:
        network = await asyncio.to_thread(StreetNetwork, folder, street, street.home("casa", 0.02, 0.005))
        try:
            await asyncio.to_thread(_bring_up, network)
            lines = Lines(network, Oracle(frozenset(network.sites)), fictional(Random(7), PERSONS))
            await lines.fill()
            yield lines
        finally:
            network.close()


def _bring_up(network: StreetNetwork) -> None:
    network.found()
    network.join()
    file = network.open_relay()
    network.stop(network.parish)
    network.serve(network.parish, "--via", str(file))


LINES = Kind("lines", "lines cut, slow, lossy and parted, on machines of their own", ROUNDS, _open, why_not)
