"""Whether a log's heads and its entries tell one history: the rule, without I/O.

A log signs heads; so does the witness, of what it saw. Every head ever seen must be the root over the entries held, at
its size. Where one is not, the heads that do agree say from which entry on the log can't be believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from maglia.core.checkpoint import Checkpoint
from maglia.core.errors import Code


@dataclass(frozen=True)
class Doubt:
    """Why a log does not hold, and the range of entries (first, last) within which it stops doing so."""

    code: Code
    first: int
    last: int


def find_doubt(heads: Iterable[Checkpoint], held: int, root_at: Callable[[int], bytes]) -> Doubt | None:
    """Return why heads and the `held` entries contradict each other, None when they don't.

    `log.fork`: the log signed two histories, or a longer one than it now has. `log.broken`: the entries it hands out
    are not those that it signed. `root_at` returns the root over so many entries, at most `held`, in growing order.
    """
    good, bad = 0, None
    for size, roots in _by_size(heads).items():
        if size > held:
            return bad or Doubt(Code.LOG_FORK, held, size - 1)
        if len(roots) > 1:
            return Doubt(Code.LOG_FORK, good, max(size - 1, good))
        if root_at(size) in roots:
            if bad is not None:  # later heads agree with the entries: the earlier one was of another history
                return Doubt(Code.LOG_FORK, bad.first, bad.last)
            good = size
        elif bad is None:
            bad = Doubt(Code.LOG_BROKEN, good, max(size - 1, good))
    return bad


def _by_size(heads: Iterable[Checkpoint]) -> dict[int, set[bytes]]:
    found: dict[int, set[bytes]] = {}
    for head in sorted(heads, key=lambda one: one.size):
        found.setdefault(head.size, set()).add(head.root)
    return found
