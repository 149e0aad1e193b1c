"""Exit statuses of every command, which one wins, and the one of each error: the only table of the project."""

from __future__ import annotations

from enum import IntEnum

from maglia.core.errors import Code, MagliaError


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
_BY_CODE = {
    # Trouble of this machine, which no network mends.
    Code.NETWORK_PROCESS: Exit.ERROR,
    Code.NETWORK_PORT_BUSY: Exit.ERROR,
    # The command is right: whose profile it is given does not let them do it.
    Code.INPUT_PROFILE_OFFICE: Exit.NOT_ALLOWED,
    Code.INPUT_PROFILE_NODE: Exit.NOT_ALLOWED,
    Code.INPUT_PROFILE_AUDITOR: Exit.NOT_ALLOWED,
    Code.INPUT_HOST_RIGHTS: Exit.NOT_ALLOWED,
}


def exit_of_error(error: MagliaError) -> Exit:
    """Return the status of a refusal or failure: its code's own, else its family's, else 1."""
    return _BY_CODE.get(error.code) or _BY_FAMILY.get(error.code.value.partition(".")[0], Exit.ERROR)


def strongest(*statuses: Exit) -> Exit:
    """Return the status that wins where several apply."""
    return min(statuses, key=_PRECEDENCE.index)
