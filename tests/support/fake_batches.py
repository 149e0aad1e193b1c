"""A scripted node on calls for applicants; `python -m tests.support.fake_batches DIR` serves it.

What it answers depends on who logs in: ugo finds calls in every state, nora none yet; for lia the list never comes, for
piero the node is out of reach by then. Of the procedures that are written, `chiusa` is closed.
"""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.v1 import batch_pb2 as pb
from maglia.v1 import operator_pb2
from maglia.v1.batch_pb2_grpc import BatchServiceServicer, add_BatchServiceServicer_to_server
from maglia.wire.status import abort
from tests.clerk import fictional_code
from tests.support import fake_node
from tests.support.fake_node import FakeNode, serve
from tests.support.scenarios import ANOTHER, ANYONE, BILL, HOSTILE_NAME, THIRD, THREE_SILENT

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[Any, Any]

_COMUNE = ("officer", "comune", "Comune di Esempio")
for _user in ("nora", "lia", "piero"):
    fake_node.KINDS[_user] = _COMUNE

_AT_MS = 1_795_257_660_000
"""21/11/2026, 10:41 UTC."""
DONE, PAUSED, RUNNING, NEW = "B-d0e0000001", "B-a0a0000002", "B-c0c0000003", "B-0e00000004"
MANY = 430
"""Rows of the call that is done, beside those that say something."""


def batch(number: str, **fields: Any) -> pb.Batch:
    """Return a call under a declared procedure."""
    made = pb.Batch(
        id=number,
        procedure="affitto-2026",
        facet="rent_current",
        months=6,
        file_name="domande.xlsx",
        opened_by="ugo",
        opened_at_ms=_AT_MS,
        erase_on="2027-01-30",
        rows=1204,
        rejected=3,
        state="done",
        bodies=12,
    )
    made.MergeFrom(pb.Batch(**fields))
    return made


def _calls() -> dict[str, pb.Batch]:
    found = {"matches": 2, "partial": 3, "none": 1_196, "answered_at_ms": _AT_MS + 60_000}
    late = {"procedure": "bollette-2026", "facet": "electricity", "file_name": "bollette.csv"}
    hostile = {"procedure": HOSTILE_NAME[:40], "file_name": HOSTILE_NAME[:40], "opened_by": "\x1b[31mugo"}
    return {
        DONE: batch(DONE, **found),
        PAUSED: batch(
            PAUSED,
            **late,
            state="paused",
            partial=3,
            answered_at_ms=_AT_MS,
            stopped="budget.procedure",
            stopped_params={"limit": "600", "procedure": "bollette-2026"},
        ),
        RUNNING: batch(RUNNING, **hostile, state="running"),
    }


def rows() -> list[pb.BatchRow]:
    """Return one row of each kind, then many that say nothing."""
    asked: dict[str, Any] = {"asked": 12, "protocol": "ABCD2345"}
    silent = [*THREE_SILENT[:1], operator_pb2.SilentBody(member="ostile", name=HOSTILE_NAME, reason="deadline")]
    some = [
        pb.BatchRow(row=17, verdict="match", identifier=ANYONE, household="N17", answered=12, findings=[BILL], **asked),
        pb.BatchRow(row=41, verdict="partial", identifier=ANOTHER, answered=11, silent=THREE_SILENT[1:2], **asked),
        pb.BatchRow(
            row=52, verdict="partial", identifier=THIRD, answered=10, silent=silent, same_household=[17], **asked
        ),
        pb.BatchRow(
            row=63,
            verdict="rejected",
            identifier=ANYONE[:15],
            column="codice",
            code="input.identifier_length",
            params={"count": "15", "length": "15"},
        ),
        pb.BatchRow(row=64, verdict="rejected", code="input.cells", params={"found": "3", "wanted": "6"}),
        pb.BatchRow(row=70, verdict="rejected", identifier=ANYONE, column="codice", code="input.applicant_twice",
                    params={"row": "17"}),
    ]  # fmt: skip
    none = [
        pb.BatchRow(row=100 + at, verdict="none", identifier=fictional_code(at), answered=12, **asked)
        for at in range(MANY)
    ]
    return [*some, *none]


def reading(columns: dict[str, str]) -> pb.FileReading:
    """Return how a file with titles of its own is read."""
    titles = ["Cod. fiscale", "Famiglia", "POD", "Ufficio [/bad]"]
    if "codice" not in columns:
        lacking = {"file": "domande.csv", "field": "codice"}
        return pb.FileReading(titles=titles, columns=columns, code="input.column", params=lacking)
    good = {"codice": ANYONE, "nucleo": "N17", "fornitura": "POD:IT001E12345678"}
    first = [
        pb.ReadRow(row=2, cells={name: text for name, text in good.items() if name in columns}),
        pb.ReadRow(row=3, cells={"codice": "XQZ"}, column="codice", code="input.identifier_length",
                   params={"count": "3", "length": "3"}),
    ]  # fmt: skip
    return pb.FileReading(titles=titles, columns=columns, rows=1204, rejected=3, first=first)


@dataclass
class BatchNode(FakeNode, BatchServiceServicer):
    """Keeps calls in memory; `gate` lets a run end, `pause` ends it early."""

    user: str = ""
    known: bool = False
    batches: dict[str, pb.Batch] = field(default_factory=_calls)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    paused: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared while a body that was asked has not answered: a pause waits for it."""

    reads: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared while a file is being read."""

    def __post_init__(self) -> None:
        self.answers.set()
        self.reads.set()

    def serve_more(self, server: grpc.aio.Server) -> None:
        add_BatchServiceServicer_to_server(self, server)

    async def LoginOperator(
        self, request: operator_pb2.LoginOperatorRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> operator_pb2.LoginOperatorResponse:
        self.user = request.user
        return await super().LoginOperator(request, context)

    async def ListBatches(self, request: pb.ListBatchesRequest, context: Context) -> pb.ListBatchesResponse:
        await self._note(request, context)
        if self.user == "lia":
            await asyncio.sleep(600)
        if self.user == "piero":
            await context.abort(grpc.StatusCode.UNAVAILABLE, "")
        return pb.ListBatchesResponse(batches=[] if self.user == "nora" else self.batches.values())

    async def GetBatch(self, request: pb.GetBatchRequest, context: Context) -> AsyncIterator[pb.GetBatchResponse]:
        await self._note(request, context)
        if request.batch_id not in self.batches:
            await abort(context, MagliaError(Code.INPUT_BATCH))
        yield pb.GetBatchResponse(batch=self.batches[request.batch_id])
        found = rows()
        for at in range(0, len(found), 500):
            yield pb.GetBatchResponse(rows=found[at : at + 500])

    async def OpenBatch(
        self, request_iterator: AsyncIterator[pb.OpenBatchRequest], context: Context
    ) -> pb.OpenBatchResponse:
        pieces = [piece async for piece in request_iterator]
        await self._note(pieces[0], context)
        first = pieces[0]
        if first.trial:
            await self.reads.wait()
            alike = {"codice": "Cod. fiscale", "nucleo": "Famiglia", "fornitura": "POD"}
            return pb.OpenBatchResponse(reading=reading(dict(first.columns) or alike))
        if first.procedure == "chiusa":
            await abort(context, MagliaError(Code.POLICY_PROCEDURE_EXPIRED, procedure="chiusa", day="31/12/2025"))
        if self.known:
            return pb.OpenBatchResponse(batch=self.batches[DONE], known=True)
        self.batches[NEW] = batch(NEW, procedure=first.procedure, state="paused", partial=1201)
        return pb.OpenBatchResponse(batch=self.batches[NEW])

    async def RunBatch(self, request: pb.RunBatchRequest, context: Context) -> AsyncIterator[pb.RunBatchResponse]:
        await self._note(request, context)
        one = self.batches[request.batch_id]
        one.state, one.stopped = "running", ""
        yield pb.RunBatchResponse(state="running", naming=True, done=1201, total=1201)
        yield pb.RunBatchResponse(
            state="running",
            done=7_344,
            total=14_412,
            left_ms=240_000,
            silent=["Onlus Ponte", HOSTILE_NAME],
            awaited=["Croce Verde", HOSTILE_NAME, "Mensa Est"],
        )
        ended = [asyncio.create_task(each.wait()) for each in (self.gate, self.paused)]
        try:
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ended:
                each.cancel()
        one.CopyFrom(_calls()[DONE])
        one.id, one.state = request.batch_id, "done" if self.gate.is_set() else "paused"
        yield pb.RunBatchResponse(state=one.state, done=14_412, total=14_412)

    async def PauseBatch(self, request: pb.PauseBatchRequest, context: Context) -> pb.PauseBatchResponse:
        await self._note(request, context)
        await self.answers.wait()
        one = self.batches[request.batch_id]
        one.state = "paused"
        self.paused.set()
        return pb.PauseBatchResponse(batch=one)

    async def DeleteBatch(self, request: pb.DeleteBatchRequest, context: Context) -> pb.DeleteBatchResponse:
        await self._note(request, context)
        del self.batches[request.batch_id]
        return pb.DeleteBatchResponse()


if __name__ == "__main__":
    serve(BatchNode)
