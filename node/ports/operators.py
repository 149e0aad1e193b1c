"""The people at this body's counter."""

from __future__ import annotations

from typing import Protocol

from node.domain.model import Operator


class Operators(Protocol):
    """The operators, and how each proves who it is."""

    def add_operator(self, operator: Operator, password_hash: str) -> None:
        """Add or replace an operator."""
        ...

    def operators(self) -> list[Operator]:
        """Return everybody who works at this body, by user name."""
        ...

    def operator(self, user: str) -> tuple[Operator, str] | None:
        """Return an operator and the password hash."""
        ...
