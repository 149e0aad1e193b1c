"""What is written on REGISTRA, read: help for one person, given or promised until a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from maglia.core.identifiers import local_number
from maglia.core.translation import tr
from maglia.core.vocabulary import Facet, Visibility, reservation_s
from tui.screens.record.words import TERM_DAYS, TERM_HOURS, UNTIL

_TWO_HOURS = timedelta(hours=2)
_HOUR_S, _DAY_S = 3600, 86_400
_IN_KIND = frozenset(
    {Facet.FOOD_PARCEL, Facet.CANTEEN, Facet.BASIC_GOODS, Facet.MEDICINE, Facet.SCHOOL, Facet.TRANSPORT}
)


class Until(StrEnum):
    """Until when help is promised."""

    NONE = "none"
    TWO_HOURS = "two_hours"
    EVENING = "evening"
    TERM = "term"
    """The term of its kind: hours for food, days for all else."""


@dataclass(frozen=True)
class Someone:
    """A person without a code, not yet on file; `born` is ISO 8601."""

    name: str
    born: str
    place: str


@dataclass(frozen=True)
class Entry:
    """Help to put on file; days ISO 8601, euro cents, 0 for no amount.

    `identifier` is a code, or NOME:7; it is empty for `someone` new. `need` may still be the name of one on file, B-7.
    """

    identifier: str
    facet: str
    day: str
    amount_cents: int
    until: Until
    need: str = ""
    creditor: str = ""
    visibility: str = Visibility.NETWORK.value
    someone: Someone | None = None
    period_from: str = ""
    period_to: str = ""

    @property
    def is_by_name(self) -> bool:
        """Whether it is for a person without a code, about whom nobody is asked."""
        return self.someone is not None or local_number(self.identifier) is not None

    @property
    def lacks_amount(self) -> bool:
        """Whether no amount is written for help that is money: it may be missing, but seldom is."""
        return not self.amount_cents and self.facet not in _IN_KIND


def until_ms(until: Until, facet: str, now: datetime) -> int:
    """Return the instant of a promise's end, milliseconds since the epoch; 0 for the term of the kind."""
    if until is Until.TWO_HOURS:
        end = now + _TWO_HOURS
    elif until is Until.EVENING:
        end = now.replace(hour=23, minute=59, second=59, microsecond=0)
    else:
        return 0
    # An end so near the term's is the term: the node's clock may be a little behind.
    last = now + timedelta(seconds=reservation_s(facet) - 300)
    return int(end.timestamp() * 1000) if end < last else 0


def until_words(until: Until, facet: str, now: datetime, lang: str) -> str:
    """Return how a choice reads now: `fino alle 12:41`, `10 giorni`."""
    term_s = reservation_s(facet)
    count, words = (term_s // _DAY_S, TERM_DAYS) if term_s >= _DAY_S else (term_s // _HOUR_S, TERM_HOURS)
    term = tr(words, lang).format(count=count)
    return tr(UNTIL[until], lang).format(at=f"{now + _TWO_HOURS:%H:%M}", term=term)
