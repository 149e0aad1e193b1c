"""Whether every month of the log can still be read: by which months' keys entries are sealed, and which are lost.

A month's key that is gone though nobody destroyed it, or that is another than the one its entries were sealed under,
means that nobody can be told who asked about them in that month (GDPR art. 15).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from maglia.core.entry import MonthReader
from maglia.core.errors import MagliaError
from maglia.core.log_check import BATCH
from maglia.wire.entries import sealed_part
from node.store.monthly import KEPT_FROM, MonthlyKeyFiles

Read = Callable[[int, int], Sequence[bytes]]
"""Returns up to so many leaves of the log from an index on."""


@dataclass(frozen=True)
class MonthKeys:
    """How many months' keys are `here`, and by their files' names those that are not, or do not open what they should.

    `closed` ones are damaged, or not those that the month's entries were sealed under.
    """

    here: int
    missing: Sequence[str] = ()
    closed: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        """Whether whatever was sealed and not forgotten can be read."""
        return not self.missing and not self.closed


@dataclass
class SealedMonths:
    """The first and the last sealed entry of each month: a key that was replaced meanwhile does not open both."""

    first: dict[str, bytes] = field(default_factory=dict, repr=False)
    last: dict[str, bytes] = field(default_factory=dict, repr=False)

    def take(self, leaves: Sequence[bytes]) -> None:
        """Read some leaves, in the log's order; one that is no entry is told of by the log's recomputation."""
        for leaf in leaves:
            try:
                _, month, sealed = sealed_part(leaf)
            except MagliaError:
                continue
            if sealed:
                self.first.setdefault(month, sealed)
                self.last[month] = sealed

    def read_by(self, keys: MonthlyKeyFiles) -> MonthKeys:
        """Return which keys are lost for these entries, and which of those that are here do not open."""
        here = keys.months()
        lost = [month for month in sorted({*here, *self.first}) if not self._opens(month, keys)]
        missing = [f"{month}.key" for month in lost if month not in here]
        closed = [f"{month}.key" for month in lost if month in here]
        try:
            keys.check_kept_from()
        except MagliaError:
            closed.append(KEPT_FROM)
        return MonthKeys(len(here), missing, closed)

    def _opens(self, month: str, keys: MonthlyKeyFiles) -> bool:
        try:
            key = keys.stored(month)
            if key is not None and month in self.first:
                reader = MonthReader(key)
                reader.pseudonyms(self.first[month])
                reader.pseudonyms(self.last[month])
        except MagliaError:
            return False
        return True


def sealed_months(read: Read, first: int, size: int) -> Generator[None, None, SealedMonths]:
    """Return what the leaves `first` to `size` - 1 are sealed under, read a page at each step."""
    months = SealedMonths()
    for start in range(first, size, BATCH):
        months.take(read(start, min(BATCH, size - start)))
        yield
    return months
