"""How files of other programs are read, kept by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from node.domain.import_plan import Plan


class Template(NamedTuple):
    """A plan under its name, and the user who saved it."""

    name: str
    plan: Plan
    saved_by: str


class Templates(Protocol):
    """The body's templates."""

    def save_template(self, name: str, plan: Plan, actor: str) -> None:
        """Keep a plan under a name, with its audit event; one of that name is replaced."""
        ...

    def templates(self) -> Sequence[Template]:
        """Return all, by name."""
        ...
