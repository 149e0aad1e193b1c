"""Reconciliation tells nothing of a network that is only unlucky, and every cheat of one that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.entry import AWAITING, Entry, EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.core.vocabulary import EndState
from tests.support.log_world import Body, LogWorld, Script, archived, reconciled
from tui.audit.findings import FindingType
from tui.audit.reconcile import reconcile
from tui.audit.thresholds import Open, load_thresholds

NAMES = ["emporio", "mensa", "parrocchia"]
STRICT = replace(load_thresholds(), open=Open(entries=4, seconds=0))
"""A question without an end is missed at once: bodies of these worlds end theirs before they go on."""
SEEDS = st.integers(0, 1 << 32)
SCRIPTS = st.builds(lambda seed, size: Random(seed).randbytes(size), SEEDS, st.integers(0, 500))
LONG_SCRIPTS = st.builds(lambda seed, size: Random(seed).randbytes(size), SEEDS, st.integers(500, 2_500))
Told = set[tuple[FindingType, tuple[str, ...]]]


@settings(max_examples=15, deadline=None)
@given(script=SCRIPTS)
def test_a_network_that_settled_is_clean(script: bytes) -> None:
    world = LogWorld(NAMES, Script(script))
    world.run()
    world.settle()
    assert reconciled(world, STRICT).findings == []


@settings(max_examples=15, deadline=None)
@given(script=SCRIPTS, between=SCRIPTS, order=st.permutations([*NAMES, REGISTRY_ID]))
def test_a_network_that_goes_on_while_it_is_read_is_clean(script: bytes, between: bytes, order: list[str]) -> None:
    _read_while_it_goes_on(script, between, order)


@pytest.mark.long
@settings(max_examples=800, deadline=None)
@given(script=LONG_SCRIPTS, between=LONG_SCRIPTS, order=st.permutations([*NAMES, REGISTRY_ID]))
def test_no_order_of_steps_makes_a_clean_network_suspect(script: bytes, between: bytes, order: list[str]) -> None:
    _read_while_it_goes_on(script, between, order)


def _read_while_it_goes_on(script: bytes, between: bytes, order: list[str]) -> None:
    """Read each log twice, with steps of everybody's between any two readings."""
    world = LogWorld(NAMES, Script(script))
    world.run()
    first, second = {}, {}
    parts = [between[at::8] for at in range(8)]
    for name in order:
        first[name] = len(world.logs()[name])
        world.script = Script(parts.pop())
        world.run()
    for name in order:
        second[name] = world.logs()[name]
        world.script = Script(parts.pop())
        world.run()
    with archived(first, second) as archive:
        assert reconcile(archive, world.network, load_thresholds()).findings == []


Cheat = Callable[[LogWorld, Body, Body], Told]


def _hide_question(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    del asker.leaves[asker.first(EntryKind.END_STATE, question.question_id)]
    del asker.leaves[asker.first(EntryKind.ASKED, question.question_id)]
    return {(FindingType.MISSING, (asker.name,))}


def _hide_question_but_not_its_end(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    del asker.leaves[asker.first(EntryKind.ASKED, question.question_id)]
    return {(FindingType.MISSING, (asker.name,))}


def _hide_answer(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    del answerer.leaves[answerer.first(EntryKind.ANSWERED, question.question_id)]
    return {(FindingType.MISSING, (answerer.name,))}


def _invent_answer(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    at = asker.first(EntryKind.END_STATE, question.question_id)
    del answerer.leaves[answerer.first(EntryKind.ANSWERED, question.question_id)]
    asker.rewrite(at, evidence=asker.entries()[at].evidence[:-1] + b"x")
    return {(FindingType.MISSING, (answerer.name, asker.name))}


def _invent_question(world: LogWorld, asker: Body, answerer: Body) -> Told:
    _hide_question(world, asker, answerer)
    question = world.asked[-1]
    answerer.rewrite(answerer.first(EntryKind.ANSWERED, question.question_id), evidence=b"")
    return {(FindingType.MISSING, (asker.name, answerer.name))}


def _rewrite_question(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    asker.rewrite(asker.first(EntryKind.ASKED, question.question_id), purpose="referral")
    return {(FindingType.CONTENT, (asker.name,))}


def _rewrite_answer(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    answerer.rewrite(answerer.first(EntryKind.ANSWERED, question.question_id), nonce=bytes(16))
    return {(FindingType.CONTENT, (answerer.name,))}


def _swap_answer(world: LogWorld, asker: Body, answerer: Body) -> Told:
    world.exchange(asker, answerer, swapped=True)
    return {(FindingType.CONTENT, (answerer.name,))}


def _log_another_answer_than_came(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    asker.rewrite(asker.first(EntryKind.END_STATE, question.question_id), answer_hash=bytes(32))
    return {(FindingType.CONTENT, (asker.name,))}


def _call_an_answer_a_refusal(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    asker.rewrite(asker.first(EntryKind.END_STATE, question.question_id), outcome=EndState.REFUSED.value)
    return {(FindingType.CONTENT, (answerer.name, asker.name))}


def _log_another_purpose_than_asked(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    answer = world.bodies[world.bodies.index(answerer)]
    at = answer.first(EntryKind.ANSWERED, question.question_id)
    told = answer.entries()[at].purpose
    assert told == question.purpose
    world.exchange(asker, answerer)
    answer.rewrite(at, purpose="referral")
    return {(FindingType.CONTENT, (answerer.name,))}


def _forget_receipt(world: LogWorld, asker: Body, answerer: Body) -> Told:
    world.exchange(asker, answerer)
    question = world.exchange(asker, answerer)
    asker.rewrite(asker.first(EntryKind.END_STATE, question.question_id), evidence=b"")
    return {(FindingType.NO_RECEIPT, (asker.name,))}


def _forget_end(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    del asker.leaves[asker.first(EntryKind.END_STATE, question.question_id)]
    for _ in range(5):
        world.exchange(asker, answerer)
    return {(FindingType.NO_RECEIPT, (asker.name,))}


def _end_twice(world: LogWorld, asker: Body, answerer: Body) -> Told:
    question = world.exchange(asker, answerer)
    asker.leaves.append(asker.leaves[asker.first(EntryKind.END_STATE, question.question_id)])
    return {(FindingType.REPEATED, (asker.name,))}


def _answer_twice(world: LogWorld, asker: Body, answerer: Body) -> Told:
    world.answer(world.exchange(asker, answerer), EntryKind.ANSWERED)
    return {(FindingType.REPEATED, (answerer.name,))}


def _evaluate_unlogged(world: LogWorld, asker: Body, _: Body) -> Told:
    world.grant(asker, world.fresh(16), "check", 1)
    return {(FindingType.EVALUATION, (asker.name,))}


def _evaluate_more_than_logged(world: LogWorld, asker: Body, _: Body) -> Told:
    name = world.evaluate(asker, "check", 1)
    world.settle()
    world.grant(asker, name, "check", 1)
    return {(FindingType.EVALUATION, (asker.name,))}


def _evaluate_beyond_the_limit(world: LogWorld, asker: Body, _: Body) -> Told:
    world.evaluate(asker, "check", 2_001)
    world.settle()
    return {(FindingType.BUDGET, (asker.name,))}


def _enrol_somebody_who_is_not_on_file(world: LogWorld, asker: Body, _: Body) -> Told:
    world.enrol(asker)
    while asker.awaiting:
        world.settle()
        world.enrol(asker)
    asker.awaiting += 1
    world.enrol(asker)
    world.settle()
    return {(FindingType.ENROLMENT, (asker.name,))}


def _enrol_more_than_was_evaluated(world: LogWorld, asker: Body, _: Body) -> Told:
    name = world.evaluate(asker, "enrolment", 1)
    world.settle()
    asker.log(Entry(EntryKind.RECORDED, world.time_ms(asker), outcome="person", code=AWAITING, count=2, epoch=1))
    world.log_enrolment(asker, name)
    world.log_enrolment(asker, name)
    return {(FindingType.ENROLMENT, (asker.name,))}


CHEATS: list[Cheat] = [
    _hide_question,
    _hide_question_but_not_its_end,
    _hide_answer,
    _invent_answer,
    _invent_question,
    _rewrite_question,
    _rewrite_answer,
    _swap_answer,
    _log_another_answer_than_came,
    _call_an_answer_a_refusal,
    _log_another_purpose_than_asked,
    _forget_receipt,
    _forget_end,
    _end_twice,
    _answer_twice,
    _evaluate_unlogged,
    _evaluate_more_than_logged,
    _evaluate_beyond_the_limit,
    _enrol_somebody_who_is_not_on_file,
    _enrol_more_than_was_evaluated,
]


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.__name__.strip("_"))
@settings(max_examples=2, deadline=None)
@given(script=SCRIPTS, who=st.permutations(range(len(NAMES))))
def test_a_cheat_is_told_of_whoever_must_explain_it_and_of_nobody_else(
    cheat: Cheat, script: bytes, who: list[int]
) -> None:
    _tell_of(script, cheat, who)


@pytest.mark.long
@settings(max_examples=600, deadline=None)
@given(script=SCRIPTS, cheat=st.sampled_from(CHEATS), who=st.permutations(range(len(NAMES))))
def test_every_cheat_is_told_after_whatever_went_before(script: bytes, cheat: Cheat, who: list[int]) -> None:
    _tell_of(script, cheat, who)


def _tell_of(script: bytes, cheat: Cheat, who: list[int]) -> None:
    world = LogWorld(NAMES, Script(script))
    world.run()
    world.settle()
    expected = cheat(world, world.bodies[who[0]], world.bodies[who[1]])
    report = reconciled(world, STRICT)
    assert {(finding.about.type, finding.about.members) for finding in report.findings} == expected
    assert all(finding.count == 1 and finding.places for finding in report.findings)
