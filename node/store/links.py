"""One file for a person whose temporary code gave way to another: everything moves in one transaction, and back.

What names a person does so by the row of their code, so that all of it moves alike, whatever later tables there are.
The former code keeps its row, and so its pseudonyms, since other bodies may still ask with it; `node.store.answers`
leads them to the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import UNDO_S, PseudonymClass, Visibility
from node.domain.household_file import WhoLives
from node.domain.linking import Linked, Side, answers_until
from node.store import tables
from node.store.database import Audited
from node.store.events import Event, LinkUndone, PersonLinked, PseudonymsRemoved
from node.store.known_as import former_index, replaced_by
from node.store.link_names import LinkNames
from node.store.link_rows import (
    MOVING,
    is_as_left,
    move_rows,
    move_rows_back,
    plain,
    repoint,
    restore_words,
    words_of,
)
from node.store.link_words import join_words
from node.store.newcomers import Newcomers
from node.store.pseudonyms import ENROLLER, is_shareable
from node.store.standing import renew_records
from node.store.subjects import index_of, own_index, person_row

_AID, _KNOWN, _PERSON = tables.aid_record, tables.known_as, tables.person
_COUNT = {
    table: select(func.count()).select_from(table).where(column == bindparam("person"))
    for table, column in MOVING.items()
}
_TO_NETWORK = select(func.count()).where(
    _AID.c.person_id == bindparam("person"),
    _AID.c.visibility == Visibility.NETWORK.value,
    _AID.c.keep_until >= bindparam("today"),
)
_ROW = select(_PERSON.c.id).where(_PERSON.c.code_index == bindparam("index"))
_ADD = insert(_KNOWN).returning(_KNOWN.c.id)
_REPOINTED = select(_KNOWN.c.id).where(_KNOWN.c.current_id == bindparam("person"))
_LINK = select(_KNOWN).where(_KNOWN.c.former_index == bindparam("index"))
_UNLINK = delete(_KNOWN).where(_KNOWN.c.id == bindparam("of_id"))
_FORGET_UNDO = (
    update(_KNOWN).where(_KNOWN.c.undo.is_not(None), _KNOWN.c.linked_at < bindparam("before")).values(undo=None)
)
_LAPSED = (
    delete(tables.pseudonym)
    .where(
        tables.pseudonym.c["class"] == PseudonymClass.PERSON.value,
        tables.pseudonym.c.subject_id.in_(bindparam("subjects", expanding=True)),
        ~is_shareable(PseudonymClass.PERSON, tables.pseudonym.c.subject_id),
    )
    .returning(tables.pseudonym.c.epoch)
)


class Links(LinkNames, Newcomers):
    """The `Store`'s methods on codes that replace others."""

    def link_side(self, who: WhoLives) -> Side:
        """Return what this body has under one code, or under the number of a person without one."""
        if isinstance(who, int):
            return self.named_side(who)
        rows = self._db.rows(_ROW, {"index": index_of(self._fields, who)})
        if not rows:
            return Side(False, {})
        person = {"person": rows[0].id}
        counts = {table.name: int(self._db.rows(_COUNT[table], person)[0][0]) for table in MOVING}
        to_network = int(self._db.rows(_TO_NETWORK, person | {"today": self._clock.today()})[0][0])
        return Side(True, counts, to_network=to_network)

    def newcomers_by_link(self, former: WhoLives, current: Identifier) -> Mapping[PseudonymClass, int]:
        """Return how many persons and needs a link, or its undoing, may let be enrolled who may not yet."""
        codes = [one for one in (former, current) if isinstance(one, Identifier)]
        needs = sum(self.hidden_subjects(one)[PseudonymClass.NEED] for one in codes)
        return Counter({PseudonymClass.PERSON: self.not_shared(codes), PseudonymClass.NEED: needs})

    def link(self, former: WhoLives, current: Identifier, actor: str) -> Linked:
        """Move all that is on file under one code to another, and keep the former one as another name of the person.

        Raises `input.link_unknown` when nothing is on file under it, `input.link_former` when one of the two was
        replaced before, `input.name_unknown`.
        """
        now, until = self._clock.now(), answers_until(self._clock.today())

        def work(connection: Connection) -> Audited[int]:
            self._check_current(current)
            former_id = self._former_row(connection, former)
            current_id = person_row(connection, self._fields, current)
            undo: dict[str, Any] = {"places": self.close_places(connection, former, current, self._clock.today())}
            if former_id is None:
                undo["words"] = words_of(connection, [current_id])
                undo["named"] = self.move_named(connection, former, current, current_id, actor)
            else:
                undo["words"] = words_of(connection, [former_id, current_id])
                join_words(connection, former_id, current_id)
                undo["moved"] = move_rows(connection, former_id, current_id)
                renew_records(connection, current_id)
                undo["repointed"] = list(connection.execute(_REPOINTED, {"person": former_id}).scalars())
                repoint(connection, undo["repointed"], current_id)
            undo["after"] = words_of(connection, [current_id])
            row = {
                "former_index": former_index(self._fields, former),
                "former": self._seal_former(former),
                "former_id": former_id,
                "former_name": former if isinstance(former, int) else None,
                "current_id": current_id,
                "linked_at": now,
                "linked_by": actor,
                "answers_until": until,
                "undo": self._seal_undo(former, undo),
            }
            number: int = connection.execute(_ADD, row).scalar_one()
            return Audited(number, [PersonLinked(actor, str(number))])

        number = self._db.change(work)
        self.load_replaced()
        return Linked(number, former, current, now, actor, until)

    def undo_link(self, former: WhoLives, actor: str) -> None:
        """Take a link back as if it had not been; what was put on file since stays with the current code.

        Raises `input.link_none`, `input.link_late` after ten minutes or for somebody else's, `input.link_changed` when
        the person said something since, `input.link_record` when a record that moved was changed since.
        """

        def work(connection: Connection) -> Audited[None]:
            row = connection.execute(_LINK, {"index": former_index(self._fields, former)}).first()
            if row is None:
                raise MagliaError(Code.INPUT_LINK_NONE)
            if row.undo is None or row.linked_by != actor or self._clock.now() - row.linked_at > UNDO_S:
                raise MagliaError(Code.INPUT_LINK_LATE)
            undo = json.loads(self._fields.open("known_as.undo", row.former_index, row.undo))
            if not is_as_left(connection, row.current_id, undo["after"]):
                raise MagliaError(Code.INPUT_LINK_CHANGED)
            connection.execute(_UNLINK, {"of_id": row.id})
            if row.former_id is None:
                self.move_named_back(connection, undo["named"])
            else:
                move_rows_back(connection, undo["moved"], row.former_id, row.current_id)
                repoint(connection, undo["repointed"], row.former_id)
            both = [one for one in (row.former_id, row.current_id) if one is not None]
            restore_words(connection, undo["words"], both)
            self.reopen_places(connection, undo["places"])
            events: list[Event] = [LinkUndone(actor, str(row.id))]
            return Audited(None, [*events, *self._remove_lapsed_of(connection, row.former_id, row.current_id)])

        self._db.change(work)
        self.load_replaced()

    def forget_undone_links(self) -> int:
        """Forget what undoing needed of links that can no longer be undone; return of how many."""
        before = {"before": self._clock.now() - UNDO_S}
        return self._db.keep(lambda connection: connection.execute(_FORGET_UNDO, before).rowcount)

    def _former_row(self, connection: Connection, former: WhoLives) -> int | None:
        """Return the row of the code that is to give way, added where the person only lives with somebody."""
        if replaced_by(self._fields, former):
            raise MagliaError(Code.INPUT_LINK_FORMER)
        if isinstance(former, int):
            self.check_named(connection, former)
            return None
        row = connection.execute(_ROW, {"index": own_index(self._fields, former)}).scalar()
        if row is None and not self.lives_somewhere(connection, former):
            raise MagliaError(Code.INPUT_LINK_UNKNOWN)
        return person_row(connection, self._fields, former)

    def _check_current(self, current: Identifier) -> None:
        if replaced_by(self._fields, current):
            raise MagliaError(Code.INPUT_LINK_FORMER)

    def _seal_undo(self, former: WhoLives, undo: dict[str, Any]) -> bytes:
        content = json.dumps(undo, default=plain, separators=(",", ":")).encode()
        return self._fields.seal("known_as.undo", former_index(self._fields, former), content)

    def _remove_lapsed_of(self, connection: Connection, *subjects: int | None) -> list[Event]:
        """Remove the pseudonyms of codes that have nothing to be answered any more, at once: the link was wrong."""
        asked = {"today": self._clock.today(), "now": self._clock.now()}
        rows = [one for one in subjects if one is not None]
        removed = Counter(connection.execute(_LAPSED, asked | {"subjects": rows}).scalars())
        return [PseudonymsRemoved(ENROLLER, f"{epoch}:{count}") for epoch, count in sorted(removed.items())]
