"""A body that hides a record and one that has none cannot be told apart by anything but time (law rule 5).

Thousands are asked about over one real stream, at a body with a real store, log and policy engine: persons on whom
nothing is on file, and clients whose one record is hidden, for each reason that hides. Whatever the asker receives and
whatever the body writes is compared whole; what is random in it (hashes, signatures, salts) by the means of its bytes.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from math import sqrt
from pathlib import Path
from statistics import mean
from typing import Any, cast
from unittest.mock import patch

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine, event

from maglia.core.bundle import build_bundle
from maglia.core.entry import open_shown
from maglia.core.errors import Code
from maglia.core.exchange import Question, Subject, sha256
from maglia.core.log import Log
from maglia.core.vocabulary import Kind, PseudonymClass
from maglia.sql.lookup import Lookup
from maglia.v1 import exchange_pb2 as pb
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.log_pb2 import LogEntry
from maglia.wire.exchange import decode_answer
from node.domain.model import AidRecord
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from tests.clerk import CONSENT, TODAY, person, record
from tests.peer_world import (
    MONTH_KEY,
    POLICIES,
    Answerer,
    MemoryTrust,
    RawStream,
    answerer,
    enrol,
    pseudonym,
    question,
    raw_stream,
    served,
)

EACH = 170
"""Clients for each reason that hides; as many strangers as clients are asked about, more than 2,000."""
BATCH = 10
"""Persons asked about in one message: all of one sort."""
IN_FLIGHT = 16
SIGMAS = 6.0
"""How far the means of as many random bytes may lie apart: one pair in a billion goes further."""

CLIENT = person(1)
HIDDEN: dict[str, tuple[AidRecord, str]] = {
    "consent for another end": (record(CLIENT, consent=replace(CONSENT, purposes=("referral",))), ""),
    "no consent on file": (record(CLIENT, consent=None), ""),
    "consent for other askers": (record(CLIENT, consent=replace(CONSENT, audience=(Kind.CARITAS,))), ""),
    "consent over": (record(CLIENT, consent=replace(CONSENT, expires=TODAY - timedelta(days=1))), ""),
    "consent withdrawn": (record(CLIENT), "consent_withdrawn = 1"),
    "objection": (record(CLIENT), "objection = 1"),
    "only us": (record(CLIENT), "visibility = 'only_us'"),
    "another family": (record(CLIENT, "food_parcel"), ""),
    "special category": (record(CLIENT), "facet = 'health_therapy'"),
    "outside the months": (record(CLIENT, day=TODAY - timedelta(days=400)), ""),
    "expired": (record(CLIENT), "keep_until = '2025-05-31'"),
    "level nothing": (record(CLIENT, "rent_deposit"), ""),
    "promise run out": (record(CLIENT), "status = 'reserved', reserved_until = 1748736000.0"),
}
"""For each reason that hides: a client's record, and what happened to it after the client was enrolled."""
ASKED = EACH * len(HIDDEN)
ABSENT = "absent"
SHOWN = 900_000


def people(sort: str) -> list[int]:
    """Return the numbers of all persons of a sort; on file are those of `HIDDEN`."""
    if sort == ABSENT:
        return list(range(500_000, 500_000 + ASKED))
    first = 1_000 * list(HIDDEN).index(sort)
    return list(range(first, first + EACH))


def engine(folder: Path) -> CachedPolicy:
    """Return the real rules but for one facet of the family asked about, whose level is `nothing`."""
    shutil.copytree(POLICIES, folder)
    path = folder / "maglia" / "levels" / "data.json"
    levels = json.loads(path.read_text())
    levels["public"]["rent_subsidy"]["third_sector"]["rent_deposit"] = "nothing"
    path.write_text(json.dumps(levels))
    return CachedPolicy(EmbeddedPolicy(*build_bundle(folder)))


def fill(node: Answerer) -> None:
    """File and enrol every client, then let happen to the records what hides them."""
    clients = [(number, hidden) for sort, (hidden, _) in HIDDEN.items() for number in people(sort)]
    clients.append((SHOWN, record(CLIENT)))
    node.store.import_records(
        [replace(kept, identifier=person(number), source_key=str(number)) for number, kept in clients], "anna"
    )
    names: dict[bytes, bytes] = {person(number).pseudonym_input(): pseudonym(number) for number, _ in clients}
    while node.store.awaiting_count(1):
        enrol(node.store, names)
    with closing(sqlite3.connect(str(database(node).url.database))) as raw, raw:
        for sort, (_, change) in HIDDEN.items():
            for number in people(sort) if change else ():
                raw.execute(
                    f"UPDATE aid_record SET {change} WHERE person_id = "  # noqa: S608 - a change of ours
                    "(SELECT subject_id FROM pseudonym WHERE pseudonym = ?)",
                    (pseudonym(number),),
                )


def database(node: Answerer) -> Engine:
    """Return what lies beneath the store."""
    found: Engine = node.store._db._engine  # type: ignore[attr-defined]  # the file beneath the port
    return found


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("hidden")
    policy = engine(folder / "policies")
    with answerer(folder, MemoryTrust(), engine=policy, daily_limit=1_000_000) as node:
        fill(node)
        yield node


@pytest_asyncio.fixture
async def stream(node: Answerer) -> AsyncIterator[RawStream]:
    async with served(node.body, node.trust, node.door()), raw_stream(node.trust) as stream:
        yield stream


@dataclass(frozen=True)
class Seen:
    """One answer and its log entry: `plain` is all that is not random, `random_` the rest, each byte in its place."""

    plain: tuple[object, ...]
    random_: bytes


def seen(response: pb.AskResponse, leaf: bytes) -> Seen:
    """Part what the asker received, and what the body wrote, into plain and random."""
    envelope, entry = response.answer, LogEntry.FromString(leaf)
    receipt, body = pb.Receipt.FromString(envelope.payload), pb.AnswerBody.FromString(response.body)
    # What the asker signed is the asker's own, as long as its sequence number: nothing of this body's is in it.
    evidence = Envelope.FromString(entry.evidence)
    assert sha256(evidence.payload) == receipt.question_hash
    sizes = [
        len(response.SerializeToString()),
        len(envelope.payload),
        len(response.body),
        len(leaf) - len(entry.evidence),
        len(entry.sealed),
        len(entry.shown),
    ]
    random_ = b"".join([body.salt, envelope.signature])
    random_ += b"".join([receipt.question_hash, receipt.answer_hash, receipt.asker_entry, receipt.answerer_entry])
    random_ += b"".join([entry.nonce, entry.question_hash, entry.answer_hash, entry.sealed, entry.shown])
    marks = open_shown(MONTH_KEY, entry.shown)
    for message, names in (
        (body, ["question_id", "salt"]),
        (entry, ["nonce", "question_id", "question_hash", "answer_hash", "sealed", "shown", "evidence"]),
        (envelope, ["payload", "signature"]),
        (receipt, ["question_id", "question_hash", "answer_hash", "asker_entry", "answerer_entry"]),
    ):
        for name in names:
            cast("Any", message).ClearField(name)
    texts = [message.SerializeToString() for message in (body, entry, envelope, receipt)]
    return Seen((response.timestamp_version, response.WhichOneof("kind"), *sizes, *texts, tuple(marks)), random_)


async def ask_all(stream: RawStream, asked: Sequence[Question]) -> dict[bytes, pb.AskResponse]:
    """Ask all, some in flight at once; return the answers as they came, by the question's id."""
    answers: dict[bytes, pb.AskResponse] = {}
    for number, each in enumerate(asked, 1):
        await stream.send(each)
        while len(answers) < (number - IN_FLIGHT if number < len(asked) else number):
            response = await stream.read()
            assert response.WhichOneof("kind") == "answer", response.refusal.code
            body = pb.AnswerBody.FromString(response.body)
            answers[body.question_id] = response
    return answers


def questions_of(sort: str, batch: int = BATCH) -> list[Question]:
    numbers = people(sort)
    return [about(*numbers[first : first + batch]) for first in range(0, len(numbers), batch)]


def about(*numbers: int) -> Question:
    subjects = [Subject(pseudonym(number), PseudonymClass.PERSON, bytes(16)) for number in numbers]
    return question(*subjects)


@dataclass(frozen=True)
class Asked:
    """All that was seen of the questions of one sort, and how far each answer came from its turn."""

    seen: list[Seen]
    displaced: list[int]


async def observe(node: Answerer, stream: RawStream, drawn: Sequence[tuple[str, Question]]) -> dict[str, Asked]:
    """Ask in the order drawn; return by sort what the asker received and what the body wrote."""
    assert isinstance(node.log, Log)
    before = node.log.size
    answers = await ask_all(stream, [asked for _, asked in drawn])
    leaves = {LogEntry.FromString(leaf).question_id: leaf for leaf in node.log.read(before, node.log.size)}
    assert node.log.size - before == len(drawn) == len(leaves)
    arrived = {question_id: turn for turn, question_id in enumerate(answers)}
    found: dict[str, Asked] = {}
    for turn, (sort, asked) in enumerate(drawn):
        of_sort = found.setdefault(sort, Asked([], []))
        of_sort.seen.append(seen(answers[asked.question_id], leaves[asked.question_id]))
        of_sort.displaced.append(arrived[asked.question_id] - turn)
    return found


async def test_nothing_received_or_written_tells_the_hidden_from_the_absent(node: Answerer, stream: RawStream) -> None:
    drawn = [(sort, asked) for sort in (ABSENT, *HIDDEN) for asked in questions_of(sort)]
    random.Random(5).shuffle(drawn)
    found = await observe(node, stream, drawn)
    plain = {sort: {each.plain for each in of_sort.seen} for sort, of_sort in found.items()}
    assert [sort for sort, values in plain.items() if values != plain[ABSENT]] == []
    assert len(plain[ABSENT]) == 1
    hidden = [each for sort in HIDDEN for each in found[sort].seen]
    assert len(hidden) == len(found[ABSENT].seen) == ASKED // BATCH
    assert furthest(found[ABSENT].seen, hidden) < SIGMAS
    moved = [turn for sort in HIDDEN for turn in found[sort].displaced]
    assert abs(mean(moved) - mean(found[ABSENT].displaced)) < 1


async def test_what_may_be_shown_is_seen_by_the_same_eyes(node: Answerer, stream: RawStream) -> None:
    """The comparison can fail: one shown record among ten is another content, in the same sizes."""
    drawn = [(ABSENT, about(*people(ABSENT)[:BATCH])), ("shown", about(SHOWN, *people(ABSENT)[: BATCH - 1]))]
    found = await observe(node, stream, drawn)
    [absent], [shown] = found[ABSENT].seen, found["shown"].seen
    different = [one != other for one, other in zip(absent.plain, shown.plain, strict=True)]
    assert (any(different), len(absent.random_)) == (True, len(shown.random_))
    assert different[:-5] == [False] * (len(different) - 5)


def furthest(some: Sequence[Seen], others: Sequence[Seen]) -> float:
    """Return how many standard deviations the means of two samples lie apart at the byte where they do most."""
    one, other = ([mean(at) for at in zip(*(each.random_ for each in side), strict=True)] for side in (some, others))
    sigma = sqrt((256**2 - 1) / 12 * (1 / len(some) + 1 / len(others)))
    return float(max(abs(a - b) for a, b in zip(one, other, strict=True)) / sigma)


@contextmanager
def statements(node: Answerer) -> Iterator[list[str]]:
    """Collect what the database is told, but by the log's own thread."""
    told: list[str] = []
    worker = threading.get_ident()

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == worker:
            told.append(statement)

    def look(lookup: Lookup, connection: Connection, parameters: Mapping[str, Any]) -> list[Sequence[Any]]:
        told.append(lookup.text)  # the driver's own cursor runs it, which SQLAlchemy does not tell of
        return rows(lookup, connection, parameters)

    rows = Lookup.rows
    event.listen(database(node), "before_cursor_execute", hear)
    try:
        with patch.object(Lookup, "rows", look):
            yield told
    finally:
        event.remove(database(node), "before_cursor_execute", hear)


async def test_the_database_is_asked_the_same_things(node: Answerer, stream: RawStream) -> None:
    node.clock.day += timedelta(days=1)  # everybody is new to the day's budget again
    await ask_all(stream, [about(SHOWN)])
    told = {}
    for sort in (ABSENT, *HIDDEN):
        with statements(node) as heard:
            await ask_all(stream, [about(people(sort)[-1])])
        told[sort] = heard
    assert told == dict.fromkeys(told, told[ABSENT])
    assert len(told[ABSENT]) > 1


async def test_a_budget_is_spent_alike(node: Answerer, stream: RawStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node.answering, "_daily_limit", 3)
    told = []
    for side in (people(ABSENT)[:4], [people(sort)[0] for sort in list(HIDDEN)[:4]]):
        node.clock.day += timedelta(days=1)
        turns = [about(side[turn]) for turn in (0, 1, 0, 2, 3, 1, 3)]
        answers = await ask_all(stream, turns)
        bodies = [pb.AnswerBody.FromString(each.body) for each in answers.values()]
        told.append([(body.refusal, body.coverage, len(body.slots)) for body in bodies])
    assert told[0] == told[1]
    refused = [body[0] for body in told[0]]
    assert refused == ["", "", "", "", Code.BUDGET_ANSWER, "", Code.BUDGET_ANSWER]


async def test_consent_is_read_for_each_question(node: Answerer, stream: RawStream) -> None:
    """A remembered ruling is of a class; which class a record is of is read from the file each time."""
    assert await shown(stream) == 1
    for change in ("consent_withdrawn = 1", "consent_purposes = 'referral'", "objection = 1"):
        with changed(node, change):
            assert await shown(stream) == 0
        assert await shown(stream) == 1


async def shown(stream: RawStream) -> int:
    """Return how many findings an answer about the client holds whose record may be shown."""
    [response] = (await ask_all(stream, [about(SHOWN)])).values()
    return len(decode_answer(response.body).slots[0])


@contextmanager
def changed(node: Answerer, change: str) -> Iterator[None]:
    """Change that client's record beneath the store, as the body's own operators would."""
    column = change.partition(" ")[0]
    of_client = "WHERE person_id = (SELECT subject_id FROM pseudonym WHERE pseudonym = ?)"
    with closing(sqlite3.connect(str(database(node).url.database), isolation_level=None)) as raw:
        who = (pseudonym(SHOWN),)
        [before] = raw.execute(f"SELECT {column} FROM aid_record {of_client}", who).fetchone()  # noqa: S608 - ours
        raw.execute(f"UPDATE aid_record SET {change} {of_client}", who)  # noqa: S608 - ours
        try:
            yield
        finally:
            raw.execute(f"UPDATE aid_record SET {column} = ? {of_client}", (before, *who))  # noqa: S608 - ours
