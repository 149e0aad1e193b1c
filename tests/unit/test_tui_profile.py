"""A profile says where and as whom, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from tui.profile import find_profile, load_profile

GOOD = """
endpoint = "127.0.0.1:7001"
server_name = "emporio-nord.distretto.maglia.internal"
ca_file = "keys/front.pem"
user = "anna"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "anna.toml"
    path.write_text(text)
    return path


def test_a_profile(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, GOOD + 'officer_key = "a.key"\nmember = "emporio-nord"\n'))
    assert (profile.party, profile.network) == ("emporio-nord", "distretto")
    assert profile.ca_file == tmp_path / "keys" / "front.pem"
    assert profile.officer_key == tmp_path / "a.key"
    assert profile.lang == "it"


def test_the_option_wins_over_the_file(tmp_path: Path) -> None:
    assert load_profile(write(tmp_path, GOOD + 'lang = "it"\n'), "en").lang == "en"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (GOOD + 'password = "x"\n', "password"),
        (GOOD.replace("anna", ""), "user"),
        (GOOD.replace("endpoint", "# endpoint"), "endpoint"),
        (GOOD + 'lang = "fr"\n', "lang"),
        (GOOD + "member = 7\n", "member"),
        (GOOD.replace(".maglia.internal", ".example.org"), "server_name"),
        (GOOD.replace("emporio-nord.distretto", "emporio-nord"), "server_name"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(MagliaError) as refused:
        load_profile(write(tmp_path, text))
    assert (refused.value.code, refused.value.params["field"]) == (Code.INPUT_SETTING, field)


def test_unreadable_profiles(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", write(tmp_path, "endpoint = ")):
        with pytest.raises(MagliaError) as refused:
            load_profile(path)
        assert refused.value.code is Code.INPUT_FILE


def test_where_the_profile_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PROFILE", "/from/environment.toml")
    assert find_profile(tmp_path) == tmp_path
    assert find_profile(None) == Path("/from/environment.toml")
    monkeypatch.delenv("MAGLIA_PROFILE")
    with pytest.raises(MagliaError):
        find_profile(None)
