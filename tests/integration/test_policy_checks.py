"""Rules that must not be published: each is refused with its file and its rule, before any officer is asked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Facet, Family, Kind, Role
from maglia.policy.checks import OPA_CHECKS, check_policies
from maglia.policy.engine import Engine
from maglia.policy.special import Trial, is_opened
from tests.opa_binary import required_opa

POLICIES = Path(__file__).parents[2] / "policies"
ROLE = "role_allowed if input.operator.role in question.purpose.roles"
BY_VARIABLE = "role_allowed if {\n\to := input.operator\n\to.rolee in question.purpose.roles\n}"
NOTHING_SAID = "test_nothing_said_is_denied if {\n\task.decision.allow == false"
NO_SPECIAL = "\tnot special(facet)\n"
EXCEPT_ONE = """
# METADATA
# title: All but one
# description: Law rule 4.
closed(facet) if {
	special(facet)
	input.asker.kind != "odv"
}
"""


@pytest.fixture(params=["opa", "no opa"])
def opa(request: pytest.FixtureRequest) -> Path | None:
    return required_opa() if request.param == "opa" else None


def altered(folder: Path, file: str, old: str, new: str, *, end: str = "") -> Path:
    """Return a copy of the policies with one thing written otherwise."""
    copied = folder / "policies"
    shutil.copytree(POLICIES, copied)
    text = (copied / file).read_text()
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1) + end)
    return copied


def refusals(folder: Path, opa: Path | None) -> list[tuple[Code, str, str]]:
    """Return code, file and rule of each refusal."""
    report = check_policies(folder, opa)
    return [(one.code, one.params["file"], one.params.get("rule", one.params.get("key", ""))) for one in report.refused]


def test_the_rules_of_this_repository_can_be_published(opa: Path | None) -> None:
    report = check_policies(POLICIES, opa)
    assert report.refused == ()
    assert report.not_made == (() if opa else OPA_CHECKS)


FACETS, LEVELS = "maglia/facets/data.json", "maglia/levels/data.json"
LACKING = [
    ("levels", (POLICIES / LEVELS).read_text(), "[]", Code.INPUT_RULES_MISSING, "levels"),
    ("facets", '  "gas": {"family": "utilities", "shareable": true},\n', "", Code.INPUT_RULES_MISSING, "gas"),
    (
        "facets",
        '"gas": {"family": "utilities"',
        '"gas": {"family": "food"',
        Code.INPUT_RULES_UNKNOWN,
        "gas.family: food",
    ),
    ("facets", '  "gas"', '  "lottery"', Code.INPUT_RULES_MISSING, "gas"),
    (
        "facets",
        '  "gas"',
        '  "health_x": {"family": "food", "shareable": true},\n  "gas"',
        Code.INPUT_RULES_SPECIAL,
        "health_x",
    ),
    ("kinds", '  "parish": {"group": "third_sector"},\n', "", Code.INPUT_RULES_MISSING, "parish"),
    ("purposes", '"referral": {', '"gossip": {', Code.INPUT_RULES_MISSING, "referral"),
    ("purposes", '"manager"]', '"boss"]', Code.INPUT_RULES_UNKNOWN, "aid_overlap.roles: boss"),
    (
        "purposes",
        '["comune", "social_district"]',
        '["comune", "parish"]',
        Code.INPUT_RULES_UNKNOWN,
        "rent_subsidy.kinds: parish",
    ),
    ("levels", '"*": "detail"', '"*": "all"', Code.INPUT_RULES_UNKNOWN, "public.rent_subsidy.public.*: all"),
    (
        "levels",
        '"*": "detail"',
        '"*": "detail", "violence_x": "detail"',
        Code.INPUT_RULES_SPECIAL,
        "public.rent_subsidy.public.violence_x",
    ),
    ("fields", '"contact"', '"tax"', Code.INPUT_RULES_UNKNOWN, "detail: tax"),
    ("special", '"violence_", ', "", Code.INPUT_RULES_MISSING, "violence_"),
    ("limits", '"months": 36', '"months": 400', Code.INPUT_RULES_UNKNOWN, "months: 400"),
    (
        "doors",
        '"OperatorService/AddAid": ["volunteer"',
        '"OperatorService/AddAid": ["passer_by"',
        Code.INPUT_RULES_UNKNOWN,
        "node_front.OperatorService/AddAid: passer_by",
    ),
    ("disclosure", '"dpo"', '"manager"', Code.INPUT_RULES_UNKNOWN, "approver: manager"),
    ("disclosure", '"categories"]', '"categories", "operator"]', Code.INPUT_RULES_UNKNOWN, "always: operator"),
    ("disclosure", '"question", ', "", Code.INPUT_RULES_MISSING, "events.question"),
    ("terms", '      "gas": {"months": 36},\n', "", Code.INPUT_RULES_MISSING, "aid.gas"),
    ("terms", '"gas": {"months": 36}', '"gas": {"months": 48}', Code.INPUT_RULES_UNKNOWN, "aid.gas: {'months': 48}"),
    ("terms", '"gas"', '"violence_x": {"months": 1}, "gas"', Code.INPUT_RULES_SPECIAL, "violence_x"),
    ("terms", '{"days": 30}', '{"days": 0}', Code.INPUT_RULES_UNKNOWN, "finding: {'days': 0}"),
    ("absence", '"days": 14', '"days": 0', Code.INPUT_RULES_UNKNOWN, "days: 0"),
    ("absence", '"days": 14', '"days": 366', Code.INPUT_RULES_UNKNOWN, "days: 366"),
    ("absence", '"days": 14', '"weeks": 2', Code.INPUT_RULES_MISSING, "days"),
    ("absence", '"days": 14', '"days": 14, "weeks": 2', Code.INPUT_RULES_UNKNOWN, "weeks"),
    ("signals", '["node", "auditor"]', '["node"]', Code.INPUT_RULES_MISSING, "watchers.auditor"),
    ("signals", '"tue": [["07:30", "19:30"]],', "", Code.INPUT_RULES_MISSING, "hours.public.tue"),
    (
        "signals",
        '"sat": [["07:30", "13:30"]]',
        '"sat": [["13:30", "7:30"]]',
        Code.INPUT_RULES_UNKNOWN,
        "hours.public.sat: [['13:30', '7:30']]",
    ),
    ("signals", '"12-25"', '"25-12"', Code.INPUT_RULES_UNKNOWN, "holidays: 25-12"),
    ("signals", '"counts": "misses"', '"counts": "persons"', Code.INPUT_RULES_MISSING, "rules: misses"),
    ("signals", '"counts": "misses"', '"counts": "aid"', Code.INPUT_RULES_UNKNOWN, "rules.many_misses.counts: aid"),
    ("signals", '"from": 10\n', '"from": 0\n', Code.INPUT_RULES_UNKNOWN, "rules.refusals.from: 0"),
    ("signals", '"volunteer": 25', '"passer_by": 25', Code.INPUT_RULES_UNKNOWN, "rules.bulk_day.roles.passer_by"),
    ("signals", '"share": 70', '"share": 700', Code.INPUT_RULES_UNKNOWN, "rules.many_misses.share: 700"),
    ("signals", '"days": 7', '"days": 61', Code.INPUT_RULES_UNKNOWN, "rules.repeated_person.days: 61"),
    ("signals", '"it": "FUORI ORARIO", ', "", Code.INPUT_RULES_MISSING, "rules.out_of_hours.it"),
]


@pytest.mark.parametrize(("table", "old", "new", "code", "key"), LACKING, ids=[each[4] for each in LACKING])
def test_data_that_do_not_speak_the_vocabulary(
    table: str, old: str, new: str, code: Code, key: str, tmp_path: Path
) -> None:
    file = f"maglia/{table}/data.json"
    assert (code, file, key) in refusals(altered(tmp_path, file, old, new), None)


WRONG = {
    "syntax": ("ask/ask.rego", "allow if {\n", "allow if {{\n", Code.INPUT_RULES_COMPILE, "allow"),
    "unsafe": (
        "ask/ask.rego",
        ROLE,
        "role_allowed if input.operator.role in x",
        Code.INPUT_RULES_COMPILE,
        "role_allowed",
    ),
    "input": (
        "ask/ask.rego",
        ROLE,
        ROLE.replace("operator.role", "operator.rolee"),
        Code.INPUT_RULES_INPUT,
        "role_allowed",
    ),
    "by a variable": ("ask/ask.rego", ROLE, BY_VARIABLE, Code.INPUT_RULES_INPUT, "role_allowed"),
    "a class": (
        "release/release.rego",
        "class.visibility ==",
        "class.visibilita ==",
        Code.INPUT_RULES_INPUT,
        "meant_for_network",
    ),
    "network": (
        "ask/ask.rego",
        ROLE,
        'role_allowed if http.send({"method": "get", "url": "http://x"}).body',
        Code.INPUT_RULES_OUTSIDE,
        "role_allowed",
    ),
    "clock": ("ask/ask.rego", ROLE, "role_allowed if time.now_ns() > 1", Code.INPUT_RULES_OUTSIDE, "role_allowed"),
    "permits nothing said": (
        "ask/ask.rego",
        "default allow := false",
        "default allow := true",
        Code.INPUT_RULES_DECISION,
        "decision",
    ),
    "no decision": ("rpc/rpc.rego", "\ndecision := {", "\nverdict := {", Code.INPUT_RULES_DECISION, "decision"),
    "form": (
        "ask/ask.rego",
        "\tquestion.purpose_allowed\n",
        "    question.purpose_allowed\n",
        Code.INPUT_RULES_FORMAT,
        "",
    ),
    "test": (
        "ask/ask_test.rego",
        NOTHING_SAID,
        NOTHING_SAID.replace("false", "true"),
        Code.INPUT_RULES_TEST,
        "test_nothing_said_is_denied",
    ),
}
ONLY_OPA = {"unsafe", "by a variable", "form", "test"}


@pytest.mark.parametrize("wrong", WRONG)
def test_rules_that_are_wrong(wrong: str, tmp_path: Path) -> None:
    file, old, new, code, rule = WRONG[wrong]
    folder = altered(tmp_path, file, old, new)
    for opa in (required_opa(), *([] if wrong in ONLY_OPA else [None])):
        assert (code, file, rule) in refusals(folder, opa)


@pytest.mark.parametrize("package", ["system.authz", "other", 'maglia["ask"]'])
def test_a_package_outside_the_bundles_root(package: str, tmp_path: Path) -> None:
    folder = altered(tmp_path, "ask/ask.rego", "package maglia.ask\n", f"package {package}\n")
    assert refusals(folder, None) == [(Code.INPUT_RULES_SHAPE, "ask/ask.rego", "")]


@pytest.mark.parametrize("content", ["{", '{"a": 1} {"b": 2}'])
def test_data_that_are_no_object(content: str, tmp_path: Path) -> None:
    folder = altered(tmp_path, LEVELS, "", "")
    (folder / LEVELS).write_text(content)
    assert refusals(folder, None) == [(Code.INPUT_RULES_SHAPE, LEVELS, "")]


def test_data_outside_the_bundles_root(tmp_path: Path) -> None:
    folder = altered(tmp_path, LEVELS, "", "")
    (folder / "other").mkdir()
    (folder / "other" / "data.json").write_text("{}")
    assert refusals(folder, None) == [(Code.INPUT_RULES_SHAPE, "other/data.json", "")]


def test_more_than_a_bundle_may_hold(tmp_path: Path) -> None:
    folder = altered(tmp_path, LEVELS, "", "")
    (folder / "ask" / "noise.rego").write_text("package maglia.noise\n# " + os.urandom(2**20).hex())
    with pytest.raises(MagliaError) as large:
        check_policies(folder, None)
    assert large.value.code is Code.INPUT_TOO_LARGE


def test_rules_that_would_open_special_categories_if_the_data_listed_one(tmp_path: Path) -> None:
    found = refusals(altered(tmp_path, "question/question.rego", NO_SPECIAL, "\tis_string(facet)\n"), None)
    named = {(file, rule) for code, file, rule in found if code is Code.INPUT_RULES_SPECIAL}
    assert named == {(f"{name}/{name}.rego", "decision") for name in ("ask", "refer", "release")}


def test_a_special_category_opened_to_one_kind_of_body(tmp_path: Path) -> None:
    folder = altered(tmp_path, "question/question.rego", NO_SPECIAL, "\tnot closed(facet)\n", end=EXCEPT_ONE)
    found = refusals(folder, required_opa())
    assert (Code.INPUT_RULES_SPECIAL, "question/question.rego", "facet_shareable") in found


def test_the_trial_would_be_allowed_but_for_the_special_facet() -> None:
    """Else it would prove nothing: with an ordinary facet in its place, some of every sort must be let through."""
    engine, few = Engine(*build_bundle(POLICIES)), Trial((Kind.COMUNE, Kind.PARISH), (Role.OFFICER,))
    asked = [ordinarily(each) for each in few.ask(lambda _: Family.HOUSING)]
    answered = [ordinarily(each) for each in few.release(lambda _: Family.HOUSING, lambda _: Facet.RENT_ARREARS)]
    allowed = {(doc["asker"]["kind"], doc["query"]["purpose"]) for doc in asked if allows(engine.evaluate("ask", doc))}
    assert allowed >= {("comune", "rent_subsidy"), ("parish", "aid_overlap"), ("parish", "referral")}
    decided = [engine.evaluate("release", doc) for doc in answered]
    assert any(isinstance(one, Mapping) and one["release"] for one in decided)
    assert any(allows(engine.evaluate("refer", ordinarily(each))) for each in few.refer(lambda _: Family.HOUSING))
    assert not is_opened(asked[0], {"allow": False})


def ordinarily(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trial's question with an ordinary facet wherever it has a special one."""
    facet = Facet.RENT_ARREARS.value
    plain = {**document, "query": {**document["query"], "facet": facet}}
    if "classes" in document:
        plain["classes"] = [{**each, "facet": facet} for each in document["classes"]]
    return plain


def allows(decided: object) -> bool:
    return isinstance(decided, Mapping) and decided["allow"] is True


ONLY_AT_OPA = """
# METADATA
# title: Not for an accented aid
# description: Law rule 3.
accented(facet) if startswith(lower(facet), lower("À"))
"""


def test_a_rule_that_the_two_engines_take_differently_is_refused(tmp_path: Path) -> None:
    """One engine does not lower a letter with an accent: undefined there, and with `not` in front an allow."""
    seen = '\tnot accented(class.facet)\n\tlower("À") == "à"\n'
    folder = altered(
        tmp_path, "release/release.rego", "\tin_force(class)\n", f"\tin_force(class)\n{seen}", end=ONLY_AT_OPA
    )
    (found,) = refusals(folder, required_opa())
    assert found[:2] == (Code.INPUT_RULES_ENGINES, "release/release.rego")


def test_data_nested_without_end_are_refused(tmp_path: Path) -> None:
    folder = altered(tmp_path, FACETS, "{\n", f'{{"gas": {"[" * 50_000}{"]" * 50_000},\n')
    assert (Code.INPUT_RULES_SHAPE, FACETS, "") in refusals(folder, None)


def test_data_that_say_one_thing_twice_are_refused(tmp_path: Path, opa: Path | None) -> None:
    """Whoever reads the file sees the first, engines take the last."""
    twice = '"gas": {"family": "utilities", "shareable": false, "shareable": true}'
    folder = altered(tmp_path, FACETS, '"gas": {"family": "utilities", "shareable": true}', twice)
    assert (Code.INPUT_RULES_SHAPE, FACETS, "") in refusals(folder, opa)


WAITING = "\n\nfacet_shareable(facet) if {\n\tdata.maglia.facets[facet].shareable == true\n\t%s\n}\n"


@pytest.mark.parametrize(
    "waits_for",
    [
        'object.get(input.query, "months", 7) == 7\n\tinput.day > "2027-01-01"',
        'input.query.facet in ["gas", "health_food"]',
    ],
    ids=["months and day", "facet"],
)
def test_rules_that_wait_to_open_a_special_category_are_refused(tmp_path: Path, waits_for: str) -> None:
    """Tests written beside such a rule hold: nobody but the trial asks about other months, days and facets."""
    file = "question/question.rego"
    folder = altered(tmp_path, file, f"{NO_SPECIAL}}}", f"{NO_SPECIAL}}}{(WAITING % waits_for).rstrip()}")
    assert (Code.INPUT_RULES_SPECIAL, file, "facet_shareable") in refusals(folder, required_opa())
