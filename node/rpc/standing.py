"""How the node is, as its own console hears it: health, log, signals, budgets, the enrolment for an epoch."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.log_check import LogReport
from maglia.v1 import operator_pb2 as pb
from node.enrol import Progress
from node.signals import Signalled
from node.spending import Spending
from node.status import NodeStatus, Profile


def status_message(profile: Profile, status: NodeStatus) -> pb.GetStatusResponse:
    """Return who the body is and how its node is."""
    return pb.GetStatusResponse(
        member=profile.member,
        member_name=profile.name(),
        network=profile.network,
        policy_revision=status.policy_revision,
        directory_version=status.directory_version,
        ready=status.ready,
        awaiting=status.awaiting,
        records=status.records,
        engine=status.engine,
        problems=status.problems,
        members_active=status.members_active,
        enrolment=[
            pb.Enrolling(
                epoch=one.epoch,
                awaiting=one.awaiting,
                waits=one.waits.code if one.waits else "",
                params=one.waits.params if one.waits else {},
            )
            for one in status.enrolment
        ],
    )


def log_message(report: LogReport) -> pb.VerifyLogResponse:
    """Return what a recomputation of the log found."""
    return pb.VerifyLogResponse(
        ok=report.ok,
        size=report.size,
        root=bytes.fromhex(report.root),
        checkpoint_size=report.checkpoint_size,
        checkpoint_root=bytes.fromhex(report.checkpoint_root),
        cosigned=report.cosigned,
        cosigned_size=report.cosigned_size,
        first_bad=report.first_bad,
        first=report.first,
        bad_archive=report.bad_archive,
    )


def progress_message(step: Progress) -> pb.RepseudonymizeResponse:
    """Return how far the enrolment for an epoch is."""
    return pb.RepseudonymizeResponse(
        epoch=step.epoch, enrolled=step.enrolled, awaiting=step.awaiting, waits=step.waits or ""
    )


def spending_message(found: Spending) -> pb.GetSpendingResponse:
    """Return how much of each budget is spent."""
    return pb.GetSpendingResponse(
        day=found.day,
        askers=[pb.Spent(holder=one.holder, spent=one.spent, limit=one.limit) for one in found.askers],
        operators=[pb.Spent(holder=one.holder, spent=one.spent, limit=one.limit) for one in found.operators],
        procedures=[
            pb.SpentUnder(
                procedure=line.spent.procedure,
                holder=line.spent.holder,
                spent=line.spent.spent,
                cap=line.cap,
                expires=line.expires,
                **{"class": line.spent.cls.value},
            )
            for line in found.procedures
        ],
    )


def signals_message(found: Sequence[Signalled]) -> pb.ListSignalsResponse:
    """Return what of operators' days is signalled."""
    return pb.ListSignalsResponse(
        signals=[
            pb.OperatorSignal(
                day=one.day.isoformat(),
                operator=one.operator,
                code=one.signal.code,
                count=one.signal.count,
                threshold=one.signal.threshold,
            )
            for one in found
        ]
    )
