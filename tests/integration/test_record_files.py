"""Records as they are on file, on SQLite and PostgreSQL: corrected, undone, erased; and private notes on persons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from maglia.core.entry import EntryKind, Erased
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_need
from maglia.core.vocabulary import (
    UNDO_S,
    AidStatus,
    Basis,
    Frequency,
    MeansTest,
    PseudonymClass,
    Purpose,
    Role,
    Visibility,
)
from maglia.sql.engine import open_engine, open_sqlite
from node.domain.consent import Learned, ToTell
from node.domain.model import AidRecord, Operator
from node.domain.names import NamedAid, read_name
from node.domain.record_file import FiledRecord
from node.domain.reservations import Sight
from node.entries import Entries
from node.erasing import Erasing
from node.housekeeping import Housekeeping
from node.record_desk import RecordDesk
from node.recording import Recording
from node.records import file_aid, read_key
from node.store.tables import metadata
from tests.clerk import CONSENT, TODAY, StoppedClock, fictional_code, open_store, person, record
from tests.peer_world import MemoryLog, MemoryTrust, OneKey, refused

ANNA, BRUNO, MARA = (Operator(name, name.title(), Role.VOLUNTEER) for name in ("anna", "bruno", "mara"))
MANAGER, ADMIN = Operator("livia", "Livia", Role.MANAGER), Operator("ivo", "Ivo", Role.NODE_ADMIN)
POD = parse_need("POD:IT001E12345678")
FOOD_UNTIL_TODAY = date(2023, 6, 1)
NOTE = "Parla solo arabo; la sorella traduce.\nChiamare dopo le 15."


class Body:
    """One body over a real store, with a clock that is set and a log in memory."""

    def __init__(self, place: Path | str) -> None:
        self.clock, self.log = StoppedClock(), MemoryLog()
        self.store = open_store(place, self.clock)
        self.entries = Entries(self.log, OneKey(), self.clock)
        self.woken = 0
        self.desk = RecordDesk(self.store, self.clock, Recording(self.store, self.entries), self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def add(self, one: AidRecord, operator: Operator = ANNA) -> str:
        return self.store.add_record(one, operator.user)

    async def correct(self, number: str, operator: Operator = ANNA, /, **changes: str) -> FiledRecord:
        return await self.desk.correct(operator, number, changes)

    def shown(self, number: int = 1) -> list[tuple[int, str, int | None]]:
        """Return version, status and amount of what is on file of a person, the newest version first."""
        found = self.desk.show(ANNA, fictional_code(number)).records
        told = [(one.version, one.record.status.value, one.record.amount_cents) for one in found]
        return sorted(told, reverse=True)

    def answered(self) -> list[int | None]:
        """Return the amounts that a question about the first person would find."""
        waiting = self.store.awaiting(1, 10)
        self.store.enrol(1, [(one, bytes([one.subject_id]) * 16) for one in waiting])
        found = self.store.candidates(PseudonymClass.PERSON, 1, [bytes([number]) * 16 for number in range(1, 5)])
        return [one.amount_cents for candidates in found.values() for one in candidates]

    async def sweep(self) -> int:
        return await Housekeeping(self.store, MemoryTrust(), Erasing(self.store, self.entries)).sweep()

    def erased(self) -> list[tuple[str, int]]:
        """Return what the log says was erased."""
        return [(one.outcome, one.count) for one in self.log.entries(EntryKind.ERASED)]


@pytest.fixture
def place(tmp_path: Path, node_database: str) -> Path | str:
    return node_database or tmp_path / "node.db"


@pytest.fixture
def body(place: Path | str) -> Iterator[Body]:
    body = Body(place)
    yield body
    body.store.close()


@pytest.fixture
def engine(place: Path | str) -> Iterator[Engine]:
    engine = open_sqlite(place) if isinstance(place, Path) else open_engine(place)
    yield engine
    engine.dispose()


async def test_a_correction_is_a_new_version_and_the_old_one_answers_nothing(body: Body, engine: Engine) -> None:
    old = body.add(record(person(1), need=POD, creditor="Aler", source_key="k"))
    assert body.answered() == [900_00]
    new = await body.correct(old, BRUNO, amount_cents="40000", creditor="Immobiliare Àrgine", protocol="PG 1/2025")
    assert (new.version, new.replaces, new.recorded_by) == (2, old, "bruno")
    told = new.record
    assert (told.amount_cents, told.creditor, told.protocol) == (400_00, "Immobiliare Àrgine", "PG 1/2025")
    assert (told.identifier, told.need, told.consent, told.facet) == (person(1), POD, CONSENT, "rent_arrears")
    assert body.shown() == [(2, "given", 400_00), (1, "corrected", 900_00)]
    assert body.answered() == [400_00]
    [older] = [one for one in body.desk.show(ANNA, fictional_code(1)).records if one.id == old]
    assert (older.replaced_by, older.status_was) == (new.id, AidStatus.GIVEN)
    with engine.connect() as raw:
        events = raw.execute(text("SELECT actor, subject FROM event WHERE type = 'record.corrected'")).all()
    assert events == [("bruno", f"{old}:{new.id}")]
    # What was imported is unchanged when its file comes again, whatever became of it here.
    again = body.store.import_records([record(person(1), need=POD, creditor="Aler", source_key="k")], "anna")
    assert [(one.added, one.conflict) for one in again] == [(False, False)]


async def test_any_field_may_be_corrected_but_whose_it_is(body: Body) -> None:
    number = body.add(record(person(1), "food_parcel", amount_cents=None))
    first = await body.correct(number, facet="rent_current", amount_cents="30000", day="2025-04-02")
    monthly = await body.correct(
        first.id, frequency="monthly", period_from="2025-04-01", period_to="2025-09-30", means_test="isee"
    )
    told = monthly.record
    assert (told.frequency, told.means_test, told.day) == (Frequency.MONTHLY, MeansTest.ISEE, date(2025, 4, 2))
    assert (told.period_from, told.period_to) == (date(2025, 4, 1), date(2025, 9, 30))
    for changes, field in (
        ({"means_test": "reddito"}, "means_test"),
        ({"status": "reserved"}, "status"),
        ({"identifier": fictional_code(2)}, "identifier"),
        ({"visibility": "everybody"}, "visibility"),
    ):
        with pytest.raises(MagliaError) as wrong:
            await body.correct(monthly.id, ANNA, **changes)
        assert (wrong.value.code, wrong.value.params["field"]) == (Code.INPUT_FIELD, field)
    with refused(Code.INPUT_MISSING):
        await body.correct(monthly.id, period_from="")
    with refused(Code.INPUT_DATE_ORDER):
        await body.correct(monthly.id, period_to="2025-03-01")
    with refused(Code.INPUT_DATE_FUTURE):
        await body.correct(monthly.id, day="2025-06-02")
    with refused(Code.INPUT_AMOUNT_NEGATIVE):
        await body.correct(monthly.id, amount_cents="0")
    with refused(Code.INPUT_RECORD_UNCHANGED):
        await body.correct(monthly.id, means_test="isee")
    hidden = await body.correct(monthly.id, facet="health_therapy", frequency="one_off")
    assert hidden.record.visibility is Visibility.ONLY_US
    assert body.answered() == []


async def test_help_that_never_was_is_cancelled_by_a_correction_and_may_come_back(body: Body) -> None:
    number = body.add(record(person(1)))
    cancelled = await body.correct(number, status="cancelled")
    assert body.answered() == []
    assert body.shown()[0] == (2, "cancelled", 900_00)
    await body.correct(cancelled.id, status="given")
    assert body.answered() == [900_00]


async def test_an_old_version_is_corrected_and_undone_by_nobody(body: Body) -> None:
    old = body.add(record(person(1)))
    new = await body.correct(old, amount_cents="100")
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: body.correct(old, amount_cents="200"),
        lambda: body.desk.undo(ANNA, old),
    ]
    for act in acts:
        with pytest.raises(MagliaError) as refusal:
            await act()
        assert (refusal.value.code, refusal.value.params) == (Code.INPUT_RECORD_CORRECTED, {"number": new.id[:8]})
    stale = replace(body.store.find_record(old), replaced_by=None, record=record(person(1)))
    with refused(Code.INPUT_RECORD_CORRECTED):
        body.store.correct_record(stale, record(person(1), amount_cents=7), "bruno")
    with refused(Code.INPUT_RECORD_CORRECTED):
        body.store.undo_record(stale, "bruno")
    assert body.shown() == [(2, "given", 100), (1, "corrected", 900_00)]


async def test_a_promise_is_not_corrected(body: Body) -> None:
    number = body.add(record(person(1), status=AidStatus.RESERVED))
    with refused(Code.INPUT_RECORD_RESERVED):
        await body.correct(number, amount_cents="100")


async def test_undone_to_the_very_limit_and_no_later(body: Body, engine: Engine) -> None:
    first, second = body.add(record(person(1))), body.add(record(person(1), amount_cents=1))
    body.clock.instant += UNDO_S
    assert await body.desk.undo(ANNA, first) is None
    assert body.shown() == [(1, "given", 1)]
    body.clock.instant += 0.001
    with pytest.raises(MagliaError) as late:
        await body.desk.undo(ANNA, second)
    assert (late.value.code, late.value.params) == (Code.INPUT_UNDO_LATE, {"number": second[:8], "limit": "10"})
    assert f"maglia aid correct {second[:8]}" in late.value.sentence("it").next_action
    with engine.connect() as raw:
        events = raw.execute(text("SELECT actor, type, subject FROM event ORDER BY id DESC")).all()
    assert events[0] == ("anna", "record.undone", first)


async def test_undone_by_whoever_recorded_it_or_a_manager(body: Body) -> None:
    number, other = body.add(record(person(1))), body.add(record(person(1), amount_cents=1))
    with refused(Code.SESSION_OTHER_OPERATOR):
        await body.desk.undo(BRUNO, number)
    with refused(Code.SESSION_ROLE):
        await body.desk.undo(ADMIN, number)
    await body.desk.undo(MANAGER, number)
    await body.desk.undo(ANNA, other)
    assert body.shown() == []


async def test_a_confirmation_is_undone_by_whoever_confirmed_within_minutes_of_it(body: Body) -> None:
    promise = record(person(1), "rent_arrears", status=AidStatus.RESERVED)
    numbers = [body.store.reserve(promise, Purpose.AID_OVERLAP, 6, "anna") for _ in range(2)]
    body.clock.instant += 10 * UNDO_S
    for number in numbers:
        body.store.confirm(number, TODAY, None, Sight(complete=True), "", "bruno")
    body.clock.instant += UNDO_S
    with refused(Code.SESSION_OTHER_OPERATOR):
        await body.desk.undo(ANNA, numbers[0])
    for number, operator in zip(numbers, (BRUNO, MANAGER), strict=True):
        again = await body.desk.undo(operator, number)
        assert again is not None
        assert (again.id, again.record.status) == (number, AidStatus.RESERVED)
    body.store.confirm(numbers[0], TODAY, None, Sight(complete=True), "", "bruno")
    body.clock.instant += UNDO_S + 1
    with refused(Code.INPUT_UNDO_LATE):
        await body.desk.undo(BRUNO, numbers[0])


async def test_undoing_a_correction_gives_the_version_before_back(body: Body) -> None:
    first = body.add(record(person(1)))
    body.clock.instant += 10 * UNDO_S
    second = await body.correct(first, BRUNO, amount_cents="100")
    third = await body.correct(second.id, BRUNO, status="cancelled")
    assert body.answered() == []
    again = await body.desk.undo(BRUNO, third.id)
    assert again is not None
    assert (again.id, again.record.status, again.replaced_by) == (second.id, AidStatus.GIVEN, None)
    assert body.answered() == [100]
    assert await body.desk.undo(BRUNO, second.id) == body.store.find_record(first)
    assert body.answered() == [900_00]
    with refused(Code.INPUT_UNDO_LATE):
        await body.desk.undo(ANNA, first)
    assert (await body.correct(first, amount_cents="200")).version == 2


async def test_who_may_be_enrolled_again_is_counted_before_a_correction_is_undone(body: Body) -> None:
    number = body.add(record(person(1)))
    new = await body.correct(number, visibility="only us")
    counted = len(body.log.entries(EntryKind.RECORDED))
    await body.desk.undo(ANNA, new.id)
    told = body.log.entries(EntryKind.RECORDED)[counted:]
    assert [(one.outcome, one.count) for one in told] == [("person", 1)]
    assert body.woken == 2


def test_a_number_is_as_long_as_it_must_be(body: Body) -> None:
    number = body.add(record(person(1)))
    for written in (number, number[:8], f" {number[:4].upper()}-{number[4:8]} "):
        [found] = body.desk.show(ANNA, fictional_code(1)).records
        assert body.desk._store.find_record(number[: len(written.strip())]).id == found.id
    with refused(Code.INPUT_RECORD_UNKNOWN):
        body.store.find_record("0" * 32)
    for _ in range(40):
        body.add(record(person(2)))
    with refused(Code.INPUT_RECORD_AMBIGUOUS):
        body.store.find_record("")


async def test_what_is_no_number_is_said_so(body: Body) -> None:
    for written in ("", "abc", "zzzz", "g" * 8, "0" * 33, "a7b3%", fictional_code(1)):
        with refused(Code.INPUT_RECORD_UNKNOWN):
            await body.desk.undo(ANNA, written)


def test_notes_are_sealed_newest_first_and_only_on_whom_something_is_on_file(body: Body, engine: Engine) -> None:
    with refused(Code.INPUT_PERSON_UNKNOWN):
        body.desk.add_note(ANNA, fictional_code(1), NOTE)
    body.store.add_consent(person(1), CONSENT, "anna")
    body.desk.add_note(ANNA, fictional_code(1), NOTE)
    body.clock.instant += 60
    body.desk.add_note(BRUNO, fictional_code(1).lower(), "  Seconda   nota ")
    told = [(one.text, one.written_by) for one in body.desk.notes(ANNA, fictional_code(1))]
    assert told == [("Seconda nota", "bruno"), (NOTE, "anna")]
    assert [one.text for one in body.desk.show(ANNA, fictional_code(1)).notes] == ["Seconda nota", NOTE]
    with engine.connect() as raw:
        assert b"sorella" not in b"".join(raw.execute(text("SELECT content FROM person_note")).scalars())
        assert raw.execute(text("SELECT count(*) FROM event WHERE type = 'note.added'")).scalar() == 2
    for wrong, code in (
        *(("", Code.INPUT_MISSING), (" \n ", Code.INPUT_MISSING), ("x" * 2_001, Code.INPUT_TEXT_LONG)),
        *(("a\x1b[31m", Code.INPUT_TEXT_CONTROL), ("\u202e", Code.INPUT_TEXT_CONTROL)),
    ):
        with refused(code):
            body.desk.add_note(ANNA, fictional_code(1), wrong)
    with refused(Code.SESSION_ROLE):
        body.desk.notes(ADMIN, fictional_code(1))


async def test_what_is_over_is_erased_with_an_entry_and_the_person_with_their_notes(body: Body, engine: Engine) -> None:
    body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY, need=POD))
    body.add(record(person(2), "food_parcel", FOOD_UNTIL_TODAY, need=POD))
    body.add(record(person(2)))
    for number in (1, 2):
        body.desk.add_note(ANNA, fictional_code(number), NOTE)
    assert body.answered()
    assert await body.sweep() == 0
    body.clock.next_day()
    assert body.shown(1) == []
    await body.sweep()
    assert body.erased() == [("aid", 2), ("person", 1), ("need", 1)]
    with engine.connect() as raw:
        left = {name: raw.execute(select(func.count()).select_from(metadata.tables[name])).scalar() for name in TABLES}
        assert left == {"aid_record": 1, "person": 1, "need": 0, "person_note": 1, "pseudonym": 1}
        events = raw.execute(text("SELECT type, count(*) FROM event WHERE type LIKE '%erased' GROUP BY type")).all()
    assert dict(map(tuple, events)) == {"record.erased": 2, "subjects.erased": 2}
    assert await body.sweep() == 0
    assert body.answered() == [900_00]


TABLES = ("aid_record", "person", "need", "person_note", "pseudonym")


async def test_nothing_of_an_erased_person_is_left_in_the_files(tmp_path: Path) -> None:
    body = Body(tmp_path / "node.db")
    body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY, creditor="Emporio", protocol="PG 9", need=POD))
    body.desk.add_note(ANNA, fictional_code(1), NOTE)
    body.answered()
    queries = ("code FROM person", "code FROM need", "creditor FROM aid_record", "content FROM person_note")
    with open_sqlite(tmp_path / "node.db").connect() as raw:
        sealed = [raw.execute(text(f"SELECT {query}")).scalar_one() for query in queries]
        sealed += raw.execute(text("SELECT pseudonym FROM pseudonym")).scalars()
        sealed += raw.execute(text("SELECT code_index FROM person")).scalars()

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.glob("node.db*"))

    assert all(value in files() for value in sealed)
    body.clock.next_day()
    await body.sweep()
    assert not any(value in files() for value in sealed)
    body.store.close()


async def test_versions_end_with_the_one_that_replaced_them(body: Body, engine: Engine) -> None:
    number = body.add(record(person(1), "rent_arrears", FOOD_UNTIL_TODAY))
    new = await body.correct(number, facet="food_parcel", amount_cents="100")
    body.clock.next_day()
    await body.sweep()
    assert body.erased() == [("aid", 1), ("aid", 1), ("person", 1)]
    with engine.connect() as raw:
        assert raw.execute(text("SELECT count(*) FROM aid_record")).scalar() == 0
    with refused(Code.INPUT_RECORD_UNKNOWN):
        body.store.find_record(new.id)


async def test_an_older_version_whose_day_is_over_goes_alone(body: Body) -> None:
    number = body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY))
    new = await body.correct(number, day="2025-05-01")
    body.clock.next_day()
    await body.sweep()
    assert body.erased() == [("aid", 1)]
    [left] = body.desk.show(ANNA, fictional_code(1)).records
    assert (left.id, left.version, left.replaces) == (new.id, 2, number)


async def test_a_released_promise_does_not_become_help_given(body: Body) -> None:
    promised = record(person(1), "food_parcel", status=AidStatus.RESERVED)
    released, confirmed = (body.store.reserve(promised, Purpose.AID_OVERLAP, 6, "anna") for _ in range(2))
    body.store.release(released, "anna")
    with refused(Code.INPUT_RECORD_RELEASED):
        await body.correct(released, status="given")
    other = await body.correct(released, amount_cents="100")
    with refused(Code.INPUT_RECORD_RELEASED):
        await body.correct(other.id, status="given")
    body.store.confirm(confirmed, TODAY, None, Sight(complete=True), "", "anna")
    taken_back = await body.correct(confirmed, status="cancelled")
    assert (await body.correct(taken_back.id, status="given")).record.status is AidStatus.GIVEN


async def test_nothing_that_may_still_be_undone_is_erased(body: Body) -> None:
    """Around midnight a term may end in the ten minutes: what undoing brings back, and what is undone, are there."""
    old = body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY))
    body.clock.instant += 3600
    new = await body.correct(old, amount_cents="100")
    who = read_name("Xqzar Wqzi", "1980-02-01", "Tlemcen", TODAY)
    _, named = body.store.add_named_person(
        who, NamedAid("food_parcel", FOOD_UNTIL_TODAY, None, AidStatus.GIVEN, Basis.CONSENT), "anna"
    )
    body.clock.day += timedelta(days=1)
    body.clock.instant += UNDO_S
    assert await body.sweep() == 0
    again = await body.desk.undo(ANNA, new.id)
    assert again is not None
    assert again.id == old
    assert await body.desk.undo(ANNA, named) is None
    await body.sweep()
    assert ("aid", 1) in body.erased()


async def test_a_day_beyond_the_term_is_refused_before_the_history_is_lost(body: Body) -> None:
    number = body.add(record(person(1), "food_parcel"))
    housing = body.add(record(person(2), "rent_arrears", date(2023, 5, 31)))
    for wrong, months, of in (
        ({"day": "2023-05-31"}, "24", number),
        ({"day": "2022-05-31", "facet": "rent_arrears", "amount_cents": "100"}, "36", number),
        ({"facet": "food_parcel"}, "24", housing),
    ):
        with pytest.raises(MagliaError) as refusal:
            await body.correct(of, ANNA, **wrong)
        assert (refusal.value.code, refusal.value.params["months"]) == (Code.INPUT_DATE_OVER, months)
    corrected = await body.correct(number, day="2023-06-01")
    assert (corrected.keep_until, await body.sweep()) == (TODAY, 0)


async def test_whoever_said_something_stays_on_file_without_records(body: Body) -> None:
    said: list[Callable[[Identifier], object]] = [
        lambda who: body.store.add_consent(who, CONSENT, "anna"),
        lambda who: body.store.refuse(who, TODAY, "anna"),
        lambda who: body.store.object_to_task(who, TODAY, "anna"),
        lambda who: body.store.add_case(who, "rent_subsidy", "PG 1/2025", "anna"),
    ]
    for number, say in enumerate(said, 1):
        body.add(record(person(number), "food_parcel", FOOD_UNTIL_TODAY, basis=Basis.PUBLIC_TASK))
        say(person(number))
    body.clock.next_day()
    await body.sweep()
    assert body.erased() == [("aid", 4)]
    assert body.store.consent_for(person(1), Purpose.AID_OVERLAP.value) == CONSENT
    for number in range(1, 5):
        body.desk.add_note(ANNA, fictional_code(number), NOTE)


async def test_what_somebody_said_goes_when_nothing_rests_on_it_any_more(body: Body, engine: Engine) -> None:
    """A consent ends after a year at most; for two more years the log has questions that were asked on it."""
    body.store.add_consent(person(1), CONSENT, "anna")
    body.store.add_consent(person(2), CONSENT, "anna")
    body.store.withdraw(person(2), ("aid_overlap",), TODAY, "anna", objecting=False)
    body.store.keep_to_tell(1, [ToTell("onlus-ponte", Learned.ASKED, TODAY)], whole=True)
    body.store.refuse(person(3), TODAY, "anna")
    body.store.object_to_task(person(4), TODAY, "anna")
    body.clock.day = date(2027, 6, 1)
    assert await body.sweep() == 0
    body.clock.next_day()
    await body.sweep()
    assert body.erased() == [("consent", 1), ("opposition", 1), ("person", 1)], "withdrawn two years ago"
    body.clock.day = date(2028, 1, 2)
    assert await body.sweep() == 0
    body.clock.next_day()
    await body.sweep()
    assert body.erased()[3:] == [("consent", 1), ("person", 1)], "ended two years ago"
    body.clock.day = date(2090, 1, 1)
    assert await body.sweep() == 0, "a refusal and an objection hold for whatever comes"
    body.store.add_consent(person(3), replace(CONSENT, day=date(2090, 1, 1)), "anna")
    body.clock.day = date(2094, 1, 1)
    await body.sweep()
    assert body.erased()[5:] == [("consent", 1), ("opposition", 1), ("person", 1)]
    with engine.connect() as raw:
        assert raw.execute(text("SELECT kind FROM opposition")).scalars().all() == ["objection"]
        assert raw.execute(text("SELECT count(*) FROM to_tell")).scalar() == 0


async def test_what_a_person_who_is_helped_said_stays_however_old(body: Body) -> None:
    body.store.add_consent(person(1), CONSENT, "anna")
    body.clock.day = date(2029, 6, 1)
    body.add(record(person(1), day=body.clock.day))
    assert await body.sweep() == 0


async def test_whoever_is_helped_before_the_sweep_stays(body: Body) -> None:
    body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY))
    body.clock.next_day()
    over = body.store.over(Erased.AID, 10)
    assert len(over) == body.store.erase(Erased.AID, over) == 1
    idle = body.store.over(Erased.PERSON, 10)
    body.add(record(person(1)))
    assert (len(idle), body.store.erase(Erased.PERSON, idle)) == (1, 0)
    assert body.answered() == [900_00]


async def test_who_was_erased_while_being_enrolled_leaves_no_pseudonym_to_another(body: Body) -> None:
    """SQLite gives a deleted row's number to the next person: a pseudonym stored late would be theirs."""
    body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY))
    [waiting] = body.store.awaiting(1, 10)
    body.clock.next_day()
    await body.sweep()
    body.add(record(person(2)))
    body.store.enrol(1, [(waiting, bytes(16))])
    assert body.store.candidates(PseudonymClass.PERSON, 1, [bytes(16)]) == {}
    assert body.store.enrolled_count() == 0


async def test_a_person_by_name_is_erased_and_their_number_never_stands_for_another(body: Body, engine: Engine) -> None:
    who = read_name("Xqzar Wqzi", "1980-02-01", "Tlemcen", TODAY)
    help_then = NamedAid("food_parcel", FOOD_UNTIL_TODAY, 40_00, AidStatus.GIVEN, Basis.CONSENT)
    number, _ = body.store.add_named_person(who, help_then, "anna")
    body.clock.next_day()
    await body.sweep()
    assert body.erased() == [("named_aid", 1), ("named_person", 1)]
    with engine.connect() as raw:
        assert raw.execute(text("SELECT who FROM named_person")).scalars().all() == [b""]
        assert raw.execute(text("SELECT count(*) FROM named_key")).scalar() == 0
    with refused(Code.INPUT_NAME_UNKNOWN):
        body.store.add_named_aid(number, replace(help_then, day=TODAY), "anna")
    assert body.store.add_named_person(who, replace(help_then, day=TODAY), "anna")[0] != number
    assert await body.sweep() == 0


async def test_help_to_a_person_by_name_is_undone_alike(body: Body) -> None:
    who = read_name("Xqzar Wqzi", "1980-02-01", "Tlemcen", TODAY)
    given = NamedAid("food_parcel", TODAY, 40_00, AidStatus.GIVEN, Basis.CONSENT)
    number, first = body.store.add_named_person(who, given, "anna")
    second = body.store.add_named_aid(number, replace(given, amount_cents=1), "bruno")
    with refused(Code.SESSION_OTHER_OPERATOR):
        await body.desk.undo(ANNA, second[:8])
    body.clock.instant += UNDO_S
    assert await body.desk.undo(BRUNO, second[:8]) is None
    assert [[aid.amount_cents for aid in one.aids] for one in body.store.persons_like(who)] == [[40_00]]
    with refused(Code.INPUT_RECORD_UNKNOWN):
        await body.desk.undo(BRUNO, second)
    body.clock.instant += 1
    with refused(Code.INPUT_UNDO_LATE):
        await body.desk.undo(MANAGER, first)


async def test_without_its_entry_nothing_is_erased(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    body.add(record(person(1), "food_parcel", FOOD_UNTIL_TODAY))
    body.clock.next_day()

    async def unavailable(_entry: object) -> bytes:
        raise MagliaError(Code.LOG_UNAVAILABLE)

    monkeypatch.setattr(body.entries, "write", unavailable)
    with refused(Code.LOG_UNAVAILABLE):
        await body.sweep()
    assert body.store.record_count() == 1


async def test_help_filed_again_under_its_key_is_filed_once_whatever_the_person_said_since(body: Body) -> None:
    one = record(person(1), "food_parcel", TODAY, amount_cents=40_00)
    first = file_aid(body.store, body.clock, ANNA, one, "a key")
    body.clock.instant += 60
    again = file_aid(body.store, body.clock, ANNA, replace(one, consent=None), "a key")
    assert again == first
    assert body.shown() == [(1, "given", 40_00)]
    await body.correct(first[0], amount_cents="5000")
    assert file_aid(body.store, body.clock, ANNA, one, "a key") == first
    other = {file_aid(body.store, body.clock, ANNA, one, key)[0] for key in ("another key", "", "")}
    assert (len(other), first[0] in other) == (3, False)
    with refused(Code.INPUT_FIELD):
        read_key("x" * 65)
