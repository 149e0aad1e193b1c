"""A second reading of typed inputs, written from docs/protocol/pseudonyms.md alone: no table or pattern is shared.

Character by character, as a language without regular expressions would do it.
"""

from __future__ import annotations

from pathlib import Path

WHITE = [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)]
WHITE += [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
OMOCODIA = dict(zip("LMNPQRSTUV", DIGITS, strict=True))
MONTH_DAYS = {
    "A": 31,
    "B": 29,
    "C": 31,
    "D": 30,
    "E": 31,
    "H": 30,
    "L": 31,
    "M": 31,
    "P": 30,
    "R": 31,
    "S": 30,
    "T": 31,
}
# Values of the characters in odd places, as the decree of 1976 prints them.
ODD = dict(zip(DIGITS, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)) | dict(
    zip(
        LETTERS,
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)


class RefusedError(ValueError):
    """The text is no identifier."""


def _need(condition: bool) -> None:
    if not condition:
        raise RefusedError


def _all_in(text: str, allowed: str) -> bool:
    return all(character in allowed for character in text)


def _written(text: str) -> str:
    kept = [character for character in text if ord(character) not in WHITE]
    _need(all(ord(character) < 128 for character in kept))
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in kept)


def person(text: str, countries: frozenset[str]) -> bytes:
    """Return the input of a person's code; `countries` are the codes of three letters of issuers."""
    code = _written(text)
    while code.startswith("*"):
        code = code[1:]
    while code.endswith("*"):
        code = code[:-1]
    _need(not code.startswith("NOME:"))
    if code.startswith("DOC:"):
        return b"doc:" + _document(code[4:], countries).encode()
    if len(code) == 11:
        return b"pcf:" + _provisional(code).encode()
    _need(len(code) == 16)
    if code[:3] in ("STP", "ENI") and _all_in(code[3:], DIGITS):
        return code[:3].lower().encode() + b":" + code.encode()
    return b"cf:" + _tax_code(code).encode()


def _document(text: str, countries: frozenset[str]) -> str:
    fields = text.split("/")
    _need(len(fields) >= 3)
    kind, country, number = fields[0], fields[1], "".join(fields[2:]).replace("-", "").replace(".", "")
    _need(kind in ("P", "I", "T") and country in countries)
    _need(5 <= len(number) <= 20 and _all_in(number, LETTERS + DIGITS) and any(c in DIGITS for c in number))
    return "/".join((kind, country, number))


def _provisional(code: str) -> str:
    _need(_all_in(code, DIGITS) and code != "0" * 11)
    total = 0
    for place, digit in enumerate(reversed(code)):  # Luhn, from the right
        value = int(digit) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    _need(total % 10 == 0)
    return code


def _tax_code(code: str) -> str:
    for place, character in enumerate(code):
        is_number = place in (6, 7, 9, 10, 12, 13, 14)
        _need(character in (DIGITS + "LMNPQRSTUV" if is_number else LETTERS))
    _need(code[8] in MONTH_DAYS)
    year, day = (int("".join(OMOCODIA.get(c, c) for c in part)) for part in (code[6:8], code[9:11]))
    day = day - 40 if day > 40 else day
    _need(1 <= day <= MONTH_DAYS[code[8]])
    _need(not (code[8] == "B" and day == 29 and year % 4 != 0))
    total = sum(ODD[code[place]] for place in range(0, 15, 2))
    for character in code[1:15:2]:
        total += int(character) if character in DIGITS else ord(character) - 65
    _need(chr(65 + total % 26) == code[15])
    return code


def need(text: str) -> bytes:
    """Return the input of a supply's or lease's number."""
    kind, colon, number = _written(text).partition(":")
    _need(colon == ":")
    if kind == "POD":
        number = number.replace("-", "")
        _need(len(number) == 14 or (len(number) == 15 and number[14] in LETTERS + DIGITS))
        _need(number[:2] == "IT" and number[5] == "E" and _all_in(number[2:5] + number[6:14], DIGITS))
        return b"need:pod:" + number[:14].encode()
    if kind == "PDR":
        _need(len(number) == 14 and _all_in(number, DIGITS))
        return b"need:pdr:" + number.encode()
    _need(kind == "LEASE")
    return b"need:lease:" + _lease(number).encode()


def _lease(text: str) -> str:
    fields = text.split("/")
    _need(len(fields) == 4)
    office, year, series, number = fields
    _need(len(office) == 3 and _all_in(office, LETTERS + DIGITS))
    _need(len(year) == 4 and _all_in(year, DIGITS) and year[:2] in ("19", "20"))
    _need(1 <= len(series) <= 2 and _all_in(series, LETTERS + DIGITS))
    _need(_all_in(number, DIGITS))
    while number.startswith("0"):
        number = number[1:]
    _need(1 <= len(number) <= 9)
    return "/".join((office, year, series, number))


def countries_of(document: Path) -> frozenset[str]:
    """Return the issuers that the document lists, between its two marks."""
    listed = document.read_text("utf-8").split("<!-- issuers -->")[1]
    return frozenset(word for word in listed.split() if len(word) == 3 and word.isalpha() and word.isupper())
