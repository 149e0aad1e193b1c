"""Reconciliation: every body's log against every other's and the registry's (design 9).

Pure reading of an archive: two passes over each log make it safe without common clocks (`Span`), and what could not be
read, or does not hold, is left out, said, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Engine, func, select

from maglia.core.codes import Code
from maglia.core.entry import EntryKind
from maglia.core.identity import REGISTRY_ID
from maglia.sql.engine import storage_errors
from maglia.wire.entries import decode_entry
from tui.audit.archive import Archive, LogState
from tui.audit.findings import About, Findings, FindingType, Place, Report, Unread
from tui.audit.known import Known
from tui.audit.network import READ_STATES
from tui.audit.reconcile_budgets import compare_budgets
from tui.audit.reconcile_enrolments import compare_enrolments
from tui.audit.reconcile_evaluations import compare_evaluations, count_unused
from tui.audit.reconcile_pairs import Pairs
from tui.audit.reconcile_proof import Proofs
from tui.audit.reconcile_reports import compare_reports
from tui.audit.reconcile_rows import Span, questions
from tui.audit.tables import entry
from tui.audit.thresholds import Thresholds

_BROKEN = frozenset({Code.LOG_BROKEN.value, Code.LOG_CHECKPOINT.value})
_FORKED = frozenset({Code.LOG_FORK.value, Code.LOG_REWRITTEN.value})
_UNKNOWN = partial(LogState, problem=Code.NETWORK_UNREACHABLE.value)
"""A log that nobody has read yet."""


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


def reconcile(archive: Archive, network: Network, thresholds: Thresholds) -> Report:
    """Return what an auditor should ask about; raise `storage.unavailable` when the archive fails."""
    archive.prepare_joins()
    known = {log.member: log for log in archive.logs()}
    logs = [known.get(member) or _UNKNOWN(member) for member in [*sorted(network.members), REGISTRY_ID]]
    findings = Findings()
    for log in logs:
        _tell_chain(log, findings)
    spans = {log.member: _span(archive.engine, log, thresholds) for log in logs if not log.problem}
    bodies = spans.keys() - {REGISTRY_ID}
    pairs = Pairs(spans, thresholds, Proofs(network.name, network.keys, _evidence_of(archive)), findings)
    for rows in questions(archive.engine, bodies):
        pairs.judge(rows)
    pairs.tell_rates()
    compare_reports(archive.engine, spans, findings)
    compare_evaluations(archive.engine, spans, findings)
    count_unused(archive.engine, spans, thresholds.unused, findings)
    compare_enrolments(archive.engine, spans, findings)
    compare_budgets(archive.engine, spans, thresholds.limits, network.caps, findings)
    return Report(
        members_read=len(bodies),
        members_total=len(network.members),
        registry_read=REGISTRY_ID in spans,
        unread=[Unread(log.member, log.problem) for log in logs if log.problem],
        findings=findings.all(),
    )


def _tell_chain(log: LogState, findings: Findings) -> None:
    kind = FindingType.BROKEN if log.problem in _BROKEN else FindingType.FORK if log.problem in _FORKED else None
    if kind is not None:
        places = [] if log.at_entry is None else [Place(log.member, log.at_entry)]
        findings.add(About(kind, (log.member,), detail=log.problem), places)


def _span(engine: Engine, log: LogState, thresholds: Thresholds) -> Span:
    mine = entry.c.member == log.member
    first = select(entry.c.time_ms).where(mine, entry.c.idx == log.first)
    last = select(func.max(entry.c.time_ms)).where(mine, entry.c.idx == log.first_pass - 1)
    ends = select(func.min(entry.c.idx)).where(mine, entry.c.kind == EntryKind.END_STATE.value, entry.c.has_evidence)
    with storage_errors(), engine.connect() as connection:
        since = connection.execute(first).scalar() if log.first else None
        return Span(
            judged=log.first_pass,
            since_ms=0 if since is None else since + thresholds.archived.seconds * 1000,
            until_ms=connection.execute(last).scalar() or 0,
            evidence_from=connection.execute(ends).scalar(),
        )


def _evidence_of(archive: Archive) -> Callable[[str, int], bytes]:
    def evidence(member: str, idx: int) -> bytes:
        found = archive.leaves(member, idx, 1)
        return decode_entry(found[0]).evidence if found else b""

    return evidence
