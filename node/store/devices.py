"""Enrolled consoles and invites: what the second factor is made from is sealed, a code is known by its digest."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, Row, bindparam, delete, insert, select, update

from node.domain.device import MAX_WRONG, Device, Invite
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import DeviceEnrolled, DeviceInvited, DeviceLocked, DeviceRevoked

_T, _INVITE = tables.device, tables.device_invite
_ALL = select(_T).order_by(_T.c.user, _T.c.enrolled_at, _T.c.id)
_ONE = select(_T).where(_T.c.id == bindparam("of_id"))
_OF_USER = select(_T.c.id).where(_T.c.user == bindparam("of_user")).order_by(_T.c.id)
_ADD = insert(_T)
_DROP = delete(_T).where(_T.c.id == bindparam("of_id"))
_TAKE_STEP = (
    update(_T)
    .where(_T.c.id == bindparam("of_id"), _T.c.last_step < bindparam("step"), _T.c.wrong < MAX_WRONG)
    .values(last_step=bindparam("step"), used_at=bindparam("at"), wrong=0)
)
_WRONG = update(_T).where(_T.c.id == bindparam("of_id")).values(wrong=_T.c.wrong + 1).returning(_T.c.wrong)
_FIND_INVITE = select(_INVITE).where(_INVITE.c.user == bindparam("of_user"))
_ADD_INVITE = insert(_INVITE)
_DROP_INVITE = delete(_INVITE).where(_INVITE.c.user == bindparam("of_user"))
_SPEND_INVITE = _DROP_INVITE.where(_INVITE.c.digest == bindparam("of_digest"))
_LEFT_OUT = (
    select(tables.operator.c.user)
    .where(~select(_T.c.id).where(_T.c.user == tables.operator.c.user, _T.c.wrong < MAX_WRONG).exists())
    .order_by(tables.operator.c.user)
)
_SEALED = "device.otp_secret"


def operators_left_out(engine: Engine) -> list[str]:
    """Return the operators with no device that opens anything; read beside a running node."""
    with engine.connect() as connection:
        return list(connection.execute(_LEFT_OUT).scalars())


class Devices(Part):
    """The `Store`'s methods on devices."""

    def add_invite(self, invite: Invite, actor: str) -> None:
        """Keep an invite; an earlier one of the user is void."""

        def work(connection: Connection) -> Audited[None]:
            connection.execute(_DROP_INVITE, {"of_user": invite.user})
            row = {"user": invite.user, "digest": invite.digest, "expires": invite.expires}
            connection.execute(_ADD_INVITE, row)
            return Audited(None, [DeviceInvited(actor, invite.user)])

        self._db.change(work, records=False)

    def invite(self, user: str) -> Invite | None:
        """Return a user's invite, if any."""
        found = self._db.rows(_FIND_INVITE, {"of_user": user})
        return Invite(found[0].user, found[0].digest, found[0].expires) if found else None

    def enrol_device(self, device: Device, digest: bytes) -> bool:
        """Spend the user's invite and keep the device, in one step; return whether the invite was there."""

        def work(connection: Connection) -> Audited[bool]:
            spent = connection.execute(_SPEND_INVITE, {"of_user": device.user, "of_digest": digest}).rowcount
            if not spent:
                return Audited(False, [])
            connection.execute(_ADD, self._device_row(device))
            return Audited(True, [DeviceEnrolled(device.user, device.id)])

        return self._db.change(work, records=False)

    def device(self, device_id: str) -> Device | None:
        """Return an enrolled device."""
        found = self._db.rows(_ONE, {"of_id": device_id})
        return self._read_device(found[0]) if found else None

    def devices(self) -> Sequence[Device]:
        """Return all, by user and day of enrolment."""
        return [self._read_device(row) for row in self._db.rows(_ALL, {})]

    def take_step(self, device_id: str, step: int) -> bool:
        """Note that a code was used; return False when it, or a later one, was before."""
        taken = {"of_id": device_id, "step": step, "at": self._clock.now()}
        return self._db.keep(lambda connection: connection.execute(_TAKE_STEP, taken).rowcount == 1)

    def count_wrong(self, device_id: str) -> None:
        """Note a wrong code; the one that locks the device has an audit event."""

        def work(connection: Connection) -> Audited[None]:
            wrong = connection.execute(_WRONG, {"of_id": device_id}).scalar()
            return Audited(None, [DeviceLocked("node", device_id)] if wrong == MAX_WRONG else [])

        self._db.change(work, records=False)

    def revoke_devices(self, user: str, device_id: str, actor: str) -> Sequence[str]:
        """Forget one device, or with an empty id all of the user; return which."""

        def work(connection: Connection) -> Audited[Sequence[str]]:
            own = list(connection.execute(_OF_USER, {"of_user": user}).scalars())
            ended = [one for one in own if device_id in ("", one)]
            for one in ended:
                connection.execute(_DROP, {"of_id": one})
            return Audited(ended, [DeviceRevoked(actor, one) for one in ended])

        return self._db.change(work, records=False)

    def _device_row(self, device: Device) -> dict[str, object]:
        return {
            "id": device.id,
            "user": device.user,
            "name": device.name,
            "public_key": device.public_key,
            "otp_secret": self._fields.seal(_SEALED, device.id.encode(), device.otp_secret),
            "last_step": device.last_step,
            "enrolled_at": device.enrolled_at,
            "used_at": device.used_at,
            "wrong": device.wrong,
        }

    def _read_device(self, row: Row[*tuple[object, ...]]) -> Device:
        values = row._asdict()
        return Device(**values | {"otp_secret": self._fields.open(_SEALED, row.id.encode(), row.otp_secret)})
