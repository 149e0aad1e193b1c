"""Six digits for half a minute, against the vectors of RFC 6238 (appendix B, SHA-1, its last six digits)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from maglia.core.one_time import DRIFT, STEP_S, code_at, fresh_secret, matching_step, setup_uri

SECRET = b"12345678901234567890"
VECTORS = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
]


@pytest.mark.parametrize(("now", "digits"), VECTORS)
def test_the_vectors_of_the_rfc(now: int, digits: str) -> None:
    assert code_at(SECRET, now) == digits
    assert matching_step(SECRET, digits, now) == now // STEP_S


@pytest.mark.parametrize("away", range(-3, 4))
def test_a_clock_may_be_one_step_away_and_no_more(away: int) -> None:
    now = 1_234_567_890.0
    found = matching_step(SECRET, code_at(SECRET, now + away * STEP_S), now)
    assert found == (now // STEP_S + away if abs(away) <= DRIFT else None)


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "94287082", "abcdef", "287082", "٢٨٧٠٨٢", "\0"])
def test_what_is_not_those_six_digits_is_wrong(typed: str) -> None:
    assert matching_step(SECRET, typed, 1_234_567_890) is None


def test_spaces_are_how_telephones_show_them() -> None:
    assert matching_step(SECRET, " 005 924 ", 1_234_567_890) is not None


def test_a_telephone_reads_secret_user_and_body() -> None:
    address = urlsplit(setup_uri(fresh_secret(), "anna", "mensa-est"))
    said = parse_qs(address.query)
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/anna")
    assert said["issuer"] == ["Maglia mensa-est"]
    assert len(said["secret"][0]) == 32
    assert fresh_secret() != fresh_secret()
