"""The cache of evaluated pseudonyms, of persons and needs that were asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import Connection, bindparam, delete, exists, insert, select

from maglia.core.errors import MagliaError
from maglia.core.identifiers import Identifier, TypedInput
from maglia.core.vocabulary import PSEUDONYM_BYTES
from node.store import tables
from node.store.database import Part
from node.store.fields import Fields
from node.store.records import LIVE
from node.store.subjects import SUBJECTS, index_of, open_code

_PAGE = 500
_AID = tables.aid_record
_CACHE = tables.pseudonym_cache
_HELPED = {
    cls: exists().where(of_record == subject.c.id, _AID.c.keep_until >= bindparam("today"), LIVE)
    for cls, (subject, of_record) in SUBJECTS.items()
}
_OWN_CLIENT = {
    cls: select(exists().where(subject.c.code_index == bindparam("index"), _HELPED[cls]))
    for cls, (subject, _) in SUBJECTS.items()
}
_CLIENTS = {
    cls: select(subject.c.id, subject.c.code_index, subject.c.code)
    .where(subject.c.id > bindparam("place"), _HELPED[cls])
    .order_by(subject.c.id)
    .limit(_PAGE)
    for cls, (subject, _) in SUBJECTS.items()
}
_OF_CLIENTS = select(_CACHE.c.subject_index).where(_CACHE.c.own_client.is_(True)).distinct()
_CACHED = select(_CACHE.c.pseudonyms).where(
    _CACHE.c.subject_index == bindparam("index"),
    _CACHE.c.key_set == bindparam("of_set"),
    _CACHE.c.expires > bindparam("now"),
)
_CACHED_OF_MANY = select(_CACHE.c.subject_index, _CACHE.c.pseudonyms).where(
    _CACHE.c.subject_index.in_(bindparam("indexes", expanding=True)),
    _CACHE.c.key_set == bindparam("of_set"),
    _CACHE.c.expires > bindparam("now"),
)
_UNCACHE = delete(_CACHE).where(_CACHE.c.subject_index == bindparam("index"), _CACHE.c.key_set == bindparam("of_set"))
_UNCACHE_SUBJECT = delete(_CACHE).where(_CACHE.c.subject_index == bindparam("index"))
_UNCACHE_EXPIRED = delete(_CACHE).where(_CACHE.c.expires <= bindparam("now"))
_UNCACHE_OTHERS = delete(_CACHE).where(_CACHE.c.key_set.not_in(bindparam("kept", expanding=True)))
_UNCACHE_CLIENT = delete(_CACHE).where(_CACHE.c.subject_index == bindparam("index"), _CACHE.c.own_client.is_(True))
_ADD_CACHED = insert(_CACHE)


class PseudonymCache(Part):
    """The `Store`'s methods on cached pseudonyms."""

    def cached_pseudonyms(self, identifier: Identifier, key_set: bytes, now: float) -> list[bytes] | None:
        """Return a person's or need's unexpired pseudonyms under a key set, in the set's order."""
        index = _cache_index(self._fields, identifier)
        rows = self._db.look_up(_CACHED, {"index": index, "of_set": key_set, "now": now})
        if not rows:
            return None
        return self._pseudonyms_of(index, key_set, rows[0].pseudonyms)

    def cached_of_many(
        self, identifiers: Sequence[Identifier], key_set: bytes, now: float
    ) -> dict[Identifier, list[bytes]]:
        """Return the unexpired pseudonyms of those persons or needs of whom there are any."""
        found: dict[Identifier, list[bytes]] = {}
        for at in range(0, len(identifiers), _PAGE):
            of = {_cache_index(self._fields, one): one for one in identifiers[at : at + _PAGE]}
            rows = self._db.rows(_CACHED_OF_MANY, {"indexes": list(of), "of_set": key_set, "now": now})
            for row in rows:
                found[of[row.subject_index]] = self._pseudonyms_of(row.subject_index, key_set, row.pseudonyms)
        return found

    def cache_many(self, found: Sequence[tuple[Identifier, Sequence[bytes]]], key_set: bytes, expires: float) -> None:
        """Keep those of many persons or needs, whoever they are, in one transaction."""
        rows = [
            {
                "subject_index": (index := _cache_index(self._fields, identifier)),
                "key_set": key_set,
                "pseudonyms": self._fields.seal("pseudonym_cache", index + key_set, b"".join(pseudonyms)),
                "expires": expires,
                "own_client": False,
            }
            for identifier, pseudonyms in found
        ]

        def work(connection: Connection) -> None:
            connection.execute(_UNCACHE, [{"index": row["subject_index"], "of_set": key_set} for row in rows])
            connection.execute(_ADD_CACHED, rows)

        if rows:
            self._db.keep(work)

    def _pseudonyms_of(self, index: bytes, key_set: bytes, sealed: bytes) -> list[bytes]:
        joined = self._fields.open("pseudonym_cache", index + key_set, sealed)
        return [joined[at : at + PSEUDONYM_BYTES] for at in range(0, len(joined), PSEUDONYM_BYTES)]

    def cache_pseudonyms(
        self,
        identifier: Identifier,
        key_set: bytes,
        pseudonyms: Sequence[bytes],
        expires: float,
        *,
        anybody: bool = False,
    ) -> None:
        """Keep them encrypted until `expires`: of persons and needs with a live record of this body, or of anybody."""
        client = {"index": index_of(self._fields, identifier), "today": self._clock.today(), "now": self._clock.now()}
        is_client = _OWN_CLIENT[identifier.pseudonym_class]
        # A look first: of strangers nothing is kept, and a transaction would wait for the log's writer.
        if not anybody and not self._db.look_up(is_client, client)[0][0]:
            return
        index = _cache_index(self._fields, identifier)
        sealed = self._fields.seal("pseudonym_cache", index + key_set, b"".join(pseudonyms))

        def work(connection: Connection) -> None:
            if not anybody and not connection.execute(is_client, client).scalar():
                return
            connection.execute(_UNCACHE, {"index": index, "of_set": key_set})
            row = {"subject_index": index, "key_set": key_set, "pseudonyms": sealed, "expires": expires}
            connection.execute(_ADD_CACHED, row | {"own_client": not anybody})

        self._db.keep(work)

    def uncache(self, identifier: Identifier) -> None:
        """Remove whatever is cached of one person or need."""
        index = {"index": _cache_index(self._fields, identifier)}
        self._db.keep(lambda connection: connection.execute(_UNCACHE_SUBJECT, index))

    def remove_expired_cache(self) -> int:
        """Remove the cached pseudonyms whose time is over; return of how many persons and needs."""
        now = {"now": self._clock.now()}
        return self._db.keep(lambda connection: connection.execute(_UNCACHE_EXPIRED, now).rowcount)

    def remove_cache_of_other_sets(self, kept: Collection[bytes]) -> int:
        """Remove what is cached under key sets other than those `kept`, which nobody asks under any more."""
        return self._db.keep(
            lambda connection: connection.execute(_UNCACHE_OTHERS, {"kept": list(kept)}).rowcount if kept else 0
        )

    def remove_cache_of_former_clients(self) -> int:
        """Remove what is cached of whoever has no live record any more; return of how many persons and needs.

        What a procedure asked about stays until its end. A row does not say whose it is, so everybody who is helped is
        walked, with their codes: it takes time, and belongs in a thread.
        """
        left = {row.subject_index for row in self._db.rows(_OF_CLIENTS, {})}
        if left:
            left.difference_update(self._indexes_of_clients())
        for index in left:
            self._db.keep(partial(_uncache_client, index))
        return len(left)

    def _indexes_of_clients(self) -> Iterator[bytes]:
        helped = {"today": self._clock.today(), "now": self._clock.now()}
        for cls, (subject, _) in SUBJECTS.items():
            place = 0
            while page := self._db.rows(_CLIENTS[cls], helped | {"place": place}):
                for row in page:
                    with suppress(MagliaError):  # a damaged code: it is only evaluated once more
                        yield _index_of_input(self._fields, open_code(self._fields, subject, row.code_index, row.code))
                place = page[-1].id


def _uncache_client(index: bytes, connection: Connection) -> None:
    connection.execute(_UNCACHE_CLIENT, {"index": index})


def _cache_index(fields: Fields, identifier: Identifier) -> bytes:
    return _index_of_input(fields, identifier.pseudonym_input())


def _index_of_input(fields: Fields, code: TypedInput) -> bytes:
    """Return an index other than the person's own: by it, a cache row and its expiry would tell who was asked about."""
    return fields.index("pseudonym_cache", code)
