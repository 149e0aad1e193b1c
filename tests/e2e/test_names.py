"""A person without a code, at a real body: on file there, unknown to the network, legible in no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.live import TODAY, Ended, LiveNetwork

pytestmark = pytest.mark.xdist_group("small")

NAME, PLACE = "Xqzar Wqzidi", "Xqztlem"
BORN = ("--born", "01/02/1980")
HELP = ("--facet", "food_parcel", "--date", "21/11/2026", "--amount", "40,00")


def _names(live: LiveNetwork, member: str, name: str = NAME) -> list[dict[str, object]]:
    ended = live.console(member, "aid", "names", "--name", "-", *BORN, "--json", stdin=f"{name}\n")
    assert ended.status == 0, ended
    found: list[dict[str, object]] = ended.document["to_confirm"]
    return found


def _add(live: LiveNetwork, member: str, *who: str, stdin: str = "") -> Ended:
    ended = live.console(member, "aid", "add", *who, *HELP, "--json", stdin=stdin)
    assert ended.status == 0, ended
    return ended


def test_a_name_stays_at_its_body(small: LiveNetwork) -> None:
    member, other = small.members()[:2]
    first = _add(small, member, "--name", "-", *BORN, "--place", PLACE, stdin=f"{NAME}\n").document
    assert first["to_confirm"] == []
    _add(small, member, str(first["alias"]))
    second = _add(small, member, "--name", "-", *BORN, "--place", PLACE, stdin="wqzidi XQZER\n").document
    assert [one["alias"] for one in second["to_confirm"]] == [first["alias"]]
    assert second["alias"] != first["alias"]

    newest, oldest = _names(small, member)
    assert (newest["alias"], oldest["alias"]) == (second["alias"], first["alias"])
    assert oldest["aids"] == 2 * [{"facet": "food_parcel", "date": TODAY, "amount": 40_00, "status": "given"}]
    assert _names(small, other) == []

    ended = small.console(
        member, "check", str(first["alias"]), "--facet", "food_parcel", "--purpose", "aid_overlap", "--json"
    )
    assert (ended.status, ended.document["code"]) == (2, "input.composite_name")
    holders = [path for path in small.directory.rglob("*") if path.is_file() and _shows(path)]
    assert holders == []


def _shows(path: Path) -> bool:
    try:
        lower = path.read_bytes().lower()
    except FileNotFoundError:  # a database's companion, gone since it was listed
        return False
    return any(word.lower().encode() in lower for word in (*NAME.split(), PLACE))
