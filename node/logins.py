"""Who comes in at the front port: a user and password, and where the body needs it an enrolled console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maglia.core.errors import Code, MagliaError
from maglia.core.passwords import check_password
from maglia.wire.sessions import Sessions
from node.devices import Devices, LoginProof
from node.domain.model import Operator
from node.ports import Store
from node.refusals import NOBODY, Refusals


class Logins:
    """Counts each attempt, whatever it fails by, and opens sessions."""

    def __init__(self, store: Store, sessions: Sessions[Operator], refusals: Refusals, devices: Devices) -> None:
        self._store = store
        self._sessions = sessions
        self._refusals = refusals
        self._devices = devices

    async def log_in(self, user: str, password: str, client: str, proof: LoginProof | None) -> tuple[Operator, str]:
        """Return the operator and the token of a fresh session.

        Raises `session.credentials`, `session.throttled`, or what `Devices.check_login` does.
        """
        async with self.known(user, password, client) as operator:
            device = self._devices.check_login(operator, proof)
        return operator, self._sessions.open(operator, opened_with=device)

    @asynccontextmanager
    async def known(self, user: str, password: str, client: str) -> AsyncIterator[Operator]:
        """Yield who has this password; what fails inside counts as a failed attempt too."""
        found = self._store.operator(user)
        with self._refusals.counting(found[0].user if found else NOBODY):
            async with self._sessions.logins.attempt(user, client):
                # Argon2id takes tens of milliseconds by design: not in the event loop.
                await asyncio.to_thread(check_password, found[1] if found else None, password)
                if found is None:
                    raise MagliaError(Code.SESSION_CREDENTIALS)
                yield found[0]
