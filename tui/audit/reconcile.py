"""Reconciliation: every body's log against every other's and the registry's (design 9).

Pure reading of an archive: two passes over each log make it safe without common clocks (`Span`). What never was read,
or does not hold, is left out, said, and counted; what could not be read this time counts as far as it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from maglia.core.identity import REGISTRY_ID
from maglia.wire.entries import decode_entry
from tui.audit.archive import Archive
from tui.audit.findings import Findings, Report
from tui.audit.known import Known
from tui.audit.network import READ_STATES
from tui.audit.reconcile_budgets import compare_budgets
from tui.audit.reconcile_enrolments import compare_enrolments
from tui.audit.reconcile_evaluations import compare_evaluations, count_unused
from tui.audit.reconcile_pairs import Pairs
from tui.audit.reconcile_proof import Proofs
from tui.audit.reconcile_reports import compare_reports
from tui.audit.reconcile_rows import questions
from tui.audit.reconcile_spans import Logs
from tui.audit.thresholds import Thresholds

_TOLD_EVERY = 500
"""Questions between two words on how far it is."""


@dataclass(frozen=True)
class Network:
    """What two officers signed, as far as reconciliation needs it.

    `members` are the bodies whose logs should be read; `keys` each body's identity keys (Ed25519, 32 bytes), of today
    and of before; `caps` those of procedures, by name.
    """

    name: str
    members: Collection[str]
    keys: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)


def network_of(known: Known) -> Network:
    """Return what is kept of the officers' word: every body whose log is read, stopped ones too."""
    directory = known.directory
    return Network(
        name=directory.network,
        members=[member.id for member in directory.members.values() if member.state in READ_STATES],
        keys=known.identity_keys(),
        caps={procedure.id: procedure.cap for procedure in known.procedures.values()},
    )


def reconcile(archive: Archive, network: Network, thresholds: Thresholds, tell: Callable[[], object] = bool) -> Report:
    """Return what an auditor should ask about; raise `storage.unavailable` when the archive fails.

    `tell` is called every now and then; what it raises ends the work, which has changed nothing.
    """
    archive.prepare_joins()
    logs = Logs(archive.logs(), network.members)
    findings = Findings()
    logs.tell_chains(findings)
    spans = logs.spans(archive.engine, thresholds.archived)
    bodies = spans.keys() - {REGISTRY_ID}
    pairs = Pairs(spans, thresholds, Proofs(network.name, network.keys, _evidence_of(archive)), findings)
    for at, rows in enumerate(questions(archive.engine, bodies)):
        if at % _TOLD_EVERY == 0:
            tell()
        pairs.judge(rows)
    pairs.tell_rates()
    tell()
    compare_reports(archive.engine, spans, findings)
    compare_evaluations(archive.engine, spans, findings)
    tell()
    count_unused(archive.engine, spans, thresholds.unused, findings)
    compare_enrolments(archive.engine, spans, findings)
    compare_budgets(archive.engine, spans, thresholds.limits, network.caps, findings)
    return Report(
        members_read=len(logs.read - {REGISTRY_ID}),
        members_total=len(network.members),
        registry_read=REGISTRY_ID in logs.read,
        unread=logs.unread,
        findings=findings.all(),
    )


def _evidence_of(archive: Archive) -> Callable[[str, int], bytes]:
    def evidence(member: str, idx: int) -> bytes:
        found = archive.leaves(member, idx, 1)
        return decode_entry(found[0]).evidence if found else b""

    return evidence
