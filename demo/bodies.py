"""The fictional bodies of the district: what each gives, what it may ask, and who works there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from maglia.core.identifiers import provisional_check_digit
from maglia.core.vocabulary import PUBLIC_KINDS, Facet, Kind, Purpose, Role


class Operator(NamedTuple):
    """Who works at a body. The password is fictional and printed in the demo's own file."""

    user: str
    password: str
    role: Role


class Proof(NamedTuple):
    """Where a body's existence is proved: `ipa`, `runts` or `ecclesiastical`; RUNTS has a section too."""

    root: str
    value: str
    section: str = ""


@dataclass(frozen=True)
class Body:
    """One accredited body, with everything its application states."""

    member_id: str
    name: str
    kind: Kind
    facets: tuple[Facet, ...]
    purposes: tuple[Purpose, ...]
    operators: tuple[Operator, ...]
    territory: tuple[str, ...]
    proof: Proof
    fiscal_code: str
    act: str
    act_protocol: str
    act_expiry: date
    referent: str
    contact: str

    @property
    def is_public(self) -> bool:
        """Whether the body acts on public task."""
        return self.kind in PUBLIC_KINDS

    def user(self, role: Role) -> str:
        """Return the user name of the operator with this role; raises `StopIteration` if there is none."""
        return next(operator.user for operator in self.operators if operator.role is role)


@dataclass(frozen=True)
class Call:
    """A call for applicants that the demo's officers declare: at most `cap` persons for each of the members."""

    id: str
    act: str
    cap: int
    last_day: date
    members: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """A model of body to draw from; `share` weighs its part of all records, `facets` its mix of aid."""

    name: str
    kind: Kind
    share: int
    facets: dict[Facet, int]


_COMUNE = {
    Facet.RENT_ARREARS: 4,
    Facet.RENT_CURRENT: 6,
    Facet.RENT_DEPOSIT: 1,
    Facet.ELECTRICITY: 6,
    Facet.GAS: 5,
    Facet.WATER: 2,
    Facet.HEATING: 2,
    Facet.FOOD_VOUCHER: 8,
    Facet.INCOME_SUPPORT: 6,
    Facet.SCHOOL: 5,
}
_PARISH = {Facet.FOOD_PARCEL: 12, Facet.BASIC_GOODS: 4, Facet.ELECTRICITY: 1, Facet.GAS: 1, Facet.MEDICINE: 1}
_ONLUS = {
    Facet.FOOD_PARCEL: 5,
    Facet.RENT_ARREARS: 2,
    Facet.ELECTRICITY: 3,
    Facet.GAS: 2,
    Facet.WATER: 1,
    Facet.LOAN: 1,
}

PATTERNS: tuple[Pattern, ...] = (
    Pattern("Comune di Borgo Esempio", Kind.COMUNE, 4, _COMUNE),
    Pattern("Parrocchia di San Nicolò", Kind.PARISH, 3, _PARISH),
    Pattern("Onlus Ponte Sereno", Kind.ONLUS, 3, _ONLUS),
    Pattern("Emporio Solidale Nord", Kind.FOOD_BANK, 4, {Facet.FOOD_PARCEL: 9, Facet.BASIC_GOODS: 3}),
    Pattern("Comune di Valle Esempio", Kind.COMUNE, 3, _COMUNE),
    Pattern("Parrocchia della Trinità", Kind.PARISH, 2, _PARISH),
    Pattern("Dispensa del Fiume", Kind.FOOD_BANK, 3, {Facet.FOOD_PARCEL: 8, Facet.CANTEEN: 6}),
    Pattern(
        "Volontari Mano Tesa",
        Kind.ODV,
        2,
        {Facet.TRANSPORT: 5, Facet.SCHOOL: 3, Facet.MEDICINE: 2, Facet.BASIC_GOODS: 3, Facet.FOOD_PARCEL: 2},
    ),
)
"""The district of eight; smaller ones take the first, larger ones go round again."""

_RUNTS_SECTION = {Kind.ODV: "ODV", Kind.ONLUS: "altri ETS", Kind.FOOD_BANK: "enti filantropici"}
_THIRD_SECTOR_PURPOSES = (Purpose.AID_OVERLAP, Purpose.REFERRAL)
_PUBLIC_PURPOSES = (
    *_THIRD_SECTOR_PURPOSES,
    Purpose.RENT_SUBSIDY,
    Purpose.UTILITY_SUBSIDY,
    Purpose.CALL_FOR_APPLICANTS,
)
_PUBLIC_STAFF = (
    ("bianca", Role.OFFICER),
    ("carlo", Role.SOCIAL_WORKER),
    ("dora", Role.MANAGER),
    ("elio", Role.NODE_ADMIN),
)
_THIRD_SECTOR_STAFF = (("anna", Role.VOLUNTEER), ("gino", Role.VOLUNTEER), ("marta", Role.MANAGER))
_TERRITORY = ("999001", "999002")  # no province has ISTAT code 999


def make_bodies(rng: Random, today: date, count: int) -> list[tuple[Body, Pattern]]:
    """Return `count` (3 to 100) bodies, each with the pattern it was drawn from. Raises `ValueError` outside."""
    if not 3 <= count <= 100:
        raise ValueError("bodies must be 3 to 100: choose a number in between")
    return [_make_body(rng, today, index) for index in range(count)]


def make_call(bodies: Iterable[Body], today: date) -> Call:
    """Return the comuni's call for help with rents: open for a year, also where the network's day is long past."""
    last_day = max(today, date.today()) + timedelta(days=365)
    members = tuple(sorted(body.member_id for body in bodies if body.is_public))
    return Call(f"bando-affitto-{today.year}", f"PG/{today.year}/900", 500, last_day, members)


def slug(name: str) -> str:
    """Return a member id: lower-case ASCII letters, digits and hyphens, without the small words of a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return "-".join(word for word in words if word not in {"di", "del", "della"})


def _make_body(rng: Random, today: date, index: int) -> tuple[Body, Pattern]:
    pattern = PATTERNS[index % len(PATTERNS)]
    turn = index // len(PATTERNS)
    name = pattern.name if turn == 0 else f"{pattern.name} {turn + 1}"
    public = pattern.kind in PUBLIC_KINDS
    first_10 = f"{9_000_000 + index}000"
    body = Body(
        member_id=slug(name),
        name=name,
        kind=pattern.kind,
        facets=tuple(pattern.facets),
        purposes=_PUBLIC_PURPOSES if public else _THIRD_SECTOR_PURPOSES,
        operators=tuple(
            Operator(user, f"prova-{user}-{rng.randrange(10**6):06d}", role)
            for user, role in (_PUBLIC_STAFF if public else _THIRD_SECTOR_STAFF)
        ),
        territory=_TERRITORY,
        proof=_proof(pattern.kind, index),
        fiscal_code=first_10 + provisional_check_digit(first_10),
        act="Determina di accreditamento (fittizia)",
        act_protocol=f"PG/{today.year - 1}/{index + 1:04d}",
        act_expiry=today + timedelta(days=3 * 365),
        referent="Dora Fittizi" if public else "Marta Fittizi",
        contact=f"referente@{slug(name)}.example",
    )
    return body, pattern


def _proof(kind: Kind, index: int) -> Proof:
    if kind in PUBLIC_KINDS:
        return Proof("ipa", f"c_x{index:03d}")
    if kind is Kind.PARISH:
        return Proof("ecclesiastical", f"Decreto fittizio n. {index + 1} del 1987")
    return Proof("runts", f"{900_000 + index}", _RUNTS_SECTION[kind])
