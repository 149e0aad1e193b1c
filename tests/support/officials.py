"""Auditors and data-protection officers of a served registry: their keys, and what officers sign about them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from maglia.core.identity import SigningKey
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import office_pb2
from maglia.wire.certificates import TlsIdentity, make_certificate
from tests.integration.registry_world import NETWORK, OFFICERS, World

LAST_DAY = "2199-12-31"
_LIFE_S = 200 * 366 * 86_400


@dataclass
class Person:
    """Who is appointed; the certificate outlives any act."""

    id: str
    role: NetworkRole = NetworkRole.AUDITOR
    key: SigningKey = field(default_factory=SigningKey.generate)
    tls: TlsIdentity = field(init=False)

    def __post_init__(self) -> None:
        self.tls = make_certificate(self.id, NETWORK, _LIFE_S, time.time())

    def official(self, **changes: object) -> office_pb2.Official:
        """Return the official as officers are asked to sign it, with fields changed."""
        values: dict[str, object] = {
            "id": self.id,
            "name": self.id.title(),
            "role": self.role.value,
            "identity_key": self.key.public,
            "certificate": self.tls.der,
            "act_protocol": "PG/2026/7",
            "act_expiry": LAST_DAY,
        }
        return office_pb2.Official(**values | changes)  # type: ignore[arg-type]  # fields, by name


def appointment(person: Person, **changes: object) -> office_pb2.Change:
    """Return the change that appoints somebody."""
    return office_pb2.Change(act="appoint", member=person.id, official=person.official(**changes))


def dismissal(name: str) -> office_pb2.Change:
    """Return the change that dismisses somebody."""
    return office_pb2.Change(act="dismiss", member=name, reason="incarico concluso")


async def sign(registry: World, *changes: office_pb2.Change) -> office_pb2.SignDraftResponse:
    """Let both officers sign one draft of these changes; return what the second was told."""
    for user in OFFICERS:
        signed = await sign_as(registry, user, changes)
    return signed


async def sign_as(registry: World, user: str, changes: Sequence[office_pb2.Change]) -> office_pb2.SignDraftResponse:
    """Let one officer sign."""
    desk = await registry.office(user)
    draft = await desk.stub.PrepareDraft(office_pb2.PrepareDraftRequest(changes=changes), metadata=desk.bearer)
    return await desk.sign(draft)
