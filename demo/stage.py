"""Where cases are planted: draws people whom no other record names, and files records with bodies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from demo.bodies import Body
from demo.history import aid
from demo.people import Codes, Household, make_household
from demo.records import Record
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import Facet, Kind, Visibility


class Stage:
    """The district while cases are planted; `records` are by member id."""

    def __init__(self, rng: Random, codes: Codes, bodies: list[Body], today: date) -> None:
        self._rng = rng
        self._codes = codes
        self._bodies = bodies
        self._households = 0
        self.today = today
        self.records: dict[str, list[Record]] = {body.member_id: [] for body in bodies}

    def household(self) -> Household:
        """Return two new people with plain tax codes, a meter of their own, and no record anywhere."""
        self._households += 1
        made = make_household(self._codes, self._rng, self._households)
        return replace(made, members=(self._codes.tax_code(), self._codes.tax_code()))

    def namesake(self, identifier: Identifier) -> Identifier:
        """Return the other person who bears the omocode of a tax code."""
        return self._codes.omocode(identifier)

    def first(self, kind: Kind) -> Body:
        """Return the first body of a kind."""
        return next(body for body in self._bodies if body.kind is kind)

    def last(self, kind: Kind) -> Body:
        """Return the last body of a kind, which in a small district is the first too."""
        return next(body for body in reversed(self._bodies) if body.kind is kind)

    def food_givers(self, asker: Body) -> list[Body]:
        """Return the third-sector bodies that give food besides the asker: parishes first, then food banks."""
        order = (Kind.PARISH, Kind.FOOD_BANK, Kind.ONLUS, Kind.ODV)
        others = [b for b in self._bodies if b is not asker and not b.is_public and Facet.FOOD_PARCEL in b.facets]
        return sorted(others, key=lambda body: order.index(body.kind))

    def add(self, body: Body, record: Record) -> None:
        """File a record as it is."""
        self.records[body.member_id].append(record)

    def food(
        self,
        giver: Body,
        household: Household,
        *,
        days_ago: int,
        visibility: Visibility = Visibility.NETWORK,
        consented: bool = True,
    ) -> None:
        """File one food parcel given to the household's first person by a third-sector body."""
        parcel = aid(giver, household, Facet.FOOD_PARCEL, self.today - timedelta(days=days_ago), 30_00)
        self.add(giver, replace(parcel, visibility=visibility, consent=parcel.consent if consented else None))

    def protocol(self, number: int) -> str:
        """Return the protocol number of a case of this year."""
        return f"PG/{self.today.year}/{number:04d}"
