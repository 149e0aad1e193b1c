"""Days and amounts said in words, so that whoever checks them reads what was understood and not what was typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_ONES = (
    *("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici"),
    *("tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"),
)
_TENS = ("", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")


def day_in_words(day: date, lang: str = "it") -> str:
    """Return the day with the name of its month: `21 novembre 2026`."""
    from babel.dates import format_date  # noqa: PLC0415 - a node at rest says no days

    return format_date(day, "long", locale=lang)


def cents_in_words(cents: int, lang: str = "it") -> str:
    """Return an amount in figures; in Italian in words too: `1.234,50 € (milleduecentotrentaquattro euro e 50)`."""
    from babel.numbers import format_currency  # noqa: PLC0415 - a node at rest says no amounts

    figures = format_currency(Decimal(cents) / 100, "EUR", locale="it_IT" if lang == "it" else lang)
    if lang != "it":
        return figures
    euros, rest = divmod(abs(cents), 100)
    return f"{figures} ({number_in_words(euros)} euro{f' e {rest:02d}' if rest else ''})"


def number_in_words(number: int) -> str:
    """Return an Italian whole number from 0 below a thousand million, as on a cheque."""
    if number >= 1_000_000:
        millions, rest = divmod(number, 1_000_000)
        head = "unmilione" if millions == 1 else f"{number_in_words(millions)}milioni"
        return head + (number_in_words(rest) if rest else "")
    if number >= 1_000:
        thousands, rest = divmod(number, 1_000)
        head = "mille" if thousands == 1 else f"{number_in_words(thousands)}mila"
        return head + (number_in_words(rest) if rest else "")
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        head = "cento" if hundreds == 1 else f"{_ONES[hundreds]}cento"
        return head + (number_in_words(rest) if rest else "")
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    word = _TENS[tens]
    if not ones:
        return word
    # "ventuno", "trentotto": the tens lose their vowel before another one; a final "tre" has an accent.
    return (word[:-1] if ones in {1, 8} else word) + ("tré" if ones == 3 else _ONES[ones])
