"""The node's two doors: other bodies and auditors at one, the body's own operators at the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import grpc
from grpc_health.v1 import health

from maglia.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from maglia.v1.exchange_pb2_grpc import add_ExchangeServiceServicer_to_server
from maglia.v1.operator_pb2_grpc import add_OperatorServiceServicer_to_server
from maglia.v1.report_pb2_grpc import add_ReportServiceServicer_to_server
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, front_credentials, renewed_credentials
from maglia.wire.sessions import Sessions
from node.access.disclosing import Disclosing
from node.access.reporting import Reporting
from node.answer import Answering
from node.ask import Asking
from node.checks.asked_late import AskedLate
from node.checks.late_answers import LateAnswers
from node.checks.recent import RecentChecks
from node.consents import ConsentDesk
from node.domain.model import Operator
from node.enrol import Enrolment
from node.foundation import Foundation
from node.inbox import Inbox
from node.logins import Logins
from node.recording import Recording
from node.rpc.audit import AuditDoor
from node.rpc.exchange import ExchangeDoor
from node.rpc.operator import OperatorDoor
from node.rpc.report import ReportDoor
from node.rpc.rules import FrontRules, PeerRules
from node.serving import open_door
from node.spending import read_spending
from node.status import Profile, read_status

AddService = Callable[[grpc.aio.Server], None]
"""Registers a service at the server of a port; its calls have rows in `node.rpc.rules`."""


async def open_peer_door(
    stack: AsyncExitStack,
    base: Foundation,
    disclosing: Disclosing,
    checks: health.aio.HealthServicer,
    services: Sequence[AddService] = (),
) -> None:
    """Let other bodies ask, for themselves or for a person, and an auditor read the log; further `services` too."""
    settings, trust, refusals = base.settings, base.trust, base.refusals
    answered_from = settings.member, base.store, base.entries, base.policy, trust
    asked_late = AskedLate(base.store, Inbox(base.store))
    answering = Answering(*answered_from, base.clock, base.retention.terms, settings.answers_a_day, asked_late.note)
    exchange = ExchangeDoor(
        base.network,
        base.keys.identity,
        answering,
        trust.caller,
        lambda: trust.directory().version,
        refusals,
        trust,
    )
    trust.listen(exchange.review)
    rules = PeerRules(trust.caller, trust.official, refusals.count).table()
    server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_ExchangeServiceServicer_to_server(exchange, server)
    add_AuditServiceServicer_to_server(AuditDoor(base.network, settings.member, base.log, base.entries), server)
    told_by = base.network, settings.member, base.keys.identity, disclosing
    add_ReportServiceServicer_to_server(ReportDoor(*told_by, trust.caller, trust, base.clock, refusals), server)
    for add in services:
        add(server)
    own = base.card.tls
    credentials = renewed_credentials(own, trust.changed_roots, trust.roots() or own().certificate)
    await open_door(stack, server, "peer", settings.peer, credentials, checks)


async def open_front_door(
    stack: AsyncExitStack,
    base: Foundation,
    asking: Asking,
    recent: RecentChecks,
    late: LateAnswers,
    desk: ConsentDesk,
    reporting: Reporting,
    enrolment: Enrolment,
    recording: Recording,
    sessions: Sessions[Operator],
    logins: Logins,
    local_token: str,
    checks: health.aio.HealthServicer,
    desks: Sequence[AddService] = (),
) -> None:
    """Let the body's own operators work, at the counter and at further `desks`."""
    settings, trust, me = base.settings, base.trust, base.settings.member
    profile = Profile(base.network, me, lambda: trust.last_known(me))
    operator = OperatorDoor(
        profile,
        base.store,
        base.guard,
        asking,
        recent,
        late,
        enrolment,
        recording,
        sessions,
        logins,
        base.refusals,
        base.clock,
        lambda: read_status(me, base.store, trust, base.policy, base.problems(), enrolment.waits()),
        lambda: read_spending(me, base.store, trust, base.clock, settings.answers_a_day),
        trust.bundle,
        desk,
        trust.last_known,
        reporting,
        trust.directory,
        base.signals.signalled,
        base.permissions.granted,
    )
    rules = FrontRules(sessions, local_token, base.refusals.count, base.permissions.check_may_call).table()
    server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_OperatorServiceServicer_to_server(operator, server)
    for add in desks:
        add(server)
    await open_door(stack, server, "front", settings.front, front_credentials(base.keys.front), checks)
