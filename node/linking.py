"""A temporary code gives way to a surer one: shown from both sides first, then done, and undone within ten minutes."""

from __future__ import annotations

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier
from node.domain.household_file import WhoLives, read_person
from node.domain.linking import Linked, Side, check_may_link
from node.domain.model import Operator
from node.ports import Store
from node.records import check_may_record


def read_codes(operator: Operator, former: str, current: str) -> tuple[WhoLives, Identifier]:
    """Return the code that gives way (or the number of a person without one) and the one that takes its place.

    Raises `session.role`, `input.link_kind`, `input.*`.
    """
    check_may_record(operator)
    codes = read_person(former), parse_identifier(current)
    check_may_link(*codes)
    return codes


def both_sides(store: Store, former: WhoLives, current: Identifier) -> tuple[Side, Side]:
    """Return what this body has under each of two codes, for an operator to compare.

    Raises `input.link_former` when one of them was replaced before, `input.link_unknown` when nothing is on file under
    the former one, `input.name_unknown`.
    """
    if store.current_of(former) != former or store.current_of(current) != current:
        raise MagliaError(Code.INPUT_LINK_FORMER)
    sides = store.link_side(former), store.link_side(current)
    if not sides[0].known and isinstance(former, int):
        raise MagliaError(Code.INPUT_NAME_UNKNOWN, number=former)
    if not sides[0].known and store.household_of(former) is None:
        raise MagliaError(Code.INPUT_LINK_UNKNOWN)
    return sides


def link(store: Store, operator: Operator, former: WhoLives, current: Identifier) -> Linked:
    """Move all that is on file to the code that takes the other's place; raise `input.link_*`, `input.name_unknown`."""
    return store.link(former, current, operator.user)


def read_former(store: Store, operator: Operator, text: str) -> tuple[WhoLives, Identifier]:
    """Return the code that gave way, and the one in its place; raise `session.role`, `input.link_none`, `input.*`."""
    check_may_record(operator)
    former = read_person(text)
    current = store.current_of(former)
    if isinstance(current, int) or current == former:
        raise MagliaError(Code.INPUT_LINK_NONE)
    return former, current


def undo(store: Store, operator: Operator, former: WhoLives) -> None:
    """Take a link back; raise `input.link_late`, `input.link_changed`, `input.link_record`."""
    store.undo_link(former, operator.user)
