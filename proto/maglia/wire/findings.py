"""Findings as messages, and back: of a later version's levels none is taken for less than a warning."""

from __future__ import annotations

from maglia.core.findings.model import Finding, Level, Subject, Told
from maglia.v1 import status_pb2 as pb


def finding_message(finding: Finding) -> pb.NodeFinding:
    """Return a finding as it travels."""
    return pb.NodeFinding(
        subject=finding.subject,
        level=finding.level,
        told=_told_message(finding.told),
        details=[_told_message(one) for one in finding.details],
        repair=finding.repair,
        for_manager=finding.for_manager,
    )


def read_finding(message: pb.NodeFinding) -> Finding:
    """Return a finding that came; a part that is not known here is one of the service."""
    known = message.subject in frozenset(Subject)
    return Finding(
        subject=Subject(message.subject) if known else Subject.SERVICE,
        level=Level(message.level) if message.level in frozenset(Level) else Level.WARNING,
        told=_read_told(message.told),
        repair=message.repair,
        details=tuple(map(_read_told, message.details)),
        for_manager=message.for_manager,
    )


def _told_message(told: Told) -> pb.FindingTold:
    return pb.FindingTold(what=told.what, params=dict(told.params))


def _read_told(message: pb.FindingTold) -> Told:
    return Told(message.what, dict(message.params))
