"""Telling other bodies of persons sent and of what became of them, until they took it or the time is over.

Nothing leaves before its entry is durable, and nothing rests anywhere but at the two bodies. Where an answer is lost,
or this process was killed, the same is told again under a new question id: the referral's own id finds it there. An
attempt that did not even find the other node is in the log once, not at each try.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from maglia.core.directory import Directory
from maglia.core.entry import Entry
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import QUESTION_ID_BYTES, sha256
from maglia.core.identifiers import parse_identifier
from maglia.core.referral import ReferralAnswer, ReferralMessage, ReferralStep, ReferredPerson
from maglia.core.vocabulary import EndState, ReferralState, Role, Silence
from maglia.wire.chain import place_of
from maglia.wire.referral import decode_referral_answer, encode_referral
from node.domain.referral import Referral, delivered, given_up, without_basis
from node.endings import OpenQuestions
from node.entries import Entries
from node.ports import Clock, ReferralLine, ReferralPeers, RefusedError, SignedAnswer, SilentError, Store, Trust
from node.referrals.entries import ended_entry, told_entry
from node.referrals.rules import ReferralRules

_log = logging.getLogger(__name__)
_AT_ONCE = 8
"""Bodies told at the same time."""
_ACTOR = "-"
_FINAL = ("consent.", "policy.")
_PASSING = frozenset({Code.POLICY_UNAVAILABLE, Code.POLICY_STALE})


@dataclass(frozen=True)
class CourierTimes:
    """Seconds: between two tries, and until nobody tries any longer."""

    every_s: float
    give_up_s: float


@dataclass(frozen=True)
class _Sending:
    """One message on its way: as it was composed, and the entry that is durable before it leaves."""

    message: ReferralMessage
    body: bytes = field(repr=False)
    entry: Entry


class Courier:
    """Tells other bodies for one body."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        trust: Trust,
        peers: ReferralPeers,
        rules: ReferralRules,
        clock: Clock,
        open_questions: OpenQuestions,
        times: CourierTimes,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._trust = trust
        self._peers = peers
        self._rules = rules
        self._clock = clock
        self._open = open_questions
        self._times = times
        self._wanted = asyncio.Event()
        self._tried: dict[int, asyncio.Event] = {}

    def until(self) -> float:
        """Return until when what is to be told from now on is tried, in seconds since the epoch."""
        return self._clock.now() + self._times.give_up_s

    def wake(self) -> None:
        """Try soon: there is something new to tell."""
        self._wanted.set()

    async def settle(self, number: int, seconds: float) -> None:
        """Wait until one referral was tried once more, so many seconds at most."""
        tried = self._tried.setdefault(number, asyncio.Event())
        self.wake()
        try:
            async with asyncio.timeout(seconds):
                await tried.wait()
        except TimeoutError:
            pass
        finally:
            self._tried.pop(number, None)

    async def run(self) -> None:
        """Tell whoever is to be told until cancelled; what fails is tried again next time."""
        while True:
            self._wanted.clear()
            try:
                await self.tell_all()
            except Exception as error:
                # Whatever it was, the next round tries again; a message could hold a person's code.
                _log.warning("nobody told: %s at %s", type(error).__name__, place_of(error))
            try:
                async with asyncio.timeout(self._times.every_s):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def tell_all(self) -> None:
        """Tell every body once what it has yet to be told."""
        by_peer: dict[str, list[Referral]] = defaultdict(list)
        for referral in self._store.referrals_to_tell():
            by_peer[referral.peer].append(referral)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def tell(referrals: Sequence[Referral]) -> None:
            async with turns:
                await self._tell_one_body(referrals)

        await asyncio.gather(*(tell(referrals) for referrals in by_peer.values()))

    async def _tell_one_body(self, referrals: Sequence[Referral]) -> None:
        """Tell one body everything, one after the other; once it is silent the others are not tried in vain."""
        silent: Silence | None = None
        for referral in referrals:
            try:
                silent = await self._tell(referral, silent)
            except Exception as error:
                _log.warning("not told: %s at %s", type(error).__name__, place_of(error))
            finally:
                if (tried := self._tried.get(referral.number)) is not None:
                    tried.set()

    async def _tell(self, referral: Referral, silent: Silence | None) -> Silence | None:
        """Try one; return why its body is silent, None if it isn't."""
        if self._clock.now() >= referral.untold_until:
            code = referral.code or Silence.UNREACHABLE.value
            self._store.change_referral(referral, given_up(referral, code, self._clock.now()), _ACTOR)
            return silent
        try:
            self._trust.directory().member(referral.peer)
            silent = silent or self._trust.card_state(referral.peer)
            if silent is not None:
                await self._nobody_there(referral, silent.value)
                return silent
            async with self._peers.line(referral.peer) as line:
                await self._tell_on(line, referral.number)
        except SilentError as error:
            await self._nobody_there(referral, error.reason.value)
            return error.reason
        except RefusedError as error:
            await self._nobody_there(referral, error.code)
        except MagliaError as error:
            await self._nobody_there(referral, error.code.value)
        return None

    async def _nobody_there(self, referral: Referral, code: str) -> None:
        """Note why another body was not told; the first time in the log too, where the attempt has no entry yet."""
        now = self._store.referral(referral.number)
        if now.untold is None or now.untold is not referral.untold:
            return
        if not now.code and not now.tried:
            with self._sending(now, now.untold, self._trust.directory(), "") as sending:
                await self._entries.write(sending.entry)
                await self._entries.write(ended_entry(self._entries, sending.entry, EndState.SILENT, _silence(code)))
        if now.code != code:
            self._store.change_referral(now, replace(now, code=code), _ACTOR)

    async def _tell_on(self, line: ReferralLine, number: int) -> None:
        """Tell one referral as it stands now: since the round began an operator may have moved it."""
        referral, directory = self._store.referral(number), self._trust.directory()
        what, revision = referral.untold, ""
        if what is None:
            return
        if what is ReferralState.SENT and referral.person is not None:
            try:
                revision = await self._judge(referral, referral.person, directory)
            except MagliaError as error:
                if error.code in _PASSING or not error.code.value.startswith(_FINAL):
                    raise
                ended = without_basis(referral, error.code.value, self._clock.now(), self.until())
                self._store.change_referral(referral, ended, _ACTOR)
                return
        with self._sending(referral, what, directory, revision) as sending:
            entry = await self._entries.write(sending.entry)
            await self._send(line, referral, sending, entry)

    async def _send(self, line: ReferralLine, referral: Referral, sending: _Sending, entry: bytes) -> None:
        """Send what is logged, unless it was withdrawn meanwhile; log its end, and keep what came of it."""
        tried = replace(referral, tried=True)
        if not self._store.change_referral(referral, tried, _ACTOR):
            await self._end(sending, EndState.SILENT, Silence.INTERRUPTED)
            return
        try:
            signed = await line.tell(sending.message.question_id, sending.body, entry)
            answer = _verified(sending, signed, entry)
        except SilentError as error:
            await self._end(sending, EndState.SILENT, error.reason.value)
            raise
        except (RefusedError, MagliaError) as error:
            await self._end(sending, EndState.SILENT, str(error.code))
            raise
        outcome = EndState.REFUSED if answer.refusal else EndState.ANSWERED
        await self._entries.write(
            ended_entry(
                self._entries,
                sending.entry,
                outcome,
                answer.refusal,
                revision=answer.policy_revision,
                answer_hash=signed.receipt.answer_hash,
                answerer_entry=signed.receipt.answerer_entry,
                evidence=signed.evidence,
            )
        )
        self._store.change_referral(tried, self._after(tried, answer), _ACTOR)

    def _after(self, referral: Referral, answer: ReferralAnswer) -> Referral:
        """Return a referral once the other body said that it took, or refuses, what it was told."""
        if not answer.refusal:
            return delivered(referral)
        if answer.refusal == Code.INPUT_REFERRAL and referral.untold is not ReferralState.SENT:
            return replace(referral, untold=None, code="")  # it has nothing to withdraw, or forgot what it sent
        return given_up(referral, answer.refusal, self._clock.now())

    async def _end(self, sending: _Sending, outcome: EndState, code: str) -> None:
        await self._entries.write(ended_entry(self._entries, sending.entry, outcome, code))

    async def _judge(self, referral: Referral, who: ReferredPerson, directory: Directory) -> str:
        """Return the revision of the rules that still allow it, on the consent as it is on file now."""
        person, role = parse_identifier(who.identifier), referral.role or Role.NODE_ADMIN
        parties = directory.member(self._me), directory.member(referral.peer)
        _, ruling = await self._rules.judge(role, person, referral.facet, *parties)
        return ruling.revision

    @contextmanager
    def _sending(
        self, referral: Referral, what: ReferralState, directory: Directory, revision: str
    ) -> Iterator[_Sending]:
        """Compose what is to be told, held open until its end is logged."""
        content: ReferredPerson | ReferralStep = ReferralStep(what, referral.reason)
        if what is ReferralState.SENT and referral.person is not None:
            content = referral.person
        message = ReferralMessage(
            question_id=secrets.token_bytes(QUESTION_ID_BYTES),
            sender=self._me,
            addressee=referral.peer,
            referral_id=referral.referral_id,
            facet=referral.facet,
            epoch=referral.epoch,
            directory_version=directory.version,
            content=content,
        )
        body = encode_referral(message)
        self._open.open([message.question_id])
        try:
            yield _Sending(message, body, told_entry(self._entries, referral, message, body, revision))
        finally:
            self._open.close([message.question_id])


def _verified(sending: _Sending, signed: SignedAnswer, entry: bytes) -> ReferralAnswer:
    """Step 15: the receipt covers this message, this answer and our entry; only then is the answer read.

    Raises `log.receipt` or `network.answer`.
    """
    receipt, message = signed.receipt, sending.message
    if (
        receipt.question_hash != signed.question_hash
        or receipt.answer_hash != sha256(signed.body)
        or receipt.asker_entry != entry
        or (receipt.asker, receipt.question_id) != (message.sender, message.question_id)
    ):
        raise MagliaError(Code.LOG_RECEIPT)
    answer = decode_referral_answer(signed.body)
    if (answer.question_id, answer.answerer) != (message.question_id, message.addressee):
        raise MagliaError(Code.NETWORK_ANSWER)
    return answer


def _silence(code: str) -> str:
    return code if code in frozenset(Silence) else Silence.REFUSED_CONNECTION.value
