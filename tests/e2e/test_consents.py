"""A consent's whole life between two real bodies, by the commands of their counters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clerk import fictional_code
from tests.e2e.live import TODAY, Ended, LiveNetwork

pytestmark = pytest.mark.xdist_group("small")

CODE = fictional_code(1_111)
HELP = ("--facet", "food_parcel", "--date", "21/11/2026", "--amount", "40,00")


def _said(live: LiveNetwork, member: str, *arguments: str) -> dict[str, Any]:
    ended = live.console(member, "consent", *arguments, "--json")
    assert ended.status == 0, ended
    return ended.document


def _check(live: LiveNetwork, member: str) -> Ended:
    """Ask until everybody answers in full: whoever was just helped awaits a pseudonym for a moment."""
    for _ in range(15):
        ended = live.console(member, "check", CODE, "--facet", "food_parcel", "--purpose", "aid_overlap", "--json")
        if ended.document.get("complete", True):
            return ended
    raise AssertionError(f"still not complete: {ended}")


def _two_of_the_third_sector(live: LiveNetwork) -> tuple[str, str]:
    giver, asker = [node["member"] for node in live.sheet["nodes"] if node["kind"] != "comune"][:2]
    return giver, asker


def test_a_withdrawal_holds_at_once_and_both_sides_know_whom_to_tell(small: LiveNetwork) -> None:
    giver, asker = _two_of_the_third_sector(small)
    assert _said(small, giver, "add", CODE, "--purpose", "aid_overlap")["expires"] == "2027-11-21"
    helped = small.console(giver, "aid", "add", CODE, *HELP, "--json")
    assert helped.status == 0, helped
    _said(small, asker, "add", CODE, "--purpose", "aid_overlap")
    found = _check(small, asker)
    assert (found.status, len(found.document["findings"])) == (10, 1), found

    withdrawn = _said(small, giver, "withdraw", CODE, "--yes")
    assert (withdrawn["still_to_tell"], withdrawn["consents"][0]["withdrawn"]) == ([asker], TODAY)
    assert _check(small, asker).status == 0
    assert _said(small, giver, "told", CODE, asker)["still_to_tell"] == []

    theirs = _said(small, asker, "refuse", CODE, "--yes")
    assert giver in theirs["still_to_tell"]
    assert {one["reason"] for one in theirs["oppositions"][0]["to_tell"]} == {"asked"}
    refused = _check(small, asker)
    assert (refused.status, refused.document["code"]) == (4, "consent.refused")
    assert _said(small, asker, "show", CODE)["consents"][0]["in_force"] == []


def test_who_has_nothing_on_file_has_nothing_to_withdraw(small: LiveNetwork) -> None:
    giver, _ = _two_of_the_third_sector(small)
    ended = small.console(giver, "consent", "withdraw", fictional_code(1_119), "--yes", "--json")
    assert (ended.status, ended.document["code"]) == (4, "consent.none")
    listed = _said(small, giver, "expiring", "--days", "366")
    assert (listed["day"], fictional_code(1_119) in str(listed)) == (TODAY, False)
