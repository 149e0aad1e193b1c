"""Become another program that dies with its parent: `python -I -S launch.py PARENT_PID PROGRAM ARGUMENT...`.

A node killed outright cannot stop its policy server; the kernel does (PR_SET_PDEATHSIG, kept across execve). Done in a
program of its own because a hook between fork and exec is unsafe in a process with threads. Elsewhere than on Linux a
killed node leaves the server behind, idle and without its token.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Replace this process; exits with status 1 when the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
