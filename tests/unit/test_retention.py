"""How long a record answers: as the rules in force say, never longer than the program allows, less when in doubt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code
from maglia.core.vocabulary import Facet
from node.domain.retention import LONGEST, SHORTEST, Terms
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.retention import Retention
from tests.clerk import CONSENT, TODAY, person, record
from tests.opa_binary import required_opa
from tests.peer_world import (
    POLICIES,
    MemoryLog,
    MemoryTrust,
    answer_from,
    answerer,
    enrol,
    pseudonym,
    question,
    subject,
)

BUNDLE, REVISION = build_bundle(POLICIES)
RENT = "rent_arrears"


def rules(folder: Path, change: Callable[[Any], object]) -> tuple[bytes, str]:
    """Return the bundle of rules whose terms were changed."""
    shutil.copytree(POLICIES, folder)
    path = folder / "maglia" / "terms" / "data.json"
    terms = json.loads(path.read_text())
    change(terms["node"])
    path.write_text(json.dumps(terms))
    return build_bundle(folder)


def kept(**months: int) -> Callable[[Any], object]:
    return lambda terms: terms["aid"].update({facet: {"months": number} for facet, number in months.items()})


async def under(bundle: bytes, revision: str) -> Retention:
    made = Retention(CachedPolicy(EmbeddedPolicy(bundle, revision)))
    await made.renew()
    return made


def until(terms: Terms, facet: str) -> date:
    return terms.keep_until(facet, date(2025, 1, 31))


async def test_the_rules_of_the_repository_say_what_the_program_allows() -> None:
    retention = await under(BUNDLE, REVISION)
    assert all(until(retention.terms(), facet) == until(LONGEST, facet) for facet in (*Facet, "health_x", "lottery"))
    assert retention.problems() == []


async def test_rules_may_shorten_and_not_lengthen(tmp_path: Path) -> None:
    terms = (await under(*rules(tmp_path / "other", kept(rent_arrears=12, gas=600)))).terms()
    assert until(terms, RENT) == date(2026, 1, 31)
    assert until(terms, "gas") == until(LONGEST, "gas") == date(2028, 1, 31)
    assert until(terms, "rent_current") == date(2028, 1, 31)


@pytest.mark.parametrize(
    "change",
    [
        kept(rent_arrears=0),
        lambda terms: terms["aid"].update(gas={"years": 3}),
        lambda terms: terms["aid"].update(gas={"days": 900}),
        lambda terms: terms.pop("other_aid"),
        lambda terms: terms.pop("aid") and terms.pop("other_aid"),
    ],
    ids=["nothing", "years", "days", "no other aid", "no aid at all"],
)
async def test_terms_that_cannot_be_read_leave_the_shorter_one_and_say_so(
    tmp_path: Path, change: Callable[[Any], object]
) -> None:
    retention = await under(*rules(tmp_path / "odd", change))
    assert all(until(retention.terms(), facet) == until(SHORTEST, facet) for facet in (*Facet, "health_x"))
    assert retention.problems() == [Code.POLICY_RETENTION]


async def test_what_was_read_before_stays_where_it_is_shorter_still(tmp_path: Path) -> None:
    policy = CachedPolicy(EmbeddedPolicy(*rules(tmp_path / "short", kept(food_parcel=6, rent_arrears=30))))
    retention = Retention(policy)
    await retention.renew()
    retention.terms()
    await policy.replace(*rules(tmp_path / "odd", lambda terms: terms.pop("other_aid")))
    for _ in range(2):
        assert retention.problems() == [Code.POLICY_RETENTION]
        assert until(retention.terms(), "food_parcel") == date(2025, 7, 31)
        assert until(retention.terms(), RENT) == until(SHORTEST, RENT)
        await retention.renew()


@pytest.mark.parametrize("answered_before", [True, False])
async def test_what_was_read_stays_while_the_engine_is_down(tmp_path: Path, answered_before: bool) -> None:
    engine = await OpaPolicy.start(required_opa(), tmp_path / "opa", BUNDLE, REVISION)
    retention = Retention(engine)
    if answered_before:
        await retention.renew()
    await engine.close()
    await retention.renew()
    assert until(retention.terms(), RENT) == until(LONGEST if answered_before else SHORTEST, RENT)
    assert bool(retention.problems()) is not answered_before


@pytest.mark.parametrize(
    ("change", "answers"),
    [(kept(rent_arrears=36), True), (kept(rent_arrears=12), False), (lambda terms: terms.pop("other_aid"), False)],
    ids=["in its term", "past its term", "no terms to be read"],
)
async def test_a_record_past_its_term_answers_nothing(
    tmp_path: Path, change: Callable[[Any], object], answers: bool
) -> None:
    retention = await under(*rules(tmp_path / "rules", change))
    with answerer(tmp_path, MemoryTrust(), log=MemoryLog(), terms=retention.terms) as node:
        given = date(TODAY.year - 2, TODAY.month - 1, 1)
        node.store.add_record(record(person(1), day=given, consent=CONSENT), "anna")
        enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)})
        asked = question(subject(1), months=36)
        answer = await answer_from(node.answering, asked)
        assert [bool(slot) for slot in answer.slots] == [answers]
        assert node.store.record_count() == 1
