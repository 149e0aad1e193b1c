"""What is refused of `maglia person import` before the node is asked: nothing is changed yet, and no file is lost."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from maglia.wire.certificates import make_certificate
from tests.clerk import fictional_code
from tui.__main__ import app

LIST = "codice;famiglia\n"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("anagrafe.csv", "input.table_name"),
        ("no/cambiati.csv", "input.file_write"),
        (".", "input.file_write"),
        (f"{fictional_code(1)}.csv", "input.file_name"),
        ("cambiati.csv", "network.unreachable"),
    ],
    ids=["itself", "no folder", "a folder", "a person", "fine"],
)
def test_a_list_of_changes_that_cant_be_written_is_refused_before_anything_changes(
    changes: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_certificate("comune", "distretto", 3600, time.time())
    (tmp_path / "front.pem").write_bytes(made.certificate)
    profile, registry = tmp_path / "ivo.toml", tmp_path / "anagrafe.csv"
    at = 'endpoint = "127.0.0.1:1"\nserver_name = "comune.distretto.maglia.internal"\n'
    profile.write_text(f'{at}ca_file = "front.pem"\nuser = "ivo"\n')
    registry.write_text(LIST)
    monkeypatch.setenv("MAGLIA_PASSWORD", "parola")
    words = ["--profile", str(profile), "person", "import", str(registry), "--changes", str(tmp_path / changes)]
    with pytest.raises(SystemExit):
        app([*words, "--json"])
    told = capsys.readouterr()
    assert json.loads(told.err or told.out)["code"] == code
    assert registry.read_text() == LIST
