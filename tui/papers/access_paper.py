"""The access report as a paper for the person: who asked about them, what was disclosed, what is missing, their rights.

The person is not in it: name and surname are written by hand, so that neither the file nor its metadata name anybody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from maglia.core.translation import WRITTEN_IN
from maglia.core.vocabulary import LOG_MONTHS
from tui.access_model import Case, Part, Report
from tui.access_text import access_lines, earlier_line, ended_keys, missing_reason, show_iso, show_known
from tui.papers.consent_paper import Controller
from tui.text import plain, show_day

if TYPE_CHECKING:
    from tui.papers.sheet import Sheet

_TO_FILL_IN = "_" * 30


@dataclass(frozen=True)
class Words:
    """The fixed texts of the paper in one language."""

    title: str
    subtitle: str
    footer: str
    page: str
    person: str
    request: str
    extended: str
    brief: str
    told: str
    partial: str
    complete: str
    questions: str
    no_questions: str
    earlier: str
    not_yours: str
    logs: str
    log: str
    empty: str
    missing: str
    forgotten: str
    limits: str
    limit_list: list[str]
    unnamed: str
    named: str
    names_missing: str
    rights: str
    right_list: list[str]
    handed: str
    operator: str


_TEXTS = resources.files("tui.papers") / "reports"


def read_words(lang: str) -> Words:
    """Return the texts in a language that the report is written in."""
    content = (_TEXTS / f"{lang}.toml").read_text("utf-8")
    found = tomllib.loads(content)
    return Words(**{field.name: found[field.name] for field in fields(Words)})


def print_report(report: Report, who: Controller, lang: str, made: date) -> tuple[bytes, int]:
    """Return the PDF and its number of pages, dated `made`."""
    from tui.papers.sheet import Sheet  # noqa: PLC0415 - fpdf2 is loaded when it is needed

    lang = lang if (_TEXTS / f"{lang}.toml").is_file() else WRITTEN_IN  # a paper is in one language alone
    words, case = read_words(lang), report.case
    values = _values(case, who, made)
    sheet = Sheet(words.title, lang, made, _fill(words.footer, values), words.page)
    paper = _Paper(sheet, words, report, values, lang)
    paper.write()
    return bytes(sheet.output()), sheet.page_no()


def _values(case: Case, who: Controller, made: date) -> dict[str, str]:
    given = {"controller": who.name, "contact": who.contact, "dpo": who.dpo}
    return {name: plain(value) or _TO_FILL_IN for name, value in given.items()} | {
        "case": case.name,
        "made": show_day(made),
        "received": show_iso(case.received),
        "due": show_iso(case.due),
        "extended": show_iso(case.extended),
        "reason": case.extension_reason,
        "told": str(len(case.parts) - len(case.missing)),
        "total": str(len(case.parts)),
        "months": str(LOG_MONTHS),
        "official": case.names.name if case.names else "",
        "unnamed": ", ".join(part.name or part.member for part in case.unnamed),
    }


def _fill(text: str, values: Mapping[str, str]) -> str:
    return Template(text).substitute(values)


class _Paper:
    """A report on its way to the sheet."""

    def __init__(self, sheet: Sheet, words: Words, report: Report, values: Mapping[str, str], lang: str) -> None:
        self._sheet = sheet
        self._words = words
        self._report = report
        self._case = report.case
        self._values = {**values, "questions": str(len(report.questions))}
        self._lang = lang

    def write(self) -> None:
        """Write everything."""
        sheet, words, case = self._sheet, self._words, self._case
        sheet.start_page()
        sheet.title_lines(words.title, words.subtitle)
        sheet.blank(words.person)
        self._say(words.request)
        if case.extended:
            self._say(words.extended)
        brief = [self._text(words.told), words.complete if case.is_searched else words.partial]
        if case.unnamed:
            brief.append(self._text(words.names_missing))
        sheet.boxed(words.brief, brief)
        self._questions()
        self._earlier()
        self._logs()
        self._limits()
        self._items(words.rights, words.right_list)
        sheet.blank(words.handed)
        sheet.blank(words.operator)

    def _questions(self) -> None:
        self._heading(self._words.questions)
        for one in self._report.questions:
            first, second = access_lines(one, self._report.names, self._lang)
            self._item(f"{first}. {second.strip()[:1].upper()}{second.strip()[1:]}.")
        if not self._report.questions:
            self._say(self._words.no_questions)

    def _earlier(self) -> None:
        earlier = self._report.earlier
        if not earlier:
            return
        self._heading(self._words.earlier)
        self._sheet.paragraph(self._sheet.legible(earlier_line(earlier, self._report.names, self._lang)))
        self._say(self._words.not_yours)

    def _logs(self) -> None:
        self._heading(self._words.logs)
        for part in self._case.parts:
            self._item(self._log(part))
        self._say(self._words.forgotten)
        if line := ended_keys(self._case, self._lang):
            self._say(line)

    def _log(self, part: Part) -> str:
        body = part.name or part.member
        if not part.is_whole or part.reading is None:
            why_missing, contact = missing_reason(part, self._lang), part.contact or "-"
            return _fill(self._words.missing, {"body": body, "why": why_missing, "contact": contact})
        if not part.reading.entries:
            return _fill(self._words.empty, {"body": body})
        known = part.reading.known_from, part.reading.known_to
        span = dict(zip(("from", "to"), (show_known(day, self._lang) for day in known), strict=True))
        return _fill(self._words.log, {"body": body, **span})

    def _limits(self) -> None:
        words, case = self._words, self._case
        # Names are said to be here only where every body that told has told them.
        said = words.unnamed if case.names is None else words.names_missing if case.unnamed else words.named
        self._items(words.limits, [*words.limit_list, self._text(said)])

    def _heading(self, text: str) -> None:
        self._sheet.heading(text)

    def _items(self, heading: str, items: list[str]) -> None:
        self._heading(heading)
        for one in items:
            self._item(one)

    def _item(self, text: str) -> None:
        self._sheet.paragraph(f"- {self._sheet.legible(text)}")

    def _say(self, text: str) -> None:
        self._sheet.paragraph(self._text(text))

    def _text(self, text: str) -> str:
        # Only the program's own texts hold dollars; what bodies wrote is filled in, never read.
        return self._sheet.legible(_fill(text.strip(), self._values) if "$" in text else text.strip())
