"""Many questions at once to a live network, as consoles put them, while something happens to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import grpc

from demo.network import NETWORK
from maglia.v1.operator_pb2 import CheckRequest, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from tests.e2e.live import LiveNetwork

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

AT_A_TIME = 8
CHECK_S = 30.0


def ask_many(live: LiveNetwork, questions: int, meanwhile: Callable[[], None]) -> int:
    """Put checks until so many bodies were asked, whatever they said; half-way, with checks under way, do `meanwhile`.

    Return how many bodies were asked in all. A body that does not answer its own console is asked no more here.
    """
    return asyncio.run(_Crowd(live, questions, meanwhile).run())


class _Crowd:
    def __init__(self, live: LiveNetwork, questions: int, meanwhile: Callable[[], None]) -> None:
        self._live = live
        self._wanted = questions
        self._meanwhile = meanwhile
        self._asked = 0
        self._gone: set[str] = set()

    async def run(self) -> int:
        """Ask from every console that answers, in turn."""
        cases = [case for case in self._live.sheet["planted"] if case["expected_verdict"] != "refused"]
        async with contextlib.AsyncExitStack() as stack:
            consoles = {case["asker"]: await self._console(stack, case["asker"]) for case in cases}
            turns = iter(cycle(cases))
            before = asyncio.gather(*(self._keep_asking(turns, consoles, self._wanted // 2) for _ in range(AT_A_TIME)))
            await before
            after = asyncio.gather(*(self._keep_asking(turns, consoles, self._wanted) for _ in range(AT_A_TIME)))
            await asyncio.to_thread(self._meanwhile)
            await after
        return self._asked

    async def _console(self, stack: contextlib.AsyncExitStack, member: str) -> _Console:
        node = self._live.node(member)
        operator = node["operators"][0]
        opened = open_channel(node["front"], member, NETWORK, self._live.certificate(member))
        stub: OperatorServiceAsyncStub = OperatorServiceStub(await stack.enter_async_context(opened))
        reply = await stub.LoginOperator(LoginOperatorRequest(user=operator["user"], password=operator["password"]))
        return stub, (("authorization", f"Bearer {reply.token}"),)

    async def _keep_asking(self, turns: Any, consoles: Mapping[str, _Console], wanted: int) -> None:
        while self._asked < wanted and len(self._gone) < len(consoles):
            case = next(turns)
            if case["asker"] in self._gone:
                continue
            stub, metadata = consoles[case["asker"]]
            question = CheckRequest(identifier=case["identifier"], facet=case["facet"], purpose=case["purpose"])
            try:
                async for state in stub.Check(question, metadata=metadata, timeout=CHECK_S):
                    asked = state.asked
                self._asked += asked
            except grpc.aio.AioRpcError:
                self._gone.add(case["asker"])


if TYPE_CHECKING:
    _Console = tuple[OperatorServiceAsyncStub, tuple[tuple[str, str]]]
