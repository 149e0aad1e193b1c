"""What the node believes about the network, and how it hears of news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from maglia.core.directory import Directory
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Silence


class Trust(Protocol):
    """What this node trusts about the network now. Each read raises `directory.expired` when metadata has expired."""

    def directory(self) -> Directory:
        """Return the signed directory, less the suspended members."""
        ...

    def keys(self) -> EvaluationKeys:
        """Return the signed public keys of the evaluators."""
        ...

    def procedures(self) -> Mapping[str, Procedure]:
        """Return the procedures that two officers signed, by id."""
        ...

    def card_state(self, member: str) -> Silence | None:
        """Return why a member can't be asked (no card, an expired one), or None."""
        ...


class Gossip(Protocol):
    """Bodies tell each other how new the metadata is that they trust, whenever they talk (design 4)."""

    def timestamp_version(self) -> int:
        """Return the version trusted here."""
        ...

    def heard(self, version: int) -> None:
        """Take note of the version that another body claims to trust: a hint, never believed by itself."""
        ...

    def look(self) -> None:
        """Look for news soon: a body that should answer can't be reached as we know it."""
        ...
