"""Who has a pseudonym: whoever is helped, for as long as the aid may be shown, and nobody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from maglia.core.entry import EntryKind
from maglia.core.exchange import Answer
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import AidStatus, Coverage, Kind, PseudonymClass, Visibility
from maglia.sql.engine import open_sqlite
from node.answer import Answering
from node.domain.model import AidRecord
from node.domain.retention import LONGEST
from node.enrol import Enrolment
from node.entries import Entries
from node.erasing import Erasing
from node.housekeeping import Housekeeping
from node.importing.aid import import_file
from node.importing.columns import REQUIRED
from node.pseudonyms import Pseudonyms
from node.recording import Recording
from node.store.fields import Fields
from node.store.migrations import migrate
from node.store.sql import SqlStore
from node.store.subjects import ensure_subjects
from tests.clerk import CONSENT, FIELD_KEY, StoppedClock, fictional_code, person, record
from tests.peer_world import (
    PARISH,
    MemoryEvaluator,
    MemoryLog,
    MemoryTrust,
    OneKey,
    answer_from,
    policy,
    question,
    subject,
)
from tests.security.thief import rank_correlation

PERSONS = 10_000
POD = parse_need("POD:IT001E12345678")
DAY = timedelta(days=1)


@dataclass
class Node:
    """A body with a real store that enrols, answers and tidies up."""

    place: Path
    engine: Engine
    store: SqlStore
    clock: StoppedClock
    log: MemoryLog
    evaluator: MemoryEvaluator
    enrolment: Enrolment
    answering: Answering

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Read the database behind the store's back."""
        with closing(sqlite3.connect(self.place)) as raw:
            return raw.execute(query).fetchall()

    def files(self) -> bytes:
        """Return every byte of the database's files."""
        return b"".join(path.read_bytes() for path in sorted(self.place.parent.glob(f"{self.place.name}*")))

    def housekeeping(self, trust: MemoryTrust | None = None) -> Housekeeping:
        """Return what tidies up, under what is trusted."""
        return Housekeeping(
            self.store, trust or MemoryTrust(), Erasing(self.store, Entries(self.log, OneKey(), self.clock))
        )

    async def ask(self, pseudonym: bytes) -> Answer:
        """Let a comune ask about one pseudonym."""
        asked = question(replace(subject(1), pseudonym=pseudonym))
        return await answer_from(self.answering, asked)


def opened(place: Path, key: bytes = FIELD_KEY) -> Node:
    engine, clock, log, evaluator = open_sqlite(place), StoppedClock(), MemoryLog(), MemoryEvaluator()
    migrate(engine)
    store, entries, trust = SqlStore(engine, key, clock), Entries(log, OneKey(), clock), MemoryTrust()
    enrolment = Enrolment(
        PARISH.id, store, entries, Recording(store, entries), trust, Pseudonyms(evaluator, store, clock)
    )
    answering = Answering(PARISH.id, store, entries, policy(), trust, clock, lambda: LONGEST)
    return Node(place, engine, store, clock, log, evaluator, enrolment, answering)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = opened(tmp_path / "node.db")
    yield node
    node.store.close()
    node.engine.dispose()


async def test_a_civil_registry_gets_not_one_pseudonym(node: Node) -> None:
    fields, everybody = Fields(FIELD_KEY), [person(number) for number in range(PERSONS)]
    with node.engine.begin() as connection:
        for start in range(0, PERSONS, 1_000):
            ensure_subjects(connection, fields, PseudonymClass.PERSON, everybody[start : start + 1_000])
    node.store.add_consent(everybody[0], CONSENT, "anna")
    node.store.add_case(everybody[1], "rent_subsidy", "PG 1/2025", "anna")
    await node.enrolment.enrol_all()
    assert node.rows("SELECT count(*) FROM person") == [(PERSONS,)]
    assert (node.store.awaiting_count(1), node.store.enrolled_count()) == (0, 0)
    assert (node.evaluator.evaluated, node.log.entries(EntryKind.ENROLMENT, EntryKind.EVALUATION)) == (0, [])

    helped = everybody[10:20]
    for one in helped:
        node.store.add_record(record(one), "anna")
    await node.enrolment.enrol_all()
    assert node.store.enrolled_count() == node.evaluator.evaluated == len(node.log.entries(EntryKind.ENROLMENT)) == 10
    found = node.rows("SELECT code_index FROM person JOIN pseudonym ON subject_id = id WHERE class = 'person'")
    assert {index for (index,) in found} == {fields.index("code", one.pseudonym_input()) for one in helped}


FOOD_UNTIL_TODAY = record(person(1), "food_parcel", date(2023, 6, 1))


@pytest.mark.parametrize(
    ("given", "enrolled"),
    [
        (record(person(1)), 1),
        (record(person(1), need=POD), 2),
        (record(person(1), status=AidStatus.RESERVED), 1),
        (FOOD_UNTIL_TODAY, 1),
        (record(person(1), "food_parcel", date(2023, 5, 31)), 0),
        (record(person(1), need=POD, status=AidStatus.CANCELLED), 0),
        (record(person(1), need=POD, visibility=Visibility.ONLY_US), 0),
        (record(person(1), "violence_shelter"), 0),
    ],
    ids=["given", "with a need", "reserved", "last day", "expired", "cancelled", "only us", "special"],
)
async def test_only_live_aid_that_the_network_may_see_is_enrolled(node: Node, given: AidRecord, enrolled: int) -> None:
    node.store.add_record(given, "anna")
    await node.enrolment.enrol_all()
    assert (node.store.enrolled_count(), node.evaluator.evaluated) == (enrolled, enrolled)


async def test_when_aid_expires_its_pseudonym_is_gone_and_reads_like_one_never_known(node: Node) -> None:
    node.store.add_record(FOOD_UNTIL_TODAY, "anna")
    node.store.add_record(record(person(2)), "anna")
    await node.enrolment.enrol_all()
    lapsing, lasting = (value for (value,) in node.rows("SELECT pseudonym FROM pseudonym ORDER BY subject_id"))
    assert isinstance(lapsing, bytes)
    assert isinstance(lasting, bytes)
    assert lapsing in node.files()

    node.clock.next_day()
    assert await node.housekeeping().sweep() == 3, "the pseudonym, the record, the person"
    assert lapsing not in node.files(), "neither in a freed page nor in the journal"
    assert lasting in node.files()
    assert ("pseudonyms.removed", "1:1") in node.rows("SELECT type, subject FROM event")
    assert await node.housekeeping().sweep() == 0
    await node.enrolment.enrol_all()
    assert node.store.enrolled_count() == 1

    former, never = await node.ask(lapsing), await node.ask(bytes(16))
    assert former.slots == never.slots == ((),)
    assert former.coverage is never.coverage is Coverage.FULL
    former_entry, never_entry = node.log.entries(EntryKind.ANSWERED)
    assert len(former_entry.sealed) == len(never_entry.sealed)
    [found] = (await node.ask(lasting)).slots
    assert len(found) == 1


async def test_what_may_no_longer_be_cached_is_gone(node: Node) -> None:
    node.store.add_record(record(person(1)), "anna")
    keys = MemoryTrust().keys().network_set(PseudonymClass.PERSON)
    pseudonyms = Pseudonyms(node.evaluator, node.store, node.clock)
    of_client = (await pseudonyms.of_subject(person(1), keys)).of
    await pseudonyms.of_subject(person(2), keys)
    [(index, sealed, expires)] = node.rows("SELECT subject_index, pseudonyms, expires FROM pseudonym_cache")
    assert isinstance(sealed, bytes)
    assert not any(value in node.files() for value in of_client.values()), "encrypted, and only of clients"
    assert (index,) not in node.rows("SELECT code_index FROM person")
    assert expires == node.clock.instant + 30 * 86_400

    before = node.evaluator.evaluated
    assert (await pseudonyms.of_subject(person(1), keys)).of == of_client
    assert node.evaluator.evaluated == before
    await pseudonyms.of_subject(person(2), keys)
    assert node.evaluator.evaluated == before + 1

    node.clock.instant += 30 * 86_400
    assert await node.housekeeping().sweep() == 1
    assert sealed not in node.files()


def test_the_order_of_a_long_file_is_in_no_database(tmp_path: Path) -> None:
    """More rows than one transaction holds, sorted by code: two bodies that import it hold it in unlike orders."""
    codes = sorted(fictional_code(number) for number in range(1_500))
    rows = (f"k{number};{code};rent_arrears;01/05/2025;900,00;;" for number, code in enumerate(codes))
    content = "\n".join((";".join(REQUIRED), *rows)).encode()
    orders = [_imported(tmp_path / name, content, codes) for name in ("one.db", "other.db")]
    for name in orders[0]:
        assert abs(rank_correlation(orders[0][name], orders[1][name])) < 0.2, name
        assert abs(rank_correlation(orders[0][name], codes)) < 0.2, name


def _imported(place: Path, content: bytes, codes: Sequence[str]) -> dict[str, list[object]]:
    """Return in which order each table has the persons, as the node itself could tell."""
    node, fields = opened(place, key=place.name.encode().ljust(32)), Fields(place.name.encode().ljust(32))
    assert import_file(content, "a.csv", Kind.COMUNE, node.clock.today(), node.store, "anna").added == len(codes)
    code_of = {fields.index("code", f"cf:{code}".encode()): code for code in codes}
    queries = {
        "person": "SELECT code_index FROM person ORDER BY rowid",
        "aid_record": "SELECT code_index FROM aid_record a JOIN person p ON p.id = a.person_id ORDER BY a.rowid",
        "event": "SELECT code_index FROM event e JOIN aid_record a ON a.id = e.subject"
        " JOIN person p ON p.id = a.person_id ORDER BY e.id",
    }
    found = {
        name: [code_of[index] for (index,) in node.rows(query) if isinstance(index, bytes)]
        for name, query in queries.items()
    }
    node.store.close()
    node.engine.dispose()
    return {name: list(order) for name, order in found.items()}


async def test_what_was_cached_under_keys_that_ended_is_gone(node: Node) -> None:
    node.store.add_record(record(person(1)), "anna")
    pseudonyms = Pseudonyms(node.evaluator, node.store, node.clock)
    trust = MemoryTrust(also_epoch=2)
    for keys in trust.keys().by_epoch:
        await pseudonyms.of_subject(person(1), keys.network_set(PseudonymClass.PERSON))
    query = "SELECT pseudonyms FROM pseudonym_cache WHERE key_set = x'{}'"
    first, second = (keys.network_set(PseudonymClass.PERSON).digest for keys in trust.keys().by_epoch)
    [(former,)] = node.rows(query.format(first.hex()))
    assert isinstance(former, bytes)
    tidy = node.housekeeping(trust)
    assert await tidy.sweep() == 0
    trust.epoch, trust.also_epoch, trust.expired = 2, 0, True
    assert await tidy.sweep() == 0, "it is not known which keys are in use"
    trust.expired = False
    assert await tidy.sweep() == 1
    assert former not in node.files()
    assert node.rows(query.format(second.hex()))
