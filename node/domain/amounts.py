"""Amounts in files whose decimals may have a point or a comma: read when it is known which, asked about otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from maglia.core.errors import Code, MagliaError
from node.domain.forms import check_amount, echo, in_cents, read_italian_amount
from node.domain.sheet import Number

_WITH_COMMA = re.compile(r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]{1,2})?")
_WITH_POINT = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?")


class Decimals(StrEnum):
    """What stands before the decimals of an amount that is a text."""

    POINT = "punto"
    COMMA = "virgola"


def has_point_decimals(amounts: Iterable[str]) -> bool:
    """Return whether some amount, such as `1234.50`, can only be one with a point before its decimals."""
    return any(map(is_with_point, amounts))


def is_with_point(text: str) -> bool:
    """Return whether an amount can only be one with a point before its decimals, such as `1234.50` or `1,234`."""
    if isinstance(text, Number):
        return False
    written = text.strip()
    return bool(_WITH_POINT.fullmatch(written)) and not _WITH_COMMA.fullmatch(written)


def read_amount(text: str, decimals: Decimals | None = None, *, doubtful: bool = False) -> int:
    """Return euro cents; a number of a spreadsheet is what it is, a text is read with the decimals that somebody named.

    `doubtful` says that the same column has amounts with a point before their decimals: there `1.234` may be either.
    Raises `input.decimals` where nobody said and it can't be known, `input.amount_point`, and as
    `read_italian_amount`.
    """
    written = text.strip()
    if isinstance(text, Number) or decimals is Decimals.COMMA:
        return read_italian_amount(str(text))
    if decimals is Decimals.POINT:
        if not _WITH_POINT.fullmatch(written):
            raise MagliaError(Code.INPUT_AMOUNT_POINT, value=echo(text))
        whole, _, rest = written.replace(",", "").partition(".")
        return check_amount(in_cents(whole, rest), "importo", written)
    if is_with_point(text) or (doubtful and "." in written and _WITH_COMMA.fullmatch(written) and "," not in written):
        raise MagliaError(Code.INPUT_DECIMALS, value=echo(text))
    return read_italian_amount(str(text))
