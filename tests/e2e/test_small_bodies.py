"""A parish with no address of its own: its node is at home, behind the router of its ADSL line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.street_network import StreetNetwork
from tests.support.netns import open_street, why_not

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("street")]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreetNetwork]:
    """Yield the network, the parish's line being slow and losing one packet of a hundred."""
    if reason := why_not():
        pytest.skip(reason)
    with open_street() as street:
        made = StreetNetwork(tmp_path_factory.mktemp("rete"), street, street.home("casa", delay_s=0.03, loss=0.01))
        try:
            made.found()
            made.join({})
            yield made
        finally:
            made.close()


def test_behind_nat_without_a_relay_one_asks_and_can_not_be_asked(network: StreetNetwork) -> None:
    """What makes the other tests prove anything: the home is closed to the street."""
    person = network.helped_with_food(network.parish)
    found = network.check(network.comune, person).document
    assert [(body["member"], body["reason"]) for body in found["silent"]] == [(network.parish, "unreachable")]
    assert (found["complete"], found["verdict"]) == (False, "none_known")
