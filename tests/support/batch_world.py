"""A comune that checks a call for applicants, beside bodies that answer over real streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from maglia.core.entry import Entry, EntryKind
from maglia.core.exchange import Question
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Facet, Kind, PseudonymClass, Purpose, Role, Silence
from maglia.sql.engine import open_sqlite
from maglia.wire.exchange import decode_question
from node.batches.calls import BatchDesk, RowResult, Wanted
from node.batches.naming import NamingMany
from node.batches.run import BatchRun, BatchTools
from node.domain.batch import Batch, Progress
from node.domain.model import AidRecord, Operator
from node.endings import Endings, OpenQuestions
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.hearing import Hearing, Timing
from node.network.peers import PeerStreams
from node.ports import Evaluating, SignedAnswer, SilentError
from node.procedures import Procedures
from node.pseudonyms import Pseudonyms
from node.questions import Questions
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, StoppedClock, fictional_code
from tests.peer_world import (
    Answerer,
    Body,
    MemoryEvaluator,
    MemoryLog,
    MemoryTrust,
    OneKey,
    answerer,
    evaluation_keys,
    peer_streams,
    policy,
    served,
)

RENT = frozenset({Facet.RENT_ARREARS, Facet.RENT_CURRENT})
ASKS = frozenset({Purpose.CALL_FOR_APPLICANTS, Purpose.RENT_SUBSIDY})
COMUNE = Body("comune", Kind.COMUNE, ASKS, RENT)
VALLE = Body("valle", Kind.COMUNE, ASKS, RENT)
ONLUS = Body("onlus", Kind.ONLUS, frozenset({Purpose.AID_OVERLAP}), RENT)
BODIES = (COMUNE, ONLUS, VALLE)
CALL = Procedure("affitto-2025", "PG/2025/9", 2_000, "2025-12-31", (COMUNE.id,))
BIANCA = Operator("bianca", "Bianca", Role.OFFICER)
_NEVER = 1_000_000
WANTED = Wanted(CALL.id, Facet.RENT_CURRENT, 6)


def sheet(*rows: str, header: str = "codice;nucleo;fornitura") -> bytes:
    """Return a CSV file of these rows."""
    return "\n".join([header, *rows]).encode()


def people(numbers: Iterable[int]) -> bytes:
    """Return a file of these persons, each in a household of their own."""
    return sheet(*(f"{fictional_code(number)};N{number};" for number in numbers))


@dataclass
class Wire:
    """What leaves the comune: `mute` bodies never answer; those `held` do when `gate` opens.

    `dies_after` says after how many questions a body answers no more.
    """

    streams: PeerStreams
    mute: set[str] = field(default_factory=set)
    dies_after: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, Question]] = field(default_factory=list)

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        self.asked.append((member, decode_question(body)))
        self.dies_after[member] = self.dies_after.get(member, _NEVER) - 1
        if member in self.mute or self.dies_after[member] < 0:
            raise SilentError(Silence.UNREACHABLE)
        if member in self.held:
            await self.gate.wait()
        return await self.streams.ask(member, question_id, body, asker_entry)

    async def is_reachable(self, member: str) -> bool:
        return member not in self.mute

    def pairs(self) -> list[tuple[str, bytes]]:
        """Return every person and need asked about, with the body that was asked, as often as it was."""
        return [(member, subject.pseudonym) for member, asked in self.asked for subject in asked.subjects]


class Office:
    """The comune's own side: what a restarted process finds again is its database, its log and its trust."""

    def __init__(self, folder: Path, trust: MemoryTrust, wire: Wire) -> None:
        self.folder = folder
        self.trust = trust
        self.wire = wire
        self.clock, self.log, self.evaluator = StoppedClock(), MemoryLog(), MemoryEvaluator()
        self.engine = open_sqlite(folder / "office.db")
        migrate(self.engine)
        self._begin()
        self.store.add_operator(BIANCA, "-")

    def _begin(self) -> None:
        """Have nothing in memory, as a new process."""
        store = self.store = SqlStore(self.engine, FIELD_KEY, self.clock)
        entries = self.entries = Entries(self.log, OneKey(), self.clock)
        self.open = OpenQuestions()
        made = Pseudonyms(LoggedEvaluator(self.evaluator, entries), store, self.clock)
        self.desk = BatchDesk(
            BatchTools(
                me=COMUNE.id,
                store=store,
                entries=entries,
                policy=policy(),
                trust=self.trust,
                procedures=Procedures(store, self.trust, self.clock),
                questions=Questions(COMUNE.id, entries, policy(), self.trust, self.open),
                hearing=Hearing(self.wire, entries, Timing(1.0, 5.0, 20.0)),
                naming=NamingMany(COMUNE.id, store, self.trust, made, self.clock),
                clock=self.clock,
                budget_key=b"b" * 32,
                open_questions=self.open,
            )
        )

    async def restart(self) -> None:
        """Begin anew as after kill -9, and end what was left open, as a node does before it serves."""
        self._begin()
        endings = Endings(self.folder, self.log, self.entries, self.open, kept=self.store.kept_end)
        await endings.end_interrupted()

    async def file(self, content: bytes, wanted: Wanted = WANTED) -> Batch:
        batch, _ = await self.desk.open(content, "domande.csv", wanted, BIANCA)
        return batch

    async def run(self, batch: Batch, *, is_retry: bool = False) -> Progress:
        """Run to the end, and return how it ended."""
        return await ended(self.desk.run(batch.id, BIANCA, is_retry=is_retry))

    def rows(self, batch: Batch) -> dict[int, RowResult]:
        return {result.row: result for result in self.desk.read(batch.id)[2]}

    def verdicts(self, batch: Batch) -> list[str]:
        return [result.verdict.value for result in self.rows(batch).values()]

    def logged(self, *kinds: EntryKind) -> list[Entry]:
        return self.log.entries(*kinds)


async def ended(run: BatchRun) -> Progress:
    """Wait until a run has ended."""
    async with asyncio.timeout(60):
        async for progress in run.states():
            if not progress.waiting:
                return progress
    raise AssertionError


async def give(body: Answerer, *records: AidRecord) -> None:
    """Put aid on file at a body, and enrol everybody under the network's keys."""
    for each in records:
        body.store.add_record(each, "anna")
    keys = evaluation_keys(tuple(sorted(one.id for one in body.trust.bodies)), 1)
    made = Pseudonyms(MemoryEvaluator(), body.store, body.clock)
    for cls in PseudonymClass:
        some = [one for one in body.store.awaiting(1, 1_000) if one.cls is cls]
        if some:
            own = keys.own_set(cls, body.body.id)
            rows = await made.of_inputs([one.typed_input for one in some], own, Evaluating(enrolment=True))
            body.store.enrol(1, [(one, row[0]) for one, row in zip(some, rows, strict=True)])


@dataclass
class BatchWorld:
    """The comune and who answers it."""

    office: Office
    answering: dict[str, Answerer]

    def answered(self) -> list[tuple[str, bytes]]:
        """Return the pseudonyms in the entries of those who answered, with the body, as often as they are there."""
        found = []
        for name, body in self.answering.items():
            entries = Entries(body.log, OneKey(), body.clock)
            found += [(name, one) for entry in body.entries(EntryKind.ANSWERED) for one in entries.named(entry)]
        return found


@asynccontextmanager
async def batch_world(folder: Path) -> AsyncIterator[BatchWorld]:
    """Serve the other bodies and open the comune's office."""
    trust = MemoryTrust(BODIES, called=(CALL,))
    async with AsyncExitStack() as stack:
        answering = {}
        for body in (ONLUS, VALLE):
            one = answering[body.id] = stack.enter_context(answerer(folder, trust, body, log=MemoryLog()))
            await stack.enter_async_context(served(body, trust, one.door()))
        streams = peer_streams(trust, COMUNE)
        stack.push_async_callback(streams.close)
        for name in answering:
            while not await streams.is_reachable(name):  # warm: on a busy machine opening one may take too long
                pass
        office = Office(folder, trust, Wire(streams))
        stack.push_async_callback(office.desk.close)
        yield BatchWorld(office, answering)
