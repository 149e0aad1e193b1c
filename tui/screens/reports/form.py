"""A person's request to know who looked them up: whose code, which document was seen, when it came."""

from __future__ import annotations

from dataclasses import dataclass

from maglia.core.identifiers import parse_identifier
from maglia.core.translation import tr
from tui.screens.faults import needed
from tui.screens.forms import Form, Values
from tui.text import parse_day
from tui.widgets.entry import Field, day_echo

_read_code = needed("identifier", lambda text: parse_identifier(text).text)
_read_document = needed("document", str)


@dataclass(frozen=True)
class Asking:
    """A request to put on file; `received` is ISO 8601, or empty for today."""

    identifier: str
    document: str
    received: str


def request_form(again: Values, lang: str) -> Form[Asking]:
    """Return the form for one request; `again` is what is known or was written of it before."""
    code = again.get("identifier", "")
    seen, today = tr("visto ora, per es. CI AB123", lang), tr("oggi", lang)
    entries = (
        Field(tr("Codice", lang), "identifier", code, width=20, longest=30, read=_read_code),
        Field(tr("Documento", lang), "document", again.get("document", ""), width=30, hint=seen, read=_read_document),
        Field(
            tr("Ricevuta", lang),
            "received",
            again.get("received", ""),
            width=12,
            longest=10,
            hint=today,
            echo=day_echo(lang),
            read=_read_day,
        ),
    )
    about = tr(
        "La persona va riconosciuta prima: il suo documento resta scritto qui, fino alla chiusura. A tutti gli"
        " enti si chiede chi ha cercato i suoi dati. C'è un mese per rispondere.",
        lang,
    )
    lines = [about, "", tr("Questa ricerca viene registrata a suo nome.", lang)]
    title, send = tr("NUOVA RICHIESTA DI ACCESSO", lang), tr("Chiedi agli enti", lang)
    return Form(title, lines, entries, send, lang, _asking, begin_at="document" if code else "identifier")


def _asking(values: Values) -> Asking:
    return Asking(_read_code(values["identifier"]), _read_document(values["document"]), _read_day(values["received"]))


def _read_day(text: str) -> str:
    return parse_day(text).isoformat() if text else ""
