"""What a body's own operators are told when another one learns late of help that they promise, or gave lately."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.vocabulary import AidStatus, Purpose, Visibility
from maglia.wire.exchange import decode_answer, decode_question, encode_question
from node.answer import Stream
from node.domain.reservations import Sight
from tests.clerk import TODAY, person, record
from tests.peer_world import (
    COMUNE,
    Answerer,
    MemoryLog,
    MemoryTrust,
    answerer,
    enrol,
    pseudonym,
    question,
    received,
    subject,
)

CHALLENGE = bytes(32)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Answerer]:
    with answerer(tmp_path, MemoryTrust(), log=MemoryLog()) as node:
        yield node


def promise(node: Answerer, number: int = 1, visibility: Visibility = Visibility.NETWORK) -> str:
    promised = record(person(number), source_key=str(number), visibility=visibility)
    reserved = replace(promised, status=AidStatus.RESERVED, reserved_until=node.clock.now() + 3_600)
    record_id = node.store.reserve(reserved, Purpose.AID_OVERLAP, 6, "anna")
    enrol(node.store, {person(number).pseudonym_input(): pseudonym(number)})
    return record_id


async def ask(node: Answerer, *numbers: int, again: bool) -> int:
    """Ask about persons, and return how many findings are in the answer."""
    asked = question(*(subject(number) for number in numbers), again=again)
    arrived = node.answering.read(received(asked, CHALLENGE), Stream(COMUNE.id, CHALLENGE))
    answer = decode_answer((await node.answering.answer(arrived)).body)
    await asyncio.sleep(0)
    return sum(map(len, answer.slots))


def told(node: Answerer) -> list[dict[str, str | int]]:
    return [dict(kept.notice.params) for kept in node.store.notices("anna")]


def test_that_it_is_asked_again_is_signed_with_the_question() -> None:
    for again in (True, False):
        assert decode_question(encode_question(question(again=again))).again is again


async def test_who_asks_again_and_is_shown_a_promise_is_told_of_here(node: Answerer) -> None:
    record_id = promise(node)
    assert await ask(node, 1, again=False) == 1
    assert told(node) == []
    for _ in range(2):
        assert await ask(node, 1, again=True) == 1
        assert told(node) == [{"record": record_id[:8], "given": 0}]
    [kept] = node.store.notices("anna")
    assert (kept.notice.operator, kept.notice.check_id) == ("", "")


async def test_help_confirmed_lately_counts_and_other_help_does_not(node: Answerer) -> None:
    record_id = promise(node)
    node.store.confirm(record_id, TODAY, None, Sight(complete=True), "", "anna")
    node.store.add_record(record(person(2), source_key="2"), "anna")
    enrol(node.store, {person(2).pseudonym_input(): pseudonym(2)})
    assert await ask(node, 1, 2, again=True) == 2
    assert told(node) == [{"record": record_id[:8], "given": 1}]


async def test_of_what_nobody_was_shown_nobody_is_told(node: Answerer) -> None:
    promise(node, visibility=Visibility.ONLY_US)
    assert await ask(node, 1, 3, again=True) == 0
    assert told(node) == []
