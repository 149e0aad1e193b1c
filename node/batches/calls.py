"""Calls for applicants at one body: a file put on file, asked about in runs, read row by row, erased in the end."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maglia.core.entry import OF_MANY
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import DEFAULT_MONTHS, MAX_MONTHS, Facet
from node.batches.applicants import read_applicants
from node.batches.run import PURPOSE, BatchRun, BatchTools, grant, items_of
from node.domain.batch import (
    Applicant,
    ApplicantFile,
    Batch,
    BatchState,
    RejectedApplicant,
    Replies,
    RowVerdict,
    count_rows,
    erased_on,
    row_state,
    same_households,
    same_needs,
    verdict_of,
)
from node.domain.forms import echo
from node.domain.model import Operator
from node.domain.verdict import CheckState

_LAST_ANSWERS_S = 5.0
"""Seconds that a node which stops waits for the answers to what it has asked."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What is asked about a whole file; `sheet` names the one to read where a spreadsheet has several.

    `columns` are the file's titles by our columns, where it has names of its own.
    """

    procedure: str
    facet: Facet
    months: int
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def mark(self, content: bytes, months: int) -> bytes:
        """Return what tells whether the very same was asked before, with a file and the months it is asked for."""
        which = f"{months}/{self.sheet}" if self.sheet else str(months)
        which += "".join(f"\1{column}={title}" for column, title in sorted(self.columns.items()))
        return hashlib.sha256(f"{self.procedure}\0{self.facet}\0{which}\0".encode() + content).digest()


@dataclass(frozen=True)
class RowResult:
    """One row as its officer reads it; `state` is None for a rejected one."""

    row: int
    verdict: RowVerdict
    applicant: Applicant | None = field(default=None, repr=False)
    rejected: RejectedApplicant | None = field(default=None, repr=False)
    state: CheckState | None = None
    same_household: Sequence[int] = ()
    same_need: Sequence[int] = ()


class BatchDesk:
    """Keeps one body's calls for applicants, and runs them."""

    def __init__(self, tools: BatchTools) -> None:
        self._tools = tools
        self._store = tools.store
        self._runs: dict[str, tuple[BatchRun, asyncio.Task[None]]] = {}

    async def open(self, content: bytes, file_name: str, wanted: Wanted, operator: Operator) -> tuple[Batch, bool]:
        """Put a file on file and return it, or the same one that was there already, and whether it was.

        Nobody is asked yet, but it is refused what could not be asked: raises as `read_applicants`, `input.months`,
        `budget.procedure` for more persons or needs than are left of the procedure's cap, and whatever refuses a
        question.
        """
        if not 0 <= wanted.months <= MAX_MONTHS:
            raise MagliaError(Code.INPUT_MONTHS, value=wanted.months)
        months = wanted.months or DEFAULT_MONTHS
        mark = wanted.mark(content, months)
        known = self._store.batch_of_mark(mark)
        if known is not None:
            return known, True
        rows = await asyncio.to_thread(read_applicants, content, file_name, wanted.sheet, wanted.columns)
        batch = Batch(
            id=f"{OF_MANY}{secrets.token_hex(5)}",
            procedure=wanted.procedure,
            facet=wanted.facet,
            months=months,
            file_name=echo(file_name),
            opened_by=operator.user,
            opened_at=self._tools.clock.now(),
            erase_on=self._tools.clock.today(),
            rows=len(rows.applicants) + len(rows.rejected),
            rejected=len(rows.rejected),
            order=secrets.token_bytes(32),
        )
        batch = await self._granted(batch, rows, operator)
        await asyncio.to_thread(self._store.add_batch, batch, rows, mark, operator.user)
        return batch, False

    async def _granted(self, batch: Batch, rows: ApplicantFile, operator: Operator) -> Batch:
        """Return the batch with its last day, once it may be asked; a refusal is logged."""
        try:
            granted = await grant(self._tools, batch, operator, rows.applicants[0])
            items = await items_of(self._tools, rows.applicants)
            await self._tools.procedures.check_file(granted.called, self._tools.me, items)
        except MagliaError as error:
            topic = _Topic(batch.facet)
            declared = self._tools.procedures.declared(batch.procedure)
            await self._tools.questions.log_refusals(topic, operator, {batch.id: error.code}, 0, declared)
            raise
        return replace(batch, erase_on=erased_on(granted.called.last_day))

    def run(self, batch_id: str, operator: Operator, *, is_retry: bool) -> BatchRun:
        """Ask what is left to ask, with a retry also whoever did not answer in full; or return the run under way.

        Raises `input.batch`.
        """
        if (running := self._running(batch_id)) is not None:
            return running
        batch = self._store.batch(batch_id)
        rows, replies = self._store.batch_rows(batch_id), Replies(self._store.replies(batch_id))
        run = BatchRun(self._tools, batch, rows.applicants, replies, operator, is_retry=is_retry)
        self._runs = {name: each for name, each in self._runs.items() if not each[1].done()}
        task = asyncio.create_task(run.work(), name=f"batch {batch_id}")
        self._runs[batch_id] = run, task
        return run

    def _running(self, batch_id: str) -> BatchRun | None:
        """Return the run under way; one that has said its last word is none, though its task may still be ending."""
        run, _ = self._runs.get(batch_id, (None, None))
        return run if run is not None and run.progress.waiting else None

    async def pause(self, batch_id: str) -> Batch:
        """Ask nothing further, await what was asked, and return what is on file then; raise `input.batch`."""
        if (running := self._running(batch_id)) is not None:
            running.stop()
            await asyncio.wait([self._runs[batch_id][1]])
        return self._store.batch(batch_id)

    def state(self, batch: Batch) -> BatchState:
        """Return whether a batch is being asked about, waits, or is done."""
        if self._running(batch.id) is not None:
            return BatchState.RUNNING
        return BatchState.DONE if batch.is_done else BatchState.PAUSED

    def all(self) -> list[Batch]:
        """Return every batch, the newest first."""
        return self._store.batches()

    def read(self, batch_id: str) -> tuple[Batch, dict[str, int], Iterator[RowResult]]:
        """Return a batch, how many rows read what, and the rows in the file's order; raise `input.batch`."""
        batch, rows = self._store.batch(batch_id), self._store.batch_rows(batch_id)
        replies = Replies(self._store.replies(batch_id))
        members = [body.member for body in batch.roster]
        counts = count_rows([one.row for one in rows.applicants], members, replies)
        batch = replace(batch, answered_at=replies.answered_at)
        return batch, counts, self._results(batch, rows, replies)

    def _results(self, batch: Batch, rows: ApplicantFile, replies: Replies) -> Iterator[RowResult]:
        members = [body.member for body in batch.roster]
        households, needs = same_households(rows.applicants), same_needs(rows.applicants)
        by_row: dict[int, Applicant | RejectedApplicant] = {one.row: one for one in rows.applicants}
        by_row |= {one.row: one for one in rows.rejected}
        for row, one in sorted(by_row.items()):
            if isinstance(one, RejectedApplicant):
                yield RowResult(row, RowVerdict.REJECTED, rejected=one)
                continue
            state = row_state(row, members, replies, batch.order)
            alike = households.get(row, ()), needs.get(row, ())
            yield RowResult(row, verdict_of(state), one, None, state, *alike)

    def delete(self, batch_id: str, operator: Operator) -> None:
        """Erase a batch and all that was answered; raise `input.batch`, `input.batch_busy` while it runs."""
        if self._running(batch_id) is not None:
            raise MagliaError(Code.INPUT_BATCH_BUSY)
        self._store.remove_batch(batch_id, operator.user)

    async def close(self) -> None:
        """End what runs: what was asked is awaited a moment, the rest is asked when somebody resumes it."""
        runs = list(self._runs.values())
        for run, _ in runs:
            run.stop()
        if runs:
            _, late = await asyncio.wait([task for _, task in runs], timeout=_LAST_ANSWERS_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


@dataclass(frozen=True)
class _Topic:
    """What a refusal is about."""

    facet: Facet
    purpose = PURPOSE
