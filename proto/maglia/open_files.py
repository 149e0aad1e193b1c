"""How many files and connections a server may have open at once: many systems begin with 1,024.

Whoever connects to a port takes one, and says who they are only afterwards. So few are quickly taken.
"""

from __future__ import annotations

import resource

AT_LEAST = 16_384
"""Of a server with a public port: silent connections of many addresses, and room for those that speak."""


def allow_open_files(wanted: int = AT_LEAST) -> None:
    """Let this process open `wanted` files, or as many as the system lets it; a limit that is higher stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
