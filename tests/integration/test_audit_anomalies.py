"""`maglia audit anomalies` as an auditor runs it, over an archive and the rules that the last pull left."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.directory import encode_directory
from maglia.core.entry import Entry, EntryKind
from maglia.core.procedures import encode_procedures
from maglia.wire.entries import encode_entry
from tests.peer_world import NETWORK, PARISH, POLICIES, MemoryTrust, tls
from tests.support.commands import run
from tests.support.fake_node import PYTHONPATH
from tui.audit.archive import Archive, LogState
from tui.audit.known import keep_known
from tui.audit.network import archive_folder
from tui.profile import load_profile

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8"}


@pytest.fixture
def sara(tmp_path: Path) -> Path:
    """Return an auditor's profile, beside which a parish's log was pulled: one question by day, one by night."""
    (tmp_path / "ca.pem").write_bytes(tls("registry").certificate)
    profile = tmp_path / "sara.toml"
    server = f'server_name = "registry.{NETWORK}.maglia.internal"'
    profile.write_text(f'endpoint = "127.0.0.1:1"\n{server}\nca_file = "ca.pem"\nuser = "sara"\n')
    folder = archive_folder(load_profile(profile, None))
    with closing(Archive.open(folder)) as archive:
        archive.add(PARISH.id, 0, [_asked("V-1", 10), _asked("V-2", 23)])
        archive.save_state(LogState(PARISH.id, second_pass=2, read_ms=1))
    signed = encode_directory(MemoryTrust((PARISH,)).directory()), encode_procedures(NETWORK, [])
    keep_known(folder, *signed, build_bundle(POLICIES)[0])
    return profile


def _asked(check_id: str, hour: int) -> bytes:
    time_ms = int(datetime(2026, 11, 20, hour, tzinfo=UTC).timestamp() * 1000)
    return encode_entry(Entry(EntryKind.ASKED, time_ms, peer="caritas", operator="anna", check_id=check_id))


def test_what_was_pulled_is_judged_by_the_rules_of_then_without_the_network(sara: Path) -> None:
    asked = "--profile", str(sara), "audit", "anomalies", "--from", "20/11/2026", "--to", "21/11/2026"
    done = run("tui", *asked, environment=ENVIRONMENT)
    assert done.status == 10, done.err
    assert "21/11 00:00  anna       parrocchia  FUORI ORARIO" in done.out
    document = json.loads(run("tui", *asked, "--json", environment=ENVIRONMENT).out)
    assert document["schema"] == "maglia.audit.anomalies/1"
    assert [(one["signal"], one["entries"]) for one in document["signals"]] == [("out_of_hours", [1])]
    quiet = run("tui", *asked[:-1], "20/11/2026", environment=ENVIRONMENT)
    assert (quiet.status, quiet.out) == (0, "Nessun segnale, 20/11/2026 - 20/11/2026.\n")


def test_rules_that_are_still_a_draft_can_be_tried_on_what_was_read(sara: Path, tmp_path: Path) -> None:
    shutil.copytree(POLICIES, tmp_path / "edited")
    path = tmp_path / "edited/maglia/signals/data.json"
    data = json.loads(path.read_text())
    data["hours"]["third_sector"]["sat"] = [["00:00", "24:00"]]
    path.write_text(json.dumps(data))
    asked = "--profile", str(sara), "audit", "anomalies", "--from", "20/11/2026", "--to", "21/11/2026"
    done = run("tui", *asked, "--policies", str(tmp_path / "edited"), environment=ENVIRONMENT)
    assert (done.status, done.out) == (0, "Nessun segnale, 20/11/2026 - 21/11/2026.\n"), done.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["watchers"].remove("auditor"), "watchers.auditor"),
        (lambda data: data["rules"]["out_of_hours"].pop("from"), "rules.out_of_hours.from"),
        (lambda data: data["hours"].pop("public"), "hours.public"),
    ],
)
def test_a_draft_that_could_not_be_counted_by_is_refused(
    sara: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    shutil.copytree(POLICIES, tmp_path / "edited")
    path = tmp_path / "edited/maglia/signals/data.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    asked = "--profile", str(sara), "audit", "anomalies", "--policies", str(tmp_path / "edited")
    done = run("tui", *asked, environment=ENVIRONMENT)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_days_are_written_the_older_one_first(sara: Path) -> None:
    asked = "--profile", str(sara), "audit", "anomalies", "--from", "21/11/2026", "--to", "20/11/2026"
    done = run("tui", *asked, environment=ENVIRONMENT)
    assert (done.status, done.out) == (2, "")
    assert "Scrivere prima il giorno più vecchio" in " ".join(done.err.split())


def test_before_anything_was_pulled(tmp_path: Path, sara: Path) -> None:
    other = tmp_path / "other" / "sara.toml"
    other.parent.mkdir()
    other.write_text(sara.read_text().replace('"ca.pem"', '"../ca.pem"'))
    done = run("tui", "--profile", str(other), "audit", "anomalies", environment=ENVIRONMENT)
    assert done.status == 1
    assert "maglia audit pull" in done.err
