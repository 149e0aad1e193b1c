"""The engine that judges what may be asked and released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core.errors import Code


@dataclass(frozen=True)
class Ruling:
    """One policy decision. A denied ruling has reasons (error codes such as `policy.purpose`) and releases nothing.

    `release` says by class what is let: the fields of a record that may be shown, the callers that may make a call.
    """

    allow: bool
    reasons: tuple[str, ...]
    release: Mapping[str, Sequence[str]]
    revision: str

    @property
    def reason(self) -> Code:
        """Return the first reason of a denial; a reason that this software does not know denies all the same."""
        first = self.reasons[0] if self.reasons else ""
        return Code(first) if first in frozenset(Code) else Code.POLICY_DENIED


class Policy(Protocol):
    """An engine that evaluates the published bundle.

    Undefined, error, timeout or a stopped engine raise `MagliaError` with code `policy.unavailable`, a ruling of
    another bundle than the one in use `policy.stale`: never an allow.
    """

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        ...

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        ...

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Evaluate `decision` (`ask`, `release`, `rpc`) over an input document that holds classes, not persons."""
        ...

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch to another bundle (a gzipped tar, already verified), atomically."""
        ...

    async def close(self) -> None:
        """Stop the engine."""
        ...
