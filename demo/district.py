"""The whole fictional district: bodies, people, two years of records and planted cases, all from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from demo.bodies import Body, make_bodies
from demo.history import make_history
from demo.people import Codes, Household, make_households
from demo.planted import Planted, plant
from demo.records import Record, write_csv
from demo.stage import Stage
from maglia.core.identifiers import Identifier

TOTAL_RECORDS = 20_400
"""Records of the whole district, however many bodies share them; planted ones come on top."""

HOUSEHOLDS = 1_100
"""About three thousand people, so that no body's distinct persons exceed a day's enrolments at the registry."""


@dataclass(frozen=True)
class District:
    """A district on paper; `records` are by member id, oldest first."""

    today: date
    bodies: tuple[Body, ...]
    persons: tuple[Identifier, ...]
    records: dict[str, tuple[Record, ...]]
    planted: tuple[Planted, ...]

    def body(self, member_id: str) -> Body:
        """Return a body by its id; raises `StopIteration` if there is none."""
        return next(body for body in self.bodies if body.member_id == member_id)

    def case(self, planted_id: str) -> Planted:
        """Return a planted case by its id; raises `StopIteration` if there is none."""
        return next(case for case in self.planted if case.id == planted_id)

    def write_csv(self, path: Path, member_id: str) -> None:
        """Write one body's records as the file its node imports."""
        write_csv(path, self.records[member_id])


def build_district(seed: int, today: date, bodies: int = 8, total: int = TOTAL_RECORDS) -> District:
    """Return the district of `seed`, with dates relative to `today`.

    `bodies` are 3 to 100, else `ValueError`; they share `total` records, each body having one at least.
    """
    rng = Random(seed)
    drawn = make_bodies(rng, today, bodies)
    codes = Codes(rng, today)
    stage = Stage(rng, codes, [body for body, _ in drawn], today)
    planted = plant(stage)
    households = make_households(codes, rng, HOUSEHOLDS)
    shares = sum(pattern.share for _, pattern in drawn)
    records = {}
    for body, pattern in drawn:
        count = -(-total * pattern.share // shares)
        history = make_history(rng, today, body, pattern, households, count)
        records[body.member_id] = _filed(history + stage.records[body.member_id])
    return District(
        today=today,
        bodies=tuple(body for body, _ in drawn),
        persons=_persons(households, records, planted),
        records=records,
        planted=tuple(planted),
    )


def _filed(records: list[Record]) -> tuple[Record, ...]:
    """Order by day and number them, so that nothing tells a planted record from the others."""
    ordered = sorted(records, key=lambda record: (record.day, record.identifier.value))
    return tuple(replace(record, key=f"{number:05d}") for number, record in enumerate(ordered, start=1))


def _persons(
    households: list[Household], records: dict[str, tuple[Record, ...]], planted: list[Planted]
) -> tuple[Identifier, ...]:
    """Everyone, once, in an order that depends on the seed alone."""
    found = dict.fromkeys(member for household in households for member in household.members)
    found.update(dict.fromkeys(record.identifier for filed in records.values() for record in filed))
    found.update(dict.fromkeys(case.identifier for case in planted))
    return tuple(found)
