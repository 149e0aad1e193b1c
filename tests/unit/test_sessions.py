"""Sessions: idle ones end, tokens are not held."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from maglia.core.errors import Code
from maglia.wire.sessions import Sessions
from tests.peer_world import refused


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions[str]:
    return Sessions[str](900, clock)


def test_a_token_names_its_person_and_no_other(sessions: Sessions[str]) -> None:
    anna, ivo = sessions.open("anna"), sessions.open("ivo")
    assert (sessions.person(anna), sessions.person(ivo)) == ("anna", "ivo")
    assert len(anna) >= 40


@pytest.mark.parametrize("token", ["", "x", "\0", "é"])
def test_what_was_never_given_is_expired(sessions: Sessions[str], token: str) -> None:
    sessions.open("anna")
    with refused(Code.SESSION_EXPIRED):
        sessions.person(token)


def test_use_keeps_a_session_and_idleness_ends_it(sessions: Sessions[str], clock: Clock) -> None:
    token = sessions.open("anna")
    for _ in range(5):
        clock.now += 899
        assert sessions.person(token) == "anna"
    clock.now += 901
    with refused(Code.SESSION_EXPIRED):
        sessions.person(token)
    with refused(Code.SESSION_EXPIRED):
        sessions.person(token)  # asking does not wake it


def test_idle_sessions_are_forgotten_and_tokens_are_never_held(sessions: Sessions[str], clock: Clock) -> None:
    tokens = [sessions.open("anna") for _ in range(10)]
    assert not any(token in repr(vars(sessions)) for token in tokens)
    clock.now += 901
    sessions.open("ivo")
    assert repr(vars(sessions)).count("anna") == 0


def test_a_new_process_knows_nobody(sessions: Sessions[str], clock: Clock) -> None:
    token = sessions.open("anna")
    with refused(Code.SESSION_EXPIRED):
        Sessions[str](900, clock).person(token)
