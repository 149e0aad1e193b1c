"""Puts the registry together: the work joined to its storage, and the servers of its two ports."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1.health import aio as health
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from maglia.core.errors import Code, MagliaError
from maglia.sql.log import SqlLogBackend
from maglia.v1.answering_pb2_grpc import add_AnsweringServiceServicer_to_server
from maglia.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from maglia.v1.directory_pb2_grpc import add_DirectoryServiceServicer_to_server
from maglia.v1.enrolment_pb2_grpc import add_EnrolmentServiceServicer_to_server
from maglia.v1.office_pb2_grpc import add_OfficeServiceServicer_to_server
from maglia.v1.pseudonyms_pb2_grpc import add_PseudonymServiceServicer_to_server
from maglia.v1.witness_pb2_grpc import add_WitnessServiceServicer_to_server
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, front_credentials, peer_credentials
from maglia.wire.clients import Quota
from maglia.wire.sessions import Sessions
from registry.answering import AnsweringBook
from registry.board import Board
from registry.config import SETTINGS_FILE, Settings
from registry.directory import Publisher
from registry.domain.budget import Limits
from registry.drafts import Drafts
from registry.enrolment import Enrolment
from registry.evaluation import Evaluation
from registry.expiry import Expiry
from registry.granting import Grants
from registry.history import OfficeLog
from registry.keywatch import KeyWatch
from registry.logins import LoginRefusals
from registry.logwatch import LogWatch
from registry.news import News
from registry.ports import Person
from registry.procedures import Procedures
from registry.queue import Queue
from registry.reading_log import LogReading
from registry.rpc.answering import AnsweringServicer
from registry.rpc.audit import AuditServicer
from registry.rpc.chain import front_rules, peer_rules
from registry.rpc.enrolment import EnrolmentServicer
from registry.rpc.network import DirectoryServicer, PseudonymServicer, WitnessServicer
from registry.rpc.office import OfficeServicer
from registry.secrets import Secrets
from registry.spending import Spending
from registry.store.answering import SqlAnsweringReports
from registry.store.counts import SqlCounts
from registry.store.database import Database
from registry.store.evaluations import SqlEvaluationLog
from registry.store.files import SqlFiles
from registry.store.history import SqlHistory
from registry.store.members import SqlMembers
from registry.store.procedures import SqlProcedureCounts
from registry.store.sightings import SqlSightings
from registry.store.tail import LogTail
from registry.trust import Trust
from registry.witness import Witness

LOG_FILE = "log-cosigned.note"
"""The last head of the office's log, outside the database that it speaks for."""
_HOUR_S = 3600.0


@dataclass(frozen=True)
class Parts:
    """Everything one registry is made of."""

    members: SqlMembers
    files: SqlFiles
    news: News
    trust: Trust
    publisher: Publisher
    keys: KeyWatch
    expiry: Expiry
    queue: Queue
    board: Board
    answering: AnsweringBook
    office_log: OfficeLog
    watch: LogWatch
    log_reading: LogReading
    drafts: Drafts
    enrolment: Enrolment
    evaluation: Evaluation
    witness: Witness
    sessions: Sessions[Person]
    logins: LoginRefusals
    spending: Spending


def build(database: Database, settings: Settings, secrets: Secrets, folder: Path | None = None) -> Parts:
    """Join the work to its storage; what must not be lost with the database is kept in `folder`."""
    members, files, counts, clock = SqlMembers(database), SqlFiles(database), SqlCounts(database), time.time
    news, trust = News(), Trust(members, files, clock)
    limits = Limits(settings.elements_a_day, settings.enrolments_a_day)
    called = SqlProcedureCounts(database)
    procedures = Procedures(called, files, clock)
    news.listen(trust.reload)
    news.listen(procedures.reload)
    publisher = Publisher(members, files, secrets.online, clock, news.changed, settings.timestamp_s)
    board = Board(members, files, SqlSightings(database), clock)
    keys = KeyWatch(publisher)
    news.listen(keys.changed)
    queue = Queue(
        members,
        files,
        clock,
        Quota(settings.applications_an_hour, _HOUR_S),
        settings.applications_waiting,
        settings.application_s,
    )
    drafts = Drafts(
        network=settings.network,
        members=members,
        files=files,
        publisher=publisher,
        queue=queue,
        unready=board.unready,
        evaluator=secrets.evaluator,
        witness_key=secrets.witness.public,
        log_key=secrets.log.public,
        policies=settings.policies,
        clock=clock,
    )
    directory = publisher.directory()
    named = secrets.witness_named(directory.witness_key) if directory else secrets.witness
    witness = Witness(settings.network, counts, named, clock)
    office_log = OfficeLog(settings.network, SqlHistory(database), witness, secrets.log, folder and folder / LOG_FILE)
    watch = LogWatch(office_log, settings.checkpoint_s)
    grants = Grants(counts, SqlEvaluationLog(LogTail(database)), procedures, limits, watch.require_sound)
    evaluation = Evaluation(grants, files, secrets.evaluator, clock)
    news.listen(evaluation.reload)
    return Parts(
        members=members,
        files=files,
        news=news,
        trust=trust,
        publisher=publisher,
        keys=keys,
        expiry=Expiry(members, publisher, clock),
        queue=queue,
        board=board,
        answering=AnsweringBook(settings.network, SqlAnsweringReports(database), members, clock),
        office_log=office_log,
        watch=watch,
        log_reading=LogReading(office_log, SqlLogBackend(database.engine), members, counts, clock),
        drafts=drafts,
        enrolment=Enrolment(
            settings.network, members, queue, clock, news.changed, settings.token_s, settings.card_overlap_s
        ),
        evaluation=evaluation,
        witness=witness,
        sessions=Sessions(settings.session_idle_s),
        logins=LoginRefusals(members, secrets.login_key, clock, settings.login_summary_s),
        spending=Spending(members, counts, called, limits, lambda: publisher.procedures(settings.network), clock),
    )


def front_server(parts: Parts) -> grpc.aio.Server:
    """Return the server of newcomers, officers and auditors."""
    chain = Chain(front_rules(parts.sessions, parts.publisher.officers))
    server = grpc.aio.server(interceptors=[chain], options=SERVER_OPTIONS)
    add_EnrolmentServiceServicer_to_server(EnrolmentServicer(parts.enrolment), server)
    office = parts.members, parts.drafts, parts.enrolment, parts.sessions, parts.office_log, parts.board, parts.logins
    add_OfficeServiceServicer_to_server(OfficeServicer(*office, parts.spending, parts.answering), server)
    _add_directory(parts, server)
    return server


def peer_server(parts: Parts) -> grpc.aio.Server:
    """Return the server of members and of auditors."""
    server = grpc.aio.server(interceptors=[Chain(peer_rules(parts.trust))], options=SERVER_OPTIONS)
    add_PseudonymServiceServicer_to_server(PseudonymServicer(parts.evaluation), server)
    add_WitnessServiceServicer_to_server(WitnessServicer(parts.witness, parts.board, parts.watch.require_sound), server)
    add_AnsweringServiceServicer_to_server(AnsweringServicer(parts.answering), server)
    add_AuditServiceServicer_to_server(AuditServicer(parts.witness.network, parts.log_reading), server)
    _add_directory(parts, server)
    return server


def _add_directory(parts: Parts, server: grpc.aio.Server) -> None:
    servicer = DirectoryServicer(parts.members, parts.files, parts.trust, parts.news, parts.board)
    add_DirectoryServiceServicer_to_server(servicer, server)
    add_HealthServicer_to_server(health.HealthServicer(), server)


def listen(parts: Parts, settings: Settings, secrets: Secrets) -> tuple[grpc.aio.Server, grpc.aio.Server]:
    """Return both servers with their ports open, not started; raise `network.port_busy` for an address in use."""
    peer, front = peer_server(parts), front_server(parts)
    # gRPC wants one root at least: before the first card the registry trusts nobody but its own certificate.
    own = secrets.peer.certificate
    initial = parts.trust.roots() or own
    _open(
        peer, settings.peer_listen or settings.peer, "peer", peer_credentials(secrets.peer, parts.trust.roots, initial)
    )
    _open(front, settings.front_listen or settings.front, "front", front_credentials(secrets.front))
    return peer, front


def _open(server: grpc.aio.Server, address: str, field: str, credentials: grpc.ServerCredentials) -> None:
    try:
        server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise MagliaError(Code.NETWORK_PORT_BUSY, address=address, field=field, source=SETTINGS_FILE) from error
