"""A parish with no address of its own: its node is at home, behind the router of a slow ADSL line."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.street_network import PATIENCE_S, RELAY, StreetNetwork
from tests.support.netns import open_street, why_not

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("street")]

DELAY_S, LOSS = 0.03, 0.01
OTHER_ADDRESS = "203.0.113.200"


class Proof:
    """The network, and what was known of it before there was a relay."""

    def __init__(self, network: StreetNetwork) -> None:
        self.network, self.parish, self.comune = network, network.parish, network.comune
        self.person = network.helped_with_food(self.parish)
        self.before = network.check(self.comune, self.person).document

    def relay(self) -> None:
        """Do what the parish does on the day when it gets a relay's file."""
        file = self.network.open_relay()
        self.network.stop(self.parish)
        self.network.serve(self.parish, "--via", str(file))

    def is_whole(self) -> dict[str, Any]:
        """Wait until a check has the parish's answer, by the network's own doing, and return it."""
        found = self.network.check_until_complete(self.comune, self.person)
        assert found["verdict"] == "similar"
        return found

    def lacks_the_parish(self) -> dict[str, Any]:
        """Ask while the parish is away: the answer says so, and says nothing for it."""
        found = self.network.check(self.comune, self.person).document
        assert [body["member"] for body in found["silent"]] == [self.parish]
        assert (found["complete"], found["verdict"]) == (False, "none_known")
        return found

    def wait_whole(self, check_id: str, asker: str = "") -> dict[str, Any]:
        """Wait until a check of before, the comune's if not another's, is complete, without asking anew."""
        until = time.monotonic() + PATIENCE_S
        while True:
            ended = self.network.console(asker or self.comune, "check", "show", check_id, "--json")
            if ended.document.get("complete"):
                return ended.document
            assert time.monotonic() < until, f"{ended}{self.network.words()}"
            time.sleep(1)


@pytest.fixture(scope="module")
def proof() -> Iterator[Proof]:
    """Yield the network, whose parish is reached through a relay, over a line that loses one packet of a hundred."""
    if reason := why_not():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="maglia-street-") as folder, open_street() as street:
        network = StreetNetwork(Path(folder), street, street.home("casa", DELAY_S, LOSS))
        try:
            network.found()
            network.join()
            proof = Proof(network)
            proof.relay()
            yield proof
            for member in network.sites:
                assert network.console(member, "log", "verify", "--json").document["ok"] is True
        finally:
            network.close()


def test_behind_nat_without_a_relay_nobody_reaches_it(proof: Proof) -> None:
    """What makes the other tests prove anything: the home is closed to the street."""
    assert [(body["member"], body["reason"]) for body in proof.before["silent"]] == [(proof.parish, "unreachable")]
    assert (proof.before["complete"], proof.before["verdict"]) == (False, "none_known")


def test_behind_nat_it_answers_through_the_relay_and_asks(proof: Proof) -> None:
    proof.is_whole()
    assert proof.network.attending() == [proof.parish]
    other = proof.network.helped_with_food(proof.network.onlus)
    consent = ("consent", "add", other, "--purpose", "aid_overlap", "--json")
    assert proof.network.console(proof.parish, *consent).status == 0
    asked = ("check", other, "--facet", "food_parcel", "--purpose", "aid_overlap", "--json")
    found = proof.network.console(proof.parish, *asked).document
    assert (found["complete"], found["verdict"]) == (True, "similar")


def test_what_was_asked_while_the_relay_was_dead_is_complete_when_it_is_back(proof: Proof) -> None:
    proof.is_whole()
    proof.network.kill(RELAY)
    asked = proof.lacks_the_parish()
    proof.network.restart(RELAY)
    assert proof.wait_whole(asked["check_id"])["verdict"] == "similar"
    proof.is_whole()


def test_what_was_asked_while_the_line_was_cut_is_complete_when_it_is_mended(proof: Proof) -> None:
    proof.is_whole()
    proof.network.home.cut()
    asked = proof.lacks_the_parish()
    proof.network.home.mend()
    assert proof.wait_whole(asked["check_id"])["verdict"] == "similar"
    told = proof.network.console(proof.comune, "inbox", "--json")
    assert asked["check_id"] in told.out, told


def test_a_parish_whose_line_is_cut_works_on_and_is_checked_afterwards(proof: Proof) -> None:
    """Its node is in the house, so that records and consents are there; only the network is away."""
    proof.is_whole()
    network, person = proof.network, proof.network.helped_with_food(proof.network.onlus, nth=1)
    question = ("check", person, "--facet", "food_parcel", "--purpose", "aid_overlap", "--json")
    network.home.cut()
    try:
        consent = network.console(proof.parish, "consent", "add", person, "--purpose", "aid_overlap", "--json")
        what = ("--facet", "food_parcel", "--date", "21/11/2026", "--amount", "20,00")
        given = network.console(proof.parish, "aid", "add", person, *what, "--json")
        refused = network.console(proof.parish, *question)
        filed = network.console(proof.parish, *question, "--defer")
    finally:
        network.home.mend()
    assert (consent.status, given.status) == (0, 0), (consent, given)
    assert (refused.status, refused.document["code"]) == (3, "network.away"), refused
    assert "--defer" in refused.document["next_action"]
    assert "verdict" not in filed.document or not filed.document["complete"], filed
    assert proof.wait_whole(filed.document["check_id"], proof.parish)["verdict"] == "similar"


def test_a_router_that_gets_another_address_is_found_again(proof: Proof) -> None:
    proof.is_whole()
    proof.network.home.readdress(OTHER_ADDRESS)
    proof.is_whole()


def test_a_node_that_is_killed_and_started_again_is_found_again(proof: Proof) -> None:
    proof.network.kill(proof.parish)
    proof.lacks_the_parish()
    proof.network.restart(proof.parish)
    proof.is_whole()
