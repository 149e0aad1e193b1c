"""New rules reach a body that is answering: every answer is of one revision, and so is its entry in the log."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.bundle import build_bundle, pack_bundle, read_sources
from maglia.core.directory import BUNDLE_PATH
from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.policy.vectors.documents import PARISH_ASKS
from node.kept_rules import KEPT, OF_OPA, edited_rules
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.ports import Policy
from tests.clerk import person, record
from tests.opa_binary import required_opa
from tests.peer_world import (
    PARISH,
    POLICIES,
    MemoryTrust,
    RawStream,
    answerer,
    enrol,
    pseudonym,
    question,
    raw_stream,
    read_answer,
    served,
    subject,
)

BUNDLE, REVISION = build_bundle(POLICIES)
PERSONS = 40


def newer(folder: Path) -> tuple[bytes, str]:
    """Return rules that let no question reach further back than two years."""
    copied = folder / "newer"
    shutil.copytree(POLICIES, copied)
    limits = copied / "maglia" / "limits" / "data.json"
    limits.write_text(limits.read_text().replace('"months": 36', '"months": 24'))
    return build_bundle(copied)


@pytest_asyncio.fixture(params=["embedded", "opa"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Policy]:
    inner: Policy = EmbeddedPolicy(BUNDLE, REVISION)
    if request.param == "opa":
        inner = await OpaPolicy.start(required_opa(), tmp_path / "opa", BUNDLE, REVISION)
    yield CachedPolicy(inner)
    await inner.close()


async def test_each_answer_is_of_one_revision_while_the_rules_change(engine: Policy, tmp_path: Path) -> None:
    """What the old rules show the new ones refuse: each answer shows which decided, and says so."""
    trust = MemoryTrust()
    with answerer(tmp_path, trust, engine=engine) as node:
        for number in range(1, PERSONS + 1):
            node.store.add_record(record(person(number)), "anna")
        enrol(node.store, {person(number).pseudonym_input(): pseudonym(number) for number in range(1, PERSONS + 1)})
        bundle, revision = newer(tmp_path)
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            said = [await asked(stream) for _ in range(10)]
            switching = asyncio.create_task(engine.replace(bundle, revision))
            while not switching.done():
                said.append(await asked(stream))
            said += [await asked(stream) for _ in range(10)]
            await switching
    old, new = (REVISION, 1, ""), (revision, 0, "policy.denied")
    stated = {("", 0, code) for code in ("policy.unavailable", "policy.stale")}
    assert set(said) <= {old, new, *stated}
    assert [one for one in said if one not in stated] == [old] * said.count(old) + [new] * said.count(new)
    assert said.count(old) >= 10
    assert said.count(new) >= 10
    logged = node.entries(EntryKind.ANSWERED, EntryKind.REFUSED)
    assert [entry.code for entry in logged] == [code for _, _, code in said]
    assert {entry.policy_revision for entry in logged} == {REVISION, revision}
    assert all(entry.policy_revision == one[0] for entry, one in zip(logged, said, strict=True) if one[0])


async def asked(stream: RawStream) -> tuple[str, int, str]:
    """Ask about a person whom the body helped; return revision, findings and refusal, the revision of answers only."""
    await stream.send(question(subject(stream.sequence % PERSONS + 1), months=30))
    response = await stream.read()
    if response.WhichOneof("kind") == "refusal":
        return "", 0, response.refusal.code
    answer, _ = read_answer(response)
    return answer.policy_revision, len(answer.slots[0]), answer.refusal


async def test_opa_is_not_believed_over_files_that_were_edited(tmp_path: Path) -> None:
    """The edited bundle says that it is of the revision in use, and allows whatever is asked."""
    folder = tmp_path / "node"
    engine = await OpaPolicy.start(required_opa(), folder / "opa", BUNDLE, REVISION)
    try:
        open_door = (
            b'package maglia.ask\n\ndecision := {"allow": true, "reasons": [], "revision": "' + REVISION.encode()
        )
        edited, _ = pack_bundle({**read_sources(POLICIES), "ask/ask.rego": open_door + b'"}\n'})
        (folder / OF_OPA).write_bytes(edited)
        denied = {"operator": {"role": "nobody"}}
        refusals, first = [], engine.pid
        async with asyncio.timeout(30):
            while True:
                try:
                    ruling = await engine.decide("ask", {**PARISH_ASKS, **denied})
                except MagliaError as error:
                    refusals.append(error.code)
                    await asyncio.sleep(0.02)
                    continue
                assert not ruling.allow
                if refusals:
                    break
        assert set(refusals) == {Code.POLICY_UNAVAILABLE}
        assert (folder / OF_OPA).read_bytes() == BUNDLE
        assert engine.pid != first
        assert (await engine.decide("ask", PARISH_ASKS)).allow
    finally:
        await engine.close()


async def test_a_server_starts_from_the_signed_bundle_whatever_lies_there(tmp_path: Path) -> None:
    kept = tmp_path / OF_OPA
    kept.parent.mkdir(parents=True)
    kept.write_bytes(newer(tmp_path)[0])
    engine = await OpaPolicy.start(required_opa(), tmp_path / "opa", BUNDLE, REVISION)
    await engine.close()
    assert kept.read_bytes() == BUNDLE


def test_edited_rules_are_named(tmp_path: Path) -> None:
    listed = {BUNDLE_PATH: {"hashes": {"sha256": hashlib.sha256(BUNDLE).hexdigest()}}}
    for file, content in (
        (KEPT, BUNDLE),
        (OF_OPA, b"edited"),
        (Path("trust/metadata/targets.json"), json.dumps({"signed": {"targets": listed}}).encode()),
    ):
        assert edited_rules(tmp_path, with_opa=True) == []  # nothing signed here yet: nothing to compare with
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_bytes(content)
    assert (edited_rules(tmp_path, with_opa=False), edited_rules(tmp_path, with_opa=True)) == ([], [OF_OPA])
    (tmp_path / KEPT).write_bytes(b"edited")
    assert edited_rules(tmp_path, with_opa=True) == [KEPT, OF_OPA]
