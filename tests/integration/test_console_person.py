"""`maglia person` across real nodes: a temporary code gives way, and others find the person by both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.v1 import operator_pb2 as pb
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined, until
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter, ready
from tests.integration.test_household import entries
from tests.peer_world import refused
from tui import doors
from tui.entering import at
from tui.person_text import linked_lines, person_lines, preview_lines
from tui.persons_client import PersonsDoor
from tui.profile import Profile

EST, MENSA = NAMES = ("onlus-est", "onlus-mensa")
STP, CF = "STP0309990000001", fictional_code(1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("link") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def profile(site: Site) -> Profile:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    return Profile(site.settings().front, site.member, NETWORK, site.folder / "front.pem", "anna")


async def facets(body: Counter, code: str) -> list[str]:
    """Ask as a counter does, the consent recorded."""
    await body.consent(code)
    asked = pb.CheckRequest(identifier=code, facet="food_parcel", purpose="aid_overlap")
    states = [state async for state in body.stub.Check(asked, metadata=body.bearer)]
    assert states[-1].complete
    return [finding.facet for finding in states[-1].findings]


async def test_other_bodies_find_the_person_by_the_old_code_and_by_the_new(world: World, tmp_path: Path) -> None:
    est_site, mensa_site = await joined(world, tmp_path, *NAMES)
    async with AsyncExitStack() as stack:
        est, mensa = [await stack.enter_async_context(counter(site)) for site in (est_site, mensa_site)]
        await mensa.help(STP)
        await until(ready(world, 1, *NAMES))
        assert [await facets(est, STP), await facets(est, CF)] == [["food_parcel"], []]
        door = await stack.enter_async_context(at(doors.persons, profile(mensa_site), PASSWORD))
        await _linked(door)
        await _enrolled(mensa)
        assert [await facets(est, code) for code in (STP, CF)] == [["food_parcel"]] * 2
        recorded = [entry.count for entry in entries(mensa_site) if entry.kind is EntryKind.RECORDED and not entry.code]
        assert recorded == [1, 1], "each person enrolled was announced"

        await door.undo_link(STP)
        assert [await facets(est, code) for code in (STP, CF)] == [["food_parcel"], []]


async def _linked(door: PersonsDoor) -> None:
    """Show both sides, join them, and read the file by each code."""
    with refused(Code.INPUT_LINK_KIND):
        await door.preview_link(CF, STP)
    with refused(Code.INPUT_LINK_UNKNOWN):
        await door.link("STP0309990000002", CF)
    shown = preview_lines(await door.preview_link(STP, CF), "it")
    assert shown[:4] == [
        f"VECCHIO  {STP}  codice STP, identità debole",
        "         1 aiuto registrato, 1 consenso",
        f"NUOVO    {CF}  codice fiscale",
        "         non è registrato nulla",
    ]
    former, current, seconds = await door.link(STP, CF)
    done = linked_lines(former, current, seconds, "it")
    assert done[0] == f"Fatto: {STP} ora è {CF}."
    assert f"  maglia check {CF} --with {STP} ..." in done
    by_old, by_new = await door.person(STP), await door.person(CF)
    assert by_old == by_new
    lines = person_lines(by_new, "it")
    assert lines[:2] == [f"{CF}  codice fiscale", f"  noto anche come {STP}  codice STP, identità debole"]
    assert f"  maglia check {CF} --with {STP} ..." in lines
    assert "Qui: 1 aiuto registrato, 1 consenso." in lines
    assert any(line.startswith("Consenso: Aiuti già dati, fino al ") for line in lines)
    assert all(len(line) <= 80 for line in [*shown, *lines, *linked_lines(former, current, seconds, "en")])


async def _enrolled(body: Counter) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await body.stub.GetStatus(pb.GetStatusRequest(), metadata=body.bearer)).awaiting:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
