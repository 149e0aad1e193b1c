"""The door of consoles that are let in from anywhere: translates, and calls the work."""

from __future__ import annotations

from typing import cast

from maglia.core.errors import Code, MagliaError
from maglia.v1 import device_pb2 as pb
from maglia.v1.device_pb2_grpc import DeviceServiceServicer
from maglia.wire.chain import Context, current_caller
from node.devices import Devices, EnrolmentAsked, LoginProof, invite_device
from node.domain.device import Device
from node.domain.model import Operator
from node.logins import Logins
from node.ports import Clock, Store
from node.rpc.rules import ADMIN


def login_proof(proof: pb.DeviceProof) -> LoginProof:
    """Return what a console shows at a login."""
    return LoginProof(proof.device_id, proof.challenge, proof.signature, proof.otp)


class DeviceDoor(DeviceServiceServicer):
    """Operators enrol their consoles here; those who administer invite them."""

    def __init__(self, devices: Devices, logins: Logins, store: Store, clock: Clock) -> None:
        self._devices = devices
        self._logins = logins
        self._store = store
        self._clock = clock

    async def GetChallenge(self, request: pb.GetChallengeRequest, context: Context) -> pb.GetChallengeResponse:
        """Hand out what a console signs next."""
        return pb.GetChallengeResponse(challenge=self._devices.challenges.fresh(), needed=self._devices.needed)

    async def BeginEnrolment(self, request: pb.BeginEnrolmentRequest, context: Context) -> pb.BeginEnrolmentResponse:
        """Take a key, and make the second factor."""
        asked = EnrolmentAsked(request.code, request.name, request.public_key, request.challenge, request.signature)
        async with self._logins.known(request.user, request.password, current_caller().client) as operator:
            pending = self._devices.begin(operator, asked)
        secret = pending.device.otp_secret
        return pb.BeginEnrolmentResponse(enrolment=pending.token, device_id=pending.device.id, otp_secret=secret)

    async def ConfirmEnrolment(
        self, request: pb.ConfirmEnrolmentRequest, context: Context
    ) -> pb.ConfirmEnrolmentResponse:
        """Enrol the console."""
        return pb.ConfirmEnrolmentResponse(device_id=self._devices.confirm(request.enrolment, request.otp))

    async def InviteDevice(self, request: pb.InviteDeviceRequest, context: Context) -> pb.InviteDeviceResponse:
        """Make a code."""
        code, expires = invite_device(self._store, self._clock, request.user, _operator().user)
        return pb.InviteDeviceResponse(code=code, expires_ms=int(expires * 1000))

    async def ListDevices(self, request: pb.ListDevicesRequest, context: Context) -> pb.ListDevicesResponse:
        """List the caller's consoles, or everybody's."""
        operator = _operator()
        if request.everybody and operator.role not in ADMIN:
            raise MagliaError(Code.SESSION_ROLE)
        shown = [one for one in self._store.devices() if request.everybody or one.user == operator.user]
        return pb.ListDevicesResponse(devices=map(enrolled_message, shown))

    async def RevokeDevice(self, request: pb.RevokeDeviceRequest, context: Context) -> pb.RevokeDeviceResponse:
        """End consoles: one's own, or for those who administer anybody's."""
        operator = _operator()
        user = request.user if operator.role in ADMIN else operator.user
        if request.user not in ("", user):
            raise MagliaError(Code.SESSION_ROLE)
        if not request.device_id and not request.user:
            raise MagliaError(Code.INPUT_DEVICE_UNKNOWN)
        revoked = self._devices.revoke(user, request.device_id, operator.user)
        return pb.RevokeDeviceResponse(device_ids=revoked)


def enrolled_message(device: Device) -> pb.EnrolledDevice:
    """Return a device as it is listed, without any secret."""
    return pb.EnrolledDevice(
        device_id=device.id,
        user=device.user,
        name=device.name,
        enrolled_ms=int(device.enrolled_at * 1000),
        used_ms=int((device.used_at or 0) * 1000),
        locked=device.is_locked,
    )


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
