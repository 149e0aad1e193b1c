"""Who may come in from a browser: the link, the cookie, the names of this computer, where a request comes from."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tui.browser.gate import LINK_MINUTES, Gate

PORT = 4321
HERE = f"127.0.0.1:{PORT}"


def token_of(gate: Gate) -> str:
    return gate.link.rsplit("/", 1)[1]


def test_a_link_gives_a_cookie_once() -> None:
    gate = Gate(PORT)
    cookie = gate.enter(token_of(gate))
    assert cookie is not None
    assert gate.is_inside({gate.cookie_name: cookie})
    assert gate.enter(token_of(gate)) is None


def test_a_wrong_word_gives_nothing_and_takes_nothing_from_the_link() -> None:
    gate = Gate(PORT)
    assert gate.enter("") is None
    assert gate.enter(token_of(Gate(PORT))) is None
    assert gate.enter("è") is None
    assert gate.enter(token_of(gate)) is not None


def test_a_link_lapses() -> None:
    now = 0.0
    gate = Gate(PORT, lambda: now)
    now = LINK_MINUTES * 60 + 1
    assert gate.enter(token_of(gate)) is None


def test_only_this_runs_cookie_is_inside() -> None:
    gate, before = Gate(PORT), Gate(PORT)
    other = before.enter(token_of(before))
    assert other is not None
    assert not gate.is_inside({})
    assert not gate.is_inside({gate.cookie_name: ""})
    assert not gate.is_inside({gate.cookie_name: other})
    assert not gate.is_inside({gate.cookie_name: "è"})


@pytest.mark.parametrize("host", [HERE, f"localhost:{PORT}"])
def test_this_computer_is_known_by_its_names(host: str) -> None:
    assert Gate(PORT).knows({"Host": host})


@pytest.mark.parametrize("host", ["", "127.0.0.1", "127.0.0.1:80", f"maglia.example:{PORT}", f"{HERE}.example"])
def test_other_names_that_lead_here_are_not_known(host: str) -> None:
    assert not Gate(PORT).knows({"Host": host})


@pytest.mark.parametrize(
    ("headers", "of_page", "of_socket"),
    [
        ({}, True, False),
        ({"Sec-Fetch-Site": "none"}, True, False),
        ({"Sec-Fetch-Site": "same-origin"}, True, False),
        ({"Sec-Fetch-Site": "cross-site"}, False, False),
        ({"Sec-Fetch-Site": "same-site"}, False, False),
        ({"Origin": f"http://{HERE}"}, True, True),
        ({"Origin": f"https://{HERE}"}, False, False),
        ({"Origin": "http://127.0.0.1:80"}, False, False),
        ({"Origin": f"http://localhost:{PORT}"}, False, False),
        ({"Origin": "null"}, False, False),
        ({"Origin": "http://maglia.example", "Sec-Fetch-Site": "same-origin"}, False, False),
    ],
)
def test_where_a_request_comes_from(headers: Mapping[str, str], of_page: bool, of_socket: bool) -> None:
    gate, said = Gate(PORT), {"Host": HERE, **headers}
    assert gate.is_from_here(said) is of_page
    assert gate.is_from_here(said, must_say=True) is of_socket
