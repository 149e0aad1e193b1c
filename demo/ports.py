"""Loopback ports for servers that start later, also while other networks choose theirs.

A port that was free when asked for may be taken before its server binds it. So ports come from below the range that the
kernel gives to outgoing connections, and are claimed for some minutes in a file that every network of this user reads.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import socket
import tempfile
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
RANGE = (12_000, 32_000)
"""Below Linux's ephemeral ports, which begin at 32768, and those of others, at 49152."""

CLAIM_S = 300.0
"""Longest time between choosing a port and serving on it."""


def choose_ports(count: int, claims: Path | None = None) -> list[int]:
    """Return `count` distinct free ports, claimed in the file `claims` (this user's own when None)."""
    path = claims or Path(tempfile.gettempdir()) / f"maglia-demo-ports-{os.getuid()}.json"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        claimed = _still_claimed(file.read(), time.time())
        chosen = _choose(count, set(claimed))
        claimed.update((port, time.time()) for port in chosen)
        file.seek(0)
        file.truncate()
        json.dump(claimed, file)
    return chosen


def _still_claimed(text: str, now: float) -> dict[int, float]:
    try:
        claims = {int(port): float(at) for port, at in json.loads(text or "{}").items()}
    except (ValueError, TypeError, AttributeError):  # an unreadable file claims nothing
        return {}
    return {port: at for port, at in claims.items() if 0 <= now - at < CLAIM_S}


def _choose(count: int, taken: set[int]) -> list[int]:
    candidates = (port for port in random.sample(range(*RANGE), RANGE[1] - RANGE[0]) if port not in taken)
    chosen: list[int] = []
    for port in candidates:
        if len(chosen) == count:
            break
        if _is_free(port):
            chosen.append(port)
    return chosen


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
