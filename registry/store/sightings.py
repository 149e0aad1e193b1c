"""When members were last heard of, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from registry.ports import Sighting
from registry.store.database import Database
from registry.store.tables import sightings


class SqlSightings:
    """Fulfils `registry.ports.Sightings`. Nothing is decided by what is kept here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heard(self, member: str, at: float, timestamp_version: int, ready_epochs: Sequence[int]) -> None:
        """Keep that a member asked for news, which version it was then given, and for which epochs it was ready."""
        ready = " ".join(map(str, ready_epochs))
        self._keep(member, {"heard_at": at, "timestamp_version": timestamp_version, "ready_epochs": ready})

    def cosigned(self, member: str, at: float, log_size: int) -> None:
        """Keep that a member's checkpoint was cosigned."""
        self._keep(member, {"cosigned_at": at, "log_size": log_size})

    def _keep(self, member: str, seen: Mapping[str, float | str]) -> None:
        unseen = asdict(Sighting(member)) | {"ready_epochs": ""}
        self._database.swap(sightings, unseen | dict(seen), put=seen)

    def sightings(self) -> Mapping[str, Sighting]:
        """Return everything kept, by member."""
        return {row.member: _sighting(**row._asdict()) for row in self._database.rows(select(sightings))}


def _sighting(*, ready_epochs: str, **seen: Any) -> Sighting:
    return Sighting(**seen, ready_epochs=tuple(map(int, ready_epochs.split())))
