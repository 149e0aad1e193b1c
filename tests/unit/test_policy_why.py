"""Which rule decided: the last of those named is the one a reader would point at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maglia.policy.explain import Question, explain
from maglia.policy.rules import open_rules
from maglia.policy.vectors import HANDWRITTEN, Vector
from maglia.policy.vectors.documents import COMUNE_ASKED, changed
from maglia.policy.why import Explainer
from tui.explain_text import explanation_lines

POLICIES = Path(__file__).parents[2] / "policies"
RULES = open_rules(POLICIES)
BY_TITLE = {(vector.decision, vector.title): vector for vector in HANDWRITTEN}


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(RULES)


@pytest.mark.parametrize(
    ("title", "reason", "rule", "condition"),
    [
        ("no purpose known", "policy.purpose", "question.purpose", "data.maglia.purposes[input.query.purpose]"),
        (
            "a purpose the directory does not grant",
            "policy.purpose",
            "question.purpose_allowed",
            "input.query.purpose in input.asker.purposes",
        ),
        (
            "an administrator asks nothing",
            "policy.role",
            "ask.role_allowed",
            "input.operator.role in question.purpose.roles",
        ),
        ("gas for a rent subsidy", "policy.facet", "question.facet_needed", ""),
        ("a special category", "policy.facet", "question.facet_shareable", ""),
        ("a subsidy asked on consent", "policy.basis", "ask.basis_offered", ""),
        ("a consent without notice", "consent.missing", "consent.nonempty", 'text != ""'),
        (
            "a public task without a case",
            "consent.case_missing",
            "ask.proofs",
            "input.query.basis.case == true",
        ),
        ("nothing recorded at a parish", "consent.missing", "ask.basis_unstated", ""),
        ("months that are a text", "policy.denied", "window.months_allowed", "is_number(input.query.months)"),
    ],
)
def test_a_refusal_names_the_rule_that_states_it_and_the_one_that_fails(
    explainer: Explainer, title: str, reason: str, rule: str, condition: str
) -> None:
    steps = explainer.why("ask", BY_TITLE["ask", title].document).reasons[reason]
    assert (steps[0].rule.full_name, steps[0].rule.key) == ("ask.violations", reason)
    assert steps[-1].rule.full_name == rule
    assert condition in steps[-1].condition


@pytest.mark.parametrize(
    ("title", "rule", "condition"),
    [
        ("consent withdrawn", "release.basis_holds", 'class.consent == "match"'),
        ("an objection", "release.basis_holds", "class.objection == false"),
        ("a statutory record in the third sector", "release.basis_holds", 'responder_group == "public"'),
        ("only ours", "release.meant_for_network", 'class.visibility == "network"'),
        ("past its retention", "release.in_time", 'class.age == "in_window"'),
        ("cancelled", "release.in_force", "class.status in data.maglia.limits.statuses"),
        ("another family", "release.asked_about", "data.maglia.facets[facet].family == family"),
        ("a special category", "question.facet_shareable", "data.maglia.facets[facet].shareable == true"),
        ("an unknown kind of giver", "release.responder_group", "data.maglia.kinds[input.responder.kind].group"),
    ],
)
def test_a_hidden_record_names_the_condition_that_hides_it(
    explainer: Explainer, title: str, rule: str, condition: str
) -> None:
    found = explainer.why("release", BY_TITLE["release", title].document)
    assert (found.allow, found.level) == (True, "nothing")
    assert found.steps[0].rule.full_name == "release.released"
    assert (found.steps[-1].rule.full_name, found.steps[-1].condition) == (rule, condition)


def test_a_shown_record_names_the_statement_that_sets_its_level(explainer: Explainer) -> None:
    by_facet = explainer.why("release", BY_TITLE["release", "medicine never in detail"].document)
    for_all = explainer.why("release", COMUNE_ASKED)
    assert (by_facet.level, by_facet.steps[-1].rule.head) == ("presence", "level(facet) := levels[facet]")
    assert (for_all.level, for_all.steps[-1].rule.head) == ("detail", 'level(facet) := levels["*"]')


ONE_FOR_EACH_RULE = {
    vector.rule: vector
    for vector in HANDWRITTEN
    if vector.decision in {"ask", "release"} and len(vector.document.get("classes", "1")) == 1
}


@pytest.mark.parametrize("vector", ONE_FOR_EACH_RULE.values(), ids=lambda vector: f"{vector.rule}: {vector.title}")
def test_the_reasoning_gives_the_answer_and_a_rule_for_it(explainer: Explainer, vector: Vector) -> None:
    found, expected = explainer.why(vector.decision, vector.document), dict(vector.expected or {})
    assert (found.allow, list(found.reasons)) == (expected["allow"], expected["reasons"])
    for reason, steps in found.reasons.items():
        assert steps[0].rule.key == reason
    assert found.steps or not found.allow


def test_a_condition_that_someone_adds_is_named_without_a_change_of_the_program(tmp_path: Path) -> None:
    shutil.copytree(POLICIES, tmp_path / "edited")
    file = tmp_path / "edited/release/release.rego"
    added = "# METADATA\n# title: Not rent\n# description: GDPR art. 5.\n# custom:\n#   titolo: Non affitto\n"
    text = file.read_text().replace("\tin_force(class)\n", "\tin_force(class)\n\tnot is_rent(class.facet, 1)\n")
    file.write_text(f'{text}\n{added}is_rent(name, many) if {{\n\tmany == 1\n\tstartswith(name, "rent_")\n}}\n')
    explainer = Explainer(open_rules(tmp_path / "edited"))
    found = explainer.why("release", COMUNE_ASKED)
    assert found.level == "nothing"
    assert [(step.rule.full_name, step.condition) for step in found.steps] == [
        ("release.released", "not is_rent(class.facet, 1)"),
        ("release.is_rent", ""),
    ]
    assert found.steps[-1].rule.note.titolo == "Non affitto"
    shown = changed(COMUNE_ASKED, class__facet="gas", query__facet="gas", query__purpose="utility_subsidy")
    assert explainer.why("release", shown).level == "detail"


def test_a_person_reads_what_a_parish_may_not_ask_and_why() -> None:
    found = explain(RULES, Question("parish", "rent_subsidy", "rent_arrears"), ["parish"])
    lines = explanation_lines(found, "in-vigore", RULES.revision, "it")
    assert lines[1] == "Chiede: parrocchia, volontario, Contributo affitto, Affitto arretrato, con consenso."
    assert "NON PUÒ CHIEDERE" in lines
    assert "DI UN AIUTO DATO DA UNA PARROCCHIA VEDE: NULLA" in lines
    fails = next(line for line in lines if line.startswith("    non vale: Il ruolo dell'operatore"))
    assert "(ask.role_allowed, ask/ask.rego:" in fails
    assert fails.endswith("; regola di legge 7; GDPR art. 29)")
    assert "    condizione non soddisfatta: input.operator.role in question.purpose.roles" in lines


def test_a_person_reads_the_example_at_its_level_and_what_would_hide_it() -> None:
    found = explain(RULES, Question("parish", "aid_overlap", "food_parcel"), ["onlus"])
    lines = explanation_lines(found, "in-force", RULES.revision, "en")
    assert "MAY ASK" in lines
    start = lines.index("OF AID GIVEN BY A CHARITY IT SEES: PRESENCE")
    assert [line.split() for line in lines[start + 1 : start + 6]] == [
        ["Aid", "Food", "parcel"],
        ["Month", "11/2026"],
        ["Band", "50-149", "€"],
        ["From", "a", "charity"],
        ["Status", "given"],
    ]
    assert "Example Body" not in "".join(lines)
    assert "    reservation: presence" in lines
    hidden = next(line for line in lines if line.startswith("    consent withdrawn: nothing <- fails: "))
    assert "release.basis_holds" in hidden
