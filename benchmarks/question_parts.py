"""What one question costs an answering node, part by part: each alone, in a loop, in this process, on warm caches.

The sum is what a node would need that did nothing else; the rest is what joins the parts: tasks, wake-ups between event
loop and log, interceptors, the collector, and caches that are cold because everything else came in between.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.asker import Questions, open_asker
from benchmarks.bodies import POLICIES, OneKey
from benchmarks.echo import EchoClient
from benchmarks.log import queue_up
from benchmarks.measure import Plan, cpu_us_each
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.table import Table
from maglia.core.bundle import build_bundle
from maglia.core.entry import EntryKind
from maglia.core.exchange import Answer, BoundQuestion, Question, Receipt, sha256
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.core.vocabulary import Coverage, PseudonymClass
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.v1.exchange_pb2 import AskRequest, AskResponse
from maglia.wire.convert import ANSWER, QUESTION
from maglia.wire.entries import decode_entry, encode_entry
from maglia.wire.envelope import seal, unseal
from maglia.wire.evidence import decode_bound, encode_bound, encode_receipt
from maglia.wire.exchange import decode_question, encode_answer, encode_question
from node.entries import Entries
from node.folder import SystemClock
from node.policy.choose import open_policy
from node.store.migrations import migrate
from node.store.sql import SqlStore

_IN_FLIGHT = 16
_TIMES = 64
_SLICE_S = 0.05


@dataclass(frozen=True)
class Part:
    """What can be measured alone; `times` is for how many questions it is enough."""

    work: Callable[[], object]
    times: int = 1


async def measure_question_parts(network: BenchNetwork, plan: Plan, table: Table, echo: EchoClient) -> None:
    """Measure every part and, beside their sum, what the node needs for a question."""
    table.section("One question's parts, each alone (processor time)", "parts")
    seconds = plan.seconds / 4
    carried = [await echo.stream(_IN_FLIGHT, plan.seconds / 2) for _ in range(3)]
    found = {"message in and out, on a stream": median(each.cpu_us for each in carried)}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for name, part in (await _parts(network, Path(folder), stack)).items():
            found[name] = cpu_us_each(part.work, seconds) / part.times
    for name, cost in found.items():
        table.add(name, cost, "us")
    questions = Questions(network, ASKER, ANSWERING)
    async with open_asker(network, ASKER, ANSWERING) as asker:
        await asker.ask(questions.usual, _IN_FLIGHT, _SLICE_S)
        slices = [await asker.ask(questions.usual, _IN_FLIGHT, plan.seconds / 2) for _ in range(3)]
    node = median(each.cpu_us for each in slices)
    table.add("node, 16 in flight (beside: their sum)", node, "us", sum(found.values()))


async def _parts(network: BenchNetwork, folder: Path, stack: ExitStack) -> dict[str, Part]:
    question = Questions(network, ASKER, ANSWERING).usual()
    parts = _of_messages(network, question)
    keys, clock = network.keys(ANSWERING), SystemClock()
    engine = open_sqlite(network.data_dir(ANSWERING) / "node.db")
    stack.callback(engine.dispose)
    store = SqlStore(engine, keys.field_key, clock)
    stack.callback(store.close)
    known = network.persons_known(ANSWERING, 1)
    asked = PseudonymClass.PERSON, question.epoch, known
    parts["candidate records of one person"] = Part(lambda: store.candidates(*asked))
    bundle, revision = build_bundle(POLICIES)
    policy = await open_policy(bundle, revision, folder, engine="embedded")
    document = {"asker": {"kind": "comune"}, "query": {"facet": "food_parcel", "months": 6}, "classes": [], "day": ""}
    parts["ruling remembered"] = Part(lambda: _run(policy.decide("release", document)))
    return parts | _of_log(network, folder, stack)


def _run(work: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def _of_messages(network: BenchNetwork, question: Question) -> dict[str, Part]:
    name, asker, answerer = network.directory_of(ASKER).network, network.keys(ASKER), network.keys(ANSWERING)
    body = encode_question(question)
    bound = BoundQuestion(sha256(body), bytes(32), bytes(32), 1, question.addressee, question.question_id)
    payload = encode_bound(bound)
    request = AskRequest(question=seal(QUESTION, name, payload, asker.identity), body=body).SerializeToString()
    envelope, public = AskRequest.FromString(request).question, asker.identity.public
    answer = Answer(question.question_id, ANSWERING, Coverage.FULL, ((),), "0" * 12, 1, checkpoint=os.urandom(300))
    receipt = Receipt(bytes(32), bytes(32), bytes(32), bytes(32), question.asker, question.question_id)
    told, content = encode_receipt(receipt), encode_answer(answer)
    sealed = seal(ANSWER, name, told, answerer.identity)

    def read() -> None:
        AskRequest.FromString(request)
        decode_bound(payload)
        decode_question(body)

    def write() -> None:
        encode_receipt(receipt)
        AskResponse(answer=sealed, body=content).SerializeToString()

    return {
        "question read": Part(read),
        "its signature verified": Part(lambda: unseal(envelope, QUESTION, name, public)),
        "answer encoded and padded": Part(lambda: encode_answer(answer)),
        "receipt and answer written": Part(write),
        "receipt signed": Part(lambda: seal(ANSWER, name, told, answerer.identity)),
    }


def _of_log(network: BenchNetwork, folder: Path, stack: ExitStack) -> dict[str, Part]:
    like = next(one for one in map(decode_entry, network.leaves(ANSWERING)) if one.kind is EntryKind.ANSWERED)
    engine = open_sqlite(folder / "log.db")
    stack.callback(engine.dispose)
    migrate(engine)
    log = Log(SqlLogBackend(engine), "maglia/bench/parts", SigningKey.generate().private)
    stack.callback(log.close)
    entries, leaf = Entries(log, OneKey(), SystemClock()), encode_entry(like)

    def seal_entry() -> None:
        month, sealed = entries.seal([bytes(16)])
        encode_entry(replace(like, key_month=month, sealed=sealed))

    beside = stack.enter_context(ThreadPoolExecutor(1))  # in this thread an event loop runs already

    def append() -> None:
        beside.submit(asyncio.run, queue_up(log, leaf, _IN_FLIGHT, _TIMES)).result()

    return {
        "entry sealed and encoded": Part(seal_entry),
        f"entry durable, of {_IN_FLIGHT} that queue": Part(append, _IN_FLIGHT * _TIMES),
    }
