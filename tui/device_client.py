"""What speaks gRPC about enrolled consoles: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from maglia.core.device import enrolment_bytes
from maglia.core.identity import SigningKey
from maglia.v1 import device_pb2 as pb
from tui.client import NodeDoor
from tui.device_model import Begun, EnrolledDevice, Invite
from tui.door import CALL_S, answer
from tui.text import plain


class DeviceDoor(NodeDoor):
    """How a console is enrolled, and what becomes of those that are."""

    async def begin(self, user: str, password: str, code: str, key: SigningKey, name: str) -> Begun:
        """Hand in a fresh key with the code of an invite; raise `session.invite` or `session.credentials`."""
        challenge = (await self.challenge()).challenge
        request = pb.BeginEnrolmentRequest(
            user=user,
            password=password,
            code=code,
            name=name,
            public_key=key.public,
            challenge=challenge,
            signature=key.sign(enrolment_bytes(self.server, user, code, key.public, challenge)),
        )
        begun = await answer(self._devices.BeginEnrolment(request, timeout=CALL_S))
        return Begun(begun.enrolment, plain(begun.device_id), begun.otp_secret)

    async def confirm(self, begun: Begun, otp: str) -> None:
        """Enrol the console, with the first code that the telephone shows; raise `session.otp`."""
        request = pb.ConfirmEnrolmentRequest(enrolment=begun.enrolment, otp=otp)
        await answer(self._devices.ConfirmEnrolment(request, timeout=CALL_S))

    async def invite(self, user: str) -> Invite:
        """Return a code with which a user enrols one console."""
        request = pb.InviteDeviceRequest(user=user)
        made = await answer(self._devices.InviteDevice(request, metadata=self._metadata, timeout=CALL_S))
        return Invite(user, plain(made.code), made.expires_ms)

    async def devices(self, *, everybody: bool) -> list[EnrolledDevice]:
        """Return the operator's own consoles, or everybody's."""
        request = pb.ListDevicesRequest(everybody=everybody)
        found = await answer(self._devices.ListDevices(request, metadata=self._metadata, timeout=CALL_S))
        return [
            EnrolledDevice(
                plain(one.device_id), plain(one.user), plain(one.name), one.enrolled_ms, one.used_ms, one.locked
            )
            for one in found.devices
        ]

    async def revoke(self, device_id: str, user: str) -> list[str]:
        """End one console, or all of a user; return which."""
        request = pb.RevokeDeviceRequest(device_id=device_id, user=user)
        ended = await answer(self._devices.RevokeDevice(request, metadata=self._metadata, timeout=CALL_S))
        return [plain(one) for one in ended.device_ids]
