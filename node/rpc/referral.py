"""The door where other bodies tell of persons sent: translates, signs, and no more. One message a call."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from typing import cast

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.referral import SEQUENCE
from maglia.core.vocabulary import MAX_STREAMS_PER_PEER, PROTOCOL_VERSIONS
from maglia.v1.exchange_pb2 import Hello, Refusal
from maglia.v1.referral_pb2 import ReferRequest, ReferResponse
from maglia.v1.referral_pb2_grpc import ReferralServiceServicer
from maglia.wire.chain import Context, current_caller
from maglia.wire.convert import REFERRAL, REFERRAL_ANSWER
from maglia.wire.envelope import seal, unseal
from maglia.wire.evidence import encode_receipt, keep
from node.referrals.receiving import Receiving
from node.refusals import Refusals

_WAIT_S = 30.0
"""Seconds that a caller has to say what it called for."""
_CHALLENGE_BYTES = 32


class ReferralDoor(ReferralServiceServicer):
    """Others tell this body of persons sent, and what became of those that it sent; the work is `Receiving`'s."""

    def __init__(
        self, network: str, key: SigningKey, receiving: Receiving, refusals: Refusals, wait_s: float = _WAIT_S
    ) -> None:
        self._network = network
        self._key = key
        self._receiving = receiving
        self._refusals = refusals
        self._wait_s = wait_s
        self._calls: Counter[str] = Counter()

    async def Refer(
        self, request_iterator: AsyncIterator[ReferRequest], context: Context
    ) -> AsyncIterator[ReferResponse]:
        """Serve one call: hello, then the answer or refusal of one message."""
        caller = current_caller()
        sender = cast("Member", caller.principal)
        with self._refusals.counting(sender.id):
            if self._calls[sender.id] >= MAX_STREAMS_PER_PEER:
                raise MagliaError(Code.BUDGET_REFERRAL, limit=MAX_STREAMS_PER_PEER)
        self._calls[sender.id] += 1
        try:
            challenge = secrets.token_bytes(_CHALLENGE_BYTES)
            yield ReferResponse(hello=Hello(challenge=challenge, versions=PROTOCOL_VERSIONS))
            if (request := await self._next(request_iterator)) is not None:
                yield await self._response(request, sender.id, challenge)
        finally:
            self._calls[sender.id] -= 1

    async def _response(self, request: ReferRequest, sender: str, challenge: bytes) -> ReferResponse:
        try:
            with self._refusals.counting(sender):
                # Whoever stopped being an active member while the call was open tells nothing more.
                return await self._answered(request, cast("Member", current_caller().check_again()), challenge)
        except MagliaError as error:
            return ReferResponse(refusal=Refusal(sequence=SEQUENCE, code=error.code.value))

    async def _answered(self, request: ReferRequest, sender: Member, challenge: bytes) -> ReferResponse:
        payload = unseal(request.message, REFERRAL, self._network, sender.identity_key)
        told = self._receiving.read(payload, request.body, keep(request.message), sender.id, challenge)
        taken = await self._receiving.take(told)
        answer = seal(REFERRAL_ANSWER, self._network, encode_receipt(taken.receipt), self._key)
        return ReferResponse(answer=answer, body=taken.body)

    async def _next(self, requests: AsyncIterator[ReferRequest]) -> ReferRequest | None:
        """Return the one message of a call, None when the caller hung up or took too long."""
        try:
            async with asyncio.timeout(self._wait_s):
                return await anext(requests, None)
        except TimeoutError:
            return None
