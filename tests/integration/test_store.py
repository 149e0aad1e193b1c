"""The store on SQLite and PostgreSQL: what it finds, what it refuses, what it never shows."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Finding
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import (
    AidStatus,
    EndState,
    Facet,
    Frequency,
    Kind,
    MeansTest,
    PseudonymClass,
    Role,
    Silence,
    Visibility,
)
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.batch import Applicant, ApplicantFile, Batch, Body, RejectedApplicant, Reply
from node.domain.model import AidRecord, Consent, Operator
from node.domain.retention import keep_until
from node.ports import Store
from node.store.fields import Fields
from node.store.sql import SqlStore
from node.store.subjects import count_codes
from node.store.tables import metadata
from tests.clerk import CONSENT, FIELD_KEY, TODAY, StoppedClock, fictional_code, open_store, person, record
from tests.peer_world import refused

POD = parse_need("POD:IT001E12345678")
PSEUDONYM = bytes(range(16))
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    """Where the body's database is."""
    return node_database or tmp_path / "node.db"


@pytest.fixture
def store(place: Path | str, clock: StoppedClock) -> SqlStore:
    return open_store(place, clock)


@pytest.fixture
def engine(place: Path | str) -> Iterator[Engine]:
    """The same database, for whoever goes behind the store's back."""
    engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    yield engine
    engine.dispose()


def _enrol_all(store: SqlStore, epoch: int = 1) -> dict[bytes, bytes]:
    """Enrol everyone awaiting; return typed input -> pseudonym."""
    waiting = store.awaiting(epoch, 1000)
    pseudonyms = [(one, number.to_bytes(16, "big")) for number, one in enumerate(waiting)]
    store.enrol(epoch, pseudonyms)
    return {one.typed_input: value for one, value in pseudonyms}


def test_the_store_fulfils_the_port(store: SqlStore) -> None:
    port: Store = store
    assert port.record_count() == 0


def test_a_record_is_found_behind_its_pseudonym_as_it_was_given(store: SqlStore) -> None:
    given = record(person(1), creditor="Immobiliare Àrgine", need=POD)
    record_id = store.add_record(given, "anna")
    pseudonyms = _enrol_all(store)

    for subject, cls in ((person(1), PseudonymClass.PERSON), (POD, PseudonymClass.NEED)):
        pseudonym = pseudonyms[subject.pseudonym_input()]
        [candidate] = store.candidates(cls, 1, [pseudonym])[pseudonym]
        assert candidate.record_id == record_id
        assert (candidate.facet, candidate.day, candidate.amount_cents) == (given.facet, given.day, given.amount_cents)
        assert (candidate.creditor, candidate.consent) == (given.creditor, CONSENT)
        assert (candidate.status, candidate.basis, candidate.visibility) == (
            given.status,
            given.basis,
            given.visibility,
        )
        assert not candidate.consent_withdrawn
        assert not candidate.objection


def test_candidates_come_newest_first_and_unknown_pseudonyms_are_absent(store: SqlStore) -> None:
    for days in (30, 10, 20):
        store.add_record(record(person(1), day=TODAY - days * DAY), "anna")
    store.add_record(record(person(2)), "anna")
    pseudonyms = _enrol_all(store)
    one, two = (pseudonyms[person(number).pseudonym_input()] for number in (1, 2))

    found = store.candidates(PseudonymClass.PERSON, 1, [PSEUDONYM, one, two])
    assert set(found) == {one, two}
    assert [candidate.day for candidate in found[one]] == [TODAY - days * DAY for days in (10, 20, 30)]
    assert store.candidates(PseudonymClass.PERSON, 2, [one]) == {}
    assert store.candidates(PseudonymClass.NEED, 1, [one, two]) == {}
    assert store.candidates(PseudonymClass.PERSON, 1, []) == {}


@pytest.mark.parametrize(
    "never",
    [
        record(person(1), status=AidStatus.CANCELLED),
        record(person(1), status=AidStatus.CORRECTED),
        record(person(1), visibility=Visibility.ONLY_US),
        record(person(1), "health_therapy"),
        record(person(1), "unheard_of"),
        record(person(1), "food_parcel", date(2023, 5, 31)),
        record(person(1), "rent_current", date(2022, 5, 31)),
    ],
    ids=["cancelled", "corrected", "only us", "special", "unknown", "food expired", "rent expired"],
)
def test_a_person_without_a_shareable_record_is_never_enrolled(store: SqlStore, never: AidRecord) -> None:
    store.add_record(never, "anna")
    assert store.awaiting_count(1) == 0
    assert store.awaiting(1, 10) == []


def test_a_record_answers_to_the_last_day_of_its_retention_and_no_longer(store: SqlStore, clock: StoppedClock) -> None:
    store.add_record(record(person(1), "food_parcel", date(2023, 6, 1)), "anna")
    store.add_record(record(person(1), "rent_current", date(2022, 6, 1)), "anna")
    [pseudonym] = _enrol_all(store).values()
    assert len(store.candidates(PseudonymClass.PERSON, 1, [pseudonym])[pseudonym]) == 2
    clock.day += DAY
    assert store.candidates(PseudonymClass.PERSON, 1, [pseudonym]) == {}
    assert store.awaiting_count(2) == 0


def test_only_those_not_yet_enrolled_await_and_the_count_follows(store: SqlStore) -> None:
    store.add_record(record(person(1), need=POD), "anna")
    assert store.awaiting_count(1) == 2
    assert len(store.awaiting(1, 1)) == 1
    _enrol_all(store)
    assert store.awaiting_count(1) == 0
    store.add_record(record(person(1)), "anna")
    assert store.awaiting_count(1) == 0
    store.import_records([record(person(2), source_key="2")], "anna")
    assert [one.typed_input for one in store.awaiting(1, 10)] == [person(2).pseudonym_input()]
    assert store.awaiting_count(1) == 1
    assert store.awaiting_count(2) == 3


def test_which_of_many_pseudonyms_are_of_persons_helped_here(store: SqlStore) -> None:
    store.add_record(record(person(1), need=POD), "anna")
    own = {one.cls: number.to_bytes(16, "big") for number, one in enumerate(store.awaiting(1, 10))}
    store.enrol(1, [(one, own[one.cls]) for one in store.awaiting(1, 10)])
    among = [number.to_bytes(16, "big") for number in range(1_200)]
    helped = {own[PseudonymClass.PERSON]}
    assert store.enrolled_persons(among, {1, 2}) == helped
    assert [store.enrolled_persons(among, set()), store.enrolled_persons([], {1})] == [set(), set()]
    assert store.enrolled_persons(among, {2}) == set()


def test_enrolling_again_replaces_the_pseudonym(store: SqlStore) -> None:
    store.add_record(record(person(1)), "anna")
    [one] = store.awaiting(1, 10)
    store.enrol(1, [(one, PSEUDONYM)])
    store.enrol(1, [(one, bytes(16))])
    assert set(store.candidates(PseudonymClass.PERSON, 1, [PSEUDONYM, bytes(16)])) == {bytes(16)}


def _sweep(store: SqlStore, page: int) -> int:
    """Walk all pseudonyms, a page at a time; return how many were removed."""
    place, total = store.remove_lapsed(None, page)
    while place is not None:
        place, removed = store.remove_lapsed(place, page)
        total += removed
    return total


@pytest.mark.parametrize("page", [1, 2, 100])
def test_the_pseudonyms_of_whoever_is_no_longer_helped_are_removed(
    store: SqlStore, engine: Engine, clock: StoppedClock, page: int
) -> None:
    for number in range(3):
        store.add_record(record(person(number), "food_parcel", date(2023, 6, 1), need=POD), "anna")
    store.add_record(record(person(0)), "anna")
    kept = _enrol_all(store)[person(0).pseudonym_input()]
    _enrol_all(store, 2)
    assert (_sweep(store, page), store.enrolled_count()) == (0, 8)
    clock.day += DAY
    assert (_sweep(store, page), store.enrolled_count()) == (6, 2)
    assert set(store.candidates(PseudonymClass.PERSON, 1, [kept])) == {kept}
    assert store.awaiting_count(1) == 0
    with engine.connect() as raw:
        told = raw.execute(text("SELECT actor, subject FROM event WHERE type = 'pseudonyms.removed'")).all()
    by_epoch = {epoch: sum(int(row.subject.split(":")[1]) for row in told if row.subject[0] == epoch) for epoch in "12"}
    assert by_epoch == {"1": 3, "2": 3}
    assert {row.actor for row in told} == {"node"}


def test_whoever_is_helped_again_is_enrolled_again(store: SqlStore, clock: StoppedClock) -> None:
    store.add_record(record(person(1), "food_parcel", date(2023, 6, 1)), "anna")
    _enrol_all(store)
    clock.day += DAY
    assert _sweep(store, 10) == 1
    store.add_record(record(person(1)), "anna")
    assert store.awaiting_count(1) == 1


def test_importing_the_same_rows_twice_adds_nothing_twice(store: SqlStore) -> None:
    rows = [record(person(number), source_key=f"k{number}", need=POD) for number in range(20)]
    assert all(one.added for one in store.import_records(rows, "anna"))
    again = store.import_records([*rows, rows[0]], "anna")
    assert not any(one.added or one.conflict for one in again)
    assert store.record_count() == 20


@pytest.mark.parametrize(
    "other",
    [
        record(person(1), source_key="k", amount_cents=1),
        record(person(2), source_key="k"),
        record(person(1), source_key="k", consent=None),
        record(person(1), source_key="k", creditor="Aler"),
        record(person(1), source_key="k", visibility=Visibility.ONLY_US),
    ],
)
def test_the_same_key_with_other_content_is_a_conflict(store: SqlStore, other: AidRecord) -> None:
    first = record(person(1), source_key="k")
    assert [(one.added, one.conflict) for one in store.import_records([first, other], "anna")] == [
        (True, False),
        (False, True),
    ]
    with pytest.raises(MagliaError) as refused:
        store.add_record(other, "anna")
    assert refused.value.code is Code.INPUT_DUPLICATE_KEY
    assert store.record_count() == 1


def test_what_a_record_says_besides_is_kept_sealed_and_is_content(store: SqlStore, engine: Engine) -> None:
    """What was imported before there was any of it is still found unchanged: its hash is the one of then."""
    bare = record(person(1), creditor="Aler", need=POD, source_key="k")
    assert store._prepare(bare).content == Fields(FIELD_KEY).index("content", _canonical_of_old(bare))
    further = replace(bare, frequency=Frequency.MONTHLY, protocol="PG 2025/12", means_test=MeansTest.ISEE)
    store.import_records([further], "anna")
    for other in (bare, replace(further, protocol="PG 2025/13"), replace(further, means_test=MeansTest.OTHER)):
        assert [one.conflict for one in store.import_records([other], "anna")] == [True]
    assert [one.added or one.conflict for one in store.import_records([further], "anna")] == [False]
    with engine.connect() as raw:
        [row] = raw.execute(select(metadata.tables["aid_record"])).all()
    assert (row.frequency, row.means_test, row.recorded_by, row.version) == ("monthly", "isee", "anna", 1)
    assert Fields(FIELD_KEY).open("protocol", row.id.encode(), row.protocol) == b"PG 2025/12"


def _canonical_of_old(one: AidRecord) -> bytes:
    """Return the content of a record as it was written before there was more to say of one."""
    code, consent = one.identifier.pseudonym_input().decode(), one.consent
    assert consent is not None
    assert one.need is not None
    told = ["aid_overlap", consent.notice_version, consent.language, str(consent.day), consent.method]
    content = [code, one.facet, str(one.day), one.amount_cents, "given", "consent", "network", told, one.creditor]
    content += [one.need.pseudonym_input().decode(), "None", "None"]
    return json.dumps(content, separators=(",", ":")).encode()


def test_every_change_has_its_event_and_a_failed_one_leaves_nothing(store: SqlStore, engine: Engine) -> None:
    record_id = store.add_record(record(person(1)), "anna")
    store.add_consent(person(1), CONSENT, "bruno")
    store.add_case(person(1), "rent_subsidy", "PG 12/2025", "carla")
    _enrol_all(store)
    store.add_operator(Operator("anna", "Anna", Role.VOLUNTEER), "hash")
    with engine.begin() as raw:
        events = raw.execute(text("SELECT actor, type, subject FROM event ORDER BY id")).all()
        assert events == [
            ("anna", "record.added", record_id),
            ("bruno", "consent.added", "1"),
            ("carla", "case.added", "1"),
            ("node", "pseudonyms.enrolled", "1:1"),
            ("node", "operator.set", "anna"),
        ]
        raw.execute(text("ALTER TABLE event RENAME TO no_events"))
    with pytest.raises(MagliaError) as refused:
        store.add_record(record(person(2)), "anna")
    assert refused.value.code is Code.STORAGE_UNAVAILABLE
    assert store.record_count() == 1


def test_the_newest_consent_in_force_for_the_purpose_counts(store: SqlStore, engine: Engine) -> None:
    older = Consent(("aid_overlap", "referral"), "2024-1", "ar", date(2024, 1, 1), "oral")
    store.add_consent(person(1), CONSENT, "anna")
    store.add_consent(person(1), older, "anna")
    assert store.consent_for(person(1), "aid_overlap") == CONSENT
    assert store.consent_for(person(1), "referral") == older
    assert store.consent_for(person(1), "aid") is None
    assert store.consent_for(person(2), "aid_overlap") is None
    with engine.begin() as raw:
        raw.execute(text("UPDATE consent SET withdrawn_on = '2025-05-01' WHERE notice_version = '2025-1'"))
    assert store.consent_for(person(1), "aid_overlap") == older
    assert store.awaiting_count(1) == 0


def test_the_newest_case_of_the_purpose_counts(store: SqlStore) -> None:
    store.add_case(person(1), "rent_subsidy", "PG 1/2025", "anna")
    store.add_case(person(1), "rent_subsidy", "PG 2/2025", "anna")
    assert store.case_for(person(1), "rent_subsidy") == "PG 2/2025"
    assert store.case_for(person(1), "utility_subsidy") is None
    assert store.case_for(person(2), "rent_subsidy") is None


def test_open_needs_are_those_of_live_records_in_the_window(store: SqlStore) -> None:
    store.add_record(record(person(1), "electricity", TODAY - 9 * DAY, need=POD, creditor="Enel"), "anna")
    store.add_record(record(person(1), "electricity", TODAY - 8 * DAY, creditor="Comune"), "anna")
    store.add_record(record(person(1), "electricity", TODAY - 7 * DAY), "anna")
    store.add_record(record(person(1), "gas", TODAY - 7 * DAY, creditor="other facet"), "anna")
    store.add_record(record(person(2), "electricity", TODAY - 7 * DAY, creditor="other person"), "anna")
    store.add_record(record(person(1), "electricity", date(2022, 5, 31), creditor="expired"), "anna")
    for hidden in (Visibility.ONLY_US, AidStatus.CANCELLED):
        status = hidden if isinstance(hidden, AidStatus) else AidStatus.GIVEN
        visibility = hidden if isinstance(hidden, Visibility) else Visibility.NETWORK
        store.add_record(
            record(person(1), "electricity", TODAY, status=status, visibility=visibility, creditor="hidden"), "anna"
        )
    for since in (TODAY - 9 * DAY, date(2020, 1, 1)):
        needs = store.open_needs(person(1), frozenset({Facet.ELECTRICITY}), since)
        assert [(one.need, one.creditor) for one in needs] == [(None, "Comune"), (POD, "Enel")]
    assert store.open_needs(person(1), frozenset({Facet.ELECTRICITY}), TODAY - 5 * DAY) == []
    assert store.open_needs(person(1), frozenset(), TODAY - 9 * DAY) == []


def test_cached_pseudonyms_are_kept_for_own_clients_until_they_expire(store: SqlStore, clock: StoppedClock) -> None:
    under = [bytes([number]) * 16 for number in range(3)]
    store.add_consent(person(2), CONSENT, "anna")
    store.add_record(record(person(1), need=POD), "anna")
    for subject in (person(1), person(2), POD):
        store.cache_pseudonyms(subject, b"set", under[:1], clock.now() + 1)
        store.cache_pseudonyms(subject, b"set", under, clock.now() + 60)
    assert store.cached_pseudonyms(person(1), b"set", clock.now()) == under
    assert store.cached_pseudonyms(POD, b"set", clock.now()) == under
    assert store.cached_pseudonyms(person(2), b"set", clock.now()) is None
    assert store.cached_pseudonyms(person(1), b"other", clock.now()) is None
    assert store.cached_pseudonyms(person(1), b"set", clock.now() + 60) is None


def test_under_a_procedure_anybodys_pseudonyms_are_kept_until_it_ends(store: SqlStore, clock: StoppedClock) -> None:
    store.cache_pseudonyms(person(1), b"set", [PSEUDONYM], clock.now() + 60, anybody=True)
    assert store.cached_pseudonyms(person(1), b"set", clock.now()) == [PSEUDONYM]
    clock.instant += 60
    assert store.cached_pseudonyms(person(1), b"set", clock.now()) is None
    assert store.remove_expired_cache() == 1


@pytest.mark.parametrize(
    "former",
    [record(person(1), status=AidStatus.CANCELLED), record(person(1), "food_parcel", date(2023, 5, 31))],
    ids=["cancelled", "expired"],
)
def test_nothing_is_cached_of_a_former_client(store: SqlStore, clock: StoppedClock, former: AidRecord) -> None:
    store.add_record(former, "anna")
    store.cache_pseudonyms(person(1), b"set", [PSEUDONYM], clock.now() + 60)
    assert store.cached_pseudonyms(person(1), b"set", clock.now()) is None


def test_what_the_cache_may_no_longer_hold_is_removed(store: SqlStore, engine: Engine, clock: StoppedClock) -> None:
    for number in (1, 2):
        store.add_record(record(person(number)), "anna")
        store.cache_pseudonyms(person(number), b"set", [PSEUDONYM], clock.now() + 60 * number)
    assert store.remove_expired_cache() == 0
    clock.instant += 60
    assert store.remove_expired_cache() == 1
    with engine.connect() as raw:
        assert raw.execute(text("SELECT count(*) FROM pseudonym_cache")).scalar() == 1
    assert store.cached_pseudonyms(person(2), b"set", clock.now()) == [PSEUDONYM]


def test_the_cache_of_former_keys_and_of_former_clients_is_removed(store: SqlStore, clock: StoppedClock) -> None:
    """What a procedure asked about stays until its end, though not under keys that nobody asks under."""
    later = clock.now() + 10**9
    store.add_record(record(person(1), "food_parcel"), "anna")
    store.add_record(record(person(2), "rent_arrears"), "anna")
    for number, anybody in ((1, False), (2, False), (3, True)):
        for key_set in (b"former", b"set"):
            store.cache_pseudonyms(person(number), key_set, [PSEUDONYM], later, anybody=anybody)
    assert store.remove_cache_of_other_sets([]) == 0, "it is not known which are served"
    assert store.remove_cache_of_other_sets([b"set", b"next"]) == 3
    assert store.remove_cache_of_former_clients() == 0
    clock.day = TODAY + 800 * DAY
    assert store.remove_cache_of_former_clients() == 1
    kept = [store.cached_pseudonyms(person(number), b"set", clock.now()) for number in (1, 2, 3)]
    assert kept == [None, [PSEUDONYM], [PSEUDONYM]]


def test_a_budget_counts_distinct_items_and_refuses_whole(store: SqlStore) -> None:
    def spend(*items: bytes, holder: str = "anna", day: date = TODAY) -> bool:
        return store.spend("operator", holder, day, items, 3)

    assert spend(b"a", b"b", b"a")
    assert spend(b"a", b"c")
    assert spend(b"a", b"b", b"c")
    assert not spend(b"a", b"d")
    assert spend(b"d", holder="bruno")
    assert spend(b"d", day=TODAY + DAY)
    assert not spend(b"1", b"2", b"3", b"4", holder="carla")
    assert spend()


def test_concurrent_spending_never_exceeds_the_limit(store: SqlStore) -> None:
    granted: list[bool] = []

    def ask(worker: int) -> None:
        granted.extend(store.spend("answer", "p1", TODAY, [bytes([worker, number])], 20) for number in range(10))

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(granted) == 40
    assert sum(granted) == 20


def test_a_procedure_counts_each_class_by_itself_and_refuses_whole(store: SqlStore) -> None:
    def spend(persons: Sequence[bytes], needs: Sequence[bytes] = (), *, holder: str = "comune", cap: int = 3) -> bool:
        items = {PseudonymClass.PERSON: persons, PseudonymClass.NEED: needs}
        return store.spend_in_procedure("bando", holder, items, cap, ["bando"])

    assert spend([b"a", b"b", b"a"], [b"a"])
    assert spend([b"a", b"c"], [b"a", b"b", b"c"])
    assert not spend([b"a"], [b"d"])
    assert not spend([b"d"], [b"a"])
    assert spend([b"a"], cap=1)  # counted before: it costs nothing, whatever the cap is now
    assert spend([b"d"], holder="ambito")
    assert spend([b"d"], cap=4)
    assert spend([])
    assert [(one.holder, one.cls.value, one.spent) for one in store.spent_in_procedures()] == [
        ("ambito", "person", 1),
        ("comune", "person", 4),
        ("comune", "need", 3),
    ]


def test_concurrent_spending_never_exceeds_a_procedures_cap(store: SqlStore) -> None:
    granted: list[bool] = []

    def ask(worker: int) -> None:
        for number in range(10):
            items = {PseudonymClass.PERSON: [bytes([worker, number, half]) for half in (0, 1)]}
            granted.append(store.spend_in_procedure("bando", "comune", items, 21, ["bando"]))

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(granted), sum(granted)) == (40, 10)
    assert [one.spent for one in store.spent_in_procedures()] == [20]


def test_what_was_counted_survives_and_is_forgotten_once_the_procedure_is_over(
    store: SqlStore, engine: Engine, place: Path | str
) -> None:
    one = {PseudonymClass.PERSON: [b"a"]}
    for name in ("bando", "altro"):
        assert store.spend_in_procedure(name, "comune", one, 1, ["bando", "altro"])
    store.close()
    again = open_store(place)
    assert not again.spend_in_procedure("bando", "comune", {PseudonymClass.PERSON: [b"b"]}, 1, ["bando"])
    assert again.spend_in_procedure("bando", "comune", {PseudonymClass.PERSON: [b"b"]}, 2, ["bando"])
    assert [each.procedure for each in again.spent_in_procedures()] == ["bando"]
    with engine.connect() as raw:
        assert raw.execute(text("SELECT DISTINCT procedure FROM procedure_item")).scalars().all() == ["bando"]
    again.close()


def test_an_import_in_a_worker_thread_and_reads_do_not_disturb_each_other(store: SqlStore) -> None:
    rows = [record(person(number), source_key=str(number)) for number in range(600)]
    worker = threading.Thread(
        target=lambda: [store.import_records(rows[at : at + 100], "anna") for at in range(0, 600, 100)]
    )
    worker.start()
    seen = [store.record_count()]
    while worker.is_alive():
        store.spend("operator", "anna", TODAY, [b"a"], 3)
        seen.append(store.record_count())
    worker.join()
    assert seen == sorted(seen)
    assert all(count % 100 == 0 for count in seen)
    assert store.record_count() == 600


def test_operators_are_added_replaced_and_found(store: SqlStore) -> None:
    store.add_operator(Operator("anna", "Anna", Role.VOLUNTEER), "first")
    store.add_operator(Operator("anna", "Anna Neri", Role.OFFICER), "second")
    assert store.operator("anna") == (Operator("anna", "Anna Neri", Role.OFFICER), "second")
    assert store.operator("bruno") is None
    store.add_operator(Operator("alba", "Alba Fo", Role.MANAGER), "third")
    assert [one.name for one in store.operators()] == ["Alba Fo", "Anna Neri"]


def test_neither_a_code_nor_a_creditor_nor_a_key_is_stored_in_clear(
    store: SqlStore, engine: Engine, tmp_path: Path
) -> None:
    secret = record(person(7), creditor="Bianchi Ottavio", need=POD, source_key=f"{fictional_code(7)}/1")
    store.add_record(secret, "anna")
    store.add_consent(person(8), CONSENT, "anna")
    store.add_case(person(9), "rent_subsidy", "PG 1", "anna")
    store.spend("operator", "anna", TODAY, [person(7).pseudonym_input()], 30)
    store.spend_in_procedure("bando", "comune", {PseudonymClass.PERSON: [person(7).pseudonym_input()]}, 1, ["bando"])
    store.cache_pseudonyms(person(7), b"set", [PSEUDONYM], 9e9)
    with engine.connect() as raw:
        cells = (cell for table in metadata.sorted_tables for row in raw.execute(select(table)) for cell in row)
        stored = b"\0".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)
    # SQLite's files hold what was deleted too.
    files = stored + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"rent_arrears" in files
    for clear in (*(fictional_code(number) for number in (7, 8, 9)), "Ottavio", POD.value, "12345678"):
        assert clear.encode() not in files
    assert PSEUDONYM not in files


def test_everything_is_there_after_opening_again(store: SqlStore, place: Path | str) -> None:
    store.add_record(record(person(1), creditor="Aler"), "anna")
    [pseudonym] = _enrol_all(store).values()
    store.close()
    again = open_store(place)
    assert again.candidates(PseudonymClass.PERSON, 1, [pseudonym])[pseudonym][0].creditor == "Aler"


def test_another_field_key_is_refused_at_once(store: SqlStore, place: Path | str) -> None:
    store.add_record(record(person(1)), "anna")
    with pytest.raises(MagliaError) as refused:
        open_store(place, key=bytes(32))
    assert refused.value.code is Code.STORAGE_UNAVAILABLE


@pytest.mark.parametrize("damage", ["(SELECT code FROM person WHERE id = 2)", "zeroblob(40)", "zeroblob(0)"])
def test_a_code_that_does_not_open_is_passed_over_and_mended_by_its_record(
    store: SqlStore, engine: Engine, damage: str
) -> None:
    records = [record(person(number), source_key=str(number)) for number in range(1, 4)]
    store.import_records(records, "anna")
    if engine.dialect.name == "postgresql" and "zeroblob" in damage:
        damage = f"decode(repeat('00', {damage[9:-1]}), 'hex')"
    with engine.begin() as raw:
        raw.execute(text(f"UPDATE person SET code = {damage} WHERE id = 1"))  # noqa: S608 - the test's own
    assert [one.subject_id for one in store.awaiting(1, 1)] == [2]
    assert [one.subject_id for one in store.awaiting(1, 10)] == [2, 3]
    assert (store.awaiting_count(1), store.unreadable_count(1)) == (3, 1)
    assert count_codes(engine, Fields(FIELD_KEY)) == (3, 1)
    assert [row.added for row in store.import_records(records, "anna")] == [False] * 3
    assert [one.typed_input for one in store.awaiting(1, 1)] == [person(1).pseudonym_input()]
    assert (store.unreadable_count(1), count_codes(engine, Fields(FIELD_KEY))) == (0, (3, 0))


def test_a_damaged_database_refuses_with_one_code_and_no_content(store: SqlStore, engine: Engine) -> None:
    with engine.begin() as raw:
        for table in ("budget_item", "pseudonym", "consent"):
            raw.execute(text(f"ALTER TABLE {table} RENAME TO lost_{table}"))
    for act in (
        lambda: store.spend("operator", "anna", TODAY, [person(1).pseudonym_input()], 30),
        lambda: store.candidates(PseudonymClass.PERSON, 1, [PSEUDONYM]),
        lambda: store.consent_for(person(1), "aid_overlap"),
        lambda: store.add_consent(person(1), CONSENT, "anna"),
    ):
        with pytest.raises(MagliaError) as refused:
            act()
        assert refused.value.code is Code.STORAGE_UNAVAILABLE
        assert fictional_code(1) not in str(refused.value)
    assert store.record_count() == 0


def test_the_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    open_store(tmp_path / "node.db").record_count()
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_newcomers_are_those_whom_nothing_else_lets_be_enrolled(store: SqlStore, clock: StoppedClock) -> None:
    person_class, need_class = PseudonymClass.PERSON, PseudonymClass.NEED
    first = [record(person(1), need=POD, source_key="a"), record(person(1), source_key="b"), record(person(2))]
    hidden = [
        record(person(3), visibility=Visibility.ONLY_US),
        record(person(4), facet="health_visit"),
        record(person(5), status=AidStatus.CANCELLED),
    ]
    assert store.newcomers([*first, *hidden]) == {person_class: 2, need_class: 1}
    assert not any(store.newcomers(hidden).values())
    store.import_records([*first, *hidden], "anna")
    assert store.awaiting_by_class(1) == {person_class: 2, need_class: 1}
    assert store.awaiting_count(1) == 3

    again = [*first[:2], record(person(2), need=POD), record(person(3))]
    assert not any(store.newcomers(again[:3]).values())
    assert store.newcomers(again)[person_class] == 1

    kept = keep_until(first[0].facet, first[0].day)
    clock.day = kept  # until midnight: nobody may come between the count and the record
    assert store.newcomers([record(person(2), day=kept)])[person_class] == 1


def test_whoever_consents_again_brings_back_what_nothing_else_shows(store: SqlStore) -> None:
    store.add_record(record(person(1), need=POD), "anna")
    store.add_record(record(person(2), need=POD), "anna")
    assert not any(store.hidden_subjects(person(1)).values())
    store.withdraw(person(1), ("aid_overlap",), TODAY, "anna", objecting=False)
    assert store.hidden_subjects(person(1)) == {PseudonymClass.PERSON: 1, PseudonymClass.NEED: 0}
    store.withdraw(person(2), ("aid_overlap",), TODAY, "anna", objecting=False)
    assert store.hidden_subjects(person(1)) == {PseudonymClass.PERSON: 1, PseudonymClass.NEED: 1}
    assert not any(store.hidden_subjects(person(9)).values())


def test_a_call_for_applicants_is_kept_with_its_replies_and_removed_whole(store: SqlStore, clock: StoppedClock) -> None:
    applicants = [
        Applicant(2, "AAAA2222", person(1), "N1", parse_need("POD:IT001E12345678"), "Enel", (TODAY, None), 8750),
        Applicant(3, "BBBB2222", person(2)),
    ]
    bad = RejectedApplicant(4, "codice", Code.INPUT_APPLICANT_TWICE, {"row": "2"}, "XQZ")
    finding = Finding(
        Facet.RENT_CURRENT, "2025-05", None, Kind.COMUNE, AidStatus.RESERVED, day=TODAY, amount_cents=5, body="valle"
    )
    batch = Batch("B-1", "affitto", Facet.RENT_CURRENT, 6, "d.csv", "ivo", 1.0, TODAY, 3, 1, b"o" * 32)
    store.add_batch(batch, ApplicantFile(applicants, [bad]), b"mark", "ivo")
    assert store.batch_of_mark(b"mark") == store.batch("B-1") == batch
    assert store.batch_of_mark(b"other") is None
    assert store.batch_rows("B-1") == ApplicantFile(applicants, [bad])
    told = Reply(b"q" * 16, "valle", (2, 3), EndState.ANSWERED, Silence.COVERAGE_PARTIAL, "", 1, {2: (finding,)})
    store.keep_reply("B-1", told, b"end")
    store.keep_reply("B-1", Reply(b"r" * 16, "onlus", (2,), EndState.SILENT, Silence.DEADLINE), b"")
    assert store.replies("B-1")[0] == told
    assert (store.kept_end(b"q" * 16), store.kept_end(b"r" * 16), store.kept_end(b"s" * 16)) == (b"end", None, None)
    store.drop_reply(b"r" * 16)
    assert len(store.replies("B-1")) == 1
    noted = replace(batch, is_done=True, roster=(Body("valle", "Valle", Kind.COMUNE),), counts={"match": 1})
    store.note_batch(noted)
    assert store.batches() == [noted]
    clock.day = TODAY + timedelta(days=1)
    assert store.remove_old_batches() == ["B-1"]
    store.keep_reply("B-1", told, b"end")
    assert (store.batches(), store.replies("B-1")) == ([], [])
    with refused(Code.INPUT_BATCH):
        store.batch("B-1")
