"""Somebody who connects and says next to nothing: `python -m tests.support.idle_caller HOST PORT COUNT`.

A process of its own, since each connection takes one of its files. It says `held` once all are open, and lets go when
its input ends.
"""

from __future__ import annotations

import select
import socket
import sys
from contextlib import suppress

from maglia.open_files import allow_open_files
from tests.support.relay_world import client_hello

FIRST_WORDS = (b"", client_hello("registry.demo.maglia.internal")[:60], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16")
"""Nothing, a handshake that breaks off, one that never begins, and a byte."""
CONNECT_S = 60


def main(host: str, port: int, count: int) -> None:
    """Hold the connections; one in ten says a byte each second, like a client on the slowest of lines."""
    allow_open_files()
    held = []
    for number in range(count):
        held.append(one := socket.create_connection((host, port), timeout=CONNECT_S))
        one.sendall(FIRST_WORDS[number % len(FIRST_WORDS)])
    sys.stdout.write("held\n")
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], 1)[0]:
        for one in held[::10]:
            with suppress(OSError):  # let go
                one.send(b"\x03")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
