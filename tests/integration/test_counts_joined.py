"""What real nodes log of evaluations, enrolments and records, beside what a real registry logs of the same."""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.entry import Entry, EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.core.pseudonym import ALL_SHARES, blind
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.v1 import operator_pb2 as pb
from maglia.v1.pseudonyms_pb2 import USE_CHECK, EvaluateRequest
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from maglia.wire.entries import decode_entry
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined, until
from tests.integration.registry_world import NETWORK, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter, ready, step
from tests.support.counted import first_unexplained
from tui.audit.archive import Archive
from tui.audit.findings import About, Finding, FindingType
from tui.audit.reconcile import Network, reconcile
from tui.audit.thresholds import load_thresholds

PONTE, EST = NAMES = ("onlus-ponte", "onlus-est")
Made = tuple[str, str, int, str, int]
"""One evaluation: member, id in hex, elements, use, epoch."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("counts") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def leaves(site: Site) -> list[bytes]:
    database = open_sqlite(site.folder / "node.db")
    try:
        return [one.leaf for one in SqlLogBackend(database).entries(0, 10_000)]
    finally:
        database.dispose()


def entries(site: Site) -> list[Entry]:
    return [decode_entry(leaf) for leaf in leaves(site)]


def granted(world: World) -> Tally[Made]:
    """Return what the registry's log says of evaluations."""
    log = world.parts.office_log.history.log
    leaves = [json.loads(one.leaf) for one in log.entries(0, log.size())]
    names = ("member", "evaluation", "elements", "use", "epoch")
    return Tally(tuple(leaf[name] for name in names) for leaf in leaves if leaf["schema"] == "maglia.evaluation/1")


def logged(*sites: Site) -> Tally[Made]:
    """Return what bodies' logs say of evaluations."""
    return Tally(
        (site.member, entry.evaluation.hex(), entry.count, entry.outcome, entry.epoch)
        for site in sites
        for entry in entries(site)
        if entry.kind is EntryKind.EVALUATION
    )


def findings(world: World, folder: Path, *sites: Site) -> Sequence[Finding]:
    """Return what an auditor who read these logs to their ends would ask about."""
    office = world.parts.office_log.history.log.entries(0, 10_000)
    logs = {REGISTRY_ID: [one.leaf for one in office]} | {site.member: leaves(site) for site in sites}
    folder.mkdir()
    archive = Archive.open(folder)
    for member, log in logs.items():
        archive.add(member, 0, log)
        archive.save_state(replace(archive.state(member), first_pass=len(log), second_pass=len(log)))
    keys = {site.member: [site.keys.identity.public] for site in sites}
    report = reconcile(archive, Network(NETWORK, list(keys), keys), load_thresholds())
    archive.close()
    assert (report.members_read, report.unread) == (len(sites), [])
    return report.findings


async def import_file(body: Counter, rows: range) -> None:
    header = "chiave;codice;aiuto;data;importo;stato;base;consenso;informativa;lingua"
    lines = [f"k{row};{fictional_code(row)};food_parcel;01/05/2025;;;;01/05/2025;1;it" for row in rows]

    async def pieces() -> AsyncIterator[pb.ImportRecordsRequest]:
        yield pb.ImportRecordsRequest(file_name="a.csv", chunk="\n".join([header, *lines]).encode())

    added = [page.added async for page in body.stub.ImportRecords(pieces(), metadata=body.admin)]
    assert added == [len(rows)]


async def test_both_logs_agree_and_whatever_is_in_one_alone_stands_out(world: World, tmp_path: Path) -> None:
    ponte_site, est_site = sites = await joined(world, tmp_path, *NAMES)
    async with counter(est_site) as est:
        async with counter(ponte_site) as ponte:
            await import_file(ponte, range(40))
            await ponte.help(fictional_code(50))
            await ponte.help(fictional_code(3))  # who was helped before is not counted again
        async with counter(ponte_site) as ponte:  # another process
            await ponte.help(fictional_code(51))
            await step(world, "epoch_start")
            await until(ready(world, 2, *NAMES))
            await est.consent(fictional_code(50))
            for _ in range(2):  # of whom a body does not help nothing is kept
                await est.check(fictional_code(50))

    assert findings(world, tmp_path / "before", *sites) == []
    assert granted(world) == logged(*sites)
    for site in sites:
        assert first_unexplained(entries(site)) == -1
    of_ponte = entries(ponte_site)
    recorded = [entry.count for entry in of_ponte if entry.kind is EntryKind.RECORDED and not entry.code]
    assert recorded == [40, 1, 1]
    enrolled = Tally((entry.evaluation.hex(), entry.epoch) for entry in of_ponte if entry.kind is EntryKind.ENROLMENT)
    assert enrolled == {(id_, epoch): size for member, id_, size, _, epoch in granted(world) if member == PONTE}
    assert Tally(epoch for _, epoch in enrolled.elements()) == {1: 42, 2: 42}
    assert _evaluated_checks(est_site) == _asked_checks(est_site)

    key_set, _ = await world.key_sets(tmp_path / "client", EST)
    await _evaluate_unlogged(world, est_site, key_set.digest, key_set.epoch)
    [(member, evaluation, *_)] = granted(world) - logged(*sites)
    assert (member, evaluation) == (EST, bytes(16).hex())
    [found] = findings(world, tmp_path / "after", *sites)
    assert found.about == About(FindingType.EVALUATION, (EST,), REGISTRY_ID, "unlogged")


async def _evaluate_unlogged(world: World, site: Site, key_set: bytes, epoch: int) -> None:
    """Ask the registry as a body would whose software was changed."""
    request = EvaluateRequest(
        key_set=key_set,
        epoch=epoch,
        mask=int(ALL_SHARES),
        elements=[blind(b"cf:XQZXQW").element],
        use=USE_CHECK,
        evaluation_id=bytes(16),
    )
    await PseudonymServiceStub(world.peer(site.keys.peer)).Evaluate(request)


def _evaluated_checks(site: Site) -> set[str]:
    made = (entry for entry in entries(site) if entry.kind is EntryKind.EVALUATION and entry.outcome == "check")
    return {entry.check_id for entry in made}


def _asked_checks(site: Site) -> set[str]:
    return {entry.check_id for entry in entries(site) if entry.kind is EntryKind.ASKED}
