"""A comune's officer asks under a procedure on a live network, and everybody who should can read what it cost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.live import Ended, LiveNetwork, run

pytestmark = pytest.mark.xdist_group("small")


@pytest.fixture
def call(small: LiveNetwork) -> dict[str, Any]:
    found: dict[str, Any] = small.sheet["procedures"][0]
    return found


def check(network: LiveNetwork, purpose: str, procedure: str, member: str = "") -> Ended:
    case = network.case("rent")
    question = ("check", case["identifier"], "--facet", case["facet"], "--purpose", purpose, "--procedure", procedure)
    return network.console(member or case["asker"], *question, "--json")


def spent(network: LiveNetwork, call: dict[str, Any]) -> dict[str, int]:
    """Return the persons counted under the procedure at the comune, the body that answers, and the registry."""
    asker = network.case("rent")["asker"]
    answerer = next(node["member"] for node in network.sheet["nodes"] if node["kind"] == "onlus")
    found = {member: as_manager(network, member).document["procedures"] for member in (asker, answerer)}
    auditor = network.sheet["auditors"][0]
    environment = {**os.environ, "MAGLIA_PASSWORD": auditor["password"]}
    office = run("tui", "--profile", auditor["profile"], "office", "budgets", asker, "--json", environment=environment)
    found["registry"] = office.document["procedures"]
    assert all(line["cap"] == call["cap"] for lines in found.values() for line in lines)
    return {where: sum(line["spent"] for line in lines if line["cls"] == "person") for where, lines in found.items()}


def as_manager(network: LiveNetwork, member: str) -> Ended:
    """Read a node's budgets as the one who administers it."""
    node = network.node(member)
    manager = next(one for one in node["operators"] if one["role"] == "manager")
    profile = Path(node["profile"])
    own = profile.with_name(f"{member}-{manager['user']}.toml")
    own.write_text(profile.read_text().replace(f'"{node["operators"][0]["user"]}"', f'"{manager["user"]}"'))
    environment = {**os.environ, "MAGLIA_PASSWORD": manager["password"]}
    return run("tui", "--profile", str(own), "budgets", "--json", environment=environment)


def test_an_officer_asks_under_a_procedure_and_it_is_counted_once_everywhere(
    small: LiveNetwork, call: dict[str, Any]
) -> None:
    asker = small.case("rent")["asker"]
    assert asker in call["members"]
    before = spent(small, call)
    for purpose in ("call_for_applicants", "rent_subsidy", "call_for_applicants"):
        ended = check(small, purpose, call["id"])
        found = ended.document
        assert (ended.status, found["verdict"], found["complete"], found["refused"]) == (10, "similar", True, []), ended
    assert {where: count - before[where] for where, count in spent(small, call).items()} == dict.fromkeys(before, 1)


def test_without_its_procedure_a_call_for_applicants_is_refused(small: LiveNetwork, call: dict[str, Any]) -> None:
    for procedure, code, status in (("", "consent.case_missing", 4), ("affitto-1999", "input.procedure", 2)):
        ended = check(small, "call_for_applicants", procedure)
        assert (ended.status, ended.document["code"]) == (status, code), ended
    parish = next(node["member"] for node in small.sheet["nodes"] if node["kind"] == "parish")
    ended = check(small, "aid_overlap", call["id"], parish)
    assert (ended.status, ended.document["code"]) == (4, "policy.procedure_member"), ended
