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
    assert "ask/ask.rego" in done.stderr
    assert "Correct them" in done.stderr


def test_the_rules_in_force_want_a_profile() -> None:
    done = maglia("policy", "diff", "in-vigore", POLICIES, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["code"] == "input.setting"


def test_a_choice_that_there_is_none_of_is_refused_naming_those_there_are() -> None:
    done = maglia("policy", "diff", POLICIES, POLICIES, "--only", "everything")
    assert done.returncode == 2
    assert "ask, release, rpc" in done.stderr
