"""How the rows of a call for applicants are put into questions: up to 500 pseudonyms, in an order of each body's own.

Rows with one need go together, so that a body finds a record once and hears the need once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from maglia.core.exchange import Answer, Finding, Question
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import MAX_PSEUDONYMS, PseudonymClass
from node.batches.naming import NameBook
from node.domain.batch import Applicant
from node.naming import Named

_MOST_OF_ONE_NEED = 100
"""Rows with one need that go together; beyond, such as for a whole building's heating, the need is asked again."""


@dataclass(frozen=True)
class Bundle:
    """Rows that are asked about together, with the need that all of them have, if there is one."""

    applicants: Sequence[Applicant]
    need: Identifier | None

    @property
    def subjects(self) -> int:
        """Return how many pseudonyms it takes."""
        return len(self.applicants) + (self.need is not None)


def questions_about(applicants: Iterable[Applicant]) -> Iterator[list[Bundle]]:
    """Yield what each question to one body holds: every row once, drawn anew, so that no two bodies see one order."""
    drawn = _bundles(applicants)
    secrets.SystemRandom().shuffle(drawn)
    one: list[Bundle] = []
    held = 0
    for bundle in drawn:
        if held + bundle.subjects > MAX_PSEUDONYMS:
            yield one
            one, held = [], 0
        one.append(bundle)
        held += bundle.subjects
    if one:
        yield one


def _bundles(applicants: Iterable[Applicant]) -> list[Bundle]:
    alone: list[Bundle] = []
    sharing: dict[Identifier, list[Applicant]] = {}
    for one in applicants:
        if one.need is None:
            alone.append(Bundle([one], None))
        else:
            sharing.setdefault(one.need, []).append(one)
    step = _MOST_OF_ONE_NEED
    return alone + [
        Bundle(some[at : at + step], need) for need, some in sharing.items() for at in range(0, len(some), step)
    ]


def rows_of(bundles: Iterable[Bundle]) -> tuple[int, ...]:
    """Return the rows of a question."""
    return tuple(one.row for bundle in bundles for one in bundle.applicants)


def named_of(bundles: Sequence[Bundle], book: NameBook, member: str) -> list[Named]:
    """Return the subjects of a question to one body: persons, then needs, each once."""
    persons = [
        book.named(one.identifier, member, one.creditor, one.period) for bundle in bundles for one in bundle.applicants
    ]
    needs = dict.fromkeys(bundle.need for bundle in bundles if bundle.need is not None)
    return persons + [book.named(need, member) for need in needs]


def found_of(
    bundles: Sequence[Bundle], book: NameBook, member: str, question: Question, answer: Answer
) -> dict[int, tuple[Finding, ...]]:
    """Return what an answer shows, by row; of a need it is every row's that has it."""
    slots = {
        (subject.cls, subject.pseudonym): slot for subject, slot in zip(question.subjects, answer.slots, strict=True)
    }
    found: dict[int, tuple[Finding, ...]] = {}
    for bundle in bundles:
        shared = _slot(slots, book, member, bundle.need) if bundle.need is not None else ()
        for one in bundle.applicants:
            own = _slot(slots, book, member, one.identifier)
            if own or shared:
                found[one.row] = own + shared
    return found


def _slot(
    slots: Mapping[tuple[PseudonymClass, bytes], tuple[Finding, ...]],
    book: NameBook,
    member: str,
    subject: Identifier,
) -> tuple[Finding, ...]:
    named = book.named(subject, member)
    return slots[named.cls, named.pseudonyms[member]]
