"""What an auditor's commands say to a wrong profile, without a key, of a damaged copy, of a search for what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from maglia.core.bundle import build_bundle
from maglia.core.directory import encode_directory
from maglia.core.entry import Entry, EntryKind
from maglia.core.network_file import NetworkFile, encode_network_file
from maglia.core.procedures import encode_procedures
from maglia.wire.entries import encode_entry
from tests.peer_world import NETWORK, PARISH, POLICIES, MemoryTrust, tls
from tui.__main__ import app
from tui.audit.archive import Archive, LogState
from tui.audit.known import keep_known
from tui.audit.thresholds import DEFAULT

COMMANDS = ("pull", "verify", "search", "anomalies", "reconcile")
OFFLINE = COMMANDS[1:]
BLAMED = ("registro può essere", "amministra")
"""What a damaged folder must not be told as: anybody else's doing."""


def _profile(folder: Path, name: str, party: str = "registry", more: str = "") -> Path:
    (folder / "ca.pem").write_bytes(tls("registry").certificate)
    path = folder / f"{name}.toml"
    server = f'server_name = "{party}.{NETWORK}.maglia.internal"'
    path.write_text(f'endpoint = "127.0.0.1:1"\n{server}\nca_file = "ca.pem"\nuser = "{name}"\n{more}')
    return path


@pytest.fixture
def sara(tmp_path: Path) -> Path:
    """Return an auditor's profile, beside which a parish's log was pulled."""
    folder = tmp_path / "sara.audit"
    with closing(Archive.open(folder)) as archive:
        entries = [
            Entry(EntryKind.END_STATE, 5_000, peer="caritas", outcome="silent", code="deadline"),
            Entry(EntryKind.REFUSALS, 6_000, peer="caritas", code="budget.answer", count=3),
            Entry(EntryKind.SIGNAL, 7_000, operator="luca", outcome="bulk_day", count=151),
            Entry(EntryKind.ASKED, 8_000, peer="caritas", operator="luca", signals=("own_surname",)),
        ]
        archive.add(PARISH.id, 0, [encode_entry(entry) for entry in entries])
        archive.save_state(LogState(PARISH.id, second_pass=4, read_ms=1))
    signed = encode_directory(MemoryTrust((PARISH,)).directory()), encode_procedures(NETWORK, [])
    keep_known(folder, *signed, build_bundle(POLICIES)[0])
    return _profile(tmp_path, "sara")


def _audit(profile: Path, *arguments: str) -> tuple[int, str, str]:
    """Run one command; return its status and what it printed. An error that it did not tell is raised."""
    done = CliRunner().invoke(app, ["--profile", str(profile), "audit", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def _refused(profile: Path, *arguments: str) -> tuple[int, str]:
    status, out, _ = _audit(profile, *arguments, "--json")
    return status, json.loads(out)["code"]


@pytest.mark.parametrize("command", COMMANDS)
def test_profiles_of_others_are_told_whose_they_are(tmp_path: Path, command: str) -> None:
    assert _refused(_profile(tmp_path, "luca", "mensa"), command) == (4, "input.profile_office")
    officer = _profile(tmp_path, "anna", more='officer_key = "anna.key"\n')
    assert _refused(officer, command) == (4, "input.profile_auditor")
    assert not list(tmp_path.glob("*.audit"))


def test_without_a_key_the_command_that_makes_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSPHRASE", "x" * 12)
    known = NetworkFile(NETWORK, b"{}", "127.0.0.1:1", "127.0.0.1:1", *[tls("registry").certificate] * 2)
    (tmp_path / "network.json").write_bytes(encode_network_file(known))
    for name, more, code in (
        ("sara", "", "input.official_key"),
        ("vera", 'official_key = "vera.key"\n', "storage.key_file"),
    ):
        profile = _profile(tmp_path, name, more=f'network_file = "network.json"\n{more}')
        told = json.loads(_audit(profile, "pull", "--json")[1])
        assert told["code"] == code
        assert "«maglia office official-key»" in told["next_action"]
    assert not list(tmp_path.glob("*.audit"))


def _spoil(path: Path) -> None:
    path.write_bytes(b"no such thing " * 400)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _corrupt(path: Path) -> None:
    """Spoil what follows the first page: SQLite opens the file, and fails later."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def _is_told_to_be_put_aside(profile: Path, command: str) -> None:
    status, out, said = _audit(profile, command)
    assert (status, out) == (1, "")
    assert "Mettere da parte la cartella e ripetere «maglia audit pull»" in said
    assert "«sara.audit»" in said
    assert not any(blamed in said for blamed in BLAMED)


@pytest.mark.parametrize("command", OFFLINE)
def test_a_damaged_copy_is_told_to_be_put_aside(sara: Path, command: str) -> None:
    folder = sara.with_suffix(".audit")
    damages: tuple[tuple[str, Callable[[Path], None]], ...] = (
        ("directory-*.json", _spoil),
        ("procedures.json", _spoil),
        ("archive.sqlite", _empty),
        ("archive.sqlite", _corrupt),
        ("archive.sqlite", _spoil),
    )
    for pattern, damage in damages:
        (damaged,) = folder.glob(pattern)
        before = damaged.read_bytes()
        damage(damaged)
        _is_told_to_be_put_aside(sara, command)
        damaged.write_bytes(before)


def test_values_of_another_kind_and_logs_of_nobody_are_damage_too(sara: Path) -> None:
    with closing(Archive.open(sara.with_suffix(".audit"))) as archive:
        archive.save_state(LogState("nessuno"))
        with archive.engine.begin() as connection:
            connection.execute(text("update log set second_pass = 'two'"))
    _is_told_to_be_put_aside(sara, "reconcile")
    with closing(Archive.open(sara.with_suffix(".audit"))) as archive, archive.engine.begin() as connection:
        connection.execute(text("update log set second_pass = 0"))
    _is_told_to_be_put_aside(sara, "verify")


def test_rules_that_are_damaged_and_files_that_are_gone_are_told_apart(sara: Path) -> None:
    folder = sara.with_suffix(".audit")
    _spoil(folder / "policies.tar.gz")
    _is_told_to_be_put_aside(sara, "anomalies")
    (folder / "policies.tar.gz").unlink()
    assert _refused(sara, "anomalies") == (1, "storage.missing")
    (folder / "archive.sqlite").unlink()
    assert _refused(sara, "verify") == (1, "storage.missing"), "an empty archive is no clean one"
    assert not (folder / "archive.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--member", "boh"), "input.log_unknown"),
        (("--from", "02/01/2026", "--to", "01/01/2026"), "input.date_order"),
        (("--to", "31/12/9999"), "input.date"),
        (("--outcome", "boh"), "input.choice"),
        (("--code", "boh"), "input.choice"),
        (("--page", "9" * 30 + ".a.1"), "input.field"),
    ],
)
def test_a_search_for_what_cannot_be_is_refused(sara: Path, arguments: tuple[str, ...], code: str) -> None:
    assert _refused(sara, "search", *arguments) == (2, code)


@pytest.mark.parametrize("command", OFFLINE)
def test_a_pull_that_read_nothing_leaves_no_clean_network(sara: Path, command: str) -> None:
    folder = sara.with_suffix(".audit")
    (folder / "archive.sqlite").unlink()
    Archive.open(folder).close()
    assert _refused(sara, command) == (1, "storage.missing")


def test_a_search_for_what_can_be_and_is_not_finds_nothing(sara: Path) -> None:
    for arguments in (
        ("--kind", "unreadable"),
        ("--member", "registry"),
        ("--outcome", "late"),
        ("--code", "policy.stale"),
        ("--operator", "x"),
    ):
        assert _audit(sara, "search", *arguments)[:2] == (0, "Nessuna voce così in quanto è stato letto.\n")


def test_codes_are_words_for_people_and_codes_for_programs(sara: Path) -> None:
    said = _audit(sara, "search")[1]
    for words in (
        "nessuna risposta, non risponde in tempo",
        "troppe domande per oggi",
        "MOLTE IN UN GIORNO",
        "proprio cognome",
    ):
        assert words in said
    assert not [code for code in ("silent", "deadline", "budget.", "bulk_day", "own_surname") if code in said]
    found = json.loads(_audit(sara, "search", "--outcome", "bulk_day", "--json")[1])
    assert [entry["outcome"] for entry in found["entries"]] == ["bulk_day"], "the rules' own words are known too"


@pytest.mark.parametrize(
    ("change", "said", "named"),
    [
        (None, "input.file", "mine.toml"),
        (lambda _: "[late", "input.file_content", "mine.toml"),
        (lambda content: content.replace("share = 0.30", "share = true"), "input.setting", "late.share"),
        (lambda content: content.replace("months = 24", ""), "input.setting", "archived.months"),
        (lambda content: content + "\n[boh]\n", "input.setting", "boh"),
    ],
)
def test_thresholds_that_are_of_no_use_name_file_and_key(
    sara: Path, change: Callable[[str], str] | None, said: str, named: str
) -> None:
    other = sara.with_name("mine.toml")
    if change is not None:
        other.write_text(change(DEFAULT.read_text("utf-8")))
    status, out, _ = _audit(sara, "reconcile", "--thresholds", str(other), "--json")
    told = json.loads(out)
    assert (status, told["code"]) == (2, said)
    assert "mine.toml" in told["message"]
    assert f"«{named}»" in told["message"]
