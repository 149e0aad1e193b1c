"""Consoles that are let in from anywhere (docs/adr/0044).

At a login from such a console, after user and password:

1. the challenge is one of this process's, fresh, and taken back for the first time;
2. the device is enrolled for this very user;
3. its key signed the challenge for this network, body, certificate and user;
4. it is not locked by wrong codes;
5. the six digits are of this half minute or one beside it, and were not used before.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from maglia.core.device import Server, check_device_name, code_digest, enrolment_bytes, fresh_code, login_bytes
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import key_id, verify_signature
from maglia.core.one_time import fresh_secret, matching_step
from maglia.core.quoted import echo
from maglia.core.secret import Secret
from maglia.core.vocabulary import INVITE_S
from node.challenges import Challenges
from node.domain.device import Device, Invite
from node.domain.model import Operator
from node.ports import Clock, Store

CONFIRM_S = 600.0
"""How long an enrolment begun waits for the first code."""
CONFIRM_TRIES = 5


@dataclass(frozen=True)
class LoginProof:
    """What a console shows beside user and password."""

    device_id: str
    challenge: bytes
    signature: bytes
    otp: str = field(repr=False)


@dataclass(frozen=True)
class EnrolmentAsked(Secret):
    """What a console hands in to be enrolled."""

    code: str = field(repr=False)
    name: str
    public_key: bytes
    challenge: bytes
    signature: bytes


@dataclass(frozen=True)
class Pending(Secret):
    """An enrolment that waits for its first code, which proves that the telephone read the secret."""

    token: bytes = field(repr=False)
    device: Device
    digest: bytes
    until: float
    tries: int = 0


class Devices:
    """Who may come from where. `ended` hears of each device that is revoked, for its sessions; `now` is monotonic."""

    def __init__(
        self,
        server: Server,
        store: Store,
        clock: Clock,
        ended: Callable[[str], None],
        *,
        needed: bool,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.needed = needed
        self.challenges = Challenges(now)
        self._server = server
        self._store = store
        self._clock = clock
        self._ended = ended
        self._now = now
        self._pending: dict[str, Pending] = {}

    def check_login(self, operator: Operator, proof: LoginProof | None) -> str:
        """Return the id of the device that an operator, whose password was right, logs in with.

        Without a proof it is empty, where this body needs none. Raises `session.device_needed`, `session.challenge`,
        `session.device`, `session.device_locked`, `session.otp` or `session.otp_used`, in this order.
        """
        if proof is None:
            if self.needed:
                raise MagliaError(Code.SESSION_DEVICE_NEEDED)
            return ""
        self.challenges.spend(proof.challenge)
        device = self._store.device(proof.device_id)
        if device is None or device.user != operator.user:
            raise MagliaError(Code.SESSION_DEVICE)
        signed = login_bytes(self._server, operator.user, device.id, proof.challenge)
        _check_signed(device.public_key, proof.signature, signed)
        if device.is_locked:
            raise MagliaError(Code.SESSION_DEVICE_LOCKED)
        step = matching_step(device.otp_secret, proof.otp, self._clock.now())
        if step is None:
            self._store.count_wrong(device.id)
            raise MagliaError(Code.SESSION_OTP)
        if not self._store.take_step(device.id, step):
            raise MagliaError(Code.SESSION_OTP_USED)
        return device.id

    def begin(self, operator: Operator, asked: EnrolmentAsked) -> Pending:
        """Return an enrolment that waits for its first code; one that the operator began before is forgotten.

        Nothing is on file yet, and the invite stays good until `confirm`. Raises `session.challenge`,
        `session.invite`, `session.device` for a key that did not sign, `input.field`.
        """
        self.challenges.spend(asked.challenge)
        digest = self._check_invited(operator, asked.code)
        signed = enrolment_bytes(self._server, operator.user, asked.code, asked.public_key, asked.challenge)
        _check_signed(asked.public_key, asked.signature, signed)
        device = Device(
            id=key_id(asked.public_key),
            user=operator.user,
            name=check_device_name(asked.name),
            public_key=asked.public_key,
            otp_secret=fresh_secret(),
            last_step=0,
            enrolled_at=self._clock.now(),
        )
        pending = Pending(secrets.token_bytes(32), device, digest, self._now() + CONFIRM_S)
        self._pending[operator.user] = pending  # one for each user, and only with an invite: it can't fill the memory
        return pending

    def confirm(self, token: bytes, otp: str) -> str:
        """Enrol the device of an enrolment, whose secret the telephone has; return its id.

        The code given counts as used. Raises `session.challenge` for no such enrolment, `session.otp`, and
        `session.invite` for one that ended meanwhile.
        """
        pending = self._find(token)
        step = matching_step(pending.device.otp_secret, otp, self._clock.now())
        if step is None:
            self._count_try(pending)
            raise MagliaError(Code.SESSION_OTP)
        del self._pending[pending.device.user]
        invite = self._store.invite(pending.device.user)
        enrolled = replace(pending.device, last_step=step, enrolled_at=self._clock.now())
        is_invited = invite is not None and self._clock.now() < invite.expires
        if not is_invited or not self._store.enrol_device(enrolled, pending.digest):
            raise MagliaError(Code.SESSION_INVITE)
        return enrolled.id

    def revoke(self, user: str, device_id: str, actor: str) -> Sequence[str]:
        """End one device of a user or all, and the sessions opened with them; raise `input.device_unknown` for none."""
        revoked = revoke_devices(self._store, user, device_id, actor)
        for one in revoked:
            self._ended(one)
        return revoked

    def _check_invited(self, operator: Operator, code: str) -> bytes:
        invite = self._store.invite(operator.user)
        digest = code_digest(code)
        if invite is None or self._clock.now() >= invite.expires or not hmac.compare_digest(digest, invite.digest):
            raise MagliaError(Code.SESSION_INVITE)
        return digest

    def _find(self, token: bytes) -> Pending:
        now = self._now()
        self._pending = {user: one for user, one in self._pending.items() if now < one.until}
        for pending in self._pending.values():
            if hmac.compare_digest(pending.token, token):
                return pending
        raise MagliaError(Code.SESSION_CHALLENGE)

    def _count_try(self, pending: Pending) -> None:
        tries = pending.tries + 1
        if tries < CONFIRM_TRIES:
            self._pending[pending.device.user] = replace(pending, tries=tries)
        else:
            del self._pending[pending.device.user]


def invite_device(store: Store, clock: Clock, user: str, actor: str, lasts_s: float = INVITE_S) -> tuple[str, float]:
    """Return a code with which an operator enrols one console, and until when; an earlier one of theirs is void.

    Raises `input.operator_unknown`.
    """
    if store.operator(user) is None:
        raise MagliaError(Code.INPUT_OPERATOR_UNKNOWN, user=echo(user))
    code, expires = fresh_code(), clock.now() + lasts_s
    store.add_invite(Invite(user, code_digest(code), expires), actor)
    return code, expires


def revoke_devices(store: Store, user: str, device_id: str, actor: str) -> Sequence[str]:
    """End one device, or with an empty id all of a user; return which. Raises `input.device_unknown` for none."""
    if device_id and (known := store.device(device_id)) is not None:
        user = user or known.user
    revoked = store.revoke_devices(user, device_id, actor)
    if not revoked:
        raise MagliaError(Code.INPUT_DEVICE_UNKNOWN)
    return revoked


def _check_signed(public_key: bytes, signature: bytes, message: bytes) -> None:
    try:
        verify_signature(public_key, signature, message)
    except MagliaError as error:
        raise MagliaError(Code.SESSION_DEVICE) from error
