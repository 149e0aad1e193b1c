"""What an officer types about calls for applicants: what is asked of the node, what is asked back, how it ends."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maglia.wire.certificates import make_certificate
from tui.__main__ import app
from tui.commands import bando
from tui.profile import Profile

NUMBER = "B-0123456789"


@dataclass
class Desk:
    """A node's door to calls for applicants, in memory."""

    deleted: list[str] = field(default_factory=list)

    async def delete_batch(self, batch_id: str) -> None:
        self.deleted.append(batch_id)


class Terminal(io.TextIOWrapper):
    """Standard input of somebody who sits there."""

    def __init__(self, typed: str) -> None:
        super().__init__(io.BytesIO(typed.encode()), encoding="utf-8")

    def isatty(self) -> bool:
        return True


@dataclass
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


Typing = Callable[..., Ended]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()

    @asynccontextmanager
    async def at_desk(_profile: Profile, _password: str) -> AsyncIterator[Desk]:
        yield made

    monkeypatch.setattr(bando, "at_batches", at_desk)
    return made


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    made = make_certificate("comune", "distretto", 3600, time.time())
    (tmp_path / "front.pem").write_bytes(made.certificate)
    path = tmp_path / "ivo.toml"
    name = "comune.distretto.maglia.internal"
    path.write_text(f'endpoint = "127.0.0.1:7001"\nserver_name = "{name}"\nca_file = "front.pem"\nuser = "ivo"\n')
    monkeypatch.setenv("MAGLIA_PASSWORD", "parola")

    def run(*words: str, typed: str | None = None) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO() if typed is None else Terminal(typed))
        with pytest.raises(SystemExit) as ended:
            app(["--profile", str(path), "bando", *words])
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize(("typed", "status"), [("s\n", 0), ("\n", 4), ("no\n", 4), (None, 4)])
def test_a_deletion_is_asked_about_on_a_terminal(typing: Typing, desk: Desk, typed: str | None, status: int) -> None:
    ended = typing("delete", NUMBER, typed=typed)
    assert ended.status == status, ended
    assert desk.deleted == ([NUMBER] if status == 0 else [])
    assert (f"Cancellare {NUMBER}" in ended.err) is (typed is not None)


def test_a_script_deletes_with_yes(typing: Typing, desk: Desk) -> None:
    assert typing("delete", NUMBER, "--yes").status == 0
    assert desk.deleted == [NUMBER]
