"""Needs on file: what a person has to pay, to whom and how much in all, before or beside the help that is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import normal_creditor, periods_overlap
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Basis, Visibility
from node.domain.model import OpenNeed

_MARK = "B-"


@dataclass(frozen=True)
class NewNeed:
    """A need to put on file. `owed_cents` is all that is owed, in euro cents.

    It is known again by the number of its supply or lease, else by person, facet, creditor and period.
    """

    person: Identifier = field(repr=False)
    facet: str
    owed_cents: int
    basis: Basis
    visibility: Visibility = Visibility.NETWORK
    need: Identifier | None = None
    creditor: str = ""
    period_from: date | None = None
    period_to: date | None = None


@dataclass(frozen=True)
class FiledNeed(NewNeed):
    """A need on file, with who put it there and when; instants in seconds since the epoch."""

    number: int = 0
    opened_at: float = 0.0
    opened_by: str = ""
    closed_at: float | None = None
    closed_by: str = ""

    @property
    def name(self) -> str:
        """Return what operators call it, `B-7`."""
        return f"{_MARK}{self.number}"

    @property
    def as_asked(self) -> OpenNeed:
        """Return it as a question asks about it."""
        return OpenNeed(self.need, self.creditor, self.period_from, self.period_to)


class HelpFor(Protocol):
    """What help says of the need that it is for."""

    @property
    def facet(self) -> str:
        """Kind of aid."""

    @property
    def creditor(self) -> str:
        """To whom it is paid."""

    @property
    def period_from(self) -> date | None:
        """First day that it is for."""

    @property
    def period_to(self) -> date | None:
        """Last day that it is for."""


@dataclass(frozen=True)
class OwnAid:
    """Help in force that this body gave or promised; `is_of_number` where it names the need's own number."""

    facet: str
    amount_cents: int | None
    status: AidStatus
    creditor: str
    period_from: date | None
    period_to: date | None
    is_of_number: bool = False
    is_monthly: bool = False
    record_id: str = ""


def is_about(need: NewNeed, aid: HelpFor) -> bool:
    """Return whether help without a number is for this need: same facet and creditor, and periods that overlap."""
    return (
        aid.facet == need.facet
        and bool(normal_creditor(need.creditor))
        and normal_creditor(aid.creditor) == normal_creditor(need.creditor)
        and periods_overlap((aid.period_from, aid.period_to), (need.period_from, need.period_to))
    )


def read_need_number(text: str) -> int:
    """Return the number behind `B-7`; raise `input.need_unknown` for other text."""
    digits = text.strip().upper().removeprefix(_MARK)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise MagliaError(Code.INPUT_NEED_UNKNOWN)
    return int(digits)


def same_open_need(known: Sequence[FiledNeed], new: NewNeed) -> FiledNeed | None:
    """Return the open need on file that a new one would say again."""
    for one in known:
        same_number = one.need is not None and one.need == new.need
        if one.closed_at is None and one.facet == new.facet and (same_number or is_about(one, new)):
            return one
    return None


def need_asked(known: Sequence[FiledNeed], facet: str, number: Identifier | None, creditor: str) -> FiledNeed | None:
    """Return the open need that a question of this facet is about: the one named, or else the only one there is."""
    of_facet = [one for one in known if one.closed_at is None and one.facet == facet]
    if number is not None:
        of_facet = [one for one in of_facet if one.need == number]
    elif creditor:
        of_facet = [one for one in of_facet if normal_creditor(one.creditor) == normal_creditor(creditor)]
    return of_facet[0] if len(of_facet) == 1 else None
