"""Two registries over one PostgreSQL: one is killed while people are asked about, and nothing said is ever wrong."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import psycopg
import pytest

from demo.district import build_district
from demo.network import NETWORK
from maglia.core.checkpoint import Checkpoint, sign_checkpoint
from maglia.core.errors import Code
from maglia.core.identity import REGISTRY_ID, log_origin
from maglia.core.network_file import NetworkFile, decode_network_file
from maglia.processes import is_running, kill
from maglia.v1.operator_pb2 import CheckRequest, CheckResponse, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.v1.witness_pb2 import CosignRequest, CosignResponse
from maglia.v1.witness_pb2_grpc import WitnessServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from node.keys import Keys, load_keys
from tests.clerk import fictional_code
from tests.e2e.life import Life
from tests.e2e.live import SEED, TODAY, LiveNetwork, processes_in
from tests.postgres import NoPostgresError, OwnServer, fresh_database, own_postgres

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

BODIES = 3
RECORDS = 600
QUESTIONS = 200
AT_A_TIME = 8
KILLED_AFTER = 60
KNOWN = ("same_need", "rent")
"""Cases of the comune whose verdict is known by construction."""


@dataclass(frozen=True)
class Question:
    """What is asked, and the verdict that is known to be right, if it is known."""

    request: CheckRequest
    verdict: str = ""


@dataclass
class Told:
    """What the operator was told of each person: a last state, or the code of a refusal."""

    states: dict[str, CheckResponse]
    refused: dict[str, Code]


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A PostgreSQL of these tests' own: one of them kills it."""
    try:
        with own_postgres() as server:
            yield server
    except NoPostgresError as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def database(server: OwnServer) -> Iterator[str]:
    """The registry's database."""
    with fresh_database(server.url) as url:
        yield url


@pytest.fixture(scope="module")
def network(database: str) -> Iterator[LiveNetwork]:
    """Three bodies and two registries."""
    with tempfile.TemporaryDirectory(prefix="maglia-replicas-") as folder:
        live = LiveNetwork(Path(folder) / "rete", {**os.environ, "MAGLIA_DEMO_DATABASE_URL": database})
        try:
            live.up(bodies=BODIES, replicas=2, records=RECORDS)
            yield live
        finally:
            live.down()
        assert processes_in(live.directory) == []


def test_one_of_two_registries_is_killed_in_the_middle_of_many_checks(network: LiveNetwork, database: str) -> None:
    questions = make_questions(network)
    victim, counted = network.process("registry"), _evaluated(network, database)
    told = asyncio.run(_ask_all(network, questions, KILLED_AFTER, lambda: kill(victim)))
    assert not is_running(victim)
    assert len(told.states) + len(told.refused) == QUESTIONS
    assert set(told.refused.values()) <= {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE}
    assert len(told.states) > KILLED_AFTER, "the other registry answered no one"
    counted = _evaluated(network, database) - counted
    assert len(told.states) <= counted <= QUESTIONS, "each person once; whoever was refused may have been counted"
    calm = asyncio.run(_ask_all(network, questions))
    assert calm.refused == {}
    for identifier, state in calm.states.items():
        assert state.complete, state
        before = told.states.get(identifier)
        assert before is None or not before.complete or before.verdict == state.verdict
    for question in questions:
        if question.verdict:
            assert calm.states[question.request.identifier].verdict == question.verdict


def _evaluated(network: LiveNetwork, database: str) -> int:
    """Return how many persons the registries have counted for the asker."""
    asker = network.case(KNOWN[0])["asker"]
    query = (
        "SELECT coalesce(sum(elements), 0) FROM evaluations WHERE member = %s AND use = 'check' AND class = 'person'"
    )
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        row = connection.execute(query, (asker,)).fetchone()
    assert row is not None
    return int(row[0])


def test_the_registry_that_is_left_refuses_a_fork_of_what_the_other_witnessed(network: LiveNetwork) -> None:
    member = network.case(KNOWN[0])["asker"]
    passphrase = network.directory.joinpath("passphrase").read_text("utf-8")
    keys = load_keys(Path(network.node(member)["data_dir"]), passphrase)
    known = decode_network_file(network.directory.joinpath("network.json").read_bytes())
    size, code = asyncio.run(_offer_fork(known, member, keys))
    assert size > 0, "nothing was witnessed before"
    assert code is Code.LOG_FORK


def test_the_one_that_was_killed_comes_back_and_takes_over(network: LiveNetwork) -> None:
    network.start("registry")
    kill(network.process("registry-2"))
    questions = make_questions(network)[-5:]
    asyncio.run(_ask_all(network, questions))  # the first to notice may be refused
    told = asyncio.run(_ask_all(network, questions))
    assert told.refused == {}
    for question in questions:
        state = told.states[question.request.identifier]
        assert state.complete
        assert state.verdict == question.verdict or not question.verdict


def test_a_database_killed_under_the_registry_costs_refusals_and_nothing_else(
    network: LiveNetwork, server: OwnServer, database: str
) -> None:
    registry, office = network.process("registry"), Life(network)
    stopped = next(one for one in network.members() if one not in {network.case(name)["asker"] for name in KNOWN})
    assert office.office("paolo", "suspend", stopped, "--reason", "prova").status == 0
    questions = [Question(_request(network.case(KNOWN[0]), fictional_code(number))) for number in range(40)]
    counted = _evaluated(network, database)
    told = asyncio.run(_ask_all(network, questions, 8, server.kill))
    assert set(told.refused.values()) == {Code.STORAGE_UNAVAILABLE}
    denied = office.office("paolo", "show", stopped, "--json")
    assert (denied.status, denied.document["code"]) == (1, "storage.unavailable")
    server.start()
    assert asyncio.run(_ask_all(network, questions)).refused == {}
    assert "SOSPESO" in office.office("lucia", "show", stopped).out
    assert "sospensione" in office.office("lucia", "history", stopped).out
    assert len(told.states) + len(questions) <= _evaluated(network, database) - counted <= 2 * len(questions)
    assert network.process("registry") == registry, "nobody started it again"
    assert is_running(registry)


async def _offer_fork(known: NetworkFile, member: str, keys: Keys) -> tuple[int, Code | None]:
    origin = log_origin(member, NETWORK)

    def note(size: int) -> bytes:
        return sign_checkpoint(Checkpoint(origin, size, bytes([7]) * 32), origin, keys.log.private)

    async with open_channel(known.registry_peer, REGISTRY_ID, NETWORK, known.peer_certificate, keys.peer) as channel:
        stub = WitnessServiceStub(channel)
        seen: CosignResponse = await stub.Cosign(CosignRequest(checkpoint=note(2**40), old_size=2**40), timeout=10)
        size = seen.known_size
        try:
            await stub.Cosign(CosignRequest(checkpoint=note(size + 1), old_size=size), timeout=10)
        except grpc.aio.AioRpcError as error:
            return size, error_of(error).code
    return size, None


def make_questions(network: LiveNetwork) -> list[Question]:
    """Return as many questions, each of another person, those with a known verdict last: after the registry's death."""
    cases = [network.case(name) for name in KNOWN]
    planted = {case["identifier"] for case in network.sheet["planted"]}
    district = build_district(SEED, date.fromisoformat(TODAY), BODIES, RECORDS)
    others = [person.text for person in district.persons if person.text not in planted][: QUESTIONS - len(cases)]
    plain = [Question(_request(cases[0], identifier)) for identifier in others]
    return plain + [Question(_request(case, case["identifier"]), case["expected_verdict"]) for case in cases]


def _request(case: dict[str, Any], identifier: str) -> CheckRequest:
    return CheckRequest(
        identifier=identifier, facet=case["facet"], purpose=case["purpose"], case_protocol=case["case"] or "PG/2026/1"
    )


async def _ask_all(
    network: LiveNetwork, questions: list[Question], after: int = 0, then: Callable[[], None] = lambda: None
) -> Told:
    """Ask as the comune's officer; once `after` people were answered for, do something harmful."""
    case = network.case(KNOWN[0])
    node, told, places = network.node(case["asker"]), Told({}, {}), asyncio.Semaphore(AT_A_TIME)
    operator = next(one for one in node["operators"] if one["user"] == case["user"])

    async def ask(stub: OperatorServiceAsyncStub, metadata: tuple[tuple[str, str]], request: CheckRequest) -> None:
        async with places:
            last = None
            try:
                async for state in stub.Check(request, metadata=metadata, timeout=30):
                    last = state
            except grpc.aio.AioRpcError as error:
                told.refused[request.identifier] = error_of(error).code
                return
            assert last is not None
            told.states[request.identifier] = last
            if len(told.states) == after:
                await asyncio.to_thread(then)

    root = network.certificate(node["member"])
    async with open_channel(node["front"], node["member"], NETWORK, root) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        reply = await stub.LoginOperator(LoginOperatorRequest(user=operator["user"], password=operator["password"]))
        metadata = (("authorization", f"Bearer {reply.token}"),)
        await asyncio.gather(*(ask(stub, metadata, question.request) for question in questions))
    return told
