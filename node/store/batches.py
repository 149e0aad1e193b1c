"""Calls for applicants: the rows of their files in sealed pages, and each body's reply as it comes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from maglia.core.errors import Code, MagliaError
from node.domain.batch import ApplicantFile, Batch, Reply
from node.store import tables
from node.store.batch_rows import batch_content, page_content, read_batch, read_page, read_reply, reply_content
from node.store.database import Audited, Part
from node.store.events import BatchErased, BatchOpened, BatchRemoved, Event

_BATCH, _PAGES, _REPLY = tables.batch, tables.batch_page, tables.batch_reply
_PAGE = 500
_ADD, _ADD_PAGE, _ADD_REPLY = insert(_BATCH), insert(_PAGES), insert(_REPLY)
_ONE = select(_BATCH).where(_BATCH.c.id == bindparam("id"))
_MARKED = select(_BATCH).where(_BATCH.c.mark == bindparam("mark"))
_ALL = select(_BATCH).order_by(_BATCH.c.opened_at.desc(), _BATCH.c.id)
_ROWS = select(_PAGES).where(_PAGES.c.batch_id == bindparam("id")).order_by(_PAGES.c.number)
_REPLIES = select(_REPLY).where(_REPLY.c.batch_id == bindparam("id")).order_by(_REPLY.c.id)
_END = select(_REPLY.c.ending).where(_REPLY.c.question == bindparam("question"))
_DROP_REPLY = delete(_REPLY).where(_REPLY.c.question == bindparam("of_question"))
_NOTE = (
    update(_BATCH)
    .where(_BATCH.c.id == bindparam("of_batch"))
    .values(is_done=bindparam("done"), stopped=bindparam("why"), erase_on=bindparam("day"), content=bindparam("sealed"))
)
_OLD = select(_BATCH.c.id).where(_BATCH.c.erase_on <= bindparam("today"))
_DROP = [
    delete(table).where(column == bindparam("of_batch"))
    for table, column in (
        (_REPLY, _REPLY.c.batch_id),
        (_PAGES, _PAGES.c.batch_id),
        (_BATCH, _BATCH.c.id),
    )
]


class Batches(Part):
    """The `Store`'s methods on calls for applicants."""

    def add_batch(self, batch: Batch, content: ApplicantFile, mark: bytes, actor: str) -> None:
        """Store a new one with its rows, in one transaction; `mark` is kept as a keyed index."""
        salt = secrets.token_bytes(16)
        row = {
            "id": batch.id,
            "mark": self._fields.index("batch.mark", mark),
            "opened_by": batch.opened_by,
            "opened_at": batch.opened_at,
            "erase_on": batch.erase_on,
            "is_done": batch.is_done,
            "stopped": batch.stopped,
            "salt": salt,
            "content": self._fields.seal("batch.content", salt, batch_content(batch)),
        }
        pages = [
            {
                "batch_id": batch.id,
                "number": number,
                "content": self._fields.seal("batch_page.content", _place(batch.id, number), page),
            }
            for number, page in enumerate(_pages(content))
        ]

        def work(connection: Connection) -> Audited[None]:
            connection.execute(_ADD, row)
            if pages:
                connection.execute(_ADD_PAGE, pages)
            return Audited(None, [BatchOpened(actor, batch.id)])

        self._db.change(work, records=False)

    def batch_of_mark(self, mark: bytes) -> Batch | None:
        """Return the one that was stored with this mark."""
        rows = self._db.rows(_MARKED, {"mark": self._fields.index("batch.mark", mark)})
        return self._read_batch(rows[0]) if rows else None

    def batch(self, batch_id: str) -> Batch:
        """Return one; raise `input.batch`."""
        rows = self._db.rows(_ONE, {"id": batch_id})
        if not rows:
            raise MagliaError(Code.INPUT_BATCH)
        return self._read_batch(rows[0])

    def batches(self) -> list[Batch]:
        """Return all, the newest first."""
        return [self._read_batch(row) for row in self._db.rows(_ALL, {})]

    def batch_rows(self, batch_id: str) -> ApplicantFile:
        """Return the rows of one, in the file's order."""
        pages = [
            read_page(self._fields.open("batch_page.content", _place(batch_id, row.number), row.content))
            for row in self._db.rows(_ROWS, {"id": batch_id})
        ]
        return ApplicantFile(
            [one for page in pages for one in page.applicants], [one for page in pages for one in page.rejected]
        )

    def keep_reply(self, batch_id: str, reply: Reply, end: bytes) -> None:
        """Store what a body said with the entry of the question's end; nothing once the batch was removed."""
        sealed = self._fields.seal("batch_reply.content", reply.question, reply_content(reply))
        row = {
            "batch_id": batch_id,
            "question": reply.question,
            "member": reply.member,
            "content": sealed,
            "ending": end,
        }

        def work(connection: Connection) -> None:
            if connection.execute(_ONE, {"id": batch_id}).first() is not None:
                connection.execute(_ADD_REPLY, row)

        self._db.keep(work)

    def drop_reply(self, question: bytes) -> None:
        """Forget a reply whose end could not be logged."""
        self._db.keep(lambda connection: connection.execute(_DROP_REPLY, {"of_question": question}))

    def kept_end(self, question: bytes) -> bytes | None:
        """Return the entry of the end that is stored with a question's reply."""
        rows = self._db.rows(_END, {"question": question})
        return rows[0].ending or None if rows else None

    def replies(self, batch_id: str) -> list[Reply]:
        """Return what bodies said, in the order in which they did."""
        return [
            read_reply(row.question, row.member, self._fields.open("batch_reply.content", row.question, row.content))
            for row in self._db.rows(_REPLIES, {"id": batch_id})
        ]

    def note_batch(self, batch: Batch) -> None:
        """Store what a run changed of it: roster, counts, how it ended, its last day."""

        def work(connection: Connection) -> None:
            row = connection.execute(_ONE, {"id": batch.id}).first()
            if row is not None:
                sealed = self._fields.seal("batch.content", row.salt, batch_content(batch))
                noted = {"done": batch.is_done, "why": batch.stopped, "day": batch.erase_on, "sealed": sealed}
                connection.execute(_NOTE, noted | {"of_batch": batch.id})

        self._db.keep(work)

    def remove_batch(self, batch_id: str, actor: str) -> None:
        """Erase one with its rows and replies; raise `input.batch`."""
        self._erase(batch_id, BatchRemoved(actor, batch_id))

    def remove_old_batches(self) -> Sequence[str]:
        """Erase those whose day has come; return their ids."""
        old = [row.id for row in self._db.rows(_OLD, {"today": self._clock.today()})]
        for batch_id in old:
            self._erase(batch_id, BatchErased("maglia-node", batch_id))
        return old

    def _erase(self, batch_id: str, event: Event) -> None:
        def work(connection: Connection) -> Audited[None]:
            *_, removed = [connection.execute(statement, {"of_batch": batch_id}).rowcount for statement in _DROP]
            if not removed:
                raise MagliaError(Code.INPUT_BATCH)
            return Audited(None, [event])

        self._db.change(work, records=False)

    def _read_batch(self, row: Row[*tuple[object, ...]]) -> Batch:
        return read_batch(row, self._fields.open("batch.content", row.salt, row.content))


def _pages(content: ApplicantFile) -> list[bytes]:
    """Return the rows a page at a time; rejected ones on the pages after the others."""
    applicants, rejected = content.applicants, content.rejected
    kept = [page_content(applicants[at : at + _PAGE], ()) for at in range(0, len(applicants), _PAGE)]
    return kept + [page_content((), rejected[at : at + _PAGE]) for at in range(0, len(rejected), _PAGE)]


def _place(batch_id: str, number: int) -> bytes:
    return f"{batch_id}:{number}".encode()
