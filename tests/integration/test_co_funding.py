"""Two bodies complete one arrear, across real nodes: the second sees what the first promised, and what is left."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from demo.forks import Ran
from maglia.core.errors import Code
from maglia.v1 import operator_pb2 as pb
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter
from tests.peer_world import refused
from tests.support.commands import run
from tui import doors
from tui.commands.base import Result
from tui.commands.check import ask
from tui.commands.reserve import give_help, promise_help
from tui.entering import at
from tui.exits import Exit
from tui.model import Aid, Question
from tui.needs_client import NeedsDoor
from tui.needs_model import NewNeed
from tui.needs_text import need_lines
from tui.profile import Profile
from tui.reservation_model import Promise

EST, OVEST = NAMES = ("comune-est", "comune-ovest")
CODE = fictional_code(1)
TODAY = date.today()
LEASE, FORMER_LEASE = "LEASE:TLX/2024/3/77", "LEASE:TLX/2019/3/12"
ARREARS = NewNeed(
    CODE, "rent_arrears", 900_00, LEASE, creditor="ALER Milano", period_from="2026-04-01", period_to="2026-06-30"
)
ACCREDITED = {
    "kind": "comune",
    "runts_number": "",
    "runts_section": "",
    "facets": "rent_arrears",
    "purposes": "rent_subsidy, aid_overlap",
    "contact": "casa@example.org",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("co-funding") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def profile_of(site: Site) -> Profile:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    return Profile(site.settings().front, site.member, NETWORK, site.folder / "front.pem", "marta")


@asynccontextmanager
async def office(site: Site, desk: Counter) -> AsyncIterator[NeedsDoor]:
    """Log an officer in, as the counter of `maglia` does."""
    added = pb.AddOperatorRequest(user="marta", name="Marta", role="officer", password=PASSWORD)
    await desk.stub.AddOperator(added, metadata=desk.admin)
    async with at(doors.needs, profile_of(site), PASSWORD) as door:
        yield door


async def enrolled(desk: Counter) -> None:
    """Wait until nobody awaits a pseudonym."""
    async with asyncio.timeout(PATIENCE_S):
        while (await desk.stub.GetStatus(pb.GetStatusRequest(), metadata=desk.bearer)).awaiting:  # noqa: ASYNC110 - enrolment tells nobody
            await asyncio.sleep(0.05)


async def check(site: Site) -> Result:
    """Ask as `maglia check CODE --facet rent_arrears --purpose rent_subsidy --case 2026/1 --need ...` does."""
    asked = Question(CODE, "rent_arrears", "rent_subsidy", case_protocol="2026/1", need=LEASE)
    return await ask(profile_of(site), asked)


async def test_the_second_comune_reads_how_to_complete_what_the_first_promised(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    est_site, ovest_site = await joined(world, tmp_path, *NAMES, ipa_code="c_x001", **ACCREDITED)
    async with AsyncExitStack() as stack:
        est, ovest = [await stack.enter_async_context(counter(site)) for site in (est_site, ovest_site)]
        first = await stack.enter_async_context(office(est_site, est))
        second = await stack.enter_async_context(office(ovest_site, ovest))

        filed = await first.open_need(ARREARS)
        assert (filed.name, filed.owed_cents, filed.opened_by) == ("B-1", 900_00, "marta")
        with refused(Code.INPUT_NEED_OPEN):
            await first.open_need(ARREARS)
        await first.add_aid(promise(400_00))
        await first.add_aid(promise(50_00, FORMER_LEASE))
        await enrolled(est)
        shown = await first.needs(CODE)
        assert [(one.reserved_cents, one.left_cents) for one in shown] == [(400_00, 500_00)]
        assert "   Senza gli altri enti restano 500,00 €." in need_lines(shown, "it")

        await second.open_need(ARREARS)
        former = replace(ARREARS, need=FORMER_LEASE, creditor="Condominio", period_from="", period_to="")
        assert (await second.open_need(former)).name == "B-2"
        await enrolled(ovest)
        found = await check(ovest_site)
        assert found.status is Exit.OVERLAP
        assert found.document["need"] == {
            "name": "B-1",
            "facet": "rent_arrears",
            "owed": 900_00,
            "own_given": 0,
            "own_reserved": 0,
            "others_given_at_least": 0,
            "others_reserved_at_least": 400_00,
            "unknown_amounts": 0,
            "residual_at_most": 500_00,
            "over_at_least": 0,
            "may_be_less": False,
        }
        told = "\n".join(found.lines)
        assert re.search(r"Comune-Est: 400,00 € su 900,00 €, impegno dalle \d\d:\d\d di oggi, fino\n?\s+alle", told), (
            told
        )
        assert "Per accordarsi: casa@example.org" in told
        assert "Altri hanno già contribuito: restano al più 500,00 € da coprire." in told
        assert max(map(len, found.lines)) <= 80, told

        await _reserved_beyond_what_is_left(profile_of(ovest_site))
        over = await check(ovest_site)
        assert over.lines[-1] == "   Risultano almeno 100,00 € più del dovuto: conviene accordarsi tra enti."
        assert over.document["need"] is not None

        await second.close_need("B-1")
        without = await check(ovest_site)
        assert "dice un altro ente" in "\n".join(without.lines)


def promise(cents: int, lease: str = LEASE) -> Aid:
    return Aid(
        CODE,
        "rent_arrears",
        TODAY.isoformat(),
        cents,
        status="reserved",
        need=lease,
    )


async def _reserved_beyond_what_is_left(ovest: Profile) -> None:
    """Promise and give 600 where 500 are left: each step says what is left without it, and warns; none refuses."""
    about = Promise(CODE, "rent_arrears", 600_00, purpose="rent_subsidy", case_protocol="2026/1", need=LEASE)
    promised = await promise_help(ovest, about)
    record_id = str(_part(promised, "reservation")["record_id"])
    asked = await give_help(ovest, record_id)
    within = await give_help(ovest, record_id, amount_cents=500_00)
    given = await give_help(ovest, record_id, reason="accordo telefonico")
    assert [_part(one, "reservation")["state"] for one in (asked, given)] == ["to_confirm", "confirmed"]
    assert [one.document["exceeds_at_least"] for one in (promised, asked, within, given)] == [100_00, 100_00, 0, 100_00]
    for one in (promised, asked, within, given):
        assert (_part(one, "need")["residual_at_most"], _part(one, "need")["own_reserved"]) == (500_00, 0)
        assert "   Altri hanno già contribuito: restano al più 500,00 € da coprire." in one.lines
        assert max(map(len, one.lines)) <= 80, one.lines
    told = [" ".join(" ".join(one.lines).split()) for one in (promised, asked, within, given)]
    before = "!! Con questo aiuto risulterebbero almeno 100,00 € più del dovuto: prima conviene accordarsi tra enti."
    assert [before in one for one in told] == [True, True, False, False]
    assert "!! Con questo aiuto risultano almeno 100,00 € più del dovuto: conviene accordarsi tra enti." in told[3]


def _part(result: Result, name: str) -> dict[str, Any]:
    found = result.document[name]
    assert isinstance(found, dict)
    return found


async def test_needs_are_opened_shown_and_closed_from_the_command_line(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, EST, ipa_code="c_x001", **ACCREDITED)
    async with counter(site):
        path = profile_file(site)

        async def maglia(*arguments: str) -> Ran:
            environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "MAGLIA_PASSWORD": PASSWORD}
            words = "--profile", str(path), "need", *arguments
            return await asyncio.to_thread(run, "tui", *words, environment=environment)

        opened = await maglia("open", CODE, "--facet", "gas", "--owed", "1.234,50", "--pdr", "99000012345678")
        assert (opened.status, opened.out.splitlines()[0]) == (0, "Bisogno registrato."), opened.err
        twice = await maglia("open", CODE, "--facet", "gas", "--owed", "2,00", "--pdr", "99000012345678", "--json")
        assert (twice.status, json.loads(twice.out)["code"]) == (2, "input.need_open")
        shown = json.loads((await maglia("show", CODE, "--json")).out)
        assert shown["schema"] == "maglia.needs/1"
        [one] = shown["needs"]
        assert (one["name"], one["owed_cents"], one["need"]) == ("B-1", 1_234_50, "PDR:99000012345678")
        assert "chiuso da anna" in " ".join((await maglia("close", "B-1")).out.split())
        for wrong in (
            ("close", "B-1"),
            ("open", CODE, "--facet", "gas", "--owed", "10,00"),
            ("open", CODE, "--facet", "gas", "--owed", "1234.50", "--pdr", "99000012345678"),
            ("open", CODE, "--facet", "gas", "--owed", "-1,00", "--pdr", "99000012345678"),
            ("open", CODE, "--facet", "gas", "--owed", "1,00", "--pdr", "99000012345678", "--pod", "IT001E12345678"),
        ):
            refusal = await maglia(*wrong)
            assert (refusal.status, refusal.out) == (2, ""), wrong
            assert CODE not in refusal.err


def profile_file(site: Site) -> Path:
    """Write the profile of the counter's volunteer."""
    made = profile_of(site)
    path = site.folder / "anna.toml"
    path.write_text(
        f'endpoint = "{made.endpoint}"\nserver_name = "{site.member}.{NETWORK}.maglia.internal"\n'
        f'ca_file = "front.pem"\nmember = "{site.member}"\nuser = "anna"\nlang = "it"\n'
    )
    return path
