"""Persons sent to other bodies and received from them: sealed, and removed when their term is over."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier
from node.domain.referral import WITHDRAWABLE, Direction, Referral, referral_name
from node.domain.retention import keep_until
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import ReferralAdded, ReferralChanged, ReferralsRemoved
from node.store.referral_rows import columns_of, content_of, read_referral
from node.store.subjects import index_of

_T = tables.referral
_ADD = insert(_T).returning(_T.c.id)
_ONE = select(_T).where(_T.c.id == bindparam("number"))
_NAMED = select(_T).where(
    _T.c.direction == bindparam("which"), _T.c.peer == bindparam("whose"), _T.c.referral_id == bindparam("named")
)
_PAGE = select(_T).where(_T.c.id < bindparam("before")).order_by(_T.c.id.desc()).limit(bindparam("most"))
_UNREAD_PAGE = _PAGE.where(_T.c.unread)
_OPEN = select(_T).where(_T.c.direction == Direction.SENT.value, _T.c.state.in_(sorted(WITHDRAWABLE))).order_by(_T.c.id)
_TO_TELL = select(_T).where(_T.c.untold.is_not(None)).order_by(_T.c.id)
_UNREAD = select(func.count()).select_from(_T).where(_T.c.unread)
_CHANGE = (
    update(_T)
    .where(
        and_(_T.c.id == bindparam("number"), _T.c.content == bindparam("was"), _T.c.unread == bindparam("was_unread"))
    )
    .values(
        state=bindparam("to_state"),
        untold=bindparam("to_untold"),
        unread=bindparam("to_unread"),
        changed_at=bindparam("at"),
        content=bindparam("sealed"),
    )
)
_DROP_OLD = delete(_T).where(_T.c.keep_until < bindparam("today"))
_LARGEST = 2**31 - 1
_SEALED = "referral.content"


class Referrals(Part):
    """The `Store`'s methods on referrals."""

    def add_referral(self, referral: Referral, actor: str) -> Referral:
        """Store a new one; return it with its number. One of the same id from the same body is returned instead."""
        known = self.referral_of(referral.direction, referral.peer, referral.referral_id)
        if known is not None:
            return known

        def work(connection: Connection) -> Audited[int]:
            salt = secrets.token_bytes(16)
            row = columns_of(referral) | {
                "keep_until": keep_until(referral.facet, self._clock.today()),
                "salt": salt,
                "content": self._fields.seal(_SEALED, salt, content_of(referral)),
            }
            number: int = connection.execute(_ADD, row).scalar_one()
            return Audited(number, [ReferralAdded(actor, referral_name(number))])

        return replace(referral, number=self._db.change(work, records=False))

    def referral(self, number: int) -> Referral:
        """Return one; raise `input.referral`."""
        rows = self._db.rows(_ONE, {"number": number}) if 0 < number <= _LARGEST else ()
        if not rows:
            raise MagliaError(Code.INPUT_REFERRAL, number=referral_name(number))
        return self._read_referral(rows[0])

    def referral_of(self, direction: Direction, peer: str, referral_id: bytes) -> Referral | None:
        """Return the one that another body names."""
        rows = self._db.rows(_NAMED, {"which": direction.value, "whose": peer, "named": referral_id})
        return self._read_referral(rows[0]) if rows else None

    def referrals(self, *, unread: bool = False, before: int = 0, limit: int = 100) -> Sequence[Referral]:
        """Return the newest first, of those with a number below `before` if one is given."""
        rows = self._db.rows(_UNREAD_PAGE if unread else _PAGE, {"before": before or _LARGEST, "most": limit})
        return [self._read_referral(row) for row in rows]

    def open_referrals(self, identifier: Identifier) -> Sequence[Referral]:
        """Return those in which this body sent the person and that are not at an end, the oldest first.

        Under a former code of theirs too. Every open one is read: whom it is about is in the sealed content alone.
        """
        wanted = index_of(self._fields, identifier)
        found = [self._read_referral(row) for row in self._db.rows(_OPEN, {})]
        return [
            one
            for one in found
            if one.person and index_of(self._fields, parse_identifier(one.person.identifier)) == wanted
        ]

    def referrals_to_tell(self) -> Sequence[Referral]:
        """Return those of which another body has yet to be told something, the oldest first."""
        return [self._read_referral(row) for row in self._db.rows(_TO_TELL, {})]

    def change_referral(self, before: Referral, after: Referral, actor: str) -> bool:
        """Store what became of one, unless it is no longer as it was `before`; return whether it was."""

        def work(connection: Connection) -> Audited[bool]:
            row = connection.execute(_ONE, {"number": before.number}).first()
            if row is None or self._read_referral(row) != before:
                return Audited(False, [])
            changed = {
                "number": before.number,
                "was": row.content,
                "was_unread": row.unread,
                "to_state": after.state.value,
                "to_untold": after.untold.value if after.untold else None,
                "to_unread": after.unread,
                "at": after.changed_at,
                "sealed": self._fields.seal(_SEALED, row.salt, content_of(after)),
            }
            is_changed = connection.execute(_CHANGE, changed).rowcount == 1
            event = ReferralChanged(actor, f"{before.name}:{after.state.value}")
            return Audited(is_changed, [event] if is_changed else [])

        return self._db.change(work, records=False)

    def unread_referrals(self) -> int:
        """Return how many wait for somebody to read them."""
        return int(self._db.rows(_UNREAD, {})[0][0])

    def remove_old_referrals(self) -> int:
        """Remove those whose term is over; return how many."""

        def work(connection: Connection) -> Audited[int]:
            removed = connection.execute(_DROP_OLD, {"today": self._clock.today()}).rowcount
            return Audited(removed, [ReferralsRemoved("-", str(removed))] if removed else [])

        return self._db.change(work, records=False)

    def _read_referral(self, row: Row[*tuple[object, ...]]) -> Referral:
        return read_referral(row, self._fields.open(_SEALED, row.salt, row.content))
