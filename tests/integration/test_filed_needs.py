"""Needs on file, on SQLite and PostgreSQL: who may be enrolled for them, and what is told of them, to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.core.exchange import Finding
from maglia.core.identifiers import Identifier, parse_need
from maglia.core.vocabulary import AidStatus, Basis, Facet, Frequency, Kind, PseudonymClass, Purpose, Role, Visibility
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.model import Consent, OpenNeed, Operator
from node.domain.needs import FiledNeed, NewNeed
from node.domain.residual import Covered
from node.entries import Entries
from node.erasing import Erasing
from node.needs import close_need, needs_of, read_new_need
from node.recording import Recording
from node.store.sql import SqlStore
from tests.clerk import TODAY, StoppedClock, fictional_code, open_store, person, record
from tests.peer_world import (
    COMUNE,
    PARISH,
    Answerer,
    MemoryLog,
    MemoryTrust,
    OneKey,
    answer_from,
    answerer,
    enrol,
    pseudonym,
    question,
    refused,
    subject,
)

ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
POD = parse_need("POD:IT001E12345678")
LEASE = parse_need("LEASE:TLX/2024/3/77")
APRIL: dict[str, Any] = {"period_from": date(2025, 4, 1), "period_to": date(2025, 4, 30)}
CONSENT = Consent(("aid_overlap",), "2025-1", "it", date(2025, 1, 2))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    return node_database or tmp_path / "node.db"


@pytest.fixture
def store(place: Path | str, clock: StoppedClock) -> Iterator[SqlStore]:
    store = open_store(place, clock)
    yield store
    store.close()


@pytest.fixture
def engine(place: Path | str) -> Iterator[Engine]:
    engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    yield engine
    engine.dispose()


def arrears(number: int = 1, **changes: Any) -> NewNeed:
    """Return 900 euro of rent owed for April, of a third-sector body's client."""
    made = NewNeed(person(number), "rent_arrears", 900_00, Basis.CONSENT, creditor="ALER Milano", **APRIL)
    return replace(made, **changes)


def public(number: int = 1, **changes: Any) -> NewNeed:
    return arrears(number, basis=Basis.PUBLIC_TASK, **changes)


def awaiting(store: SqlStore) -> set[bytes]:
    return {one.typed_input for one in store.awaiting(1, 100)}


def inputs(*subjects: Identifier) -> set[bytes]:
    return {one.pseudonym_input() for one in subjects}


def test_a_need_is_kept_with_who_put_it_there_and_when(store: SqlStore, clock: StoppedClock) -> None:
    filed = store.open_filed_need(public(need=LEASE), "anna")
    assert filed == FiledNeed(
        person(1),
        "rent_arrears",
        900_00,
        Basis.PUBLIC_TASK,
        Visibility.NETWORK,
        LEASE,
        "ALER Milano",
        **APRIL,
        number=1,
        opened_at=clock.instant,
        opened_by="anna",
    )
    assert store.filed_needs(person(1)) == [filed]
    assert store.filed_needs(person(2)) == []
    clock.instant += 60
    closed = store.close_filed_need(filed.number, "bruno")
    assert (closed.closed_at, closed.closed_by, closed.name) == (clock.instant, "bruno", "B-1")
    assert store.filed_needs(person(1)) == [closed]
    with refused(Code.INPUT_NEED_UNKNOWN):
        store.close_filed_need(filed.number, "bruno")


def test_the_same_need_is_not_opened_twice_and_anew_once_it_is_closed(store: SqlStore) -> None:
    first = store.open_filed_need(public(), "anna")
    for same in (public(creditor="A.L.E.R. Milano"), public(period_from=date(2025, 4, 30), period_to=date(2025, 6, 1))):
        with refused(Code.INPUT_NEED_OPEN):
            store.open_filed_need(same, "anna")
    store.open_filed_need(public(period_from=date(2025, 5, 1), period_to=date(2025, 5, 31)), "anna")
    store.open_filed_need(public(2), "anna")
    store.open_filed_need(public(facet="gas", need=POD), "anna")
    with refused(Code.INPUT_NEED_OPEN):
        store.open_filed_need(public(facet="gas", need=POD, creditor=""), "anna")
    store.close_filed_need(first.number, "anna")
    store.open_filed_need(public(owed_cents=1_000_00), "anna")
    assert [one.closed_at is None for one in store.filed_needs(person(1))] == [True, True, True, False]


def test_whoever_has_an_open_need_may_be_enrolled_with_its_number(store: SqlStore) -> None:
    filed = store.open_filed_need(public(need=LEASE), "anna")
    assert awaiting(store) == inputs(person(1), LEASE)
    enrol(store, {})
    assert store.awaiting_count(1) == 0
    store.close_filed_need(filed.number, "anna")
    assert store.remove_lapsed(None, 10) == (None, 2)
    assert store.awaiting_count(1) == 0


async def test_a_need_past_its_retention_enrols_nobody_and_is_erased(store: SqlStore, clock: StoppedClock) -> None:
    store.open_filed_need(public(), "anna")
    clock.day = date(2028, 6, 1)
    assert store.awaiting_count(1) == 1
    log = MemoryLog()
    erasing = Erasing(store, Entries(log, OneKey(), clock))
    assert await erasing.erase_all() == 0
    clock.day = date(2028, 6, 2)
    assert store.awaiting_count(1) == 0
    assert store.filed_needs(person(1)) == []
    assert await erasing.erase_all() == 2
    assert [(one.outcome, one.count) for one in log.entries()] == [("filed_need", 1), ("person", 1)]


@pytest.mark.parametrize(
    "never",
    [arrears(), public(visibility=Visibility.ONLY_US), public(facet="health_therapy"), public(facet="unheard_of")],
    ids=["without consent", "only us", "special", "unknown"],
)
def test_a_need_that_may_not_be_spoken_of_enrols_nobody_and_asks_nobody(store: SqlStore, never: NewNeed) -> None:
    store.open_filed_need(never, "anna")
    assert store.awaiting_count(1) == 0
    assert store.filed_needs_to_ask(person(1), frozenset(Facet)) == []


def test_on_consent_a_need_counts_while_the_consent_does(store: SqlStore) -> None:
    store.open_filed_need(arrears(), "anna")
    assert store.hidden_subjects(person(1)) == {PseudonymClass.PERSON: 1, PseudonymClass.NEED: 0}
    store.add_consent(person(1), CONSENT, "anna")
    assert awaiting(store) == inputs(person(1))
    assert store.hidden_subjects(person(1)) == {PseudonymClass.PERSON: 0, PseudonymClass.NEED: 0}
    asked = store.filed_needs_to_ask(person(1), frozenset({Facet.RENT_ARREARS}))
    assert asked == [OpenNeed(None, "ALER Milano", date(2025, 4, 1), date(2025, 4, 30))]
    assert store.filed_needs_to_ask(person(1), frozenset(Facet) - {Facet.RENT_ARREARS}) == []
    store.withdraw(person(1), ("aid_overlap",), TODAY, "anna", objecting=False)
    assert awaiting(store) == set()
    store.add_consent(person(1), replace(CONSENT, purposes=("referral",), day=TODAY), "anna")
    assert awaiting(store) == set()


def test_a_dump_shows_neither_the_total_nor_the_creditor(store: SqlStore, engine: Engine) -> None:
    for number, creditor in ((1, "A2A"), (2, "Condominio Via delle Rose 12, Sesto San Giovanni")):
        store.open_filed_need(public(number, creditor=creditor), "anna")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM filed_need")).all()
        events = connection.execute(text("SELECT type, subject FROM event ORDER BY id")).all()
    told = " ".join(str(value) for row in rows for value in row if not isinstance(value, bytes))
    assert "90000" not in told
    assert "Rose" not in told
    assert len({len(row.content) for row in rows}) == 1
    assert [tuple(event) for event in events] == [("need.opened", "1"), ("need.opened", "2")]


async def test_the_log_counts_whom_a_need_lets_be_enrolled_before_it_is_on_file(
    store: SqlStore, clock: StoppedClock
) -> None:
    log = MemoryLog()
    recording = Recording(store, Entries(log, OneKey(), clock))
    for need in (public(need=LEASE), public(2, visibility=Visibility.ONLY_US), public(1, facet="gas", need=POD)):
        async with recording.of_need(need):
            store.open_filed_need(need, "anna")
    counted = [(entry.outcome, entry.count) for entry in log.entries(EntryKind.RECORDED)]
    assert counted == [("person", 1), ("need", 1), ("need", 1)]


def test_own_help_for_a_need_is_that_of_its_number_or_alike_in_creditor_and_period(store: SqlStore) -> None:
    filed = store.open_filed_need(public(need=LEASE), "anna")
    helped = record(person(1), amount_cents=200_00, creditor="Aler Milano")
    store.add_record(replace(helped, **APRIL), "anna")
    store.add_record(record(person(2), amount_cents=100_00, need=LEASE, status=AidStatus.RESERVED), "anna")
    for other in (
        replace(helped, period_from=date(2025, 5, 1), period_to=date(2025, 5, 31)),
        replace(helped, creditor="Un altro", **APRIL),
        replace(helped, facet="rent_current", **APRIL),
        replace(helped, status=AidStatus.CANCELLED, **APRIL),
        replace(record(person(2), amount_cents=1_00, creditor="Aler Milano"), **APRIL),
    ):
        store.add_record(other, "anna")
    assert needs_of(store, ANNA, fictional_code(1)) == [(filed, Covered(200_00, 100_00))]
    monthly = replace(helped, frequency=Frequency.MONTHLY, **APRIL)
    store.add_record(monthly, "anna")
    assert needs_of(store, ANNA, fictional_code(1)) == [(filed, Covered(400_00, 100_00, exact=False))]


def written(**changes: str) -> NewNeed:
    fields = {"identifier": fictional_code(1), "facet": "rent_arrears", "creditor": "ALER Milano"}
    period = {"period_from": "2025-04-01", "period_to": "2025-04-30"}
    return read_new_need(ANNA, Kind.PARISH, owed_cents=900_00, **fields | period | changes)


def test_what_an_operator_writes_is_read_strictly() -> None:
    assert written() == arrears()
    assert written(need="lease:TLX/2024/3/77", creditor="", period_from="", period_to="").need == LEASE
    assert written(facet="health_therapy").visibility is Visibility.ONLY_US
    for code, changes in (
        (Code.INPUT_NEED_UNNAMED, {"creditor": ""}),
        (Code.INPUT_NEED_UNNAMED, {"creditor": "S.p.A."}),
        (Code.INPUT_NEED_UNNAMED, {"period_to": ""}),
        (Code.INPUT_DATE_ORDER, {"period_to": "2025-03-01"}),
        (Code.INPUT_DATE, {"period_to": "2025-02-30"}),
        (Code.INPUT_SUPPLY, {"need": "POD:1"}),
        (Code.INPUT_FACET, {"facet": "lottery"}),
        (Code.INPUT_FIELD, {"basis": "public_task"}),  # a parish has none
        (Code.INPUT_FIELD, {"visibility": "everybody"}),
    ):
        with refused(code):
            written(**changes)
    for cents, code in ((0, Code.INPUT_AMOUNT_NEGATIVE), (10**12, Code.INPUT_AMOUNT_LIMIT)):
        with refused(code):
            read_new_need(ANNA, Kind.PARISH, identifier=fictional_code(1), facet="gas", owed_cents=cents, need=POD.text)
    with refused(Code.SESSION_ROLE):
        read_new_need(replace(ANNA, role=Role.NODE_ADMIN), Kind.PARISH, identifier="", facet="", owed_cents=1)


def test_a_need_is_closed_by_its_name(store: SqlStore) -> None:
    store.open_filed_need(public(), "anna")
    for wrong in ("", "B-", "B-2", "7", "B-1x", "B-٣", "B-99999999999"):
        with refused(Code.INPUT_NEED_UNKNOWN):
            close_need(store, ANNA, wrong)
    assert close_need(store, ANNA, " b-1 ").closed_by == "anna"


@pytest.fixture
def parish(tmp_path: Path) -> Iterator[Answerer]:
    with answerer(tmp_path, MemoryTrust(), PARISH, log=MemoryLog()) as node:
        yield node


async def told(node: Answerer, *, detail: bool = True, by_number: bool = False) -> list[Finding]:
    """Return what a comune is told, with its case on file or else looking for overlaps only."""
    names: dict[bytes, bytes] = {person(1).pseudonym_input(): pseudonym(1), LEASE.pseudonym_input(): pseudonym(2)}
    enrol(node.store, names)
    about = subject(1, creditor="ALER Milano", **APRIL)
    subjects = [about, subject(2, PseudonymClass.NEED)] if by_number else [about]
    purpose = Purpose.RENT_SUBSIDY if detail else Purpose.AID_OVERLAP
    answer = await answer_from(node.answering, question(*subjects, asker=COMUNE, addressee=node.body, purpose=purpose))
    assert not answer.refusal
    return [finding for slot in answer.slots for finding in slot]


def promised(**changes: Any) -> dict[str, Any]:
    return {"amount_cents": 400_00, "status": AidStatus.RESERVED, "creditor": "ALER Milano"} | changes


async def test_the_total_is_told_in_detail_with_since_when_help_is_promised(parish: Answerer) -> None:
    parish.store.add_consent(person(1), CONSENT, "anna")
    parish.store.open_filed_need(arrears(), "anna")
    parish.store.add_record(replace(record(person(1), **promised()), **APRIL), "anna")
    [finding] = await told(parish)
    at = int(parish.clock.instant * 1000)
    assert (finding.amount_cents, finding.owed_cents, finding.same_need) == (400_00, 900_00, True)
    assert (finding.reserved_at_ms, finding.reserved_until_ms) == (at, at + 864_000_000)
    assert (finding.body, finding.contact) == ("parrocchia", "parrocchia@example.org")
    [less] = await told(parish, detail=False)
    assert (less.owed_cents, less.amount_cents, less.reserved_at_ms) == (None, None, at)


async def test_the_total_is_told_once_under_the_number(parish: Answerer) -> None:
    parish.store.add_consent(person(1), CONSENT, "anna")
    parish.store.open_filed_need(arrears(need=LEASE, creditor="", period_from=None, period_to=None), "anna")
    parish.store.add_record(record(person(1), **promised(need=LEASE)), "anna")
    assert [one.owed_cents for one in await told(parish, by_number=True)] == [900_00]
    assert [(one.owed_cents, one.same_need) for one in await told(parish)] == [(None, False)]


@pytest.mark.parametrize(
    "filed",
    [
        arrears(visibility=Visibility.ONLY_US),
        arrears(creditor="Un altro"),
        arrears(period_from=date(2025, 5, 1), period_to=date(2025, 5, 31)),
        arrears(facet="rent_current"),
        arrears(2),
        public(),
    ],
    ids=["only us", "another creditor", "another period", "another facet", "another person", "another basis"],
)
async def test_no_total_is_told_of_another_need_or_of_one_that_stays_here(parish: Answerer, filed: NewNeed) -> None:
    parish.store.add_consent(person(1), CONSENT, "anna")
    parish.store.open_filed_need(filed, "anna")
    parish.store.add_record(replace(record(person(1), **promised()), **APRIL), "anna")
    assert [(one.amount_cents, one.owed_cents) for one in await told(parish)] == [(400_00, None)]


async def test_a_need_alone_is_no_help_and_answers_nothing(parish: Answerer) -> None:
    parish.store.add_consent(person(1), CONSENT, "anna")
    parish.store.open_filed_need(arrears(), "anna")
    assert await told(parish) == []
