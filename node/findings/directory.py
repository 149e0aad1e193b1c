"""The directory of members: which version is trusted here, until when, and whether the registry went back behind it."""

from __future__ import annotations

from maglia.core.findings.model import Finding, Subject, ok, problem, warning
from node.findings.remedies import Remedies


def directory_found(
    version: int, expires: float, now: float, offered: int | None, remedies: Remedies, *, serving: bool
) -> Finding:
    """Return how the newest timestamp seen here is; instants in seconds since the epoch.

    `offered` is the version that the registry offers now, None when it was not asked or does not answer.
    """
    if offered is not None and offered < version:
        numbers = {"offered": offered, "seen": version}
        return problem(Subject.DIRECTORY, remedies.recover(), "directory.back", **numbers)
    until = int(expires * 1000)
    if expires <= now:
        repair = remedies.state() if serving else remedies.start()
        return problem(Subject.DIRECTORY, repair, "directory.ended", until_ms=until)
    return ok(Subject.DIRECTORY, "directory.valid", version=version, until_ms=until)


def no_directory(remedies: Remedies, *, joined: bool) -> Finding:
    """Return that none was received yet: the first start does, which a body that did not join can't."""
    return warning(Subject.DIRECTORY, remedies.start() if joined else remedies.state(), "directory.none")


def directory_unread(remedies: Remedies) -> Finding:
    """Return that the kept one can't be read."""
    return problem(Subject.DIRECTORY, remedies.start(), "directory.unread")
