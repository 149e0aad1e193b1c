"""Whoever can write to the registry's database, against two officers who do their routine: the console sees it first.

Each attack is a hand-made change of the database, online keys included where they help; then an officer gives an
ordinary command. No attacker here has an officer's key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle, pack_bundle, read_sources
from maglia.core.directory import DIRECTORY_PATH, Directory, Official, decode_directory, encode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, fingerprint
from maglia.core.keyset import SHARES, KeySet
from maglia.core.merkle import leaf_hash
from maglia.core.official import decode_request
from maglia.core.pseudonym import Evaluator
from maglia.core.vocabulary import MemberState
from registry import app, serving
from registry.root import RootChange
from registry.rules import Rules
from registry.secrets import Online
from registry.seeds import Trios
from registry.store.database import DATABASE_FILE
from tests.integration.registry_world import POLICIES, Body, World, copy_of, make_template, served
from tests.integration.root_ceremony import prepare
from tests.integration.test_console_office import maglia, profile_of, request_of

CHANGE = ("change", "mensa-est", "--facets", "loan")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("attacked") / "registry")


@asynccontextmanager
async def office(template: Path, tmp_path: Path, *joined: str, **flags: object) -> AsyncIterator[tuple[World, Path]]:
    """Serve a registry with bodies in it; return it with Anna's profile."""
    async with served(copy_of(template, tmp_path / "registry"), **flags) as world:
        await world.joined(*(joined or ("onlus-ponte", "mensa-est")))
        yield world, profile_of(world, tmp_path, "anna")


class Swapped(Trios):
    """Seeds that a thief put there, and a registry that no longer compares them with what is published."""

    def of(self, key_set: KeySet) -> Evaluator:
        """Return the one trio there is."""
        assert key_set.keys
        return self.newest()


def database(world: World) -> sqlite3.Connection:
    return sqlite3.connect(world.folder / DATABASE_FILE, timeout=20)


def forge(world: World, change: Mapping[str, Any], *, ahead: bool) -> None:
    """Write another directory into the unsigned table: as the next version, or in place of the one in force."""
    with database(world) as written:
        query = "SELECT version, directory, keys, procedures FROM publications ORDER BY version DESC LIMIT 1"
        version, content, keys, procedures = written.execute(query).fetchone()
        directory = replace(decode_directory(content), version=version + ahead, **change)
        row = (version + ahead, encode_directory(directory), keys, procedures)
        written.execute("INSERT OR REPLACE INTO publications VALUES (?, ?, ?, ?)", row)
        if ahead:
            name = "SELECT content FROM metadata_files WHERE filename = ?"
            (targets,) = written.execute(name, (f"{version}.targets.json",)).fetchone()
            written.execute("INSERT INTO metadata_files VALUES (?, ?)", (f"{version + 1}.targets.json", targets))
            written.execute("UPDATE versions SET version = ? WHERE role = 'targets'", (version + 1,))


def directory_of(world: World) -> Directory:
    directory = world.parts.publisher.directory()
    assert directory is not None
    return directory


async def refusal(profile: Path, *command: str) -> tuple[str, str]:
    """Return code and message of a command that must be refused."""
    status, said = await maglia("--profile", profile, "office", *command)
    assert status != 0, said
    return said["code"], said["message"]


@pytest.mark.parametrize("ahead", [True, False])
async def test_a_body_written_into_the_database_is_signed_by_nobody(
    template: Path, tmp_path: Path, ahead: bool
) -> None:
    async with office(template, tmp_path) as (world, anna):
        members = directory_of(world).members
        keys = {"identity_key": SigningKey.generate().public, "log_key": SigningKey.generate().public}
        evil = replace(members["onlus-ponte"], id="evil-body", name="Evil", **keys)  # type: ignore[arg-type]
        forge(world, {"members": {**members, "evil-body": evil}}, ahead=ahead)
        code, message = await refusal(anna, *CHANGE)
        assert (code, "evil-body" in message) == ("directory.draft_members", True)


async def test_an_official_written_into_the_database_is_signed_by_nobody(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        thief = decode_request(request_of("ladro", tmp_path), "ladro.request.json")
        evil = Official("ladro", "Ladro", thief.role, thief.identity_key, thief.certificate, "PG/1", "2026-12-31")
        forge(world, {"officials": {"ladro": evil}}, ahead=True)
        code, message = await refusal(anna, *CHANGE)
        assert (code, "ladro" in message) == ("directory.draft_officials", True)


async def test_a_published_forgery_is_not_believed(template: Path, tmp_path: Path) -> None:
    """The online keys sign a snapshot that names the forged version: its targets are still nobody's."""
    async with office(template, tmp_path) as (world, anna):
        forge(world, {"witness_key": bytes(32)}, ahead=True)
        desk = await world.office("ivo")
        await desk.suspend("onlus-ponte")
        code, _ = await refusal(anna, *CHANGE)
        assert code in {"directory.mixed", "directory.rollback", "directory.untrusted"}


async def test_a_suspension_is_not_ended_through_the_database(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        await (await world.office("ivo")).suspend("onlus-ponte")
        members = directory_of(world).members
        back = replace(members["onlus-ponte"], state=MemberState.ACTIVE, reinstated=99)
        forge(world, {"members": {**members, "onlus-ponte": back}}, ahead=True)
        with database(world) as written:
            written.execute("UPDATE members SET state = 'active' WHERE id = 'onlus-ponte'")
        # The next snapshot would name the forged version, and be refused for that alone: this is before it.
        code, message = await refusal(anna, *CHANGE)
        assert (code, "onlus-ponte" in message) == ("directory.draft_members", True)


async def test_a_reinstatement_ends_no_suspension_to_come(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        await (await world.office("ivo")).suspend("onlus-ponte")
        with database(world) as written:
            written.execute("UPDATE members SET serial = 99 WHERE id = 'onlus-ponte'")
        code, message = await refusal(anna, "reinstate", "onlus-ponte", "--reason", "prova")
        assert (code, "onlus-ponte" in message) == ("directory.draft_members", True)
        with database(world) as written:
            written.execute("UPDATE members SET serial = 1 WHERE id = 'onlus-ponte'")
        status, said = await maglia("--profile", anna, "office", "reinstate", "onlus-ponte", "--reason", "prova")
        assert (status, said["published"]) == (0, False)


async def test_other_evaluation_keys_are_not_signed_unseen(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        swapped = Evaluator({share: bytes([number]) * 32 for number, share in enumerate(SHARES, 60)})
        object.__setattr__(world.parts.drafts, "evaluator", Swapped({1: swapped}))
        code, message = await refusal(anna, *CHANGE)
        assert (code, "mensa-est, onlus-ponte" in message) == ("directory.draft_keys", True)


async def test_another_log_key_is_signed_only_when_it_is_named(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        key = SigningKey.generate().public
        code, message = await refusal(anna, "renew", "--log-key", key.hex())
        assert (code, "«chiave del registro»" in message) == ("input.field", True)
        object.__setattr__(world.parts.drafts, "log_key", key)
        code, message = await refusal(anna, *CHANGE)
        assert (code, f"log {key.hex()}" in message) == ("directory.draft_keys", True)
        status, said = await maglia("--profile", anna, "office", "renew", "--log-key", key.hex())
        assert (status, said["published"]) == (0, False)
        assert any(key.hex() in line for line in said["differences"])
        _, listed = await maglia("--profile", anna, "office", "list")
        [waiting] = listed["drafts"]
        assert f"Nuova chiave del registro: {key.hex()}" in waiting["problem"]


async def test_policies_are_an_act_of_their_own(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules put into the database, or into the folder, reach no routine signature; nor others than an officer named."""
    policies = tmp_path / "policies"
    copy_of(POLICIES, policies)
    async with office(template, tmp_path, policies=str(policies)) as (world, anna):
        data = next(policies.rglob("*/data.json"))
        data.write_bytes(data.read_bytes() + b"\n")
        status, said = await maglia("--profile", anna, "office", *CHANGE)
        assert (status, [line for line in said["differences"] if "revisione" in line]) == (0, [])
        waiting, revision = build_bundle(policies)
        world.parts.publisher.rules.propose(waiting)
        sources = read_sources(POLICIES)
        opened = sources["question/question.rego"].replace(b"\tnot special(facet)\n", b"\tis_string(facet)\n")
        other, named = pack_bundle({**sources, "question/question.rego": opened})
        with database(world) as written:
            written.execute("UPDATE target_files SET content = ? WHERE path LIKE '%policies.tar.gz'", (other,))
        assert (await refusal(anna, *CHANGE))[0] == "directory.mixed"
        with database(world) as written:
            built = build_bundle(POLICIES)[0]
            written.execute("UPDATE target_files SET content = ? WHERE path LIKE '%policies.tar.gz'", (built,))
            written.execute("UPDATE policy_bundles SET content = ? WHERE revision = ?", (other, revision))
        assert (await refusal(anna, "renew", "--policies", revision))[0] == "input.malformed"
        monkeypatch.setattr(Rules, "after", lambda *_: other)  # a registry in other hands
        code, message = await refusal(anna, "change", "mensa-est", "--facets", "food_parcel,loan")
        assert (code, message.rstrip(".").split()[-1]) == ("directory.draft_policies", named)
        code, message = await refusal(anna, "renew", "--policies", named)  # though it named the officers these
        assert (code, "ask/ask.rego" in message) == ("input.rules_special", True)


async def test_another_key_in_the_table_is_not_what_was_heard(template: Path, tmp_path: Path) -> None:
    """The fingerprint that the registry shows follows its table; the one compared is of the application's own key."""
    async with office(template, tmp_path) as (world, anna):
        body, other = Body("nuova-odv"), Body("nuova-odv")
        await world.apply(body)
        payload = other.application().SerializeToString()
        with database(world) as written:
            row = (other.identity.public, payload)
            written.execute("UPDATE members SET identity_key = ?, application = ? WHERE id = 'nuova-odv'", row)
        heard = fingerprint(body.identity.public)
        code, message = await refusal(anna, "approve", "nuova-odv", "--fingerprint", heard)
        assert (code, "richiamare il referente" in message) == ("member.fingerprint", True)
        forged = body.application(facets=["loan"], log_key=other.log.public).SerializeToString()
        with database(world) as written:
            written.execute("UPDATE members SET application = ? WHERE id = 'nuova-odv'", (forged,))
        assert (await refusal(anna, "approve", "nuova-odv", "--fingerprint", heard))[0] == (
            "member.unsigned_application"
        )


async def test_a_registry_that_forgot_everything_is_not_believed(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        assert (await maglia("--profile", anna, "office", *CHANGE))[0] == 0
        with database(world) as written:
            written.execute("DELETE FROM metadata_files WHERE filename = 'timestamp.json'")
            written.execute("DELETE FROM publications")
        assert (await refusal(anna, *CHANGE))[0] == "directory.rollback"


async def test_a_change_of_root_carries_what_officers_signed_and_not_the_table(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, _):
        signed = directory_of(world)
        evil = replace(signed.members["onlus-ponte"], id="evil-body", identity_key=SigningKey.generate().public)
        forged = {**signed.members, "evil-body": evil}
        forge(world, {"members": forged}, ahead=False)
        rotation = RootChange(rotate=frozenset({Online.SUSPENSIONS}))
        draft = prepare(world.folder, rotation).draft
        assert draft is not None
        assert decode_directory(draft.files[DIRECTORY_PATH]).members == signed.members
        with database(world) as written:
            content = encode_directory(replace(signed, members=forged))
            written.execute("UPDATE target_files SET content = ? WHERE path LIKE '%.directory.json'", (content,))
        with pytest.raises(MagliaError) as refused:
            prepare(world.folder, rotation)
        assert refused.value.code is Code.DIRECTORY_UNTRUSTED


def rewrite(world: World, how: str) -> None:
    """Change the office's log in its tables, and make the tables forget that they knew it otherwise."""
    with database(world) as written:
        if how == "changed":
            leaf = b'{"said": "nothing happened"}'
            written.execute("UPDATE log_entry SET leaf = ?, leaf_hash = ? WHERE idx = 2", (leaf, leaf_hash(leaf)))
        elif how == "shortened":
            written.execute("DELETE FROM log_entry WHERE idx = (SELECT max(idx) FROM log_entry)")
        written.execute("DELETE FROM log_checkpoint")
        written.execute("DELETE FROM witnessed")


@pytest.mark.parametrize("how", ["changed", "shortened"])
async def test_a_history_rewritten_in_every_table_is_not_believed(template: Path, tmp_path: Path, how: str) -> None:
    """Even where the file outside the database is gone as well: the console knows the last head that it verified."""
    async with office(template, tmp_path) as (world, anna):
        status, first = await maglia("--profile", anna, "office", "history", "onlus-ponte")
        assert (status, first["keys_signed"]) == (0, True)
        await (await world.office("ivo")).suspend("mensa-est")
        status, second = await maglia("--profile", anna, "office", "history", "onlus-ponte")
        assert (status, second["size"]) == (0, first["size"] + 1)
        rewrite(world, how)
        (world.folder / app.LOG_FILE).unlink()
        assert (await refusal(anna, "history", "onlus-ponte"))[0] == "log.rewritten"


async def test_the_logs_keys_are_those_that_officers_signed(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (world, anna):
        object.__setattr__(world.parts.office_log, "key", SigningKey.generate())
        with database(world) as written:
            written.execute("DELETE FROM log_checkpoint")
            written.execute("DELETE FROM witnessed")
        assert (await refusal(anna, "history", "onlus-ponte"))[0] == "log.checkpoint"


@pytest.mark.parametrize("how", ["changed", "shortened", "forgotten"])
async def test_a_registry_does_not_start_on_a_rewritten_history(template: Path, tmp_path: Path, how: str) -> None:
    async with office(template, tmp_path) as (world, anna):
        assert (await maglia("--profile", anna, "office", "history"))[0] == 0
        rewrite(world, how)
        assert (await refusal(anna, "history"))[0] == "log.rewritten"
    with pytest.raises(MagliaError) as refused:
        await serving.serve(world.folder, world.settings, world.secrets)
    assert refused.value.code is Code.LOG_REWRITTEN


async def test_without_a_network_file_nothing_is_signed(template: Path, tmp_path: Path) -> None:
    async with office(template, tmp_path) as (_, anna):
        lines = [line for line in anna.read_text().splitlines() if "network_file" not in line]
        anna.write_text("\n".join(lines) + "\n")
        code, message = await refusal(anna, *CHANGE)
        assert (code, "network_file" in message) == ("input.setting", True)
