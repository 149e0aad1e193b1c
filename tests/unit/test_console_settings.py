"""How a console is set: a small file that is checked, the command that writes it, what wins over what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from maglia.core.errors import Code, MagliaError
from maglia.wire.certificates import make_certificate
from tui.__main__ import app
from tui.papers.forms import Form
from tui.papers.roll import COLUMNS as ROLL
from tui.papers.roll import NARROWEST, WIDEST
from tui.profile import load_profile
from tui.settings import COLUMNS, NAMES, PRINTERS, ConsoleSettings, changed, load_settings, save_settings
from tui.settings_text import CALLED, HINTS, choices, settings_lines
from tui.settings_text import CHOSEN as OFFERED
from tui.themes import CHOSEN

SET = ConsoleSettings("en", "contrast", 5, "roll", 32, "/tmp")


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "front.pem").write_bytes(make_certificate("onlus-est", "prova", 3600, 0.0).certificate)
    path = tmp_path / "anna.toml"
    path.write_text(
        'endpoint = "127.0.0.1:1"\nserver_name = "onlus-est.prova.maglia.internal"\nca_file = "front.pem"\n'
        'user = "anna"\nlang = "it"\n'
    )
    return path


def maglia(profile: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["--profile", str(profile), "settings", *arguments], env=environment)


def document(ran: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_what_is_set_comes_back_and_what_is_not_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "anna.settings"
    assert load_settings(path) == ConsoleSettings()
    save_settings(path, SET)
    assert load_settings(path) == SET
    save_settings(path, ConsoleSettings(theme="light"))
    assert path.read_text() == 'theme = "light"\n'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('colour = "red"', "colour"),
        ('theme = "pink"', "theme"),
        ("lock_minutes = 121", "lock_minutes"),
        ("lock_minutes = true", "lock_minutes"),
        ("lock_minutes = 1.5", "lock_minutes"),
        ('columns = "42"', "columns"),
        ("columns = 31", "columns"),
        ("papers = 3", "papers"),
        ("[theme]\ndark = 1", "theme"),
    ],
)
def test_what_nobody_may_set_is_refused_by_name_and_file(profile: Path, text: str, field: str) -> None:
    file = profile.with_suffix(".settings")
    file.write_text(text)
    with pytest.raises(MagliaError) as refused:
        load_profile(profile)
    allowed = {"theme": "dark, light, contrast", "lock_minutes": "0-120", "columns": "32-48"}.get(field)
    code = Code.INPUT_SETTING_VALUE if allowed else Code.INPUT_SETTING
    assert (refused.value.code, refused.value.params.get("allowed")) == (code, allowed)
    assert (refused.value.params["field"], refused.value.params["source"]) == (field, "anna.settings")
    ran = maglia(profile, "show", "--json")
    assert (ran.exit_code, document(ran)["code"]) == (2, code)
    file.write_text("theme =")
    assert document(maglia(profile, "show", "--json"))["code"] == Code.INPUT_FILE


def test_every_setting_has_words_and_means_something_that_is_there() -> None:
    assert set(CALLED) == set(NAMES) == set(OFFERED) | set(HINTS)
    assert set(PRINTERS) == set(Form)
    assert (COLUMNS[0], COLUMNS[-1], ConsoleSettings().columns) == (NARROWEST, WIDEST, ROLL)
    assert set(CHOSEN) == set(choices("theme", "it"))
    for lang in ("it", "en"):
        assert all(len(line) <= 80 for line in settings_lines(ConsoleSettings(), lang))


def test_the_command_sets_shows_and_puts_back(profile: Path, tmp_path: Path) -> None:
    ran = maglia(profile, "set", "theme=contrast", "lock_minutes=5", f"papers={tmp_path}", "--json")
    assert (ran.exit_code, document(ran)["schema"]) == (0, "maglia.settings/1")
    shown = document(maglia(profile, "show", "--json"))
    assert (shown["theme"], shown["lock_minutes"], shown["papers"]) == ("contrast", 5, str(tmp_path))
    assert load_profile(profile).settings.folder == tmp_path
    said = maglia(profile, "show").stdout.splitlines()
    assert said[1:3] == [
        "Colori    theme         contrast (alto contrasto)",
        "Blocco    lock_minutes  5 (minuti senza toccare nulla, da 0 (mai) a 120)",
    ]
    maglia(profile, "set", "theme=")
    assert document(maglia(profile, "show", "--json"))["theme"] == "dark"


@pytest.mark.parametrize(
    "given", ["theme", "moon=1", "lock_minutes=soon", "lock_minutes=-1", "papers=/no/such", "columns=49"]
)
def test_nothing_is_written_of_what_is_wrong(profile: Path, given: str) -> None:
    ran = maglia(profile, "set", "theme=light", given, "--json")
    assert ran.exit_code == 2
    assert document(ran)["code"] in {Code.INPUT_SETTING, Code.INPUT_SETTING_VALUE}
    assert not profile.with_suffix(".settings").exists()


def test_the_language_set_wins_over_the_profile_and_not_over_what_is_said_now(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_LANG", raising=False)
    ran = maglia(profile, "set", "language=en")
    assert "the one that the console is started in" in ran.stdout
    assert load_profile(profile).lang == "en"
    assert load_profile(profile, "it").lang == "it"
    monkeypatch.setenv("MAGLIA_LANG", "it")
    assert load_profile(profile).lang == "it"


def test_a_folder_with_a_name_of_its_own_is_kept_as_it_is(tmp_path: Path) -> None:
    odd = tmp_path / 'carte "nuove" \\ è'
    odd.mkdir()
    save_settings(tmp_path / "anna.settings", changed(ConsoleSettings(), "papers", str(odd), "x"))
    assert load_settings(tmp_path / "anna.settings").folder == odd
