"""Who may come in: a link that opens once, the cookie that it gives, and the names by which this computer calls itself.

Any page of the web may send a browser to an address of this computer, and can even have its own name lead there. So
whoever asks must call this computer by its own name, must come from its own page, and must hold the cookie.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping

HOST = "127.0.0.1"
"""The only address that is listened at: no other computer gets there."""
LINK_MINUTES = 10
_BYTES = 32
_NEAR = frozenset({"same-origin", "none"})
"""What a browser calls requests of the page itself, and those of whoever types or follows an address by hand."""


class Gate:
    """The link and the cookie of one run; both are random, neither is written to a file."""

    def __init__(self, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells seconds, from any moment."""
        self._names = frozenset({f"{HOST}:{port}", f"localhost:{port}"})
        self._token = secrets.token_urlsafe(_BYTES)
        self._cookie = secrets.token_urlsafe(_BYTES)
        self._clock = clock
        self._until = clock() + LINK_MINUTES * 60
        self._is_used = False
        self.link = f"http://{HOST}:{port}/in/{self._token}"
        self.cookie_name = f"maglia-{port}"
        """Cookies of one computer are shared by all of its ports."""

    def enter(self, token: str) -> str | None:
        """Return the cookie for the link's token, the first time and in time; None for whatever else."""
        is_right = secrets.compare_digest(token.encode(), self._token.encode())
        if not is_right or self._is_used or self._clock() > self._until:
            return None
        self._is_used = True
        return self._cookie

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Return whether a request calls this computer by its own name, so that no other name was made to lead here."""
        return headers.get("Host", "") in self._names

    def is_from_here(self, headers: Mapping[str, str], *, must_say: bool = False) -> bool:
        """Return whether a request comes from the page itself; `must_say` wants it said, as it always is of sockets."""
        origin = headers.get("Origin")
        if origin is None:
            return not must_say and headers.get("Sec-Fetch-Site", "none") in _NEAR
        return origin == f"http://{headers.get('Host', '')}" and self.knows(headers)

    def is_inside(self, cookies: Mapping[str, str]) -> bool:
        """Return whether the cookie is there, and is that of this run."""
        given = cookies.get(self.cookie_name, "")
        return secrets.compare_digest(given.encode(), self._cookie.encode())
