"""How a body enters: its application, its one-time token, its cards."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_member_id, fingerprint
from maglia.core.vocabulary import CARD_OVERLAP_S, TOKEN_S, MemberState
from maglia.v1 import enrolment_pb2
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.convert import ACTIVATION, APPLICATION, APPLICATION_QUERY, claimed_member, open_card
from maglia.wire.envelope import parse, unseal
from registry.domain.application import Application, check_application, missing_documents
from registry.domain.card import check_card
from registry.domain.membership import Act, next_state
from registry.ports import Event, MemberRecord, Members, StoredCard, Token
from registry.queue import Queue
from registry.reading import read_payload

_QUERY_SLACK_S = 3600
MAX_APPLICATION_BYTES = 12 * 1024
"""The largest application that breaks no rule of `registry.domain.application`, with room."""
_PUBLISHED = frozenset({MemberState.ACTIVE, MemberState.EXPIRING, MemberState.SUSPENDED})


@dataclass(frozen=True)
class Enrolment:
    """Takes applications and cards, gives and takes tokens. Times are seconds since the epoch."""

    network: str
    members: Members
    queue: Queue
    clock: Callable[[], float]
    changed: Callable[[], None]
    token_s: float = TOKEN_S
    card_overlap_s: float = CARD_OVERLAP_S

    def apply(self, envelope: Envelope, client: str) -> MemberRecord:
        """File an application that its own identity key signed; return the body as the office now knows it.

        `client` is the address that it came from. Raises `member.signature`, `member.application`, `input.too_large`,
        `member.state` once the body is approved, or what the queue refuses (`registry.queue`).
        """
        self.queue.knock(client)
        if len(envelope.payload) > MAX_APPLICATION_BYTES:
            raise MagliaError(Code.INPUT_TOO_LARGE, field="application", limit=MAX_APPLICATION_BYTES)
        claimed = read_payload(envelope.payload)
        unseal(envelope, APPLICATION, self.network, claimed.identity_key)
        check_application(claimed, self.network, datetime.fromtimestamp(self.clock(), UTC).date())
        with self.members.transaction():
            is_known = self.queue.check_admitted(claimed)
            record = self._record(claimed, envelope)
            act = Act.APPLY_INCOMPLETE if record.missing else Act.APPLY
            self.members.save_member(record, Event(self.clock(), record.id, act, fingerprint(record.identity_key)))
            if is_known:
                self.queue.close_drafts(record.id)
        return record

    def give_back(self, member: str, actor: str, reason: str) -> MemberState:
        """Give an application back to its body, which reads the reason; return its state.

        It comes into the queue again when the body files it anew. Raises `member.unknown` or `member.state`.
        """
        with self.members.transaction():
            record = self._known(member)
            back = replace(record, state=next_state(record.state, Act.RETURN), note=reason)
            self.members.save_member(back, Event(self.clock(), actor, Act.RETURN, reason))
            self.queue.close_drafts(member)
        return back.state

    def _record(self, claimed: Application, envelope: Envelope) -> MemberRecord:
        before = self.members.member(claimed.member)
        missing = tuple(missing_documents(claimed))
        act = Act.APPLY_INCOMPLETE if missing else Act.APPLY
        return MemberRecord(
            id=claimed.member,
            name=claimed.name,
            kind=claimed.kind.value,
            state=next_state(before.state if before else None, act),
            fiscal_code=claimed.fiscal_code,
            identity_key=claimed.identity_key,
            log_key=claimed.log_key,
            application=envelope.payload,
            missing=missing,
            applied_at=before.applied_at if before else self.clock(),
            application_signature=envelope.signature,
        )

    def state_of(self, query: Envelope) -> MemberRecord:
        """Return a body as the office knows it, to the holder of its identity key alone.

        Raises `member.unknown`, `member.signature`, or `member.stale` for a query that is not of this hour.
        """
        claimed = parse(enrolment_pb2.ApplicationQuery, query.payload)
        record = self._known(check_member_id(claimed.member))
        unseal(query, APPLICATION_QUERY, self.network, record.identity_key)
        if claimed.network != self.network or abs(self.clock() - claimed.asked_at) > _QUERY_SLACK_S:
            raise MagliaError(Code.MEMBER_STALE)
        return record

    def issue_token(self, member: str, actor: str) -> tuple[str, float]:
        """Return a fresh token for an approved body, and when it expires; earlier ones are void.

        Raises `member.unknown` or `member.state`.
        """
        next_state(self._known(member).state, Act.ACTIVATE)
        token, now = secrets.token_hex(16), self.clock()
        expires = now + self.token_s
        self.members.save_token(member, Token(_digest(token), expires), Event(now, actor, "token"))
        return token, expires

    def activate(self, activation: Envelope, card: Envelope) -> MemberState:
        """Use a body's token and publish its first card; return its state.

        The same token with the very same card is the same activation, whose answer did not arrive: said again. Raises
        `member.token`, `member.token_expired` or `member.token_used`, `member.signature`, `member.card`.
        """
        claimed = parse(enrolment_pb2.Activation, activation.payload)
        record = self._known(check_member_id(claimed.member))
        unseal(activation, ACTIVATION, self.network, record.identity_key)
        if claimed.network != self.network:
            raise MagliaError(Code.MEMBER_SIGNATURE, cause="another network")
        if self._is_repeated(record, claimed.token, card):
            return record.state
        with self.members.transaction():
            self._use_token(record, claimed.token)
            state = next_state(record.state, Act.ACTIVATE)
            self.members.save_card(self._checked_card(record, card), self.clock(), self.card_overlap_s)
            self.members.set_state(record.id, state, Event(self.clock(), record.id, Act.ACTIVATE))
        self.changed()
        return state

    def _is_repeated(self, record: MemberRecord, token: str, card: Envelope) -> bool:
        published = self.members.card(record.id)
        if record.state not in _PUBLISHED or published is None or published.envelope != card.SerializeToString():
            return False
        kept = self.members.token(record.id)
        return kept is not None and hmac.compare_digest(kept.digest, _digest(token))

    def _use_token(self, record: MemberRecord, token: str) -> None:
        kept = self.members.take_token(record.id)
        if kept is None or not hmac.compare_digest(kept.digest, _digest(token)):
            raise MagliaError(Code.MEMBER_TOKEN, cause=record.id)
        if kept.used:
            raise MagliaError(Code.MEMBER_TOKEN_USED, cause=record.id)
        if self.clock() >= kept.expires:
            raise MagliaError(Code.MEMBER_TOKEN_EXPIRED, cause=record.id)

    def publish_card(self, envelope: Envelope) -> int:
        """Replace a member's card by one with a higher number; return that number.

        Raises `member.card`, `member.signature`, or `member.state` for a body that was never activated.
        """
        record = self._known(claimed_member(envelope))
        if record.state not in _PUBLISHED:
            raise MagliaError(Code.MEMBER_STATE, state=record.state.value)
        with self.members.transaction():
            card = self._checked_card(record, envelope)
            before = self.members.card(record.id)
            if before is not None and card.sequence <= before.sequence:
                raise MagliaError(Code.MEMBER_CARD, cause="not a higher sequence number")
            self.members.save_card(card, self.clock(), self.card_overlap_s)
        self.changed()
        return card.sequence

    def _checked_card(self, record: MemberRecord, envelope: Envelope) -> StoredCard:
        card = open_card(envelope, self.network, record.id, record.identity_key)
        check_card(card, self.clock())
        return StoredCard(
            member=card.member,
            sequence=card.sequence,
            certificate=card.certificate,
            not_before=card.not_before,
            not_after=card.not_after,
            envelope=envelope.SerializeToString(),
        )

    def _known(self, member: str) -> MemberRecord:
        record = self.members.member(member)
        if record is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        return record


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
