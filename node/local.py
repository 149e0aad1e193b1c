"""The node's own commands on its own machine: through the running node if there is one, else on its files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding
from maglia.core.import_file import FileAsked, ImportOutcome
from maglia.core.network_file import NetworkFile
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import Kind
from maglia.v1 import operator_pb2 as pb
from maglia.v1.enrolment_pb2 import Application
from maglia.v1.files_pb2_grpc import FilesServiceStub
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.v1.status_pb2 import GetFindingsRequest
from maglia.v1.status_pb2_grpc import StatusServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.envelope import parse
from maglia.wire.findings import read_finding
from maglia.wire.import_file import import_through
from maglia.wire.status import error_of
from node.config import Settings
from node.domain.forms import new_operator
from node.enrol import Progress
from node.enrolling import enrolling
from node.folder import ADMIN_FILE, SystemClock, locked, open_store
from node.importing.aid import Importing, open_file
from node.importing.preview import previewed
from node.importing.templates import plan_of, save_template
from node.joining import APPLICATION_FILE
from node.keys import Keys
from node.rpc.files import asked_plan
from node.rpc.rules import LOCAL_ADMIN

if TYPE_CHECKING:
    from maglia.v1.files_pb2_grpc import FilesServiceAsyncStub
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub
    from maglia.v1.status_pb2_grpc import StatusServiceAsyncStub

_EXAMINED_S = 30.0


def is_serving(folder: Path) -> bool:
    """Return whether a node serves this folder: whoever holds its lock, not whoever left a file."""
    try:
        with locked(folder, even_moved=True):
            return False
    except MagliaError:
        return True


async def add_operator(
    folder: Path, settings: Settings, network: NetworkFile, keys: Keys, request: pb.AddOperatorRequest
) -> None:
    """Add or replace an operator."""
    if is_serving(folder):
        async with _door(folder, settings, network, keys) as (stub, auth):
            await stub.AddOperator(request, metadata=auth)
        return
    operator, hashed = new_operator(request.user, request.name, request.role), hash_password(request.password)
    with locked(folder):
        store, _ = open_store(folder, keys, SystemClock(settings.day), settings.database)
        store.add_operator(operator, hashed)
        store.close()


async def import_file(
    folder: Path,
    settings: Settings,
    network: NetworkFile,
    keys: Keys,
    name: str,
    content: bytes,
    asked: FileAsked | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportOutcome:
    """Import a file's content; return what became of its rows."""
    asked = asked or FileAsked()
    if is_serving(folder):
        async with front_channel(folder, settings, network, keys) as (channel, auth):
            stub: FilesServiceAsyncStub = FilesServiceStub(channel)
            return await import_through(stub.ImportFile(metadata=auth), name, content, asked, progress)
    clock = SystemClock(settings.day)
    with locked(folder):
        store, _ = open_store(folder, keys, clock, settings.database)
        try:
            opened = open_file(content, name, plan_of(store, asked_plan(asked), asked.template))
            if asked.save_template:
                save_template(store, asked.save_template, opened.plan, LOCAL_ADMIN.user)
            importing = Importing(opened, _kind(folder), clock.today(), store, LOCAL_ADMIN.user, progress)
            preview = list(previewed(importing.preview(), asked.lang)) if asked.trial else []
            report = importing.attempt() if asked.trial else importing.run()
        finally:
            store.close()
    rejected = list(report.rejected_lines())
    return ImportOutcome(report.added, report.unchanged, rejected, opened.sheet.titles, preview)


async def findings_of(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> list[Finding]:
    """Return what the running node finds of itself; raise `network.*`, `session.role` where its rules know no
    such question, or `version.unsupported` where what runs does not.
    """
    async with front_channel(folder, settings, network, keys) as (channel, auth):
        stub: StatusServiceAsyncStub = StatusServiceStub(channel)
        try:
            found = await stub.GetFindings(GetFindingsRequest(), metadata=auth, timeout=_EXAMINED_S)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:  # the program is newer than what runs of it
                raise MagliaError(Code.VERSION_UNSUPPORTED) from error
            raise
    return list(map(read_finding, found.findings))


async def repseudonymize(
    folder: Path, settings: Settings, network: NetworkFile, keys: Keys, passphrase: str, epoch: int
) -> AsyncIterator[Progress]:
    """Yield how far the enrolment for an epoch (0: the second one) is, until it is done; see `Enrolment.follow`."""
    if is_serving(folder):
        async with _door(folder, settings, network, keys) as (stub, auth):
            async for step in stub.Repseudonymize(pb.RepseudonymizeRequest(epoch=epoch), metadata=auth):
                yield Progress(step.epoch, step.enrolled, step.awaiting, Code(step.waits) if step.waits else None)
        return
    async with enrolling(folder, settings, network, passphrase) as enrolment:
        async for progress in enrolment.follow(epoch):
            yield progress


def _kind(folder: Path) -> Kind:
    """Return the body's kind as it applied: before it serves, nobody else says it."""
    path = folder / APPLICATION_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-node apply")
    return Kind(parse(Application, path.read_bytes()).kind)


@asynccontextmanager
async def _door(
    folder: Path, settings: Settings, network: NetworkFile, keys: Keys
) -> AsyncIterator[tuple[OperatorServiceAsyncStub, tuple[tuple[str, str]]]]:
    """What the running node's operators call, and the token that only its own user can read."""
    async with front_channel(folder, settings, network, keys) as (channel, auth):
        yield OperatorServiceStub(channel), auth


@asynccontextmanager
async def front_channel(
    folder: Path, settings: Settings, network: NetworkFile, keys: Keys
) -> AsyncIterator[tuple[grpc.aio.Channel, tuple[tuple[str, str]]]]:
    """The running node's front port, with the token that only its own user can read."""
    try:
        admin = json.loads((folder / ADMIN_FILE).read_text())
        address, token = str(admin["front"]), str(admin["token"])
    except (OSError, ValueError, KeyError) as error:
        raise MagliaError(Code.STORAGE_LOCKED, path=str(folder)) from error
    async with open_channel(address, settings.member, network.network, keys.front.certificate) as channel:
        try:
            yield channel, (("authorization", f"Bearer {token}"),)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
