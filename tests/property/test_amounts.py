"""Amounts as Italians write them: read as the library of the world's locales reads them, or refused."""

from __future__ import annotations

from babel.numbers import NumberFormatError, parse_decimal
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maglia.core.errors import Code, MagliaError
from node.domain.forms import MAX_AMOUNT_CENTS, read_italian_amount

WRITTEN = st.text("0123456789.,-", min_size=1, max_size=12) | st.from_regex(
    r"-?[0-9]{1,3}(\.[0-9]{2,4}){0,3}(,[0-9]{1,4})?", fullmatch=True
)


@settings(max_examples=400, deadline=None)
@given(WRITTEN)
@example("1.234,50")
@example("1.234,500")
@example("1234,5")
@example("0.500")
@example("1.23")
@example("12345.678")
def test_an_amount_is_read_as_its_locale_has_it_or_refused(text: str) -> None:
    assert _read(text) == _expected(text)


def _read(text: str) -> int | Code:
    try:
        return read_italian_amount(text)
    except MagliaError as error:
        return error.code


def _expected(text: str) -> int | Code:
    written = text.removesuffix(",") if text.count(",") == 1 else text  # `1.234,` can be nothing but 1.234
    try:
        cents = parse_decimal(written, locale="it_IT", strict=True) * 100
    except NumberFormatError:
        return Code.INPUT_AMOUNT
    if not written.removeprefix("-")[0].isdigit() or cents != int(cents):
        return Code.INPUT_AMOUNT
    if cents <= 0:
        return Code.INPUT_AMOUNT_NEGATIVE
    return int(cents) if cents <= MAX_AMOUNT_CENTS else Code.INPUT_AMOUNT_LIMIT
