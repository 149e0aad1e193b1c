"""The log of a node that is killed or tampered with: nothing acknowledged is lost, nothing altered goes unseen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from demo.network import NETWORK
from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.processes import is_running, kill
from maglia.v1.operator_pb2 import CheckRequest, CheckResponse, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.entries import decode_entry
from tests.e2e.live import LiveNetwork, processes_in

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

pytestmark = pytest.mark.xdist_group("network")

QUESTIONS = 60
AT_A_TIME = 8
KILLED_AFTER = 15
ALTERED = 5
"""An entry from the first tile, long before the last checkpoint."""


def test_every_node_has_a_whole_log(network: LiveNetwork) -> None:
    network.check(network.case("overlap"))
    for member in network.members():
        ended = network.verify_log(member)
        assert (ended.status, ended.document["ok"]) == (0, True), ended
        assert ended.document["size"] > 0
        assert ended.document["first_bad"] is None


@pytest.mark.parametrize("role", ["asker", "answerer"])
def test_a_killed_node_has_every_acknowledged_entry(network: LiveNetwork, role: str) -> None:
    case = network.case("overlap")
    victim = case["asker"] if role == "asker" else network.case("partial")["stop"]
    before = network.verify_log(victim).document["size"]
    states = asyncio.run(_ask_and_kill(network, case, victim))
    assert not is_running(network.process(victim))
    assert processes_in(Path(network.node(victim)["data_dir"])) == [], "its policy server must not outlive it"
    network.start(victim)
    ended = network.verify_log(victim)
    acknowledged = [state for state in states if victim not in {body.member for body in state.silent}]
    assert len(acknowledged) >= KILLED_AFTER
    assert ended.document["ok"] is True
    assert ended.document["size"] - before >= len(acknowledged)
    network.wait_complete("overlap")


async def _ask_and_kill(network: LiveNetwork, case: dict[str, Any], victim: str) -> list[CheckResponse]:
    """Put the same question many times; kill the victim while some are under way; return the final states read."""
    node = network.node(case["asker"])
    operator = node["operators"][0]
    question = CheckRequest(identifier=case["identifier"], facet=case["facet"], purpose=case["purpose"])
    places = asyncio.Semaphore(AT_A_TIME)
    states: list[CheckResponse] = []

    async def ask(stub: OperatorServiceAsyncStub, metadata: tuple[tuple[str, str]]) -> None:
        async with places:
            last = None
            with contextlib.suppress(grpc.aio.AioRpcError):
                async for state in stub.Check(question, metadata=metadata, timeout=20):
                    last = state
                assert last is not None
                states.append(last)
                if len(states) == KILLED_AFTER:
                    kill(network.process(victim))

    async with open_channel(node["front"], node["member"], NETWORK, network.certificate(node["member"])) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        reply = await stub.LoginOperator(LoginOperatorRequest(user=operator["user"], password=operator["password"]))
        metadata = (("authorization", f"Bearer {reply.token}"),)
        await asyncio.gather(*(ask(stub, metadata) for _ in range(QUESTIONS)))
    return states


def test_a_question_cut_off_by_a_kill_is_ended_once_the_node_starts_again(network: LiveNetwork) -> None:
    case = network.case("overlap")
    asker, frozen = case["asker"], network.case("partial")["stop"]
    folder = Path(network.node(asker)["data_dir"])
    os.kill(network.process(frozen).pid, signal.SIGSTOP)
    try:
        asyncio.run(_ask_and_kill_at_once(network, case))
    finally:
        os.kill(network.process(frozen).pid, signal.SIGCONT)
    [cut_off] = [question for question, (_, ends) in _ends(folder).items() if not ends]
    network.start(asker)
    assert _ends(folder)[cut_off] == (frozen, ["silent interrupted"])
    assert {len(ends) for _, ends in _ends(folder).values()} == {1}
    network.wait_complete("overlap")


async def _ask_and_kill_at_once(network: LiveNetwork, case: dict[str, Any]) -> None:
    """Put a question, and kill the asker when everybody but the frozen body has answered."""
    node = network.node(case["asker"])
    question = CheckRequest(identifier=case["identifier"], facet=case["facet"], purpose=case["purpose"])
    async with open_channel(node["front"], node["member"], NETWORK, network.certificate(node["member"])) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        operator = node["operators"][0]
        reply = await stub.LoginOperator(LoginOperatorRequest(user=operator["user"], password=operator["password"]))
        with contextlib.suppress(grpc.aio.AioRpcError):
            async for state in stub.Check(question, metadata=(("authorization", f"Bearer {reply.token}"),), timeout=20):
                if state.answered == state.asked - 1:
                    kill(network.process(case["asker"]))


def _ends(folder: Path) -> dict[bytes, tuple[str, list[str]]]:
    """Return for each question in a node's log whom it asked, and the end states that it has."""
    found: dict[bytes, tuple[str, list[str]]] = {}
    with contextlib.closing(sqlite3.connect(folder / "node.db")) as opened:
        for (leaf,) in opened.execute("SELECT leaf FROM log_entry ORDER BY idx"):
            entry = decode_entry(leaf)
            if entry.kind is EntryKind.ASKED:
                found[entry.question_id] = entry.peer, []
            elif entry.kind is EntryKind.END_STATE:
                found[entry.question_id][1].append(f"{entry.outcome} {entry.code}".strip())
    return found


@pytest.mark.parametrize("column", ["leaf", pytest.param("leaf_hash", marks=pytest.mark.long)])
def test_one_changed_bit_in_the_log_is_seen(network: LiveNetwork, column: str) -> None:
    member = network.case("partial")["stop"]
    network.stop(member)
    log, folder = network.directory / "log" / f"{member}.log", Path(network.node(member)["data_dir"])
    with _altered(folder / "node.db", column):
        started = network.demo("start", member, "--json")
        if started.status == 0:
            ended = network.verify_log(member)
            assert (ended.status, ended.document["ok"]) == (1, False), ended
            assert ended.document["first_bad"] == ALTERED
        else:
            assert started.document["code"] == "network.process"
            said = log.read_text("utf-8")
            assert MagliaError(Code.LOG_BROKEN).sentence().message in said, said[-2000:]
            assert "Traceback" not in said
        network.stop(member)
    (folder / "log-fork.json").unlink(missing_ok=True)  # as whoever mended it does
    network.start(member)
    assert network.verify_log(member).document["ok"] is True
    network.wait_complete("overlap")


WIPED = ("DELETE FROM log_entry", "DELETE FROM log_tile", "DELETE FROM log_checkpoint")
CUT = (
    "DELETE FROM log_entry WHERE idx >= (SELECT max(size) - 3 FROM log_checkpoint WHERE cosigned)",
    "DELETE FROM log_checkpoint WHERE size > (SELECT max(idx) + 1 FROM log_entry)",
)
"""Also what the witness saw: of the last entries, which it did not see yet, nobody else knows."""


@pytest.mark.parametrize(
    ("known_to", "statements"),
    [
        pytest.param("node", CUT, id="node-cut"),
        pytest.param("witness", WIPED, id="witness-wiped", marks=pytest.mark.long),
        pytest.param("node", WIPED, id="node-wiped", marks=pytest.mark.long),
        pytest.param("witness", CUT, id="witness-cut", marks=pytest.mark.long),
    ],
)  # all four are quick in `tests/integration/test_log_guard.py`
def test_a_log_put_back_silences_its_body(network: LiveNetwork, known_to: str, statements: tuple[str, ...]) -> None:
    member = network.case("partial")["stop"]
    folder = Path(network.node(member)["data_dir"])
    network.stop(member)
    network.start(member)  # at its start the whole log is cosigned
    seen = network.verify_log(member).document
    assert seen["cosigned_size"] > 3
    network.stop(member)
    kept = (folder / "log-cosigned.note").read_bytes()
    if known_to == "witness":
        (folder / "log-cosigned.note").unlink()
    with _put_back(folder / "node.db", statements):
        network.start(member)
        _expect_silenced(network, member)
        network.stop(member)
        network.start(member)
        _expect_silenced(network, member)
        network.stop(member)
    (folder / "log-cosigned.note").write_bytes(kept)
    (folder / "log-fork.json").unlink()
    network.start(member)
    ended = network.verify_log(member)
    assert (ended.status, ended.document["ok"]) == (0, True), ended
    network.wait_complete("overlap")


def _expect_silenced(network: LiveNetwork, member: str) -> None:
    ended = network.verify_log(member)
    assert (ended.status, ended.document["ok"]) == (1, False), ended
    said = network.console(member, "log", "verify")
    assert said.status == 1
    assert "Il registro è alterato" in said.out
    status = network.console(member, "status", "--json").document
    assert (status["ready"], "log.fork" in status["problems"]) == (False, True), status
    asked = network.check(network.case("overlap")).document
    assert asked["complete"] is False
    assert member in {body["member"] for body in asked["silent"]}, asked


@contextlib.contextmanager
def _put_back(database: Path, statements: tuple[str, ...]) -> Iterator[None]:
    """Take entries and checkpoints from a stopped node's database; bring them back."""
    whole = database.with_name("whole.db")
    _copy(database, whole)
    with contextlib.closing(sqlite3.connect(database)) as opened, opened:
        for statement in statements:
            opened.execute(statement)
    try:
        yield
    finally:
        _copy(whole, database)
        whole.unlink()


def _copy(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


@contextlib.contextmanager
def _altered(database: Path, column: str) -> Iterator[None]:
    """Flip one bit of one entry in a stopped node's database, and flip it back."""
    _flip(database, column)
    try:
        yield
    finally:
        _flip(database, column)


def _flip(database: Path, column: str) -> None:
    with (
        contextlib.closing(sqlite3.connect(database)) as opened,
        opened,
        opened.blobopen("log_entry", column, ALTERED) as blob,
    ):
        blob[0] ^= 1
