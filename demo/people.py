"""Fictional persons and households: codes that validate and can be nobody's.

A tax code holds three letters of the surname and three of the name. No name known to Italian registries yields XQZ or
XQW, so these codes pass every check and meet no card. Supply numbers name a distributor, leases an office, and permits
a region that do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from maglia.core.identifiers import (
    Identifier,
    parse_identifier,
    parse_need,
    provisional_check_digit,
    tax_code_check_letter,
)

TRIPLES = ("XQZ", "XQW")
"""Letters of surnames and names that no one bears."""

BIRTHPLACES = ("D150", "D142", "F205", "F704", "B157", "A794", "H501", "F839", "G273", "L219")
"""Belfiore codes of comuni that existed throughout the births drawn here."""

BIRTHPLACES_ABROAD = ("Z129", "Z330", "Z100", "Z352", "Z336", "Z222", "Z335", "Z343")
"""Belfiore codes of states, likewise."""

_MONTHS = "ABCDEHLMPRST"
_OMOCODIA = str.maketrans("0123456789", "LMNPQRSTUV")
_YEAR = 365


@dataclass(frozen=True)
class Household:
    """People who live together, the first being who comes to the counter; supplies may be missing or shared."""

    number: int
    members: tuple[Identifier, ...]
    pod: Identifier
    pdr: Identifier | None
    lease: Identifier | None
    landlord: str


class Codes:
    """Issues fictional codes, none twice."""

    def __init__(self, rng: Random, today: date) -> None:
        self._rng = rng
        self._today = today
        self._issued: set[str] = set()
        self._serial = 0

    def person(self, *, child: bool = False) -> Identifier:
        """Return a new person: nearly always a plain tax code, else an omocode, a provisional code or a permit."""
        kind = self._rng.random()
        if child or kind < 0.97:
            return self.tax_code(child=child)
        if kind < 0.975:
            return self.omocode(self.tax_code())
        return self.provisional() if kind < 0.983 else self.permit("STP" if kind < 0.994 else "ENI")

    def tax_code(self, *, child: bool = False) -> Identifier:
        """Return a new 16-character tax code, with digits in all their places."""
        while True:
            first_15 = self._draw(child)
            code = first_15 + tax_code_check_letter(first_15)
            if code not in self._issued:
                break
        self._issued.add(code)
        return parse_identifier(code)

    def omocode(self, of: Identifier) -> Identifier:
        """Return the other person who was given the code of `of` with its last digit as a letter."""
        first_15 = of.value[:14] + of.value[14].translate(_OMOCODIA)
        return parse_identifier(first_15 + tax_code_check_letter(first_15))

    def provisional(self) -> Identifier:
        """Return a new 11-digit code of office 000, which issues none."""
        first_10 = f"{self._next():07d}000"
        return parse_identifier(first_10 + provisional_check_digit(first_10))

    def permit(self, kind: str) -> Identifier:
        """Return a new STP or ENI code of region 000, which does not exist."""
        return parse_identifier(f"{kind}000000{self._next():07d}")

    def pod(self) -> Identifier:
        """Return a new electricity supply of distributor 999."""
        return parse_need(f"POD:IT999E{self._next():08d}")

    def pdr(self) -> Identifier:
        """Return a new gas supply."""
        return parse_need(f"PDR:9999{self._next():010d}")

    def lease(self) -> Identifier:
        """Return a new lease registered in the last years at office XQZ."""
        year = self._today.year - self._rng.randrange(1, 5)
        return parse_need(f"LEASE:XQZ/{year}/3T/{self._next():06d}")

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _draw(self, child: bool) -> str:
        rng = self._rng
        age_days = rng.randrange(1, 17 * _YEAR) if child else rng.randrange(19 * _YEAR, 85 * _YEAR)
        born = self._today - timedelta(days=age_days)
        day = born.day + (40 if rng.random() < 0.55 else 0)
        place = rng.choice(BIRTHPLACES if rng.random() < 0.7 else BIRTHPLACES_ABROAD)
        letters = rng.choice(TRIPLES) + rng.choice(TRIPLES)
        return f"{letters}{born.year % 100:02d}{_MONTHS[born.month - 1]}{day:02d}{place}"


def make_households(codes: Codes, rng: Random, count: int) -> list[Household]:
    """Return `count` households of one to five people; one in twenty shares its meter with the one before."""
    households: list[Household] = []
    for number in range(1, count + 1):
        shared = households[-1].pod if households and rng.random() < 0.05 else None
        households.append(make_household(codes, rng, number, pod=shared))
    return households


def make_household(codes: Codes, rng: Random, number: int, pod: Identifier | None = None) -> Household:
    """Return one household: an adult, mostly a second one, and children."""
    adults = 1 if rng.random() < 0.3 else 2
    children = rng.choice((0, 0, 1, 1, 2, 3))
    return Household(
        number=number,
        members=(
            *(codes.person() for _ in range(adults)),
            *(codes.person(child=True) for _ in range(children)),
        ),
        pod=pod or codes.pod(),
        pdr=codes.pdr() if rng.random() < 0.8 else None,
        lease=codes.lease() if rng.random() < 0.6 else None,
        landlord=f"Immobiliare Fittizia {1 + number % 40}",
    )
