"""Passwords: Argon2id, and the same answer for a wrong one and an unknown user."""

from __future__ import annotations

import pytest

from maglia.core.errors import Code
from maglia.core.passwords import check_password, hash_password
from tests.peer_world import refused

pytestmark = pytest.mark.costly

PASSWORD = "una parola lunga"


@pytest.fixture(scope="module")
def stored() -> str:
    return hash_password(PASSWORD)


def test_the_right_password_passes_and_the_hash_is_argon2id(stored: str) -> None:
    check_password(stored, PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, section 4, second choice
    assert PASSWORD not in stored
    assert hash_password(PASSWORD) != stored


@pytest.mark.parametrize("password", ["", PASSWORD + " ", PASSWORD.upper(), "nobody's password"])
def test_any_other_is_refused(stored: str, password: str) -> None:
    with refused(Code.SESSION_CREDENTIALS):
        check_password(stored, password)


@pytest.mark.parametrize("stored_hash", [None, "", "not a hash", "$argon2id$v=19$m=1,t=1,p=1$$"])
def test_an_unknown_user_is_refused_in_the_same_words(stored_hash: str | None) -> None:
    for password in (PASSWORD, "nobody's password"):
        with refused(Code.SESSION_CREDENTIALS):
            check_password(stored_hash, password)


def test_a_short_password_is_no_password() -> None:
    with refused(Code.INPUT_PASSWORD):
        hash_password("123456789")
