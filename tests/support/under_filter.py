"""Become another program that may use only the system calls of a unit: `python under_filter.py UNIT PROGRAM...`.

What systemd does with `SystemCallFilter` is done here through libseccomp, with the sets of calls as systemd itself
names them, for machines that systemd does not run. A refused call fails with EPERM, as the unit says.
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000


def calls_of(filters: list[str]) -> set[str]:
    """Return the names that `SystemCallFilter` lines leave allowed; a line with ~ takes away."""
    allowed: set[str] = set()
    for line in filters:
        names = set().union(*(_named(one) for one in line.removeprefix("~").split()))
        allowed = allowed - names if line.startswith("~") else allowed | names
    return allowed


def _named(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    listed = [line.strip() for line in told.stdout.splitlines()[1:] if line.strip() and "#" not in line]
    return set().union(*(_named(one) for one in listed))


def confine(allowed: set[str]) -> None:
    """Let this process, and all that it starts, use only these calls."""
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_ERRNO | errno.EPERM)))
    for name in sorted(allowed):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # the others are not of this processor
            added = seccomp.seccomp_rule_add(context, ctypes.c_uint32(_ALLOW), ctypes.c_int(number), ctypes.c_uint(0))
            assert added == 0, name
    assert seccomp.seccomp_load(context) == 0


def main() -> None:
    """Replace this process."""
    lines = Path(sys.argv[1]).read_text().splitlines()
    filters = [line.partition("=")[2] for line in lines if line.startswith("SystemCallFilter=")]
    assert filters
    confine(calls_of(filters))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
