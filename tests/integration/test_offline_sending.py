"""A counter that lost its node, and the node that comes back: everything is filed once, checked, and found out."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest

from demo.forks import Ran
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import server_name
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, copy_of, make_template, served
from tests.integration.test_epoch_rotation import counter
from tests.support.commands import run
from tui import doors
from tui.entering import at, taken_lines
from tui.exits import Exit
from tui.model import Aid, Consent, NamedAid
from tui.offline_client import OfflineDoor
from tui.offline_model import Taken
from tui.offline_sending import send
from tui.offline_store import OfflineStore, new_key
from tui.profile import Profile, load_profile

EST, PONTE = "onlus-est", "onlus-ponte"
WHO, OTHER, THIRD = fictional_code(1), fictional_code(2), fictional_code(3)
TODAY = date.today().isoformat()
NAMED = NamedAid("food_parcel", TODAY, 0, name="Xqzar Wqzi", born="1980-02-01", place="Tlemcen", status="given")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("offline") / "registry")


def profile_of(site: Site) -> Path:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    path = site.folder / "anna.toml"
    lines = (
        f"endpoint = '{site.settings().front}'",
        "ca_file = 'front.pem'",
        f"server_name = '{server_name(site.member, NETWORK)}'",
        "user = 'anna'",
    )
    path.write_text("\n".join(lines))
    return path


async def typed(path: Path, *words: str, who: str = "") -> Ran:
    """Type a command at the counter, the person's code on standard input."""
    given = os.environ | {"MAGLIA_PASSWORD": PASSWORD}
    return await asyncio.to_thread(
        run, "tui", "--profile", str(path), *words, environment=given, stdin=f"{who or WHO}\n"
    )


class Cut(OfflineDoor):
    """A line that is cut at a chosen moment: the node does what it is asked, and its answer is lost."""

    def __init__(self, profile: Profile, after: str) -> None:
        super().__init__(profile)
        self._after = after

    async def file(self, taken: Taken) -> str:
        done = await super().file(taken)
        return self._lost(done, "file")

    async def check_later(self, taken: Taken) -> str:
        done = await super().check_later(taken)
        return self._lost(done, "check")

    def _lost(self, done: str, what: str) -> str:
        if what == self._after:
            raise MagliaError(Code.NETWORK_UNREACHABLE, cause="the line was cut")
        return done


async def test_what_was_taken_without_the_node_is_filed_once_checked_and_found_out(
    template: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        async with served(copy_of(template, tmp_path / "registry")) as world:
            sites = await joined(world, tmp_path, EST, PONTE, facets="food_parcel")
            path = profile_of(sites[0])
            async with counter(sites[1]) as ponte:
                await ponte.help(WHO)
                async with counter(sites[0]):
                    pass  # its operator is known there, and then it is out of reach
                await _taken_without_the_node(path)
                await stack.enter_async_context(counter(sites[0]))
                await _sent_once_the_node_is_back(path)
        await _taken_where_the_node_is_there_and_the_network_is_away(path)


async def _sent_once_the_node_is_back(path: Path) -> None:
    profile = load_profile(path)
    assert taken_lines(profile, PASSWORD) == ["2 cose prese senza rete, da inviare: maglia offline send"]
    told = await typed(path, "status")
    assert "2 cose prese senza rete, da inviare: maglia offline send" in told.err
    await _cut_in_the_middle(profile)

    sent = await typed(path, "offline", "send")
    assert (sent.status, "senza rete" in sent.err) == (Exit.DONE, False), sent
    assert sent.out.count("NON ANCORA VERIFICATO") == 2
    assert sent.out.endswith("Restano su questo computer: 0.\n")
    assert max(map(len, sent.out.splitlines())) <= 80
    assert WHO not in sent.out
    assert not profile.offline.exists()
    await _is_on_file_once(profile)
    await _is_told_in_the_inbox(profile)
    await _killed_in_the_middle(profile, path)
    await _what_the_node_refuses_stays(profile, path)


async def _taken_without_the_node(path: Path) -> None:
    lost = await typed(path, "aid", "add", "-", "--facet", "food_parcel", "--date", "01/11/2026", "--amount", "40,00")
    assert lost.status == Exit.NETWORK
    assert "«maglia offline»" in lost.err
    aid = await typed(path, "offline", "aid", "-", "--facet", "food_parcel", "--amount", "40,00")
    consent = await typed(path, "offline", "consent", "-", "--purpose", "aid_overlap", "--check", "food_parcel")
    assert (aid.status, consent.status) == (Exit.DONE, Exit.DONE), (aid, consent)
    unsent = await typed(path, "offline", "send", "--json")
    assert (unsent.status, json.loads(unsent.out)["code"]) == (Exit.NETWORK, "network.not_sent")
    unsent = await typed(path, "offline", "send")
    assert "non è stato inviato nulla, e nulla è perso" in " ".join(unsent.err.split())
    assert "verifica non eseguita" not in unsent.err


async def _cut_in_the_middle(profile: Profile) -> None:
    """Whenever the answer is lost, everything is still here, to be sent again."""
    store = OfflineStore(profile.offline, PASSWORD)
    for after in ("file", "check"):
        door = Cut(profile, after)
        await door.login("anna", PASSWORD)
        sending = await send(door, store, store.taken())
        await door.close()
        assert (sending.status, sending.sent, sending.left) == (Exit.NETWORK, [], 2)
    assert [one.kind for one in store.taken()] == ["aid", "consent"]


async def _is_on_file_once(profile: Profile) -> None:
    async with at(doors.records, profile, PASSWORD) as door:
        found = await door.person_file(WHO)
        consents = await door.consents(WHO)
    assert [(one.facet, one.amount_cents, one.date) for one in found.records] == [("food_parcel", 40_00, TODAY)]
    assert [one.date for one in consents.consents] == [TODAY]


async def _is_told_in_the_inbox(profile: Profile) -> None:
    """Each was checked, under its operator's name, and the other body's help was found."""
    async with asyncio.timeout(PATIENCE_S), at(doors.inbox, profile, PASSWORD) as door:
        while len(found := await door.notices(everything=True)) < 2:  # noqa: ASYNC110 - the inbox tells nobody
            await asyncio.sleep(0.1)
    assert len({one.check_id for one in found}) == 2
    assert all(one.kind for one in found)


async def _killed_in_the_middle(profile: Profile, path: Path) -> None:
    """A program that is killed while it sends has forgotten nothing that the node has not, and repeats nothing."""
    store = OfflineStore(profile.offline, PASSWORD)
    for cents in range(1, 7):
        store.add(Taken(0, new_key(), 1_790_000_000_000, Aid(OTHER, "food_parcel", TODAY, cents)))
    named = store.add(Taken(0, new_key(), 1_790_000_000_000, NAMED))
    async with at(doors.offline, profile, PASSWORD) as door:
        assert await door.file(named) == await door.file(named)
    whole = profile.offline.stat().st_size
    given = os.environ | {"MAGLIA_PASSWORD": PASSWORD}
    command = (sys.executable, "-m", "tui", "--profile", str(path), "offline", "send")
    sending = await asyncio.create_subprocess_exec(*command, env=given, stdout=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(PATIENCE_S):
        while sending.returncode is None and profile.offline.exists() and profile.offline.stat().st_size == whole:  # noqa: ASYNC110 - another program's file
            await asyncio.sleep(0.002)
    if sending.returncode is None:
        sending.kill()
    await sending.wait()
    sent = await typed(path, "offline", "send", "--json")
    assert (sent.status, json.loads(sent.out)["left"]) == (Exit.DONE, 0), sent
    async with at(doors.records, profile, PASSWORD) as door:
        found = await door.person_file(OTHER)
        alike = await door.find_names(NAMED.name, NAMED.born)
    assert [len(one.aids) for one in alike] == [1]
    assert sorted(one.amount_cents or 0 for one in found.records) == [1, 2, 3, 4, 5, 6]


async def _what_the_node_refuses_stays(profile: Profile, path: Path) -> None:
    """A consent of before the person's last no is refused, with why; what else there is, is sent."""
    async with at(doors.records, profile, PASSWORD) as door:
        await door.withdraw_consent(WHO, "")
    store = OfflineStore(profile.offline, PASSWORD)
    early = Consent(WHO, ("aid_overlap",), "2026-1", "it", "2026-10-01", "signed")
    store.add(Taken(0, new_key(), 1_790_000_000_000, early))
    store.add(Taken(0, new_key(), 1_790_000_000_000, Aid(OTHER, "school", TODAY, 0)))
    sent = await typed(path, "offline", "send", "--json")
    document = json.loads(sent.out)
    assert (sent.status, document["left"], len(document["sent"])) == (Exit.REJECTED_ROWS, 1, 1), sent
    assert [one["code"] for one in document["refused"]] == ["consent.earlier"]
    listed = await typed(path, "offline", "list")
    assert "!! Il nodo lo rifiuta: La persona ha detto di no il" in listed.out
    assert "maglia offline remove 1" in " ".join(listed.out.split())
    async with at(doors.offline, profile, PASSWORD):
        pass  # whoever sends is not told to send


async def _taken_where_the_node_is_there_and_the_network_is_away(path: Path) -> None:
    """Help and consents are recorded as always, and a check that can't be made is offered for later."""
    day = f"{date.today():%d/%m/%Y}"
    aid = await typed(path, "aid", "add", "-", "--facet", "food_parcel", "--date", day, "--amount", "40,00", who=THIRD)
    consent = await typed(path, "consent", "add", "-", "--purpose", "aid_overlap", who=THIRD)
    assert (aid.status, consent.status) == (Exit.DONE, Exit.DONE), (aid, consent)
    asked = await typed(path, "check", "-", "--facet", "food_parcel", "--purpose", "aid_overlap", who=THIRD)
    assert (asked.status, asked.out) == (Exit.NETWORK, ""), asked
    assert "Ripetere con --defer" in asked.err
