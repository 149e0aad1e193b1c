"""How far a need is covered, as far as is known: two part payments of one arrear help each other to complete it.

Others tell only what they may tell. So what they gave and promised is read "at least", and what is left "at most".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maglia.core.exchange import Finding
from maglia.core.vocabulary import AidStatus, AmountBand
from node.domain.needs import OwnAid

_LEAST_CENTS = {
    AmountBand.UNDER_50: 0,
    AmountBand.FROM_50: 50_00,
    AmountBand.FROM_150: 150_00,
    AmountBand.FROM_500: 500_00,
    AmountBand.FROM_1500: 1500_00,
}
"""The least that an amount of each band can be."""
_COUNTED = frozenset({AidStatus.GIVEN, AidStatus.RESERVED})


@dataclass(frozen=True)
class Covered:
    """Euro cents given and promised: the least that it can be. `unknown` counts help whose amount is not known.

    `exact` when every amount is known to the cent.
    """

    given_cents: int = 0
    reserved_cents: int = 0
    unknown: int = 0
    exact: bool = True

    @property
    def total_cents(self) -> int:
        """Return given and promised together."""
        return self.given_cents + self.reserved_cents


@dataclass(frozen=True)
class Balance:
    """What is owed, what this body and what others cover; euro cents. `heard_all` when no answer lacks anything.

    `told_by_others` when no need is on file here, and the total is the largest that another body has on file.
    """

    owed_cents: int
    own: Covered
    others: Covered
    heard_all: bool
    need: str = ""
    told_by_others: bool = False

    @property
    def residual_cents(self) -> int:
        """Return the most that can be left to cover."""
        return max(self.owed_cents - self._known_cents, 0)

    @property
    def over_cents(self) -> int:
        """Return the least by which more is given and promised than is owed; 0 when it isn't."""
        return max(self._known_cents - self.owed_cents, 0)

    def over_with(self, cents: int) -> int:
        """Return the least by which more would be given and promised than is owed, were this much added."""
        return max(self._known_cents + cents - self.owed_cents, 0)

    @property
    def may_be_less(self) -> bool:
        """Return whether something is missing beyond what others may never tell: then less may be left than is said."""
        return not (self.heard_all and self.own.exact and self.others.exact)

    @property
    def unknown(self) -> int:
        """Return how many aids for the need have an amount that is not known."""
        return self.own.unknown + self.others.unknown

    @property
    def _known_cents(self) -> int:
        return self.own.total_cents + self.others.total_cents


def covered_here(aids: Iterable[OwnAid]) -> Covered:
    """Return what this body's own help in force covers; of monthly help, one month at least."""
    return _sum((aid.status, aid.amount_cents, aid.amount_cents, aid.is_monthly) for aid in aids)


def covered_by_others(findings: Iterable[Finding], now_ms: int) -> Covered:
    """Return what others told that they gave and promised; a promise that has ended since counts no more."""
    in_force = (each for each in findings if each.reserved_until_ms is None or each.reserved_until_ms > now_ms)
    return _sum((each.status, _least(each), each.amount_cents, False) for each in in_force)


def owed_as_told(findings: Sequence[Finding]) -> int | None:
    """Return the largest total that others have on file for the need; None when nobody told one."""
    return max((each.owed_cents for each in findings if each.owed_cents is not None), default=None)


def _least(finding: Finding) -> int | None:
    if finding.amount_cents is not None:
        return finding.amount_cents
    return None if finding.amount_band is None else _LEAST_CENTS[finding.amount_band]


def _sum(aids: Iterable[tuple[AidStatus, int | None, int | None, bool]]) -> Covered:
    """Add up status, least amount, exact amount, and whether there may be more months of it."""
    cents = {AidStatus.GIVEN: 0, AidStatus.RESERVED: 0}
    unknown, exact = 0, True
    for status, least, known, is_monthly in aids:
        if status not in _COUNTED:
            continue
        cents[status] += least or 0
        unknown += least is None
        exact = exact and known is not None and not is_monthly
    return Covered(cents[AidStatus.GIVEN], cents[AidStatus.RESERVED], unknown, exact)
