"""What a question to the network may say, in normal form: checked before anything leaves the counter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from maglia.core.household import parse_household
from maglia.core.identifiers import local_number, parse_identifier, parse_need
from maglia.core.vocabulary import MAX_MONTHS, Facet, Purpose, is_special
from tui.model import Question
from tui.text import plain


def check_question(question: Question) -> Question:
    """Return the question with its codes in normal form; raise `input.*` before anything leaves the counter."""
    first, *others = _codes((question.identifier, *question.others))
    check_facet(question.facet)
    check_purpose(question.purpose)
    if not 0 <= question.months <= MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=question.months)
    need = parse_need(question.need).text if question.need else ""
    return replace(question, identifier=first, others=tuple(others), need=need)


def check_on_file(written: str) -> str:
    """Return a person's code in normal form, or `NOME:7`; raise `input.*` before anything leaves the counter."""
    if (number := local_number(written)) is not None:
        return f"NOME:{number}"
    try:
        return parse_identifier(written).text
    except MagliaError as error:
        if error.code is Code.INPUT_COMPOSITE_NAME:
            raise MagliaError(Code.INPUT_FIELD, field="name") from error
        raise


def _codes(written: Sequence[str]) -> list[str]:
    """Return the codes in normal form; in a household a name stays as it is written, and nobody is asked about it."""
    if len(written) == 1:
        return [parse_identifier(written[0]).text]
    persons = parse_household(written)
    return [person.text if person else plain(text, 40) for person, text in zip(persons, written, strict=True)]


def check_aid_facet(facet: str) -> str:
    """Return `facet` when help may be recorded under it, special categories included; raise `input.facet`."""
    return facet if is_special(facet) else check_facet(facet)


def check_facet(facet: str) -> str:
    """Return `facet` when it may be asked about; raise `input.facet` with those that may."""
    if facet not in set(Facet):
        raise MagliaError(Code.INPUT_FACET, value=plain(facet, 40), allowed=", ".join(Facet))
    return facet


def check_purpose(purpose: str) -> str:
    """Return `purpose` when the vocabulary has it; raise `input.purpose` with those it has."""
    if purpose not in set(Purpose):
        raise MagliaError(Code.INPUT_PURPOSE, value=plain(purpose, 40), allowed=", ".join(Purpose))
    return purpose


def parse_months(text: str) -> int:
    """Return a number of months, 0 for the default when nothing is written; raise `input.months`."""
    written = text.strip()
    if not written:
        return 0
    if not re.fullmatch(r"[0-9]{1,2}", written) or not 1 <= int(written) <= MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=plain(written, 20))
    return int(written)
