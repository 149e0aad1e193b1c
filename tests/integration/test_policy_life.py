"""New rules: checked, waiting, signed by two officers on their own consoles, in force; nothing else carries them."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from maglia.core.bundle import build_bundle, bundle_revision
from maglia.core.directory import BUNDLE_PATH
from maglia.core.errors import MagliaError
from maglia.policy import binary
from maglia.policy.vectors import HANDWRITTEN
from maglia.v1 import office_pb2
from node.app import running
from node.kept_rules import edited_rules
from registry.__main__ import app
from tests.integration.node_world import PATIENCE_S, Site, joined, rules_of
from tests.integration.registry_world import (
    PASSPHRASE,
    PASSWORD,
    POLICIES,
    Body,
    World,
    copy_of,
    make_template,
    replica_of,
    served,
)
from tests.integration.test_console_office import maglia, profile_of
from tests.integration.test_office_screen import at_console, choose, write
from tests.opa_binary import required_opa
from tests.support.screens import wait_for
from tui.draft_check import InForce
from tui.draft_text import decision_lines
from tui.office_model import Draft

NOW = build_bundle(POLICIES)[1]
LIMITS = "maglia/limits/data.json"
ROUTINE = ("office", "change", "mensa-est", "--facets")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("rules") / "registry")


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return rules by which no question reaches further back than two years."""
    folder = tmp_path_factory.mktemp("newer") / "policies"
    shutil.copytree(POLICIES, folder)
    text = (folder / LIMITS).read_text()
    assert '"months": 36' in text
    (folder / LIMITS).write_text(text.replace('"months": 36', '"months": 24'))
    return folder


def rules(*arguments: object) -> tuple[int, Any]:
    """Run `maglia-registry policies`, as the office does beside a registry that serves."""
    done = CliRunner().invoke(app, ["policies", *map(str, arguments), "--json"])
    return done.exit_code, json.loads(done.stdout)


def published(folder: Path, source: Path) -> str:
    required_opa()
    status, said = rules("publish", source, "--dir", folder)
    assert status == 0, said
    assert (said["waiting"], said["in_force"]) == (True, NOW)
    assert said["changes"] == {LIMITS: "changed"}
    return str(said["revision"])


def proposed(world: World, source: Path) -> str:
    """Let rules wait as `publish` does once they are checked."""
    bundle, revision = build_bundle(source)
    assert world.parts.publisher.rules.propose(bundle)
    return revision


def states(folder: Path) -> tuple[str, list[str], list[str]]:
    """Return the revision in force, those that wait, those of before."""
    _, listed = rules("list", "--dir", folder)
    waiting, former = ([one["revision"] for one in listed[state]] for state in ("waiting", "former"))
    return listed["in_force"]["revision"], waiting, former


async def renewed(world: World, folder: Path, user: str, revision: str) -> dict[str, Any]:
    who = profile_of(world, folder, user)
    status, said = await maglia("--profile", who, "office", "renew", "--policies", revision)
    assert status == 0, said
    return dict(said)


async def signed(world: World, user: str, revision: str) -> bool:
    """Sign rules without a console; return whether that published them."""
    desk = await world.office(user)
    change = office_pb2.Change(act="policies", policies=revision)
    request = office_pb2.PrepareDraftRequest(changes=[change])
    return (await desk.sign(await desk.stub.PrepareDraft(request, metadata=desk.bearer))).published


async def in_force(world: World, folder: Path) -> str:
    """Return the revision that a node of the network verifies and uses."""
    return bundle_revision((await world.trusted(folder)).bundle)


async def test_rules_wait_for_two_officers_while_those_in_force_stay(
    template: Path, newer: Path, tmp_path: Path
) -> None:
    folder, seen = copy_of(template, tmp_path / "registry"), tmp_path / "trust"
    async with served(folder) as world:
        await world.joined("mensa-est")
        revision = await asyncio.to_thread(published, folder, newer)
        assert states(folder) == (NOW, [revision], [])
        await world.apply(Body("onlus-ponte"))
        assert (await world.approve("onlus-ponte")).published  # a routine act, signed by two meanwhile
        assert await in_force(world, seen) == NOW
        first = await renewed(world, tmp_path, "anna", revision)
        assert (first["published"], await in_force(world, seen)) == (False, NOW)
        assert any(line.endswith(f"{NOW} -> {revision}") for line in first["differences"])
        assert f"  {LIMITS}: cambiato" in first["differences"]
        assert rules("list", "--dir", folder)[1]["waiting"][0]["signed_by"] == ["anna"]
        _, listed = await maglia("--profile", profile_of(world, tmp_path, "ivo"), "office", "list")
        assert [(one["problem"], one["differences"]) for one in listed["drafts"]] == [("", first["differences"])]
        _, routine = await maglia("--profile", profile_of(world, tmp_path, "anna"), *ROUTINE, "loan")
        assert [line for line in routine["differences"] if "evisione" in line] == []
        assert [one["command"] for one in routine["other_drafts"]] == [f"maglia office renew --policies {revision}"]
    async with served(folder) as world:  # a restart forgets neither the rules nor the first signature
        assert (await renewed(world, tmp_path, "ivo", revision))["published"]
        assert await in_force(world, seen) == revision
        assert states(folder) == (revision, [], [NOW])
        _, history = await maglia("--profile", profile_of(world, tmp_path, "ivo"), "office", "history")
        assert [one["detail"] for one in history["entries"] if one["action"] == "policies"] == [
            f"{revision}, version 3"
        ]
        assert not world.parts.publisher.rules.propose(build_bundle(newer)[0])  # in force already: nothing to sign


async def test_replicas_propose_the_same_rules(
    newer: Path, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", postgres)
    folder = make_template(tmp_path / "one")
    async with served(folder) as one, served(replica_of(folder, tmp_path / "other")) as other:
        await one.joined("onlus-ponte")
        revision = proposed(other, newer)
        assert not await signed(one, "anna", revision)
        assert await signed(other, "ivo", revision)
        for world in (one, other):
            assert await in_force(world, tmp_path / world.folder.name / "trust") == revision
            assert states(world.folder) == (revision, [], [NOW])


@pytest.mark.parametrize("engine", ["embedded", "opa"])
async def test_a_serving_node_takes_the_rules_that_two_officers_signed(
    template: Path, newer: Path, tmp_path: Path, engine: str
) -> None:
    if engine == "opa":
        required_opa()
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        settings = site.settings().model_copy(update={"engine": engine})
        async with running(site.folder, settings, world.known, PASSPHRASE):
            assert await decides_by(site) == (NOW, engine)
            revision = proposed(world, newer)
            for user in ("anna", "ivo"):
                assert await decides_by(site) == (NOW, engine)
                await signed(world, user, revision)
            async with asyncio.timeout(PATIENCE_S):
                while await decides_by(site) != (revision, engine):  # noqa: ASYNC110 - what is awaited tells nobody
                    await asyncio.sleep(0.05)
            assert edited_rules(site.folder, with_opa=engine == "opa") == []


async def decides_by(site: Site) -> tuple[str, str]:
    """Return revision and engine of the rules that a serving node decides by, as its doctor asks; or why none are."""
    try:
        return await rules_of(site.folder, site.settings(), site.network.known, site.keys)
    except MagliaError as error:
        return "", error.code


async def test_only_what_waits_is_signed(template: Path, newer: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "registry")
    async with served(folder) as world:
        await world.joined("onlus-ponte")
        anna = profile_of(world, tmp_path, "anna")
        for unknown in ("0" * 12, NOW):
            status, said = await maglia("--profile", anna, "office", "renew", "--policies", unknown)
            assert (status, said["code"]) == (2, "input.rules_revision")
        status, said = await maglia("--profile", anna, "office", "renew", "--policies", "nuove")
        assert (status, said["code"]) == (2, "input.field")
        revision = proposed(world, newer)
        await signed(world, "anna", revision)
        assert rules("withdraw", revision, "--dir", folder)[0] == 0
        ivo = profile_of(world, tmp_path, "ivo")
        status, said = await maglia("--profile", ivo, "office", "renew", "--policies", revision)
        assert said["code"] == "input.rules_revision"
        assert not world.parts.files.open_drafts()
        assert states(folder) == (NOW, [], [])
        assert rules("withdraw", revision, "--dir", folder)[1]["code"] == "input.rules_revision"


async def test_rules_signed_since_a_backup_come_back_with_the_rest(template: Path, newer: Path, tmp_path: Path) -> None:
    folder, backup, seen = copy_of(template, tmp_path / "registry"), tmp_path / "backup", tmp_path / "trust"
    async with served(folder) as world:
        await world.joined("onlus-ponte")
    copy_of(folder, backup)
    async with served(folder) as world:
        revision = proposed(world, newer)
        for user in ("anna", "ivo"):
            await signed(world, user, revision)
        await world.trusted(seen)
    named = ["recover", "--dir", str(backup), "--from", str(seen), "--json"]
    assert CliRunner().invoke(app, named, env={"MAGLIA_PASSPHRASE": PASSPHRASE}).exit_code == 0
    assert states(backup) == (revision, [], [NOW])


async def test_rules_of_before_come_back_without_their_folder(template: Path, newer: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "registry")
    async with served(folder) as world:
        await world.joined("onlus-ponte")
        revision = proposed(world, newer)
        assert rules("restore", revision, "--dir", folder)[1]["code"] == "input.rules_revision"  # never in force
        for user in ("anna", "ivo"):
            await signed(world, user, revision)
        status, said = rules("restore", NOW, "--dir", folder)
        assert status == 0, said
        assert (said["in_force"], said["waiting"], said["changes"]) == (revision, True, {LIMITS: "changed"})
        assert states(folder) == (revision, [NOW], [])
        for user in ("anna", "ivo"):
            await signed(world, user, NOW)
        assert states(folder) == (NOW, [], [revision])
        assert await in_force(world, tmp_path / "trust") == NOW


def test_who_signs_reads_which_decisions_change(newer: Path) -> None:
    before, (bundle, revision) = InForce(bundle=build_bundle(POLICIES)[0]), build_bundle(newer)
    lines = decision_lines(Draft("d", b"", {BUNDLE_PATH: bundle}), before, "it", HANDWRITTEN)
    assert lines[0].endswith(f"«{NOW}» -> «{revision}».")
    assert any("36 mesi" in line and line.endswith("prima sì, ora no (i mesi)") for line in lines)
    assert decision_lines(Draft("d", b"", {BUNDLE_PATH: before.bundle}), before, "it", HANDWRITTEN) == []


@pytest.mark.long
async def test_an_officer_sees_how_far_the_comparison_of_new_rules_is(
    template: Path, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    async with served(copy_of(template, tmp_path / "registry")) as world:
        await world.joined("mensa-est")
        revision = proposed(world, newer)
        async with at_console(profile_of(world, tmp_path, "anna")) as anna:
            await anna.press("5")
            await wait_for(anna, "Nessuna bozza")
            await choose(anna, "Nuove regole")
            await wait_for(anna, "12 cifre")
            await write(anna, revision)
            await anna.press("enter")
            await wait_for(anna, ".] Si confrontano le regole:")
            shown = await wait_for(anna, "[ Firma ]")
            assert "Si confrontano" not in shown  # what was being done is done
            assert "Lettura di ciò" not in shown


def test_refused_rules_wait_for_nobody(template: Path, newer: Path, tmp_path: Path) -> None:
    required_opa()
    folder, wrong = copy_of(template, tmp_path / "registry"), tmp_path / "wrong"
    shutil.copytree(newer, wrong)
    facets = wrong / "maglia" / "facets" / "data.json"
    facets.write_text(facets.read_text().replace('  "gas"', '  "health_diet"'))
    status, said = rules("publish", wrong, "--dir", folder)
    assert (status, {(one["code"], one["file"], one["rule"]) for one in said["refused"]}) == (
        2,
        {
            ("input.rules_missing", "maglia/facets/data.json", "gas"),
            ("input.rules_special", "maglia/facets/data.json", "health_diet"),
        },
    )
    listed = rules("list", "--dir", folder)[1]
    assert (listed["in_force"], listed["waiting"]) == (None, [])
    told = CliRunner().invoke(app, ["policies", "publish", str(wrong), "--dir", str(folder)])
    assert "maglia/facets/data.json: manca «gas»" in told.stderr


def test_without_opa_rules_are_checked_in_part_and_not_published(
    template: Path, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MAGLIA_OPA", "PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert binary.find_opa() is None
    status, said = rules("publish", newer, "--dir", copy_of(template, tmp_path / "registry"))
    assert (status, said["code"]) == (1, "storage.missing")
    assert "python -m maglia.policy.binary --install" in said["next_action"]
    told = CliRunner().invoke(app, ["policies", "check", str(newer)])
    assert told.exit_code == 0
    assert (
        "Non controllato, perché manca il programma OPA: check --strict, check --schema, fmt, test, both engines."
        in told.stdout
    )
