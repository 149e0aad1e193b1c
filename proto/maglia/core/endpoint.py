"""Where a server is reached: `HOST:PORT`, or several numeric ones for a registry that runs as replicas.

Several are separated by commas and tried in their order. They are numeric since gRPC resolves one name alone; one name
with several addresses needs no list.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

_ONE = re.compile(r"(?P<host>[^\s:,\[\]]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")
MAX_ENDPOINTS = 8


def split_endpoint(endpoint: str) -> list[str]:
    """Return the addresses of an endpoint; raise `ValueError` when it isn't one."""
    found = endpoint.split(",")
    hosts = [_host(one) for one in found]
    if len(found) > MAX_ENDPOINTS or len(set(found)) != len(found):
        raise ValueError("too many addresses, or one twice")
    if len(found) > 1 and len({ip_address(host.strip("[]")).version for host in hosts}) > 1:
        raise ValueError("addresses of two kinds")
    return found


def target_of(endpoint: str) -> str:
    """Return the endpoint as gRPC takes it, which calls the first address that answers."""
    if "," not in endpoint:
        return endpoint
    return f"ipv6:{endpoint}" if endpoint.startswith("[") else f"ipv4:{endpoint}"


def split_host(address: str) -> tuple[str, int]:
    """Return host, without brackets, and port of one `HOST:PORT`; raise `ValueError` when it isn't one."""
    return _host(address).strip("[]"), int(address.rpartition(":")[2])


def _host(address: str) -> str:
    match = _ONE.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise ValueError("not HOST:PORT")
    return match["host"]
