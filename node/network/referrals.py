"""Calls that tell another body's node of persons sent, over the same pinned channels as questions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from maglia.core.errors import Code
from maglia.core.exchange import BoundQuestion, sha256
from maglia.core.identity import SigningKey
from maglia.core.referral import SEQUENCE
from maglia.core.vocabulary import DEADLINE_S, Silence
from maglia.v1.referral_pb2 import ReferRequest, ReferResponse
from maglia.v1.referral_pb2_grpc import ReferralServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.convert import REFERRAL, REFERRAL_ANSWER
from maglia.wire.envelope import seal, unseal
from maglia.wire.evidence import decode_receipt, encode_bound, keep
from maglia.wire.status import error_of
from node.network.peers import Peer
from node.network.stream import check_version
from node.ports import RefusedError, SignedAnswer, SilentError

_Call = grpc.aio.StreamStreamCall[ReferRequest, ReferResponse]


@dataclass(frozen=True)
class _Line:
    """Fulfils `node.ports.ReferralLine`."""

    network: str
    key: SigningKey
    member: str
    peer: Peer
    call: _Call
    challenge: bytes
    wait_s: float

    async def tell(self, question_id: bytes, body: bytes, sender_entry: bytes) -> SignedAnswer:
        """Bind, sign, send and await the answer; see `node.ports.ReferralLine`."""
        bound = BoundQuestion(sha256(body), sender_entry, self.challenge, SEQUENCE, self.member, question_id)
        payload = encode_bound(bound)
        message = seal(REFERRAL, self.network, payload, self.key)
        try:
            async with asyncio.timeout(self.wait_s):
                await self.call.write(ReferRequest(message=message, body=body))
                response = await _read(self.call)
        except TimeoutError as error:
            raise SilentError(Silence.DEADLINE) from error
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise SilentError(Silence.UNREACHABLE) from error
        if response.WhichOneof("kind") != "answer":
            raise RefusedError(_known(response.refusal.code))
        receipt = decode_receipt(unseal(response.answer, REFERRAL_ANSWER, self.network, self.peer.identity_key))
        return SignedAnswer(sha256(payload), receipt, response.body, keep(response.answer))


class ReferralCalls:
    """Fulfils `node.ports.ReferralPeers` over gRPC."""

    def __init__(
        self,
        network: str,
        key: SigningKey,
        identity: Callable[[], TlsIdentity],
        find: Callable[[str], Peer],
        wait_s: float = DEADLINE_S,
    ) -> None:
        """`wait_s`: seconds for the hello, and again for the answer."""
        self._network = network
        self._key = key
        self._identity = identity
        self._find = find
        self._wait_s = wait_s

    @asynccontextmanager
    async def line(self, member: str) -> AsyncIterator[_Line]:
        """Open a call and read its hello; see `node.ports.ReferralPeers`."""
        peer = self._find(member)
        root = der_to_pem(peer.card.certificate)
        channel = open_channel(peer.card.endpoint, member, self._network, root, self._identity())
        call = ReferralServiceStub(channel).Refer()
        try:
            hello = check_version((await self._hello(call)).hello)
            yield _Line(self._network, self._key, member, peer, call, hello.challenge, self._wait_s)
        finally:
            call.cancel()
            await channel.close()

    async def _hello(self, call: _Call) -> ReferResponse:
        try:
            async with asyncio.timeout(self._wait_s):
                return await _read(call)
        except TimeoutError as error:
            raise SilentError(Silence.UNREACHABLE) from error


async def _read(call: _Call) -> ReferResponse:
    """Return the next message; raise `SilentError` or `RefusedError` when the call has ended."""
    try:
        response = await call.read()
    except grpc.aio.AioRpcError as error:
        known = error_of(error)
        if known.code in {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE}:
            raise SilentError(Silence.UNREACHABLE) from error
        raise RefusedError(known.code.value) from error
    if not isinstance(response, ReferResponse):
        raise SilentError(Silence.UNREACHABLE)
    return response


def _known(code: str) -> str:
    """Return a refusal's code: it goes into our log, so it may be one of the catalog and nothing else."""
    return code if code in frozenset(Code) else Code.NETWORK_ANSWER.value
