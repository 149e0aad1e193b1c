"""Remembered rulings: the same question under the same bundle, and nothing that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from maglia.core.errors import Code, MagliaError
from node.policy.cached import CachedPolicy
from node.policy.ruling import to_ruling
from node.ports import Ruling


class Counting:
    """An engine that counts what reaches it; `answers_as` is the revision its rulings carry."""

    def __init__(self) -> None:
        self.engine = "counting"
        self.revision = self.answers_as = "one"
        self.asked = 0
        self.fails = False
        self.documents: list[list[tuple[str, str]]] = []

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        del decision
        self.asked += 1
        if self.fails:
            raise MagliaError(Code.POLICY_UNAVAILABLE)
        classes = cast("list[dict[str, str]]", document.get("classes", []))
        self.documents.append([(each["id"], each["consent"]) for each in classes])
        released = {each["id"]: ("facet",) for each in classes if each["consent"] == "match"}
        return Ruling(True, (), released, self.answers_as)

    async def replace(self, bundle: bytes, revision: str) -> None:
        del bundle
        self.revision = self.answers_as = revision

    async def close(self) -> None:
        self.fails = True


async def test_equal_questions_are_decided_once() -> None:
    inner = Counting()
    policy = CachedPolicy(inner)
    first = await policy.decide("ask", {"query": {"facet": "gas", "months": 6}, "day": "2026-11-21"})
    second = await policy.decide("ask", {"day": "2026-11-21", "query": {"months": 6, "facet": "gas"}})
    assert (first, inner.asked) == (second, 1)


async def test_another_decision_or_consent_is_another_question() -> None:
    inner = Counting()
    policy = CachedPolicy(inner)
    for decision, consent in (("ask", "match"), ("release", "match"), ("ask", "withdrawn")):
        await policy.decide(decision, {"classes": [{"id": "0", "consent": consent}]})
    assert inner.asked == 3


async def test_only_classes_not_judged_before_are_asked() -> None:
    inner = Counting()
    policy = CachedPolicy(inner)
    given, withdrawn = {"consent": "match"}, {"consent": "withdrawn"}
    await policy.decide("release", {"day": "x", "classes": [{"id": "0", **given}]})
    both = await policy.decide("release", {"day": "x", "classes": [{"id": "0", **withdrawn}, {"id": "1", **given}]})
    again = await policy.decide("release", {"day": "x", "classes": [{"id": "7", **given}]})
    assert inner.documents == [[("0", "match")], [("0", "withdrawn")]]
    assert both.release == {"1": ("facet",)}
    assert again.release == {"7": ("facet",)}


async def test_a_change_of_bundle_mixes_no_rulings() -> None:
    inner = Counting()
    policy = CachedPolicy(inner)
    await policy.decide("release", {"classes": [{"id": "0", "consent": "match"}]})
    inner.answers_as = "two"
    both = {"classes": [{"id": "0", "consent": "match"}, {"id": "1", "consent": "withdrawn"}]}
    ruling = await policy.decide("release", both)
    assert (ruling.revision, ruling.release) == ("two", {"0": ("facet",)})


async def test_another_bundle_is_asked_again() -> None:
    inner = Counting()
    policy = CachedPolicy(inner)
    await policy.decide("ask", {})
    await policy.replace(b"", "two")
    assert (await policy.decide("ask", {})).revision == "two"
    assert inner.asked == 2


async def test_failures_are_not_remembered() -> None:
    inner = Counting()
    inner.fails = True
    policy = CachedPolicy(inner)
    with pytest.raises(MagliaError):
        await policy.decide("ask", {})
    inner.fails = False
    assert (await policy.decide("ask", {})).allow


async def test_a_ruling_given_while_bundles_change_is_not_remembered() -> None:
    inner = Counting()
    inner.answers_as = "two"
    policy = CachedPolicy(inner)
    await policy.decide("ask", {})
    await policy.decide("ask", {})
    assert inner.asked == 2


async def test_the_least_used_goes_first() -> None:
    inner = Counting()
    policy = CachedPolicy(inner, size=2)
    for number in (1, 2, 1, 3, 1, 2):
        await policy.decide("ask", {"number": number})
    assert inner.asked == 4


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        "undefined",
        {"allow": True},
        {"allow": 1, "reasons": [], "revision": "one"},
        {"allow": True, "reasons": [], "revision": ""},
        {"allow": True, "reasons": "", "revision": "one"},
        {"allow": True, "reasons": ["policy.denied"], "revision": "one"},
        {"allow": False, "reasons": [], "revision": "one"},
        {"allow": False, "reasons": ["policy.denied"], "release": {"0": ["facet"]}, "revision": "one"},
        {"allow": True, "reasons": [], "release": {"0": "facet"}, "revision": "one"},
        {"allow": True, "reasons": [], "release": ["0"], "revision": "one"},
    ],
)
def test_what_is_not_exactly_a_ruling_denies(document: object) -> None:
    with pytest.raises(MagliaError) as refused:
        to_ruling(document)
    assert refused.value.code is Code.POLICY_UNAVAILABLE
