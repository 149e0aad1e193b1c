"""Each rule is explained, in both languages, and held by a vector that carries its name."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle, open_bundle
from maglia.core.errors import MagliaError
from maglia.policy.annotations import Rule, read_modules, read_rules
from maglia.policy.engine import Engine
from maglia.policy.vectors import HANDWRITTEN
from tests.opa_binary import required_opa

POLICIES = Path(__file__).parents[2] / "policies"
BUNDLE, REVISION = build_bundle(POLICIES)
FILES = open_bundle(BUNDLE, REVISION)
RULES = read_rules(FILES)
BEYOND_INPUT: dict[tuple[str, ...], str] = {
    ("question.special", "startswith(facet, prefix)"): "test_special_facet_stays_denied_though_the_data_list_it",
    ("ask.stated", "count(violations) == 0"): "test_a_refusal_never_lacks_a_reason",
    ("release.stated", "count(violations) == 0"): "test_a_refusal_never_lacks_a_reason",
}
"""Second lines of defence that no input reaches under today's data: the Rego test that reaches them by other data."""


def test_the_rules_are_those_that_opa_reads() -> None:
    said = subprocess.run(
        [required_opa(), "inspect", "--annotations", "--format=json", POLICIES],
        capture_output=True,
        check=True,
        text=True,
    )
    theirs = {
        (Path(one["location"]["file"]).name, one["location"]["row"]): one["annotations"]
        for one in json.loads(said.stdout)["annotations"]
    }
    documented = [rule for rule in RULES if (Path(rule.file).name, rule.line) in theirs]
    assert len(documented) + len(read_modules(FILES)) == len(theirs)
    for rule in documented:
        written: dict[str, Any] = theirs[Path(rule.file).name, rule.line]
        assert rule.note.title == written["title"]
        assert rule.note.titolo == written["custom"]["titolo"]
        assert rule.note.description == " ".join(written["description"].split())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.full_name}:{rule.line}")
def test_every_rule_says_what_it_is_in_both_languages_and_by_which_article(rule: Rule) -> None:
    assert rule.note.title
    assert rule.note.titolo
    assert rule.note.title != rule.note.titolo
    assert rule.note.articles


def test_every_module_says_what_it_is_in_both_languages() -> None:
    for module in read_modules(FILES):
        assert module.note.title
        assert module.note.titolo


def test_every_vector_is_about_a_rule_there_is() -> None:
    assert {vector.rule for vector in HANDWRITTEN} == {rule.full_name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.full_name}:{rule.line}")
def test_without_the_rule_a_vector_that_carries_its_name_changes(rule: Rule, tmp_path: Path) -> None:
    beyond = BEYOND_INPUT.get((rule.full_name, *rule.conditions[-1:]))
    if beyond is not None:
        assert any(f"{beyond} if" in path.read_text() for path in POLICIES.rglob("*_test.rego"))
        return
    engine = _without(rule, tmp_path)
    own = [vector for vector in HANDWRITTEN if vector.rule == rule.full_name]
    assert any(_answer(engine, vector.decision, vector.document) != vector.expected for vector in own)


def _without(rule: Rule, folder: Path) -> Engine:
    """Return the engine of rules among which this one never holds."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    lines = (folder / rule.file).read_text().splitlines()
    end = next((number for number in range(rule.line, len(lines)) if not lines[number].strip()), len(lines))
    lines[rule.line - 1 : end] = [] if rule.is_default else [rule.text("false")]
    (folder / rule.file).write_text("\n".join(lines))
    (folder / "data.json").unlink()
    return Engine(*build_bundle(folder))


def _answer(engine: Engine, decision: str, document: dict[str, Any]) -> object:
    try:
        value = engine.evaluate(decision, document)
    except MagliaError:
        return None
    return {name: each for name, each in value.items() if name != "revision"} if isinstance(value, dict) else value
