"""Logs read into an archive over real TLS: whole, again, interrupted, and when a body rewrites its past."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from sqlalchemy import Engine, text

from maglia.core.checkpoint import NoteKey
from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import log_origin
from maglia.core.log_port import ArchivedFile
from maglia.sql.log import SqlLogBackend
from maglia.v1 import audit_pb2
from maglia.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from maglia.wire.chain import Context
from maglia.wire.channel import SERVER_OPTIONS, open_channel, peer_credentials
from maglia.wire.entries import encode_entry
from maglia.wire.status import abort
from node.rpc.audit import AuditDoor
from tests.audit_world import AUDITOR_KEY, AuditedBody, asked, audited, official, official_tls
from tests.peer_world import COMUNE, NETWORK, OTHER, PARISH, MemoryTrust, tls
from tui.audit.archive import Archive, LogState
from tui.audit.client import RemoteLog
from tui.audit.pull import Progress, Pull
from tui.audit.source import LogSource, Party

WITNESS = NoteKey("prova.witness", AUDITOR_KEY.private.public_key())


def _quiet(_progress: Progress) -> None:
    pass


@dataclass
class Auditor:
    """An auditor's console over some bodies."""

    archive: Archive
    nodes: dict[str, AuditedBody]
    stack: AsyncExitStack
    away: set[str] = field(default_factory=set)
    witnessed: dict[str, bytes] = field(default_factory=dict)

    async def pull(self, tell: Callable[[Progress], None] = _quiet, *, whole: bool = False) -> dict[str, LogState]:
        parties = [await self.party(node) for node in self.nodes.values()]
        states = await Pull(self.archive, WITNESS, self.witnessed, tell, whole=whole).run(parties)
        return {state.member: state for state in states}

    async def party(self, node: AuditedBody) -> Party:
        key = NoteKey(log_origin(node.body.id, NETWORK), node.body.key.private.public_key())
        if node.body.id in self.away:
            return Party(node.body.id, key, None, Code.MEMBER_CARD.value)
        return Party(node.body.id, key, await self.source(node))

    async def source(self, node: AuditedBody) -> LogSource:
        channel = open_channel(
            node.endpoint, node.body.id, NETWORK, tls(node.body.id).certificate, official_tls("sara")
        )
        self.stack.push_async_callback(channel.close)
        return RemoteLog(channel, NETWORK, "sara", node.body.id, AUDITOR_KEY)


@pytest_asyncio.fixture
async def auditor(tmp_path: Path) -> AsyncIterator[Auditor]:
    trust = MemoryTrust(appointed=[official()])
    async with AsyncExitStack() as stack:
        nodes = {}
        for body in (COMUNE, PARISH, OTHER):
            nodes[body.id] = node = await stack.enter_async_context(audited(tmp_path, trust, body))
            await node.fill(300)
        archive = Archive.open(tmp_path / "audit")
        stack.callback(archive.close)
        yield Auditor(archive, nodes, stack)


def _flip(engine: Engine, index: int) -> None:
    """Flip one bit of an entry, as a disk or an administrator may."""
    with engine.begin() as connection:
        found = connection.execute(text("select leaf from log_entry where idx = :at"), {"at": index}).scalar_one()
        flipped = bytes(found[:-1]) + bytes([found[-1] ^ 1])
        connection.execute(text("update log_entry set leaf = :leaf where idx = :at"), {"leaf": flipped, "at": index})


async def test_every_log_is_read_twice_and_each_reading_is_one_entry(auditor: Auditor) -> None:
    states = await auditor.pull()
    for member, node in auditor.nodes.items():
        state = states[member]
        assert (state.problem, state.first_pass, state.second_pass, state.size) == ("", 301, 302, 302)
        assert auditor.archive.leaves(member, 0, 302) == node.log.read(0, 302)
        assert len(node.logged(EntryKind.READING)) == 2
    assert auditor.archive.state(PARISH.id) == states[PARISH.id]


async def test_a_later_pull_reads_what_was_added(auditor: Auditor) -> None:
    await auditor.pull()
    await auditor.nodes[PARISH.id].fill(5)
    states = await auditor.pull()
    assert states[PARISH.id].size == 302 + 5 + 2
    starts = [entry.count for entry in auditor.nodes[PARISH.id].logged(EntryKind.READING)]
    assert starts == [0, 301, 302, 308]


async def test_an_interrupted_pull_goes_on_where_it_stopped(auditor: Auditor) -> None:
    await auditor.nodes[PARISH.id].fill(3_000)
    auditor.away = {COMUNE.id, OTHER.id}
    reached = asyncio.Event()
    pulling = asyncio.create_task(auditor.pull(lambda progress: reached.set() if progress.read else None))
    await reached.wait()
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    held = auditor.archive.state(PARISH.id)
    assert 0 < held.size < 3_300
    assert (held.first_pass, held.second_pass) == (0, 0), "half a pull compares nothing"
    states = await auditor.pull()
    assert states[PARISH.id].problem == ""
    again = auditor.nodes[PARISH.id].logged(EntryKind.READING)[1]
    assert again.count >= held.size


async def test_a_body_that_is_away_stops_nobody_else(auditor: Auditor) -> None:
    auditor.away = {COMUNE.id}
    states = await auditor.pull()
    assert {member: state.problem for member, state in states.items()} == {
        COMUNE.id: "member.card",
        PARISH.id: "",
        OTHER.id: "",
    }


async def test_a_refused_auditor_reads_nothing_and_is_told_why(auditor: Auditor) -> None:
    node = auditor.nodes[PARISH.id]
    stranger = official_tls("dina")
    channel = open_channel(node.endpoint, PARISH.id, NETWORK, tls(PARISH.id).certificate, stranger)
    log = RemoteLog(channel, NETWORK, "dina", PARISH.id, AUDITOR_KEY)
    with pytest.raises(MagliaError):
        await log.head()
    await channel.close()


async def test_an_entry_that_was_changed_before_it_was_read_breaks_the_chain(auditor: Auditor) -> None:
    _flip(auditor.nodes[PARISH.id].engine, 120)
    states = await auditor.pull()
    assert (states[PARISH.id].problem, states[PARISH.id].at_entry) == ("log.broken", 0)
    assert states[COMUNE.id].problem == ""


async def test_a_chain_that_breaks_is_placed_after_the_last_head_that_held(auditor: Auditor) -> None:
    await auditor.pull()
    await auditor.nodes[PARISH.id].fill(50)
    _flip(auditor.nodes[PARISH.id].engine, 320)
    states = await auditor.pull()
    # The second pass of the first pull had a head of 301 entries: from there on nothing is proved.
    assert (states[PARISH.id].problem, states[PARISH.id].at_entry) == ("log.broken", 301)
    _flip(auditor.nodes[PARISH.id].engine, 320)
    assert (await auditor.pull())[PARISH.id].problem == "", "put right, it is read again"


async def test_an_old_entry_that_changed_after_it_was_read_is_found_by_reading_all_again(auditor: Auditor) -> None:
    await auditor.pull()
    _flip(auditor.nodes[PARISH.id].engine, 120)
    assert (await auditor.pull())[PARISH.id].problem == "", "what is held is not fetched again"
    states = await auditor.pull(whole=True)
    assert (states[PARISH.id].problem, states[PARISH.id].at_entry) == ("log.fork", 120)
    assert states[COMUNE.id].problem == ""


async def test_another_past_never_takes_the_place_of_the_one_that_was_read(auditor: Auditor) -> None:
    await auditor.pull()
    before = auditor.archive.leaves(PARISH.id, 0, 301)
    node = auditor.nodes[PARISH.id]
    leaves = node.log.read(0, node.log.size)
    hidden = [*leaves[:40], encode_entry(asked(9_999)), *leaves[41:], encode_entry(asked(10_000))]
    node.rewrite(hidden)
    states = await auditor.pull()
    assert (states[PARISH.id].problem, states[PARISH.id].at_entry) == ("log.fork", 40)
    assert auditor.archive.leaves(PARISH.id, 0, 301) == before
    assert (await auditor.pull())[PARISH.id].problem == "log.fork", "it stays a fork"


async def test_a_log_put_back_to_an_earlier_state_is_a_fork(auditor: Auditor) -> None:
    await auditor.pull()
    node = auditor.nodes[PARISH.id]
    node.rewrite(node.log.read(0, 250))
    states = await auditor.pull()
    assert states[PARISH.id].problem == "log.fork"
    assert auditor.archive.state(PARISH.id).size == 301


async def test_a_head_that_the_witness_saw_and_the_log_lacks_is_a_fork(auditor: Auditor) -> None:
    node = auditor.nodes[PARISH.id]
    leaves = node.log.read(0, node.log.size)
    auditor.witnessed = {node.log.key.name: await asyncio.to_thread(node.log.checkpoint)}
    node.rewrite([*leaves[:100], encode_entry(asked(5)), *leaves[101:]])
    states = await auditor.pull()
    assert states[PARISH.id].problem == "log.fork"


async def test_entries_that_a_body_archived_are_read_as_hashes(auditor: Auditor) -> None:
    node = auditor.nodes[PARISH.id]
    await node.fill(500)
    auditor.witnessed = {node.log.key.name: await asyncio.to_thread(node.log.checkpoint)}
    SqlLogBackend(node.engine).forget(ArchivedFile(1, 0, 512, bytes(32)))
    states = await auditor.pull()
    assert (states[PARISH.id].problem, states[PARISH.id].first) == ("", 512)
    assert auditor.archive.leaves(PARISH.id, 0, 600) == node.log.read(512, 88)
    assert states[COMUNE.id].first == 0


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    ("table", "column", "is_flipped"),
    [("tile", "hashes", True), ("leaf", "leaf_hash", True), ("leaf", "leaf", False)],
    ids=["a tile", "a hash", "a leaf"],
)
async def test_an_altered_copy_is_never_told_as_the_bodys_doing(
    auditor: Auditor, table: str, column: str, is_flipped: bool, whole: bool
) -> None:
    await auditor.pull()
    await auditor.nodes[PARISH.id].fill(20)
    with auditor.archive.engine.begin() as connection:
        query = f"select {column} from {table} where member = '{PARISH.id}' and idx = 0"  # noqa: S608 - names of ours
        was = connection.execute(text(query)).scalar_one()
        change = text(f"update {table} set {column} = :now where member = '{PARISH.id}' and idx = 0")  # noqa: S608
        connection.execute(change, {"now": bytes([was[0] ^ 1]) + was[1:]})
    state = (await auditor.pull(whole=whole))[PARISH.id]
    found = table == "tile" or (whole and is_flipped)  # a leaf that nobody reads again is for `audit verify`
    assert (state.problem, state.at_entry) == (("log.copy", 0) if found else ("", None))
    again = (await auditor.pull(whole=True))[PARISH.id]
    assert again.problem == ("log.copy" if found or is_flipped else ""), "reading again mends no copy"
    assert (await auditor.pull())[COMUNE.id].problem == ""


async def test_a_copy_that_fails_while_it_is_read_ends_the_pull_and_accuses_nobody(auditor: Auditor) -> None:
    await auditor.pull()
    with auditor.archive.engine.begin() as connection:
        connection.execute(text("drop table tile"))
    with pytest.raises(MagliaError) as failure:
        await auditor.pull()
    assert (failure.value.code, failure.value.cause) == (Code.STORAGE_UNAVAILABLE, "SQLITE_ERROR")
    assert [log.problem for log in auditor.archive.logs()] == ["", "", ""]


class Excuse(AuditDoor):
    """A body that says of its log what an archive alone can know."""

    async def GetHead(self, request: audit_pb2.GetHeadRequest, context: Context) -> audit_pb2.GetHeadResponse:  # noqa: ARG002, N802 - the contract's
        return await abort(context, MagliaError(Code.LOG_COPY, member=PARISH.id, entry=3))


async def test_no_body_can_say_that_the_auditors_copy_is_altered(auditor: Auditor) -> None:
    await auditor.pull()
    node, trust = auditor.nodes[PARISH.id], MemoryTrust(appointed=[official()])
    server = grpc.aio.server(options=SERVER_OPTIONS)
    add_AuditServiceServicer_to_server(Excuse(NETWORK, PARISH.id, node.log, node.entries), server)
    port = server.add_secure_port("127.0.0.1:0", peer_credentials(tls(PARISH.id), lambda: None, trust.roots()))
    await server.start()
    auditor.stack.push_async_callback(server.stop, None)
    honest, node.endpoint = node.endpoint, f"127.0.0.1:{port}"
    assert (await auditor.pull())[PARISH.id].problem == "network.answer"
    node.endpoint = honest
    assert (await auditor.pull())[PARISH.id].problem == "", "it is read again"
