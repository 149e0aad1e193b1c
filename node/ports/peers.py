"""Other bodies: a question sent, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from maglia.core.vocabulary import Silence


@dataclass(frozen=True)
class SignedAnswer:
    """An answer whose envelope signature was verified. `question_hash` covers the question as it was sent."""

    question_hash: bytes
    payload: bytes


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
