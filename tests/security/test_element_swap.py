"""The element swap: databases of bare elements are joined by submitting each to the other's key; ours are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from maglia.core import group
from maglia.core.identifiers import parse_identifier
from maglia.core.pseudonym import ALL_SHARES, Evaluator, KeySet, Share, blind, combine
from maglia.core.vocabulary import PseudonymClass
from node.enrol import Enrolment
from node.entries import Entries
from node.ports import Evaluating
from node.pseudonyms import Pseudonyms
from node.recording import Recording
from tests.clerk import StoppedClock, fictional_code, open_store, record
from tests.peer_world import NETWORK, Body, MemoryEvaluator, MemoryLog, MemoryTrust, OneKey
from tests.security.thief import Evaluate, swapped

ONE, OTHER = Body("caritas"), Body("parrocchia")
TRUST = MemoryTrust((ONE, OTHER))
CODES = [fictional_code(number) for number in range(12)]
BOTH = CODES[4:8]
"""Persons whom both bodies help."""


class BareElements(Pseudonyms):
    """A weakened build: it stores the element that the key makes of a person, instead of a hash with its input."""

    async def of_inputs(self, inputs: Sequence[bytes], key_set: KeySet, wanted: Evaluating) -> list[list[bytes]]:
        """Return the elements, unblinded."""
        blinded = [blind(each) for each in inputs]
        elements = [each.element for each in blinded]
        parts = await self._evaluator.evaluate(key_set, elements, wanted)
        rows = combine(key_set, elements, parts)
        return [[group.multiply(one.inverse, each) for each in row] for one, row in zip(blinded, rows, strict=True)]


async def enrolled(folder: Path, body: Body, codes: Sequence[str], build: type[Pseudonyms]) -> dict[bytes, str]:
    """Help these persons and have them enrolled; return what is stored, with whom it stands for."""
    clock = StoppedClock()
    store = open_store(folder / f"{body.id}.db", clock, key=body.id.encode().ljust(32))
    for code in codes:
        store.add_record(record(parse_identifier(code)), "anna")
    entries = Entries(MemoryLog(), OneKey(), clock)
    made, recording = build(MemoryEvaluator(), store, clock), Recording(store, entries)
    await Enrolment(body.id, store, entries, recording, TRUST, made).enrol_all()
    truth = {one.subject_id: one.typed_input.decode()[3:] for one in store.awaiting(2, 100)}
    store.close()
    with closing(sqlite3.connect(folder / f"{body.id}.db")) as thief:
        stored = thief.execute("SELECT pseudonym, subject_id FROM pseudonym").fetchall()
    return {value: truth[number] for value, number in stored}


def key_of(body: Body) -> Evaluate:
    """Return what the registry lends to any member: its evaluation under another member's key."""
    evaluator = Evaluator({share: bytes([share]) * 32 for share in Share if share != ALL_SHARES})
    key_set = TRUST.keys().own_set(PseudonymClass.PERSON, body.id)
    assert key_set.digest == evaluator.key_set(NETWORK, PseudonymClass.PERSON, 1, [body.id]).digest

    def evaluate(elements: list[bytes]) -> list[bytes]:
        return list(evaluator.evaluate(key_set, ALL_SHARES, elements).elements)

    return evaluate


@pytest.fixture(params=[BareElements, Pseudonyms])
def build(request: pytest.FixtureRequest) -> type[Pseudonyms]:
    made: type[Pseudonyms] = request.param
    return made


async def test_only_bare_elements_are_joined_by_swapping_them(tmp_path: Path, build: type[Pseudonyms]) -> None:
    one = await enrolled(tmp_path, ONE, CODES[:8], build)
    other = await enrolled(tmp_path, OTHER, CODES[4:], build)
    assert set(one.values()) & set(other.values()) == set(BOTH)
    met = swapped(one, other, key_of(ONE), key_of(OTHER))
    assert all(one[left] == other[right] for left, right in met)
    assert {one[left] for left, _ in met} == (set(BOTH) if build is BareElements else set())
    assert {len(value) for value in (*one, *other)} == {32 if build is BareElements else 16}
