"""The registry's pseudonym service, as the node calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maglia.core.pseudonym import KeySet, Part


class Evaluator(Protocol):
    """The registry's pseudonym service."""

    async def evaluate(
        self, key_set: KeySet, elements: Sequence[bytes], *, enrolment: bool, procedure: str = ""
    ) -> list[Part]:
        """Return the parts whose masks partition the shares, counted on a procedure if one is named. Not verified yet.

        Raises `budget.*`, or why the procedure does not hold.
        """
        ...
