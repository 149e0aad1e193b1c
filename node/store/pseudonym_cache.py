"""The cache of evaluated pseudonyms, of persons and needs that were asked about."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, exists, insert, select

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PSEUDONYM_BYTES
from node.store import tables
from node.store.database import Part
from node.store.fields import Fields
from node.store.records import LIVE
from node.store.subjects import SUBJECTS, index_of

_AID = tables.aid_record
_CACHE = tables.pseudonym_cache
_OWN_CLIENT = {
    cls: select(
        exists().where(
            of_record == subject.c.id,
            subject.c.code_index == bindparam("index"),
            _AID.c.keep_until >= bindparam("today"),
            LIVE,
        )
    )
    for cls, (subject, of_record) in SUBJECTS.items()
}
_CACHED = select(_CACHE.c.pseudonyms).where(
    _CACHE.c.subject_index == bindparam("index"),
    _CACHE.c.key_set == bindparam("of_set"),
    _CACHE.c.expires > bindparam("now"),
)
_UNCACHE = delete(_CACHE).where(_CACHE.c.subject_index == bindparam("index"), _CACHE.c.key_set == bindparam("of_set"))
_UNCACHE_EXPIRED = delete(_CACHE).where(_CACHE.c.expires <= bindparam("now"))
_ADD_CACHED = insert(_CACHE)


class PseudonymCache(Part):
    """The `Store`'s methods on cached pseudonyms."""

    def cached_pseudonyms(self, identifier: Identifier, key_set: bytes, now: float) -> list[bytes] | None:
        """Return a person's or need's unexpired pseudonyms under a key set, in the set's order."""
        index = _cache_index(self._fields, identifier)
        rows = self._db.rows(_CACHED, {"index": index, "of_set": key_set, "now": now})
        if not rows:
            return None
        joined = self._fields.open("pseudonym_cache", index + key_set, rows[0].pseudonyms)
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
        index = _cache_index(self._fields, identifier)
        client = {"index": index_of(self._fields, identifier), "today": self._clock.today()}
        sealed = self._fields.seal("pseudonym_cache", index + key_set, b"".join(pseudonyms))

        def work(connection: Connection) -> None:
            if not anybody and not connection.execute(_OWN_CLIENT[identifier.pseudonym_class], client).scalar():
                return
            connection.execute(_UNCACHE, {"index": index, "of_set": key_set})
            row = {"subject_index": index, "key_set": key_set, "pseudonyms": sealed, "expires": expires}
            connection.execute(_ADD_CACHED, row)

        self._db.keep(work)

    def remove_expired_cache(self) -> int:
        """Remove the cached pseudonyms whose time is over; return of how many persons and needs."""
        now = {"now": self._clock.now()}
        return self._db.keep(lambda connection: connection.execute(_UNCACHE_EXPIRED, now).rowcount)


def _cache_index(fields: Fields, identifier: Identifier) -> bytes:
    """Return an index other than the person's own: by it, a cache row and its expiry would tell who was asked about."""
    return fields.index("pseudonym_cache", identifier.pseudonym_input())
