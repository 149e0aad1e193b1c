"""An enrolled console with its telephone, as a node sees them."""

from __future__ import annotations

from dataclasses import dataclass, field

from maglia.core.device import Server, enrolment_bytes, login_bytes
from maglia.core.identity import SigningKey, key_id
from maglia.core.one_time import code_at
from node.devices import Devices, EnrolmentAsked, LoginProof
from node.domain.model import Operator


@dataclass
class Handset:
    """What one operator has: a key on the computer, a secret on the telephone."""

    server: Server
    operator: Operator
    key: SigningKey = field(default_factory=SigningKey.generate)
    secret: bytes = b""

    @property
    def id(self) -> str:
        return key_id(self.key.public)

    def asks(self, code: str, challenge: bytes) -> EnrolmentAsked:
        """Return what is handed in to be enrolled."""
        signed = enrolment_bytes(self.server, self.operator.user, code, self.key.public, challenge)
        return EnrolmentAsked(code, "portatile di prova", self.key.public, challenge, self.key.sign(signed))

    def enrol(self, devices: Devices, code: str, now: float) -> str:
        """Go all the way, the telephone's clock at `now`."""
        pending = devices.begin(self.operator, self.asks(code, devices.challenges.fresh()))
        self.secret = pending.device.otp_secret
        return devices.confirm(pending.token, code_at(self.secret, now))

    def proof(self, challenge: bytes, now: float, otp: str = "") -> LoginProof:
        """Return what is shown at a login."""
        signature = self.key.sign(login_bytes(self.server, self.operator.user, self.id, challenge))
        return LoginProof(self.id, challenge, signature, otp or code_at(self.secret, now))
