"""Dates, amounts and remote text as people read and write them.

Dates are dd/mm/yyyy and amounts 1.234,50 € in every language, since the papers that are copied are Italian.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from maglia.core.errors import Code, MagliaError, Sentence
from maglia.core.folding import WIDTH, fold
from maglia.core.quoted import echo, may_hold_code
from maglia.core.translation import mark, tr
from tui.office_sentences import AT_THE_OFFICE, MESSAGES

_LONGEST = 160
_CHOICES = 600
SHORT_NUMBER = 8
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_AMOUNT = re.compile(r"-?[0-9.]{1,15}(,[0-9]{1,2})?")
_ISO_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return remote text as one line without control, escape, direction or invisible characters.

    What is left may still look like markup: whoever shows it must not parse it.
    """
    kept = "".join(" " if char in "\t\n\r" or _is_hidden(char) else char for char in text)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def command_lines(said: str, command: str, indent: str = "") -> list[str]:
    """Return a command behind what is said of it: below it where 80 characters are too few, in lines a shell joins."""
    whole = f"{indent}{said}: {command}"
    if len(whole) <= WIDTH:
        return [whole]
    rows = [f"{indent}  "]
    try:
        words = [shlex.quote(word) for word in shlex.split(command)]
    except ValueError:  # one so long that it was cut
        return fold([whole])
    for word in words:
        if rows[-1].strip() and len(rows[-1]) + len(word) + len(" \\") > WIDTH:
            rows[-1] += "\\"
            rows.append(f"{indent}    ")
        rows[-1] += f"{word} "
    return [f"{indent}{said}:", *(row.rstrip() for row in rows)]


def sentence_of(error: MagliaError, lang: str, *, at_office: bool = False) -> Sentence:
    """Return what happened and what to do next; parameters that came over the network are made plain first.

    A file's name is not repeated where it may hold a person's code: what is printed is copied and sent around.

    `at_office` tells that an officer or an auditor reads it, who has no node and whose office is this one.
    """
    clean = MagliaError(error.code, **{name: _shown(name, value) for name, value in error.params.items()})
    sentence = clean.sentence(lang)
    if not at_office:
        return sentence
    message, following = MESSAGES.get(error.code, ""), AT_THE_OFFICE.get(error.code, "")
    return Sentence(tr(message, lang) or sentence.message, tr(following, lang) or sentence.next_action)


def _shown(name: str, value: str) -> str:
    if name == "file" and may_hold_code(value):
        return echo(value)
    return plain(value, _CHOICES if name == "allowed" else _LONGEST)  # half a list of choices helps nobody


_UNKNOWN = mark("Per un motivo che questo programma non conosce ({code}): aggiornarlo, o chiedere al responsabile.")


def code_sentence(code: str, lang: str, params: Mapping[str, str] | None = None) -> str:
    """Return the sentence of an error code that a node reports about itself; of one from a later version, that it is.

    The code is told with it, for whoever is asked.
    """
    sentence = _reported(code, lang, params)
    if sentence is None:
        return tr(_UNKNOWN, lang).format(code=plain(code, 40))
    return f"{sentence.message} {sentence.next_action}"


def code_message(code: str, lang: str, params: Mapping[str, str] | None = None) -> str:
    """Return what happened alone, for who says by themselves what to do next."""
    sentence = _reported(code, lang, params)
    return plain(code) if sentence is None else sentence.message


def _reported(code: str, lang: str, params: Mapping[str, str] | None) -> Sentence | None:
    try:
        error = MagliaError(Code(code))
    except ValueError:
        return None
    # Not as arguments: the other side chooses the names.
    error.params = {name: _shown(name, value) for name, value in (params or {}).items()}
    return error.sentence(lang)


def parse_day(text: str) -> date:
    """Return the day written as dd/mm/yyyy; raise `input.date`."""
    parts = _DATE.fullmatch(text.strip())
    if parts is None:
        raise MagliaError(Code.INPUT_DATE, value=plain(text, 40))
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1]))
    except ValueError as error:
        raise MagliaError(Code.INPUT_DATE, value=plain(text, 40)) from error


def check_span(first: date, last: date) -> None:
    """Raise `input.date_order` when the first day of a span comes after its last."""
    if first > last:
        raise MagliaError(Code.INPUT_DATE_ORDER, first=show_day(first), last=show_day(last))


def show_time(time_ms: int) -> str:
    """Return the time of day of an instant (milliseconds since the epoch) on this machine's clock, as hh:mm."""
    return f"{datetime.fromtimestamp(time_ms / 1000):%H:%M}"


def show_instant(time_ms: int) -> str:
    """Return an instant (milliseconds since the epoch) on this machine's clock, as dd/mm/yyyy hh:mm."""
    return f"{datetime.fromtimestamp(time_ms / 1000):%d/%m/%Y %H:%M}"


def number(value: int, lang: str) -> str:
    """Return a whole number as people write it, its thousands parted as the language does: 1.204."""
    return f"{value:,}".replace(",", tr(".", lang, "thousands"))


def short_number(record_id: str) -> str:
    """Return as much of a record's id as people need to say: its first eight characters."""
    return record_id[:SHORT_NUMBER]


def show_day(day: date) -> str:
    """Return a day as dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def show_weekday(day: date, lang: str) -> str:
    """Return a day with its weekday, as people check that they wrote the right one: sabato 21/11/2026."""
    from babel.dates import format_date  # noqa: PLC0415 - `--help` does not need it

    return f"{format_date(day, 'EEEE', locale=lang)} {show_day(day)}"


def show_when(when: str, today: str, lang: str) -> str:
    """Return an ISO 8601 month or day as mm/yyyy or dd/mm/yyyy, the node's `today` in a word, hidden as such."""
    if not when:
        return hidden(lang)
    if when == today:
        return tr("oggi", lang)
    if _ISO_MONTH.fullmatch(when):
        return f"{when[5:]}/{when[:4]}"
    try:
        return show_day(date.fromisoformat(when))
    except ValueError:
        return plain(when, 10)


def hidden(lang: str) -> str:
    """Return the word for a field that the answering body's policies hide."""
    return tr("riservato", lang)


def parse_amount(text: str) -> int:
    """Return the euro cents of an amount written as 1.234,50; raise `input.amount` or `input.amount_negative`."""
    from babel.numbers import NumberFormatError, parse_decimal  # noqa: PLC0415 - 60 ms that `--help` does not need

    written = text.strip().removesuffix("€").strip()
    if not _AMOUNT.fullmatch(written):  # Babel alone would read 1e3 and the digits of other scripts
        raise MagliaError(Code.INPUT_AMOUNT, value=plain(text, 40))
    try:
        value = parse_decimal(written, locale="it_IT", strict=True)
    except NumberFormatError as error:
        raise MagliaError(Code.INPUT_AMOUNT, value=plain(text, 40)) from error
    if value <= 0:
        raise MagliaError(Code.INPUT_AMOUNT_NEGATIVE, value=plain(text, 40))
    return int(value * 100)


def show_amount(cents: int) -> str:
    """Return euro cents as 1.234,50 €."""
    euros, rest = divmod(cents, 100)
    return f"{euros:,}".replace(",", ".") + f",{rest:02d} €"
