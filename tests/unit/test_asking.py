"""Asking: in what order, on what basis, with what in common between the bodies asked, and what the log holds."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.entry import Entry, EntryKind, open_pseudonyms
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Question, creditor_tag, sha256
from maglia.core.identifiers import parse_need
from maglia.core.merkle import leaf_hash
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import Basis, Facet, Kind, PseudonymClass, Purpose, Role, Silence
from maglia.wire.exchange import decode_question
from node.ask import Asking
from node.checks.check import Check
from node.consents import ConsentDesk
from node.domain.budget import OPERATORS
from node.domain.model import AidRecord, Operator
from node.endings import OpenQuestions
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.hearing import Timing
from node.inquiry import HouseholdInquiry, Inquiry
from node.log.tracing import Tracing
from node.policy.embedded import EmbeddedPolicy
from node.policy.watched import WatchedPolicy
from node.ports import Evaluating, SignedAnswer, SilentError
from node.pseudonyms import Pseudonyms
from node.referrals.endings import ReferralEndings
from node.store.sql import SqlStore
from tests.clerk import CONSENT, TODAY, StoppedClock, fictional_code, open_store, person, record
from tests.peer_world import (
    MONTH_KEY,
    POLICIES,
    Body,
    MemoryEvaluator,
    MemoryLog,
    MemoryTrust,
    OneKey,
    policy,
    refused,
)

OVERLAP = frozenset({Purpose.AID_OVERLAP})
PARISH = Body(
    "parrocchia", Kind.PARISH, OVERLAP | {Purpose.REFERRAL}, frozenset({Facet.RENT_ARREARS, Facet.FOOD_PARCEL})
)
COMUNE = Body("comune", Kind.COMUNE)
OTHERS = tuple(Body(f"odv-{number}", Kind.ODV) for number in range(4))
FOOD = Body("mensa", Kind.FOOD_BANK, facets=frozenset({Facet.CANTEEN}))
BODIES = (COMUNE, FOOD, *OTHERS, PARISH)
POD, LEASE = parse_need("POD:IT001E12345678"), parse_need("LEASE:TLX/2024/3/77")
ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
IVO = Operator("ivo", "Ivo", Role.OFFICER)
WHO = person(1)


@dataclass
class Watchers:
    """Bodies that look into the asker's log the moment they are asked, and stay silent."""

    log: MemoryLog
    asked: dict[str, list[Question]] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        durable = {leaf_hash(leaf): entry for leaf, entry in zip(self.log.leaves, self.log.entries(), strict=True)}
        entry = durable[asker_entry]
        assert (entry.kind, entry.peer, entry.question_id) == (EntryKind.ASKED, member, question_id)
        assert entry.question_hash == sha256(body)
        self.asked.setdefault(member, []).append(decode_question(body))
        self.bodies.append(body)
        raise SilentError(Silence.UNREACHABLE)

    async def is_reachable(self, member: str) -> bool:
        return bool(member)

    @property
    def questions(self) -> list[Question]:
        return [question for asked in self.asked.values() for question in asked]


@dataclass
class Desk:
    """An asking body with a real store, policy and evaluation."""

    me: Body
    store: SqlStore
    log: MemoryLog
    trust: MemoryTrust
    peers: Watchers
    evaluator: MemoryEvaluator
    asking: Asking
    database: Path

    async def ask(self, inquiry: Inquiry, operator: Operator = ANNA) -> Check:
        """Ask, and wait until every body is silent."""
        return await settled(await self.asking.start(inquiry, operator))

    def entries(self, *kinds: EntryKind) -> list[Entry]:
        return self.log.entries(*kinds)

    def withdraw_consents(self) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute("UPDATE consent SET withdrawn_on = '2025-06-01'")


async def settled(check: Check) -> Check:
    """Wait until every body is silent."""
    async with asyncio.timeout(5):
        async for state in check.states(follow=True):
            if all(outcome.end for outcome in state.outcomes.values()):
                return check
    raise AssertionError


def desk(folder: Path, me: Body, evaluator: MemoryEvaluator | None = None, clock: StoppedClock | None = None) -> Desk:
    clock, log, trust = clock or StoppedClock(), MemoryLog(), MemoryTrust(BODIES)
    store, peers = open_store(folder / "node.db", clock), Watchers(log)
    evaluator = evaluator or MemoryEvaluator()
    entries = Entries(log, OneKey(), clock)
    pseudonyms = Pseudonyms(LoggedEvaluator(evaluator, entries), store, clock)
    made_of = me.id, store, entries, policy(), trust, peers, pseudonyms, clock, b"b" * 32, Timing(0.5, 1.0)
    asking = Asking(*made_of, OpenQuestions())
    return Desk(me, store, log, trust, peers, evaluator, asking, folder / "node.db")


@pytest.fixture
def parish(tmp_path: Path) -> Iterator[Desk]:
    made = desk(tmp_path, PARISH)
    made.store.add_consent(WHO, CONSENT, "anna")
    yield made
    made.store.close()


@pytest.fixture
def comune(tmp_path: Path) -> Iterator[Desk]:
    made = desk(tmp_path, COMUNE)
    yield made
    made.store.close()


RENT = Inquiry(WHO, Facet.RENT_ARREARS, Purpose.AID_OVERLAP, 6)
SUBSIDY = replace(RENT, purpose=Purpose.RENT_SUBSIDY)


async def test_every_entry_is_durable_before_any_question_leaves(parish: Desk) -> None:
    before: list[int] = []
    first = parish.peers.ask

    async def count(*arguments: object) -> SignedAnswer:
        before.append(len(parish.entries(EntryKind.ASKED)))
        return await first(*arguments)  # type: ignore[arg-type]  # passed on

    parish.peers.ask = count  # type: ignore[method-assign, assignment]
    await parish.ask(RENT)
    assert before == [5] * 5
    asked = parish.entries(EntryKind.ASKED)
    assert {entry.peer for entry in asked} == {"comune", *(body.id for body in OTHERS)}
    assert {(entry.operator, entry.purpose, entry.facet, entry.basis) for entry in asked} == {
        ("anna", "aid_overlap", "rent_arrears", "consent")
    }
    own = parish.trust.keys()
    assert own.epoch == 1
    assert {entry.epoch for entry in asked} == {1}
    assert len({tuple(open_pseudonyms(MONTH_KEY, entry.sealed)) for entry in asked}) == 1  # one's own, for all


async def test_nothing_is_sent_when_the_log_is_down(parish: Desk) -> None:
    parish.log.down = True
    with refused(Code.LOG_UNAVAILABLE):
        await parish.asking.start(RENT, ANNA)
    await asyncio.sleep(0)
    assert parish.peers.asked == {}


async def test_two_bodies_are_told_nothing_by_which_they_could_meet(parish: Desk) -> None:
    for number, need in enumerate((POD, LEASE)):
        own = record(WHO, need=need, creditor="ALER Milano", source_key=str(number))
        parish.store.add_record(_dated(own), "anna")
    for _ in range(4):
        await parish.ask(RENT)
    questions = parish.peers.questions
    assert len(questions) == 20
    assert len({question.question_id for question in questions}) == 20
    subjects = [(question.addressee, each) for question in questions for each in question.subjects]
    assert all(len(question.subjects) == 3 for question in questions)
    for first, one in subjects:
        for second, other in subjects:
            if first != second:
                assert one.pseudonym != other.pseudonym
                assert one.creditor_tag != other.creditor_tag
    orders = {tuple(each.cls for each in question.subjects) for question in questions}
    assert len(orders) > 1
    assert len({tuple(order) for order in _orders(parish, 4)}) > 1
    assert len({entry.check_id for entry in parish.entries(EntryKind.ASKED)}) == 4
    assert not any(entry.check_id.encode() in body for entry in parish.entries() for body in parish.peers.bodies)


def _dated(own: AidRecord) -> AidRecord:
    return replace(own, period_from=date(2025, 4, 1), period_to=date(2025, 4, 30))


def _orders(made: Desk, checks: int) -> list[list[str]]:
    peers = [entry.peer for entry in made.entries(EntryKind.ASKED)]
    size = len(peers) // checks
    return [peers[start : start + size] for start in range(0, len(peers), size)]


async def test_no_code_and_no_pseudonym_is_in_the_log(parish: Desk) -> None:
    parish.store.add_record(record(WHO, need=POD, creditor="ALER Milano"), "anna")
    await parish.ask(RENT)
    with refused(Code.CONSENT_MISSING):
        await parish.asking.start(replace(RENT, identifier=person(2)), ANNA)
    everything = b"".join(parish.log.leaves)
    sent = b"".join(parish.peers.bodies)
    for secret in (fictional_code(1), fictional_code(2), "IT001E12345678", "ALER"):
        assert secret.encode() not in everything
        assert secret.encode() not in sent
    for question in parish.peers.questions:
        for each in question.subjects:
            assert each.pseudonym not in everything


async def test_a_question_about_ones_own_name_or_a_colleagues_is_flagged_here_alone(parish: Desk) -> None:
    lucia, bruno = Operator("lucia", "Lucia Xoquiz", Role.VOLUNTEER), Operator("bruno", "Bruno Fo", Role.VOLUNTEER)
    for one in (ANNA, lucia, bruno):
        parish.store.add_operator(one, "hash")
    flags = {}
    for operator in (lucia, bruno):
        await parish.ask(RENT, operator)
        flags[operator.user] = {one.signals for one in parish.entries(EntryKind.ASKED) if one.operator == operator.user}
    assert flags == {"lucia": {("own_surname",)}, "bruno": {("colleague_surname",)}}
    assert not any(b"surname" in body for body in parish.peers.bodies)
    everything = b"".join(parish.log.leaves)
    assert not any(name in everything for name in (b"Xoquiz", b"XQZ"))


async def test_the_case_protocol_stays_here(comune: Desk) -> None:
    comune.store.add_case(WHO, "rent_subsidy", "PG/2025/12", "ivo")
    await comune.ask(SUBSIDY, IVO)
    assert all((question.has_case, question.basis) == (True, Basis.PUBLIC_TASK) for question in comune.peers.questions)
    assert b"PG/2025/12" not in b"".join(comune.peers.bodies + comune.log.leaves)


async def test_only_bodies_with_a_facet_of_the_family_are_asked(parish: Desk) -> None:
    await parish.ask(replace(RENT, facet=Facet.FOOD_PARCEL))
    assert set(parish.peers.asked) == {FOOD.id}
    parish.trust.suspended = {FOOD.id}
    check = await parish.asking.start(replace(RENT, facet=Facet.FOOD_PARCEL), ANNA)
    assert (check.state().asked, check.state().complete) == (1, False)


async def test_a_consent_given_for_something_else_is_none(parish: Desk) -> None:
    with refused(Code.CONSENT_MISSING):
        await parish.asking.start(replace(RENT, purpose=Purpose.REFERRAL), ANNA)


async def test_a_consent_of_one_adult_does_not_speak_for_another(parish: Desk) -> None:
    with refused(Code.CONSENT_MISSING):
        await parish.asking.start(replace(RENT, identifier=person(2)), ANNA)
    assert parish.evaluator.evaluated == 0


async def test_a_subsidy_needs_its_case_on_file(comune: Desk) -> None:
    with refused(Code.CONSENT_CASE_MISSING):
        await comune.asking.start(SUBSIDY, IVO)
    comune.store.add_case(WHO, "rent_subsidy", "PG/2025/13", "ivo")
    await comune.ask(SUBSIDY, IVO)
    assert len(comune.peers.questions) == 5


async def test_asking_again_reads_the_basis_again(parish: Desk) -> None:
    check = await parish.ask(RENT)
    parish.withdraw_consents()
    with refused(Code.CONSENT_MISSING):
        await check.ask_silent_again()
    assert len(parish.peers.questions) == 5
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == ["consent.missing"]


@dataclass
class Withdrawing(MemoryEvaluator):
    """A registry that takes its time: meanwhile the person changes their mind at another counter."""

    meanwhile: Callable[[], object] = int

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        self.meanwhile()
        return await super().evaluate(key_set, elements, wanted)


async def test_what_a_person_says_while_the_registry_is_awaited_holds(tmp_path: Path) -> None:
    evaluator = Withdrawing()
    parish = desk(tmp_path, PARISH, evaluator)
    parish.store.add_consent(WHO, CONSENT, "anna")
    evaluator.meanwhile = lambda: parish.store.add_consent(
        WHO, replace(CONSENT, day=TODAY, audience=("comune",)), "anna"
    )
    await parish.ask(RENT)
    assert set(parish.peers.asked) == {"comune"}
    evaluator.meanwhile = lambda: parish.store.refuse(WHO, TODAY, "anna")
    with refused(Code.CONSENT_REFUSED):
        await parish.asking.start(replace(RENT, need=POD), ANNA)
    household = HouseholdInquiry((RENT, replace(RENT, identifier=person(2))), RENT.facet, RENT.purpose)
    parish.store.add_consent(WHO, replace(CONSENT, day=TODAY), "anna")
    parish.store.add_consent(person(2), CONSENT, "anna")
    state = (await parish.asking.start_household(household, ANNA)).state()
    assert [one.unverified for one in state.persons] == [Code.CONSENT_REFUSED, None]
    assert {name: len(asked) for name, asked in parish.peers.asked.items()} == {"comune": 1}
    parish.store.close()


async def test_only_bodies_that_the_consent_includes_are_asked_or_asked_again(parish: Desk) -> None:
    parish.store.add_consent(WHO, replace(CONSENT, day=TODAY, audience=("comune", "odv")), "anna")
    check = await parish.ask(RENT)
    assert set(parish.peers.asked) == {"comune", *(body.id for body in OTHERS)}
    parish.store.add_consent(WHO, replace(CONSENT, day=TODAY, audience=("comune",)), "anna")
    await check.ask_silent_again()
    await settled(check)
    assert {name: len(asked) for name, asked in parish.peers.asked.items() if len(asked) > 1} == {"comune": 2}
    assert (check.state().asked, check.state().complete) == (5, False)
    parish.store.add_consent(WHO, replace(CONSENT, day=TODAY, audience=("caritas",)), "anna")
    with refused(Code.CONSENT_AUDIENCE):
        await parish.asking.start(RENT, ANNA)
    assert len(parish.peers.questions) == 6


async def test_whoever_was_asked_on_the_consent_is_to_be_told_of_its_withdrawal(parish: Desk) -> None:
    await parish.ask(RENT)
    parish.store.add_consent(person(2), CONSENT, "anna")
    await parish.ask(replace(RENT, identifier=person(2), facet=Facet.FOOD_PARCEL))
    clock = StoppedClock()
    pseudonyms, entries = Pseudonyms(parish.evaluator, parish.store, clock), Entries(parish.log, OneKey(), clock)
    tracing = Tracing(PARISH.id, parish.store, parish.log, entries, parish.trust, pseudonyms, clock)
    endings = ReferralEndings(parish.store, clock, 60.0, lambda: None)
    on_file = await ConsentDesk(parish.store, tracing, endings, clock).withdraw(ANNA, Kind.PARISH, fictional_code(1))
    [withdrawal] = on_file.oppositions
    asked = ["comune", *(body.id for body in OTHERS)]
    assert {one.member: one.reason for one in withdrawal.to_tell} == dict.fromkeys(asked, "asked")
    with refused(Code.CONSENT_MISSING):
        await parish.asking.start(RENT, ANNA)


async def test_a_public_task_asks_everybody_whatever_the_consent_includes(comune: Desk) -> None:
    comune.store.add_consent(WHO, replace(CONSENT, audience=("caritas",)), "anna")
    comune.store.add_case(WHO, "rent_subsidy", "PG/2025/13", "ivo")
    await comune.ask(SUBSIDY, IVO)
    assert len(comune.peers.questions) == 5


@pytest.mark.parametrize("over", [{"expires": date(2025, 5, 31)}, {"day": date(2024, 5, 31)}])
async def test_an_expired_consent_asks_nothing(parish: Desk, over: dict[str, date]) -> None:
    other = person(7)
    parish.store.add_consent(other, replace(CONSENT, **over), "anna")  # type: ignore[arg-type]  # fields, by name
    with refused(Code.CONSENT_EXPIRED):
        await parish.asking.start(replace(RENT, identifier=other), ANNA)
    assert parish.peers.questions == []


async def test_a_refusal_asks_nothing_until_a_new_consent(parish: Desk) -> None:
    parish.store.refuse(WHO, TODAY, "anna")
    with refused(Code.CONSENT_REFUSED):
        await parish.asking.start(RENT, ANNA)
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == ["consent.refused"]
    parish.store.add_consent(WHO, replace(CONSENT, day=TODAY), "anna")
    await parish.ask(RENT)
    assert len(parish.peers.questions) == 5


@pytest.mark.parametrize(
    ("operator", "inquiry", "code"),
    [
        (ANNA, SUBSIDY, Code.POLICY_ROLE),
        (replace(IVO, role=Role.NODE_ADMIN), SUBSIDY, Code.POLICY_ROLE),
        (IVO, replace(SUBSIDY, facet=Facet.FOOD_PARCEL), Code.POLICY_FACET),
        (IVO, replace(SUBSIDY, months=37), Code.POLICY_DENIED),
        (IVO, replace(SUBSIDY, purpose=Purpose.AUDIT), Code.POLICY_PURPOSE),
    ],
)
async def test_a_refusal_is_logged_with_its_reason_and_nobody_is_asked(
    comune: Desk, operator: Operator, inquiry: Inquiry, code: Code
) -> None:
    comune.store.add_case(WHO, "rent_subsidy", "PG/2025/12", "ivo")
    with refused(code):
        await comune.asking.start(inquiry, operator)
    [entry] = comune.entries()
    assert (entry.kind, entry.code, entry.operator, entry.outcome) == (
        EntryKind.REFUSED,
        code.value,
        operator.user,
        "refused",
    )
    assert (entry.sealed, comune.peers.asked, comune.evaluator.evaluated) == (b"", {}, 0)


async def test_a_volunteers_day_has_thirty_persons(parish: Desk) -> None:
    parish.trust.bodies = (PARISH, OTHERS[0])
    for number in range(1, 32):
        parish.store.add_consent(person(number), CONSENT, "anna")
    for number in [*range(1, 31), 1]:
        await parish.ask(replace(RENT, identifier=person(number)))
    with pytest.raises(MagliaError) as failure:
        await parish.asking.start(replace(RENT, identifier=person(31)), ANNA)
    assert (failure.value.code, failure.value.params) == (Code.BUDGET_OPERATOR, {"limit": "30"})
    assert parish.entries()[-1].code == Code.BUDGET_OPERATOR.value
    await parish.ask(replace(RENT, identifier=person(31)), replace(ANNA, user="bice"))


async def test_many_needs_of_one_person_cost_as_many(parish: Desk) -> None:
    parish.trust.bodies = (PARISH, OTHERS[0])
    supplies = [replace(RENT, need=parse_need(f"POD:IT999E{number:08}")) for number in range(31)]
    for inquiry in [*supplies[:30], supplies[0]]:
        await parish.ask(inquiry)
    with refused(Code.BUDGET_OPERATOR):
        await parish.asking.start(supplies[30], ANNA)
    assert [(one.holder, one.spent) for one in parish.store.spent_today(OPERATORS, TODAY)] == [("anna", 30)]


async def test_a_person_with_their_one_need_costs_one_and_needs_on_file_count(parish: Desk) -> None:
    parish.store.add_record(record(WHO, need=POD), "anna")
    for inquiry in (RENT, replace(RENT, need=POD)):
        await parish.ask(inquiry)
        assert [one.spent for one in parish.store.spent_today(OPERATORS, TODAY)] == [1]
    await parish.ask(replace(RENT, need=LEASE))
    assert [one.spent for one in parish.store.spent_today(OPERATORS, TODAY)] == [2]


CALL = Procedure("bando-2025", "PG/2025/9", 2, "2025-06-01", (COMUNE.id,))
CALLED = replace(SUBSIDY, purpose=Purpose.CALL_FOR_APPLICANTS, procedure=CALL.id)


@pytest.fixture
def calling(comune: Desk) -> Desk:
    """A comune with a procedure of its own."""
    asks = replace(COMUNE, purposes=frozenset({Purpose.CALL_FOR_APPLICANTS, Purpose.RENT_SUBSIDY}))
    comune.trust.bodies, comune.trust.called = (asks, OTHERS[0]), (CALL,)
    return comune


@pytest.mark.parametrize("purpose", [Purpose.CALL_FOR_APPLICANTS, Purpose.RENT_SUBSIDY])
async def test_a_procedure_is_the_basis_and_is_named_to_all(calling: Desk, purpose: Purpose) -> None:
    await calling.ask(replace(CALLED, purpose=purpose), IVO)
    for question in calling.peers.questions:
        assert (question.procedure, question.has_case, question.basis) == (CALL.id, False, Basis.PUBLIC_TASK)
    assert set(calling.evaluator.procedures) == {CALL.id}
    assert [entry.procedure for entry in calling.entries(EntryKind.ASKED)] == [CALL.id]


async def test_a_call_for_applicants_needs_its_procedure(calling: Desk) -> None:
    calling.store.add_case(WHO, "call_for_applicants", "PG/2025/12", "ivo")
    with refused(Code.CONSENT_CASE_MISSING):
        await calling.asking.start(replace(CALLED, procedure=""), IVO)


async def test_a_procedure_counts_the_bodys_persons_not_the_operators(
    calling: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.ask.OPERATOR_PERSONS_A_DAY", {Role.OFFICER: 0, Role.SOCIAL_WORKER: 0})
    first, second = (replace(CALLED, identifier=person(number)) for number in (1, 2))
    bice = replace(IVO, user="bice")
    for inquiry, operator in ((first, IVO), (second, bice), (second, IVO), (first, bice)):
        await calling.ask(inquiry, operator)
    assert calling.evaluator.evaluated == 2  # asked about again, a person costs the registry's cap nothing
    with pytest.raises(MagliaError) as failure:
        await calling.asking.start(replace(CALLED, identifier=person(3)), IVO)
    assert failure.value.code is Code.BUDGET_PROCEDURE
    assert failure.value.params == {"limit": "2", "procedure": CALL.id}
    assert calling.entries()[-1].code == Code.BUDGET_PROCEDURE.value
    assert calling.evaluator.evaluated == 2
    calling.store.add_case(WHO, "rent_subsidy", "PG/2025/12", "ivo")
    with refused(Code.BUDGET_OPERATOR):
        await calling.asking.start(SUBSIDY, IVO)


async def test_a_procedure_counts_needs_on_its_cap_too(calling: Desk) -> None:
    for number in (1, 2, 1):
        await calling.ask(replace(CALLED, need=parse_need(f"POD:IT999E0000010{number}")), IVO)
    with refused(Code.BUDGET_PROCEDURE):
        await calling.asking.start(replace(CALLED, need=parse_need("POD:IT999E00000103")), IVO)
    counted = {one.cls: one.spent for one in calling.store.spent_in_procedures()}
    assert counted == {PseudonymClass.PERSON: 1, PseudonymClass.NEED: 2}


@pytest.mark.parametrize(
    ("procedure", "code"),
    [
        (replace(CALL, id="altro-2025"), Code.INPUT_PROCEDURE),
        (replace(CALL, members=("altro",)), Code.POLICY_PROCEDURE_MEMBER),
        (replace(CALL, expires="2025-05-31"), Code.POLICY_PROCEDURE_EXPIRED),
    ],
    ids=["unknown", "another body's", "expired"],
)
async def test_a_procedure_that_does_not_hold_is_refused_before_anything_is_spent(
    calling: Desk, procedure: Procedure, code: Code
) -> None:
    calling.trust.called = (procedure,)
    with refused(code):
        await calling.asking.start(CALLED, IVO)
    [entry] = calling.entries()
    assert (entry.kind, entry.code, entry.procedure) == (EntryKind.REFUSED, code.value, "")
    assert (calling.store.spent_in_procedures(), calling.evaluator.evaluated, calling.peers.asked) == ([], 0, {})


async def test_asking_again_after_a_procedures_last_day_is_refused(calling: Desk) -> None:
    check = await calling.ask(CALLED, IVO)
    calling.trust.called = (replace(CALL, expires="2025-05-31"),)
    with refused(Code.POLICY_PROCEDURE_EXPIRED):
        await check.ask_silent_again()
    assert len(calling.peers.questions) == 1


async def test_a_procedure_that_cannot_be_counted_asks_nobody(calling: Desk) -> None:
    with closing(sqlite3.connect(calling.database)) as raw, raw:
        raw.execute("DROP TABLE procedure_budget")
    with refused(Code.STORAGE_UNAVAILABLE):
        await calling.asking.start(CALLED, IVO)
    assert (calling.entries()[-1].code, calling.evaluator.evaluated) == (Code.STORAGE_UNAVAILABLE.value, 0)
    assert calling.peers.asked == {}


async def test_a_broken_budget_refuses(parish: Desk, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "node.db") as raw:
        raw.execute("DROP TABLE budget_item")
    raw.close()
    with refused(Code.STORAGE_UNAVAILABLE):
        await parish.asking.start(RENT, ANNA)
    assert (parish.entries()[-1].code, parish.evaluator.evaluated) == (Code.STORAGE_UNAVAILABLE.value, 0)


async def test_without_a_decision_nobody_is_asked_and_it_is_logged(parish: Desk, tmp_path: Path) -> None:
    shutil.copytree(POLICIES, tmp_path / "policies")
    denied = '{"allow": false, "reasons": ["policy.denied"], "revision": data.maglia.revision}'
    rule = f"package maglia.ask\n\ndecision := {denied} if not input.asker\n"
    (tmp_path / "policies" / "ask" / "ask.rego").write_text(rule)
    engine = WatchedPolicy(EmbeddedPolicy(*build_bundle(tmp_path / "policies")))
    parish.asking._policy = engine
    with refused(Code.POLICY_UNAVAILABLE):
        await parish.ask(RENT)
    assert [entry.code for entry in parish.entries()] == [Code.POLICY_UNAVAILABLE.value]
    assert (parish.peers.asked, engine.problems()) == ({}, [Code.POLICY_UNAVAILABLE])


async def test_expired_metadata_asks_nobody_and_is_logged(parish: Desk) -> None:
    parish.trust.expired = True
    with refused(Code.DIRECTORY_EXPIRED):
        await parish.asking.start(RENT, ANNA)
    assert [entry.code for entry in parish.entries()] == [Code.DIRECTORY_EXPIRED.value]


async def test_a_suspended_body_asks_nobody(parish: Desk) -> None:
    parish.trust.suspended = {PARISH.id}
    with refused(Code.MEMBER_INACTIVE):
        await parish.asking.start(RENT, ANNA)
    assert [entry.code for entry in parish.entries()] == [Code.MEMBER_INACTIVE.value]


async def test_a_body_without_keys_of_its_own_is_refused_with_a_reason(parish: Desk) -> None:
    everybody = parish.trust.keys
    parish.trust.keys = lambda: replace(  # type: ignore[method-assign]
        everybody(),
        keys={cls: {k: v for k, v in keys.items() if k != PARISH.id} for cls, keys in everybody().keys.items()},
    )
    with refused(Code.PSEUDONYM_KEY_SET):
        await parish.asking.start(RENT, ANNA)
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == [Code.PSEUDONYM_KEY_SET.value]


async def test_no_body_is_asked_less_because_its_key_is_missing(parish: Desk) -> None:
    everybody = parish.trust.keys
    needs = {k: v for k, v in everybody().keys[PseudonymClass.NEED].items() if k != COMUNE.id}
    parish.trust.keys = lambda: replace(  # type: ignore[method-assign]
        everybody(), keys={**everybody().keys, PseudonymClass.NEED: needs}
    )
    with refused(Code.PSEUDONYM_KEY_SET):
        await parish.asking.start(replace(RENT, need=POD), ANNA)
    assert parish.peers.asked == {}
    assert [entry.code for entry in parish.entries(EntryKind.REFUSED)] == [Code.PSEUDONYM_KEY_SET.value]


async def test_a_question_is_of_the_epoch_of_its_keys(parish: Desk) -> None:
    parish.trust.keys_epoch = 2  # keys came before the directory, or the directory changed while we waited
    check = await parish.ask(RENT)
    assert {question.epoch for question in parish.peers.questions} == {2}
    parish.trust.keys_epoch, parish.trust.epoch = 0, 3
    await check.ask_silent_again()
    await asyncio.sleep(0.05)
    pseudonyms = {
        question.epoch: {subject.pseudonym for subject in question.subjects} for question in parish.peers.questions
    }
    assert set(pseudonyms) == {2, 3}  # the first epoch has ended: named anew, under the keys of the other
    assert pseudonyms[2].isdisjoint(pseudonyms[3])


async def test_asking_again_is_logged_before_it_is_sent(parish: Desk) -> None:
    check = await parish.ask(RENT)
    assert await check.ask_silent_again() == 5
    await asyncio.sleep(0.05)
    questions = parish.peers.questions  # each was checked against the log as it arrived
    assert len({question.question_id for question in questions}) == len(questions) == 10
    assert len({entry.check_id for entry in parish.entries()}) == 1


async def test_pseudonyms_are_kept_for_own_clients_alone(parish: Desk) -> None:
    await parish.ask(RENT)
    await parish.ask(RENT)
    assert parish.evaluator.evaluated == 2
    parish.store.add_record(record(WHO), "anna")
    await parish.ask(RENT)
    await parish.ask(RENT)
    assert parish.evaluator.evaluated == 3


@pytest.mark.parametrize(
    ("asked", "creditor", "period"),
    [
        ("", "ALER Milano", (date(2025, 4, 1), date(2025, 4, 30))),
        ("aler milano spa", "ALER Milano", (date(2025, 4, 1), date(2025, 4, 30))),
        ("Bianchi", "Bianchi", (None, None)),
    ],
)
async def test_creditor_and_period_are_of_one_need(
    parish: Desk, asked: str, creditor: str, period: tuple[date | None, date | None]
) -> None:
    parish.store.add_record(_dated(record(WHO, creditor="ALER Milano")), "anna")
    await parish.ask(replace(RENT, creditor=asked))
    for question in parish.peers.questions:
        [subject] = question.subjects
        assert subject.creditor_tag == creditor_tag(subject.pseudonym, creditor)
        assert (subject.period_from, subject.period_to) == period


async def test_without_a_creditor_the_tag_matches_nothing(parish: Desk) -> None:
    await parish.ask(RENT)
    tags = [question.subjects[0].creditor_tag for question in parish.peers.questions]
    assert len(set(tags)) == len(tags)
    for question in parish.peers.questions:
        assert question.subjects[0].creditor_tag != creditor_tag(question.subjects[0].pseudonym, "")


async def test_a_need_is_asked_beside_the_person_once(parish: Desk) -> None:
    parish.store.add_record(record(WHO, need=POD, day=TODAY), "anna")
    await parish.ask(replace(RENT, need=POD))
    for question in parish.peers.questions:
        assert sorted(each.cls for each in question.subjects) == [PseudonymClass.NEED, PseudonymClass.PERSON]


async def test_a_body_without_a_card_is_logged_as_asked_and_silent(parish: Desk) -> None:
    parish.trust.no_card = {COMUNE.id: Silence.CARD_EXPIRED}
    check = await parish.ask(RENT)
    assert check.state().outcomes[COMUNE.id].silence is Silence.CARD_EXPIRED
    assert COMUNE.id not in parish.peers.asked
    assert len(parish.entries(EntryKind.END_STATE)) == 5
