"""A call for applicants over real streams: rows, silences, pauses, kills, and what both sides' logs say of it."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_need
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import Basis, Facet, Silence
from node.batches import bundles
from node.batches.calls import Wanted
from node.domain.batch import BatchState
from node.domain.model import Operator
from node.ports import Evaluating
from node.store import tables
from tests.clerk import fictional_code, person, record
from tests.integration.node_world import until
from tests.peer_world import refused
from tests.support.batch_world import (
    BIANCA,
    CALL,
    WANTED,
    BatchWorld,
    batch_world,
    ended,
    give,
    people,
    sheet,
)
from tests.support.sheet_files import xlsx

LEASE = "LEASE:TLX/2024/3/77"
TASK = Basis.PUBLIC_TASK


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BatchWorld]:
    async with batch_world(tmp_path) as made:
        yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a question hold few pseudonyms, so that few persons make several."""
    monkeypatch.setattr(bundles, "MAX_PSEUDONYMS", 20)
    return 20


async def test_each_row_reads_what_the_bodies_said_of_it(world: BatchWorld) -> None:
    await give(world.answering["valle"], record(person(1), "rent_current", basis=TASK, consent=None))
    lease = record(person(90), "rent_current", basis=TASK, consent=None, need=parse_need(LEASE))
    await give(world.answering["valle"], lease)
    office = world.office
    content = sheet(
        f"{fictional_code(1)};A;",
        f"{fictional_code(2)};B;",
        f"{fictional_code(3)};C;{LEASE}",
        "XQZXQW00;D;",
        f"{fictional_code(2)};B;",
        f"{fictional_code(4)};a;{LEASE}",
    )
    batch = await office.file(content)
    assert office.verdicts(batch) == ["partial", "partial", "partial", "rejected", "rejected", "partial"]
    progress = await office.run(batch)
    assert (progress.state, progress.stopped) == (BatchState.DONE, "")
    assert office.verdicts(batch) == ["match", "none", "match", "rejected", "rejected", "match"]
    rows = office.rows(batch)
    for row in (2, 4, 7):
        state = rows[row].state
        assert state is not None
        assert (state.answered, state.asked, len(state.shown)) == (2, 2, 1)
        assert state.shown[0].member is not None
        assert state.shown[0].finding.amount_cents == 900_00
    bad, twice = rows[5].rejected, rows[6].rejected
    assert bad is not None
    assert twice is not None
    assert (bad.column, bad.code, twice.code, twice.params) == (
        "codice",
        Code.INPUT_IDENTIFIER_LENGTH,
        Code.INPUT_APPLICANT_TWICE,
        {"row": "3"},
    )
    assert (rows[2].same_household, rows[7].same_household) == ((7,), (2,))
    assert (rows[4].same_need, rows[7].same_need) == ((7,), (4,))
    assert rows[3].same_household == ()


async def test_one_question_for_each_body_is_logged_ended_and_in_an_order_of_its_own(world: BatchWorld) -> None:
    office = world.office
    await office.run(await office.file(people(range(40))))
    asked = office.logged(EntryKind.ASKED)
    assert sorted((entry.peer, entry.count, entry.procedure) for entry in asked) == [
        ("onlus", 40, CALL.id),
        ("valle", 40, CALL.id),
    ]
    ends = {entry.question_id: entry for entry in office.logged(EntryKind.END_STATE)}
    assert {ends[entry.question_id].outcome for entry in asked} == {"answered"}
    first, second = (office.entries.named(entry) for entry in asked)
    assert sorted(first) == sorted(second)
    assert first != second
    assert len({entry.check_id for entry in asked}) == 1
    evaluations = office.logged(EntryKind.EVALUATION)
    assert {entry.check_id for entry in evaluations} == {asked[0].check_id}
    assert [entry.procedure for entry in evaluations] == [CALL.id]


async def test_more_than_five_hundred_are_asked_in_several_questions(world: BatchWorld) -> None:
    office = world.office
    batch = await office.file(people(range(520)))
    await office.run(batch)
    counts = Counter((entry.peer, entry.count) for entry in office.logged(EntryKind.ASKED))
    assert counts == Counter({(name, size): 1 for name in ("onlus", "valle") for size in (500, 20)})
    assert set(office.verdicts(batch)) == {"none"}
    assert set(Counter(office.wire.pairs()).values()) == {1}
    assert sorted(world.answered()) == sorted(office.wire.pairs())


async def test_while_one_is_silent_no_row_reads_nothing_and_a_retry_asks_that_one_alone(world: BatchWorld) -> None:
    await give(world.answering["valle"], record(person(1), "rent_current", basis=TASK, consent=None))
    office = world.office
    office.wire.mute = {"onlus"}
    batch = await office.file(people(range(5)))
    progress = await office.run(batch)
    assert (progress.state, progress.silent) == (BatchState.DONE, ("Onlus",))
    assert Counter(office.verdicts(batch)) == {"partial": 4, "match": 1}
    state = office.rows(batch)[4].state
    assert state is not None
    assert [(each.member.id, each.silence) for each in state.silent] == [("onlus", Silence.UNREACHABLE)]
    before = len(office.wire.asked)
    await office.run(batch)
    assert len(office.wire.asked) == before, "a resume asks nobody who was asked"
    office.wire.mute = set()
    await office.run(batch, is_retry=True)
    assert {member for member, _ in office.wire.asked[before:]} == {"onlus"}
    assert Counter(office.verdicts(batch)) == {"none": 4, "match": 1}


async def test_a_body_that_never_answers_is_not_asked_to_the_end(world: BatchWorld, small: int) -> None:
    office = world.office
    office.wire.mute = {"onlus"}
    batch = await office.file(people(range(2 * small + small // 2)))
    await office.run(batch)
    assert Counter(member for member, _ in office.wire.asked) == {"onlus": 2, "valle": 3}
    assert set(office.verdicts(batch)) == {"partial"}
    assert {result.state.asked - result.state.answered for result in office.rows(batch).values() if result.state} == {1}


async def test_a_body_that_dies_in_a_retry_is_silent_about_the_rest(
    world: BatchWorld, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first run takes up the rows as they stand in the file, the retry from the end: the last is heard first.
    monkeypatch.setattr(secrets.SystemRandom, "shuffle", lambda *_: None)
    aid = [record(person(number), "rent_current", basis=TASK, consent=None) for number in range(4 * small)]
    await give(world.answering["valle"], *aid)
    office = world.office
    office.wire.mute = {"valle"}
    batch = await office.file(people(range(4 * small)))
    await office.run(batch)
    assert set(office.verdicts(batch)) == {"partial"}
    monkeypatch.setattr(secrets.SystemRandom, "shuffle", lambda _, drawn: drawn.reverse())
    office.wire.mute, office.wire.dies_after = set(), {"valle": 1}
    progress = await office.run(batch, is_retry=True)
    assert progress.silent == ("Valle",)
    assert office.verdicts(batch) == ["partial"] * 3 * small + ["match"] * small
    office.wire.dies_after = {}
    await office.run(batch, is_retry=True)
    assert set(office.verdicts(batch)) == {"match"}


async def test_a_body_that_leaves_halfway_is_silent_about_the_rest(world: BatchWorld, small: int) -> None:
    office = world.office
    office.wire.held = {"onlus"}
    batch = await office.file(people(range(2 * small)))
    office.desk.run(batch.id, BIANCA, is_retry=False)
    await until(lambda: any(member == "onlus" for member, _ in office.wire.asked))
    pausing = asyncio.create_task(office.desk.pause(batch.id))
    await asyncio.sleep(0)
    office.wire.gate.set()
    await pausing
    office.trust.bodies = [body for body in office.trust.bodies if body.id != "onlus"]
    progress = await office.run(batch)
    assert (progress.state, progress.silent, progress.done) == (BatchState.DONE, ("Onlus",), progress.total)
    assert Counter(office.verdicts(batch)) == {"none": small, "partial": small}
    silent = [result.state.silent for result in office.rows(batch).values() if result.state and result.state.silent]
    assert {(one.member.id, one.silence) for each in silent for one in each} == {("onlus", Silence.SUSPENDED_HERE)}
    assert (await office.run(batch)).total == 0


async def test_a_body_that_leaves_while_it_is_asked_is_silent_about_the_rest(world: BatchWorld, small: int) -> None:
    office = world.office
    office.wire.held = {"onlus"}
    batch = await office.file(people(range(2 * small)))
    run = office.desk.run(batch.id, BIANCA, is_retry=False)
    await until(lambda: run.progress.done == 2 * small)  # valle has answered, the onlus has not
    await until(lambda: run.progress.awaited == ("Onlus",))
    office.trust.bodies = [body for body in office.trust.bodies if body.id != "onlus"]
    office.wire.gate.set()
    told = await ended(run)
    assert (told.state, told.awaited) == (BatchState.DONE, ())
    assert [member for member, _ in office.wire.asked].count("onlus") == 1
    assert "partial" in office.verdicts(batch)


async def test_a_paused_batch_goes_on_where_it_was(world: BatchWorld, small: int) -> None:
    office = world.office
    office.wire.held = {"onlus"}
    batch = await office.file(people(range(small + 5)))
    run = office.desk.run(batch.id, BIANCA, is_retry=False)
    assert office.desk.run(batch.id, BIANCA, is_retry=False) is run
    await until(lambda: any(member == "onlus" for member, _ in office.wire.asked))
    pausing = asyncio.create_task(office.desk.pause(batch.id))
    await asyncio.sleep(0)
    office.wire.gate.set()
    assert office.desk.state(await pausing) is BatchState.PAUSED
    onlus = [question for member, question in office.wire.asked if member == "onlus"]
    assert len(onlus) == 1, "what was asked is awaited, nothing further is asked"
    evaluated = office.evaluator.evaluated
    assert (await office.run(batch)).state is BatchState.DONE
    assert office.evaluator.evaluated == evaluated
    assert set(Counter(office.wire.pairs()).values()) == {1}
    assert set(office.verdicts(batch)) == {"none"}


async def test_a_killed_node_asks_again_only_what_was_not_answered(world: BatchWorld) -> None:
    office = world.office
    office.wire.held = {"onlus"}
    batch = await office.file(people(range(30)))
    run = office.desk.run(batch.id, BIANCA, is_retry=False)
    await until(lambda: run.progress.done == 30)  # valle has answered, the onlus has not
    await until(lambda: "onlus" in dict(office.wire.asked))
    killed = [task for task in asyncio.all_tasks() if task.get_name() == f"batch {batch.id}"]
    office.store.note_batch = lambda *_: None  # type: ignore[method-assign]  # a dead process writes nothing more
    for task in killed:
        task.cancel()
    await asyncio.gather(*killed, return_exceptions=True)
    await office.restart()
    ends = [entry.code for entry in office.logged(EntryKind.END_STATE) if entry.peer == "onlus"]
    assert ends == [Silence.INTERRUPTED]
    assert office.desk.state(office.store.batch(batch.id)) is BatchState.PAUSED
    evaluated, spent = office.evaluator.evaluated, office.store.spent_in_procedures()
    office.wire.held = set()
    await office.run(batch)
    assert (office.evaluator.evaluated, office.store.spent_in_procedures()) == (evaluated, spent)
    assert Counter(member for member, _ in office.wire.asked) == {"valle": 1, "onlus": 2}
    assert set(Counter(world.answered()).values()) == {1}
    assert len(world.answered()) == 60
    assert set(office.verdicts(batch)) == {"none"}


async def test_a_kill_between_a_reply_and_its_end_leaves_one_end_and_asks_nobody_again(world: BatchWorld) -> None:
    office = world.office
    batch = await office.file(people(range(10)))
    write = office.entries.write
    never = asyncio.Event()

    async def cut_off(entry: object) -> bytes:
        if getattr(entry, "kind", None) is EntryKind.END_STATE:
            await never.wait()
        return await write(entry)  # type: ignore[arg-type]  # passed on

    office.entries.write = cut_off  # type: ignore[method-assign]
    office.desk.run(batch.id, BIANCA, is_retry=False)
    await until(lambda: len(office.store.replies(batch.id)) == 2)
    assert office.logged(EntryKind.END_STATE) == []
    await office.restart()
    assert {entry.outcome for entry in office.logged(EntryKind.END_STATE)} == {"answered"}
    assert len(office.logged(EntryKind.END_STATE)) == 2
    await office.run(batch)
    assert len(office.wire.asked) == 2
    assert set(office.verdicts(batch)) == {"none"}


async def test_an_end_that_cannot_be_logged_takes_the_reply_with_it(world: BatchWorld) -> None:
    office = world.office
    office.wire.held = {"onlus", "valle"}
    batch = await office.file(people(range(10)))
    run = office.desk.run(batch.id, BIANCA, is_retry=False)
    await until(lambda: len(office.wire.asked) == 2)
    office.log.down = True
    office.wire.gate.set()
    progress = await ended(run)
    assert (progress.state, progress.stopped) == (BatchState.PAUSED, Code.LOG_UNAVAILABLE)
    assert set(office.verdicts(batch)) == {"partial"}
    office.log.down = False
    await office.restart()
    assert (await office.run(batch)).state is BatchState.DONE
    assert set(office.verdicts(batch)) == {"none"}


async def test_the_cap_is_counted_once_for_each_person_by_everybody(world: BatchWorld) -> None:
    office = world.office
    batch = await office.file(people(range(12)))
    await office.run(batch)
    again = await office.file(people(range(4, 16)))
    await office.run(again)
    assert [one.spent for one in office.store.spent_in_procedures()] == [16]
    assert office.evaluator.evaluated == 16
    for body in world.answering.values():
        assert [one.spent for one in body.store.spent_in_procedures()] == [16]


async def test_a_file_beyond_what_is_left_of_the_cap_is_refused(world: BatchWorld) -> None:
    office = world.office
    office.trust.called = (replace(CALL, cap=20),)
    await office.run(await office.file(people(range(12))))
    with pytest.raises(MagliaError) as failure:
        await office.file(people(range(4, 21)))
    assert failure.value.code is Code.BUDGET_PROCEDURE
    assert failure.value.params == {"limit": "20", "procedure": CALL.id}
    assert len(office.desk.all()) == 1
    await office.file(people(range(4, 20)))
    assert [one.spent for one in office.store.spent_in_procedures()] == [12]


async def test_a_run_beyond_the_cap_counts_nobody(world: BatchWorld) -> None:
    office = world.office
    office.trust.called = (replace(CALL, cap=700),)
    first, second = await office.file(people(range(100))), await office.file(people(range(50, 700)))
    office.trust.called = (replace(CALL, cap=600),)
    await office.run(first)
    progress = await office.run(second)
    assert (progress.state, progress.stopped) == (BatchState.PAUSED, Code.BUDGET_PROCEDURE)
    assert progress.stopped_params == {"limit": "600", "procedure": CALL.id}
    assert [one.spent for one in office.store.spent_in_procedures()] == [100]


async def test_what_may_not_be_asked_is_refused_and_logged_before_anybody_is_named(world: BatchWorld) -> None:
    office = world.office
    volunteer = Operator("carlo", "Carlo", BIANCA.role.SOCIAL_WORKER)
    office.store.add_operator(volunteer, "-")
    for wanted, operator, code in (
        (Wanted("altro", Facet.RENT_CURRENT, 6), BIANCA, Code.INPUT_PROCEDURE),
        (WANTED, volunteer, Code.POLICY_ROLE),
        (Wanted(CALL.id, Facet.RENT_CURRENT, 37), BIANCA, Code.INPUT_MONTHS),
    ):
        with refused(code):
            await office.desk.open(people(range(3)), "domande.csv", wanted, operator)
    with refused(Code.BUDGET_PROCEDURE):
        await office.desk.open(people(range(CALL.cap + 1)), "domande.csv", WANTED, BIANCA)
    with refused(Code.INPUT_APPLICANTS_NONE):
        await office.desk.open(sheet("X;1;"), "domande.csv", WANTED, BIANCA)
    codes = [entry.code for entry in office.logged(EntryKind.REFUSED)]
    assert codes == [Code.INPUT_PROCEDURE, Code.POLICY_ROLE, Code.BUDGET_PROCEDURE]
    assert (office.evaluator.evaluated, office.desk.all()) == (0, [])


async def test_a_procedure_that_ends_stops_the_asking_and_says_so(world: BatchWorld) -> None:
    office = world.office
    batch = await office.file(people(range(3)))
    office.clock.day = date(2026, 1, 1)
    progress = await office.run(batch)
    assert (progress.state, progress.stopped) == (BatchState.PAUSED, Code.POLICY_PROCEDURE_EXPIRED)
    assert office.wire.asked == []
    assert [entry.code for entry in office.logged(EntryKind.REFUSED)] == [Code.POLICY_PROCEDURE_EXPIRED]


async def test_the_same_file_is_found_again_and_a_deleted_one_is_gone(world: BatchWorld) -> None:
    office = world.office
    batch, known = await office.desk.open(people(range(3)), "domande.csv", WANTED, BIANCA)
    assert not known
    assert await office.desk.open(people(range(3)), "copia.csv", WANTED, BIANCA) == (batch, True)
    await office.run(batch)
    office.desk.delete(batch.id, BIANCA)
    with refused(Code.INPUT_BATCH):
        office.desk.read(batch.id)
    assert office.desk.all() == []


async def test_two_sheets_of_a_file_are_two_calls(world: BatchWorld) -> None:
    desk = world.office.desk
    north, south = ([["codice", "nucleo"], [fictional_code(number), "N"]] for number in (1, 2))
    book = xlsx(north, others={"Sud": south})
    first, _ = await desk.open(book, "domande.xlsx", replace(WANTED, sheet="Dati"), BIANCA)
    second, known = await desk.open(book, "domande.xlsx", replace(WANTED, sheet="Sud"), BIANCA)
    assert (known, first.id == second.id) == (False, False)
    assert await desk.open(book, "domande.xlsx", replace(WANTED, sheet="Sud"), BIANCA) == (second, True)


async def test_results_are_erased_thirty_days_after_the_procedures_last_day(world: BatchWorld) -> None:
    office = world.office
    batch = await office.file(people(range(3)))
    await office.run(batch)
    office.clock.day = CALL.last_day + timedelta(days=30)
    assert office.store.remove_old_batches() == []
    office.clock.day += timedelta(days=1)
    assert office.store.remove_old_batches() == [batch.id]
    with office.engine.connect() as connection:
        for table in (tables.batch, tables.batch_page, tables.batch_reply):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


async def test_an_evaluation_found_wrong_takes_back_everybodys_pseudonyms(
    world: BatchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.batches.naming._AT_ONCE", 10)
    monkeypatch.setattr("node.pseudonyms._chance", lambda: 0.0)  # each batch is verified
    office = world.office
    evaluate, calls = office.evaluator.evaluate, count(1)

    async def wrong_in_the_end(key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        [part] = await evaluate(key_set, elements, wanted)
        return [replace(part, proof=bytes(64)) if next(calls) == 3 else part]

    monkeypatch.setattr(office.evaluator, "evaluate", wrong_in_the_end)
    batch = await office.file(people(range(30)))
    progress = await office.run(batch)
    assert (progress.state, progress.stopped) == (BatchState.PAUSED, Code.PSEUDONYM_PROOF)
    assert office.wire.asked == []
    [refusal] = office.logged(EntryKind.REFUSED)
    assert (refusal.check_id, refusal.count) == (batch.id, 20)
    assert (await office.run(batch)).state is BatchState.DONE
    assert office.evaluator.evaluated == 60
    assert set(office.verdicts(batch)) == {"none"}


async def test_nothing_of_a_person_is_in_the_database_in_clear(world: BatchWorld, tmp_path: Path) -> None:
    await give(world.answering["valle"], record(person(1), "rent_current", basis=TASK, consent=None))
    office = world.office
    await office.run(await office.file(sheet(f"{fictional_code(1)};Nucleo Prova;{LEASE}")))
    office.store.empty_journal()
    content = b"".join(path.read_bytes() for path in (tmp_path / "office.db",))
    for secret in (fictional_code(1), "Nucleo Prova", "TLX/2024", "rent_current"):
        assert secret.encode() not in content


async def test_a_batch_says_when_it_was_answered_and_what_stopped_it(world: BatchWorld) -> None:
    office = world.office
    batch = await office.file(people(range(3)))
    assert batch.answered_at == 0
    office.clock.day = date(2026, 1, 1)
    progress = await office.run(batch)
    stopped = office.store.batch(batch.id)
    assert progress.stopped_params == stopped.stopped_params == {"procedure": CALL.id, "day": "31/12/2025"}
    office.clock.day = CALL.last_day
    await office.run(batch)
    answered_at = office.clock.instant
    office.clock.instant += 3600
    office.wire.mute = {"onlus", "valle"}
    await office.run(batch, is_retry=True)
    done = office.store.batch(batch.id)
    assert (done.stopped_params, done.answered_at) == ({}, answered_at)
    assert office.desk.read(batch.id)[0].answered_at == answered_at
