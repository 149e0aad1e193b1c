"""With which password a counter's own file is opened, where somebody types it and no node says whether it is right."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from tests.unit.test_offline_store import taken
from tui import typed
from tui.commands import offline_keeping
from tui.commands.offline_keeping import OFFLINE_VARIABLE, open_store, open_with
from tui.profile import Profile
from tui.typed import PASSWORD_VARIABLE

NOW, THEN = "prova-prova", "prova-di-ieri"


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    for variable in (PASSWORD_VARIABLE, OFFLINE_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return Profile("127.0.0.1:1", "emporio-nord", "distretto-prova", tmp_path / "front.pem", "anna",
                   offline=tmp_path / "a.offline", device_key=tmp_path / "a.device")  # fmt: skip


def types(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> Iterator[str]:
    """Let somebody type these, one at each prompt; what is left was not asked for."""
    left = iter(passwords)
    for module in (typed, offline_keeping, sys.modules["tui.commands.base"]):
        monkeypatch.setattr(module, "ask_secret", lambda _prompt, _variable: next(left))
    return left


def test_a_new_file_asks_twice_and_one_that_is_there_once(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, NOW, "prova-prove")
    with pytest.raises(MagliaError) as refused:
        open_store(profile)
    assert (refused.value.code, profile.offline.exists()) == (Code.INPUT_TYPED_TWICE, False)
    types(monkeypatch, NOW, NOW)
    open_store(profile).add(taken())
    left = types(monkeypatch, NOW, "not asked for")
    assert len(open_store(profile).taken()) == 1
    assert list(left) == ["not asked for"]


def test_a_password_changed_since_is_asked_for_as_it_was(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, THEN, THEN)
    open_store(profile).add(taken())
    types(monkeypatch, THEN)
    assert len(open_with(profile, NOW).taken()) == 1
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(MagliaError) as refused:
        open_with(profile, NOW)
    assert refused.value.code is Code.SESSION_OFFLINE_CLOSED
    monkeypatch.setenv(OFFLINE_VARIABLE, THEN)
    assert len(open_with(profile, NOW).taken()) == 1
