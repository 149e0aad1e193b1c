"""A temporary code gives way to a surer one: one file, found by either code, and back; on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, UniqueConstraint, text

from maglia.core.entry import Erased
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier, parse_need
from maglia.core.vocabulary import (
    FORMER_CODE_MONTHS,
    UNDO_S,
    AidStatus,
    Basis,
    Facet,
    PseudonymClass,
    Purpose,
    ReferralState,
)
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.consent import Against
from node.domain.household_file import Age, Place, WhoLives, person_text
from node.domain.linking import check_may_link
from node.domain.model import AidRecord, Candidate
from node.domain.names import NamedAid, read_name
from node.domain.needs import NewNeed
from node.domain.referral import Direction
from node.domain.reservations import Sight, Step
from node.domain.retention import months_after
from node.store.link_rows import MOVING
from node.store.sql import SqlStore
from tests.clerk import CONSENT, TODAY, StoppedClock, open_store, person, record
from tests.integration.test_referral_store import referral
from tests.peer_world import enrol, pseudonym
from tests.peer_world import refused as refusing

STP = parse_identifier("STP0309990000001")
OTHER_STP = parse_identifier("STP0309990000002")
CF, STRANGER = person(1), person(2)
POD = parse_need("POD:IT001E12345678")
DAY = timedelta(days=1)
WHO = read_name("Xqzar Wqzi", "1980-02-01", "Tlemcen", TODAY)
BY_STP, BY_CF = pseudonym(1), pseudonym(2)
NAMES: dict[bytes, bytes] = {STP.pseudonym_input(): BY_STP, CF.pseudonym_input(): BY_CF}


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


def refused(code: Code, act: Callable[[], object]) -> None:
    with refusing(code):
        act()


def found(store: SqlStore, *asked: bytes) -> list[list[Candidate]]:
    """Enrol whoever awaits, and return what each pseudonym finds."""
    enrol(store, NAMES)
    answers = store.candidates(PseudonymClass.PERSON, 1, asked)
    return [answers.get(one, []) for one in asked]


def dump(engine: Engine) -> dict[str, set[str]]:
    """Return every row of the tables that a link changes."""
    names = {table.name for table in MOVING} | {"person", "household_place", "named_aid", "known_as"}
    with engine.connect() as connection:
        return {
            name: {repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {name}"))}  # noqa: S608
            for name in names
        }


def test_all_of_a_person_moves_and_a_question_about_either_code_finds_it(store: SqlStore) -> None:
    store.add_consent(STP, CONSENT, "anna")
    store.add_record(record(STP, need=POD), "anna")
    store.add_case(STP, "rent_subsidy", "PG 1/2025", "anna")
    store.add_record(record(CF, "food_parcel"), "anna")
    [before, _] = found(store, BY_STP, BY_CF)
    assert len(before) == 1

    linked = store.link(STP, CF, "anna")
    assert (linked.former, linked.current, linked.by) == (STP, CF, "anna")
    by_stp, by_cf = found(store, BY_STP, BY_CF)
    assert sorted(one.facet for one in by_stp) == sorted(one.facet for one in by_cf) == ["food_parcel", "rent_arrears"]
    for who in (STP, CF):
        assert store.case_for(who, "rent_subsidy") == "PG 1/2025"
        assert store.consent_for(who, "aid_overlap") == CONSENT
        assert [one.need for one in store.open_needs(who, frozenset(Facet), date(2025, 1, 1))] == [POD]
    assert (store.current_of(STP), [one.former for one in store.former_codes(CF)]) == (CF, [STP])
    assert {value for (cls, _, _), value in store.pseudonyms_of(CF).items() if cls is PseudonymClass.PERSON} == {
        BY_STP,
        BY_CF,
    }
    assert store.needs_beside([BY_STP]) == store.needs_beside([BY_CF]) != []

    store.add_record(record(STP, "canteen"), "anna")
    assert len(found(store, BY_CF)[0]) == 3, "what is recorded under the former code is the person's too"


def test_a_former_code_is_known_after_a_restart_too(place: Path | str, store: SqlStore) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, CF, "anna")
    again = open_store(place)
    assert again.current_of(STP) == CF
    again.add_record(record(STP, "canteen"), "anna")
    assert [len(each) for each in found(again, BY_STP, BY_CF)] == [2, 2]
    again.close()


def test_a_former_code_answers_as_long_as_others_may_have_it(store: SqlStore, clock: StoppedClock) -> None:
    store.add_record(record(STP), "anna")
    linked = store.link(STP, CF, "anna")
    last = months_after(TODAY, FORMER_CODE_MONTHS)
    assert linked.answers_until == last
    clock.day = last
    store.add_record(record(CF, day=last), "anna")
    assert [len(each) for each in found(store, BY_STP, BY_CF)] == [1, 1]
    clock.day += DAY
    assert [len(each) for each in found(store, BY_STP, BY_CF)] == [0, 1]
    place, removed = store.remove_lapsed(None, 100)
    assert (place, removed) == (None, 1)
    assert store.awaiting_count(1) == 0
    assert store.current_of(STP) == CF, "here it stays findable"


def test_who_gets_a_pseudonym_by_a_link_was_counted_before(store: SqlStore) -> None:
    store.add_record(record(CF), "anna")
    store.add_case(STP, "rent_subsidy", "PG 1/2025", "anna")
    enrol(store, NAMES)
    counted = store.newcomers_by_link(STP, CF)
    store.link(STP, CF, "anna")
    assert store.awaiting_count(1) == counted[PseudonymClass.PERSON] == 1
    assert store.newcomers([record(STRANGER)])[PseudonymClass.PERSON] == 1
    assert store.newcomers([record(STP), record(CF)])[PseudonymClass.PERSON] == 0


def test_help_for_whoever_changed_code_before_is_counted_for_both(store: SqlStore) -> None:
    store.add_case(STP, "rent_subsidy", "PG 1/2025", "anna")
    store.link(STP, CF, "anna")
    assert store.newcomers([record(CF)])[PseudonymClass.PERSON] == 2
    store.add_record(record(CF), "anna")
    assert store.awaiting_count(1) == 2
    enrol(store, NAMES)
    store.withdraw(CF, ("aid_overlap",), TODAY, "anna", objecting=False)
    assert store.remove_lapsed(None, 100) == (None, 2)
    assert store.hidden_subjects(CF)[PseudonymClass.PERSON] == 2


def test_undone_everything_is_as_it_was(store: SqlStore, clock: StoppedClock, engine: Engine) -> None:
    both = replace(CONSENT, purposes=("aid_overlap", "referral"))
    store.add_consent(STP, both, "anna")
    store.add_record(record(STP, consent=both), "anna")
    store.add_consent(CF, replace(CONSENT, day=date(2025, 1, 1)), "anna")
    store.add_record(record(CF, consent=replace(CONSENT, day=date(2025, 1, 1))), "anna")
    store.withdraw(CF, ("aid_overlap",), date(2025, 2, 1), "anna", objecting=True)
    store.add_case(STP, "rent_subsidy", "PG 1/2025", "anna")
    for who in (STP, CF):
        store.set_household([Place(who, Age.ADULT, TODAY)], TODAY, "anna")
    enrol(store, NAMES)
    before = dump(engine)

    store.link(STP, CF, "anna")
    assert dump(engine) != before
    refused(Code.INPUT_LINK_LATE, lambda: store.undo_link(STP, "bruno"))
    clock.instant += UNDO_S
    store.undo_link(STP, "anna")
    assert dump(engine) == before
    assert (store.current_of(STP), store.former_codes(CF)) == (STP, [])
    assert [len(each) for each in found(store, BY_STP, BY_CF)] == [1, 0], "of a record held under no consent: nothing"
    refused(Code.INPUT_LINK_NONE, lambda: store.undo_link(STP, "anna"))
    with engine.connect() as connection:
        done = connection.execute(text("SELECT type FROM event WHERE type LIKE 'person%' ORDER BY id")).scalars()
        assert list(done) == ["person.linked", "person.link_undone"]


def test_after_a_while_or_a_new_word_a_link_stays(store: SqlStore, clock: StoppedClock, engine: Engine) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, CF, "anna")
    store.add_consent(CF, replace(CONSENT, day=TODAY), "anna")
    refused(Code.INPUT_LINK_CHANGED, lambda: store.undo_link(STP, "anna"))
    assert store.forget_undone_links() == 0
    clock.instant += UNDO_S + 1
    refused(Code.INPUT_LINK_LATE, lambda: store.undo_link(STP, "anna"))
    assert store.forget_undone_links() == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT undo FROM known_as")).scalar() is None
    refused(Code.INPUT_LINK_LATE, lambda: store.undo_link(STP, "anna"))
    assert store.current_of(STP) == CF


def test_a_wrong_link_leaves_no_pseudonym_of_whoever_was_never_helped(store: SqlStore) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, CF, "anna")
    assert [len(each) for each in found(store, BY_STP, BY_CF)] == [1, 1]
    store.undo_link(STP, "anna")
    assert (store.enrolled_count(), store.awaiting_count(1)) == (1, 0)
    assert [len(each) for each in found(store, BY_STP, BY_CF)] == [1, 0]


def test_codes_may_give_way_twice_and_back(store: SqlStore) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, OTHER_STP, "anna")
    store.link(OTHER_STP, CF, "anna")
    assert [store.current_of(one) for one in (STP, OTHER_STP, CF)] == [CF, CF, CF]
    assert [len(each) for each in found(store, BY_STP, BY_CF)] == [1, 1]
    refused(Code.INPUT_LINK_FORMER, lambda: store.link(STP, STRANGER, "anna"))
    refused(Code.INPUT_LINK_FORMER, lambda: store.link(parse_identifier("ENI0309990000009"), STP, "anna"))
    store.undo_link(OTHER_STP, "anna")
    assert [store.current_of(one) for one in (STP, OTHER_STP, CF)] == [OTHER_STP, OTHER_STP, CF]


@pytest.mark.parametrize("no_day", [-1, 0, 1])
def test_the_newest_word_holds_for_both_files_and_on_one_day_the_no(store: SqlStore, no_day: int) -> None:
    """A yes under one code and a no under the other, a day before, the same day, a day after."""
    yes = date(2025, 3, 10)
    agreed = replace(CONSENT, day=yes)
    store.add_consent(CF, agreed, "anna")
    store.add_record(record(CF, consent=agreed), "anna")
    store.refuse(STP, yes + no_day * DAY, "anna")
    store.link(STP, CF, "anna")
    holds = no_day < 0
    assert (store.consent_for(CF, "aid_overlap") is not None) == holds
    assert (store.refused_on(CF) is None) == holds
    assert [len(each) for each in found(store, BY_CF)] == [int(holds)]
    on_file = store.consent_file(CF)
    assert [each.kind for each in on_file.oppositions] == [Against.REFUSAL]
    assert on_file.oppositions[0].traced == holds, "whom the refusal reaches now is found out anew"


def _named(store: SqlStore, *aids: NamedAid) -> int:
    number, _ = store.add_named_person(WHO, aids[0], "bruno")
    for aid in aids[1:]:
        store.add_named_aid(number, aid, "bruno")
    return number


def test_help_by_name_becomes_the_records_of_the_code(store: SqlStore, engine: Engine, clock: StoppedClock) -> None:
    store.add_consent(CF, CONSENT, "anna")
    food = NamedAid(Facet.FOOD_PARCEL, date(2025, 5, 2), None, AidStatus.GIVEN, Basis.CONSENT, "Forno Àrgine")
    promised = NamedAid(Facet.CANTEEN, TODAY, 10_00, AidStatus.RESERVED, Basis.CONSENT)
    therapy = NamedAid("health_therapy", date(2025, 5, 3), None, AidStatus.GIVEN, Basis.CONSENT)
    number = _named(store, food, promised, therapy)
    before = dump(engine)
    assert store.link_side(number).counts == {"named_aid": 3}
    assert store.newcomers_by_link(number, CF)[PseudonymClass.PERSON] == 1
    clock.instant += 3_600
    store.link(number, CF, "anna")

    [records] = found(store, BY_CF)
    assert {(one.facet, one.creditor, one.status, one.visibility) for one in records} == {
        ("canteen", "", AidStatus.RESERVED, "network"),
        ("food_parcel", "Forno Àrgine", AidStatus.GIVEN, "network"),
        ("health_therapy", "", AidStatus.GIVEN, "only_us"),
    }
    assert {one.reserved_until for one in records if one.status is AidStatus.RESERVED} == {
        clock.instant - 3_600 + 12 * 3_600
    }, "a promise keeps its term"
    with engine.connect() as connection:
        assert set(connection.execute(text("SELECT recorded_by FROM aid_record")).scalars()) == {"bruno"}
    assert store.current_of(number) == CF
    assert [(one.number, one.aids) for one in store.persons_like(WHO)] == [(number, ())], "nobody is put on file twice"
    refused(Code.INPUT_NAME_LINKED, lambda: store.add_named_aid(number, food, "anna"))
    refused(Code.INPUT_LINK_FORMER, lambda: store.link(number, STRANGER, "anna"))

    clock.instant -= 3_600
    store.undo_link(number, "anna")
    assert dump(engine) == before


def test_without_a_consent_help_by_name_stays_here(store: SqlStore) -> None:
    number = _named(store, NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.GIVEN, Basis.CONSENT))
    store.refuse(CF, TODAY, "anna")
    store.link(number, CF, "anna")
    [records] = found(store, BY_CF)
    assert records == []
    assert store.link_side(CF).counts["aid_record"] == 1


def test_what_was_sent_under_the_former_code_is_found_by_either(store: SqlStore) -> None:
    ours = referral()
    assert ours.person is not None
    person_then = replace(ours.person, identifier=STP.text)
    first = store.add_referral(replace(ours, person=person_then), "anna")
    received = referral(2, Direction.RECEIVED, state=ReferralState.SENT, person=person_then)
    ended = referral(3, state=ReferralState.DONE, person=person_then)
    for one in (received, ended):
        store.add_referral(one, "anna")
    store.add_consent(STP, CONSENT, "anna")
    store.link(STP, CF, "anna")
    assert [list(store.open_referrals(who)) for who in (STP, CF, STRANGER)] == [[first], [first], []]


def test_a_household_follows_the_person(store: SqlStore) -> None:
    number = _named(store, NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.GIVEN, Basis.CONSENT))
    who: tuple[WhoLives, ...] = (STRANGER, STP, number)
    store.set_household([Place(one, Age.ADULT, TODAY) for one in who], TODAY, "anna")
    store.link(STP, CF, "anna")
    for asked in (CF, STP, STRANGER):
        household = store.household_of(asked)
        assert household
        assert [one.who for one in household.members] == [STRANGER, CF, number]
    store.set_household([Place(STRANGER, Age.ADULT, TODAY), Place(CF, Age.ADULT, TODAY)], TODAY, "anna")
    household = store.household_of(CF)
    assert household
    assert ([one.who for one in household.members], [one.who for one in household.former]) == ([STRANGER, CF], [number])


def test_of_two_places_the_one_of_the_new_code_stays(store: SqlStore) -> None:
    store.set_household([Place(STP, Age.ADULT), Place(STRANGER, Age.ADULT)], TODAY, "anna")
    store.set_household([Place(CF, Age.ADULT), Place(person(3), Age.ADULT)], TODAY, "anna")
    store.link(STP, CF, "anna")
    with_cf, with_stranger = store.household_of(CF), store.household_of(STRANGER)
    assert with_cf
    assert with_stranger
    assert [person_text(one.who) for one in with_cf.members] == [CF.text, person(3).text]
    assert [person_text(one.who) for one in with_stranger.members] == [STRANGER.text]


def test_what_is_not_on_file_is_not_linked(store: SqlStore) -> None:
    refused(Code.INPUT_LINK_UNKNOWN, lambda: store.link(STP, CF, "anna"))
    refused(Code.INPUT_NAME_UNKNOWN, lambda: store.link(7, CF, "anna"))
    store.add_record(record(STP), "anna")
    refused(Code.INPUT_LINK_UNKNOWN, lambda: store.link(OTHER_STP, CF, "anna"))


def test_no_code_is_in_the_file(store: SqlStore, engine: Engine) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, CF, "anna")
    written = repr(dump(engine))
    assert STP.value not in written
    assert CF.value not in written


DOC, PCF = parse_identifier("DOC:P/MAR/AB123456"), parse_identifier("12345678903")


@pytest.mark.parametrize(
    ("former", "current", "may"),
    [
        (STP, CF, True),
        (DOC, STP, True),
        (DOC, parse_identifier("DOC:P/MAR/AB123457"), True),
        (PCF, CF, True),
        (7, DOC, True),
        (STP, OTHER_STP, True),
        (CF, STRANGER, False),
        (CF, STP, False),
        (PCF, STP, False),
        (STP, DOC, False),
        (PCF, parse_identifier("12345678911"), False),
        (STP, STP, False),
    ],
    ids=str,
)
def test_only_a_temporary_code_gives_way_and_only_to_one_as_sure(
    former: WhoLives, current: Identifier, may: bool
) -> None:
    if may:
        check_may_link(former, current)
    else:
        refused(Code.INPUT_LINK_KIND, lambda: check_may_link(former, current))


def test_nothing_that_a_link_moves_may_be_there_only_once_for_a_person() -> None:
    """Where a table may have one row for a person, two files of one person could not be joined."""
    assert {"aid_record", "consent", "opposition", "case_file", "person_note"} <= {table.name for table in MOVING}
    for table, column in MOVING.items():
        assert not column.primary_key
        assert not column.unique
        for constraint in table.constraints:
            assert not isinstance(constraint, UniqueConstraint) or column not in set(constraint.columns), table.name


def test_a_file_that_names_the_former_code_again_adds_nothing(store: SqlStore) -> None:
    rows = [record(STP, source_key="1")]
    assert [one.added for one in store.import_records(rows, "anna")] == [True]
    store.link(STP, CF, "anna")

    def outcome(row: AidRecord) -> tuple[bool, bool]:
        [foretold] = store.known_records([row])
        [one] = store.import_records([row], "anna")
        assert foretold == one
        return one.added, one.conflict

    assert [outcome(replace(rows[0], identifier=who)) for who in (STP, CF)] == [(False, False)] * 2
    assert outcome(replace(rows[0], identifier=STRANGER)) == (False, True)
    assert outcome(replace(rows[0], identifier=CF, amount_cents=1)) == (False, True)


def erase_all(store: SqlStore) -> None:
    """Erase what is over, until nothing is."""
    for what in [*Erased] * 2:
        store.erase(what, store.over(what, 100))


def test_when_nothing_is_left_of_a_person_the_former_code_goes_too(
    store: SqlStore, clock: StoppedClock, engine: Engine
) -> None:
    store.add_record(record(STP), "anna")
    number = _named(store, NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.GIVEN, Basis.CONSENT))
    store.link(STP, CF, "anna")
    store.link(number, CF, "anna")
    erase_all(store)
    assert store.link_side(number).name == "Xqzar Wqzi, 01/02/1980, Tlemcen", "as long as there is the person"
    assert store.current_of(STP) == CF
    clock.day = months_after(TODAY, 48)
    clock.instant += UNDO_S + 1
    erase_all(store)
    left = dump(engine)
    assert (left["person"], left["known_as"], left["named_aid"]) == (set(), set(), set())
    assert (store.current_of(STP), store.current_of(number)) == (STP, number)
    store.add_record(record(STP, day=clock.day), "anna")
    assert store.link_side(CF).known is False


def corrected(store: SqlStore, number: str) -> str:
    """Correct the amount of a record; return the id of its new version."""
    filed = store.find_record(number)
    return store.correct_record(filed, replace(filed.record, amount_cents=350_00), "anna")


@pytest.mark.parametrize("by_name", [False, True])
def test_a_record_corrected_since_is_not_torn_from_its_new_version(
    store: SqlStore, engine: Engine, *, by_name: bool
) -> None:
    former: WhoLives = STP
    if by_name:
        former = _named(store, NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.GIVEN, Basis.CONSENT))
    else:
        store.add_record(record(STP), "anna")
    store.add_case(CF, "rent_subsidy", "PG 1/2025", "anna")
    before = dump(engine)
    store.link(former, CF, "anna")
    first = store.records_of(CF)[0].id
    newer = corrected(store, corrected(store, first))
    refused(Code.INPUT_LINK_RECORD, lambda: store.undo_link(former, "anna"))
    assert {one.id for one in store.records_of(CF)} >= {first, newer}, "nothing moved"

    for number in (newer, store.find_record(newer).replaces):
        assert number
        store.undo_record(store.find_record(number), "anna")
    store.undo_link(former, "anna")
    assert dump(engine) == before, "with the correction taken off, all is as it was"


def test_the_refusal_names_the_newer_version(store: SqlStore) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, CF, "anna")
    newer = corrected(store, store.records_of(CF)[0].id)
    with pytest.raises(MagliaError) as refusal:
        store.undo_link(STP, "anna")
    assert refusal.value.params == {"number": newer[:8]}


def _confirm(store: SqlStore, number: str) -> None:
    store.confirm(number, TODAY, None, Sight(complete=True), "accordo telefonico", "anna")


def _show(store: SqlStore, number: str) -> None:
    store.add_sight(number, Step.CONFIRM, Sight(complete=True), "anna")


def _renew(store: SqlStore, number: str) -> None:
    store.renew(number, "anna")


def _release(store: SqlStore, number: str) -> None:
    store.release(number, "anna")


@pytest.mark.parametrize("change", [_confirm, _show, _renew, _release])
def test_a_promise_by_name_that_went_on_under_the_code_stays_there(
    store: SqlStore, engine: Engine, change: Callable[[SqlStore, str], None]
) -> None:
    number = _named(store, NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.RESERVED, Basis.CONSENT))
    store.link(number, CF, "anna")
    change(store, store.records_of(CF)[0].id)
    before = dump(engine)
    refused(Code.INPUT_LINK_RECORD, lambda: store.undo_link(number, "anna"))
    assert dump(engine) == before


def test_a_promise_confirmed_since_goes_back_to_its_code_as_given(store: SqlStore) -> None:
    promised = store.reserve(record(STP, "food_parcel", status=AidStatus.RESERVED), Purpose.AID_OVERLAP, 6, "anna")
    store.link(STP, CF, "anna")
    _confirm(store, promised)
    store.undo_link(STP, "anna")
    assert [one.record.status for one in store.records_of(STP)] == [AidStatus.GIVEN]
    assert store.records_of(CF) == []


def test_help_undone_since_does_not_hold_a_link(store: SqlStore) -> None:
    """A record, the correction of another, and help by name: none is a word of the person's."""
    store.add_record(record(STP, "canteen"), "anna")
    kept = store.add_record(record(STP), "anna")
    correction = corrected(store, kept)
    number = _named(store, NamedAid(Facet.FOOD_PARCEL, TODAY, None, AidStatus.GIVEN, Basis.CONSENT))
    for former in (STP, number):
        store.link(former, CF, "anna")
    [canteen] = [one for one in store.records_of(CF) if one.record.facet == "canteen"]
    [food] = [one for one in store.records_of(CF) if one.record.facet == "food_parcel"]
    for undone in (canteen, store.find_record(correction), food):
        store.undo_record(undone, "anna")
    store.undo_link(number, "anna")
    store.undo_link(STP, "anna")
    assert [(one.id, one.record.status) for one in store.records_of(STP)] == [(kept, AidStatus.GIVEN)]
    assert store.records_of(CF) == []
    assert store.link_side(number).counts == {"named_aid": 0}


def test_a_code_replaced_twice_goes_back_to_nobody_else(store: SqlStore) -> None:
    store.add_record(record(STP), "anna")
    store.link(STP, OTHER_STP, "anna")
    store.link(OTHER_STP, CF, "anna")
    store.undo_link(STP, "anna")
    assert [len(store.records_of(one)) for one in (STP, OTHER_STP, CF)] == [1, 0, 0]
    store.undo_link(OTHER_STP, "anna")
    assert [len(store.records_of(one)) for one in (STP, OTHER_STP, CF)] == [1, 0, 0]


def test_a_need_on_file_is_found_by_both_codes_too(store: SqlStore) -> None:
    need = NewNeed(STP, Facet.RENT_ARREARS, 900_00, Basis.PUBLIC_TASK, creditor="Immobiliare Àrgine")
    store.open_filed_need(need, "anna")
    store.link(STP, CF, "anna")
    enrol(store, NAMES)
    behind = store.filed_needs_behind(PseudonymClass.PERSON, 1, [BY_STP, BY_CF])
    assert {asked: [one.owed_cents for one in needs] for asked, needs in behind.items()} == {
        BY_STP: [900_00],
        BY_CF: [900_00],
    }
    assert [one.person for one in store.filed_needs(STP)] == [CF]
