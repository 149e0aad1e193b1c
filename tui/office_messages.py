"""What the registry says to its officers and hears from them, as plain values and as messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from maglia.core.checkpoint import Checkpoint
from maglia.core.directory import Official
from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import leaf_hash, verify_inclusion
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import office_pb2
from maglia.wire.answering import read_counts
from tui.door import class_of
from tui.model import SpentInProcedure, SpentLine
from tui.office_model import Budgets, Change, HistoryLine, MemberRow, NodeRow, OpenDraft
from tui.text import plain

LONGEST_REASON = 500
"""Characters of a reason or a note that are shown."""


def plain_all(texts: Sequence[str]) -> tuple[str, ...]:
    """Return remote texts made plain."""
    return tuple(plain(text) for text in texts)


def member_row(summary: office_pb2.MemberSummary) -> MemberRow:
    """Return a body's line."""
    return MemberRow(
        member=plain(summary.member),
        name=plain(summary.name),
        kind=plain(summary.kind),
        state=plain(summary.state),
        signed_by=plain_all(summary.signed_by),
        threshold=summary.threshold,
        applied_at=summary.applied_at,
        fingerprint=plain(summary.fingerprint),
        act_expiry=plain(summary.act_expiry),
        pending=plain(summary.pending),
        signer_names=plain_all(summary.signer_names),
        same_fiscal_code=plain_all(summary.same_fiscal_code),
    )


def sent_change(change: Change) -> office_pb2.Change:
    """Return a change as it is asked for."""
    called = change.procedure
    return office_pb2.Change(
        act=change.act,
        member=change.member,
        reason=change.reason,
        facets=change.facets,
        purposes=change.purposes,
        act_protocol=change.act_protocol,
        act_expiry=change.act_expiry,
        without=change.without,
        policies=change.policies,
        procedure=None if called is None else office_pb2.Procedure(**asdict(called)),
        official=None if change.official is None else office_pb2.Official(**asdict(change.official)),
    )


def told_change(change: office_pb2.Change) -> Change:
    """Return a change of an open draft: what tells one from another stays as told, and is made plain where shown."""
    return Change(
        act=plain(change.act),
        member=plain(change.member),
        reason=plain(change.reason, LONGEST_REASON),
        facets=plain_all(change.facets),
        purposes=plain_all(change.purposes),
        act_protocol=change.act_protocol,
        act_expiry=plain(change.act_expiry),
        procedure=_told_procedure(change.procedure) if change.HasField("procedure") else None,
        without=plain_all(change.without),
        policies=plain(change.policies),
        official=_told_official(change.official) if change.HasField("official") else None,
    )


def _told_official(official: office_pb2.Official) -> Official | None:
    """None for a role of another version: the draft then says more than it was told to."""
    try:
        role = NetworkRole(official.role)
    except ValueError:
        return None
    return Official(
        id=official.id,
        name=official.name,
        role=role,
        identity_key=official.identity_key,
        certificate=official.certificate,
        act_protocol=official.act_protocol,
        act_expiry=official.act_expiry,
    )


def _told_procedure(called: office_pb2.Procedure) -> Procedure:
    return Procedure(called.id, called.act, called.cap, called.expires, tuple(called.members))


def procedure_of(called: office_pb2.Procedure) -> Procedure:
    """Return a procedure in force, made plain."""
    return Procedure(plain(called.id), plain(called.act), called.cap, plain(called.expires), plain_all(called.members))


def history_line(entry: office_pb2.HistoryEntry, head: Checkpoint, member: str) -> HistoryLine:
    """Return one entry, proved or not under `head`; raise `log.broken` for what is no entry about `member`."""
    try:
        said = json.loads(entry.leaf)
        if said["member"] != member:
            raise MagliaError(Code.LOG_BROKEN, cause="an entry about another body")
        return HistoryLine(
            index=entry.index,
            at=float(said["at"]),
            actor=plain(str(said["actor"])),
            action=plain(str(said["action"])),
            detail=plain(str(said["detail"]), LONGEST_REASON),
            proved=verify_inclusion(leaf_hash(entry.leaf), entry.index, head.size, list(entry.proof), head.root),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise MagliaError(Code.LOG_BROKEN, cause="not an entry of the office") from error


def epochs_of(response: office_pb2.GetBoardResponse) -> Epochs:
    """Return the epochs of keys in use."""
    return Epochs(response.epoch, response.also_epoch)


def node_row(node: office_pb2.NodeHealth, board: office_pb2.GetBoardResponse) -> NodeRow:
    """Return a node's line on its board."""
    return NodeRow(
        member=plain(node.member),
        name=plain(node.name),
        state=plain(node.state),
        health=plain(node.health),
        heard_at=node.heard_at,
        is_current=node.timestamp_version == board.timestamp_version,
        cosigned_at=node.cosigned_at,
        log_size=node.log_size,
        card_expires=node.card_expires,
        ready_epochs=tuple(node.ready_epochs),
        relay=plain(node.relay),
        answering=read_counts(node.answering),
        askers=node.askers,
        absent_days=node.absent_days,
        missed_days=node.missed_days,
        is_ready=set(epochs_of(board).all) <= set(node.ready_epochs),
    )


def open_draft(one: office_pb2.OpenDraft) -> OpenDraft:
    """Return an open draft as the registry tells it."""
    changes = tuple(map(told_change, one.changes))
    return OpenDraft(plain(one.draft), changes, plain_all(one.signer_names), one.threshold, plain_all(one.signed_by))


def budgets_of(response: office_pb2.GetBudgetsResponse) -> Budgets:
    """Return what the registry counted today, and under procedures."""
    return Budgets(
        day=plain(response.day),
        today=tuple(
            SpentLine(plain(one.member), one.elements, one.limit, plain(class_of(one)), plain(one.use))
            for one in response.today
        ),
        procedures=tuple(
            SpentInProcedure(
                procedure=plain(one.procedure),
                holder=plain(one.member),
                cls=plain(class_of(one)),
                spent=one.elements,
                cap=one.cap,
                expires=plain(one.expires),
            )
            for one in response.procedures
        ),
    )
