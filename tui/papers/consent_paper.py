"""The notice as a paper, and behind it the form on which a person gives consent: no person's data is in either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import Template

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import CONSENT_DAYS, LOG_MONTHS, LONG_RETENTION_MONTHS, RETENTION_MONTHS, Basis, Purpose
from tui.papers.forms import Form, text_page
from tui.papers.notice import PURPOSES_HERE, Notice
from tui.papers.page import Page
from tui.papers.roll import COLUMNS
from tui.text import plain, show_day

_TO_FILL_IN = "_" * 30
_COLUMNS = 3


@dataclass(frozen=True)
class Controller:
    """The body whose paper it is, and its data-protection officer; what is not known is left to fill in by hand."""

    name: str
    contact: str
    network: str
    dpo: str = ""


Behind = Callable[[Page], None]
"""Writes further pages behind the notice and its form."""


def print_notice(
    notice: Notice, basis: Basis, who: Controller, purposes: Iterable[Purpose] = (), behind: Behind | None = None
) -> tuple[bytes, int]:
    """Return the PDF and its number of pages: the notice for `basis`, and the form when that is consent.

    `purposes` are those to be listed, all that the notice has for the basis when none is named; none is ticked, since
    only the person ticks. Raises `input.purpose` for one that is not for this basis, `input.file_content` for a text
    with characters that the font has not.
    """
    from tui.papers.sheet import Sheet  # noqa: PLC0415 - fpdf2 is loaded when it is needed

    values = _values(notice, who)
    sheet = Sheet(
        notice.title,
        notice.language,
        notice.date,
        _fill(notice.footer, values),
        notice.page,
    )
    write_papers(sheet, notice, basis, who, purposes, behind)
    return bytes(sheet.output()), sheet.page_no()


def notice_text(
    notice: Notice,
    basis: Basis,
    who: Controller,
    purposes: Iterable[Purpose] = (),
    *,
    form: Form = Form.TEXT,
    columns: int = COLUMNS,
) -> str:
    """Return the same as plain text, or for a roll of so many columns; raises as `print_notice`, and `input.choice`."""
    page = text_page(form, columns)
    write_papers(page, notice, basis, who, purposes)
    return page.text()


def write_papers(
    sheet: Page,
    notice: Notice,
    basis: Basis,
    who: Controller,
    purposes: Iterable[Purpose] = (),
    behind: Behind | None = None,
) -> None:
    """Write the notice, its form where there is one, and what goes behind; raises as `print_notice`."""
    listed = _listed(notice, basis, tuple(purposes))
    values = {name: sheet.legible(value) for name, value in _values(notice, who).items()}
    paper = _Paper(sheet, notice, values)
    paper.write_notice(basis, listed)
    if basis is Basis.CONSENT:
        paper.write_form(listed)
    if behind is not None:
        behind(sheet)


def _listed(notice: Notice, basis: Basis, chosen: tuple[Purpose, ...]) -> list[str]:
    known = notice.purposes[basis]
    for purpose in chosen:
        if purpose not in known:
            raise MagliaError(Code.INPUT_PURPOSE, value=purpose, allowed=", ".join(known))
    return [text for purpose, text in known.items() if not chosen or purpose in chosen]


def _values(notice: Notice, who: Controller) -> dict[str, str]:
    given = {"controller": who.name, "contact": who.contact, "dpo": who.dpo, "network": who.network}
    return {name: plain(value) or _TO_FILL_IN for name, value in given.items()} | {
        "version": notice.version,
        "date": show_day(notice.date),
        "aid_months": str(RETENTION_MONTHS),
        "rent_months": str(LONG_RETENTION_MONTHS),
        "log_months": str(LOG_MONTHS),
        "consent_days": str(CONSENT_DAYS),
    }


def _fill(text: str, values: Mapping[str, str]) -> str:
    return Template(text).substitute(values)


class _Paper:
    """A notice's texts on their way to the sheet."""

    def __init__(self, sheet: Page, notice: Notice, values: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._notice = notice
        self._values = values

    def _said(self, text: str) -> str:
        """Return a text of the notice, filled in; raise `input.file_content` when the font can't write it."""
        if not all(map(self._sheet.has, text)):
            raise MagliaError(Code.INPUT_FILE_CONTENT, file=self._notice.file, cause="characters without a glyph")
        return _fill(text, self._values)

    def write_notice(self, basis: Basis, purposes: list[str]) -> None:
        """Write the sections for one basis."""
        sheet, notice = self._sheet, self._notice
        sheet.start_page()
        sheet.title_lines(self._said(notice.title), self._said(notice.subtitle))
        for section in notice.sections_for(basis):
            paragraphs = [
                self._said(text)
                for paragraph in section.paragraphs
                for text in ([f"- {one}" for one in purposes] if paragraph == PURPOSES_HERE else [paragraph])
            ]
            heading = self._said(section.heading)
            if section.boxed:
                sheet.boxed(heading, paragraphs)
                continue
            if heading:
                sheet.heading(heading, paragraphs[0])
            for paragraph in paragraphs:
                sheet.paragraph(paragraph)

    def write_form(self, purposes: list[str]) -> None:
        """Write the form on a page of its own, so that the person keeps the notice and the body the form."""
        sheet, words, said = self._sheet, self._notice.form, self._said
        sheet.start_page()
        sheet.title_lines(said(words.title), "")
        sheet.paragraph(said(words.intro))
        sheet.blank(said(words.person))
        sheet.blank(said(words.born))
        sheet.blank(said(words.code))
        sheet.paragraph(said(words.free))
        sheet.heading(said(words.purposes))
        for purpose in purposes:
            sheet.tick(said(purpose))
        sheet.heading(said(words.audience))
        sheet.tick(said(words.everyone))
        sheet.tick(said(words.only))
        sheet.ticks([said(kind) for kind in self._notice.kinds.values()], _COLUMNS)
        sheet.paragraph(said(words.lasting))
        sheet.blank(said(words.until))
        sheet.blank(said(words.place))
        sheet.blank(said(words.signature))
        sheet.heading(said(words.unread))
        sheet.tick(said(words.aloud))
        sheet.blank(said(words.translated))
        sheet.blank(said(words.reader))
        sheet.blank(said(words.operator))
        sheet.blank(said(words.number))
