"""The console tries rules: those that its node lives by, and those that someone edits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from maglia.core.bundle import build_bundle
from tests.support.commands import run
from tests.support.fake_node import PASSWORD, PYTHONPATH, ROOT, in_own_process

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8", "MAGLIA_PASSWORD": PASSWORD}
POLICIES = str(ROOT / "policies")
REVISION = build_bundle(ROOT / "policies")[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("console")) as place:
        yield place


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    shutil.copytree(POLICIES, tmp_path / "edited")
    doors = tmp_path / "edited/maglia/doors/data.json"
    data = json.loads(doors.read_text())
    data["node_front"]["OperatorService/AddCase"].remove("officer")
    doors.write_text(json.dumps(data))
    return tmp_path / "edited"


def maglia(*arguments: str) -> subprocess.CompletedProcess[str]:
    ran = run("tui", *arguments, environment=ENVIRONMENT)
    return subprocess.CompletedProcess(arguments, ran.status, ran.out, ran.err)


def test_what_would_change_of_the_rules_in_force(folder: Path, edited: Path) -> None:
    profile = str(folder / "anna.toml")
    done = maglia("--profile", profile, "policy", "diff", "in-vigore", str(edited), "--only", "rpc", "--json")
    assert done.returncode == 10, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "maglia.policy.diff/1"
    assert document["before"] == {"name": "in-vigore", "revision": REVISION}
    assert document["changed"] == len(document["changes"]) > 0
    for change in document["changes"]:
        assert change["class"]["method"] == "OperatorService/AddCase"
        assert set(change["before"]["fields"]) - set(change["after"]["fields"]) == {"officer"}


def test_equal_rules_need_no_node_and_change_nothing() -> None:
    done = maglia("policy", "diff", POLICIES, POLICIES)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nessuna decisione cambia, su ")


def test_rules_that_do_not_compile_are_refused(edited: Path) -> None:
    (edited / "ask/ask.rego").write_text("package maglia.ask\nallow if {\n")
    done = maglia("--lang", "en", "policy", "diff", POLICIES, str(edited))
    assert done.returncode == 2
    assert "ask/ask.rego" in " ".join(done.stderr.split())
    assert "Correct them" in " ".join(done.stderr.split())


def test_the_rules_in_force_want_a_profile() -> None:
    done = maglia("policy", "diff", "in-vigore", POLICIES, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["code"] == "input.setting"


def test_a_choice_that_there_is_none_of_is_refused_naming_those_there_are() -> None:
    done = maglia("policy", "diff", POLICIES, POLICIES, "--only", "everything")
    assert done.returncode == 2
    assert "ask, refer, release, rpc" in " ".join(done.stderr.split())


def test_what_a_comune_may_see_by_the_rules_in_force(folder: Path) -> None:
    asked = ("--as", "comune", "--purpose", "rent_subsidy", "--facet", "rent_arrears", "--from", "parish")
    done = maglia("--profile", str(folder / "bruno.toml"), "policy", "explain", *asked, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "maglia.policy.explain/1"
    assert document["rules"] == {"name": "in-vigore", "revision": REVISION}
    assert document["question"]["basis"] == "case"
    assert document["may_ask"]["rules"][0]["rule"] == "ask.allow"
    sees = {seen["record"]: seen for seen in document["sees"]}
    assert sees["ordinary"]["level"] == "detail"
    assert (sees["withdrawn"]["level"], sees["withdrawn"]["rules"][-1]["rule"]) == ("nothing", "release.basis_holds")


def test_a_special_category_is_explained_as_never_leaving() -> None:
    asked = ("--as", "comune", "--purpose", "aid_overlap", "--facet", "health_diet", "--policies", POLICIES)
    done = maglia("policy", "explain", *asked)
    assert done.returncode == 0, done.stderr
    assert "NON PUÒ CHIEDERE" in done.stdout
    assert "Il tipo di aiuto è conosciuto e non è di categoria particolare (question.facet_shareable" in done.stdout


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--purpose", "curiosity", "aid_overlap, rent_subsidy"),
        ("--facet", "lottery", "rent_arrears"),
        ("--from", "club", "parish"),
        ("--basis", "luck", "case, procedure, consent, none"),
    ],
)
def test_what_the_rules_do_not_know_is_refused_naming_what_they_do(option: str, value: str, named: str) -> None:
    options = {"--as": "comune", "--purpose": "aid_overlap", "--facet": "gas"} | {option: value}
    typed = [part for pair in options.items() for part in pair]
    done = maglia("policy", "explain", *typed, "--policies", POLICIES)
    assert done.returncode == 2
    assert f"«{value}»" in " ".join(done.stderr.split())
    assert named in " ".join(done.stderr.split())
