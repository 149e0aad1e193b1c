"""Notices of a node to its operators: kept on SQLite and PostgreSQL, told at each login, read from the command line."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from maglia.core.errors import Code
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import Role
from node.domain.model import Operator
from node.inbox import Inbox, Notice
from node.store import tables
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, fictional_code, open_store
from tests.integration.node_world import PATIENCE_S, joined
from tests.integration.registry_world import PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import QUICK, counter
from tests.integration.test_referral_nodes import maglia, profile_of
from tests.peer_world import refused
from tui import doors
from tui.entering import at
from tui.profile import load_profile

WHO = fictional_code(1)
ANNA, BRUNO = Operator("anna", "Anna", Role.VOLUNTEER), Operator("bruno", "Bruno", Role.MANAGER)


def complete(operator: str = "anna", check_id: str = "V-0001", **params: str | int) -> Notice:
    return Notice(NoticeKind.CHECK_COMPLETE, operator, check_id, {"asked": 3, "found": 0, **params})


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store(tmp_path: Path, node_database: str, clock: StoppedClock) -> SqlStore:
    return open_store(node_database or tmp_path / "node.db", clock)


def test_an_operator_reads_their_own_and_what_is_for_all(store: SqlStore, clock: StoppedClock) -> None:
    inbox = Inbox(store)
    mine, others, ours = (inbox.put(complete(operator)) for operator in ("anna", "bruno", ""))
    assert [kept.number for kept in inbox.list(ANNA, everything=False)] == [ours, mine]
    assert (store.unread_notices("anna"), store.unread_notices("bruno"), store.unread_notices("carla")) == (2, 2, 1)
    read = inbox.read(ANNA, mine)
    assert (read.notice, read.created_at) == (complete(), clock.now())
    for number in (others, 0, -1, 99, 2**40):
        with refused(Code.INPUT_INBOX):
            inbox.read(ANNA, number)
    inbox.read(BRUNO, ours)
    assert list(inbox.list(ANNA, everything=False)) == []
    assert [kept.number for kept in inbox.list(ANNA, everything=True)] == [ours, mine]
    assert store.unread_notices("anna") == 0


def test_a_notice_goes_after_a_month_read_or_not(store: SqlStore, clock: StoppedClock) -> None:
    inbox = Inbox(store)
    inbox.put(complete())
    clock.day += timedelta(days=30)
    assert store.remove_old_notices() == 0
    kept = inbox.put(complete())
    clock.day += timedelta(days=1)
    assert store.remove_old_notices() == 1
    assert [one.number for one in inbox.list(ANNA, everything=True)] == [kept]


def test_of_a_notice_only_whose_it_is_and_the_day_are_in_clear(store: SqlStore, clock: StoppedClock) -> None:
    Inbox(store).put(complete(record="1a2b3c4d"))
    [row] = store._db.rows(select(tables.notice), {})
    assert row._fields == ("id", "operator", "day", "unread", "salt", "content")
    assert (row.operator, row.day, row.unread) == ("anna", clock.day, True)
    assert not any(text in row.content for text in (b"check_complete", b"V-0001", b"1a2b3c4d"))


def test_an_equal_notice_that_waits_is_enough(store: SqlStore) -> None:
    inbox = Inbox(store)
    first = inbox.put(complete(), once=True)
    assert inbox.put(complete(), once=True) == first
    assert inbox.put(complete(found=1), once=True) != first
    assert inbox.put(complete("bruno"), once=True) != first
    inbox.read(ANNA, first)
    assert inbox.put(complete(), once=True) != first
    assert inbox.put(complete()) != inbox.put(complete())


@pytest.mark.parametrize("value", ["a" * 61, "XQZXQW60A02H000M", f"di {fictional_code(3)}", "12345678901"])
def test_no_notice_is_made_of_what_may_be_a_person(value: str) -> None:
    with pytest.raises(ValueError, match="short public words"):
        complete(who=value)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    template = make_template(tmp_path / "template")
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def test_a_login_tells_of_notices_and_the_command_reads_them(world: World, tmp_path: Path) -> None:
    [site] = await joined(world, tmp_path, "onlus-est")
    profile = profile_of(site)
    async with counter(site):
        store = open_store(site.folder / "node.db", StoppedClock(instant=time.time()), site.keys.field_key)
        Inbox(store).put(complete(asked_at=1_780_000_000_000))
        Inbox(store).put(complete("bruno"))
        store.close()
        assert (await maglia(profile, "status")).err == "1 avviso da leggere: maglia inbox\n"
        listed = await maglia(profile, "inbox")
        assert (listed.status, listed.err) == (0, "")
        assert "è ora completa: hanno risposto tutti i 3 enti" in " ".join(listed.out.split())
        assert all(len(line) <= 80 for line in listed.out.splitlines())
        assert (await maglia(profile, "inbox", "read", "A-0002")).status == 2
        read = json.loads((await maglia(profile, "inbox", "read", "A-0001", "--json")).out)
        assert (read["schema"], read["notices"][0]["check_id"]) == ("maglia.inbox/1", "V-0001")
        async with at(doors.inbox, load_profile(Path(profile)), PASSWORD) as door:
            assert await door.notices(everything=False) == []
            assert [one.number for one in await door.notices(everything=True)] == [1]


async def test_a_body_that_is_back_completes_a_check_and_the_inbox_says_so(world: World, tmp_path: Path) -> None:
    sites = await joined(world, tmp_path, "onlus-est", "onlus-ponte")
    profile = profile_of(sites[0])
    async with counter(sites[0]) as here:
        await here.consent(WHO)
    async with sites[0].serving(**QUICK, reask_every_s=0.5):
        checked = await maglia(profile, "check", WHO, "--facet", "food_parcel", "--purpose", "aid_overlap", "--json")
        assert checked.status == 11, checked
        asked = json.loads(checked.out)["check_id"]
        async with counter(sites[1]), at(doors.inbox, load_profile(Path(profile)), PASSWORD) as door:
            async with asyncio.timeout(PATIENCE_S):
                while not (found := await door.notices(everything=False)):  # noqa: ASYNC110 - nothing tells
                    await asyncio.sleep(0.2)
    [one] = found
    assert (one.kind, one.check_id, one.for_all) == (NoticeKind.CHECK_COMPLETE, asked, False)
    assert (one.count("asked"), one.count("answered"), one.count("found")) == (1, 1, 0)
