"""A suspension on a live network: one officer's word, and nobody asks or answers the body any more."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import grpc
import pytest

from demo.network import NETWORK
from maglia.core.errors import Code
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.operator_pb2 import GetStatusRequest, GetStatusResponse, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.convert import open_card
from maglia.wire.envelope import parse
from maglia.wire.status import error_of
from node.card import CARD_FILE
from node.keys import Keys, load_keys
from tests.e2e.live import Ended, LiveNetwork, run
from tests.integration.node_world import line

pytestmark = pytest.mark.xdist_group("small")

BOUND_S = 30.0
"""Generous: an idle machine needs well under a second, and the benchmarks say how long exactly."""


def office(network: LiveNetwork, officer: int, *arguments: str) -> Ended:
    """Run `maglia office` as one of the officers."""
    person = network.sheet["officers"][officer]
    secrets = {"MAGLIA_PASSWORD": person["password"], "MAGLIA_PASSPHRASE": passphrase(network)}
    environment = {**os.environ, **secrets}
    return run("tui", "--profile", person["profile"], "office", *arguments, environment=environment)


def keys_of(network: LiveNetwork, member: str) -> Keys:
    """Return a body's secrets: the test speaks for it."""
    return load_keys(Path(network.node(member)["data_dir"]), passphrase(network))


def passphrase(network: LiveNetwork) -> str:
    """Return what all of the demo's keys are encrypted under."""
    return network.directory.joinpath("passphrase").read_text("utf-8")


async def statuses(network: LiveNetwork, member: str, until: int) -> GetStatusResponse:
    """Ask a node how it is each 100 ms until it counts so many active members, or says that it is out itself."""
    node = network.node(member)
    person: dict[str, Any] = node["operators"][0]
    async with open_channel(node["front"], member, NETWORK, network.certificate(member)) as channel:
        stub = OperatorServiceStub(channel)
        login = await stub.LoginOperator(LoginOperatorRequest(user=person["user"], password=person["password"]))
        bearer = (("authorization", f"Bearer {login.token}"),)
        end = time.monotonic() + BOUND_S
        while True:
            status = await stub.GetStatus(GetStatusRequest(), metadata=bearer)
            if status.members_active == until or Code.MEMBER_INACTIVE in status.problems:
                return status
            assert time.monotonic() < end, status
            await asyncio.sleep(0.1)


async def test_a_suspension_reaches_everybody_and_its_end_too(small: LiveNetwork) -> None:
    case = small.case("clear")
    asker = case["asker"]
    stopped = next(member for member in small.members() if member != asker)
    other = next(member for member in small.members() if member not in {asker, stopped})
    own, theirs = keys_of(small, stopped), keys_of(small, asker)
    card_file = Path(small.node(asker)["data_dir"]) / CARD_FILE
    card = open_card(parse(Envelope, card_file.read_bytes()), NETWORK, asker, theirs.identity.public)

    assert small.check(case).document["complete"]
    async with line(card, own.peer) as held:
        assert await held.is_served()
        suspended = await asyncio.to_thread(office, small, 0, "suspend", stopped, "--reason", "prova", "--json")
        assert suspended.status == 0, suspended
        # In the middle of a stream on which nobody says anything.
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await asyncio.wait_for(held.call.read(), BOUND_S)
        assert error_of(failure.value).code is Code.MEMBER_INACTIVE
    for member in (asker, other):
        assert (await statuses(small, member, until=2)).members_active == 2
    assert Code.MEMBER_INACTIVE in (await statuses(small, stopped, until=2)).problems

    # Nobody asks it: it is named as silent with the reason, since what it gave is not known ...
    during = small.check(case).document
    assert [(body["member"], body["reason"]) for body in during["silent"]] == [(stopped, "suspended_here")]
    assert not during["complete"]
    # ... and nobody lets it ask.
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        async with line(card, own.peer):
            pass
    assert error_of(failure.value).code is Code.MEMBER_INACTIVE

    for officer in (0, 1):
        signed = office(small, officer, "reinstate", stopped, "--reason", "prova finita", "--json")
        assert signed.status == 0, signed
    for member in (asker, other, stopped):
        end = time.monotonic() + BOUND_S
        while (await statuses(small, member, until=3)).members_active != 3:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
    assert small.check(case).document["complete"]
