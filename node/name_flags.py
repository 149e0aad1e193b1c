"""Whether somebody asks about a person of their own name, or of a colleague's: told as a flag, without the name.

Law rule 12. Looked at here, where the codes and the operators are known; only the flag gets into the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from maglia.core.identifiers import Identifier
from maglia.core.operator_day import NameFlag
from maglia.core.surnames import surname_code_in, surname_codes_of
from node.domain.model import Operator

_codes_of = lru_cache(maxsize=4_096)(surname_codes_of)
"""Of the names of a body's operators, the same with every question."""


def name_flags(asked_about: Identifier, operator: Operator, operators: Iterable[Operator]) -> tuple[str, ...]:
    """Return the flags of one question: `own_surname`, else `colleague_surname`, else none.

    `operators` are all who work at this body.
    """
    code = surname_code_in(asked_about)
    if not code:
        return ()
    if code in _codes_of(operator.name):
        return (NameFlag.OWN.value,)
    return (NameFlag.COLLEAGUE.value,) if any(code in _codes_of(each.name) for each in operators) else ()
