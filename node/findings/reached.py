"""The other bodies: how many were reached a moment ago, and who is silent and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maglia.core.findings.model import Finding, Subject, ok, told, warning
from maglia.core.vocabulary import Silence
from node.findings.remedies import SILENT

_NAMED = 20
"""Silent bodies that one finding names."""


def reached_found(members: int, silent: Sequence[tuple[str, Silence]]) -> Finding:
    """Return how many of `members` other bodies were reached; `silent` are names and reasons."""
    if not members:
        return ok(Subject.NETWORK, "network.alone")
    reached = members - len(silent)
    if not silent:
        return ok(Subject.NETWORK, "network.all", reached=reached, members=members)
    named = [told("network.silent", name=name, silence=why) for name, why in silent[:_NAMED]]
    if len(silent) > _NAMED:
        named.append(told("network.more", count=len(silent) - _NAMED))
    numbers = {"reached": reached, "members": members, "silent": len(silent)}
    return replace(warning(Subject.NETWORK, SILENT, "network.some", **numbers), details=tuple(named))
