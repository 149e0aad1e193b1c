"""A household: each adult on their own basis, all read together, nothing of the unverified outside."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from maglia.core.entry import Entry, EntryKind, open_pseudonyms
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Finding
from maglia.core.household import parse_household
from maglia.core.identifiers import Identifier, parse_need
from maglia.core.vocabulary import AidStatus, AmountBand, EndState, Facet, Kind, PseudonymClass, Silence, Verdict
from node.checks.recent import RecentChecks
from node.domain.budget import OPERATORS
from node.domain.household import HouseholdState, PersonState
from node.domain.verdict import CheckState, Outcome, show
from node.household import HouseholdCheck
from node.inquiry import HouseholdInquiry
from node.pseudonyms import Pseudonyms
from node.rpc.checks import household_message
from tests.clerk import CONSENT, TODAY, StoppedClock, fictional_code, person, record
from tests.peer_world import MONTH_KEY, MemoryEvaluator, refused
from tests.unit.test_asking import ANNA, COMUNE, IVO, OTHERS, PARISH, RENT, SUBSIDY, Desk, desk

POD = parse_need("POD:IT001E12345678")
FOUR = tuple(person(number) for number in (1, 2, 3, 4))


@pytest.fixture
def parish(tmp_path: Path) -> Iterator[Desk]:
    """A parish with the consents of the first and the third."""
    made = desk(tmp_path, PARISH)
    for number in (1, 3):
        made.store.add_consent(person(number), CONSENT, "anna")
    yield made
    made.store.close()


def household(persons: Sequence[Identifier | None] = FOUR, **changes: object) -> HouseholdInquiry:
    asked = replace(RENT, **changes)  # type: ignore[arg-type]  # fields, by name
    inquiries = tuple(replace(asked, identifier=who) if who else None for who in persons)
    return HouseholdInquiry(inquiries, asked.facet, asked.purpose)


async def ask(at: Desk, inquiry: HouseholdInquiry) -> HouseholdCheck:
    """Ask, and wait until every body is silent."""
    check = await at.asking.start_household(inquiry, ANNA)
    await settled(check)
    return check


async def settled(check: HouseholdCheck) -> HouseholdState:
    async with asyncio.timeout(5):
        async for state in check.states(follow=True):
            if all(outcome.end for outcome in state.whole.outcomes.values()):
                return state
    raise AssertionError


async def pseudonyms_of(at: Desk, *persons: Identifier) -> set[bytes]:
    """Return what these persons are called by anybody."""
    made = Pseudonyms(MemoryEvaluator(), at.store, StoppedClock())
    key_set = at.trust.keys().network_set(PseudonymClass.PERSON)
    return {one for who in persons for one in (await made.of_subject(who, key_set)).of.values()}


async def test_of_the_unverified_nothing_leaves(parish: Desk) -> None:
    check = await ask(parish, household())
    state = check.state()
    assert [one.unverified for one in state.persons] == [None, Code.CONSENT_MISSING, None, Code.CONSENT_MISSING]
    assert (state.verified, state.complete, state.whole.asked) == (2, False, 5)
    assert parish.evaluator.evaluated == 2
    sent = b"".join(parish.peers.bodies)
    for hidden in await pseudonyms_of(parish, person(2), person(4)):
        assert hidden not in sent
    asked = {each.pseudonym for question in parish.peers.questions for each in question.subjects}
    assert asked < await pseudonyms_of(parish, person(1), person(3))
    assert not any(fictional_code(number).encode() in sent + b"".join(parish.log.leaves) for number in range(1, 5))


async def test_a_question_is_of_one_person_and_has_nothing_of_another(parish: Desk) -> None:
    await ask(parish, household())
    questions = parish.peers.questions
    assert len({question.question_id for question in questions}) == len(questions) == 10
    assert all(len(question.subjects) == 1 for question in questions)
    assert {addressee: len(asked) for addressee, asked in parish.peers.asked.items()} == dict.fromkeys(
        ("comune", *(body.id for body in OTHERS)), 2
    )


async def test_the_log_has_for_each_person_what_a_single_check_has(parish: Desk) -> None:
    check = await ask(parish, household())
    by_person = [
        [_told(entry) for entry in parish.entries() if entry.check_id == one.check_id] for one in check.state().persons
    ]
    parish.log.leaves.clear()
    await parish.ask(RENT)
    with refused(Code.CONSENT_MISSING):
        await parish.asking.start(replace(RENT, identifier=person(2)), ANNA)
    single = [_told(entry) for entry in parish.entries() if entry.kind is not EntryKind.REFUSED]
    assert sorted(by_person[0]) == sorted(by_person[2]) == sorted(single)
    assert by_person[1] == by_person[3] == [_told(entry) for entry in parish.entries(EntryKind.REFUSED)]


def _told(entry: Entry) -> tuple[object, ...]:
    sealed = len(open_pseudonyms(MONTH_KEY, entry.sealed)) if entry.sealed else 0
    return entry.kind, entry.peer, entry.outcome, entry.code, entry.count, sealed, entry.operator, entry.basis


async def test_each_is_counted_once_and_who_is_not_asked_about_is_not(parish: Desk) -> None:
    await ask(parish, household())
    await ask(parish, household(FOUR[:3]))
    await parish.ask(RENT)
    assert [(one.holder, one.spent) for one in parish.store.spent_today(OPERATORS, TODAY)] == [("anna", 2)]


async def test_a_budget_for_some_of_them_asks_about_none(parish: Desk) -> None:
    parish.store.spend(OPERATORS, "anna", TODAY, [bytes([number]) for number in range(29)], 30)
    with pytest.raises(MagliaError) as failure:
        await parish.asking.start_household(household(), ANNA)
    assert (failure.value.code, failure.value.params) == (Code.BUDGET_HOUSEHOLD, {"limit": "30", "persons": "2"})
    assert (parish.peers.asked, parish.evaluator.evaluated) == ({}, 0)
    assert [one.spent for one in parish.store.spent_today(OPERATORS, TODAY)] == [29]
    assert [entry.code for entry in parish.entries()] == [
        Code.BUDGET_HOUSEHOLD.value,
        Code.CONSENT_MISSING.value,
    ] * 2
    await parish.ask(RENT)  # for one it suffices


async def test_a_name_never_leaves_and_is_counted(parish: Desk) -> None:
    state = (await ask(parish, household((None, *FOUR[:1])))).state()
    assert [one.unverified for one in state.persons] == [Code.INPUT_COMPOSITE_NAME, None]
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == [Code.INPUT_COMPOSITE_NAME.value]
    assert len(parish.peers.questions) == 5


async def test_nobody_verified_asks_nobody(parish: Desk) -> None:
    check = await parish.asking.start_household(household((person(2), person(4))), ANNA)
    [state] = [state async for state in check.states(follow=True)]
    assert (state.verified, state.complete, state.whole.asked, state.waiting) == (0, False, 0, False)
    assert (parish.peers.asked, parish.evaluator.evaluated) == ({}, 0)


async def test_what_refuses_all_is_raised_and_logged_for_each(parish: Desk) -> None:
    with refused(Code.POLICY_PURPOSE):
        await parish.asking.start_household(household(purpose=SUBSIDY.purpose), ANNA)
    assert [entry.code for entry in parish.entries()] == [Code.POLICY_PURPOSE.value] * 4
    assert parish.peers.asked == {}


async def test_nothing_is_sent_when_the_log_is_down(parish: Desk) -> None:
    parish.log.down = True
    with refused(Code.LOG_UNAVAILABLE):
        await parish.asking.start_household(household(FOUR[::2]), ANNA)
    await asyncio.sleep(0)
    assert parish.peers.asked == {}


async def test_a_need_is_asked_once_for_the_household(parish: Desk) -> None:
    for number in (1, 3):
        parish.store.add_record(record(person(number), need=POD, source_key=str(number)), "anna")
    await ask(parish, household(need=POD))
    for asked in parish.peers.asked.values():
        classes = [each.cls for question in asked for each in question.subjects]
        assert sorted(classes) == [PseudonymClass.NEED, PseudonymClass.PERSON, PseudonymClass.PERSON]


async def test_a_need_goes_where_most_may_be_asked_and_to_no_body_twice(parish: Desk) -> None:
    """One's consent reaches the comune alone, the other's the comune and the associations."""
    for number, kinds in ((1, ("comune",)), (3, ("comune", "odv"))):
        parish.store.add_consent(person(number), replace(CONSENT, day=TODAY, audience=kinds), "anna")
    state = (await ask(parish, household(need=POD))).state()
    assert [one.state.asked for one in state.persons if one.state] == [1, 5]
    for addressee, asked in parish.peers.asked.items():
        classes = [each.cls for question in asked for each in question.subjects]
        assert classes.count(PseudonymClass.NEED) == 1
        assert classes.count(PseudonymClass.PERSON) == (2 if addressee == COMUNE.id else 1)


async def test_whom_consents_leave_out_is_counted_with_each_person(parish: Desk) -> None:
    for number, kinds in ((1, ("comune",)), (3, ())):
        parish.store.add_consent(person(number), replace(CONSENT, day=TODAY, audience=kinds), "anna")
    first, third = (each.state for each in (await ask(parish, household(FOUR[::2]))).state().persons)
    assert first is not None
    assert third is not None
    assert first.left_out == frozenset(body.id for body in OTHERS)
    assert not third.left_out


async def test_a_need_reaches_every_body_that_anybodys_consent_reaches(parish: Desk) -> None:
    for number, kinds in ((1, ("comune",)), (3, ("odv",))):
        parish.store.add_consent(person(number), replace(CONSENT, day=TODAY, audience=kinds), "anna")
    await ask(parish, household(need=POD))
    needs = {
        question.addressee
        for question in parish.peers.questions
        for each in question.subjects
        if each.cls is PseudonymClass.NEED
    }
    assert needs == {COMUNE.id, *(body.id for body in OTHERS)}


async def test_who_refused_is_not_asked_about(parish: Desk) -> None:
    parish.store.refuse(person(3), TODAY, "anna")
    parish.store.add_consent(person(2), replace(CONSENT, expires=TODAY - timedelta(days=1)), "anna")
    parish.store.add_consent(person(4), replace(CONSENT, audience=("caritas",)), "anna")
    state = (await ask(parish, household())).state()
    assert [one.unverified for one in state.persons] == [
        None,
        Code.CONSENT_EXPIRED,
        Code.CONSENT_REFUSED,
        Code.CONSENT_AUDIENCE,
    ]
    assert len(parish.peers.questions) == 5


async def test_each_on_their_own_case_or_consent(tmp_path: Path) -> None:
    comune = desk(tmp_path, COMUNE)
    comune.store.add_case(person(1), "rent_subsidy", "PG/2025/12", "ivo")
    check = await comune.asking.start_household(household(purpose=SUBSIDY.purpose), IVO)
    state = await settled(check)
    assert [one.unverified for one in state.persons] == [None, *[Code.CONSENT_CASE_MISSING] * 3]
    comune.store.close()


async def test_the_silent_are_asked_again_about_each_when_they_return(parish: Desk) -> None:
    recent, check = RecentChecks(parish.peers), await ask(parish, household())
    recent.keep(ANNA, check)
    await recent.ask_returned()
    await asyncio.sleep(0.05)
    assert len(parish.peers.questions) == 20
    assert await recent.of(ANNA, check.check_id).ask_silent_again() == 5
    await asyncio.sleep(0.05)
    assert {entry.check_id for entry in parish.entries(EntryKind.ASKED)} == {
        one.check_id for one in check.state().persons if one.unverified is None
    }


async def test_whose_consent_has_ended_is_not_asked_about_again_but_others_are(parish: Desk) -> None:
    recent, check = RecentChecks(parish.peers), await ask(parish, household((person(1), person(3))))
    recent.keep(ANNA, check)
    parish.withdraw_consents()
    parish.store.add_consent(person(3), CONSENT, "anna")
    await recent.ask_returned()
    state = await settled(check)
    assert [one.unverified for one in state.persons] == [Code.CONSENT_MISSING, None]
    assert (state.verified, state.complete) == (1, False)
    assert len(parish.peers.questions) == 15
    await recent.ask_returned()
    await asyncio.sleep(0.05)
    assert len(parish.peers.questions) == 20
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == ["consent.missing"]


# what is concluded

MEMBERS = [body.member for body in OTHERS[:2]]
GIVEN = Finding(Facet.RENT_ARREARS, "2025-05", AmountBand.FROM_500, Kind.ODV, AidStatus.GIVEN)
PROMISED = replace(GIVEN, same_need=True)


def state_of(*outcomes: Outcome) -> CheckState:
    return CheckState(
        "V-1",
        {outcome.member.id: outcome for outcome in outcomes},
        "revision",
        waiting=any(outcome.end is None for outcome in outcomes),
        provisional=True,
        shown=tuple(show(outcomes, b"secret")),
    )


def together(*states: CheckState, unverified: int = 0) -> HouseholdState:
    others = [PersonState("V-2", unverified=Code.CONSENT_MISSING)] * unverified
    return HouseholdState("N-1", [*(PersonState("V-1", state) for state in states), *others])


NOTHING = [Outcome(member, EndState.ANSWERED) for member in MEMBERS]


def test_complete_only_when_all_are_verified_and_all_have_answered_for_each() -> None:
    whole = together(state_of(*NOTHING), state_of(*NOTHING))
    assert (whole.complete, whole.whole.verdict, whole.whole.asked, whole.whole.nothing) == (
        True,
        Verdict.NONE_KNOWN,
        2,
        2,
    )
    assert not together(state_of(*NOTHING), unverified=1).complete
    assert not together(unverified=2).complete
    # Whose consent ended while bodies were asked again stays unverified, though all had answered.
    assert not PersonState("V-1", state_of(*NOTHING), Code.CONSENT_MISSING).complete
    silent = replace(NOTHING[1], end=EndState.SILENT, silence=Silence.UNREACHABLE)
    part = together(state_of(*NOTHING), state_of(NOTHING[0], silent))
    assert (part.complete, part.whole.answered, part.whole.nothing) == (False, 1, 1)
    assert [outcome.member for outcome in part.whole.silent] == [MEMBERS[1]]


def test_a_body_that_ones_consent_does_not_reach_has_not_answered_for_the_household() -> None:
    narrow = replace(state_of(NOTHING[0]), left_out=frozenset({MEMBERS[1].id}))
    part = together(narrow, state_of(*NOTHING))
    sent = household_message(part, "2025-06-01").whole
    assert (part.verified, part.complete, sent.complete) == (2, False, False)
    assert (sent.asked, sent.answered, sent.nothing, sent.asked_in_part, sent.left_out) == (2, 1, 1, 1, 0)
    both = together(narrow, narrow)
    sent = household_message(both, "2025-06-01").whole
    assert (both.complete, sent.asked, sent.asked_in_part, sent.left_out) == (True, 1, 0, 1)


def test_the_strongest_finding_is_the_verdict_and_says_whose_it_is() -> None:
    first = state_of(replace(NOTHING[0], findings=(GIVEN,)), NOTHING[1])
    second = state_of(replace(NOTHING[0], findings=(PROMISED, GIVEN), omitted=2), replace(NOTHING[1], omitted=1))
    both = together(first, second).whole
    assert (both.verdict, both.nothing, both.omitted) == (Verdict.SAME_NEED, 1, 3)
    assert sorted((shown.person, shown.finding.same_need) for shown in both.shown) == [
        (1, False),
        (2, False),
        (2, True),
    ]


def test_a_body_stands_where_it_said_least() -> None:
    refusing = replace(NOTHING[0], end=EndState.REFUSED, refusal="policy.denied")
    late = replace(NOTHING[1], end=EndState.LATE, late=True)
    whole = together(state_of(*NOTHING), state_of(refusing, late)).whole
    assert ([each.refusal for each in whole.refused], whole.answered, whole.late) == (["policy.denied"], 1, 1)
    awaited = together(state_of(*NOTHING), state_of(Outcome(MEMBERS[0]), NOTHING[1]))
    assert (awaited.waiting, awaited.whole.outcomes[MEMBERS[0].id].end, awaited.complete) == (True, None, False)


# what is entered


def test_a_name_has_a_place_and_no_identifier() -> None:
    entered = parse_household([fictional_code(1).lower(), "NOME:7", "NOME:8", f" {fictional_code(2)} "])
    assert entered == [person(1), None, None, person(2)]


@pytest.mark.parametrize(
    ("codes", "code", "params"),
    [
        ([], Code.INPUT_HOUSEHOLD_SIZE, {"count": "0", "limit": "12"}),
        ([fictional_code(number) for number in range(13)], Code.INPUT_HOUSEHOLD_SIZE, {"count": "13", "limit": "12"}),
        ([fictional_code(1), fictional_code(2)[:15]], Code.INPUT_HOUSEHOLD_CODE, {"number": "2"}),
        (
            [fictional_code(1), fictional_code(2), fictional_code(1).lower()],
            Code.INPUT_HOUSEHOLD_TWICE,
            {"first": "1", "second": "3"},
        ),
        (["NOME:7", "nome: 7"], Code.INPUT_HOUSEHOLD_TWICE, {"first": "1", "second": "2"}),
    ],
)
def test_what_is_no_household_is_refused_by_places(codes: list[str], code: Code, params: dict[str, str]) -> None:
    with pytest.raises(MagliaError) as failure:
        parse_household(codes)
    assert (failure.value.code, failure.value.params) == (code, params)
    assert "XQZ" not in str(failure.value)
