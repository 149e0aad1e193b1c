"""Every planted case through `maglia check`, on eight nodes: verdict, completeness, code and exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.programs import Programs
from demo.walk import Walk
from tests.e2e.live import LiveNetwork, processes_in
from tests.opa_binary import required_opa
from tests.support.commands import forks

pytestmark = pytest.mark.xdist_group("network")

CASES = (
    "clear",
    "overlap",
    "same_need",
    "rent",
    "hidden",
    "no_consent",
    "omocode",
    "partial",
    "refused_purpose",
    "refused_consent",
)
STATUS = {"none_known": 0, "similar": 10, "same_need": 10, "refused": 4}


def test_every_case_is_tested(network: LiveNetwork) -> None:
    assert {case["id"] for case in network.sheet["planted"]} == set(CASES)


@pytest.mark.parametrize("case_id", CASES)
def test_a_planted_case_comes_out_as_planted(network: LiveNetwork, case_id: str) -> None:
    case = network.case(case_id)
    ended = network.check(case)
    verdict = case["expected_verdict"]
    assert ended.status == STATUS[verdict], ended
    found = ended.document
    if verdict == "refused":
        assert found["schema"] == "maglia.error/1"
        assert found["code"] == case["expected_code"]
        assert found["message"]
        assert found["next_action"]
        return
    assert found["schema"] == "maglia.check/1"
    assert (found["verdict"], found["complete"], found["silent"]) == (verdict, case["complete"], [])
    assert found["asked"] == found["answered"] > 0
    assert bool(found["findings"]) == (verdict != "none_known")
    assert any(finding["same_need"] for finding in found["findings"]) == (verdict == "same_need")


def test_a_volunteer_reads_presence_and_no_more(network: LiveNetwork) -> None:
    found = network.check(network.case("overlap")).document
    for finding in found["findings"]:
        assert finding["member"] is None
        assert finding["amount"] in {None, "under_50", "50_149", "150_499", "500_1499", "1500_up"}
        assert len(finding["when"]) == len("2026-11")


def test_the_identifier_may_come_from_standard_input(network: LiveNetwork) -> None:
    case = network.case("overlap")
    question = ("check", "-", "--facet", case["facet"], "--purpose", case["purpose"], "--json")
    assert network.console(case["asker"], *question, stdin=case["identifier"] + "\n").status == 10


def test_the_nodes_run_the_reference_engine_where_it_is_to_be_had(network: LiveNetwork) -> None:
    opa = str(required_opa())
    for member in network.members():
        running = processes_in(Path(network.node(member)["data_dir"]))
        assert any(line.startswith(f"{opa} run --server") for line in running), running


def test_a_stopped_body_is_named_and_the_answer_is_partial(network: LiveNetwork) -> None:
    case = network.case("partial")
    silent = network.node(case["stop"])
    network.stop(case["stop"])
    try:
        ended = network.check(case)
        overlap = network.check(network.case("overlap"))
    finally:
        network.start(case["stop"])
    assert ended.status == 11, ended
    found = ended.document
    assert (found["verdict"], found["complete"]) == ("none_known", False)
    assert [(body["member"], body["name"]) for body in found["silent"]] == [(silent["member"], silent["name"])]
    assert found["answered"] == found["asked"] - 1
    assert (overlap.status, overlap.document["complete"]) == (10, False)
    network.wait_complete("partial")


def test_the_guided_walk_tells_planted_from_unplanted(network: LiveNetwork) -> None:
    sheet = network.sheet
    for case in sheet["planted"]:
        if case["id"] == "clear":
            case["expected_verdict"] = "similar"
    said: list[str] = []
    passphrase = network.directory.joinpath("passphrase").read_text("utf-8")
    as_planted = Walk(network.directory, sheet, Programs(network.directory, passphrase, forks()), said.append).run()
    verdicts = [line for line in said if line.startswith("->")]
    assert not as_planted
    assert [line == "-> come previsto" for line in verdicts] == [False, *[True] * (len(verdicts) - 1)], "\n".join(said)
    assert len(verdicts) >= 7
