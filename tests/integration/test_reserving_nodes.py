"""Two real nodes over TLS that promise the same arrear at once: each is shown the other before anything is given."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.forks import Ran
from maglia.core.identity import server_name
from maglia.core.notices import NoticeKind
from maglia.v1 import operator_pb2 as pb
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter
from tests.support.commands import run
from tui import doors
from tui.commands.base import Result
from tui.commands.reserve import give_help, list_promises, promise_help
from tui.entering import at
from tui.exits import Exit
from tui.inbox_model import Notice
from tui.profile import Profile
from tui.reservation_model import Promise

EST, PONTE = "onlus-est", "onlus-ponte"
WHO, OTHER = fictional_code(1), fictional_code(2)
ARREAR = Promise(
    WHO,
    "rent_arrears",
    900_00,
    creditor="Immobiliare Àrgine",
    period_from="2025-01-01",
    period_to="2025-03-31",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("reserving") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def profile(site: Site) -> Profile:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    return Profile(site.settings().front, site.member, NETWORK, site.folder / "front.pem", "anna")


def number(result: Result) -> str:
    return str(_of(result, "reservation")["record_id"])


def _of(result: Result, part: str) -> Any:
    return result.document[part]


async def test_each_of_two_is_shown_the_other_and_the_second_to_give_is_told_anew(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    sites = await joined(world, tmp_path, EST, PONTE, facets="rent_arrears")
    est, ponte = (profile(site) for site in sites)
    async with AsyncExitStack() as stack:
        counters = [await stack.enter_async_context(counter(site)) for site in sites]
        for one in counters:
            await one.consent(WHO)
        first, second = await asyncio.gather(promise_help(est, ARREAR), promise_help(ponte, ARREAR))
        said = "Impegno registrato: Affitto arretrato, 900,00 €, fino al "
        assert all(one.lines[0].startswith(said) for one in (first, second))
        assert len(max([*first.lines, *second.lines], key=len)) <= 80

        shown = await asyncio.gather(give_help(est, number(first)), give_help(ponte, number(second)))
        assert [(one.status, _of(one, "wants")) for one in shown] == [(Exit.OVERLAP, "reason")] * 2
        others = [other for one in shown for other in _of(one, "others")]
        assert [(other["status"], other["same_need"]) for other in others] == [("reserved", True)] * 2
        assert {other["comes_first"] for other in others} == {True, False}
        assert all("serve un motivo" in " ".join(one.lines) for one in shown)
        assert any("per lo stesso bisogno dalle" in line for one in shown for line in one.lines)

        given = await give_help(est, number(first)[:8], reason="accordo telefonico")
        assert (given.status, _of(given, "reservation")["state"]) == (Exit.DONE, "confirmed")
        assert any(line.startswith("CONSEGNATO: Affitto arretrato, 900,00 €") for line in given.lines)

        told = await give_help(ponte, number(second), reason="resta un debito", amount_cents=300_00)
        assert (told.status, _of(told, "wants")) == (Exit.OVERLAP, "reading")
        assert any("ha già dato un aiuto per lo stesso bisogno" in line for line in told.lines)
        given = await give_help(ponte, number(second), reason="resta un debito", amount_cents=300_00)
        assert (given.status, _of(given, "reservation")["amount"]) == (Exit.DONE, 300_00)
        assert (await list_promises(est)).lines == ["Nessun impegno."]

        await _typed_as_commands(est, tmp_path / "est.toml")
        await _what_comes_late_is_told(counters[0], est, counters[1], ponte, stack, sites)


async def _typed_as_commands(est: Profile, file: Path) -> None:
    """The same through the program itself: a shorter end, the list, a renewal, a release; what is wrong says so."""
    lines = (
        f"endpoint = '{est.endpoint}'",
        f"ca_file = '{est.ca_file}'",
        f"server_name = '{server_name(est.party, est.network)}'",
        "user = 'anna'",
    )
    file.write_text("\n".join(lines))  # noqa: ASYNC240 - nobody else waits for it

    async def typed(*words: str) -> Ran:
        given = ("--profile", str(file), "reserve", *words)
        return await asyncio.to_thread(run, "tui", *given, environment=os.environ, stdin=f"{WHO}\n")

    tomorrow = f"{datetime.now() + timedelta(days=1):%d/%m/%Y} 09:00"
    added = await typed("add", "-", "--facet", "rent_current", "--amount", "50,00", "--until", tomorrow, "--json")
    assert added.status == Exit.OVERLAP, added
    one = json.loads(added.out)
    assert (one["schema"], one["reservation"]["state"]) == ("maglia.reservation/1", "to_confirm")
    assert WHO not in added.out
    number, until = one["reservation"]["record_id"], one["reservation"]["reserved_until"]
    listed = await typed("list")
    assert (listed.status, WHO in listed.out, number[:8] in listed.out) == (0, True, True)
    renewed = json.loads((await typed("renew", number[:8], "--json")).out)["reservation"]
    assert (renewed["renewed"], renewed["reserved_until"] > until) == (True, True)
    released = await typed("release", number[:8])
    assert (released.status, released.out) == (0, f"Impegno annullato: Affitto, 50,00 € (n. {number[:8]}).\n")
    wrong = await typed("add", "-", "--facet", "rent_current", "--amount", "5,00", "--until", "01/01/2030")
    assert (wrong.status, wrong.out) == (Exit.USAGE, "")
    assert "240 ore" in " ".join(wrong.err.split())


async def _what_comes_late_is_told(
    asking: Counter, est: Profile, silent: Counter, ponte: Profile, stack: AsyncExitStack, sites: list[Site]
) -> None:
    """A body that was away had promised help: both are told of it, and the promise made meanwhile says so."""
    for one in (asking, silent):
        await one.consent(OTHER)
    theirs = number(await promise_help(ponte, Promise(OTHER, "rent_current", 50_00)))
    async with asyncio.timeout(PATIENCE_S):
        while (await silent.stub.GetStatus(pb.GetStatusRequest(), metadata=silent.bearer)).awaiting:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await stack.aclose()
    async with counter(sites[0]) as back:
        promised = await promise_help(est, Promise(OTHER, "rent_arrears", 100_00))
        assert promised.status == Exit.PARTIAL
        assert any("Onlus-Ponte" in line for line in promised.lines)
        refused = await give_help(est, number(promised))
        assert (refused.status, _of(refused, "wants")) == (Exit.PARTIAL, "reason")
        async with counter(sites[1]), asyncio.timeout(PATIENCE_S):
            again = pb.RetrySilentRequest(check_id=str(_of(promised, "check")["check_id"]))
            listed = await list_promises(est)
            while not _of(listed, "reservations")[0]["found_later"]:
                await back.stub.RetrySilent(again, metadata=back.bearer)
                await asyncio.sleep(0.2)
                listed = await list_promises(est)
            told = await _inbox(ponte)
            assert [one.kind for one in told] == [NoticeKind.PROMISE_ASKED]
            assert (told[0].for_all, told[0].params) == (True, {"record": theirs[:8], "given": "0"})
        waiting = await _inbox(est)
        assert [one.kind for one in waiting] == [NoticeKind.PROMISE_FOUND]
        assert (waiting[0].for_all, waiting[0].params) == (True, {"record": number(promised)[:8], "given": "0"})
    assert listed.lines[0] == "1 impegno aperto, 1 con aiuti trovati dopo."
    assert "TROVATO DOPO" in " ".join(listed.lines)
    assert len(max(listed.lines, key=len)) <= 80


async def _inbox(profile: Profile) -> list[Notice]:
    async with at(doors.inbox, profile, PASSWORD) as door:
        return await door.notices(everything=False)
