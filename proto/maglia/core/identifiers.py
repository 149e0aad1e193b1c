"""Codes of persons and of needs: valid, in one normal form, and never shown by accident.

A code is normalised only where writing varies (spaces, case, a scanner's frame), never where identity varies: a letter
of *omocodia* stays, since the code with the digit belongs to another person. `docs/adr/0004-identifiers.md` says why
the check is done here and not by a library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from maglia.core.countries import ISSUERS
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PseudonymClass

TypedInput = NewType("TypedInput", bytes)
"""What is blinded: `cf:...`, `need:pod:...`. Only an `Identifier` makes one, so that nothing else has a pseudonym."""


class IdentifierType(StrEnum):
    """What a code is; the value is the prefix of the pseudonym's input (design 5, typed inputs)."""

    CF = "cf"
    PCF = "pcf"
    STP = "stp"
    ENI = "eni"
    DOC = "doc"
    POD = "pod"
    PDR = "pdr"
    LEASE = "lease"


COMPOSITE_PREFIX = "NOME:"
"""Before the number of a person without a code: a *composite name* has no typed input, and never leaves its body."""

WEAK_TYPES = frozenset({IdentifierType.STP, IdentifierType.ENI, IdentifierType.DOC})
"""Identities that are renewed, shared or reissued: a match is likely, not certain."""

NEED_TYPES = frozenset({IdentifierType.POD, IdentifierType.PDR, IdentifierType.LEASE})
"""What help is for: an electricity supply, a gas supply, a registered lease."""


@dataclass(frozen=True, repr=False)
class Identifier:
    """A code in its normal form, made by `parse_identifier` or `parse_need`; its `repr` shows the type only."""

    type: IdentifierType
    value: str

    def __hash__(self) -> int:
        return hash(self.value)  # a text keeps its own; with the type it would be reckoned anew each time

    def __repr__(self) -> str:
        return f"Identifier({self.type.value}:…)"

    @property
    def is_weak(self) -> bool:
        """Whether a match of this code is only likely (STP, ENI, documents)."""
        return self.type in WEAK_TYPES

    @property
    def pseudonym_class(self) -> PseudonymClass:
        """Which keys stand for this code: those of persons or those of needs."""
        return PseudonymClass.NEED if self.type in NEED_TYPES else PseudonymClass.PERSON

    @property
    def text(self) -> str:
        """The code as people write it; parsing it again gives this identifier. Holds the code: never for a log."""
        prefixed = self.type in NEED_TYPES or self.type is IdentifierType.DOC
        return f"{self.type.value.upper()}:{self.value}" if prefixed else self.value

    def pseudonym_input(self) -> TypedInput:
        """Return the bytes that are blinded: `cf:...` for a person, `need:pod:...` for a need."""
        prefix = "need:" if self.type in NEED_TYPES else ""
        return TypedInput(f"{prefix}{self.type}:{self.value}".encode("ascii"))


def parse_identifier(text: str) -> Identifier:
    """Return the identifier of a person from a typed or scanned code.

    Accepts a codice fiscale (16 characters, omocodia kept), a provisional one (11 digits), STP or ENI and 13 digits,
    and `DOC:P/UTO/L898902C3` for a foreign document. Raises `MagliaError` with code `input.identifier_length`, `_form`
    or `_check`, `input.document`, `input.composite_name`, and never with the text itself.
    """
    if _is_name(text):
        raise MagliaError(Code.INPUT_COMPOSITE_NAME)
    code = _squeeze(text).strip("*")
    if code.startswith(COMPOSITE_PREFIX):
        raise MagliaError(Code.INPUT_COMPOSITE_NAME)
    if code.startswith("DOC:"):
        return Identifier(IdentifierType.DOC, _document(code.removeprefix("DOC:")))
    if len(code) == 11:
        return Identifier(IdentifierType.PCF, _provisional(code))
    if len(code) != 16:
        raise MagliaError(Code.INPUT_IDENTIFIER_LENGTH, length=len(code))
    if foreign := _FOREIGN.fullmatch(code):
        return Identifier(IdentifierType(foreign["type"].lower()), code)
    return Identifier(IdentifierType.CF, _tax_code(code))


def typed_input(data: bytes) -> TypedInput:
    """Return kept bytes as what may be blinded; raise `input.composite_name` unless they begin with a known type."""
    if not data.startswith(_TYPES):
        raise MagliaError(Code.INPUT_COMPOSITE_NAME, cause="no typed input")
    return TypedInput(data)


def local_number(text: str) -> int | None:
    """Return the number behind `NOME:7`, by which one body alone knows a person without a code; None for other text."""
    found = _LOCAL.fullmatch("".join(text.split()).upper())
    return int(found[1]) if found else None


def parse_need(text: str) -> Identifier:
    """Return the identifier of what help is for: a supply or a registered lease.

    Accepts `POD:IT001E12345678`, `PDR:` and 14 digits, `LEASE:office/year/series/number`. Raises `MagliaError` with
    code `input.supply`, without the number.
    """
    prefix, _, number = _squeeze(text, wrong=Code.INPUT_SUPPLY).partition(":")
    parse = _NEEDS.get(prefix)
    if parse is None:
        raise MagliaError(Code.INPUT_SUPPLY, cause="unknown prefix")
    return Identifier(IdentifierType(prefix.lower()), parse(number))


def tax_code_check_letter(first_15: str) -> str:
    """Return the 16th character of a codice fiscale (D.M. 23/12/1976, art. 7); `first_15` are A-Z and 0-9."""
    total = sum(map(_ODD_VALUES.__getitem__, first_15[::2])) + sum(map(_EVEN_VALUES.__getitem__, first_15[1::2]))
    return chr(ord("A") + total % 26)


def provisional_check_digit(first_10: str) -> str:
    """Return the 11th digit of a numeric codice fiscale: Luhn's, as for a VAT number (D.M. 23/12/1976, art. 11)."""
    total = 0
    for index, character in enumerate(first_10):
        weighted = int(character) * (1 + index % 2)
        total += weighted - 9 if weighted > 9 else weighted
    return str(-total % 10)


_ODD_ORDER = "BAKPLCQDREVOSFTGUHMINJWZYX"  # the value of a character in an odd place is its letter's position here
_EVEN_VALUES = {character: rank for rank, character in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {
    character: rank for rank, character in enumerate("0123456789")
}
_ODD_VALUES = {character: _ODD_ORDER.index(chr(ord("A") + rank)) for character, rank in _EVEN_VALUES.items()}

_OMOCODIA = "LMNPQRSTUV"  # the letters that stand for 0-9 in an omocode
_DIGIT = f"[0-9{_OMOCODIA}]"
_MONTHS = "ABCDEHLMPRST"
_TAX_CODE = re.compile(
    rf"[A-Z]{{6}}(?P<year>{_DIGIT}{{2}})(?P<month>[{_MONTHS}])(?P<day>{_DIGIT}{{2}})[A-Z]{_DIGIT}{{3}}[A-Z]"
)
_FOREIGN = re.compile(r"(?P<type>STP|ENI)[0-9]{13}")
_PROVISIONAL = re.compile(r"[0-9]{11}")
_DOCUMENT = re.compile(r"(?P<type>[PIT])/(?P<country>[A-Z]{3})/(?P<number>[A-Z0-9]{5,20})")
_LOCAL = re.compile(rf"{COMPOSITE_PREFIX}([1-9][0-9]{{0,8}})")
_POD = re.compile(r"(?P<supply>IT[0-9]{3}E[0-9]{8})[A-Z0-9]?")
_PDR = re.compile(r"[0-9]{14}")
_LEASE = re.compile(
    r"(?P<office>[A-Z0-9]{3})/(?P<year>(19|20)[0-9]{2})/(?P<series>[A-Z0-9]{1,2})/0*(?P<number>[1-9][0-9]{0,8})"
)
_TYPES = tuple(
    f"need:{kind.value}:".encode() if kind in NEED_TYPES else f"{kind.value}:".encode() for kind in IdentifierType
)
_LONGEST_MONTH = dict(zip(_MONTHS, (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
_WOMEN = 40  # added to the day of birth


def _squeeze(text: str, *, wrong: Code = Code.INPUT_IDENTIFIER_FORM) -> str:
    """Drop white space and upper-case. ASCII is checked before: `ı` and `ſ` would become I and S."""
    code = "".join(text.split())
    if not code.isascii():
        raise MagliaError(wrong, cause="not ASCII")
    return code.upper()


def _is_name(text: str) -> bool:
    """Whether a name stands where a code goes: words of letters only, unless 16 of them may be an omocode."""
    words = text.split()
    return len(words) > 1 and "".join(words).isalpha() and len("".join(words)) != 16


def _tax_code(code: str) -> str:
    parts = _TAX_CODE.fullmatch(code)
    if parts is None or not _is_date(_digits(parts["year"]), parts["month"], _digits(parts["day"])):
        raise MagliaError(Code.INPUT_IDENTIFIER_FORM, cause="tax code")
    if tax_code_check_letter(code[:15]) != code[15]:
        raise MagliaError(Code.INPUT_IDENTIFIER_CHECK)
    return code


def _digits(text: str) -> int:
    """Read omocodia letters as the digits they stand for, only to judge the date of birth."""
    return int("".join(str(_OMOCODIA.index(c)) if c in _OMOCODIA else c for c in text))


def _is_date(year: int, month: str, day: int) -> bool:
    """Whether the day exists, in either century (a code does not tell 1900 from 2000, and 2000 was a leap year)."""
    born = day - _WOMEN if day > _WOMEN else day
    longest = 28 if month == "B" and year % 4 else _LONGEST_MONTH[month]
    return 1 <= born <= longest


def _provisional(code: str) -> str:
    if not _PROVISIONAL.fullmatch(code) or not code.strip("0"):
        raise MagliaError(Code.INPUT_IDENTIFIER_FORM, cause="provisional tax code")
    if provisional_check_digit(code[:10]) != code[10]:
        raise MagliaError(Code.INPUT_IDENTIFIER_CHECK)
    return code


def _document(text: str) -> str:
    """Type, issuing country and number; separators inside a number are dropped, since print varies in them."""
    kind, _, rest = text.partition("/")
    country, _, number = rest.partition("/")
    parts = _DOCUMENT.fullmatch(f"{kind}/{country}/{re.sub(r'[-./]', '', number)}")
    if parts is None or parts["country"] not in ISSUERS or not any(map(str.isdigit, parts["number"])):
        raise MagliaError(Code.INPUT_DOCUMENT)
    return parts[0]


def _pod(number: str) -> str:
    """Bills print a POD with or without a 15th, optional character (unsure: its meaning); 14 name the supply."""
    parts = _POD.fullmatch(number.replace("-", ""))
    if parts is None:
        raise MagliaError(Code.INPUT_SUPPLY, cause="POD")
    return parts["supply"]


def _pdr(number: str) -> str:
    if not _PDR.fullmatch(number):
        raise MagliaError(Code.INPUT_SUPPLY, cause="PDR")
    return number


def _lease(number: str) -> str:
    """Office, year, series and number of registration; leading zeros of the number are writing, not identity."""
    parts = _LEASE.fullmatch(number)
    if parts is None:
        raise MagliaError(Code.INPUT_SUPPLY, cause="lease")
    return f"{parts['office']}/{parts['year']}/{parts['series']}/{parts['number']}"


_NEEDS: dict[str, Callable[[str], str]] = {"POD": _pod, "PDR": _pdr, "LEASE": _lease}
