"""Help for persons without any code: on file by name at this body alone, found again by likeness, merged by nobody.

A *composite name* is no identifier: nothing here reaches the network, a pseudonym or an answer (design 5).
"""

from __future__ import annotations

from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import local_number
from maglia.core.vocabulary import Kind
from node import records
from node.domain import forms
from node.domain.model import Operator
from node.domain.names import NamedAid, NamedPerson, read_name
from node.domain.retention import check_kept
from node.ports import Clock, Store


@dataclass(frozen=True)
class Recorded:
    """What became of help put on file by name; `alike` are others a person may want to compare, never merged."""

    record_id: str
    number: int
    alike: tuple[NamedPerson, ...]


def add_named_aid(
    store: Store,
    clock: Clock,
    operator: Operator,
    kind: Kind,
    *,
    facet: str,
    alias: str = "",
    name: str = "",
    born: str = "",
    place: str = "",
    day: str = "",
    amount_cents: int = 0,
    status: str = "",
    basis: str = "",
    creditor: str = "",
    key: str = "",
) -> Recorded:
    """Put help on file for someone new, or for the person whose `alias` (`NOME:7`) the operator names.

    Two persons of the same name are two, until an operator names an alias. Under a `key` that was filed before nothing
    changes. Raises `session.role`, `input.name_unknown`,
    `input.*`.
    """
    records.check_may_record(operator)
    if records.read_key(key) and (filed := store.named_aid_under(key)) is not None:
        return Recorded(*filed, ())
    today = clock.today()
    code = forms.read_facet(facet)
    aid = NamedAid(
        code,
        check_kept(code, records.read_day(day, today), today),
        records.read_amount(amount_cents, code),
        records.read_status(status),
        records.read_basis(basis, kind),
        forms.read_text(creditor, "creditor"),
    )
    if alias:
        if name or born or place:
            raise MagliaError(Code.INPUT_FIELD, field="name", cause="an alias and a name")
        number = _number(alias)
        return Recorded(store.add_named_aid(number, aid, operator.user, key), number, ())
    who = read_name(name, born, place, today)
    alike = tuple(store.persons_like(who))
    number, record_id = store.add_named_person(who, aid, operator.user, key)
    return Recorded(record_id, number, alike)


def find_names(store: Store, clock: Clock, operator: Operator, *, name: str, born: str) -> list[NamedPerson]:
    """Return the persons on file by a like name and the same day of birth: candidates, for a person to confirm.

    Raises `session.role`, `input.*`.
    """
    records.check_may_record(operator)
    return store.persons_like(read_name(name, born, "", clock.today(), place_required=False))


def _number(alias: str) -> int:
    number = local_number(alias)
    if number is None:
        raise MagliaError(Code.INPUT_FIELD, field="name", cause="no alias")
    return number
