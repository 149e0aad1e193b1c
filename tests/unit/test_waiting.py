"""Checks that wait: for the network to be back, or for silent bodies; across a restart, as long as 72 hours."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, REASK_S, Role
from node.check_file import CheckFile
from node.checks.late_answers import LateAnswers
from node.checks.late_findings import LateFindings
from node.checks.recent import RecentChecks
from node.domain.budget import OPERATORS
from node.domain.late import seen
from node.domain.model import Operator
from node.domain.verdict import CheckState
from node.domain.waiting import Stage
from node.following import Followers
from node.household import HouseholdCheck
from node.inbox import Inbox, Notice
from node.inquiry import Inquiry
from node.waiting import Waiting
from tests.clerk import CONSENT, StoppedClock, fictional_code, person
from tests.peer_world import refused
from tests.unit.test_asking import ANNA, OTHERS, PARISH, RENT, WHO, Desk, desk
from tests.unit.test_household import household, settled

HOUR_S = 3_600.0
BODIES = {"comune", *(body.id for body in OTHERS)}


class Process:
    """What lives in one process of a node; a second one over the same store is the node started again."""

    def __init__(self, at: Desk, clock: StoppedClock) -> None:
        self.at, self.clock = at, clock
        self.denied: set[Role] = set()
        self.passed = 0.0
        self.back: set[str] = set()
        at.peers.is_reachable = self._is_reachable  # type: ignore[method-assign]  # bodies that come and go
        self.inbox = Inbox(at.store)
        self.answers = LateAnswers(self.inbox, settle_s=0.05)
        file, late = CheckFile(at.store, at.asking, clock, self._may_ask), LateFindings(at.store, self.inbox)
        following = Followers(self.answers, late)
        self.recent = RecentChecks(at.peers, file=file, seconds=lambda: self.passed, following=following)
        made_from = at.me.id, at.store, at.asking, self.recent, at.peers, at.trust, clock, self.inbox, self.answers
        self.waiting = Waiting(*made_from, may_ask=self._may_ask)

    def _may_ask(self, role: Role) -> None:
        if role in self.denied:
            raise MagliaError(Code.SESSION_ROLE)

    async def _is_reachable(self, member: str) -> bool:
        return member in self.back

    def wait(self, seconds: float) -> None:
        """Let time pass, for the clock on the wall too."""
        self.passed += seconds
        self.clock.instant += seconds

    def told(self, operator: Operator = ANNA) -> list[Notice]:
        return [kept.notice for kept in self.inbox.list(operator, everything=True)]

    async def told_of(self, kind: NoticeKind) -> Notice:
        """Wait for the notice."""
        async with asyncio.timeout(10):
            while not (found := [one for one in self.told() if one.kind is kind]):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.02)
        return found[0]


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def parish(tmp_path: Path, clock: StoppedClock) -> Iterator[Desk]:
    """A parish whose operator is Anna, with the consents of the first and the third person."""
    made = desk(tmp_path, PARISH, clock=clock)
    made.store.add_operator(ANNA, "hash")
    for number in (1, 3):
        made.store.add_consent(person(number), CONSENT, "anna")
    yield made
    made.store.close()


async def test_a_deferred_check_is_made_when_somebody_is_there_and_told(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    check_id = node.waiting.defer(RENT, ANNA)
    await node.waiting.make_due()
    assert parish.entries() == []  # nobody was there: not even a refusal
    filed = node.waiting.standing(ANNA, check_id)
    assert (filed.kept.stage, filed.kept.reason, filed.check) == (Stage.DEFERRED, Code.NETWORK_UNREACHABLE, None)

    node.wait(20 * HOUR_S)
    node.back = {"comune"}
    await node.waiting.make_due()
    asked = parish.entries(EntryKind.ASKED)
    assert {(entry.operator, entry.check_id) for entry in asked} == {("anna", check_id)}
    assert {entry.peer for entry in asked} == BODIES
    told = await node.told_of(NoticeKind.DEFERRED_DONE)
    began = int((clock.instant - 20 * HOUR_S) * 1000)
    assert (told.check_id, told.operator) == (check_id, "anna")
    nothing = dict.fromkeys(("answered", "found", "more", "complete", "left_out"), 0)
    assert told.params == {"asked_at": began, "asked": 5, **nothing}
    found = node.waiting.standing(ANNA, check_id)
    assert (found.kept.stage, found.kept.is_open, found.left_s) == (Stage.ASKED, True, REASK_S - 20 * HOUR_S)


async def test_it_is_judged_when_it_is_made(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    check_id = node.waiting.defer(RENT, ANNA)
    node.back = {"comune"}
    parish.withdraw_consents()
    await node.waiting.make_due()
    assert [(entry.code, entry.check_id) for entry in parish.entries()] == [("consent.missing", check_id)]
    told = await node.told_of(NoticeKind.DEFERRED_REFUSED)
    assert (told.check_id, told.params["code"]) == (check_id, "consent.missing")
    ended = node.waiting.standing(ANNA, check_id).kept
    assert (ended.stage, ended.reason, ended.is_open) == (Stage.ENDED, Code.CONSENT_MISSING, False)
    await node.waiting.make_due()
    assert len(parish.entries()) == len(node.told()) == 1


async def test_a_registry_that_is_away_is_waited_for_and_asked_less_and_less(
    parish: Desk, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise MagliaError(Code.NETWORK_UNREACHABLE)

    node = Process(parish, clock)
    check_id = node.waiting.defer(RENT, ANNA)
    node.back = {"comune"}
    with monkeypatch.context() as patch:
        patch.setattr(parish.evaluator, "evaluate", away)
        for _ in range(240):  # an hour
            await node.waiting.make_due()
            node.wait(15.0)
    tries = [entry for entry in parish.entries() if entry.kind is EntryKind.REFUSED]
    assert 5 <= len(tries) <= 12
    node.wait(900.0)
    await node.waiting.make_due()
    assert (await node.told_of(NoticeKind.DEFERRED_DONE)).check_id == check_id


async def test_the_same_key_is_the_same_check_for_the_same_operator(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    other = Operator("bruno", "Bruno", Role.VOLUNTEER)
    first = node.waiting.defer(RENT, ANNA, "parish-console-1")
    assert node.waiting.defer(RENT, ANNA, "parish-console-1") == first
    assert len({first, node.waiting.defer(RENT, other, "parish-console-1"), node.waiting.defer(RENT, ANNA)}) == 3
    with refused(Code.INPUT_FIELD):
        node.waiting.defer(RENT, ANNA, "k" * 65)
    with refused(Code.INPUT_CHECK_UNKNOWN):
        node.waiting.standing(other, first)
    assert [one.user for one in node.waiting.standings(other)] == ["bruno"]


async def test_a_deferred_check_survives_a_restart_and_ends_after_72_hours(parish: Desk, clock: StoppedClock) -> None:
    check_id = Process(parish, clock).waiting.defer(household((person(1), None, person(3))), ANNA)
    again = Process(parish, clock)
    again.wait(71 * HOUR_S)
    await again.waiting.make_due()
    assert again.told() == []
    kept = again.waiting.standing(ANNA, check_id).kept
    assert [one.identifier for one in kept.persons] == [person(1), None, person(3)]
    again.wait(2 * HOUR_S)
    await again.waiting.make_due()
    assert [(one.kind, one.params["code"]) for one in again.told()] == [
        (NoticeKind.DEFERRED_REFUSED, "network.unreachable")
    ]
    with refused(Code.INPUT_CHECK_UNKNOWN):
        again.waiting.standing(ANNA, check_id)
    assert parish.store.remove_old_checks() == 1
    assert parish.store.kept_checks("anna") == []


async def test_however_long_nobody_was_there_it_is_made_at_the_next_round(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    check_id = node.waiting.defer(RENT, ANNA)
    for _ in range(10):
        await node.waiting.make_due()
        node.wait(15)
    node.back = {"comune"}
    await node.waiting.make_due()
    assert (await node.told_of(NoticeKind.DEFERRED_DONE)).check_id == check_id


@pytest.mark.parametrize("jump", [-30 * 24 * HOUR_S, 30 * 24 * HOUR_S])
async def test_a_clock_that_is_set_neither_ends_a_deferred_check_nor_keeps_it(
    parish: Desk, clock: StoppedClock, jump: float
) -> None:
    node = Process(parish, clock)
    node.waiting.defer(RENT, ANNA)
    await node.waiting.make_due()
    node.wait(70 * HOUR_S)
    await node.waiting.make_due()
    clock.instant += jump
    await node.waiting.make_due()
    node.wait(HOUR_S)
    await node.waiting.make_due()
    assert not node.told()
    assert [kept.stage for kept in node.waiting.standings(ANNA)] == [Stage.DEFERRED]
    node.wait(2 * HOUR_S)
    await node.waiting.make_due()
    assert [one.kind for one in node.told()] == [NoticeKind.DEFERRED_REFUSED]


async def test_a_node_that_was_off_all_summer_still_tells_what_it_never_asked(
    parish: Desk, clock: StoppedClock
) -> None:
    check_id = Process(parish, clock).waiting.defer(RENT, ANNA)
    again = Process(parish, clock)
    again.wait(40 * 24 * HOUR_S)
    parish.store.remove_old_checks()  # a start begins with it
    await again.waiting.make_due()
    assert [(one.kind, one.check_id) for one in again.told()] == [(NoticeKind.DEFERRED_REFUSED, check_id)]
    assert parish.store.remove_old_checks() == 1


async def test_whose_operator_left_is_asked_by_nobody(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    node.back = BODIES
    node.waiting.defer(RENT, Operator("carla", "Carla", Role.VOLUNTEER))
    await node.waiting.make_due()
    assert parish.entries() == []
    [kept] = parish.store.kept_checks("carla")
    assert (kept.stage, kept.reason) == (Stage.ENDED, Code.SESSION_CREDENTIALS)


async def test_no_code_is_stored_in_clear(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    node.waiting.defer(replace(RENT, creditor="Immobiliare Àrgine"), ANNA, fictional_code(1))
    files = b"".join(path.read_bytes() for path in parish.database.parent.iterdir() if path.is_file())
    assert b"deferred" in files
    assert fictional_code(1).encode() not in files
    assert "Àrgine".encode() not in files
    assert WHO.text == fictional_code(1)


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_that_a_check_stays_partial_is_told_once(parish: Desk, clock: StoppedClock, withdrawn: bool) -> None:
    node = Process(parish, clock)
    check = await parish.asking.start(RENT, ANNA)
    node.recent.keep(ANNA, check)
    async with asyncio.timeout(10):
        while not check.unreached():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)
    if withdrawn:
        parish.withdraw_consents()
        node.back = BODIES
    else:
        node.wait(REASK_S + 1)
    for _ in range(2):
        await node.recent.ask_returned()
    [told] = node.told()
    assert (told.kind, told.check_id, told.operator) == (NoticeKind.CHECK_ENDED, check.check_id, "anna")
    assert told.params.get("code") == (Code.CONSENT_MISSING.value if withdrawn else None)
    assert (told.params["asked"], told.params["answered"]) == (5, 0)


# silent bodies, across a restart


async def asked_of_nobody(parish: Desk, clock: StoppedClock) -> tuple[Process, str]:
    """Return a node whose operator asked while every body was silent."""
    node = Process(parish, clock)
    check = await parish.ask(RENT)
    node.recent.keep(ANNA, check)
    node.recent.save()
    return node, check.check_id


async def test_after_a_restart_the_silent_are_asked_anew_when_they_return(parish: Desk, clock: StoppedClock) -> None:
    node, check_id = await asked_of_nobody(parish, clock)
    before = {question.question_id for question in parish.peers.questions}
    state = node.recent.of(ANNA, check_id).state()
    node.wait(30 * HOUR_S)

    again = Process(parish, clock)
    await again.recent.ask_returned()
    assert len(parish.peers.questions) == 5  # nobody is back yet
    taken_up = again.recent.of(ANNA, check_id)
    assert seen(taken_up.state()) == seen(state)
    whole = taken_up.state()
    assert isinstance(whole, CheckState)
    assert (whole.waiting, whole.elapsed_ms >= 30 * HOUR_S * 1000) == (False, True)
    with refused(Code.INPUT_FIELD):
        again.recent.of(Operator("bruno", "Bruno", Role.VOLUNTEER), check_id)
    again.back = {"comune", "odv-1"}
    await again.recent.ask_returned()
    await asyncio.sleep(0.05)
    asked = parish.entries(EntryKind.ASKED)[5:]
    assert {(entry.peer, entry.operator, entry.check_id) for entry in asked} == {
        (member, "anna", check_id) for member in again.back
    }
    assert len(before | {question.question_id for question in parish.peers.questions}) == 7
    assert parish.evaluator.evaluated == 2  # the pseudonyms of who is no client are not kept


async def test_after_72_hours_nobody_is_asked_again(parish: Desk, clock: StoppedClock) -> None:
    node, check_id = await asked_of_nobody(parish, clock)
    node.wait(40 * HOUR_S)
    again = Process(parish, clock)
    again.back = BODIES
    again.wait(33 * HOUR_S)
    await again.recent.ask_returned()
    assert len(parish.peers.questions) == 5
    with refused(Code.INPUT_FIELD):
        again.recent.of(ANNA, check_id)
    assert [(one.kind, one.check_id) for one in again.told()] == [(NoticeKind.CHECK_ENDED, check_id)]
    once_more = Process(parish, clock)
    await once_more.recent.ask_returned()
    assert len(once_more.told()) == 1
    assert parish.store.remove_old_checks() == 1


@pytest.mark.parametrize("jump", [-30 * 24 * HOUR_S, 30 * 24 * HOUR_S])
async def test_a_clock_that_is_set_neither_ends_a_check_nor_keeps_it(
    parish: Desk, clock: StoppedClock, jump: float
) -> None:
    node, check_id = await asked_of_nobody(parish, clock)
    node.recent.note_jump()
    node.wait(70 * HOUR_S)
    clock.instant += jump
    node.recent.note_jump()
    node.recent.save()

    again = Process(parish, clock)
    again.wait(HOUR_S)
    assert again.recent.of(ANNA, check_id).check_id == check_id
    again.wait(2 * HOUR_S)
    with refused(Code.INPUT_FIELD):
        again.recent.of(ANNA, check_id)


async def test_a_consent_withdrawn_meanwhile_ends_the_waiting(parish: Desk, clock: StoppedClock) -> None:
    _, check_id = await asked_of_nobody(parish, clock)
    again = Process(parish, clock)
    again.back = BODIES
    parish.withdraw_consents()
    await again.recent.ask_returned()
    await again.recent.ask_returned()
    assert len(parish.peers.questions) == 5
    assert [(entry.code, entry.check_id) for entry in parish.entries(EntryKind.REFUSED)] == [
        ("consent.missing", check_id)
    ]
    [told] = again.told()
    assert (told.kind, told.check_id, told.params["code"]) == (NoticeKind.CHECK_ENDED, check_id, "consent.missing")
    kept = Process(parish, clock).waiting.standing(ANNA, check_id).kept
    assert (kept.stage, kept.reason, kept.is_open) == (Stage.ENDED, Code.CONSENT_MISSING, False)


@pytest.mark.parametrize("restarted", [False, True])
async def test_who_left_or_has_another_role_is_looked_up(
    parish: Desk, clock: StoppedClock, restarted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, check_id = await asked_of_nobody(parish, clock)
    if restarted:
        node = Process(parish, clock)
    node.back = BODIES
    roles: list[Role] = []
    judge = parish.asking._judge

    async def judged(inquiry: Inquiry, operator: Operator, *rest: Any) -> Any:
        roles.append(operator.role)
        return await judge(inquiry, operator, *rest)

    monkeypatch.setattr(parish.asking, "_judge", judged)
    parish.store.add_operator(replace(ANNA, role=Role.OFFICER), "hash")
    await node.recent.ask_returned()
    assert roles == [Role.OFFICER]
    await asyncio.sleep(0.05)
    with closing(sqlite3.connect(parish.database)) as connection, connection:
        connection.execute("DELETE FROM operator")
    await node.recent.ask_returned()
    assert roles == [Role.OFFICER]
    assert parish.store.kept_check(check_id) is not None
    assert parish.store.open_checks(Stage.ASKED, 10) == []


async def test_a_household_goes_on_each_on_their_own_basis(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    check = await parish.asking.start_household(household((person(1), None, person(2), person(3))), ANNA)
    await settled(check)
    node.recent.keep(ANNA, check)
    node.recent.save()
    again = Process(parish, clock)
    again.back = BODIES
    taken_up = again.recent.of(ANNA, check.check_id)
    assert isinstance(taken_up, HouseholdCheck)
    assert [one.unverified for one in taken_up.state().persons] == [
        None,
        Code.INPUT_COMPOSITE_NAME,
        Code.CONSENT_MISSING,
        None,
    ]
    await again.recent.ask_returned()
    await asyncio.sleep(0.05)
    asked = parish.entries(EntryKind.ASKED)[10:]
    assert len(asked) == 10
    assert {entry.check_id for entry in asked} == {
        one.check_id for one in check.state().persons if one.unverified is None
    }


async def test_over_budget_it_is_tried_another_day(parish: Desk, clock: StoppedClock) -> None:
    _, check_id = await asked_of_nobody(parish, clock)
    clock.next_day()
    limit = OPERATOR_PERSONS_A_DAY[Role.VOLUNTEER]
    parish.store.spend(OPERATORS, "anna", clock.today(), [bytes([number]) for number in range(limit)], limit)
    again = Process(parish, clock)
    again.back = BODIES
    await again.recent.ask_returned()
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == ["budget.operator"]
    clock.next_day()
    again.passed += 24 * HOUR_S
    await again.recent.ask_returned()
    await asyncio.sleep(0.05)
    assert len(parish.peers.questions) == 10
    assert again.recent.of(ANNA, check_id).is_open()


async def test_of_many_silent_checks_the_open_ones_are_all_taken_up(
    parish: Desk, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.checks.recent.KEPT", 3)
    node = Process(parish, clock)
    ids = []
    for _ in range(5):
        check = await parish.ask(RENT)
        node.recent.keep(ANNA, check)
        ids.append(check.check_id)
    node.recent.save()
    assert {node.recent.of(ANNA, one).check_id for one in ids} == set(ids)
    again = Process(parish, clock)
    again.back = {"comune"}
    for _ in range(6):
        await again.recent.ask_returned()
        await asyncio.sleep(0.02)
    assert {entry.check_id for entry in parish.entries(EntryKind.ASKED)[25:]} == set(ids)
    assert {one.check_id for one in again.waiting.standings(ANNA)} == set(ids)


async def test_who_may_ask_nobody_any_more_has_nobody_asked(parish: Desk, clock: StoppedClock) -> None:
    node, check_id = await asked_of_nobody(parish, clock)
    deferred = node.waiting.defer(RENT, ANNA)
    node.back, node.denied = BODIES, {Role.VOLUNTEER}
    await node.recent.ask_returned()
    await node.waiting.make_due()
    assert len(parish.peers.questions) == 5
    standing = [node.waiting.standing(ANNA, one).kept for one in (check_id, deferred)]
    assert [(one.stage, one.reason) for one in standing] == [(Stage.ENDED, Code.SESSION_ROLE)] * 2
    assert {(one.kind, one.params["code"]) for one in node.told()} == {
        (NoticeKind.CHECK_ENDED, "session.role"),
        (NoticeKind.DEFERRED_REFUSED, "session.role"),
    }


async def test_a_deferred_household_is_made_each_on_their_own_basis(parish: Desk, clock: StoppedClock) -> None:
    node = Process(parish, clock)
    check_id = node.waiting.defer(household((person(1), None, person(2), person(3))), ANNA)
    node.back = {"comune"}
    await node.waiting.make_due()
    told = await node.told_of(NoticeKind.DEFERRED_DONE)
    assert (told.check_id, told.params["asked"]) == (check_id, 5)
    found = node.waiting.standing(ANNA, check_id)
    assert isinstance(found.check, HouseholdCheck)
    assert (found.kept.is_household, found.check.state().verified, len(parish.peers.questions)) == (True, 2, 10)


async def test_what_changes_is_filed_while_the_node_runs(
    parish: Desk, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.checks.recent._SAVE_S", 0.01)
    node = Process(parish, clock)
    running = asyncio.create_task(node.recent.run())
    check = await parish.asking.start(RENT, ANNA)
    node.recent.keep(ANNA, check)
    async with asyncio.timeout(10):
        while not (kept := parish.store.kept_check(check.check_id)):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
    assert (kept.stage, kept.is_open) == (Stage.ASKED, True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
