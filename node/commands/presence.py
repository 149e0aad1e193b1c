"""For how long a node was off, in the doctor's words: who is away for longer than the rules say asks to be hosted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

TO_BE_HOSTED = "chiedere all'ufficio di essere ospitati, o di un relay: docs/it/ente-piccolo.md"


def presence_found(engine: Engine, folder: Path) -> tuple[bool, str]:
    """Return whether the node was off for no longer than the rules say, and what of it there is to tell.

    Raises `storage.unavailable`.
    """
    from maglia.core.absence import absence_days
    from maglia.core.answering import ANSWERING_DAYS
    from node.domain.presence import presence_of
    from node.kept_rules import KEPT
    from node.store.answering import served_days

    today = datetime.now(UTC).date()
    found = presence_of(served_days(engine, today - timedelta(ANSWERING_DAYS - 1)), today)
    if not found.known:
        return True, "giorni di servizio non ancora contati"
    told = f"giorni di servizio: {found.there} su {found.known}"
    if found.until is not None:
        days = "1 giorno" if found.longest_absence == 1 else f"{found.longest_absence} giorni di fila"
        told += f"; spento al massimo {days}, fino al {found.until:%d/%m/%Y}"
    try:
        limit = absence_days((folder / KEPT).read_bytes())
    except OSError:
        limit = 0
    return not 0 < limit <= found.longest_absence, told
