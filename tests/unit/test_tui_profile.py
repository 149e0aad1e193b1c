"""A profile says where and as whom, and nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.wire.certificates import make_certificate
from tui.profile import find_profile, load_profile

GOOD = """
endpoint = "127.0.0.1:7001"
server_name = "emporio-nord.distretto.maglia.internal"
ca_file = "keys/front.pem"
user = "anna"
"""


CERTIFICATE = make_certificate("emporio-nord", "distretto", 3600, time.time())


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MAGLIA_")]:
        monkeypatch.delenv(name)


def write(folder: Path, text: str, certificate: bytes = CERTIFICATE.certificate) -> Path:
    (folder / "keys").mkdir()
    (folder / "keys" / "front.pem").write_bytes(certificate)
    path = folder / "anna.toml"
    path.write_text(text)
    return path


def test_a_profile(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, GOOD + 'officer_key = "a.key"\nmember = "emporio-nord"\n'))
    assert (profile.party, profile.network) == ("emporio-nord", "distretto")
    assert profile.ca_file == tmp_path / "keys" / "front.pem"
    assert profile.officer_key == tmp_path / "a.key"
    assert profile.lang == "it"


def test_a_body_names_its_data_protection_officer_and_its_own_notices(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, GOOD + 'dpo = "dpo@ente.example"\nnotices = "informative"\n'))
    assert (profile.dpo, profile.notices) == ("dpo@ente.example", tmp_path / "informative")


def test_the_option_wins_over_the_file(tmp_path: Path) -> None:
    assert load_profile(write(tmp_path, GOOD + 'lang = "it"\n'), "en").lang == "en"


@pytest.mark.parametrize(
    ("option", "variable", "spoken"), [("en", "it", "en"), (None, "en", "en"), (None, "", "it"), (None, None, "it")]
)
def test_the_option_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str | None, variable: str | None, spoken: str
) -> None:
    if variable is not None:
        monkeypatch.setenv("MAGLIA_LANG", variable)
    assert load_profile(write(tmp_path, GOOD + 'lang = "it"\n'), option).lang == spoken


def test_each_setting_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, GOOD)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "other.pem").write_bytes(CERTIFICATE.certificate)
    monkeypatch.chdir(tmp_path / "here")
    given = {"ENDPOINT": "10.0.0.1:9", "USER": "ugo", "MEMBER": "onlus-ponte", "CA_FILE": "other.pem"}
    given |= {"SERVER_NAME": "onlus-ponte.distretto.maglia.internal", "OFFICER_KEY": "u.key"}
    for name, text in given.items():
        monkeypatch.setenv(f"MAGLIA_{name}", text)
    profile = load_profile(path)
    assert (profile.endpoint, profile.user, profile.member) == ("10.0.0.1:9", "ugo", "onlus-ponte")
    assert (profile.party, profile.ca_file, profile.officer_key) == ("onlus-ponte", Path("other.pem"), Path("u.key"))


@pytest.mark.parametrize(("variable", "text"), [("MAGLIA_LANG", "fr"), ("MAGLIA_ENDPOINT", "7001")])
def test_a_bad_value_names_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(MagliaError) as refused:
        load_profile(write(tmp_path, GOOD))
    code = Code.INPUT_SETTING_VALUE if variable == "MAGLIA_LANG" else Code.INPUT_SETTING
    assert (refused.value.code, refused.value.params["source"]) == (code, variable)


@pytest.mark.parametrize(
    "certificate",
    [
        b"",
        b"not a certificate",
        CERTIFICATE.private_key,
        CERTIFICATE.certificate[:200],
        b"\xff" * 40,
        CERTIFICATE.certificate.replace(b"MII", b"MIJ", 1),
    ],
    ids=["empty", "words", "key", "cut", "bytes", "corrupt"],
)
def test_what_is_no_certificate_is_no_absent_network(tmp_path: Path, certificate: bytes) -> None:
    with pytest.raises(MagliaError) as refused:
        load_profile(write(tmp_path, GOOD, certificate))
    assert (refused.value.code, refused.value.params["field"]) == (Code.INPUT_SETTING, "ca_file")


def test_a_missing_certificate_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as refused:
        load_profile(write(tmp_path, GOOD.replace("front.pem", "none.pem")))
    assert (refused.value.code, refused.value.params["file"]) == (Code.INPUT_FILE, "none.pem")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (GOOD + 'password = "x"\n', "password"),
        (GOOD.replace("anna", ""), "user"),
        (GOOD.replace("endpoint", "# endpoint"), "endpoint"),
        (GOOD.replace(":7001", ""), "endpoint"),
        (GOOD.replace("7001", "70010"), "endpoint"),
        (GOOD.replace("127.0.0.1", "http://127.0.0.1"), "endpoint"),
        (GOOD.replace("emporio-nord.", "emporio nord."), "server_name"),
        (GOOD + 'lang = "fr"\n', "lang"),
        (GOOD + "member = 7\n", "member"),
        (GOOD.replace(".maglia.internal", ".example.org"), "server_name"),
        (GOOD.replace("emporio-nord.distretto", "emporio-nord"), "server_name"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(MagliaError) as refused:
        load_profile(write(tmp_path, text))
    code = Code.INPUT_SETTING_VALUE if field == "lang" else Code.INPUT_SETTING
    assert (refused.value.code, refused.value.params["field"]) == (code, field)
    assert field != "lang" or refused.value.params["allowed"] == "it, en"


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
