"""A call for applicants at 50 bodies: the asking node's own work, with answering bodies that only say "nothing here".

Fifty nodes do not fit this machine. Everything of the asker is real: reading the file, counting, pseudonyms, log,
store, policy, rows. The registry works in this process; bodies answer at once, with answers of the right size.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.bulk import LocalNetwork
from benchmarks.measure import Plan, seconds_each
from benchmarks.network import SEED
from benchmarks.table import Table
from demo.people import Codes
from maglia.core.bundle import build_bundle
from maglia.core.directory import Directory, Member
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.exchange import Answer, Receipt, sha256
from maglia.core.identity import SigningKey
from maglia.core.lanes import Lanes
from maglia.core.log import Log
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Coverage, Facet, Kind, PseudonymClass, Purpose, Role, Silence
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.wire.exchange import decode_question, encode_answer
from node.batch import BatchDesk, Wanted
from node.batch_run import BatchTools
from node.domain.model import Operator
from node.endings import OpenQuestions
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.folder import SystemClock
from node.hearing import Hearing, Timing
from node.naming_many import NamingMany
from node.policy.embedded import EmbeddedPolicy
from node.ports import SignedAnswer
from node.procedures import Procedures
from node.pseudonyms import Pseudonyms
from node.questions import Questions
from node.store.migrations import migrate
from node.store.sql import SqlStore

_WIDTH = 50
_NETWORK, _ME = "bench", "member-0"
_PLACEHOLDER = bytes([170]) * 16
_POLICIES = Path(__file__).parents[1] / "policies"
_OFFICER = Operator("bench", "Bench", Role.OFFICER)


def measure_wide_batch(folder: Path, plan: Plan, table: Table) -> None:
    """Measure persons a second, beside the pseudonyms of both sides alone."""
    persons = min(1_000, plan.checks * 5)
    folder.mkdir(exist_ok=True)
    lanes = Lanes()
    network = LocalNetwork(folder / "network", lanes, _WIDTH)
    codes = Codes(Random(SEED + 3), date.today())  # noqa: S311 - fictional persons
    rows = [f"{codes.tax_code().text};N{number}" for number in range(persons)]
    taken = asyncio.run(_run(folder, network, lanes, "\n".join(["codice;nucleo", *rows]).encode()))
    ceiling = persons / seconds_each(lambda: network.ask_about(persons), 1.0, least=2)
    network.close()
    table.section(f"A call for {persons} applicants, {_WIDTH - 1} simulated bodies (beside: pseudonyms alone)")
    table.add("persons, registry in the same process", persons / taken, "/s", ceiling)


async def _run(folder: Path, network: LocalNetwork, lanes: Lanes, content: bytes) -> float:
    engine, clock = open_sqlite(folder / "asker.db"), SystemClock()
    migrate(engine)
    store = SqlStore(engine, os.urandom(32), clock)
    store.add_operator(_OFFICER, "-")
    log = Log(SqlLogBackend(engine), f"maglia/{_NETWORK}/{_ME}", SigningKey(os.urandom(32)).private)
    entries, trust, policy = Entries(log, _OneKey(), clock), _Bodies(network), EmbeddedPolicy(*build_bundle(_POLICIES))
    opened = OpenQuestions()
    made = Pseudonyms(LoggedEvaluator(network, entries), store, clock, lanes)
    tools = BatchTools(
        me=_ME,
        store=store,
        entries=entries,
        policy=policy,
        trust=trust,
        procedures=Procedures(store, trust, clock),
        questions=Questions(_ME, entries, policy, trust, opened),
        hearing=Hearing(trust, entries, Timing()),
        naming=NamingMany(_ME, store, trust, made, clock),
        clock=clock,
        budget_key=os.urandom(32),
        open_questions=opened,
    )
    desk = BatchDesk(tools)
    start = time.perf_counter()
    batch, _ = await desk.open(content, "domande.csv", Wanted("bench-call", Facet.RENT_CURRENT, 6), _OFFICER)
    async for progress in desk.run(batch.id, _OFFICER, is_retry=False).states():
        stopped = progress.stopped
    rows = sum(1 for _ in desk.read(batch.id)[2])
    taken = time.perf_counter() - start
    counts = desk.read(batch.id)[1]
    if stopped or counts["none"] != rows:
        raise AssertionError(f"an incomplete batch: {stopped} {counts}")
    log.close()
    store.close()
    engine.dispose()
    return taken


class _OneKey:
    """One key for all months."""

    def __init__(self) -> None:
        self._key = os.urandom(32)

    def key(self, month: str) -> bytes:
        """Return it."""
        del month
        return self._key

    def find(self, month: str) -> bytes | None:
        """Return it."""
        return self.key(month)


class _Bodies:
    """Fulfils `node.ports.Trust` and `Peers`: fifty comuni, of which all but the asker know nobody."""

    def __init__(self, network: LocalNetwork) -> None:
        names, key = [key.member for key in network.key_set.keys], os.urandom(32)
        purposes, facets = frozenset({Purpose.CALL_FOR_APPLICANTS}), frozenset({Facet.RENT_CURRENT})
        members = {
            name: Member(name, name, Kind.COMUNE, key, key, facets, purposes, (), "", "PG/1", "2199-12-31")
            for name in names
        }
        self._directory = Directory(_NETWORK, 1, 1, key, members)
        self._keys = EvaluationKeys(
            _NETWORK,
            1,
            {PseudonymClass.PERSON: {one.member: one for one in network.key_set.keys}, PseudonymClass.NEED: {}},
        )
        last = date.today() + timedelta(days=30)
        self._call = Procedure("bench-call", "PG/9", 100_000, last.isoformat(), (_ME,))
        self._answers: dict[tuple[str, int], bytes] = {}

    def directory(self) -> Directory:
        """Return everybody."""
        return self._directory

    def keys(self) -> EvaluationKeys:
        """Return the keys of persons."""
        return self._keys

    def procedures(self) -> Mapping[str, Procedure]:
        """Return the one call."""
        return {self._call.id: self._call}

    def card_state(self, member: str) -> Silence | None:
        """Everybody can be asked."""
        del member
        return None

    async def is_reachable(self, member: str) -> bool:
        """Everybody can be reached."""
        return bool(member)

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Answer that nothing is known, at the cost of finding the answer's bytes."""
        question = decode_question(body)
        content = self._answer(member, question.subjects).replace(_PLACEHOLDER, question_id)
        receipt = Receipt(sha256(body), sha256(content), asker_entry, bytes(32), question.asker, question_id)
        return SignedAnswer(receipt.question_hash, receipt, content, b"")

    def _answer(self, member: str, subjects: Sequence[object]) -> bytes:
        about = member, len(subjects)
        if about not in self._answers:
            slots: tuple[tuple[()], ...] = ((),) * len(subjects)
            self._answers[about] = encode_answer(Answer(_PLACEHOLDER, member, Coverage.FULL, slots, "bench", 1))
        return self._answers[about]
