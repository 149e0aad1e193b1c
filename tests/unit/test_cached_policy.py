"""Remembered rulings: the same question under the same bundle, and nothing that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from maglia.core.errors import Code, MagliaError
from node.policy.cached import JUDGED_AHEAD, CachedPolicy
from node.policy.ruling import to_ruling
from node.policy.watched import WatchedPolicy
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


async def test_a_question_about_nobody_known_costs_what_one_about_a_client_costs() -> None:
    """Each new form of question has every class judged that was ever met, so that what comes next needs no engine."""
    inner = Counting()
    policy = CachedPolicy(inner)
    hidden = {"id": "0", "consent": "withdrawn"}
    await policy.decide("release", {"day": "x", "classes": []})
    await policy.decide("release", {"day": "y", "classes": [hidden]})  # met for the first time, and judged by itself
    for classes in ([], [hidden]):
        for form in ("x", "of the next day", "of another day"):
            await policy.decide("release", {"day": form, "classes": classes})
        assert inner.documents == [
            [],
            [("0", "withdrawn")],
            *[[("0", "withdrawn")]] * 3,
        ]  # for nobody, and no more after
    await policy.decide("ask", {"day": "x"})
    assert inner.documents[-1] == []


async def test_a_question_about_nobody_known_reads_what_was_met_and_releases_none_of_it() -> None:
    policy = CachedPolicy(Counting())
    await policy.decide("release", {"day": "x", "classes": [{"id": "0", "consent": "match"}]})
    assert (await policy.decide("release", {"day": "y", "classes": []})).release == {}


async def test_more_classes_than_are_judged_ahead_are_judged_all_the_same() -> None:
    inner = Counting()
    policy = CachedPolicy(inner)
    many = [{"id": str(number), "consent": "match", "facet": str(number)} for number in range(JUDGED_AHEAD + 5)]
    first = await policy.decide("release", {"day": "x", "classes": many})
    again = await policy.decide("release", {"day": "y", "classes": many})
    assert len(first.release) == len(again.release) == len(many)
    await policy.decide("release", {"day": "z", "classes": []})
    assert [len(each) for each in inner.documents] == [len(many), len(many), JUDGED_AHEAD]


async def test_after_a_failure_nothing_is_remembered_for_anybody() -> None:
    """Else a stranger would be answered and a client refused, for whose class the engine is needed."""
    inner = Counting()
    policy = CachedPolicy(inner)
    await policy.decide("release", {"classes": []})
    inner.fails = True
    for classes in ([{"id": "0", "consent": "withdrawn"}], []):
        with pytest.raises(MagliaError):
            await policy.decide("release", {"classes": classes})
    inner.fails = False
    assert (await policy.decide("release", {"classes": []})).allow
    assert inner.asked == 4


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


async def test_a_replacement_is_a_problem_only_once_it_failed() -> None:
    inner = Counting()
    policy = WatchedPolicy(inner)
    told: list[list[Code]] = []

    async def replace(bundle: bytes, revision: str) -> None:
        del bundle
        told.append(policy.problems())
        if revision == "bad":
            raise MagliaError(Code.POLICY_UNAVAILABLE)
        inner.revision = inner.answers_as = revision

    inner.replace = replace  # type: ignore[method-assign]
    with pytest.raises(MagliaError):
        await policy.replace(b"", "bad")
    assert (told, policy.problems()) == ([[]], [Code.POLICY_STALE])
    await policy.replace(b"", "two")
    assert (policy.problems(), (await policy.decide("ask", {})).revision) == ([], "two")


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
    for _ in range(2):
        assert (await policy.decide("ask", {})).revision == "two"
    assert inner.asked == 4  # each time once more, for a ruling of one bundle alone


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
