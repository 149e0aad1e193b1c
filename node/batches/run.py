"""One run over a call for applicants: who may be asked, their names, then a question after the other to each body.

The steps are design 6's, as in `ask`. Everything that a killed node must not do again is durable before the next step:
the procedure's count, each evaluation, each body's reply. A reply is stored with the entry of its question's end, and
then the entry is logged; `endings` logs it where the node was killed in between.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain

from maglia.core.directory import Directory, Member
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import QUESTION_ID_BYTES
from maglia.core.procedures import Procedure
from maglia.core.secret import Secret
from maglia.core.vocabulary import Basis, EndState, PseudonymClass, Purpose, Silence
from maglia.wire.chain import place_of
from maglia.wire.entries import encode_entry
from node.batches.bundles import Bundle, found_of, named_of, questions_about, rows_of
from node.batches.naming import NameBook, NamingMany
from node.domain.batch import (
    Applicant,
    Batch,
    BatchState,
    Body,
    Progress,
    Replies,
    Reply,
    count_rows,
    erased_on,
    subjects_of,
)
from node.domain.budget import budget_item
from node.domain.model import Operator
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import Heard, Hearing, Planned
from node.inquiry import Inquiry, LawfulBasis, policy_document
from node.ports import Clock, Policy, Store, Trust
from node.procedures import Procedures
from node.pulse import Pulse, watch
from node.questions import Frame, Questions

PURPOSE = Purpose.CALL_FOR_APPLICANTS
_SILENT_AT_MOST = 2
"""Questions in a row that a body leaves unanswered before it is asked no further in this run."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchTools(Secret):
    """What runs work with."""

    me: str
    store: Store
    entries: Entries
    policy: Policy
    trust: Trust
    procedures: Procedures
    questions: Questions
    hearing: Hearing
    naming: NamingMany
    clock: Clock
    budget_key: bytes = field(repr=False)
    open_questions: OpenQuestions


@dataclass(frozen=True)
class Granted:
    """What steps 1 and 3 grant: by which directory, whose procedure, of whom, and what all questions share."""

    directory: Directory
    called: Procedure
    members: Sequence[Member]
    frame: Frame


async def grant(tools: BatchTools, batch: Batch, operator: Operator, applicant: Applicant) -> Granted:
    """Walk steps 1 and 3, with the operator's role as it is now; raise whatever refuses the question.

    `applicant` is any of them: nothing of a person enters the decision.
    """
    tools.entries.require_sound()
    tools.entries.require_room()
    directory = tools.trust.directory()
    me = directory.member(tools.me)
    known = tools.store.operator(operator.user)
    if known is None:
        raise MagliaError(Code.SESSION_ROLE)
    called = tools.procedures.open(batch.procedure, me)
    basis = LawfulBasis(Basis.PUBLIC_TASK, procedure=called)
    members = directory.asked_about(batch.facet, tools.me)
    inquiry = Inquiry(applicant.identifier, batch.facet, PURPOSE, batch.months, procedure=called.id)
    document = policy_document(inquiry, known[0], basis, me, members, tools.clock.today())
    ruling = await tools.policy.decide("ask", document)
    if not ruling.allow:
        raise MagliaError(ruling.reason)
    frame = Frame(batch.id, PURPOSE, batch.facet, batch.months, operator.user, basis, ruling.revision)
    return Granted(directory, called, members, frame)


async def items_of(tools: BatchTools, applicants: Sequence[Applicant]) -> dict[PseudonymClass, list[bytes]]:
    """Return what a procedure's cap counts of a file, by class."""

    def hashed() -> dict[PseudonymClass, list[bytes]]:
        items: dict[PseudonymClass, list[bytes]] = {}
        for one in subjects_of(applicants):
            items.setdefault(one.pseudonym_class, []).append(budget_item(tools.budget_key, one))
        return items

    return await asyncio.to_thread(hashed)


class BatchRun:
    """One run, from its beginning to its end or to a pause; `states` tells how far it is."""

    def __init__(
        self,
        tools: BatchTools,
        batch: Batch,
        applicants: Sequence[Applicant],
        replies: Replies,
        operator: Operator,
        *,
        is_retry: bool,
    ) -> None:
        """A retry asks also those bodies again that did not answer a row in full."""
        self._tools = tools
        self._applicants = applicants
        self._replies = replies
        self._operator = operator
        self._is_retry = is_retry
        self._pulse = Pulse()
        self._is_stopping = False
        self._error: MagliaError | None = None
        self._progress = Progress(BatchState.RUNNING, is_naming=True)
        self._since = time.monotonic()
        self._evaluated = 0
        self._silent: dict[str, str] = {}
        self._awaited: dict[str, str] = {}
        self.batch = batch

    @property
    def progress(self) -> Progress:
        """Return how far it is."""
        return self._progress

    def states(self) -> AsyncIterator[Progress]:
        """Yield how far it is, each time that it changes, until it ends."""
        return watch(lambda: self._progress, self._pulse, lambda: None, follow=False)

    def stop(self) -> None:
        """Ask nothing further; what was asked is still awaited."""
        self._is_stopping = True

    async def work(self) -> None:
        """Ask whatever is left to ask; end with the batch's state on file, whatever happens."""
        try:
            await self._steps()
        except MagliaError as error:
            await self._fail(error)
        except asyncio.CancelledError:
            self._error = MagliaError(Code.SESSION_LEFT)
            raise
        except Exception as error:
            _log.error("a batch failed: %s at %s", type(error).__name__, place_of(error))
            self._error = MagliaError(Code.STORAGE_UNAVAILABLE, cause=type(error).__name__)
        finally:
            self._end()

    async def _steps(self) -> None:
        granted = await grant(self._tools, self.batch, self._operator, self._applicants[0])  # 1, 3
        self._note_roster(granted)
        await self._spend(granted.called)  # 4
        book = await self._name(granted)  # 5
        if book is None:
            return
        book.check_names(granted.members)
        todo = {member.id: self._todo(member.id) for member in granted.members}
        gone = [(body, rows) for body in self.batch.roster if body.id not in todo and (rows := self._unasked(body.id))]
        total = sum(map(len, todo.values())) + sum(len(rows) for _, rows in gone)
        self._awaited = {member.id: member.name for member in granted.members if todo[member.id]}
        self._tell(is_naming=False, done=0, total=total, awaited=self._names_awaited())
        for body, rows in gone:
            self._give_up(body, rows, _gone(body.id))
        self._since = time.monotonic()
        members = secrets.SystemRandom().sample(granted.members, len(granted.members))
        await asyncio.gather(*(self._await_body(member, todo[member.id], book) for member in members))  # 6, 7, 15, 16
        if self._error is not None:
            raise self._error

    def _note_roster(self, granted: Granted) -> None:
        """Put on file whom every row is asked of: those of now, and whoever left and has answered before."""
        now = {member.id: Body(member.id, member.name, member.kind) for member in granted.members}
        before = {body.id: body for body in self.batch.roster if body.id in self._replies.members()}
        roster = tuple((before | now)[name] for name in sorted(before | now))
        self.batch = replace(self.batch, roster=roster, erase_on=erased_on(granted.called.last_day), is_done=False)
        self._tools.store.note_batch(self.batch)

    def _todo(self, member: str) -> list[Applicant]:
        """Return whom a body is asked about: never a row again that it answered in full."""
        rows = [one.row for one in self._applicants]
        left = set(self._replies.unanswered(member, rows) if self._is_retry else self._unasked(member))
        return [one for one in self._applicants if one.row in left]

    def _unasked(self, member: str) -> list[int]:
        return self._replies.unasked(member, [one.row for one in self._applicants])

    async def _spend(self, called: Procedure) -> None:
        """Count each person and need on the procedure's cap, once, whatever was counted before; all or none."""
        items = await items_of(self._tools, self._applicants)
        await self._tools.procedures.spend_file(called, self._tools.me, items)

    async def _name(self, granted: Granted) -> NameBook | None:
        """Give everybody their pseudonyms; None when it was stopped before."""
        subjects = subjects_of(self._applicants)
        secrets.SystemRandom().shuffle(subjects)
        naming = self._tools.naming.open(subjects)
        missing = sum(map(len, naming.missing.values()))
        self._tell(total=missing)
        async for count in naming.evaluate(granted.frame, granted.called) if missing else _nobody():
            self._evaluated += count
            self._tell(done=self._progress.done + count)
            if self._is_stopping:
                break
        if self._evaluated < missing:
            await self._refuse(Code.SESSION_LEFT)
            return None
        return naming.book()

    async def _await_body(self, member: Member, applicants: Sequence[Applicant], book: NameBook) -> None:
        """Ask one body; until nothing more is to come from it, whoever watches reads that it is awaited."""
        try:
            await self._ask_body(member, applicants, book)
        finally:
            if self._awaited.pop(member.id, None) is not None:
                self._tell(awaited=self._names_awaited())

    def _names_awaited(self) -> tuple[str, ...]:
        return tuple(sorted(self._awaited.values()))

    async def _ask_body(self, member: Member, applicants: Sequence[Applicant], book: NameBook) -> None:
        """Ask one body about all of them, one question at a time, in an order of its own."""
        unanswered = 0
        left = list(questions_about(applicants))
        while left and not self._is_stopping:
            bundles = left.pop(0)
            try:
                reply = await self._ask(member, bundles, book)
            except MagliaError as error:
                # The first is told; the others end what they have asked, since it may be answered already.
                self._error = self._error or error
                self._is_stopping = True
                return
            if reply is None:
                if self._replies.of(member.id):  # else the next run has no place for it
                    self._give_up(member, rows_of(chain(bundles, *left)), _gone(member.id))
                return
            unanswered = unanswered + 1 if reply.end is EndState.SILENT else 0
            if unanswered == _SILENT_AT_MOST and left:
                self._give_up(member, rows_of(chain.from_iterable(left)), reply)
                return

    async def _ask(self, member: Member, bundles: Sequence[Bundle], book: NameBook) -> Reply | None:
        """Walk steps 1 and 3 anew, then 6 to 16, for one question; None for a body that is not asked any more."""
        tools = self._tools
        granted = await grant(tools, self.batch, self._operator, self._applicants[0])
        if member.id not in {each.id for each in granted.members}:
            return None
        if book.epoch not in granted.directory.epochs.all:
            raise MagliaError(Code.PSEUDONYM_EPOCH)
        named = named_of(bundles, book, member.id)
        [planned] = await tools.questions.plan_each([(granted.frame, named, member)], granted.directory)  # 6
        try:
            heard = await tools.hearing.hear(planned)  # 7, 15
            reply = self._reply(planned, heard, bundles, book)
            await self._keep(planned, heard, reply)  # 16
        finally:
            tools.open_questions.close([planned.question.question_id])
        self._heard(member, reply)
        return reply

    def _reply(self, planned: Planned, heard: Heard, bundles: Sequence[Bundle], book: NameBook) -> Reply:
        answer, member = heard.answer, planned.member.id
        is_answer = answer is not None and heard.end is not EndState.REFUSED
        return Reply(
            question=planned.question.question_id,
            member=member,
            rows=rows_of(bundles),
            end=heard.end,
            silence=heard.silence,
            code=heard.code,
            omitted=answer.omitted if answer is not None else 0,
            found=found_of(bundles, book, member, planned.question, answer) if answer and is_answer else {},
            at=self._tools.clock.now(),
        )

    async def _keep(self, planned: Planned, heard: Heard, reply: Reply) -> None:
        """Store a reply with its question's end, then log the end: what may not be in the log is not kept."""
        tools, end = self._tools, self._tools.hearing.end_of(planned, heard)
        tools.store.keep_reply(self.batch.id, reply, encode_entry(end))
        try:
            await tools.entries.write(end)
        except BaseException:
            with suppress(MagliaError):  # then `Endings` logs it, from what is stored
                tools.store.drop_reply(reply.question)
            raise

    def _give_up(self, member: Member | Body, rows: Sequence[int], last: Reply) -> None:
        """Put on file that a body is silent about the rows that it is not asked about any further, as it was `last`."""
        reply = last.silent_on(rows, secrets.token_bytes(QUESTION_ID_BYTES))
        self._tools.store.keep_reply(self.batch.id, reply, b"")
        self._heard(member, reply)

    def _heard(self, member: Member | Body, reply: Reply) -> None:
        self._replies.add(reply)
        if not reply.is_whole:
            self._silent[member.id] = member.name
        self._tell(done=self._progress.done + len(reply.rows), silent=tuple(sorted(self._silent.values())))

    def _tell(self, **changes: object) -> None:
        progress = replace(self._progress, **changes)  # type: ignore[arg-type]  # fields, by name
        elapsed, left = time.monotonic() - self._since, progress.total - progress.done
        self._progress = replace(progress, left_s=elapsed / progress.done * left if progress.done else None)
        self._pulse.tell()

    async def _fail(self, error: MagliaError) -> None:
        """Log what ended it (law rule 10); a refusal that can't be logged refuses all the same."""
        self._error = error
        _log.info("a batch stops: %s", error)
        with suppress(MagliaError):
            await self._refuse(error.code)

    async def _refuse(self, code: Code) -> None:
        """Log a refusal, which explains what was evaluated in this run and led to no question."""
        evaluated = self._evaluated if self._progress.is_naming else 0
        frame = Frame(self.batch.id, PURPOSE, self.batch.facet, 0, "", LawfulBasis(Basis.PUBLIC_TASK), "")
        refused = {self.batch.id: code}
        await self._tools.questions.log_refusals(frame, self._operator, refused, evaluated, self.batch.procedure)

    def _end(self) -> None:
        """Put on file how it ended."""
        rows = [one.row for one in self._applicants]
        members = [body.member for body in self.batch.roster]
        counts = count_rows(rows, members, self._replies)
        left = Counter({member.id: len(self._replies.unasked(member.id, rows)) for member in members})
        is_done = bool(members) and not left.total()
        stopped, params = _reason(self._error if not is_done else None)
        at = self._replies.answered_at
        self.batch = replace(
            self.batch, counts=counts, is_done=is_done, stopped=stopped, stopped_params=params, answered_at=at
        )
        try:
            self._tools.store.note_batch(self.batch)
        except MagliaError as error:
            stopped, params = _reason(error)
        state = BatchState.DONE if is_done else BatchState.PAUSED
        self._progress = replace(
            self._progress, state=state, left_s=None, stopped=stopped, stopped_params=params, awaited=()
        )
        self._pulse.tell()


def _gone(member: str) -> Reply:
    """Return the silence of a body that is no longer one of the network's: nobody can ask it any more."""
    return Reply(b"", member, (), EndState.SILENT, Silence.SUSPENDED_HERE, Code.MEMBER_INACTIVE.value)


def _reason(error: MagliaError | None) -> tuple[str, Mapping[str, str]]:
    """Return an error's code and what its sentence names."""
    return (error.code.value, error.params) if error is not None else ("", {})


async def _nobody() -> AsyncIterator[int]:
    nobody: tuple[int, ...] = ()
    for each in nobody:
        yield each
