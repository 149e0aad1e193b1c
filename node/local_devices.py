"""Consoles that are let in from anywhere, administered on the node's own machine, whether it serves or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from maglia.core.network_file import NetworkFile
from maglia.v1 import device_pb2 as pb
from maglia.v1.device_pb2_grpc import DeviceServiceStub
from node.config import Settings
from node.devices import invite_device, revoke_devices
from node.folder import SystemClock, locked, open_store
from node.keys import Keys
from node.local import front_channel, is_serving
from node.rpc.devices import enrolled_message
from node.rpc.rules import LOCAL_ADMIN
from node.store.sql import SqlStore

if TYPE_CHECKING:
    from maglia.v1.device_pb2_grpc import DeviceServiceAsyncStub


class LocalDevices:
    """One node's devices, through the node that serves the folder or else on its files."""

    def __init__(self, folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> None:
        self._node = folder, settings, network, keys
        self._folder = folder
        self._settings = settings
        self._keys = keys
        self._clock = SystemClock(settings.day)

    async def invite(self, user: str) -> tuple[str, float]:
        """Return a code and until when it holds, in seconds since the epoch; raise `input.operator_unknown`."""
        if not is_serving(self._folder):
            with self._store() as store:
                return invite_device(store, self._clock, user, LOCAL_ADMIN.user)
        async with front_channel(*self._node) as (channel, auth):
            stub: DeviceServiceAsyncStub = DeviceServiceStub(channel)
            made = await stub.InviteDevice(pb.InviteDeviceRequest(user=user), metadata=auth)
        return made.code, made.expires_ms / 1000

    async def devices(self) -> Sequence[pb.EnrolledDevice]:
        """Return everybody's devices."""
        if not is_serving(self._folder):
            with self._store() as store:
                return [enrolled_message(one) for one in store.devices()]
        async with front_channel(*self._node) as (channel, auth):
            stub: DeviceServiceAsyncStub = DeviceServiceStub(channel)
            return (await stub.ListDevices(pb.ListDevicesRequest(everybody=True), metadata=auth)).devices

    async def revoke(self, user: str, device_id: str) -> Sequence[str]:
        """End one device, or all of a user; return which. Raises `input.device_unknown`."""
        if not is_serving(self._folder):
            with self._store() as store:
                return revoke_devices(store, user, device_id, LOCAL_ADMIN.user)
        async with front_channel(*self._node) as (channel, auth):
            stub: DeviceServiceAsyncStub = DeviceServiceStub(channel)
            request = pb.RevokeDeviceRequest(user=user, device_id=device_id)
            return (await stub.RevokeDevice(request, metadata=auth)).device_ids

    @contextmanager
    def _store(self) -> Iterator[SqlStore]:
        with locked(self._folder):
            store, _ = open_store(self._folder, self._keys, self._clock, self._settings.database)
            try:
                yield store
            finally:
                store.close()
