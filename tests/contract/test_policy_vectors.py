"""One set of decision vectors, the same rulings from both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.policy.engine import DECISIONS
from maglia.policy.vectors import HANDWRITTEN, Vector, all_vectors
from maglia.policy.vectors.documents import PARISH_ASKED
from maglia.policy.vectors.release import DETAIL, PRESENCE
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.ports import Policy, Ruling
from tests.opa_binary import required_opa

pytestmark = pytest.mark.asyncio(loop_scope="module")

POLICIES = Path(__file__).parents[2] / "policies"
BUNDLE, REVISION = build_bundle(POLICIES)
VECTORS = list(all_vectors())
Rulings = list[tuple[Vector, Ruling]]


@pytest.fixture(scope="module")
def embedded() -> Policy:
    return EmbeddedPolicy(BUNDLE, REVISION)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rulings(embedded: Policy) -> Rulings:
    return [(vector, await embedded.decide(vector.decision, vector.document)) for vector in VECTORS]


async def test_both_engines_rule_alike_on_every_vector(rulings: Rulings, tmp_path: Path) -> None:
    assert len(rulings) > 300
    opa = await OpaPolicy.start(required_opa(), tmp_path, BUNDLE, REVISION)
    try:
        differing = [
            (vector, ruling)
            for vector, ruling in rulings
            if await opa.decide(vector.decision, vector.document) != ruling
        ]
    finally:
        await opa.close()
    assert differing == []


async def test_a_vector_written_by_hand_gives_what_it_says(rulings: Rulings) -> None:
    written = {id(vector): ruling for vector, ruling in rulings if vector.expected is not None}
    assert len(written) == len(HANDWRITTEN)
    for vector in HANDWRITTEN:
        assert written[id(vector)] == _expected(vector), vector.title


def _expected(vector: Vector) -> Ruling:
    said = dict(vector.expected or {})
    release = {name: tuple(fields) for name, fields in said.get("release", {}).items()}  # type: ignore[attr-defined]
    return Ruling(bool(said["allow"]), tuple(said["reasons"]), release, REVISION)  # type: ignore[arg-type]


async def test_no_vector_is_there_twice() -> None:
    titles = [(vector.rule, vector.title) for vector in HANDWRITTEN]
    assert len(set(titles)) == len(titles)
    asked = [repr((vector.decision, vector.document)) for vector in HANDWRITTEN]
    assert len(set(asked)) == len(asked)


async def test_the_vectors_reach_every_end(rulings: Rulings) -> None:
    assert {reason for _, ruling in rulings for reason in ruling.reasons} == {
        "policy.purpose",
        "policy.role",
        "policy.facet",
        "policy.taker",
        "policy.basis",
        "policy.denied",
        "consent.missing",
        "consent.expired",
        "consent.case_missing",
        "session.role",
    }
    shown = {fields for vector, ruling in rulings if vector.decision == "release" for fields in ruling.release.values()}
    assert shown == {PRESENCE, DETAIL}
    assert {(vector.decision, ruling.allow) for vector, ruling in rulings} == {
        (decision, allow) for decision in DECISIONS for allow in (True, False)
    }


async def test_no_vector_opens_what_the_law_closes(rulings: Rulings) -> None:
    for vector, ruling in rulings:
        if vector.decision != "release":
            continue
        classes = {one["id"]: one for one in vector.document.get("classes", ())}
        for number, fields in ruling.release.items():
            one = classes[number]
            assert "_x" not in one["facet"]
            assert (one["visibility"], one["age"]) == ("network", "in_window")
            assert one["basis"] == "public_task" or (one["consent"], one["objection"]) == ("match", False)
            assert fields == PRESENCE or vector.document["asker"]["kind"] in {"comune", "social_district"}


async def test_a_decision_nobody_wrote_is_no_ruling(embedded: Policy) -> None:
    with pytest.raises(MagliaError) as refused:
        await embedded.decide("no_such_decision", PARISH_ASKED)
    assert refused.value.code is Code.POLICY_UNAVAILABLE
