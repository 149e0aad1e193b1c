"""What makes several steps one, for every part of the storage."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Transactions(Protocol):
    """What makes several steps one."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything done inside together, durably, or nothing; may be nested."""
        ...
