"""What a body may try while an auditor reads its log: to hide entries, or to hold up everybody else's reading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.checkpoint import Checkpoint, NoteKey, add_signature, cosign, sign_checkpoint
from maglia.core.errors import Code
from maglia.core.identity import SigningKey
from maglia.core.merkle import leaf_hash, root_of
from maglia.wire.entries import encode_entry
from tests.audit_world import asked
from tui.audit.archive import Archive, LogState
from tui.audit.log_text import pull_lines
from tui.audit.pull import Progress, Pull, Tell
from tui.audit.reading import Pace
from tui.audit.source import Head, Page, Party

WITNESS_KEY = SigningKey(bytes([41]) * 32)
WITNESS = NoteKey("prova.witness", WITNESS_KEY.private.public_key())
LEAVES = [encode_entry(asked(at)) for at in range(2_000)]
SHORT = Pace(grace_s=0.4, rate=10**9, longest_s=0.4)


class Body:
    """A log that is honest until a test makes it lie. Each reading of it adds an entry, as a node's does."""

    def __init__(self, member: str, size: int = 600) -> None:
        self.key = SigningKey(bytes([len(member)]) * 32)
        self.member = member
        self.size = size
        self.first = 0
        self.hashed = 0
        """Before which entry hashes are sent: an honest body says so in its head."""
        self.witnessed = 0
        self.claimed = 0
        """How long the log is said to be beyond what it is."""
        self.sends: Callable[[int], AsyncGenerator[Page, None]] = self.honest
        self.at_reading: Callable[[], Awaitable[None]] | None = None
        self.readings: list[int] = []

    @property
    def party(self) -> Party:
        return Party(self.member, NoteKey(self.member, self.key.private.public_key()), self)

    async def head(self) -> Head:
        cosigned = b""
        if self.witnessed:
            note = self._sign(self.witnessed)
            cosigned = add_signature(note, cosign(note, WITNESS.name, WITNESS_KEY.private, int(time.time())))
        return Head(self.size + self.claimed, self.first, self._sign(self.size), cosigned)

    def _sign(self, size: int) -> bytes:
        root = root_of([leaf_hash(leaf) for leaf in LEAVES[:size]])
        return sign_checkpoint(Checkpoint(self.member, size, root), self.member, self.key.private)

    async def read(self, start: int) -> AsyncGenerator[Page, None]:
        self.readings.append(start)
        self.size += 1
        if self.at_reading is not None:
            await self.at_reading()
        async for page in self.sends(start):
            yield page

    async def honest(self, start: int) -> AsyncGenerator[Page, None]:
        while start < self.size:
            end = min(start + 200, self.hashed if start < self.hashed else self.size)
            yield _hashes(start, end) if start < self.hashed else Page(start, LEAVES[start:end], b"")
            start = end


def _hashes(start: int, end: int) -> Page:
    return Page(start, [], b"".join(map(leaf_hash, LEAVES[start:end])))


class Auditor:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    async def pull(
        self, *bodies: Body, tell: Tell = lambda _progress: None, pace: Pace | None = None, whole: bool = False
    ) -> Sequence[LogState]:
        pull = Pull(self.archive, WITNESS, {}, tell, whole=whole, pace=pace or Pace())
        return await pull.run([body.party for body in bodies])


@pytest_asyncio.fixture
async def auditor(tmp_path: Path) -> AsyncIterator[Auditor]:
    archive = Archive.open(tmp_path / "audit")
    yield Auditor(archive)
    archive.close()


def _said(state: LogState) -> tuple[str, int | None]:
    return state.problem, state.at_entry


async def test_what_a_body_archived_before_is_known_by_its_hashes_and_said(auditor: Auditor) -> None:
    body = Body("parish")
    body.first = body.hashed = body.witnessed = 512
    (state,) = await auditor.pull(body)
    assert (_said(state), state.first, state.is_read) == (("", None), 512, True)
    assert auditor.archive.leaves("parish", 0, 600) == LEAVES[512:600]
    assert "parish: 512 voci solo come impronte (archiviate dall'ente)" in pull_lines(
        [state], "it", "maglia audit verify"
    )


@pytest.mark.parametrize(
    ("first", "hashed", "witnessed"),
    [(500, 500, 600), (512, 512, 511), (512, 512, 0), (256, 512, 600), (0, 600, 600), (0, 601, 600)],
    ids=["within a tile", "beyond the witness", "never witnessed", "beyond its archives", "all of it", "the reading"],
)
async def test_no_body_hides_entries_by_calling_them_archived(
    auditor: Auditor, first: int, hashed: int, witnessed: int
) -> None:
    body = Body("parish")
    body.first, body.hashed, body.witnessed = first, hashed, witnessed
    (state,) = await auditor.pull(body)
    assert (state.problem, state.is_read) == ("log.broken", False)
    assert auditor.archive.state("parish").first <= first


async def test_what_follows_entries_that_were_read_is_never_archived(auditor: Auditor) -> None:
    body = Body("parish")
    await auditor.pull(body)
    body.size = 1_100
    body.first = body.hashed = body.witnessed = 1_024
    (state,) = await auditor.pull(body)
    assert (_said(state), state.first, state.size) == (("log.broken", 602), 0, 602)
    assert auditor.archive.leaves("parish", 0, 602) == LEAVES[:602]


async def test_entries_that_were_read_before_they_were_archived_stay(auditor: Auditor) -> None:
    body = Body("parish")
    await auditor.pull(body)
    body.first = body.hashed = body.witnessed = 512
    (state,) = await auditor.pull(body, whole=True)
    assert (_said(state), state.first) == (("", None), 0)
    assert auditor.archive.leaves("parish", 0, 600) == LEAVES[:600]


async def test_a_body_that_sends_empty_pages_for_ever_is_left_out(auditor: Auditor) -> None:
    async def nothing(start: int) -> AsyncGenerator[Page, None]:
        while True:
            yield Page(start, [], b"")

    liar, other = Body("parish"), Body("comune")
    liar.sends = nothing
    states = await auditor.pull(liar, other)
    assert [_said(state) for state in states] == [("log.broken", 0), ("", None)]
    assert [state.is_read for state in auditor.archive.logs()] == [True, False]


@pytest.mark.parametrize("page", [Page(0, LEAVES[:2], b"h" * 64), Page(0, [], b"h" * 33), Page(5, LEAVES[:2], b"")])
async def test_a_page_that_no_node_makes_is_refused(auditor: Auditor, page: Page) -> None:
    async def odd(_start: int) -> AsyncGenerator[Page, None]:
        yield page

    liar = Body("parish")
    liar.sends = odd
    liar.first = liar.witnessed = 512
    (state,) = await auditor.pull(liar)
    assert (_said(state), state.size) == (("log.broken", 0), 0)


async def test_a_log_without_end_is_read_to_its_head(auditor: Auditor) -> None:
    async def endless(start: int) -> AsyncGenerator[Page, None]:
        while True:
            yield Page(start, [LEAVES[at % len(LEAVES)] for at in range(start, start + 100)], b"")
            start += 100

    liar = Body("parish")
    liar.sends = endless
    (state,) = await auditor.pull(liar)
    assert (_said(state), state.first_pass, state.second_pass) == (("", None), 601, 602)


async def test_a_log_that_trickles_or_is_too_long_to_end_stops_nobody_else(auditor: Auditor) -> None:
    async def trickle(start: int) -> AsyncGenerator[Page, None]:
        while True:
            yield Page(start, [LEAVES[start % len(LEAVES)]], b"")
            await asyncio.sleep(0.05)
            start += 1

    async def silence(start: int) -> AsyncGenerator[Page, None]:
        await asyncio.Event().wait()
        yield Page(start, [], b"")

    async def flood(start: int) -> AsyncGenerator[Page, None]:
        while True:
            yield Page(start, LEAVES[:50], b"")
            start += 50

    slow, mute, vast, other = (Body(name) for name in ("parish", "mensa", "emporio", "comune"))
    slow.sends, mute.sends, vast.sends, vast.claimed = trickle, silence, flood, 2**40
    states = await auditor.pull(slow, mute, vast, other, pace=SHORT)
    assert [state.problem for state in states[:3]] == ["network.deadline"] * 3
    assert 0 < states[0].size < 600, "what came until then stays"
    assert (states[3].problem, auditor.archive.state("comune").is_read) == ("", True)


async def test_no_log_is_read_again_before_all_were_read_once(auditor: Auditor) -> None:
    bodies = [Body("parish"), Body("comune"), Body("mensa")]
    began: list[str] = []

    async def reading(member: str) -> None:
        began.append(member)
        await asyncio.sleep(0.2 if member == "mensa" else 0)
        began.append(member)

    for body in bodies:
        body.at_reading = partial(reading, body.member)
    await auditor.pull(*bodies)
    assert sorted(began[:6]) == sorted([body.member for body in bodies] * 2)


async def test_an_interrupted_first_reading_leaves_the_marks_of_before(auditor: Auditor) -> None:
    bodies = [Body("parish"), Body("comune")]
    await auditor.pull(*bodies)
    before = [(log.first_pass, log.second_pass, log.read_ms) for log in auditor.archive.logs()]
    for body in bodies:
        body.size += 100
    await _interrupt(auditor, bodies, 3)
    after = auditor.archive.logs()
    assert [(log.first_pass, log.second_pass, log.read_ms) for log in after] == before
    assert all(log.is_read for log in after)
    assert after[0].size > after[0].second_pass, "what came stays"


async def test_a_log_of_which_nothing_was_read_twice_is_not_read(auditor: Auditor) -> None:
    await _interrupt(auditor, [Body("parish"), Body("comune")], 1)
    (log,) = auditor.archive.logs()
    assert (log.member, log.size, log.is_read) == ("comune", 601, False)


async def test_interrupted_before_any_log_was_read_twice_the_marks_of_before_stay(auditor: Auditor) -> None:
    body = Body("parish")
    (before,) = await auditor.pull(body)
    await _interrupt(auditor, [body], 4)
    after = auditor.archive.state("parish")
    assert (after.first_pass, after.second_pass, after.read_ms) == (601, 602, before.read_ms)


async def test_interrupted_in_the_second_reading_what_was_read_twice_counts_alone(auditor: Auditor) -> None:
    bodies = [Body("parish"), Body("comune")]
    await auditor.pull(*bodies)
    await _interrupt(auditor, bodies, 4)
    comune, parish = auditor.archive.logs()
    assert (comune.first_pass, comune.second_pass) == (603, 604)
    # Its marks of the former pull say nothing of what the other log has since.
    assert (parish.is_read, parish.problem, parish.size) == (False, "", 603)
    states = await auditor.pull(*bodies)
    assert [state.is_read for state in states] == [True, True]


async def _interrupt(auditor: Auditor, bodies: list[Body], reading: int) -> None:
    """Pull until the first body hangs in its `reading`-th reading of all, and the others are done; then stop."""
    hangs, others_done = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        if len(bodies[0].readings) == reading:
            hangs.set()
            if len(bodies) == 1:
                others_done.set()
            await asyncio.Event().wait()

    def tell(progress: Progress) -> None:
        if hangs.is_set() and progress.done % len(bodies) == len(bodies) - 1:
            others_done.set()

    bodies[0].at_reading = hang
    pulling = asyncio.create_task(auditor.pull(*bodies, tell=tell))
    await others_done.wait()
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    bodies[0].at_reading = None


@pytest.mark.parametrize("problem", [Code.LOG_FORK, Code.LOG_BROKEN])
async def test_a_body_that_contradicted_itself_does_not_undo_that_by_being_away(
    auditor: Auditor, problem: Code
) -> None:
    body = Body("parish")
    await auditor.pull(body)
    auditor.archive.note("parish", problem.value, 7)
    away = Party(body.member, body.party.key, None, Code.NETWORK_UNREACHABLE.value)
    (state,) = await Pull(auditor.archive, WITNESS, {}, lambda _progress: None).run([away])
    assert _said(state) == (problem.value, 7)


async def test_an_altered_copy_stays_one_until_its_folder_is_put_aside(auditor: Auditor) -> None:
    body = Body("parish")
    await auditor.pull(body)
    auditor.archive.note("parish", Code.LOG_COPY.value, 3)
    (state,) = await auditor.pull(body)
    assert _said(state) == (Code.LOG_COPY.value, 3)
