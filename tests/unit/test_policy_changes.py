"""Rules that someone edits: opened or refused with a reason, and compared with others vector by vector."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit, exit_of_error
from maglia.policy.changes import Comparison, Outcome, compare
from maglia.policy.edits import edits
from maglia.policy.rules import open_rules
from maglia.policy.vectors import HANDWRITTEN, Vector
from maglia.policy.vectors.documents import COMUNE_ASKED, PARISH_ASKED, PARISH_ASKS, changed
from tui.policy_text import comparison_lines, edit_lines

POLICIES = Path(__file__).parents[2] / "policies"
BY_TITLE = {vector.title: vector for vector in HANDWRITTEN}
OVERLAP = Vector("release", changed(COMUNE_ASKED, query__purpose="aid_overlap"))
VOLUNTEER = Vector("ask", PARISH_ASKS)


def edited(folder: Path, name: str, change: Callable[[Any], object]) -> Path:
    """Return a copy of the policies whose data under `name` are changed."""
    shutil.copytree(POLICIES, folder / "edited")
    file = folder / "edited/maglia" / name / "data.json"
    data = json.loads(file.read_text())
    change(data)
    file.write_text(json.dumps(data))
    return folder / "edited"


def test_a_raised_level_is_told_by_giver_asker_and_level(tmp_path: Path) -> None:
    after = edited(tmp_path, "levels", lambda data: data["public"]["aid_overlap"]["public"].update({"*": "detail"}))
    found = compare(open_rules(POLICIES), open_rules(after), [OVERLAP, OVERLAP, VOLUNTEER])
    assert found.compared == 3
    (change,) = found.changes
    assert (change.decision, change.question["asker"]["kind"]) == ("release", "comune")
    assert change.subject is not None
    assert change.subject["facet"] == "rent_current"
    assert (change.before.level, change.after.level) == ("presence", "detail")
    assert "body" in set(change.after.fields) - set(change.before.fields)


def test_a_purpose_taken_away_is_a_refusal_with_its_reason(tmp_path: Path) -> None:
    after = edited(tmp_path, "purposes", lambda data: data["aid_overlap"]["kinds"].remove("parish"))
    found = compare(open_rules(POLICIES), open_rules(after), [VOLUNTEER, Vector("release", PARISH_ASKED)])
    asked, released = found.changes
    assert (asked.subject, asked.before, asked.after) == (None, Outcome(True), Outcome(False, ("policy.purpose",)))
    assert (released.before.level, released.after.level) == ("presence", "nothing")
    assert released.after.reasons == ("policy.purpose",)


def test_a_folder_and_the_bundle_made_of_it_are_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.tar.gz").write_bytes(build_bundle(POLICIES)[0])
    found = compare(open_rules(POLICIES), open_rules(tmp_path / "rules.tar.gz"))
    assert found.changes == ()
    assert found.compared > 300


def test_rules_that_take_no_such_decision_refuse_it(tmp_path: Path) -> None:
    shutil.copytree(POLICIES, tmp_path / "older", ignore=shutil.ignore_patterns("rpc"))
    older = open_rules(tmp_path / "older")
    assert "rpc" not in older.decisions
    (change,) = compare(older, open_rules(POLICIES), [BY_TITLE["a volunteer asks"], VOLUNTEER]).changes
    assert (change.before.allow, change.after.fields) == (False, ("volunteer",))
    gone = compare(open_rules(POLICIES), older, [Vector("rpc", {"door": "node_front"})])
    assert comparison_lines(gone, "a", "b", "it")[-1].endswith(": prima sì, ora no (nessuna decisione)")


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("ask/ask.rego", "package maglia.ask\nallow if {\n", "ask/ask.rego"),
        ("ask/ask.rego", "package maglia.ask\ndecision := wrong.name\n", "ask/ask.rego:2"),
        ("ask/ask.rego", "package maglia.ask\ndecision := input.nothing\n", "ask/*.rego"),
        ("maglia/kinds/data.json", "{", "maglia/kinds/data.json"),
    ],
)
def test_rules_that_do_not_compile_or_decide_are_refused_naming_the_place(
    tmp_path: Path, file: str, text: str, place: str
) -> None:
    shutil.copytree(POLICIES, tmp_path / "bad")
    (tmp_path / "bad" / file).write_text(text)
    error = refused(tmp_path / "bad")
    assert error.code is Code.INPUT_POLICIES
    assert place in error.sentence().message
    assert exit_of_error(error) is Exit.USAGE


def test_what_is_no_bundle_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("a letter")
    (tmp_path / "empty").mkdir()
    for name, code in (
        ("note.txt", Code.INPUT_MALFORMED),
        ("nowhere", Code.INPUT_FILE),
        ("empty", Code.INPUT_POLICIES),
    ):
        assert refused(tmp_path / name).code is code


def refused(path: Path) -> MagliaError:
    with pytest.raises(MagliaError) as error:
        open_rules(path)
    return error.value


def test_an_officer_reads_the_changes_in_words(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["public"]["aid_overlap"]["third_sector"] = {"*": "presence", "food_parcel": "detail", "canteen": "detail"}

    record = {**OVERLAP.document["classes"][0], "basis": "consent", "consent": "match"}
    classes = [{**record, "id": facet, "facet": facet} for facet in ("food_parcel", "canteen", "food_voucher")]
    asked = changed(OVERLAP.document, responder__kind="parish", query__facet="food_parcel", classes=classes)
    vectors = [Vector("release", asked), Vector("release", changed(asked, asker__kind="health_agency")), VOLUNTEER]
    found = compare(open_rules(POLICIES), open_rules(edited(tmp_path, "levels", change)), vectors)
    assert comparison_lines(found, "in-vigore", "edited", "it") == [
        "Decisioni che cambiano: 4, su 7 provate: «in-vigore» -> «edited».",
        "",
        "Che cosa si vede (chi ha dato -> chi chiede): 4",
        "  parrocchia -> comune, azienda sanitaria, Spesa, Mensa, Aiuti già dati, con una pratica (12 mesi): "
        "prima presenza, ora dettaglio",
    ]
    assert comparison_lines(found, "a", "b", "en")[3].endswith("with a case (12 months): was presence, now detail")


def test_a_refusal_is_told_with_its_reason_and_a_call_with_its_callers(tmp_path: Path) -> None:
    before, calls = open_rules(POLICIES), BY_TITLE["a volunteer asks"]
    closed = edited(tmp_path, "doors", lambda data: data["node_front"]["OperatorService/Check"].remove("volunteer"))
    lines = comparison_lines(compare(before, open_rules(closed), [calls]), "a", "b", "it")
    assert lines[2:] == ["Chi può chiamare: 1", "  node_front, OperatorService/Check: prima volunteer, ora nessuno"]
    narrower = edited(tmp_path / "2", "purposes", lambda data: data["aid_overlap"]["roles"].remove("volunteer"))
    lines = comparison_lines(compare(before, open_rules(narrower), [VOLUNTEER]), "a", "b", "it")
    assert lines[2:] == [
        "Chi può chiedere: 1",
        "  parrocchia, volontario, Buono spesa, Aiuti già dati, con consenso (6 mesi): prima sì, ora no (il ruolo)",
    ]


def test_a_change_of_any_other_decision_is_told_by_its_codes(tmp_path: Path) -> None:
    shorter = edited(tmp_path, "terms", lambda data: data["node"]["aid"]["rent_arrears"].update(months=12))
    found = compare(open_rules(POLICIES), open_rules(shorter), [BY_TITLE["arrears of rent"]])
    assert comparison_lines(found, "a", "b", "it")[2:] == [
        "Quanto si conserva: 1",
        "  holder node, sort aid, facet rent_arrears, basis consent: prima P36M, ora P12M",
    ]


def test_a_day_that_signals_otherwise_tells_only_what_differs(tmp_path: Path) -> None:
    later = edited(tmp_path, "signals", lambda data: data["rules"]["refusals"].update({"from": 11}))
    days = [BY_TITLE["several at once"]]
    assert comparison_lines(compare(open_rules(POLICIES), open_rules(later), days), "a", "b", "it")[2:] == [
        "Che cosa si segnala: 1",
        "  parrocchia, volontario, 2026-11-20 23:00: prima refusals 10 10, ora nulla",
    ]


def test_equal_rules_read_as_such() -> None:
    (line,) = comparison_lines(Comparison(7, ()), "a", "b", "it")
    assert line == "Nessuna decisione cambia, su 7 provate: «a» -> «b»."


BLIND = "# METADATA\n# title: Later\nallow if input.day > "
"""A rule of which no question that is tried knows: it waits."""


@pytest.mark.parametrize("condition", ['"2026-12-01"', '"2027-01-01" # only then'])
def test_a_rule_that_no_question_tries_is_told_to_whoever_signs(tmp_path: Path, condition: str) -> None:
    shutil.copytree(POLICIES, tmp_path / "edited")
    with (tmp_path / "edited/release/release.rego").open("a") as file:
        file.write(f"\n{BLIND}{condition}\n")
    found = compare(open_rules(POLICIES), open_rules(tmp_path / "edited"), [OVERLAP, VOLUNTEER])
    assert found.changes == ()
    assert edit_lines(found, "it") == [
        "",
        "Che cosa è scritto diversamente: 1",
        "  release/release.rego, allow: cambiato",
        "Nessuna domanda provata lo mostra, ma può cambiare ciò che i nodi rispondono: va letto prima di firmare.",
    ]


def test_each_value_of_the_data_is_told_though_no_question_asks_about_it(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["node_front"]["OperatorService/RefuseConsent"].remove("volunteer")
        data["node_front"]["OperatorService/Check"].append("auditor")
        data["node_peer"]["Health/Check"] = []
        del data["registry_peer"]

    after = edited(tmp_path, "doors", change)
    limits = after / "maglia/limits/data.json"
    limits.write_text(limits.read_text().replace("365", "700"))
    found = compare(open_rules(POLICIES), open_rules(after), [VOLUNTEER])
    lines = edit_lines(found, "it")
    doors = "  maglia/doors/data.json, "
    assert f'{doors}node_front.OperatorService/RefuseConsent: tolto ("volunteer")' in lines
    assert f'{doors}node_front.OperatorService/Check: nuovo ("auditor")' in lines
    assert f'{doors}node_peer.Health/Check: tolto ("member")' in lines
    assert f'{doors}registry_peer.WitnessService/Cosign: tolto (["member"])' in lines
    assert "  maglia/limits/data.json, consent_days: 365 -> 700" in lines


def test_what_is_said_alike_is_no_edit(tmp_path: Path) -> None:
    after = edited(tmp_path, "levels", lambda _data: None)  # written in one line
    text = (after / "ask/ask.rego").read_text()
    (after / "ask/ask.rego").write_text(f"# For the office.\n{text}")
    found = compare(open_rules(POLICIES), open_rules(after), [VOLUNTEER])
    assert (found.edits, edit_lines(found, "it")) == ((), [])


@pytest.mark.parametrize(
    ("was", "now", "name"),
    [
        ('allow if input.day == "a  b"\n', 'allow if input.day == "a b"\n', "allow"),
        ("note := `\n#one\n`\n", "note := `\n#two\n`\n", ""),
        ("", "Loud := true\n", "Loud"),
        ("package maglia.ask\n", "package maglia.release\n", "package"),
    ],
)
def test_no_way_of_writing_hides_an_edit(was: str, now: str, name: str) -> None:
    (edit,) = edits({"x.rego": was.encode()}, {"x.rego": now.encode()})
    assert (edit.file, edit.name) == ("x.rego", name)
