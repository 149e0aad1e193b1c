"""All kinds of faults, the longest first: a whole run plays two at a time."""

from __future__ import annotations

from tests.torture.disk import DISK
from tests.torture.expiries import AWAY, CARDS
from tests.torture.kills import KILLS
from tests.torture.lines import LINES
from tests.torture.ninety_days import NINETY_DAYS
from tests.torture.pages import PAGES
from tests.torture.rounds import Kind
from tests.torture.soak import SOAK
from tests.torture.spoiled import SPOILED

KINDS: tuple[Kind, ...] = (KILLS, NINETY_DAYS, SPOILED, LINES, PAGES, CARDS, DISK, AWAY, SOAK)
