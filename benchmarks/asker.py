"""A body that asks as fast as it is answered: real questions, signed before the clock starts, answers read after it."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count, cycle, product
from random import Random
from typing import Any

from benchmarks.measure import Slice
from benchmarks.network import BenchNetwork
from benchmarks.streaming import Fed, drive
from maglia.core.exchange import QUESTION_ID_BYTES, TAG_BYTES, BoundQuestion, Question, Subject, sha256
from maglia.core.vocabulary import MAX_MONTHS, Basis, Facet, PseudonymClass, Purpose
from maglia.v1.exchange_pb2 import AskRequest, AskResponse
from maglia.wire.channel import open_channel
from maglia.wire.convert import ANSWER, QUESTION
from maglia.wire.envelope import seal, unseal
from maglia.wire.evidence import decode_receipt, encode_bound
from maglia.wire.exchange import decode_answer, encode_question

Draw = Callable[[], Question]
"""The next question to ask."""

_ASK = "/maglia.v1.ExchangeService/Ask"
_FIRST_RATE = 1_500.0
"""Questions a second for which the first slice is prepared."""

_SPARE = 1.3
"""How many more questions are signed ahead than the slice before would have used; without any left a slice ends."""


class Questions:
    """Draws questions from `asker` to `addressee`. Half of the persons asked about are known there."""

    def __init__(self, network: BenchNetwork, asker: str, addressee: str, persons: int = 200) -> None:
        self._directory = network.directory_of(asker)
        self._asker = asker
        self._addressee = addressee
        self._known = network.persons_known(addressee, persons)
        self._unknown = [secrets.token_bytes(16) for _ in self._known]
        self._rng = Random(1)  # noqa: S311 - a mix of questions, no secret
        # Every combination that is a policy input of its own, in an order that outlasts what a node remembers.
        choices = product(self._known, (Facet.FOOD_PARCEL, Facet.RENT_CURRENT), range(1, MAX_MONTHS + 1))
        self._each_new = cycle(choices)

    def usual(self, size: int = 1) -> Question:
        """Return what most questions are: a food parcel, six months, `size` persons."""
        return self.about(self._rng.choices(self._known + self._unknown, k=size))

    def first_time(self) -> Question:
        """Return the usual question on a person never asked about before."""
        return self.about([secrets.token_bytes(16)])

    def new_to_policy(self) -> Question:
        """Return a question on one person that the policy was hardly ever asked in this form."""
        person, facet, months = next(self._each_new)
        return self.about([person], facet, months)

    def about(self, persons: Sequence[bytes], facet: Facet = Facet.FOOD_PARCEL, months: int = 6) -> Question:
        """Return a question on these persons."""
        return Question(
            question_id=secrets.token_bytes(QUESTION_ID_BYTES),
            asker=self._asker,
            addressee=self._addressee,
            purpose=Purpose.AID_OVERLAP,
            facet=facet,
            months=months,
            basis=Basis.CONSENT,
            has_case=False,
            procedure="",
            epoch=self._directory.epoch,
            directory_version=self._directory.version,
            subjects=tuple(
                Subject(person, PseudonymClass.PERSON, secrets.token_bytes(TAG_BYTES)) for person in persons
            ),
        )


class Asker:
    """One warm stream to one node."""

    def __init__(self, network: BenchNetwork, asker: str, addressee: str, call: Any, pid: int | None) -> None:
        self._network = network.directory_of(asker).network
        self._key = network.keys(asker).identity
        self._answerer = network.keys(addressee).identity.public
        self._pid = pid or int(network.node(addressee)["pid"])
        self._call = call
        self._signed: list[bytes] = []
        self._challenge = b""
        self._rate = _FIRST_RATE
        self.request_bytes = 0
        self.answer_bytes = 0

    async def open(self) -> None:
        """Read the node's hello."""
        self._challenge = AskResponse.FromString(await self._call.read()).hello.challenge
        self._fed = Fed(self._call, lambda number: self._signed[number], 0)
        self._sequence = count(1)

    async def ask(self, draw: Draw, in_flight: int, seconds: float) -> Slice:
        """Return a slice of questions, each answered; raise `AssertionError` for a question that was refused."""
        for _ in range(int(_SPARE * self._rate * seconds) + in_flight):
            self._signed.append(self._sign(draw()))
            self._fed.left += 1
        driven = await drive(self._fed, in_flight, seconds, [self._pid])
        self._forget_unsent()
        self._check(driven.answers)
        self._rate = driven.slice.rate
        return driven.slice

    async def time(self, question: Question) -> float:
        """Return the seconds until one question was answered, nothing else being under way."""
        request = self._sign(question)
        start = time.perf_counter()
        await self._call.write(request)
        answer = await self._call.read()
        taken = time.perf_counter() - start
        self._check([answer])
        return taken

    def _sign(self, question: Question) -> bytes:
        body = encode_question(question)
        hashed, number = sha256(body), next(self._sequence)
        bound = BoundQuestion(hashed, hashed, self._challenge, number, question.addressee, question.question_id)
        envelope = seal(QUESTION, self._network, encode_bound(bound), self._key)
        request = AskRequest(question=envelope, body=body).SerializeToString()
        self.request_bytes = len(request)
        return request

    def _forget_unsent(self) -> None:
        """Give back the numbers of questions that were not sent: the next slice may ask others."""
        del self._signed[len(self._signed) - self._fed.left :]
        self._fed.left = 0
        self._sequence = count(len(self._signed) + 1)

    def _check(self, answers: Sequence[bytes]) -> None:
        """See that all were answers; verify and read the last one whole."""
        self.answer_bytes = len(answers[-1])
        for each in answers:
            response = AskResponse.FromString(each)
            if response.WhichOneof("kind") != "answer":
                raise AssertionError(f"the node refused: {response.refusal.code}")
        last = AskResponse.FromString(answers[-1])
        receipt = decode_receipt(unseal(last.answer, ANSWER, self._network, self._answerer))
        if receipt.answer_hash != sha256(last.body):
            raise AssertionError("the receipt is for another answer")
        refusal = decode_answer(last.body).refusal
        if refusal:
            raise AssertionError(f"the node refused: {refusal}")


@asynccontextmanager
async def open_asker(
    network: BenchNetwork, asker: str, addressee: str, pid: int | None = None, endpoint: str = ""
) -> AsyncIterator[Asker]:
    """Open a stream as the body `asker`, an active member, to the node of `addressee`, whose process is watched.

    `endpoint` is of what passes it on to the node, if anything does.
    """
    certificate = network.keys(addressee).peer.certificate
    name, endpoint = network.directory_of(asker).network, endpoint or network.node(addressee)["peer"]
    async with open_channel(endpoint, addressee, name, certificate, network.keys(asker).peer) as channel:
        stream = Asker(network, asker, addressee, channel.stream_stream(_ASK)(), pid)
        await stream.open()
        yield stream
