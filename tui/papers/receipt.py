"""The receipt that a person takes home after help was given or promised: what, when, from whom, and whom to ask.

Whoever finds it must not learn from it who was helped: the person is there with the last characters of the code alone,
enough to tell two receipts apart at the counter. What other bodies answered is not on it, nor any name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import local_number
from maglia.core.vocabulary import AidStatus, is_special
from tui.labels import FACETS, label, pick
from tui.papers.forms import Form, text_page
from tui.papers.page import Page
from tui.papers.roll import COLUMNS
from tui.papers.writing import check_name, write_paper
from tui.text import plain, short_number, show_amount, show_day

_SHOWN = 4
"""Last characters of a code that are shown, of a short one a third at most."""
_NAME = ("ricevuta", "receipt")
_NUMBERED = ("Ricevuta n.", "Receipt no.")
_GIVEN = ("Aiuto dato", "Help given")
_PROMISED = ("Aiuto promesso, non ancora dato", "Help promised, not yet given")
_SOME_HELP = ("Aiuto di questo ente", "Help from this body")


@dataclass(frozen=True)
class Followed:
    """The check that the help followed, and how it was answered: by `answered` of `asked` bodies."""

    check_id: str
    answered: int
    asked: int
    complete: bool


@dataclass(frozen=True)
class Receipt:
    """What one receipt tells. Days are ISO 8601, instants milliseconds since the epoch, amounts euro cents.

    `record_id` is the record's; `code` the person's as on file, of which the end alone is written, or empty. `until_ms`
    is the end of a promise. `dpo` is where the person asks about data; without it, at the body's own `contact`.
    """

    record_id: str
    body: str
    contact: str
    facet: str
    day: str
    amount_cents: int | None
    made: date
    code: str = field(default="", repr=False)
    status: str = AidStatus.GIVEN.value
    monthly: bool = False
    until_ms: int = 0
    period_from: str = ""
    period_to: str = ""
    followed: Followed | None = None
    dpo: str = ""
    language: str = "it"

    @property
    def number(self) -> str:
        """Return the number by which the body finds the record again."""
        return short_number(self.record_id)

    @property
    def is_promise(self) -> bool:
        """Return whether the help is still to be given."""
        return self.status == AidStatus.RESERVED


def write_receipt(receipt: Receipt, path: Path, form: Form, *, columns: int = COLUMNS, force: bool = False) -> Path:
    """Write a receipt into a file that only its owner can read; return the path.

    Raises `input.record_no_receipt` for help that was neither given nor promised, `input.file_name` for a name that
    holds a person's code, `input.file_exists` unless `force`, `input.file_write`, `input.choice` for the columns.
    """
    check_name(path, force=force)
    content = _pdf(receipt) if form is Form.PDF else receipt_text(receipt, form, columns).encode()
    write_paper(path, content, private=True)
    return path


def receipt_text(receipt: Receipt, form: Form = Form.TEXT, columns: int = COLUMNS) -> str:
    """Return a receipt as plain text, or for a roll of so many columns; raises as `write_receipt`."""
    page = text_page(form, columns)
    fill_receipt(page, receipt)
    return page.text()


def receipt_stem(receipt: Receipt) -> str:
    """Return the name of a receipt's file without its ending; it holds the record's number, and nobody's code."""
    return f"{pick(_NAME, receipt.language)}-{receipt.number}"


def masked(code: str) -> str:
    """Return a code with all but its end hidden; the number of a person without one (NOME:7) tells nothing as it is."""
    if not code or local_number(code) is not None:
        return code
    shown = min(_SHOWN, len(code) // 3)
    return "*" * (len(code) - shown) + code[len(code) - shown :]


def fill_receipt(page: Page, receipt: Receipt) -> None:
    """Write a receipt on a page; raise `input.record_no_receipt`."""
    if receipt.status not in {AidStatus.GIVEN, AidStatus.RESERVED}:
        raise MagliaError(Code.INPUT_RECORD_NO_RECEIPT, number=receipt.number)
    lang = receipt.language
    page.start_page()
    page.title_lines(_title(receipt), pick(_PROMISED if receipt.is_promise else _GIVEN, lang))
    for name, value in _pairs(receipt):
        if value:
            page.pair(pick(name, lang), page.legible(plain(value)))
    page.paragraph(pick(_KEEP_PROMISE if receipt.is_promise else _KEEP, lang))
    page.heading(pick(_YOUR_DATA, lang))
    page.paragraph(pick(_RIGHTS, lang))
    page.paragraph(page.legible(f"{pick(_ASK, lang)} {plain(receipt.dpo or receipt.contact) or pick(_COUNTER, lang)}"))
    page.blank(pick(_SIGNED, lang))


_KEEP = (
    "Il numero serve a ritrovare l'aiuto: tenere questo foglio.",
    "The number finds the help again: keep this paper.",
)
_KEEP_PROMISE = (
    "L'aiuto è tenuto da parte fino al momento scritto: venire prima, con questo foglio. Dopo, lo si può chiedere di"
    " nuovo.",
    "The help is set aside until the moment written here: come earlier, with this paper. Afterwards you can ask again.",
)
_YOUR_DATA = ("I suoi dati", "Your data")
_RIGHTS = (
    "Può sapere chi ha chiesto di lei e quando, vedere che cosa è scritto, farlo correggere, ritirare il consenso o"
    " opporsi. Se lo fa, non perde l'aiuto.",
    "You can learn who asked about you and when, see what is written, have it corrected, withdraw consent or object."
    " Doing so does not lose you the help.",
)
_ASK = ("Si chiede a:", "To do so, ask:")
_COUNTER = ("questo sportello", "this counter")
_SIGNED = ("Per l'ente", "For the body")


def _title(receipt: Receipt) -> str:
    return f"{pick(_NUMBERED, receipt.language)} {receipt.number}"


def _pairs(receipt: Receipt) -> list[tuple[tuple[str, str], str]]:
    """Return what is told, each with what it is called; an empty one is not written."""
    lang, promised = receipt.language, receipt.is_promise
    return [
        (("Ente", "Body"), receipt.body),
        (("Recapito", "Contact"), receipt.contact),
        (("Aiuto", "Help"), _kind(receipt)),
        (("Importo", "Amount"), _amount(receipt)),
        (("Promesso il", "Promised on") if promised else ("Dato il", "Given on"), _day(receipt.day)),
        (("Fino al", "Until"), _moment(receipt.until_ms) if promised else ""),
        (("Periodo", "Period"), _period(receipt)),
        (("Persona", "Person"), masked(receipt.code)),
        (("Verifica", "Check"), _followed(receipt.followed, lang)),
        (("Stampata il", "Printed on"), show_day(receipt.made)),
    ]


def _kind(receipt: Receipt) -> str:
    """Return the kind of help; one of a special category is not named, since a paper is found by others at home."""
    if is_special(receipt.facet):
        return pick(_SOME_HELP, receipt.language)
    return label(FACETS, receipt.facet, receipt.language)


def _amount(receipt: Receipt) -> str:
    if receipt.amount_cents is None:
        return ""
    monthly = pick((" al mese", " a month"), receipt.language) if receipt.monthly else ""
    return f"{show_amount(receipt.amount_cents)}{monthly}"


def _period(receipt: Receipt) -> str:
    begin, end = ("from", "to") if receipt.language == "en" else ("dal", "al")
    days = ((begin, receipt.period_from), (end, receipt.period_to))
    return " ".join(f"{word} {_day(day)}" for word, day in days if day)


def _followed(followed: Followed | None, lang: str) -> str:
    if followed is None:
        return ""
    counted = pick(("enti su", "bodies of"), lang)
    partial = "" if followed.complete else pick((" (risultato parziale)", " (partial result)"), lang)
    answered = pick(("hanno risposto", "answered by"), lang)
    return f"{followed.check_id}: {answered} {followed.answered} {counted} {followed.asked}{partial}"


def _moment(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000):%d/%m/%Y %H:%M}" if time_ms else ""


def _day(iso: str) -> str:
    try:
        return show_day(date.fromisoformat(iso))
    except ValueError:
        return iso


def _pdf(receipt: Receipt) -> bytes:
    from tui.papers.sheet import Sheet  # noqa: PLC0415 - fpdf2 is loaded when it is needed

    page_word = pick(("pagina", "page"), receipt.language)
    sheet = Sheet(_title(receipt), receipt.language, receipt.made, _title(receipt), page_word)
    fill_receipt(sheet, receipt)
    return bytes(sheet.output())
