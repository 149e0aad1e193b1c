"""The sentences of an approval of operators' names: whose request it is, and that it was approved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from maglia.core.translation import tr
from tui.access_text import show_iso
from tui.text import plain, show_day

if TYPE_CHECKING:
    from tui.names_files import NamesRequest

LONGEST_DAYS = 90
USUAL_DAYS = 60
"""Days for which an approval holds."""


def request_line(request: NamesRequest, lang: str) -> str:
    """Return whose request for names it is."""
    bodies, due = len(request.wanted), show_iso(request.due)
    return tr("Richiesta {case} di {asker}, enti {bodies}, termine {due}.", lang).format(
        case=plain(request.case), asker=request.asker, bodies=bodies, due=due
    )


def approved_line(request: NamesRequest, expires: date, lang: str) -> str:
    """Return that the names were approved, and until when."""
    return tr("Approvati i nomi per la richiesta {case} di {asker}, fino al {expires}.", lang).format(
        case=plain(request.case), asker=request.asker, expires=show_day(expires)
    )
