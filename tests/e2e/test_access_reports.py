"""A person asks, at one of three real bodies, who looked them up: from the question to the names on paper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.clerk import fictional_code
from tests.e2e.live import Ended, LiveNetwork, run

pytestmark = pytest.mark.xdist_group("small")

CODE = fictional_code(1_117)


def _desk(live: LiveNetwork, member: str, *arguments: str) -> Ended:
    """Run `maglia access-report` as somebody who may, by role."""
    node = live.node(member)
    who = next(one for one in node["operators"] if one["role"] in {"social_worker", "officer", "manager"})
    environment = {**os.environ, "MAGLIA_PASSWORD": who["password"], "MAGLIA_USER": who["user"]}
    return run("tui", "--profile", node["profile"], "access-report", *arguments, environment=environment)


def _check(live: LiveNetwork, member: str) -> None:
    assert live.console(member, "consent", "add", CODE, "--purpose", "aid_overlap", "--json").status == 0
    asked = live.console(member, "check", CODE, "--facet", "food_parcel", "--purpose", "aid_overlap", "--json")
    assert asked.status in {0, 10, 11}, asked


def _others(live: LiveNetwork) -> tuple[str, str, str]:
    third_sector = [node["member"] for node in live.sheet["nodes"] if node["kind"] != "comune"]
    desk = next(node["member"] for node in live.sheet["nodes"] if node["kind"] == "comune")
    return desk, third_sector[0], third_sector[1]


def _approve(live: LiveNetwork, wanted: Path, out: Path) -> Ended:
    officer: dict[str, Any] = live.sheet["data_protection_officers"][0]
    environment = {**os.environ, "MAGLIA_PASSPHRASE": officer["passphrase"]}
    said = ("--reason", "la persona sporge querela", "--out", str(out), "--yes", "--json")
    return run(
        "tui", "--profile", officer["profile"], "access-report", "approve", str(wanted), *said, environment=environment
    )


def test_who_looked_a_person_up_is_told_by_both_sides_and_by_name_once_approved(
    small: LiveNetwork, tmp_path: Path
) -> None:
    desk, asker, away = _others(small)
    _check(small, asker)
    small.stop(away)
    try:
        first = _desk(small, desk, "request", CODE, "--identified", "CI finta 1", "--json")
    finally:
        small.start(away)
    assert (first.status, first.document["complete"], first.document["bodies_told"]) == (11, False, 2), first
    case = first.document["case"]
    assert {body["member"]: body["state"] for body in first.document["bodies"]}[away] == "silent"
    told = {(one["asker"], one["answerer"]): one for one in first.document["accesses"]}
    assert told[asker, away]["outcome"] == "unknown"
    assert told[asker, desk]["told_by"] == sorted([desk, asker])
    assert {one["operator"] for one in told.values()} == {""}

    whole = _desk(small, desk, "retry", case, "--json")
    assert (whole.status, whole.document["complete"]) == (0, True), whole
    assert {one["outcome"] for one in whole.document["accesses"]} <= {"nothing", "shown", "refused"}

    wanted, approved = tmp_path / "nomi.json", tmp_path / "approvati.json"
    assert _desk(small, desk, "names", case, "--out", str(wanted)).status == 0
    assert CODE not in wanted.read_text("utf-8")
    signed = _approve(small, wanted, approved)
    assert signed.status == 0, signed
    named = _desk(small, desk, "approved", case, str(approved), "--json")
    assert (named.status, {one["operator"] for one in named.document["accesses"]} == {""}) == (0, False), named

    other = _desk(small, desk, "request", CODE, "--identified", "CI finta 1", "--json").document
    assert [one["asker"] for one in other["earlier_reports"]].count(desk) == len(other["earlier_reports"]) > 0
    refused = _desk(small, desk, "approved", other["case"], str(approved), "--json")
    assert (refused.status, refused.document["code"]) == (4, "policy.names")

    paper = tmp_path / "resoconto.pdf"
    assert _desk(small, desk, "show", case, "--pdf", str(paper), "--lang", "en").status == 0
    assert paper.read_bytes().startswith(b"%PDF")
    for number in (case, other["case"]):
        assert _desk(small, desk, "close", number, "--yes").status == 0
    for member in (desk, asker, away):
        assert small.verify_log(member).status == 0
