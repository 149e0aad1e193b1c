"""`maglia status` at the counter of a real node: the findings, and who is told which command."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maglia.v1 import operator_pb2 as pb
from node.network.registry import RegistryClient
from node.rpc import rules
from tests.integration.node_world import joined
from tests.integration.registry_world import PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter
from tests.integration.test_referral_nodes import maglia, profile_of

EST, MENSA, PONTE = "onlus-est", "onlus-mensa", "onlus-ponte"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    template = make_template(tmp_path / "template")
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def with_manager(at: Counter, profile: Path) -> str:
    """Add a manager; return the profile of their console."""
    request = pb.AddOperatorRequest(user="marta", name="Marta", role="manager", password=PASSWORD)
    await at.stub.AddOperator(request, metadata=at.admin)
    text = profile.read_text()  # noqa: ASYNC240 - a small file
    text = text.replace('"anna"', '"marta"')
    profile.with_name("marta.toml").write_text(text)
    return str(profile.with_name("marta.toml"))


async def test_everybody_reads_the_findings_and_administrators_the_commands(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    est, mensa, _ = await joined(world, tmp_path, EST, MENSA, PONTE)
    anna = profile_of(est)
    async with counter(est) as here, mensa.serving():
        marta = await with_manager(here, est.folder / "anna.toml")
        ran = await maglia(anna, "status")
        assert ran.status == 0, ran.out + ran.err  # one body is away, which is only an AVVISO
        lines = ran.out.splitlines()
        assert lines[0] == "Nodo      Onlus-Est (onlus-est), prova: pronto"
        assert "AVVISO   Prova di rete       1 su 2 raggiunti, muti: 1" in lines
        assert "                             Onlus-Ponte: non risponde" in lines
        assert f"maglia --profile {anna} status network" in " ".join(ran.out.replace("\\\n", " ").split())
        assert "OK       Ora del computer    giusta, a meno di 30 s" in lines
        assert all(len(line) <= 80 for line in lines if str(anna) not in line)  # a path is one word

        monkeypatch.setattr(RegistryClient, "ahead_s", property(lambda _: 252.0, lambda *_: None), raising=False)
        told = await maglia(anna, "status", "--json")
        found = json.loads(told.out)
        clock = next(one for one in found["findings"] if one["subject"] == "clock")
        assert (told.status, found["schema"], found["problems"]) == (1, "maglia.status/1", [])
        assert (clock["result"], clock["repair"], clock["for_manager"]) == ("problem", "", True)
        assert "timedatectl" not in told.out
        assert str(est.folder) not in told.out.replace(str(anna), "")
        said = (await maglia(marta, "--lang", "en", "status")).out
        assert "PROBLEM  Computer clock      ahead by 4 min 12 s\n         -> sudo timedatectl set-ntp true" in said


async def test_rules_of_before_there_were_findings_leave_the_status_as_it_was(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [est] = await joined(world, tmp_path, EST)
    asked = "StatusService/GetFindings"
    monkeypatch.setattr(rules, "OPERATOR_ROLES", {**rules.OPERATOR_ROLES, asked: frozenset()})
    monkeypatch.setattr("node.app.OPERATOR_ROLES", rules.OPERATOR_ROLES, raising=False)
    monkeypatch.setattr("node.foundation.OPERATOR_ROLES", rules.OPERATOR_ROLES)
    async with counter(est):
        ran = await maglia(profile_of(est), "status", "--json")
        assert (ran.status, json.loads(ran.out)["findings"]) == (0, None)
