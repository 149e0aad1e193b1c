"""Help promised, as plain values. Instants are milliseconds since the epoch, 0 for none; amounts euro cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.model import Balance, CheckState


@dataclass(frozen=True)
class OtherHelp:
    """What another body gives or promises; `is_first` is None where nobody can tell who comes first."""

    member_kind: str
    member_name: str
    facet: str
    when: str
    status: str
    same_need: bool
    amount_band: str
    amount_cents: int | None
    contact: str
    reserved_at_ms: int
    reserved_until_ms: int
    is_first: bool | None


@dataclass(frozen=True)
class Reservation:
    """Help promised by the own body; `identifier` is for the counter's own screen."""

    record_id: str
    identifier: str = field(repr=False)
    facet: str
    amount_cents: int | None
    creditor: str
    reserved_at_ms: int
    reserved_until_ms: int
    reserved_by: str
    state: str
    ends_soon: bool
    renewed: bool
    day: str
    late: tuple[OtherHelp, ...] = ()
    undo_until_ms: int = 0


@dataclass(frozen=True)
class Beside:
    """What a check shows beside a reservation; `unchecked` is why the network was not asked, and its parameters.

    `balance` is how far the need is covered without this promise, `exceeds_cents` by how much more than is owed there
    would be with it, at least.
    """

    check: CheckState | None = None
    unchecked: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    others: tuple[OtherHelp, ...] = ()
    balance: Balance | None = None
    exceeds_cents: int = 0


@dataclass(frozen=True)
class Reserved:
    """A reservation with what is shown beside it; `wants` is of a confirmation: nothing, reason or reading."""

    reservation: Reservation
    beside: Beside
    done: bool
    wants: str = ""


@dataclass(frozen=True)
class Promise:
    """What an operator promises; days ISO 8601, `until_ms` 0 for the term of the kind of help."""

    identifier: str
    facet: str
    amount_cents: int = 0
    purpose: str = ""
    months: int = 0
    case_protocol: str = ""
    basis: str = ""
    visibility: str = ""
    creditor: str = ""
    need: str = ""
    period_from: str = ""
    period_to: str = ""
    until_ms: int = 0
