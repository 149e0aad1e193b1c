"""What a scripted node says of itself and of the others: the state is the word in `status-state` of its folder."""

# ruff: noqa: N802, ARG002 - the contract names the methods and what they are given
from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Level, Subject, ok, problem, told, warning
from maglia.v1 import answering_pb2, status_pb2
from maglia.v1.answering_pb2_grpc import NetworkServiceServicer, add_NetworkServiceServicer_to_server
from maglia.v1.status_pb2_grpc import StatusServiceServicer, add_StatusServiceServicer_to_server
from maglia.wire.findings import finding_message
from maglia.wire.status import abort

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[Any, Any]

FULL, PARTIAL, LOADING, REFUSED, OLD, WELL = "full", "partial", "loading", "refused", "old", "well"
DAY_MS = 86_400_000
NOW_MS = 1_795_254_060_000
"""21/11/2026 09:41 UTC."""
HOSTILE = "Onlus [/bad] \x1b[31mPonte"

WELL_FINDINGS = [
    ok(Subject.RULES, "rules.in_force", revision="41"),
    ok(Subject.CARD, "card.valid", until_ms=NOW_MS + 60 * DAY_MS, renewed_ms=NOW_MS + 30 * DAY_MS),
    ok(Subject.CLOCK, "clock.right", least_s=30),
    ok(Subject.DIRECTORY, "directory.valid", version=7, until_ms=NOW_MS + DAY_MS),
    ok(Subject.NETWORK, "network.all", reached=12, members=12),
    ok(Subject.ROOM, "room.free", free=40_000, kept=32),
    ok(Subject.DATABASE, "database.opens", records=2500),
    ok(Subject.LOG, "log.cosigned", size=8841, cosigned_ms=NOW_MS),
    ok(Subject.ENROLMENT, "enrolment.epoch", epoch=2, awaiting=0),
]
FULL_FINDINGS = [
    *WELL_FINDINGS[:1],
    replace(warning(Subject.CARD, "", "card.due", left_s=9 * 3600 + 60), for_manager=True),
    problem(Subject.CLOCK, "sudo timedatectl set-ntp true", "clock.ahead", offset_s=252),
    Finding(
        Subject.NETWORK,
        Level.WARNING,
        told("network.some", reached=9, members=12, silent=3),
        "maglia status network",
        (
            told("network.silent", name="Croce Verde", silence="unreachable"),
            told("network.silent", name=HOSTILE, silence="card_expired"),
            told("network.silent", name="Emporio Sud", silence="version"),
        ),
    ),
    *WELL_FINDINGS[3:4],
    *WELL_FINDINGS[5:],
]


def _counts(asked: int, at_once: int, in_time: int) -> answering_pb2.AnsweringCounts:
    return answering_pb2.AnsweringCounts(asked=asked, at_once=at_once, in_time=in_time)


MEMBERS = [
    answering_pb2.NetworkMember(member="caritas-est", name="Caritas Est", kind="caritas", counts=_counts(171, 160, 8)),
    answering_pb2.NetworkMember(
        member="croce-verde",
        name="Croce Verde",
        kind="odv",
        counts=_counts(171, 31, 4),
        missed_since_ms=NOW_MS - 17 * DAY_MS,
    ),
    answering_pb2.NetworkMember(
        member="onlus-ponte", name=HOSTILE, kind="onlus", counts=_counts(12, 3, 0), missed_since_ms=NOW_MS - 7_200_000
    ),
    answering_pb2.NetworkMember(member="mensa-est", name="Mensa Est", kind="parish", counts=_counts(171, 171, 0)),
    answering_pb2.NetworkMember(member="emporio-sud", name="Emporio Sud", kind="food_bank", counts=_counts(60, 30, 9)),
    answering_pb2.NetworkMember(member="nuovo", name="Ente mai chiesto", kind="odv"),
]


class FakeStatus(StatusServiceServicer, NetworkServiceServicer):
    """Answers as the folder's word says; `folder` is the scripted node's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def serve(self, server: grpc.aio.Server) -> None:
        """Register both services."""
        add_StatusServiceServicer_to_server(self, server)
        add_NetworkServiceServicer_to_server(self, server)

    @property
    def _state(self) -> str:
        file = self._folder / "status-state"
        return file.read_text() if file.exists() else OLD

    async def GetFindings(
        self, request: status_pb2.GetFindingsRequest, context: Context
    ) -> status_pb2.GetFindingsResponse:
        if self._state == OLD:
            await abort(context, MagliaError(Code.SESSION_ROLE))
        if self._state == REFUSED:
            await abort(context, MagliaError(Code.STORAGE_UNAVAILABLE))
        if self._state == LOADING:
            await asyncio.sleep(600)
        found = WELL_FINDINGS if self._state == WELL else FULL_FINDINGS
        return status_pb2.GetFindingsResponse(
            findings=map(finding_message, found), now_ms=NOW_MS, version="0.1.0", member="emporio-nord"
        )

    async def GetNetwork(
        self, request: answering_pb2.GetNetworkRequest, context: Context
    ) -> answering_pb2.GetNetworkResponse:
        if self._state == PARTIAL:
            await abort(context, MagliaError(Code.STORAGE_UNAVAILABLE))
        members = [] if self._state == WELL else MEMBERS
        return answering_pb2.GetNetworkResponse(members=members, now_ms=NOW_MS, days=30)
