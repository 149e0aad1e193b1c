"""Persons and households as they travel between a console and its own node; these messages hold codes."""

from __future__ import annotations

from datetime import date

from maglia.v1 import persons_pb2 as pb
from node.domain.household_file import HouseholdFile, Place, WhoLives, person_text
from node.domain.linking import Linked, Side
from node.person_file import OnFile, PersonFile

_NO_CODE = "name"


def person_message(found: PersonFile, today: date) -> pb.PersonFile:
    """Return one person."""
    return pb.PersonFile(
        code=code_message(found.who),
        former=map(former_message, found.former),
        on_file=side_message(found.side),
        bases=map(_basis, found.bases),
        refused=_iso(found.refused_on),
        objected=found.objected,
        household=household_message(found.household, today) if found.household else None,
        day=today.isoformat(),
    )


def code_message(who: WhoLives) -> pb.PersonCode:
    """Return a code, or the number of a person without one."""
    if isinstance(who, int):
        return pb.PersonCode(identifier=person_text(who), type=_NO_CODE, weak=True)
    return pb.PersonCode(identifier=who.text, type=who.type.value, weak=who.is_weak)


def former_message(linked: Linked) -> pb.FormerCode:
    """Return a code that gave way to another."""
    return pb.FormerCode(
        code=code_message(linked.former),
        linked_ms=int(linked.at * 1000),
        linked_by=linked.by,
        answers_until=linked.answers_until.isoformat(),
    )


def side_message(side: Side) -> pb.PersonSide:
    """Return how much is on file under one code."""
    counts = [pb.RowCount(kind=kind, rows=rows) for kind, rows in side.counts.items() if rows]
    return pb.PersonSide(known=side.known, counts=counts, to_network=side.to_network, name=side.name)


def household_message(found: HouseholdFile, today: date) -> pb.Household:
    """Return a household for the counter's own screen."""
    return pb.Household(
        source=found.source,
        members=map(_place, found.members),
        former=map(_place, found.former),
        day=today.isoformat(),
    )


def _basis(one: OnFile) -> pb.BasisOnFile:
    return pb.BasisOnFile(kind=one.kind, purposes=one.purposes, until=_iso(one.until), protocol=one.protocol)


def _place(place: Place) -> pb.HouseholdPlace:
    return pb.HouseholdPlace(
        identifier=person_text(place.who),
        role=place.age,
        since=_iso(place.since),
        until=_iso(place.until),
        recorded_by=place.recorded_by,
        name=place.name,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
