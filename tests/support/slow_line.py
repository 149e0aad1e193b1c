"""A line between two machines that delays and loses what passes, and can be cut: a parish's ADSL.

The packets pass through this process, since not every kernel has a queue that delays.
"""

from __future__ import annotations

import fcntl
import heapq
import itertools
import os
import select
import struct
import threading
import time
from contextlib import suppress
from random import Random

_TUNSETIFF = 0x400454CA
_TUN, _NO_HEADER = 0x1, 0x1000
_LONGEST = 65_536
_LOOK_S = 0.2


def open_end(name: str) -> int:
    """Return one end of a line as a file: a new interface in the namespace of this thread; raises `OSError`."""
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN | _NO_HEADER))
    except OSError:
        os.close(file)
        raise
    return file


class SlowLine:
    """Carries packets between two ends; `delay_s` each way, `loss` of 1. Both may change, and `is_cut` too."""

    def __init__(self, one: int, other: int, delay_s: float = 0.0, loss: float = 0.0, seed: int = 1) -> None:
        self.delay_s, self.loss, self.is_cut = delay_s, loss, False
        self.carried = self.lost = 0
        self._to = {one: other, other: one}
        self._random = Random(seed)
        self._order = itertools.count()
        self._under_way: list[tuple[float, int, int, bytes]] = []
        self._is_open = True
        self._thread = threading.Thread(target=self._carry, name="slow line", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the line down, with both its ends."""
        self._is_open = False
        self._thread.join()
        for end in self._to:
            os.close(end)

    def _carry(self) -> None:
        while self._is_open:
            until = self._under_way[0][0] - time.monotonic() if self._under_way else _LOOK_S
            readable, _, _ = select.select(list(self._to), [], [], min(max(until, 0.0), _LOOK_S))
            for end in readable:
                with suppress(OSError):  # the interface is down
                    self._take(end, os.read(end, _LONGEST))
            while self._under_way and self._under_way[0][0] <= time.monotonic():
                *_, end, packet = heapq.heappop(self._under_way)
                with suppress(OSError):
                    os.write(end, packet)
                    self.carried += 1

    def _take(self, end: int, packet: bytes) -> None:
        if self.is_cut or self._random.random() < self.loss:
            self.lost += 1
        else:
            heapq.heappush(self._under_way, (time.monotonic() + self.delay_s, next(self._order), self._to[end], packet))
