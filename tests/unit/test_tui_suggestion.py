"""A person's code for a demonstration reaches the screen without ever standing in a list of processes."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import tui.app
from demo import show
from demo.programs import Programs
from demo.sheet import Sheet
from maglia.wire.certificates import make_certificate
from tests.support.scenarios import ANYONE
from tui.__main__ import app

PROFILE = """
endpoint = "127.0.0.1:7001"
server_name = "emporio-nord.distretto.maglia.internal"
ca_file = "front.pem"
user = "anna"
"""


@pytest.mark.parametrize(("arguments", "shown"), [([], "Provare."), (["--suggest", "Questo."], "Questo.")])
def test_a_suggestion_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], shown: str
) -> None:
    (tmp_path / "front.pem").write_bytes(make_certificate("emporio-nord", "distretto", 3600, time.time()).certificate)
    (tmp_path / "anna.toml").write_text(PROFILE)
    opened: list[str | None] = []
    monkeypatch.setattr(tui.app, "run", lambda _profile, suggestion: opened.append(suggestion))
    done = CliRunner(env={"MAGLIA_SUGGEST": "Provare."}).invoke(
        app, ["--profile", str(tmp_path / "anna.toml"), *arguments]
    )
    assert (done.exit_code, opened) == (0, [shown])


def test_the_demo_names_no_person_in_a_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], env: dict[str, str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        started.append((command, env))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    node = {"member": "emporio-nord", "profile": "anna.toml", "operators": [{"password": "x"}]}
    planted = [{"id": "overlap", "asker": "emporio-nord", "identifier": ANYONE}]
    sheet: Sheet = {"nodes": [node], "planted": planted}
    assert show._open_screen(sheet, Programs(tmp_path, "frase")) == 0
    [(command, environment)] = started
    assert ANYONE not in " ".join(command)
    assert ANYONE in environment["MAGLIA_SUGGEST"]
