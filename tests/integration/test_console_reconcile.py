"""`maglia audit reconcile` as an auditor runs it, on logs that were pulled before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from demo.forks import Ran
from maglia.core.codes import Code
from maglia.core.directory import Directory, encode_directory
from maglia.core.entry import EntryKind
from maglia.core.procedures import encode_procedures
from tests.peer_world import COMUNE, tls
from tests.support.commands import run
from tests.support.log_world import NETWORK, LogWorld, Script, fill
from tui.audit.archive import Archive
from tui.audit.known import keep_known
from tui.audit.thresholds import DEFAULT


@pytest.fixture
def world() -> LogWorld:
    return LogWorld(["emporio", "mensa", "parrocchia"], Script(b""))


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "front.pem").write_bytes(tls("comune").certificate)
    path = tmp_path / "sara.toml"
    path.write_text(
        f'endpoint = "127.0.0.1:1"\nserver_name = "registry.{NETWORK}.maglia.internal"\n'
        'ca_file = "front.pem"\nuser = "sara"\n'
    )
    return path


def _pulled(profile: Path, world: LogWorld, unread: str = "") -> None:
    """Leave what a pull leaves: the logs, and what officers had signed."""
    folder = profile.with_suffix(".audit")
    archive, logs = Archive.open(folder), world.logs()
    fill(archive, {member: len(leaves) for member, leaves in logs.items()}, logs)
    if unread:
        archive.save_state(replace(archive.state(unread), problem=Code.NETWORK_UNREACHABLE.value))
    archive.close()
    members = {body.name: replace(COMUNE.member, id=body.name, identity_key=body.key.public) for body in world.bodies}
    keep_known(
        folder, encode_directory(Directory(NETWORK, 3, 1, b"w" * 32, members)), encode_procedures(NETWORK, []), b"rules"
    )


def _reconcile(profile: Path, *options: str) -> Ran:
    return run("tui", "--profile", str(profile), "audit", "reconcile", *options, environment={})


def _cheated(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    question = world.exchange(emporio, mensa)
    del mensa.leaves[mensa.first(EntryKind.ANSWERED, question.question_id)]


def test_a_clean_network_ends_with_0_and_a_partial_one_with_11(profile: Path, world: LogWorld) -> None:
    world.exchange(*world.bodies[:2])
    _pulled(profile, world)
    clean = _reconcile(profile)
    assert (clean.status, clean.out.splitlines()[-1]) == (0, "Nessuna differenza tra i registri.")
    archive = Archive.open(profile.with_suffix(".audit"))
    archive.save_state(replace(archive.state("mensa"), problem=Code.NETWORK_UNREACHABLE.value))
    archive.close()
    partial = _reconcile(profile)
    assert partial.status == 11
    assert "Registri letti: 2 di 3" in partial.out
    assert "Nessuna" not in partial.out


def test_a_difference_ends_with_10_though_a_log_was_not_read(profile: Path, world: LogWorld) -> None:
    _cheated(world)
    _pulled(profile, world, unread="parrocchia")
    found = _reconcile(profile, "--json")
    told = json.loads(found.out)
    assert found.status == 10
    assert (told["schema"], told["members_read"], told["members_total"]) == ("maglia.audit/1", 2, 3)
    [finding] = told["findings"]
    assert (finding["type"], finding["member"], finding["members"]) == ("missing_on_one_side", "mensa", ["mensa"])
    assert finding["entries"] == [{"log": "emporio", "index": 1}]
    assert "mensa" in finding["ask"]


def test_other_thresholds_are_read_from_a_file(profile: Path, world: LogWorld, tmp_path: Path) -> None:
    world.evaluate(world.bodies[0], "check", 5)
    world.settle()
    _pulled(profile, world)
    strict = tmp_path / "strict.toml"
    strict.write_text(DEFAULT.read_text("utf-8").replace("check = 2000", "check = 4"))
    assert _reconcile(profile).status == 0
    assert _reconcile(profile, "--thresholds", str(strict)).status == 10
    assert _reconcile(profile, "--thresholds", str(tmp_path / "none.toml")).status == 2


def test_without_a_pull_it_says_which_command_comes_first(profile: Path) -> None:
    found = _reconcile(profile)
    assert found.status == 1
    assert "maglia audit pull" in found.err
