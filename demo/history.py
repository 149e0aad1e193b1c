"""Two years of plausible aid at one body: who came, what for, how much, and what may be shared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from demo.bodies import Body, Pattern
from demo.people import Household
from demo.records import Record
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import FAMILY, AidStatus, Basis, Facet, Family, Kind, Visibility

DAYS_BACK = 725
"""How far the records reach: under the 24 months after which aid of the shortest retention expires."""

SPECIAL_FACETS = ("health_visit", "disability_transport", "addiction_support", "violence_shelter")
"""Facets that are recorded and never leave."""

_VISITS_PER_HOUSEHOLD = 7
_EUROS: dict[Family, tuple[int, int]] = {
    Family.HOUSING: (150, 1_800),
    Family.UTILITIES: (40, 420),
    Family.FOOD: (15, 60),
    Family.MONEY: (100, 600),
    Family.GOODS: (10, 120),
    Family.MEDICINE: (8, 90),
    Family.SCHOOL: (20, 250),
    Family.TRANSPORT: (5, 40),
}
_SUPPLIERS = {
    Facet.ELECTRICITY: "Luce Esempio",
    Facet.GAS: "Gas Esempio",
    Facet.HEATING: "Calore Esempio",
    Facet.WATER: "Acque d'Esempio",
}


def make_history(
    rng: Random, today: date, body: Body, pattern: Pattern, households: list[Household], count: int
) -> list[Record]:
    """Return `count` records of the body for its own part of the households."""
    clients = rng.sample(households, min(len(households), max(10, count // _VISITS_PER_HOUSEHOLD)))
    facets, weights = list(pattern.facets), list(pattern.facets.values())
    records = []
    for _ in range(count):
        facet = rng.choices(facets, weights)[0]
        records.append(_record(rng, today, body, rng.choice(clients), facet))
    if body.is_public or body.kind is Kind.ONLUS:
        records[:8] = [_special(rng, record) for record in records[:8]]
    return records


def aid(body: Body, household: Household, facet: Facet, day: date, cents: int) -> Record:
    """Return a record that may be shared: to the household's first person, lawfully held, consented the same day."""
    since, until = month_before(day) if FAMILY[facet] in {Family.HOUSING, Family.UTILITIES} else (None, None)
    return Record(
        identifier=household.members[0],
        facet=facet,
        day=day,
        cents=cents,
        basis=Basis.PUBLIC_TASK if body.is_public else Basis.CONSENT,
        consent=None if body.is_public else day,
        creditor=household.landlord if FAMILY[facet] is Family.HOUSING else _SUPPLIERS.get(facet, ""),
        need=_need(household, facet),
        since=since,
        until=until,
    )


def month_before(day: date) -> tuple[date, date]:
    """Return first and last day of the month before that of `day`: the period a bill or a rent covers."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _need(household: Household, facet: Facet) -> Identifier | None:
    if facet is Facet.ELECTRICITY:
        return household.pod
    if facet in {Facet.GAS, Facet.HEATING}:
        return household.pdr
    return household.lease if FAMILY[facet] is Family.HOUSING else None


def _record(rng: Random, today: date, body: Body, household: Household, facet: Facet) -> Record:
    age = rng.randrange(DAYS_BACK)
    low, high = _EUROS[FAMILY[facet]]
    plain = aid(body, household, facet, today - timedelta(days=age), rng.randrange(low * 2, high * 2) * 50)
    member = household.members[0] if rng.random() < 0.8 else rng.choice(household.members)
    return replace(
        plain,
        identifier=member,
        status=_status(rng, facet, age),
        consent=_consent(rng, plain),
        visibility=_visibility(rng),
    )


def _status(rng: Random, facet: Facet, age: int) -> AidStatus:
    """Promises live for days (food for hours), so only fresh ones are still reserved."""
    if age < 7 and FAMILY[facet] is not Family.FOOD and rng.random() < 0.3:
        return AidStatus.RESERVED
    return AidStatus.CANCELLED if rng.random() < 0.02 else AidStatus.GIVEN


def _consent(rng: Random, plain: Record) -> date | None:
    """A consent is given up to a month before the aid, and one person in twenty gives none."""
    if plain.consent is None or rng.random() < 0.05:
        return None
    return plain.consent - timedelta(days=rng.randrange(30))


def _visibility(rng: Random) -> Visibility:
    return Visibility.ONLY_US if rng.random() < 0.04 else Visibility.NETWORK


def _special(rng: Random, record: Record) -> Record:
    """Turn a record into one of a special category: no creditor, no supply, nothing else to know."""
    return Record(
        identifier=record.identifier,
        facet=rng.choice(SPECIAL_FACETS),
        day=record.day,
        cents=record.cents,
        basis=record.basis,
        consent=record.consent,
    )
