"""Each class of a question is judged by itself: what the cache of rulings rests on."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.vocabulary import AidStatus, Basis, Facet, Visibility
from maglia.policy.vectors.documents import PARISH_ASKED
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from tests.peer_world import POLICIES

CLASSES = [
    dict(zip(("facet", "basis", "consent", "objection", "visibility", "status", "age"), values, strict=True))
    for values in product(
        (Facet.FOOD_PARCEL, Facet.CANTEEN, Facet.GAS, "health_visit"),
        Basis,
        ("match", "mismatch", "withdrawn", "none"),
        (False, True),
        Visibility,
        AidStatus,
        ("in_window", "out_of_window"),
    )
]
QUESTIONS: list[dict[str, Any]] = [
    PARISH_ASKED,
    {**PARISH_ASKED, "responder": {"kind": "comune"}},
    {**PARISH_ASKED, "query": {**PARISH_ASKED["query"], "purpose": "rent_subsidy"}},
]


def question(base: dict[str, Any], classes: list[dict[str, Any]]) -> dict[str, Any]:
    return {**base, "classes": [{"id": str(number), **each} for number, each in enumerate(classes)]}


@pytest.mark.parametrize("base", QUESTIONS)
async def test_a_class_is_judged_alike_alone_and_among_others(base: dict[str, Any]) -> None:
    policy = EmbeddedPolicy(*build_bundle(POLICIES))
    chosen = random.Random(5).sample(CLASSES, 60)
    together = await policy.decide("release", question(base, chosen))
    for number, each in enumerate(chosen):
        alone = await policy.decide("release", question(base, [each]))
        assert (alone.allow, alone.reasons) == (together.allow, together.reasons)
        assert alone.release.get("0") == together.release.get(str(number))


@pytest.mark.parametrize("base", QUESTIONS)
async def test_a_remembered_ruling_is_the_engines(base: dict[str, Any]) -> None:
    engine = EmbeddedPolicy(*build_bundle(POLICIES))
    remembered, draw = CachedPolicy(engine), random.Random(9)
    for _ in range(40):
        document = question(base, draw.sample(CLASSES, draw.randrange(8)))
        assert await remembered.decide("release", document) == await engine.decide("release", document)
