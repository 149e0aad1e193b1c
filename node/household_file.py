"""What an operator puts on file of who lives together, and reads of it before a household is checked."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.errors import Code, MagliaError
from maglia.core.household import parse_household
from node.domain.household_file import Age, HouseholdFile, Place, read_person
from node.domain.model import Operator
from node.ports import Clock, Store
from node.records import check_may_record, read_day


def read_household(store: Store, clock: Clock, operator: Operator, text: str) -> HouseholdFile:
    """Return with whom a person lives, everybody's age as of today; `text` is a code or `NOME:7`.

    Raises `session.role`, `input.household_none`, `input.*`.
    """
    check_may_record(operator)
    found = store.household_of(read_person(text))
    if found is None:
        raise MagliaError(Code.INPUT_HOUSEHOLD_NONE)
    return found.seen_on(clock.today())


def set_household(
    store: Store, clock: Clock, operator: Operator, *, adults: Sequence[str], minors: Sequence[str], since: str = ""
) -> HouseholdFile:
    """Put on file that these persons live together since a day (ISO 8601, today when empty), and nobody else with them.

    Raises `session.role`, `input.household_*`, `input.name_unknown`, `input.date*`.
    """
    check_may_record(operator)
    written = [*adults, *minors]
    parse_household(written)
    today = clock.today()
    day = read_day(since, today)
    ages = [Age.ADULT] * len(adults) + [Age.MINOR] * len(minors)
    places = [
        Place(read_person(text), age, day, recorded_by=operator.user) for text, age in zip(written, ages, strict=True)
    ]
    return store.set_household(places, day, operator.user).seen_on(today)


def leave_household(store: Store, clock: Clock, operator: Operator, *, text: str, until: str = "") -> HouseholdFile:
    """Put on file that a person lived there until a day (ISO 8601, today when empty); return those who stay.

    Raises `session.role`, `input.household_none`, `input.household_registry`, `input.*`.
    """
    check_may_record(operator)
    today = clock.today()
    return store.leave_household(read_person(text), read_day(until, today), operator.user).seen_on(today)
