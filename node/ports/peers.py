"""Other bodies: a question sent, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from maglia.core.exchange import Receipt
from maglia.core.vocabulary import Silence


@dataclass(frozen=True)
class SignedAnswer:
    """A receipt whose signature was verified, and the body beside it, of which nothing was verified yet.

    `question_hash` covers what was signed of the question as it was sent; `evidence` is the receipt as logs keep it.
    """

    question_hash: bytes
    receipt: Receipt
    body: bytes = field(repr=False)
    evidence: bytes = field(repr=False)


class SilentError(Exception):
    """A body did not answer, with the reason to show."""

    def __init__(self, reason: Silence) -> None:
        super().__init__(reason.value)
        self.reason = reason


class RefusedError(Exception):
    """A body refused before it could read the question, with the code it gave."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Peers(Protocol):
    """Warm streams to other bodies."""

    async def ask(self, member: str, question_id: bytes, body: bytes, asker_entry: bytes) -> SignedAnswer:
        """Bind a question to the stream, sign, send, and await the answer.

        Raises `SilentError` or `RefusedError`. Has no deadline of its own: the caller sets one.
        """
        ...

    async def is_reachable(self, member: str) -> bool:
        """Return whether a stream to the body is open or can be opened now; asks nothing."""
        ...
