"""Exit statuses of every command and which one wins."""

from __future__ import annotations

from enum import IntEnum

from maglia.core.errors import MagliaError
from tui.model import CheckState


class Exit(IntEnum):
    """What a script may rely on."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    NETWORK = 3
    NOT_ALLOWED = 4
    OVERLAP = 10
    PARTIAL = 11
    REJECTED_ROWS = 12
    INTERRUPTED = 130


_PRECEDENCE = (
    Exit.INTERRUPTED,
    Exit.USAGE,
    Exit.NOT_ALLOWED,
    Exit.NETWORK,
    Exit.ERROR,
    Exit.REJECTED_ROWS,
    Exit.OVERLAP,
    Exit.PARTIAL,
    Exit.DONE,
)
_BY_FAMILY = {
    "input": Exit.USAGE,
    "session": Exit.NOT_ALLOWED,
    "consent": Exit.NOT_ALLOWED,
    "budget": Exit.NOT_ALLOWED,
    "policy": Exit.NOT_ALLOWED,
    "member": Exit.NOT_ALLOWED,
    "network": Exit.NETWORK,
}


def exit_of_error(error: MagliaError) -> Exit:
    """Return the status of a refusal or failure, by the family of its code."""
    return _BY_FAMILY.get(error.code.value.partition(".")[0], Exit.ERROR)


def exit_of_check(state: CheckState) -> Exit:
    """Return the status of a check: an overlap counts more than the silence of others."""
    found = Exit.OVERLAP if state.findings else Exit.DONE
    whole = Exit.DONE if state.complete else Exit.PARTIAL
    return strongest(found, whole)


def strongest(*statuses: Exit) -> Exit:
    """Return the status that wins where several apply."""
    return min(statuses, key=_PRECEDENCE.index)
