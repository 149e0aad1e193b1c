"""Clients of a front port, told apart by their network address: all that is known of whoever has proved nothing yet."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from math import ceil
from urllib.parse import unquote

KEPT = 10_000
"""Clients remembered at once, those heard last: a flood of addresses can't fill the memory."""
_IPV6_SITE = 64
"""Leading bits that tell one IPv6 site from another: within its own, a site picks addresses at will."""


def client_of(peer: str) -> str:
    """Return the address in gRPC's name of a peer, without its port: of IPv6 the site's; "" for what is none."""
    _, _, rest = unquote(peer).partition(":")
    host, _, _ = rest.rpartition(":")
    try:
        address = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if address.version == 6 and (mapped := address.ipv4_mapped) is not None:
        return str(mapped)
    return str(address) if address.version == 4 else str(ip_network((address, _IPV6_SITE), strict=False))


class Quota:
    """So many calls of one client in a sliding time, in memory. Times are monotonic seconds."""

    def __init__(self, calls: int, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._per_s = per_s
        self._clock = clock
        self._begun: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """Count one call of `client` and return 0; over the quota count nothing and return the seconds to wait."""
        now, begun = self._clock(), self._begun.setdefault(client, deque())
        self._begun.move_to_end(client)
        if len(self._begun) > KEPT:
            self._begun.popitem(last=False)
        while begun and begun[0] <= now - self._per_s:
            begun.popleft()
        if len(begun) >= self._calls:
            return max(1, ceil(begun[0] + self._per_s - now)) if begun else ceil(self._per_s)
        begun.append(now)
        return 0

    def forgive(self, client: str) -> None:
        """Count one call of `client` less."""
        if begun := self._begun.get(client):
            begun.pop()
