"""Other bodies' nodes, told of persons sent."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from node.ports.peers import SignedAnswer


class ReferralLine(Protocol):
    """A call to another body's node that said hello: one message may be told on it."""

    async def tell(self, question_id: bytes, body: bytes, sender_entry: bytes) -> SignedAnswer:
        """Bind a message to the call, sign, send, and await the answer; raise `SilentError` or `RefusedError`."""
        ...


class ReferralPeers(Protocol):
    """Opens calls to other bodies' nodes."""

    def line(self, member: str) -> AbstractAsyncContextManager[ReferralLine]:
        """Open a call; nothing about anybody leaves with it.

        Entering raises `SilentError`, `RefusedError`, or `MagliaError` for a body without a card.
        """
        ...
