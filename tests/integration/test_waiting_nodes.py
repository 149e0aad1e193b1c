"""Real nodes over TLS: checks that outlive a restart of the node that asked, and an office that is away."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from demo.forks import Ran
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, joined
from tests.integration.registry_world import copy_of, make_template, served
from tests.integration.test_epoch_rotation import counter
from tests.integration.test_referral_nodes import maglia, profile_of

EST, PONTE = "onlus-est", "onlus-ponte"
WHO, OTHER = fictional_code(1), fictional_code(2)
ABOUT = ("--facet", "food_parcel", "--purpose", "aid_overlap")


def document(ran: Ran) -> Any:
    return json.loads(ran.out)


async def notice(profile: str, kind: str) -> dict[str, Any]:
    """Wait for a notice of a kind."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            listed = document(await maglia(profile, "inbox", "--all", "--json"))
            if found := [one for one in listed["notices"] if one["kind"] == kind]:
                return dict(found[0])
            await asyncio.sleep(0.2)


async def test_checks_outlive_a_restart_and_an_office_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGLIA_NODE_REASK_EVERY_S", "0.3")
    folder = copy_of(make_template(tmp_path / "template"), tmp_path / "registry")
    async with AsyncExitStack() as office:
        world = await office.enter_async_context(served(folder))
        est, ponte = await joined(world, tmp_path, EST, PONTE)
        profile = profile_of(est)
        async with counter(ponte) as other:
            await other.help(WHO)
        async with counter(est) as here:
            await here.consent(WHO)
            await here.consent(OTHER)
            asked = await maglia(profile, "check", WHO, *ABOUT, "--json")
            assert (asked.status, document(asked)["verdict"]) == (11, "none_known")
            check_id = document(asked)["check_id"]

        async with counter(est), counter(ponte):
            told = await notice(profile, "check_complete")
            assert (told["check_id"], told["params"]["answered"], told["params"]["found"]) == (check_id, "1", "1")
            shown = await maglia(profile, "check", "show", check_id, "--json")
            assert (shown.status, document(shown)["complete"], document(shown)["standing"]["state"]) == (
                10,
                True,
                "done",
            )
            said = (await maglia(profile, "check", "show", check_id)).out
            assert said.startswith(f"Verifica {check_id}, ")
            assert (WHO in said, "Non si attende più nessuno" in said) == (True, True)
            assert WHO not in shown.out

            ports = {"peer": world.settings.peer, "front": world.settings.front}
            await office.aclose()
            away = await maglia(profile, "check", OTHER, *ABOUT)
            assert (away.status, "Ripetere con --defer" in " ".join(away.err.split())) == (3, True)
            filed = await maglia(profile, "check", OTHER, *ABOUT, "--defer")
            assert (filed.status, filed.out.startswith("NON VERIFICATO: la rete è assente.")) == (3, True)
            assert all(len(line) <= 80 for line in filed.out.splitlines())
            [deferred, done] = document(await maglia(profile, "check", "list", "--json"))["checks"]
            assert (deferred["state"], done["state"], done["check_id"]) == ("deferred", "done", check_id)
            waits = await maglia(profile, "check", "show", deferred["check_id"])
            assert (waits.status, "NON VERIFICATO: rimandata" in waits.out) == (3, True)

            await office.enter_async_context(served(folder, **ports))
            told = await notice(profile, "deferred_done")
            assert (told["check_id"], told["params"]["answered"]) == (deferred["check_id"], "1")
            shown = await maglia(profile, "check", "show", deferred["check_id"])
            assert (shown.status, "Nessuna sovrapposizione condivisibile nota" in " ".join(shown.out.split())) == (
                0,
                True,
            )
            assert (await maglia(profile, "check", "show", "V-0000000000")).status == 2
