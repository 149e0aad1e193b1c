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
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus, is_special
from tui.labels import FACETS, label
from tui.papers.forms import Form, text_page
from tui.papers.page import Page
from tui.papers.roll import COLUMNS
from tui.papers.writing import check_name, write_paper
from tui.text import plain, short_number, show_amount, show_day

_SHOWN = 4
"""Last characters of a code that are shown, of a short one a third at most."""
_NAME = mark("ricevuta")
_NUMBERED = mark("Ricevuta n.")
_GIVEN = mark("Aiuto dato")
_PROMISED = mark("Aiuto promesso, non ancora dato")
_SOME_HELP = mark("Aiuto di questo ente")


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
    return f"{tr(_NAME, receipt.language)}-{receipt.number}"


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
    page.title_lines(_title(receipt), tr(_PROMISED if receipt.is_promise else _GIVEN, lang))
    for name, value in _pairs(receipt):
        if value:
            page.pair(tr(name, lang), page.legible(plain(value)))
    page.paragraph(tr(_KEEP_PROMISE if receipt.is_promise else _KEEP, lang))
    page.heading(tr(_YOUR_DATA, lang))
    page.paragraph(tr(_RIGHTS, lang))
    page.paragraph(page.legible(f"{tr(_ASK, lang)} {plain(receipt.dpo or receipt.contact) or tr(_COUNTER, lang)}"))
    page.blank(tr(_SIGNED, lang))


_KEEP = mark("Il numero serve a ritrovare l'aiuto: tenere questo foglio.")
_KEEP_PROMISE = mark(
    "L'aiuto è tenuto da parte fino al momento scritto: venire prima, con questo foglio. Dopo, lo si può chiedere di"
    " nuovo."
)
_YOUR_DATA = mark("I suoi dati")
_RIGHTS = mark(
    "Può sapere chi ha chiesto di lei e quando, vedere che cosa è scritto, farlo correggere, ritirare il consenso o"
    " opporsi. Se lo fa, non perde l'aiuto."
)
_ASK = mark("Si chiede a:")
_COUNTER = mark("questo sportello")
_SIGNED = mark("Per l'ente")


def _title(receipt: Receipt) -> str:
    return f"{tr(_NUMBERED, receipt.language)} {receipt.number}"


def _pairs(receipt: Receipt) -> list[tuple[str, str]]:
    """Return what is told, each with what it is called; an empty one is not written."""
    lang, promised = receipt.language, receipt.is_promise
    return [
        (mark("Ente"), receipt.body),
        (mark("Recapito"), receipt.contact),
        (mark("Aiuto", "paper"), _kind(receipt)),
        (mark("Importo"), _amount(receipt)),
        (mark("Promesso il") if promised else mark("Dato il"), _day(receipt.day)),
        (mark("Fino al"), _moment(receipt.until_ms) if promised else ""),
        (mark("Periodo"), _period(receipt)),
        (mark("Persona"), masked(receipt.code)),
        (mark("Verifica"), _followed(receipt.followed, lang)),
        (mark("Stampata il"), show_day(receipt.made)),
    ]


def _kind(receipt: Receipt) -> str:
    """Return the kind of help; one of a special category is not named, since a paper is found by others at home."""
    if is_special(receipt.facet):
        return tr(_SOME_HELP, receipt.language)
    return label(FACETS, receipt.facet, receipt.language)


def _amount(receipt: Receipt) -> str:
    if receipt.amount_cents is None:
        return ""
    monthly = tr(" al mese", receipt.language) if receipt.monthly else ""
    return f"{show_amount(receipt.amount_cents)}{monthly}"


def _period(receipt: Receipt) -> str:
    begin, end = tr("dal", receipt.language), tr("al", receipt.language)
    days = ((begin, receipt.period_from), (end, receipt.period_to))
    return " ".join(f"{word} {_day(day)}" for word, day in days if day)


def _followed(followed: Followed | None, lang: str) -> str:
    if followed is None:
        return ""
    counted = tr("enti su", lang)
    partial = "" if followed.complete else tr(" (risultato parziale)", lang)
    answered = tr("hanno risposto", lang, "paper")
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

    page_word = tr("pagina", receipt.language)
    sheet = Sheet(_title(receipt), receipt.language, receipt.made, _title(receipt), page_word)
    fill_receipt(sheet, receipt)
    return bytes(sheet.output())
