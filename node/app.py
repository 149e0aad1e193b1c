"""Everything of a node is put together here and in what it stands on (`node.foundation`, `node.doors`)."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from maglia.core.bundle import bundle_revision
from maglia.core.device import Server
from maglia.core.elapsed import seconds_passed
from maglia.core.network_file import NetworkFile
from maglia.open_files import allow_open_files
from maglia.wire.sessions import Sessions
from node.access.collecting import Collecting
from node.access.disclosing import Disclosing
from node.access.reporting import Reporting
from node.answering_rates import AnsweringRates
from node.answering_reports import AnsweringReports
from node.ask import Asking
from node.check_file import CheckFile
from node.checks.asked import Following
from node.checks.late_answers import LateAnswers
from node.checks.late_findings import LateFindings
from node.checks.recent import RecentChecks
from node.config import Settings
from node.consents import ConsentDesk
from node.desks import (
    batch_desk,
    device_desk,
    files_desk,
    inbox_desk,
    needs_desk,
    network_desk,
    persons_desk,
    records_desk,
    reservation_desk,
    status_desk,
    waiting_desk,
)
from node.devices import Devices
from node.domain.model import Operator
from node.doors import open_front_door, open_peer_door
from node.enrol import Enrolment
from node.erasing import Erasing
from node.evaluations import LoggedEvaluator
from node.following import Followers
from node.foundation import Foundation, lay_foundation
from node.health import Health
from node.hearing import Timing
from node.housekeeping import Housekeeping
from node.inbox import Inbox
from node.log.search import LogSearch
from node.log.tracing import Tracing
from node.logins import Logins
from node.network.answering import AnsweringOffice
from node.network.peers import PeerStreams
from node.network.reports import ReportCalls
from node.pseudonyms import Pseudonyms
from node.recording import Recording
from node.referrals.courier import Courier
from node.referrals.endings import ReferralEndings
from node.referring import desk_referrals, peer_referrals, referral_courier
from node.serving import announce, run_beside
from node.waiting import Waiting


async def serve(folder: Path, settings: Settings, network: NetworkFile, passphrase: str) -> None:
    """Serve until a signal says to stop; raises what keeps the node from starting."""
    allow_open_files()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(folder, settings, network, passphrase):
        await stop.wait()


@asynccontextmanager
async def running(folder: Path, settings: Settings, network: NetworkFile, passphrase: str) -> AsyncIterator[None]:
    """A node that serves for as long as the context lasts."""
    async with lay_foundation(folder, settings, network, passphrase) as base, AsyncExitStack() as stack:
        await _serve(stack, base)
        yield


async def _serve(stack: AsyncExitStack, base: Foundation) -> None:
    """Open both doors, start what runs beside them, and say that the node is ready."""
    settings, trust, registry = base.settings, base.trust, base.registry
    healthy, local_token = Health(base.problems), secrets.token_urlsafe(32)
    pseudonyms = Pseudonyms(LoggedEvaluator(registry, base.entries), base.store, base.clock)
    recording = Recording(base.store, base.entries)
    enrolled_from = settings.member, base.store, base.entries, recording, trust, pseudonyms
    enrolment = Enrolment(*enrolled_from, trust.look)
    registry.report(enrolment.ready_epochs, trust.timestamp_version)
    peers = PeerStreams(base.network, base.keys.identity, base.card.tls, trust.peer, trust)
    trust.listen(peers.review)
    stack.push_async_callback(peers.close)
    disclosing = _disclosing(base)
    await open_peer_door(stack, base, disclosing, await healthy.door(), [peer_referrals(base)])
    courier = referral_courier(stack, base)
    asking, desk = _asking(base, peers, pseudonyms), _desk(base, pseudonyms, courier)
    reporting = _reporting(stack, base, pseudonyms, disclosing)
    inbox = Inbox(base.store)
    rates = AnsweringRates(base.store, base.log, base.clock, settings.provisional_s, settings.deadline_s)
    office = AnsweringOffice(base.network, settings.member, base.keys.identity, registry)
    reports = AnsweringReports(base.store, rates, office, base.clock, settings.answering_s)
    late = LateFindings(base.store, inbox)
    answers = LateAnswers(inbox, settings.reask_s)
    recent = _recent(base, peers, asking, Followers(answers, late))
    made_from = settings.member, base.store, asking, recent, peers, trust, base.clock, inbox, answers
    waiting = Waiting(*made_from, settings.reask_every_s, settings.reask_s, base.may_ask)
    stack.push_async_callback(late.close)
    stack.push_async_callback(answers.close)
    sessions = Sessions[Operator](settings.session_idle_s)
    devices = _devices(base, sessions)
    logins = Logins(base.store, sessions, base.refusals, devices)
    desks = [
        device_desk(base, devices, logins),
        persons_desk(base, recording, enrolment),
        files_desk(base, recording, enrolment),
        needs_desk(base, recording, enrolment),
        records_desk(base, recording, enrolment),
        reservation_desk(base, recording, enrolment, asking, recent, late),
        desk_referrals(base, pseudonyms, courier),
        batch_desk(stack, base, peers, pseudonyms),
        inbox_desk(inbox),
        waiting_desk(base, waiting),
        network_desk(base, rates, reports),
        status_desk(base, enrolment, peers),
    ]
    await open_front_door(
        stack,
        base,
        asking,
        recent,
        answers,
        desk,
        reporting,
        enrolment,
        recording,
        sessions,
        logins,
        local_token,
        await healthy.door(),
        desks,
    )

    async def on_bundle(bundle: bytes) -> None:
        await base.policy.replace(bundle, bundle_revision(bundle))
        await base.permissions.renew()
        await base.retention.renew()

    for work in (
        trust.keep_fresh(on_bundle),
        enrolment.run(),
        Housekeeping(base.store, trust, Erasing(base.store, base.entries)).run(),
        base.checking.run(),
        base.keeping.run(lambda: not base.guard.forked),
        recent.run(),
        rates.run(),
        waiting.run(),
        reports.run(),
        base.refusals.run(),
        base.disk.run(),
        base.endings.run(),
        base.card.run(),
        healthy.run(),
        base.policy.run(),
        base.witnessing.run(),
        base.permissions.run(),
        base.retention.run(),
        base.signals.run(),
    ):
        run_beside(stack, work)
    if base.tunnel is not None:
        run_beside(stack, base.tunnel.run())
    stack.push_async_callback(base.refusals.try_to_write)
    announce(stack, base.folder, settings, local_token)


def _devices(base: Foundation, sessions: Sessions[Operator]) -> Devices:
    server = Server(base.network, base.settings.member, base.keys.front.der)
    return Devices(server, base.store, base.clock, sessions.end_of, needed=base.settings.remote)


def _asking(base: Foundation, peers: PeerStreams, pseudonyms: Pseudonyms) -> Asking:
    timing = Timing(base.settings.provisional_s, base.settings.deadline_s)
    asked_from = base.settings.member, base.store, base.entries, base.policy, base.trust
    return Asking(*asked_from, peers, pseudonyms, base.clock, base.keys.budget_key, timing, base.open_questions)


def _recent(base: Foundation, peers: PeerStreams, asking: Asking, following: Following) -> RecentChecks:
    settings, file = base.settings, CheckFile(base.store, asking, base.clock, base.may_ask)
    return RecentChecks(peers, settings.reask_s, settings.reask_every_s, file, seconds_passed, following)


def _desk(base: Foundation, pseudonyms: Pseudonyms, courier: Courier) -> ConsentDesk:
    traced_in = base.settings.member, base.store, base.log, base.entries, base.trust
    endings = ReferralEndings(base.store, base.clock, base.settings.referral_s, courier.wake)
    return ConsentDesk(base.store, Tracing(*traced_in, pseudonyms, base.clock), endings, base.clock)


def _disclosing(base: Foundation) -> Disclosing:
    search = LogSearch(base.log, base.entries)
    told_from = base.settings.member, base.store, search, base.entries, base.policy, base.trust
    return Disclosing(*told_from, base.clock, base.refusals)


def _reporting(stack: AsyncExitStack, base: Foundation, pseudonyms: Pseudonyms, disclosing: Disclosing) -> Reporting:
    trust, me = base.trust, base.settings.member
    calls = ReportCalls(base.network, base.keys.identity, base.card.tls, trust.peer)
    collecting = Collecting(me, base.store, base.entries, trust, calls, disclosing, base.clock)
    stack.push_async_callback(collecting.close)
    opened_from = base.network, me, base.store, base.entries, trust, pseudonyms
    return Reporting(*opened_from, disclosing, collecting, base.clock, base.keys.budget_key)
