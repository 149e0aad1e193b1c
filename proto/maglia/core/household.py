"""The people of a household, as an operator enters them: in order, each once, not more than a household has."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier
from maglia.core.vocabulary import MAX_HOUSEHOLD


def parse_household(codes: Sequence[str]) -> list[Identifier | None]:
    """Return who is entered, in order; None for a composite name (`NOME:7`), which never leaves its body.

    Raises `input.household_size`, `input.household_code` and `input.household_twice`, which tell the persons by their
    places from 1, never by their codes.
    """
    if not 1 <= len(codes) <= MAX_HOUSEHOLD:
        raise MagliaError(Code.INPUT_HOUSEHOLD_SIZE, count=len(codes), limit=MAX_HOUSEHOLD)
    persons = [_person(text, number) for number, text in enumerate(codes, 1)]
    seen: dict[Identifier | str, int] = {}
    for number, (person, text) in enumerate(zip(persons, codes, strict=True), 1):
        first = seen.setdefault(person or "".join(text.split()).upper(), number)
        if first != number:
            raise MagliaError(Code.INPUT_HOUSEHOLD_TWICE, first=first, second=number)
    return persons


def _person(text: str, number: int) -> Identifier | None:
    try:
        return parse_identifier(text)
    except MagliaError as error:
        if error.code is Code.INPUT_COMPOSITE_NAME:
            return None
        raise MagliaError(Code.INPUT_HOUSEHOLD_CODE, cause=error.code.value, number=number) from error
