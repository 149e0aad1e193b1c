"""Every question has one end state in the log, whatever the log, the process and the caller do meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Answer, Receipt, sha256
from maglia.core.log import Appended
from maglia.core.vocabulary import Basis, Coverage, Facet, PseudonymClass, Purpose, Role, Silence
from maglia.wire.entries import encode_entry
from maglia.wire.exchange import decode_question, encode_answer
from node.checks.check import Check
from node.domain.model import Operator
from node.endings import MARK_FILE, Endings, OpenQuestions
from node.entries import Entries
from node.hearing import Timing
from node.inquiry import Inquiry, LawfulBasis
from node.naming import Named
from node.ports import SignedAnswer, SilentError
from node.questions import Posed, Questions
from tests.clerk import StoppedClock, person
from tests.peer_world import Body, MemoryLog, MemoryTrust, OneKey, policy, pseudonym, refused

BODIES = tuple(Body(name) for name in ("alfa", "beta"))
ME = Body("gamma")
ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
WORKS, FAILS, FAILS_BUT_KEEPS = "works", "fails", "fails but keeps"
"""What a commit may do. After the last the entries are there, though nobody was told so."""
INQUIRY = Inquiry(person(1), Facet.RENT_ARREARS, Purpose.AID_OVERLAP, 6)
NAMED = Named(PseudonymClass.PERSON, 1, {body.id: pseudonym(n) for n, body in enumerate((*BODIES, ME))})
END = "interrupted"


@dataclass
class FaultyLog(MemoryLog):
    """A log whose next commits do what a test says, and then work."""

    faults: list[str] = field(default_factory=list)

    def append_many(self, leaves: Sequence[bytes]) -> Future[list[Appended]]:
        fault = self.faults.pop(0) if self.faults else WORKS
        made = super().append_many(leaves) if fault != FAILS else Future()
        if fault == WORKS:
            return made
        failed: Future[list[Appended]] = Future()
        failed.set_exception(MagliaError(Code.LOG_UNAVAILABLE))
        return failed


@dataclass
class Network:
    """The other bodies: whoever is `mute` never answers."""

    mute: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        if member in self.mute:
            await asyncio.Event().wait()
        if member in self.silent:
            raise SilentError(Silence.UNREACHABLE)
        slots = tuple(() for _ in decode_question(body).subjects)
        answer = encode_answer(Answer(question_id, member, Coverage.FULL, slots, "r", 3))
        receipt = Receipt(sha256(body), sha256(answer), asker_entry, bytes(32), ME.id, question_id)
        return SignedAnswer(sha256(body), receipt, answer, b"evidence")

    async def is_reachable(self, member: str) -> bool:
        return bool(member)


class Node:
    """The asking half of a node's process; made anew over the same log and folder after it was killed."""

    def __init__(self, folder: Path, log: MemoryLog) -> None:
        self.log = log
        self.network = Network()
        self._entries = Entries(log, OneKey(), StoppedClock())
        self._open = OpenQuestions()
        self.trust = MemoryTrust((*BODIES, ME))
        self._questions = Questions(ME.id, self._entries, policy(), self.trust, self._open)
        self.endings = Endings(folder, log, self._entries, self._open)
        self.checks: list[Check] = []

    async def ask(self) -> Check:
        members = [body.member for body in BODIES]
        posed = Posed("V-1", INQUIRY, ANNA, LawfulBasis(Basis.CONSENT), "r", (), members, [NAMED])
        check = Check("V-1", "r", self.network, self._entries, Timing(0.5, 1.0, 60.0), self._open)
        [planned] = await self._questions.plan([posed], self.trust.directory())
        check.send(planned)
        self.checks.append(check)
        return check

    async def settle(self) -> None:
        """Let every question end that can."""
        for _ in range(20):
            await asyncio.sleep(0)

    async def kill(self) -> None:
        """Stop where it stands, as a process does that is killed: nothing is written any more."""
        self.log.down = True
        questions = [task for task in asyncio.all_tasks() if task.get_name() == "question"]
        for task in questions:
            task.cancel()
        await asyncio.gather(*questions, return_exceptions=True)
        self.log.down = False


def ends(log: MemoryLog) -> dict[bytes, list[Entry]]:
    """Return the end states of each question in the log."""
    found: dict[bytes, list[Entry]] = {entry.question_id: [] for entry in log.entries(EntryKind.ASKED)}
    for entry in log.entries(EntryKind.END_STATE):
        found[entry.question_id].append(entry)
    return found


def outcomes(log: MemoryLog) -> Counter[tuple[str, str]]:
    assert all(len(of_one) == 1 for of_one in ends(log).values())
    return Counter((entry.outcome, entry.code) for [entry] in ends(log).values())


async def test_what_a_killed_process_left_is_ended_once(tmp_path: Path) -> None:
    log = MemoryLog()
    node = Node(tmp_path, log)
    node.network.mute = {"beta"}
    await node.ask()
    await node.settle()
    await node.kill()
    assert [len(of_one) for of_one in ends(log).values()].count(0) == 1
    for number in (1, 0):
        assert await Node(tmp_path, log).endings.end_interrupted() == number
    (tmp_path / MARK_FILE).unlink()  # all is read again, and nothing ended twice
    assert await Node(tmp_path, log).endings.end_interrupted() == 0
    assert outcomes(log) == {("answered", ""): 1, ("silent", END): 1}
    [asked] = [entry for entry in log.entries(EntryKind.ASKED) if entry.peer == "beta"]
    [end] = [entry for entry in log.entries(EntryKind.END_STATE) if entry.peer == "beta"]
    assert (end.question_id, end.question_hash, end.check_id) == (asked.question_id, asked.question_hash, "V-1")


async def test_what_is_awaited_is_left_alone(tmp_path: Path) -> None:
    node = Node(tmp_path, MemoryLog())
    node.network.mute = {"alfa"}
    await node.ask()
    await node.settle()
    assert await node.endings.end_interrupted() == 0
    await node.kill()
    assert await node.endings.end_interrupted() == 1  # found again, though more was logged since


@pytest.mark.parametrize("fault", [FAILS, FAILS_BUT_KEEPS])
async def test_an_end_that_could_not_be_logged_is_logged_later_and_once(tmp_path: Path, fault: str) -> None:
    log = FaultyLog()
    node = Node(tmp_path, log)
    log.faults = [WORKS, fault, WORKS]
    check = await node.ask()
    await node.settle()
    [silent] = check.state().silent
    assert silent.silence is Silence.INTERRUPTED
    assert check.unreached() == {silent.member.id}, "asked again, as when a line was cut"
    assert await node.endings.end_interrupted() == (fault == FAILS)
    assert await node.endings.end_interrupted() == 0
    assert set(outcomes(log)) == {("answered", ""), ("silent", END)} if fault == FAILS else {("answered", "")}


@pytest.mark.parametrize(("fault", "left"), [(FAILS, 0), (FAILS_BUT_KEEPS, 2)])
async def test_questions_never_sent_since_the_log_failed_are_ended_if_they_are_there(
    tmp_path: Path, fault: str, left: int
) -> None:
    log = FaultyLog(faults=[fault])
    node = Node(tmp_path, log)
    with refused(Code.LOG_UNAVAILABLE):
        await node.ask()
    assert await node.endings.end_interrupted() == left
    assert sum(outcomes(log).values()) == left


async def test_a_caller_that_went_away_leaves_no_question_open(tmp_path: Path) -> None:
    log = MemoryLog()
    node = Node(tmp_path, log)
    asking = asyncio.create_task(node.ask())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert await node.endings.end_interrupted() == len(BODIES)
    assert outcomes(log) == {("silent", END): len(BODIES)}


async def test_a_log_that_fails_while_ending_is_ended_next_time(tmp_path: Path) -> None:
    log = FaultyLog()
    first = Node(tmp_path, log)
    first.network.mute = {"alfa", "beta"}
    await first.ask()
    await first.kill()
    node = Node(tmp_path, log)
    for fault in (FAILS, FAILS_BUT_KEEPS):
        log.faults = [fault]
        await node.endings.try_to_end()
    assert await node.endings.end_interrupted() == 0
    assert outcomes(log) == {("silent", END): len(BODIES)}


@pytest.mark.parametrize("kept", ["", "soon", "-3", "1000000"])
async def test_a_place_that_cannot_be_is_none(tmp_path: Path, kept: str) -> None:
    log = MemoryLog()
    await Node(tmp_path, log).ask()
    await Node(tmp_path, log).kill()
    (tmp_path / MARK_FILE).write_text(kept)
    node = Node(tmp_path, log)
    assert await node.endings.end_interrupted() == len(BODIES)
    assert (tmp_path / MARK_FILE).read_text() == str(len(BODIES))


async def test_only_what_came_since_is_read_again(tmp_path: Path) -> None:
    log = MemoryLog()
    log.leaves = [encode_entry(Entry(kind=EntryKind.ANSWERED, time_ms=number)) for number in range(2_000)]
    read: list[int] = []
    node = Node(tmp_path, log)
    plain = log.read

    def reading(start: int, count: int) -> list[bytes]:
        read.append(start)
        return plain(start, count)

    log.read = reading  # type: ignore[method-assign]
    await node.endings.end_interrupted()
    await node.endings.end_interrupted()
    assert (read[0], read[-1], sum(start < 2_000 for start in read)) == (0, 2_000, 8)


class Step:
    ASK, ASK_MUTE, ASK_SILENT, KILL, SWEEP = range(5)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.lists(st.sampled_from([WORKS, FAILS, FAILS_BUT_KEEPS]), max_size=4)),
        max_size=10,
    )
)
def test_whatever_happens_each_question_has_one_end(steps: list[tuple[int, list[str]]]) -> None:
    async def live(folder: Path) -> Counter[tuple[str, str]]:
        log = FaultyLog()
        node = Node(folder, log)
        for step, faults in steps:
            node.network.mute = {"alfa"} if step == Step.ASK_MUTE else set()
            node.network.silent = {"beta"} if step == Step.ASK_SILENT else set()
            log.faults = list(faults)
            if step == Step.KILL:
                await node.kill()
                node = Node(folder, log)
            elif step == Step.SWEEP:
                await node.endings.try_to_end()
            else:
                await asyncio.gather(node.ask(), return_exceptions=True)
                await node.settle()
        log.faults = []
        await node.kill()
        await Node(folder, log).endings.end_interrupted()
        return outcomes(log)

    with TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))
