"""The civil registry's file: what it adds, changes and takes away, and that nobody of it gets a pseudonym."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.core.vocabulary import Kind, Role
from node.domain.household_file import Age, Place, Source, person_text
from node.domain.model import Operator
from node.domain.registry import RegistryReport
from node.importing.civil_registry import import_registry
from node.store.sql import SqlStore
from tests.clerk import TODAY, fictional_code, open_store, person, record
from tests.peer_world import refused
from tests.security.test_never_helped import Node, opened
from tests.support.sheet_files import Cell, xlsx

UGO = Operator("ugo", "Ugo", Role.MANAGER)
HEADER = "codice;famiglia;cognome;nome;nascita;ruolo;dal"


@pytest.fixture
def store(tmp_path: Path, node_database: str) -> Iterator[SqlStore]:
    store = open_store(node_database or tmp_path / "node.db")
    yield store
    store.close()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = opened(tmp_path / "comune.db")
    yield node
    node.store.close()
    node.engine.dispose()


def row(number: int, family: str = "", born: str = "01/02/1980", more: str = ";;") -> str:
    return f"{fictional_code(number)};{family or number // 2};Xqz;Xqw {number};{born}{more}"


def handed_in(
    store: SqlStore, *rows: str, kind: Kind = Kind.COMUNE, dry_run: bool = False, confirmed: bool = False
) -> RegistryReport:
    content = "\r\n".join((HEADER, *rows)).encode()
    return import_registry(content, "anagrafe.csv", kind, TODAY, store, UGO, dry_run=dry_run, confirmed=confirmed)


def counts(report: RegistryReport) -> tuple[int, int, int, int]:
    return len(report.added), len(report.changed), len(report.departed), report.unchanged


def test_a_file_brings_persons_and_households_and_again_changes_nothing(store: SqlStore) -> None:
    rows = [row(n) for n in range(40)]
    assert counts(handed_in(store, *rows, dry_run=True)) == (40, 0, 0, 0)
    assert store.registry_places() == {}
    assert counts(handed_in(store, *rows)) == (40, 0, 0, 0)
    assert counts(handed_in(store, *reversed(rows))) == (0, 0, 0, 40)
    household = store.household_of(person(5))
    assert household
    assert household.source is Source.REGISTRY
    assert {(person_text(one.who), one.name, one.born) for one in household.members} == {
        (fictional_code(n), f"Xqz Xqw {n}", date(1980, 2, 1)) for n in (4, 5)
    }


def test_the_next_file_tells_who_is_new_changed_and_gone(store: SqlStore) -> None:
    handed_in(store, *(row(n) for n in range(40)))
    moved = row(0, family="99")
    grown = row(1, born="01/02/2010")
    report = handed_in(store, moved, grown, *(row(n) for n in range(2, 39)), row(40))
    assert counts(report) == (1, 2, 1, 37)
    assert (report.added, report.departed) == ([fictional_code(40)], [fictional_code(39)])
    alone, minor = store.household_of(person(0)), store.household_of(person(1))
    assert alone
    assert minor
    assert [person_text(one.who) for one in alone.members] == [fictional_code(0)]
    assert [one.age for one in minor.seen_on(TODAY).members] == [Age.MINOR]
    assert store.household_of(person(39)) is None


def test_what_an_operator_put_on_file_goes_first(store: SqlStore) -> None:
    handed_in(store, row(0), row(1))
    store.set_household([Place(person(0), Age.ADULT), Place(person(7), Age.ADULT)], TODAY, "anna")
    household = store.household_of(person(0))
    assert household
    assert [one.who for one in household.members] == [person(0), person(7)]
    assert counts(handed_in(store, row(0), row(1))) == (0, 0, 0, 2)


def test_a_file_that_leaves_out_many_must_be_confirmed(store: SqlStore) -> None:
    handed_in(store, *(row(n) for n in range(40)))
    short = [row(n) for n in range(37)]
    with refused(Code.INPUT_REGISTRY_SHORT):
        handed_in(store, *short)
    assert len(store.registry_places()) == 40
    assert counts(handed_in(store, *short, dry_run=True)) == (0, 0, 3, 37)
    assert counts(handed_in(store, *short, confirmed=True)) == (0, 0, 3, 37)
    assert counts(handed_in(store, *short[:36])) == (0, 0, 1, 36), "one of 37 is no surprise"


def test_a_row_that_cannot_be_read_is_told_and_its_person_stays(store: SqlStore) -> None:
    handed_in(store, *(row(n) for n in range(40)))
    bad = [row(0, born="31/02/1980"), row(1, more=";zio;"), f"{fictional_code(2)};;;;;;", row(3)[:-1]]
    report = handed_in(store, *bad, *(row(n) for n in range(4, 40)), row(4, family="7"))
    assert [(one.row, one.column, one.code) for one in report.rejected] == [
        (2, "nascita", Code.INPUT_DATE),
        (3, "ruolo", Code.INPUT_FIELD),
        (4, "famiglia", Code.INPUT_MISSING),
        (5, "", Code.INPUT_CELLS),
        (42, "codice", Code.INPUT_DUPLICATE_KEY),
    ]
    assert counts(report) == (0, 0, 0, 36)
    assert not any(fictional_code(n) in str(report.rejected) for n in range(5))

    unreadable = handed_in(store, "XQZ;1;;;;;", *(row(n) for n in range(1, 40)))
    assert (counts(unreadable), unreadable.held) == ((0, 0, 0, 39), 1)
    assert store.household_of(person(0)) is not None, "the row may be theirs"


def test_only_a_comune_and_whoever_answers_for_it_may(store: SqlStore) -> None:
    with refused(Code.POLICY_REGISTRY):
        handed_in(store, row(0), kind=Kind.PARISH)
    with refused(Code.SESSION_ROLE):
        anna = Operator("anna", "Anna", Role.OFFICER)
        import_registry(f"{HEADER}\n{row(0)}".encode(), "a.csv", Kind.COMUNE, TODAY, store, anna)
    with refused(Code.INPUT_COLUMN):
        import_registry(b"codice;cognome\n1;2", "a.csv", Kind.COMUNE, TODAY, store, UGO)
    assert store.registry_places() == {}


def test_of_several_sheets_the_one_that_is_named_is_read(store: SqlStore) -> None:
    header: list[Cell] = ["codice", "famiglia"]
    book = xlsx([["altro"], ["1"]], others={"Anagrafe": [header, [fictional_code(0), "7"]]})

    def handed(sheet_name: str = "") -> RegistryReport:
        return import_registry(book, "a.xlsx", Kind.COMUNE, TODAY, store, UGO, sheet_name=sheet_name)

    for name in ("", "Anagrafi"):
        with refused(Code.INPUT_SHEET):
            handed(name)
    assert handed("Anagrafe").added == [fictional_code(0)]


async def test_a_whole_registry_gets_not_one_pseudonym(node: Node) -> None:
    report = handed_in(node.store, *(row(n) for n in range(3_000)))
    await node.enrolment.enrol_all()
    assert (len(report.added), node.rows("SELECT count(*) FROM household_place")) == (3_000, [(3_000,)])
    assert node.rows("SELECT count(*) FROM person") == [(0,)], "nobody of it is a subject"
    assert (node.store.awaiting_count(1), node.store.enrolled_count(), node.evaluator.evaluated) == (0, 0, 0)
    assert node.log.entries(EntryKind.ENROLMENT, EntryKind.EVALUATION) == []
    assert not any(fictional_code(n).encode() in node.files() for n in (0, 1_500, 2_999))
    assert b"Xqw" not in node.files()

    node.store.add_record(record(person(7)), "anna")
    await node.enrolment.enrol_all()
    assert (node.store.enrolled_count(), node.evaluator.evaluated) == (1, 1)
    assert node.rows("SELECT DISTINCT type FROM event WHERE actor = 'ugo'") == [("registry.imported",)]


def test_the_file_is_in_no_order_on_file(node: Node) -> None:
    handed_in(node.store, *(row(n) for n in range(300)))
    with node.engine.connect() as connection:
        ids = connection.execute(text("SELECT id FROM household_place ORDER BY id")).scalars().all()
    stored = [person_text(one.who) for one in node.store.places_of_registry(ids)]
    assert sorted(stored) == sorted(fictional_code(n) for n in range(300))
    assert stored != [fictional_code(n) for n in range(300)]
