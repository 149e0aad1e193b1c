"""A node's proof, at a relay, that it may be attended for: signed by its identity key over the relay's challenge.

It names the relay's certificate too, so that one relay can't show another's challenge and attend there in a member's
name.
"""

from __future__ import annotations

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, check_member_id
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.relay_pb2 import Attendance
from maglia.wire.convert import seal_message
from maglia.wire.envelope import parse, unseal

ATTENDANCE = "relay-attendance"
CHALLENGE_BYTES = 32
TICKET_BYTES = 16
CHUNK_BYTES = 32 * 1024
"""Read from a connection and sent on at once, at most; a receiver takes twice as much."""
MAX_CARRIED = 1_000
"""Callers' connections at once that a node takes; a relay opens no more, whatever its settings."""
MAX_CARRIED_BYTES = 128 * 1024
"""A message between node and relay is refused above this."""


def seal_attendance(network: str, member: str, relay_certificate: bytes, challenge: bytes, key: SigningKey) -> Envelope:
    """Return the proof of `member`; `relay_certificate` is SHA-256 over the pinned certificate's DER."""
    message = Attendance(network=network, member=member, relay_certificate=relay_certificate, challenge=challenge)
    return seal_message(ATTENDANCE, network, message, key)


def claimed_attendance(envelope: Envelope) -> str:
    """Return who an attendance claims to be, so that the key to verify it with can be found. Not verified."""
    return check_member_id(parse(Attendance, envelope.payload).member)


def check_attendance(
    envelope: Envelope, network: str, member: str, relay_certificate: bytes, challenge: bytes, identity_key: bytes
) -> None:
    """Return when the proof is the member's, for this relay and this challenge; else raise `member.signature`."""
    found = parse(Attendance, unseal(envelope, ATTENDANCE, network, identity_key))
    wanted = Attendance(network=network, member=member, relay_certificate=relay_certificate, challenge=challenge)
    if found != wanted:
        raise MagliaError(Code.MEMBER_SIGNATURE, cause="another relay's challenge, or a former one")
