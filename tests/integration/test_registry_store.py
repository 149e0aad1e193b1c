"""The registry's database, SQLite and PostgreSQL: built by revisions, nothing half done, nothing counted twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from math import inf
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from maglia.core.checkpoint import Checkpoint
from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Facet, MemberState, NetworkRole, PseudonymClass, Purpose
from registry.domain.budget import Limits, Use
from registry.domain.change import Change
from registry.domain.membership import Act
from registry.enrolment_budget import EnrolmentBudget
from registry.ports import (
    Draft,
    Event,
    MemberRecord,
    Person,
    PolicyBundle,
    Publication,
    SpentInProcedure,
    StoredCard,
    Token,
)
from registry.store.counts import SqlCounts
from registry.store.database import Database
from registry.store.files import SqlFiles
from registry.store.members import SqlMembers
from registry.store.procedures import SqlProcedureCounts
from registry.store.tables import metadata
from tests.peer_world import refused

pytestmark = pytest.mark.alembic
T = TypeVar("T")
RECORD = MemberRecord("onlus", "Onlus", "onlus", MemberState.APPLIED, "", bytes(32), bytes(32), b"", ("act",), 1.0)
CHANGE = Change(Act.CHANGE, "onlus", "perché sì", (Facet.LOAN,), (Purpose.REFERRAL,), "PG/1", "2099-01-01")
EVENT = Event(1.0, "onlus", "apply")
DAY = date(2026, 11, 21)
LIMIT = 100


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    """A new database of either kind."""
    made = Database.create(tmp_path, database_url)
    yield made
    made.close()


@pytest.fixture
def beside(tmp_path: Path, database_url: str, database: Database) -> Iterator[Database]:
    """The same database as another process opens it."""
    opened = Database.open(tmp_path, database_url)
    assert opened.is_shared == database.is_shared
    yield opened
    opened.close()


def test_revisions_build_what_the_code_declares(database: Database) -> None:
    database.migrate()
    with database.transaction():
        assert compare_metadata(MigrationContext.configure(database.connection), metadata) == []


def test_a_database_is_made_once_and_found_again(tmp_path: Path, database_url: str) -> None:
    with pytest.raises(MagliaError) as missing:
        Database.open(tmp_path, database_url)
    Database.create(tmp_path, database_url).close()
    with pytest.raises(MagliaError) as existing:
        Database.create(tmp_path, database_url)
    assert [missing.value.code, existing.value.code] == [Code.STORAGE_MISSING, Code.STORAGE_EXISTS]
    Database.open(tmp_path, database_url).close()


def test_two_processes_that_start_at_once_migrate_once(tmp_path: Path, postgres: str) -> None:
    databases = [Database.create(tmp_path, postgres), Database.open(tmp_path, postgres)]
    metadata.drop_all(databases[0].engine)
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE alembic_version")
    together([database.migrate for database in databases])
    assert SqlMembers(databases[1]).members() == []
    for database in databases:
        database.close()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    members = SqlMembers(database)

    def fail() -> None:
        with members.transaction():
            members.save_member(RECORD, EVENT)
            members.save_token(RECORD.id, Token(bytes(32), 2.0), EVENT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (members.member(RECORD.id), members.history(RECORD.id)) == (None, [])
    members.save_member(RECORD, EVENT)
    assert members.member(RECORD.id) == RECORD
    assert members.history(RECORD.id) == [EVENT]


def test_bodies_tokens_cards_and_people_read_back(database: Database) -> None:
    members = SqlMembers(database)
    members.save_member(RECORD, EVENT)
    members.set_state(RECORD.id, MemberState.APPROVED, replace(EVENT, action="approve"))
    assert members.members() == [replace(RECORD, state=MemberState.APPROVED)]
    assert [event.action for event in members.history(RECORD.id)] == ["apply", "approve"]
    for digest in (b"first", b"second"):
        members.save_token(RECORD.id, Token(digest, 2.0), EVENT)
    assert members.take_token(RECORD.id) == Token(b"second", 2.0)
    assert members.take_token(RECORD.id) == Token(b"second", 2.0, used=True)
    cards = [StoredCard(RECORD.id, number, bytes([number]), 1, 2**40, b"envelope") for number in (1, 2)]
    assert [members.save_card(card, 100.0, 10.0) for card in cards] == [1, 2]
    assert [(card.sequence, card.until) for card in members.cards_since(0, 10, 109.0)] == [(1, 110.0), (2, inf)]
    assert [card.sequence for card in members.cards_since(0, 1, 109.0)] == [1]
    assert [card.sequence for card in members.cards_since(1, 10, 109.0)] == [2]
    assert [card.sequence for card in members.cards_since(0, 10, 110.0)] == [2]
    assert members.cards_revision() == 2
    anna = Person("anna", "Anna Fittizi", NetworkRole.ACCREDITATION_OFFICER, bytes(32))
    members.save_person(anna, None)
    members.save_person(anna, "hash")
    assert members.person("anna") == (anna, "hash")


def test_drafts_and_files_read_back(database: Database) -> None:
    files = SqlFiles(database)
    draft = Draft("d1", (CHANGE,), 1, b"signed", {"directory.json": b"{}"})
    files.save_draft(replace(draft, changes=(replace(CHANGE, reason="as asked first"),)))
    files.reword_draft("d1", draft.changes)
    files.sign_draft("d1", "key", "anna", b"signature")
    found = files.open_draft([replace(CHANGE, reason="in other words")], 1)
    assert found == replace(draft, signatures={"key": b"signature"}, signed_by=("anna",))
    with pytest.raises(MagliaError) as twice:
        files.sign_draft("d1", "key", "anna", b"signature")
    assert twice.value.code is Code.STORAGE_UNAVAILABLE
    files.close_drafts(["d1"])
    assert (files.draft("d1"), files.open_drafts()) == (None, [])
    for content in (b"old", b"new"):
        files.save_metadata("timestamp.json", content)
    assert files.metadata("timestamp.json") == b"new"
    publications = [Publication(version, b"directory", b"keys") for version in (1, 2)]
    for publication in publications:
        files.save_publication(publication)
    assert files.publications(5) == publications[::-1]


def test_rules_of_each_revision_read_back(database: Database, beside: Database) -> None:
    files, first = SqlFiles(database), PolicyBundle("0" * 12, b"first", waiting=True, changed_at=2**40)
    later = replace(first, revision="1" * 12, content=b"later", changed_at=first.changed_at + 1)
    for bundle in (first, later):
        files.save_bundle(bundle)
    other = SqlFiles(beside)
    assert (other.bundles(), other.bundle(first.revision), other.bundle("2" * 12)) == ([later, first], first, None)
    signed = replace(first, waiting=False, version=7)
    other.save_bundle(signed)
    for bundle in (first, later):
        files.drop_bundle(bundle.revision)
    assert files.bundles() == [signed]  # what was in force is never forgotten


def test_a_version_only_ever_grows(database: Database, beside: Database) -> None:
    SqlFiles(database).set_version("timestamp", 4)
    for version in (4, 3):
        with pytest.raises(MagliaError) as refused:
            SqlFiles(beside).set_version("timestamp", version)
        assert refused.value.code is Code.STORAGE_UNAVAILABLE
    SqlFiles(beside).set_version("timestamp", 5)
    assert SqlFiles(database).versions() == {"timestamp": 5}


def test_the_witness_remembers_by_compare_and_swap(database: Database, beside: Database) -> None:
    one, other = SqlCounts(database), SqlCounts(beside)
    small, large = Checkpoint("maglia/prova/onlus", 3, bytes(32)), Checkpoint("maglia/prova/onlus", 9, bytes(32))
    assert not one.remember(large, b"note", 2)
    assert one.remember(small, b"note", 0)
    assert not other.remember(large, b"note", 0)
    assert other.witnessed(small.origin) == small
    assert other.remember(large, b"note", 3)
    assert not one.remember(replace(small, size=4), b"note", 3)
    assert one.witnessed(small.origin) == large


def test_of_forks_offered_at_once_one_is_remembered(database: Database, beside: Database) -> None:
    stores = [SqlCounts(database), SqlCounts(beside)]
    for size in range(1, 30):
        forks = [Checkpoint("maglia/prova/onlus", size, bytes([number]) * 32) for number in (1, 2)]
        pairs = zip(stores, forks, strict=True)
        taken = together([partial(store.remember, fork, b"note", size - 1) for store, fork in pairs])
        assert sorted(taken) == [False, True]
        assert stores[0].witnessed("maglia/prova/onlus") == forks[taken.index(True)]


def test_a_budget_spent_by_two_at_once_is_exact(database: Database, beside: Database) -> None:
    def spend(store: SqlCounts) -> int:
        asked = [store.spend("onlus", PseudonymClass.PERSON, Use.CHECK, DAY, 3, LIMIT) for _ in range(40)]
        return 3 * sum(asked)

    stores = [SqlCounts(database), SqlCounts(beside)]
    granted = sum(together([partial(spend, store) for store in stores]))
    assert granted == stores[0].spent("onlus", PseudonymClass.PERSON, Use.CHECK, DAY) == LIMIT - LIMIT % 3
    assert not stores[0].spend("onlus", PseudonymClass.PERSON, Use.CHECK, DAY, 2, LIMIT)
    assert stores[0].spend("onlus", PseudonymClass.PERSON, Use.CHECK, DAY, 1, LIMIT)
    assert not stores[1].spend("altra", PseudonymClass.PERSON, Use.CHECK, DAY, LIMIT + 1, LIMIT)


def test_a_procedures_cap_spent_by_many_at_once_is_exact(database: Database, beside: Database) -> None:
    def spend(counts: SqlProcedureCounts, elements: int) -> int:
        taken = (counts.spend("affitto", "comune", PseudonymClass.PERSON, elements, LIMIT) for _ in range(30))
        return elements * sum(taken)

    stores = [SqlProcedureCounts(database), SqlProcedureCounts(beside)]
    granted = sum(together([partial(spend, store, elements) for store, elements in zip(stores, (3, 5), strict=True)]))
    assert LIMIT - 5 < granted <= LIMIT
    assert stores[0].spent() == [SpentInProcedure("affitto", "comune", PseudonymClass.PERSON, granted)]
    assert not stores[1].spend("affitto", "comune", PseudonymClass.PERSON, LIMIT - granted + 1, LIMIT)
    assert stores[1].spend("affitto", "comune", PseudonymClass.PERSON, LIMIT - granted, LIMIT)
    assert not stores[0].spend("affitto", "comune", PseudonymClass.PERSON, 1, LIMIT)
    for other in (("affitto", "ambito", PseudonymClass.PERSON), ("affitto", "comune", PseudonymClass.NEED)):
        assert stores[0].spend(*other, LIMIT, LIMIT)
    assert not stores[0].spend("bollette", "comune", PseudonymClass.PERSON, LIMIT + 1, LIMIT)
    assert stores[0].spend("affitto", "comune", PseudonymClass.PERSON, 1, LIMIT + 1)  # declared again, with more


def test_an_epochs_elements_pay_for_another_epochs_exactly_once(database: Database, beside: Database) -> None:
    def enrol(store: SqlCounts) -> int:
        return 3 * sum(store.enrol("onlus", PseudonymClass.PERSON, 2, 3, LIMIT) for _ in range(40))

    stores = [SqlCounts(database), SqlCounts(beside)]
    assert sum(together([partial(enrol, store) for store in stores])) == LIMIT - LIMIT % 3
    assert stores[1].enrolled("onlus", PseudonymClass.PERSON, 2) == LIMIT - LIMIT % 3
    assert [
        stores[0].enrolled(who, cls, 2)
        for who, cls in (("onlus", PseudonymClass.NEED), ("altra", PseudonymClass.PERSON))
    ] == [0, 0]

    budget = EnrolmentBudget(stores[0], Limits(enrolments=5))
    person, both = PseudonymClass.PERSON, Epochs(1, 2)
    budget.spend("ponte", person, 1, 4, both, DAY)
    budget.spend("ponte", person, 2, 4, both, DAY)  # paid for under epoch 1
    with refused(Code.BUDGET_MEMBER):
        budget.spend("ponte", person, 2, 2, both, DAY)
    budget.spend("ponte", person, 2, 1, both, DAY)  # new: the day's last
    budget.spend("ponte", person, 1, 1, both, DAY)  # paid for under epoch 2
    with refused(Code.BUDGET_MEMBER):
        budget.spend("ponte", person, 1, 1, both, DAY)
    budget.spend("ponte", person, 3, 5, Epochs(3), DAY)  # late: what was enrolled before the change still pays
    with refused(Code.BUDGET_MEMBER):
        budget.spend("ponte", person, 3, 1, Epochs(3), DAY)
    with refused(Code.BUDGET_MEMBER):
        budget.spend("ponte", person, 5, 1, Epochs(5), DAY)
    budget.spend("ponte", person, 3, 5, Epochs(3), DAY + timedelta(days=1))


def test_transactions_that_read_and_then_write_wait_for_one_another(database: Database, beside: Database) -> None:
    def sign(files: SqlFiles) -> None:
        for _ in range(20):
            with files.transaction():
                files.set_version("timestamp", files.versions().get("timestamp", 0) + 1)

    together([partial(sign, SqlFiles(one)) for one in (database, beside)])
    assert SqlFiles(database).versions() == {"timestamp": 40}


def test_whoever_hangs_in_a_transaction_loses_it_and_holds_nobody_up(tmp_path: Path, postgres: str) -> None:
    database = Database.create(tmp_path, postgres)
    SqlFiles(database).set_version("timestamp", 1)
    soon = {"options": "-c idle_in_transaction_session_timeout=200"}
    hung = Database.open(tmp_path, make_url(postgres).update_query_dict(soon).render_as_string(hide_password=False))

    def hang() -> None:
        with hung.transaction():
            SqlFiles(hung).set_version("timestamp", 2)
            taken.set()
            released.wait(20)

    taken, released = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(hang)
        assert taken.wait(10)
        with database.transaction():
            assert SqlFiles(database).versions() == {"timestamp": 1}
            SqlFiles(database).set_version("timestamp", 2)
        released.set()
        with pytest.raises(MagliaError) as refused:
            hanging.result(10)
    assert refused.value.code is Code.STORAGE_UNAVAILABLE
    assert SqlFiles(hung).versions() == {"timestamp": 2}
    for each in (database, hung):
        each.close()


def test_a_database_that_went_away_is_an_error_with_a_code_and_is_found_again(tmp_path: Path, postgres: str) -> None:
    database = Database.create(tmp_path, postgres)
    files = SqlFiles(database)
    files.set_version("targets", 1)
    _disconnect_all(postgres)
    assert files.versions() == {"targets": 1}, "a connection that is gone is replaced before it is used"

    def lose() -> None:
        with database.transaction():
            files.set_version("targets", 2)
            _disconnect_all(postgres)
            files.set_version("snapshot", 1)

    with pytest.raises(MagliaError) as lost:
        lose()
    assert lost.value.code is Code.STORAGE_UNAVAILABLE
    assert files.versions() == {"targets": 1}
    database.close()


def _disconnect_all(postgres: str) -> None:
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'maglia'")


def together(tries: Sequence[Callable[[], T]]) -> list[T]:
    """Run each in a thread of its own, all starting at once; return what each returned."""
    barrier = threading.Barrier(len(tries))

    def run(one: Callable[[], T]) -> T:
        barrier.wait(10)
        return one()

    with ThreadPoolExecutor(len(tries)) as pool:
        return [future.result(60) for future in [pool.submit(run, one) for one in tries]]
