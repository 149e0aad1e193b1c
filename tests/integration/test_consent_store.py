"""What a person says holds for their records at once, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from maglia.core.errors import Code
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import Basis, PseudonymClass, Visibility
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.consent import Against, Learned, ToTell
from node.domain.model import Candidate
from node.store.sql import SqlStore
from tests.clerk import CONSENT, TODAY, fictional_code, open_store, person, record
from tests.peer_world import enrol, pseudonym, refused

WHO = person(1)
BOTH = replace(CONSENT, purposes=("aid_overlap", "referral"))
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    return node_database or tmp_path / "node.db"


@pytest.fixture
def store(place: Path | str) -> Iterator[SqlStore]:
    store = open_store(place)
    yield store
    store.close()


@pytest.fixture
def engine(place: Path | str) -> Iterator[Engine]:
    engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    yield engine
    engine.dispose()


def held(store: SqlStore) -> list[Candidate]:
    """Enrol whoever awaits; return the person's records as an answer reads them, by day."""
    enrol(store, {WHO.pseudonym_input(): pseudonym(1)})
    found = store.candidates(PseudonymClass.PERSON, 1, [pseudonym(1)]).get(pseudonym(1), [])
    return sorted(found, key=lambda one: one.day)


def withdraw(store: SqlStore, *purposes: str) -> int:
    return store.withdraw(WHO, purposes or ("aid_overlap", "referral"), TODAY, "anna", objecting=False)


def test_a_withdrawal_reaches_file_and_records_and_their_pseudonyms(store: SqlStore) -> None:
    store.add_consent(WHO, BOTH, "anna")
    store.add_record(record(WHO, consent=BOTH), "anna")
    assert [one.consent_withdrawn for one in held(store)] == [False]
    withdraw(store)
    assert [one.consent_withdrawn for one in held(store)] == [True]
    assert store.consent_for(WHO, "aid_overlap") is store.consent_for(WHO, "referral") is None
    assert store.remove_lapsed(None, 10) == (None, 1)
    assert store.awaiting_count(1) == 0
    with refused(Code.CONSENT_NONE):
        withdraw(store)


def test_some_purposes_may_be_withdrawn_and_the_others_later(store: SqlStore) -> None:
    store.add_consent(WHO, BOTH, "anna")
    store.add_record(record(WHO, consent=BOTH), "anna")
    withdraw(store, "referral")
    [one] = held(store)
    assert (one.consent_withdrawn, one.consent) == (False, CONSENT)
    assert (store.consent_for(WHO, "aid_overlap"), store.consent_for(WHO, "referral")) == (CONSENT, None)
    with refused(Code.CONSENT_NONE):
        withdraw(store, "referral")
    withdraw(store)
    assert store.consent_for(WHO, "aid_overlap") is None
    assert [one.consent_withdrawn for one in held(store)] == [True]


def test_no_purpose_comes_back_by_a_consent_given_before_it_was_withdrawn(store: SqlStore) -> None:
    store.add_consent(WHO, BOTH, "anna")
    withdraw(store, "referral")
    for purposes in (("referral",), ("aid_overlap", "referral")):
        with refused(Code.CONSENT_EARLIER):
            store.add_consent(WHO, replace(CONSENT, purposes=purposes, day=YESTERDAY), "anna")
    assert store.consent_for(WHO, "referral") is None
    store.add_consent(WHO, replace(CONSENT, day=YESTERDAY), "anna")  # of what was not taken back
    store.add_consent(WHO, replace(CONSENT, purposes=("referral",), day=TODAY), "anna")
    assert store.consent_for(WHO, "referral") is not None


def test_the_newest_word_holds_for_all_records_given_under_a_consent(store: SqlStore) -> None:
    store.add_consent(WHO, CONSENT, "anna")
    store.add_record(record(WHO), "anna")
    store.add_record(record(WHO, day=TODAY, consent=None), "anna")
    narrower = replace(CONSENT, day=YESTERDAY, audience=("comune",), expires=TODAY)
    store.add_consent(WHO, narrower, "anna")
    assert [one.consent for one in held(store)] == [narrower, None]
    store.add_consent(WHO, replace(CONSENT, purposes=("referral",), day=TODAY), "anna")
    store.add_consent(WHO, replace(CONSENT, day=YESTERDAY - timedelta(days=9)), "anna")
    assert [one.consent for one in held(store)] == [narrower, None]
    withdraw(store)
    renewed = replace(CONSENT, day=TODAY, notice_version="2025-2")
    store.add_consent(WHO, renewed, "anna")
    assert [(one.consent, one.consent_withdrawn) for one in held(store)] == [(renewed, False), (None, False)]


def test_a_file_imported_after_a_withdrawal_brings_nothing_back(store: SqlStore) -> None:
    store.import_records([record(WHO, source_key="1")], "anna")
    withdraw(store)
    [again, same_day] = store.import_records(
        [record(WHO, source_key="1"), record(WHO, consent=replace(CONSENT, day=TODAY), source_key="2")], "anna"
    )
    assert (again.added, again.conflict, same_day.added) == (False, False, True)
    assert [one.consent_withdrawn for one in held(store)] == []
    store.add_consent(WHO, replace(CONSENT, day=TODAY, audience=("odv",)), "anna")
    store.import_records([record(WHO, source_key="3")], "anna")
    assert [one.consent and one.consent.audience for one in held(store)] == [("odv",)] * 3


def test_a_consent_that_came_with_a_file_alone_is_told_until_it_is_withdrawn(store: SqlStore) -> None:
    expired = replace(CONSENT, day=TODAY - timedelta(days=366))
    store.import_records(
        [record(WHO, source_key="1"), record(WHO, source_key="2"), record(WHO, consent=expired, source_key="3")], "anna"
    )
    assert (store.consent_file(WHO).imported, store.consent_file(WHO).consents) == (2, [])
    withdraw(store)
    assert store.consent_file(WHO).imported == 0
    store.add_consent(WHO, replace(CONSENT, day=TODAY), "anna")
    assert store.consent_file(WHO).imported == 0


def test_whoever_refuses_is_helped_and_stays_here(store: SqlStore) -> None:
    store.add_record(record(WHO), "anna")
    assert len(held(store)) == 1
    first = store.refuse(WHO, TODAY, "anna")
    assert store.refuse(WHO, TODAY, "bruno") == first
    assert store.refused_on(WHO) == TODAY
    store.add_record(record(WHO, day=YESTERDAY, consent=None), "anna")
    store.import_records([record(WHO, day=TODAY, consent=replace(CONSENT, day=TODAY), source_key="1")], "anna")
    assert [(one.visibility, one.consent_withdrawn) for one in held(store)] == [
        (Visibility.NETWORK, True),
        (Visibility.ONLY_US, False),
        (Visibility.ONLY_US, True),
    ]
    assert (store.awaiting_count(1), store.awaiting_count(2)) == (0, 0)
    assert store.remove_lapsed(None, 10) == (None, 1)
    with refused(Code.CONSENT_EARLIER):
        store.add_consent(WHO, replace(CONSENT, day=YESTERDAY), "anna")
    store.add_consent(WHO, replace(CONSENT, day=TODAY), "anna")
    assert store.refused_on(WHO) is None
    assert [one.visibility for one in held(store)] == [Visibility.NETWORK, Visibility.ONLY_US, Visibility.ONLY_US]


def test_statutory_records_stay_and_say_that_the_person_objects(store: SqlStore) -> None:
    store.add_consent(WHO, BOTH, "anna")
    statutory = record(WHO, basis=Basis.PUBLIC_TASK, consent=None)
    store.add_record(statutory, "anna")
    store.withdraw(WHO, ("aid_overlap",), TODAY, "anna", objecting=True)
    store.add_record(replace(statutory, day=TODAY), "anna")
    assert [(one.objection, one.consent_withdrawn) for one in held(store)] == [(True, False)] * 2
    store.refuse(WHO, TODAY, "anna")
    store.add_record(replace(statutory, day=YESTERDAY), "anna")
    assert [one.visibility for one in held(store)] == [Visibility.NETWORK] * 3
    assert store.awaiting_count(2) == 1


def test_every_act_has_its_event_and_none_has_a_code(store: SqlStore, engine: Engine) -> None:
    store.add_consent(WHO, BOTH, "anna")
    withdraw(store, "referral")
    store.refuse(WHO, TODAY, "bruno")
    store.add_consent(WHO, replace(CONSENT, day=TODAY), "carla")
    store.object_to_task(WHO, TODAY, "carla")
    store.object_to_task(WHO, TODAY, "carla")
    with engine.begin() as raw:
        assert raw.execute(text("SELECT actor, type, subject FROM event ORDER BY id")).all() == [
            ("anna", "consent.added", "1"),
            ("anna", "consent.withdrawn", "1"),
            ("bruno", "consent.refused", "2"),
            ("carla", "consent.refusal_ended", "2"),
            ("carla", "consent.added", "2"),
            ("carla", "consent.objection", "3"),
        ]


def test_an_act_without_its_event_did_not_happen(store: SqlStore, engine: Engine) -> None:
    store.add_consent(WHO, BOTH, "anna")
    store.add_record(record(WHO), "anna")
    with engine.begin() as raw:
        raw.execute(text("ALTER TABLE event RENAME TO no_events"))
    with refused(Code.STORAGE_UNAVAILABLE):
        withdraw(store)
    assert store.consent_for(WHO, "aid_overlap") is not None


@pytest.mark.parametrize("purposes", [("aid_overlap",), ("referral",)])
def test_nobody_known_has_nothing_to_withdraw(store: SqlStore, purposes: tuple[str, ...]) -> None:
    with refused(Code.CONSENT_NONE):
        withdraw(store, *purposes)


def test_the_file_tells_everything_that_was_said(store: SqlStore) -> None:
    store.add_consent(WHO, CONSENT, "anna")
    store.add_consent(WHO, replace(BOTH, day=YESTERDAY, audience=("odv",), expires=TODAY), "bruno")
    store.add_record(record(WHO, basis=Basis.PUBLIC_TASK, consent=None), "anna")
    first, second = withdraw(store, "referral"), store.refuse(WHO, TODAY, "anna")
    on_file = store.consent_file(WHO)
    assert [(one.consent.audience, one.left, one.withdrawn_on, one.recorded_by) for one in on_file.consents] == [
        (("odv",), (), TODAY, "bruno"),
        ((), (), TODAY, "anna"),
    ]
    assert on_file.consents[0].consent.purposes == BOTH.purposes
    assert [(one.id, one.kind, one.traced) for one in on_file.oppositions] == [
        (second, Against.REFUSAL, False),
        (first, Against.WITHDRAWAL, False),
    ]
    assert (on_file.statutory, on_file.refused_on) == (1, TODAY)
    assert store.consent_file(person(2)).consents == []


def test_the_list_of_whom_to_tell_grows_and_is_worked_off(store: SqlStore, engine: Engine) -> None:
    store.add_consent(WHO, BOTH, "anna")
    first, second = withdraw(store, "referral"), withdraw(store, "aid_overlap")
    asked, answered = (ToTell("odv-1", Learned.ASKED, YESTERDAY), ToTell("comune", Learned.ANSWERED, YESTERDAY))
    store.keep_to_tell(first, [asked], whole=False)
    store.keep_to_tell(first, [asked, answered], whole=True)
    store.keep_to_tell(second, [asked], whole=True)
    assert [list(one.to_tell) for one in store.consent_file(WHO).oppositions] == [[asked], [answered, asked]]
    store.mark_told(WHO, "odv-1", TODAY, "anna")
    told = replace(asked, told_on=TODAY, told_by="anna")
    assert [list(one.to_tell) for one in store.consent_file(WHO).oppositions] == [[told], [answered, told]]
    assert all(one.traced for one in store.consent_file(WHO).oppositions)
    for who, member in ((WHO, "odv-1"), (WHO, "nobody"), (person(2), "comune")):
        with refused(Code.CONSENT_NOBODY_TO_TELL):
            store.mark_told(who, member, TODAY, "anna")
    with engine.begin() as raw:
        found = raw.execute(text("SELECT subject FROM event WHERE type = 'consent.body_told' ORDER BY id")).scalars()
        assert sorted(found) == [f"{first}:odv-1", f"{second}:odv-1"]


def test_a_persons_pseudonyms_are_those_of_their_needs_too(store: SqlStore) -> None:
    pod = parse_need("POD:IT001E12345678")
    store.add_record(record(WHO, need=pod), "anna")
    store.add_record(record(person(2)), "anna")
    names = {WHO.pseudonym_input(): pseudonym(1), pod.pseudonym_input(): pseudonym(2)}
    for epoch in (1, 2):
        enrol(store, {code: bytes([epoch]) + name[1:] for code, name in names.items()}, epoch=epoch)
    found = {(cls, epoch): name for (cls, epoch, _), name in store.pseudonyms_of(WHO).items()}
    assert found == {
        (cls, epoch): bytes([epoch]) + pseudonym(number)[1:]
        for cls, number in ((PseudonymClass.PERSON, 1), (PseudonymClass.NEED, 2))
        for epoch in (1, 2)
    }


def test_whose_consent_ends_is_found_with_the_code_and_damaged_codes_are_passed_over(
    store: SqlStore, engine: Engine
) -> None:
    for number in (1, 2):
        store.add_consent(person(number), replace(CONSENT, expires=TODAY), "anna")
    store.add_consent(person(3), replace(CONSENT, day=TODAY), "anna")
    assert [one.code for one in store.expiring(TODAY)] == [fictional_code(1), fictional_code(2)]
    assert store.expiring(YESTERDAY) == []
    with engine.begin() as raw:
        raw.execute(text("UPDATE person SET code = code_index WHERE id = 1"))
    assert [one.code for one in store.expiring(TODAY)] == [fictional_code(2)]


def test_a_consent_filed_again_under_its_key_is_the_same_though_it_was_withdrawn_since(store: SqlStore) -> None:
    given = replace(BOTH, day=TODAY)
    first = store.add_consent(WHO, given, "anna", "a key")
    withdraw(store)
    assert store.add_consent(WHO, given, "anna", "a key") == first
    assert store.consent_for(WHO, "aid_overlap") is None
    other = store.add_consent(WHO, given, "anna", "another key")
    assert other != first
    assert store.consent_for(WHO, "aid_overlap") is not None
    assert len(store.consent_file(WHO).consents) == 2
    assert store.add_consent(person(2), given, "anna", "a key") not in {first, other}
