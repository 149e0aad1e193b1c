"""The input documents that rules are checked against are those that nodes make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import Basis, Facet, Purpose, Role
from maglia.policy.engine import DECISIONS
from maglia.policy.inputs import input_schema
from maglia.policy.vectors import all_vectors
from node.domain.model import Operator
from node.inquiry import Inquiry, LawfulBasis, policy_document
from node.permissions import Permissions
from node.ports import Policy, Ruling
from node.referrals.rules import refer_document
from node.retention import Retention
from node.rpc.rules import OPERATOR_ROLES
from tests.clerk import CONSENT, fictional_code, person, record
from tests.peer_world import (
    COMUNE,
    PARISH,
    MemoryTrust,
    answerer,
    enrol,
    policy,
    pseudonym,
    question,
    raw_stream,
    served,
    subject,
)
from tests.report_world import asked_of


@dataclass
class Recording:
    """The real engine, with what it was asked."""

    inner: Policy = field(default_factory=policy)
    engine: str = "embedded"
    asked: dict[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        return self.inner.revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        self.asked[decision] = document
        return await self.inner.decide(decision, document)

    async def replace(self, bundle: bytes, revision: str) -> None:
        raise AssertionError(f"nobody changes the rules here: {len(bundle)}, {revision}")

    async def close(self) -> None:
        """Leave the engine to other tests."""


def paths(document: object, path: str = "input") -> Iterator[str]:
    """Yield every path of a document that leads to a value; null and an empty list are none."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from paths(value, f"{path}.{name}")
    elif isinstance(document, list):
        for entry in document:
            yield from paths(entry, f"{path}[]")
    elif document is not None:
        yield path


def of_schema(schema: Mapping[str, Any], path: str = "input") -> Iterator[str]:
    """Yield every path that a schema has."""
    if "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from of_schema(inner, f"{path}.{name}")
    elif "items" in schema:
        yield from of_schema(schema["items"], f"{path}[]")
    else:
        yield path


def known(decision: str) -> set[str]:
    return set(of_schema(input_schema(decision)))


@pytest.mark.parametrize("decision", DECISIONS)
def test_no_vector_says_what_the_document_does_not_have(decision: str) -> None:
    documents = [vector.document for vector in all_vectors() if vector.decision == decision]
    assert documents
    assert {path for document in documents for path in paths(document)} <= known(decision)


def test_an_operators_question() -> None:
    inquiry = Inquiry(parse_identifier(fictional_code(1)), Facet.RENT_ARREARS, Purpose.AID_OVERLAP, 6)
    basis = LawfulBasis(Basis.CONSENT, consent=CONSENT)
    anna = Operator("anna", "Anna", Role.VOLUNTEER)
    document = policy_document(inquiry, anna, basis, PARISH.member, [COMUNE.member], date(2025, 6, 1))
    assert set(paths(document)) == known("ask")


def test_an_operators_referral() -> None:
    document = refer_document(
        Role.VOLUNTEER, CONSENT, Facet.RENT_ARREARS, PARISH.member, COMUNE.member, date(2025, 6, 1)
    )
    assert set(paths(document)) == known("refer")


async def test_another_bodys_question(tmp_path: Path) -> None:
    trust, engine = MemoryTrust(), Recording()
    with answerer(tmp_path, trust, engine=engine) as node:
        node.store.add_record(record(person(1)), "anna")
        enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)})
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            await stream.send(question(subject(1)))
            await stream.read()
    assert set(paths(engine.asked["release"])) == known("release")


async def test_a_persons_request_to_know_who_looked_them_up(tmp_path: Path) -> None:
    engine = Recording()
    with answerer(tmp_path, MemoryTrust(), engine=engine) as node:
        await node.disclosing(engine=engine).judge(COMUNE.member, asked_of(1), named=True)
    assert set(paths(engine.asked["report"])) == known("report")


async def test_what_a_node_asks_of_itself() -> None:
    engine = Recording()
    await Retention(engine).renew()
    await Permissions(engine, OPERATOR_ROLES).renew()
    assert set(paths(engine.asked["retention"])) <= known("retention")
    assert set(paths(engine.asked["rpc"])) == known("rpc")
