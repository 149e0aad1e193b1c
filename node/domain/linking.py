"""When a temporary code gives way to a surer one: which may, and what stands on both sides.

Two codes are compared as they were issued. A codice fiscale never gives way to another one: omocodes, and codes that
differ in one character, belong to different people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, IdentifierType
from maglia.core.vocabulary import FORMER_CODE_MONTHS
from node.domain.household_file import WhoLives
from node.domain.retention import months_after

_SURER = {
    IdentifierType.DOC: 1,
    IdentifierType.STP: 2,
    IdentifierType.ENI: 2,
    IdentifierType.PCF: 3,
    IdentifierType.CF: 4,
}
_NAME = 0


@dataclass(frozen=True)
class Side:
    """What this body has under one code: rows by table, and whether there is anything of the person at all."""

    known: bool
    counts: Mapping[str, int]
    name: str = ""
    """Name, birth and place of a person without a code."""
    to_network: int = 0
    """Records that other bodies may be told of."""


@dataclass(frozen=True)
class Linked:
    """A former code and the one that took its place."""

    id: int
    former: WhoLives
    current: Identifier
    at: float
    by: str
    answers_until: date


def check_may_link(former: WhoLives, current: Identifier) -> None:
    """Raise `input.link_kind` unless the second code is at least as sure as the first, which is not a tax code.

    A weak code may give way to another of its kind: documents are renewed under other numbers.
    """
    sureness = _NAME if isinstance(former, int) else _SURER[former.type]
    is_temporary = isinstance(former, int) or former.type is not IdentifierType.CF
    if former == current or not is_temporary or sureness > _SURER[current.type]:
        raise MagliaError(Code.INPUT_LINK_KIND)
    if sureness == _SURER[current.type] and not current.is_weak:
        raise MagliaError(Code.INPUT_LINK_KIND)


def answers_until(day: date) -> date:
    """Return the last day on which a question about a code replaced on `day` is answered.

    By then every record that another body can have under it has ended, and so has its reason to ask.
    """
    return months_after(day, FORMER_CODE_MONTHS)
