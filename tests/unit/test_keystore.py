"""The keystore: whole or not at all, its owner's alone, and closed to any other passphrase."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from maglia.core import keystore
from maglia.core.errors import Code
from maglia.core.keystore import load_keystore, read_passphrase, save_keystore, write_private
from tests.peer_world import refused

pytestmark = pytest.mark.costly

SECRETS = {"identity": bytes(range(32)), "empty": b"", "pem": b"-----BEGIN"}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(keystore, "_SCRYPT_N", 2**10)  # the derivation is the library's; its cost is not under test
    path = tmp_path / "keystore.json"
    save_keystore(path, SECRETS, "una frase")
    return path


def test_what_was_kept_comes_back(path: Path) -> None:
    assert load_keystore(path, "una frase") == SECRETS
    assert path.stat().st_mode & 0o777 == 0o600
    assert bytes(range(32)).hex() not in path.read_text()


@pytest.mark.parametrize("passphrase", ["", "una frase ", "altra"])
def test_another_passphrase_opens_nothing(path: Path, passphrase: str) -> None:
    with refused(Code.STORAGE_KEYSTORE):
        load_keystore(path, passphrase)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"salt":1,"nonce":2,"sealed":3}'])
def test_a_file_that_is_none_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with refused(Code.STORAGE_KEYS_DAMAGED):
        load_keystore(path, "una frase")


@pytest.mark.parametrize("part", ["salt", "nonce", "sealed"])
def test_a_changed_part_is_refused(path: Path, part: str) -> None:
    document = json.loads(path.read_text())
    document[part] = ("B" if document[part][0] != "B" else "C") + document[part][1:]
    path.write_text(json.dumps(document))
    with refused(Code.STORAGE_KEYSTORE):
        load_keystore(path, "una frase")


def test_a_missing_file_has_its_own_code(tmp_path: Path) -> None:
    with refused(Code.STORAGE_MISSING):
        load_keystore(tmp_path / "keystore.json", "una frase")


def test_saving_again_replaces_whole_and_leaves_nothing_beside(path: Path) -> None:
    before = path.read_bytes()
    save_keystore(path, SECRETS, "una frase")
    assert path.read_bytes() != before  # fresh salt and nonce
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208 - hidden files too


def test_a_private_file_is_private_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)


def test_the_passphrase_comes_from_the_environment_or_a_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGLIA_PASSPHRASE", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with refused(Code.STORAGE_KEYSTORE):
        read_passphrase()
    (tmp_path / "maglia-passphrase").write_text("dal sistema\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_passphrase() == "dal sistema"
    monkeypatch.setenv("MAGLIA_PASSPHRASE", "una frase")
    assert read_passphrase() == "una frase"
