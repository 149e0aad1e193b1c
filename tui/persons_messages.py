"""Messages about persons and households as plain values, every text of them made plain."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.errors import Code, MagliaError
from maglia.v1 import persons_pb2 as pb
from tui.persons_model import (
    BasisOnFile,
    FormerCode,
    Household,
    PersonCode,
    PersonFile,
    Place,
    RegistryRejected,
    RegistryReport,
    Side,
)
from tui.text import plain

_CODE = 40


def person_of(message: pb.PersonFile) -> PersonFile:
    """Return one person."""
    return PersonFile(
        code=code_of(message.code),
        former=tuple(map(former_of, message.former)),
        on_file=side_of(message.on_file),
        bases=tuple(map(_basis, message.bases)),
        refused=plain(message.refused, 10),
        objected=message.objected,
        household=household_of(message.household) if message.HasField("household") else None,
        day=plain(message.day, 10),
    )


def code_of(message: pb.PersonCode) -> PersonCode:
    """Return a code."""
    return PersonCode(plain(message.identifier, _CODE), plain(message.type, 10), message.weak)


def former_of(message: pb.FormerCode) -> FormerCode:
    """Return a code that another took the place of."""
    until = plain(message.answers_until, 10)
    return FormerCode(code_of(message.code), message.linked_ms, plain(message.linked_by), until)


def side_of(message: pb.PersonSide) -> Side:
    """Return how much is on file under one code."""
    counts = {plain(one.kind, _CODE): one.rows for one in message.counts}
    return Side(message.known, counts, message.to_network, plain(message.name))


def household_of(message: pb.Household) -> Household:
    """Return a household on file."""
    members, former = tuple(map(_place, message.members)), tuple(map(_place, message.former))
    return Household(plain(message.source, 10), members, former, plain(message.day, 10))


def registry_report(pages: Sequence[pb.ImportRegistryResponse]) -> RegistryReport:
    """Return what became of a civil registry's file; raise `network.answer` without an answer."""
    if not pages:
        raise MagliaError(Code.NETWORK_ANSWER, cause="no page of a report")
    last = pages[-1]
    return RegistryReport(
        last.added,
        last.changed,
        last.departed,
        last.unchanged,
        last.held,
        tuple((plain(one.kind, 10), plain(one.identifier, _CODE)) for page in pages for one in page.changes),
        tuple(
            RegistryRejected(one.row, plain(one.column), plain(one.code), dict(one.params))
            for page in pages
            for one in page.rejects
        ),
    )


def _basis(message: pb.BasisOnFile) -> BasisOnFile:
    purposes = tuple(plain(purpose) for purpose in message.purposes)
    return BasisOnFile(plain(message.kind), purposes, plain(message.until, 10), plain(message.protocol))


def _place(message: pb.HouseholdPlace) -> Place:
    return Place(
        plain(message.identifier, _CODE),
        plain(message.role),
        plain(message.since, 10),
        plain(message.until, 10),
        plain(message.recorded_by),
        plain(message.name),
    )
