"""What people write in forms and files, read strictly: never guessed, and refused with the field's name.

Refusals quote what was written only where it can't be a code (`echo`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo as echo  # noqa: PLC0414 - the doors of forms quote with it too
from maglia.core.quoted import may_hold_code
from maglia.core.vocabulary import (
    PUBLIC_KINDS,
    SPECIAL_PREFIXES,
    Basis,
    Facet,
    Frequency,
    Kind,
    Role,
    is_special,
)
from node.domain.model import Operator
from node.domain.sheet import Day

T = TypeVar("T")
EARLIEST = date(1990, 1, 1)
LATEST = date(2099, 12, 31)
MAX_AMOUNT_CENTS = 1_000_000_00
MAX_TEXT = 200
"""Characters of a creditor, a protocol number or a notice's version."""

_ALLOWED_FACETS = ", ".join(Facet)
_SPECIAL = re.compile(rf"({'|'.join(SPECIAL_PREFIXES)})[a-z][a-z_]{{0,39}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[ \t\r\n]+")
_ITALIAN_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMOUNT = re.compile(r"(-?(?:[0-9]{1,20}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,6}))(?:,([0-9]{0,2})0*)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@lru_cache(maxsize=1024)
def read_facet(text: str) -> str:
    """Return a shareable facet's code or a special-category one; raise `input.facet` for any other."""
    code = text.strip().lower()
    if code in frozenset(Facet) or (is_special(code) and _SPECIAL.fullmatch(code)):
        return code
    raise MagliaError(Code.INPUT_FACET, value=echo(text), allowed=_ALLOWED_FACETS)


@lru_cache(maxsize=8192, typed=True)
def read_italian_day(text: str, latest: date) -> date:
    """Return the day written dd/mm/yyyy, between 1990 and `latest`; of a spreadsheet's day the time is left out.

    Raises `input.date`, `input.date_early` before 1990, `input.date_future` after `latest`.
    """
    written = text[:10] if isinstance(text, Day) else text.strip()
    match = _ITALIAN_DAY.fullmatch(written)
    return _day(text, (match[3], match[2], match[1]) if match else None, latest)


def read_iso_day(text: str, latest: date) -> date:
    """Return the day written yyyy-mm-dd; raises as `read_italian_day`, with the day as people write it."""
    match = _ISO_DAY.fullmatch(text.strip())
    written = f"{match[3]}/{match[2]}/{match[1]}" if match else text
    return _day(written, (match[1], match[2], match[3]) if match else None, latest)


def _day(written: str, parts: tuple[str, str, str] | None, latest: date) -> date:
    try:
        day = date(*map(int, parts)) if parts else None
    except ValueError:
        day = None
    if day is None:
        raise MagliaError(Code.INPUT_DATE, value=echo(written))
    if day < EARLIEST:
        raise MagliaError(Code.INPUT_DATE_EARLY, value=echo(written), earliest=f"{EARLIEST:%d/%m/%Y}")
    if day > latest:
        raise MagliaError(Code.INPUT_DATE_FUTURE, value=echo(written), latest=f"{latest:%d/%m/%Y}")
    return day


def read_italian_amount(text: str) -> int:
    """Return euro cents from an amount written 1.234,50; another country's writing is refused, never guessed.

    Raises `input.amount`, `input.amount_negative` for zero and below, `input.amount_limit` above a million euro.
    """
    written = text.strip()
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise MagliaError(Code.INPUT_AMOUNT, value=echo(text))
    return check_amount(in_cents(match[1].replace(".", ""), match[2] or ""), "importo", written)


def in_cents(euros: str, decimals: str) -> int:
    """Return the cents of an amount's whole part, perhaps with a minus, and of its two decimals at most."""
    cents = abs(int(euros)) * 100 + int(f"{decimals:0<2}")
    return -cents if euros.startswith("-") else cents


def check_amount(cents: int, field: str, written: str | None = None) -> int:
    """Return the amount; raise `input.amount_negative` for zero and below, `input.amount_limit` above a million."""
    if cents <= 0:
        shown = written or f"{Decimal(cents) / 100:.2f}".replace(".", ",")
        raise MagliaError(Code.INPUT_AMOUNT_NEGATIVE, value=echo(shown))
    if cents > MAX_AMOUNT_CENTS:
        raise MagliaError(Code.INPUT_AMOUNT_LIMIT, field=field, limit=f"{in_italian(MAX_AMOUNT_CENTS // 100)},00 €")
    return cents


def read_text(text: str, field: str, *, required: bool = False, longest: int = MAX_TEXT) -> str:
    """Return one line of text with single spaces.

    Raises `input.text_long`, `input.text_control`, `input.missing`.
    """
    # Most texts are one line already, and taking them apart is a good part of reading a long file.
    line = text if text.isalnum() else " ".join(_SPACES.split(text)).strip()
    if len(line) > longest:
        raise MagliaError(Code.INPUT_TEXT_LONG, field=field, limit=in_italian(longest))
    if _CONTROL.search(line):
        raise MagliaError(Code.INPUT_TEXT_CONTROL, field=field)
    if required and not line:
        raise MagliaError(Code.INPUT_MISSING, field=field)
    return line


def in_italian(number: int) -> str:
    """Return a number with points between its thousands."""
    return f"{number:,}".replace(",", ".")


def read_reason(text: str, field: str, *, required: bool = False) -> str:
    """Return one line that says why, kept longer than the person is; raise `input.code_inside` where a code may be."""
    line = read_text(text, field, required=required)
    if may_hold_code(line):
        raise MagliaError(Code.INPUT_CODE_INSIDE, field=field)
    return line


def read_language(text: str, field: str) -> str:
    """Return a language's code of two or three letters (ISO 639); else raise `input.field`."""
    code = text.strip().lower()
    if not _LANGUAGE.fullmatch(code):
        raise MagliaError(Code.INPUT_FIELD, field=field)
    return code


def read_choice(text: str, choices: Mapping[str, T], field: str) -> T:
    """Return what the word stands for, case and spaces aside; else raise `input.field`."""
    word = " ".join(text.lower().replace("_", " ").split())
    if word not in choices:
        raise MagliaError(Code.INPUT_FIELD, field=field)
    return choices[word]


def read_period(begin: date | None, end: date | None) -> tuple[date | None, date | None]:
    """Return the period; raise `input.date_order` when it ends before it begins."""
    if begin is not None and end is not None and end < begin:
        raise MagliaError(Code.INPUT_DATE_ORDER, first=f"{begin:%d/%m/%Y}", last=f"{end:%d/%m/%Y}")
    return begin, end


def check_monthly(
    frequency: Frequency, amount: int | None, begin: date | None, amount_field: str, begin_field: str
) -> None:
    """Raise `input.missing` for monthly help without what a month comes to, or without the month it begins."""
    if frequency is Frequency.MONTHLY:
        for value, field in ((amount, amount_field), (begin, begin_field)):
            if value is None:
                raise MagliaError(Code.INPUT_MISSING, field=field)


def default_basis(kind: Kind) -> Basis:
    """Return on what a body of this kind acts: public task or consent (law rule 2)."""
    return Basis.PUBLIC_TASK if kind in PUBLIC_KINDS else Basis.CONSENT


def check_basis(basis: Basis, kind: Kind, field: str) -> Basis:
    """Return the basis; raise `input.field` when a body that is not public claims a public task (law rule 2)."""
    if basis is Basis.NONE or (basis is Basis.PUBLIC_TASK and kind not in PUBLIC_KINDS):
        raise MagliaError(Code.INPUT_FIELD, field=field)
    return basis


def new_operator(user: str, name: str, role: str) -> Operator:
    """Return an operator, valid in form; raise `input.field`."""
    if not user or len(user) > 40 or not user.replace("-", "").replace(".", "").isalnum():
        raise MagliaError(Code.INPUT_FIELD, field="user")
    if role not in frozenset(Role):
        raise MagliaError(Code.INPUT_FIELD, field="role")
    return Operator(user, name or user, Role(role))
