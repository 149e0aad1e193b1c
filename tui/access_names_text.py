"""The sentences of an approval of operators' names: whose request it is, and that it was approved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tui.access_text import show_iso
from tui.labels import pick
from tui.text import plain, show_day

if TYPE_CHECKING:
    from tui.names_files import NamesRequest

LONGEST_DAYS = 90
USUAL_DAYS = 60
"""Days for which an approval holds."""


def request_line(request: NamesRequest, lang: str) -> str:
    """Return whose request for names it is."""
    bodies, due = len(request.wanted), show_iso(request.due)
    it = f"Richiesta {plain(request.case)} di {request.asker}, enti {bodies}, termine {due}."
    return pick((it, f"Request {plain(request.case)} of {request.asker}, bodies {bodies}, due {due}."), lang)


def approved_line(request: NamesRequest, expires: date, lang: str) -> str:
    """Return that the names were approved, and until when."""
    it = f"Approvati i nomi per la richiesta {plain(request.case)} di {request.asker}, fino al {show_day(expires)}."
    en = f"Names approved for the request {plain(request.case)} of {request.asker}, until {show_day(expires)}."
    return pick((it, en), lang)
