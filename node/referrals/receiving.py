"""Taking what another body tells about a person sent: steps 8, 9, 13 and 14 of design 6, in order.

What is told is logged before it is kept, so that nobody reads here of a person whose arrival is in no log. The same
person told of again, after an answer was lost, is one referral: its sender's id finds it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Receipt, sha256
from maglia.core.referral import SEQUENCE, TOLD_BY_TAKER, ReferralAnswer, ReferralMessage, ReferralStep, ReferredPerson
from maglia.core.vocabulary import REFERRALS_A_DAY, Purpose, ReferralState
from maglia.wire.evidence import decode_bound
from maglia.wire.referral import decode_referral, encode_referral_answer
from node.domain.budget import REFERRALS
from node.domain.referral import Direction, Referral, heard, new_check_id
from node.entries import Entries
from node.ports import Clock, Policy, Store, Trust
from node.referrals.entries import Told, taken_entry

_ACTOR = "-"
"""Who changes what another body told: nobody here."""


@dataclass(frozen=True)
class Taken:
    """An answer whose entry is durable: the receipt to sign, and the body that goes beside it."""

    receipt: Receipt
    body: bytes = field(repr=False)


class Receiving:
    """Takes what others tell one body about persons sent."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        clock: Clock,
        daily_limit: int = REFERRALS_A_DAY,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._clock = clock
        self._daily_limit = daily_limit

    def read(self, payload: bytes, body: bytes, evidence: bytes, sender: str, challenge: bytes) -> Told:
        """Steps 8 and 9, after the envelope's signature: freshness, the body's hash, addressee.

        `challenge` is the call's own and used once: no clock, and nothing captured can be told again, not after a
        restart either. Raises `member.*`, `input.*` or `version.*`.
        """
        bound = decode_bound(payload)
        if bound.challenge != challenge or bound.sequence != SEQUENCE:
            raise MagliaError(Code.MEMBER_STALE)
        if sha256(body) != bound.body_hash:
            raise MagliaError(Code.MEMBER_SIGNATURE, cause="another body than was signed")
        message = decode_referral(body)
        if (message.sender, message.addressee) != (sender, self._me):
            raise MagliaError(Code.MEMBER_ADDRESSEE)
        if (bound.addressee, bound.question_id) != (message.addressee, message.question_id):
            raise MagliaError(Code.MEMBER_ADDRESSEE, cause="signed for another body or id")
        return Told(message, bound, sha256(payload), evidence)

    async def take(self, told: Told) -> Taken:
        """Log, keep and answer a message that was read.

        Raises `budget.referral`, `log.*`, `storage.*` or `directory.expired`, which have no entry of their own: a flood
        can't fill the disk.
        """
        message = told.message
        self._entries.require_witnessed()
        self._entries.require_room_for_others()
        self._spend(message.sender)
        version = self._trust.directory().version
        known, code = self._judge(message)
        own = known.own if known else _own(message)
        answer = ReferralAnswer(
            message.question_id, self._me, self._policy.revision, version, code.value if code else ""
        )
        body = encode_referral_answer(answer)
        entry = taken_entry(self._entries, told, own, sha256(body), answer.refusal, answer.policy_revision)
        logged = await self._entries.write(entry)  # 13
        if code is None:
            self._keep(message)
        entries = told.bound.asker_entry, logged
        return Taken(Receipt(told.signed_hash, entry.answer_hash, *entries, message.sender, message.question_id), body)

    def _spend(self, sender: str) -> None:
        # Each message is counted, the same one too: it is the entry in the log that costs.
        once = [secrets.token_bytes(16)]
        if not self._store.spend(REFERRALS, sender, self._clock.today(), once, self._daily_limit):
            raise MagliaError(Code.BUDGET_REFERRAL, limit=self._daily_limit)

    def _judge(self, message: ReferralMessage) -> tuple[Referral | None, Code | None]:
        """Return the referral as it is known here, and why what is told of it is refused, if it is."""
        known = self._known(message)
        try:
            self._check(message, known)
        except MagliaError as error:
            return known, error.code
        return known, None

    def _check(self, message: ReferralMessage, known: Referral | None) -> None:
        """Raise why what is told is refused: an answer, signed, with an entry of its own."""
        directory = self._trust.directory()
        if Purpose.REFERRAL not in directory.member(message.sender).purposes:
            raise MagliaError(Code.MEMBER_NOT_ENTITLED)
        if isinstance(message.content, ReferredPerson):
            if known is None and message.facet not in directory.member(self._me).facets:
                raise MagliaError(Code.POLICY_TAKER)
            return
        if known is None:
            raise MagliaError(Code.INPUT_REFERRAL)
        if known.facet is not message.facet:
            raise MagliaError(Code.POLICY_DENIED, cause="another kind of aid")
        heard(known, message.content, self._clock.now())

    def _keep(self, message: ReferralMessage) -> None:
        """Keep what was told, as it stands once it is logged: meanwhile an operator may have moved the referral."""
        known = self._known(message)
        if isinstance(message.content, ReferralStep):
            news = heard(known, message.content, self._clock.now()) if known else None
            if known is not None and news is not None:
                self._store.change_referral(known, news, _ACTOR)
            return
        if known is None:
            self._store.add_referral(self._arrived(message, message.content), _ACTOR)

    def _known(self, message: ReferralMessage) -> Referral | None:
        """Return the referral, under the id that its sender gave it: a step is the taker's, or the sender's own."""
        is_takers = isinstance(message.content, ReferralStep) and message.content.state in TOLD_BY_TAKER
        direction = Direction.SENT if is_takers else Direction.RECEIVED
        return self._store.referral_of(direction, message.sender, message.referral_id)

    def _arrived(self, message: ReferralMessage, person: ReferredPerson) -> Referral:
        now = self._clock.now()
        return Referral(
            number=0,
            direction=Direction.RECEIVED,
            referral_id=message.referral_id,
            peer=message.sender,
            facet=message.facet,
            state=ReferralState.SENT,
            created_at=now,
            changed_at=now,
            person=person,
            own=person.pseudonym,
            epoch=message.epoch,
            check_id=new_check_id(),
            unread=True,
        )


def _own(message: ReferralMessage) -> bytes:
    return message.content.pseudonym if isinstance(message.content, ReferredPerson) else b""
