"""Consoles that ask, file aid and promise help without a pause, while something happens to the programs they call."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

from maglia.core.identifiers import tax_code_check_letter
from maglia.v1.operator_pb2 import AddAidRequest, AddConsentRequest, CheckRequest, CheckResponse
from maglia.v1.reservation_pb2 import ReserveRequest
from tests.e2e.live import TODAY, LiveNetwork
from tests.torture.console import Console, Refused, open_console
from tests.torture.oracle import Oracle

PERSONS = 90
"""Fewer than a manager may ask about in a day."""
MANAGER = "manager"
FACET, PURPOSE = "food_parcel", "aid_overlap"
MOST_HELP = 6
"""Helps for one person, so that all of it fits into every answer."""
PAUSE_S = 0.02, 0.15
ASIDE_S = 0.5
"""How long a console stands aside after a refusal, as people do."""
_CHECKS, _LEFT, _AIDS, _PROMISES = 60, 12, 18, 10
"""How often each is done, of a hundred."""


@dataclass
class Load:
    """The network under load; `oracle` is told of all that consoles are told."""

    live: LiveNetwork
    oracle: Oracle
    random: Random
    consoles: dict[str, Console]
    persons: list[str]
    files_newcomers: bool = True
    """Whether help is filed for people new to a body too, who await a pseudonym until the registry gives one."""
    promises: bool = True
    """Whether help is promised, which is over after some hours, whoever moves the clock."""
    _is_over: bool = False

    async def admit(self) -> None:
        """File every person's consent at every body; raises `Refused`."""
        for console in self.consoles.values():
            for person in self.persons:
                await console.call(console.node.AddConsent, _consent(person))

    @contextlib.asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Keep every console busy meanwhile; whatever was under way at the end is read to its own end."""
        self._is_over = False
        async with asyncio.TaskGroup() as group:
            for console in self.consoles.values():
                group.create_task(self._work(console), name="load")
            try:
                yield
            finally:
                self._is_over = True

    async def _work(self, console: Console) -> None:
        while not self._is_over:
            await self.act(console)
            await asyncio.sleep(self.random.uniform(*PAUSE_S))

    async def act(self, console: Console) -> None:
        """Do one thing that people do at a counter."""
        acts = (self.check, self._leave, self._file, self._promise)
        [act] = self.random.choices(acts, (_CHECKS, _LEFT, _AIDS, _PROMISES))
        try:
            await act(console, self.random.choice(self.persons))
        except Refused as refused:
            self.oracle.refused(refused.code.value, refused.fault)
            if not self._is_over:
                await asyncio.sleep(ASIDE_S)

    async def check(self, console: Console, person: str) -> CheckResponse | None:
        """Ask the network to the end; return the last state. Raises `Refused`."""
        return await self._ask(console, person, 0)

    async def _leave(self, console: Console, person: str) -> None:
        """Ask, and hang up before the end."""
        await self._ask(console, person, 1)

    async def _ask(self, console: Console, person: str, leave_after: int) -> CheckResponse | None:
        begun = self.oracle.begin(console.member, person)
        last: CheckResponse | None = None
        request = CheckRequest(identifier=person, facet=FACET, purpose=PURPOSE)
        async for state in console.follow(console.node.Check, request, leave_after):
            self.oracle.judge(begun, state)
            last = state
        if last is not None:
            self.oracle.read(console.member, last)
        return last

    async def _file(self, console: Console, person: str) -> None:
        if self.oracle.filed(person) < MOST_HELP:
            await self.help(console, person)
        elif self.files_newcomers:  # whom nobody asks about: filing goes on
            await self.help(console, fictional(self.random, 1)[0])

    async def help(self, console: Console, person: str) -> None:
        """File help given under one key until it is acknowledged, as a counter without an answer does."""
        self.oracle.try_to_help(console.member, person)
        request = AddAidRequest(
            identifier=person, facet=FACET, date=TODAY, amount_cents=2_000, key=secrets.token_hex(16)
        )
        while True:
            try:
                reply = await console.call(console.node.AddAid, request)
            except Refused as refused:
                self.oracle.refused(refused.code.value, refused.fault)
                if self._is_over:
                    return
                await asyncio.sleep(ASIDE_S)
            else:
                self.oracle.help_acknowledged(console.member, person, reply.record_id)
                return

    async def _promise(self, console: Console, person: str) -> None:
        """Promise help: it is acknowledged by the first message, before anybody is asked."""
        if not self.promises or self.oracle.filed(person) >= MOST_HELP:
            return
        self.oracle.try_to_help(console.member, person)
        request = ReserveRequest(identifier=person, facet=FACET, amount_cents=2_000, purpose=PURPOSE)
        known = ""
        async for state in console.follow(console.promises.Reserve, request):
            if not known:
                known = state.reservation.record_id
                self.oracle.help_acknowledged(console.member, person, known)


def _consent(person: str) -> AddConsentRequest:
    return AddConsentRequest(
        identifier=person, purposes=[PURPOSE], notice_version="2026-1", language="it", date=TODAY, method="signed"
    )


def fictional(random: Random, count: int) -> list[str]:
    """Return codes of persons who can't exist."""
    first_15 = random.sample(
        [f"XQZXQ{e}{y:02}A{d:02}H501" for e in "WZ" for y in range(30, 99) for d in range(1, 31)], count
    )
    return [first + tax_code_check_letter(first) for first in first_15]


@contextlib.asynccontextmanager
async def open_load(live: LiveNetwork, seed: int, persons: int = PERSONS) -> AsyncIterator[Load]:
    """Yield a console at every body, with persons whose consent is on file everywhere."""
    random = Random(seed)
    async with contextlib.AsyncExitStack() as stack:
        consoles = {name: await stack.enter_async_context(open_console(live, name, MANAGER)) for name in live.members()}
        load = Load(live, Oracle(frozenset(consoles)), random, consoles, fictional(random, persons))
        await load.admit()
        yield load
