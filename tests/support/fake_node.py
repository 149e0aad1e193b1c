"""A node's front port with real TLS whose answers are scripted; `python -m tests.support.fake_node DIR` serves it.

It writes a profile for each of its operators into DIR and their calls stay in memory, for tests to read.
"""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import grpc

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import server_name
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceServicer, add_OperatorServiceServicer_to_server
from maglia.wire.certificates import make_certificate
from maglia.wire.channel import SERVER_OPTIONS, front_credentials
from maglia.wire.status import abort
from node.rpc.rules import OPERATOR_ROLES
from tests.support.fake_desks import FakeDesks
from tests.support.fake_reports import FakeReports
from tests.support.fake_status import FakeStatus
from tests.support.scenarios import ANOTHER, ANYONE, SCENARIOS, household

ROOT = Path(__file__).parents[2]
PYTHONPATH = f"{ROOT}:{ROOT / 'proto'}"
PARTY, NETWORK = "emporio-nord", "distretto-prova"
PASSWORD = "prova-prova"
TOKEN = "gettone"
DAY = "2026-11-21"
CONTACT = "sportello@emporio-nord.example, 0372 000000"
KINDS = {
    "anna": ("volunteer", "food_bank", "Emporio Nord"),
    "bruno": ("volunteer", "food_bank", "Emporio Nord"),
    "ugo": ("officer", "comune", "Comune di Esempio"),
}

ALIKE = pb.NamedPerson(
    alias="NOME:3",
    person=pb.CompositeName(name="Xqzar \x1b[31mWqzi", born="1980-02-01", place="Tlemcen"),
    aids=[pb.NamedAid(facet="food_parcel", date="2026-11-02", amount_cents=40_00, status="given")],
)
"""Fictional, with an escape sequence that must not reach a terminal."""

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[Any, Any]


ON_FILE = pb.ConsentFile(
    consents=[
        pb.FiledConsent(
            id="3",
            purposes=["aid_overlap", "referral"],
            in_force=["aid_overlap"],
            audience=["comune", "parish"],
            notice_version="2026-1",
            language="it",
            date="2026-11-01",
            method="oral",
            expires="2027-11-01",
            recorded_by="anna",
        ),
        pb.FiledConsent(
            id="1",
            purposes=["aid_overlap"],
            notice_version="2026-1",
            language="ar",
            date="2026-01-10",
            method="signed",
            expires="2027-01-10",
            recorded_by="ugo",
            withdrawn="2026-03-04",
        ),
    ],
    oppositions=[
        pb.Opposition(
            kind="withdrawal",
            purposes=["referral"],
            date="2026-11-21",
            recorded_by="anna",
            to_tell=[
                pb.BodyToTell(
                    member="comune-esempio",
                    name="Comune\x1b[31m di Esempio",
                    contact="sociali@example.org",
                    reason="answered",
                    last="2026-11-20",
                ),
                pb.BodyToTell(member="mensa-est", reason="asked", last="2026-11-03", told="2026-11-21", told_by="ugo"),
            ],
            incomplete=True,
        ),
        pb.Opposition(
            kind="refusal",
            purposes=["aid_overlap", "referral"],
            date="2026-03-04",
            recorded_by="ugo",
            ended="2026-11-01",
        ),
        pb.Opposition(kind="objection", date="2026-02-02", recorded_by="ugo"),
    ],
    statutory=2,
    day="2026-11-21",
)
EXPIRING = [
    pb.ExpiringConsent(identifier=ANYONE, purposes=["aid_overlap"], expires="2026-11-20"),
    pb.ExpiringConsent(identifier=ANOTHER, purposes=["aid_overlap", "referral"], expires="2026-12-01"),
]


@dataclass
class FakeNode(FakeReports, OperatorServiceServicer):
    """Answers each check with its scenario; `calls` holds every request that came in after a login."""

    folder: Path
    member_name: str = ""
    unread_notices: int = 0
    slow_login: asyncio.Event | None = None
    port: int = 0
    calls: list[object] = field(default_factory=list)
    desks: FakeDesks = field(default_factory=FakeDesks)
    log: pb.VerifyLogResponse = field(
        default_factory=lambda: pb.VerifyLogResponse(
            ok=True,
            size=41,
            root=b"\x01" * 32,
            checkpoint_size=40,
            checkpoint_root=b"\x02" * 32,
            cosigned=True,
            cosigned_size=40,
        )
    )
    on_file: pb.ConsentFile = field(default_factory=lambda: ON_FILE)
    expiring: list[pb.ExpiringConsent] = field(default_factory=lambda: EXPIRING)

    async def start(self) -> Self:
        """Serve on a free port and write the profiles."""
        identity = make_certificate(PARTY, NETWORK, 3600, time.time())
        self._server = grpc.aio.server(options=SERVER_OPTIONS)
        add_OperatorServiceServicer_to_server(self, self._server)
        self.serve_more(self._server)
        FakeStatus(self.folder).serve(self._server)
        self.desks.add_to(self._server)
        self.port = self._server.add_secure_port("127.0.0.1:0", front_credentials(identity))
        await self._server.start()
        (self.folder / "front.pem").write_bytes(identity.certificate)
        for user in KINDS:
            self.profile(user).write_text(
                f'endpoint = "127.0.0.1:{self.port}"\nserver_name = "{server_name(PARTY, NETWORK)}"\n'
                f'ca_file = "front.pem"\nmember = "{PARTY}"\nuser = "{user}"\nlang = "it"\n'
            )
        return self

    def serve_more(self, server: grpc.aio.Server) -> None:
        """Add the services of a part of the node's work, in a class made from this one."""

    async def stop(self) -> None:
        """Stop at once."""
        await self._server.stop(None)

    def profile(self, user: str) -> Path:
        """Return where an operator's profile is."""
        return self.folder / f"{user}.toml"

    async def LoginOperator(self, request: pb.LoginOperatorRequest, context: Context) -> pb.LoginOperatorResponse:
        if self.slow_login is not None:
            await self.slow_login.wait()
        if request.password != PASSWORD or request.user not in KINDS:
            await abort(context, MagliaError(Code.SESSION_CREDENTIALS))
        role, kind, name = KINDS[request.user]
        return pb.LoginOperatorResponse(
            token=TOKEN,
            role=role,
            member=PARTY,
            member_name=self.member_name or name,
            kind=kind,
            idle_seconds=900,
            member_contact=CONTACT,
            unread_notices=self.unread_notices,
            day=DAY,
            may=sorted(method for method, roles in OPERATOR_ROLES.items() if role in roles),
        )

    async def Check(self, request: pb.CheckRequest, context: Context) -> AsyncIterator[pb.CheckResponse]:
        await self._note(request, context)
        for wait, step in SCENARIOS[request.facet]:
            await asyncio.sleep(wait)
            if isinstance(step, MagliaError):
                await abort(context, step)
            else:
                yield step
        if request.follow:
            await asyncio.sleep(600)

    async def CheckHousehold(
        self, request: pb.CheckHouseholdRequest, context: Context
    ) -> AsyncIterator[pb.CheckHouseholdResponse]:
        await self._note(request, context)
        for wait, step in SCENARIOS[request.question.facet]:
            await asyncio.sleep(wait)
            if isinstance(step, MagliaError):
                await abort(context, step)
            else:
                yield household(step, [request.question.identifier, *request.others])
        if request.question.follow:
            await asyncio.sleep(600)

    async def RetrySilent(self, request: pb.RetrySilentRequest, context: Context) -> pb.RetrySilentResponse:
        await self._note(request, context)
        return pb.RetrySilentResponse(asked_again=3)

    async def AddAid(self, request: pb.AddAidRequest, context: Context) -> pb.AddAidResponse:
        await self._note(request, context)
        return pb.AddAidResponse(record_id="a7b3c9d1e5f70123456789abcdef0000", undo_until_ms=1_795_686_840_000)

    async def AddNamedAid(self, request: pb.AddNamedAidRequest, context: Context) -> pb.AddNamedAidResponse:
        await self._note(request, context)
        return pb.AddNamedAidResponse(record_id="A-8", alias=request.alias or "NOME:4", to_confirm=[ALIKE])

    async def FindNames(self, request: pb.FindNamesRequest, context: Context) -> pb.FindNamesResponse:
        await self._note(request, context)
        return pb.FindNamesResponse(to_confirm=[] if "Nessuno" in request.name else [ALIKE])

    async def AddConsent(self, request: pb.AddConsentRequest, context: Context) -> pb.AddConsentResponse:
        await self._note(request, context)
        day = request.date or "2026-11-21"
        return pb.AddConsentResponse(consent_id="C-3", date=day, expires=request.expires or "2027-11-20")

    async def GetConsents(self, request: pb.GetConsentsRequest, context: Context) -> pb.GetConsentsResponse:
        await self._note(request, context)
        return pb.GetConsentsResponse(file=self.on_file)

    async def WithdrawConsent(self, request: pb.WithdrawConsentRequest, context: Context) -> pb.WithdrawConsentResponse:
        await self._note(request, context)
        return pb.WithdrawConsentResponse(file=self.on_file)

    async def RefuseConsent(self, request: pb.RefuseConsentRequest, context: Context) -> pb.RefuseConsentResponse:
        await self._note(request, context)
        return pb.RefuseConsentResponse(file=self.on_file)

    async def AddObjection(self, request: pb.AddObjectionRequest, context: Context) -> pb.AddObjectionResponse:
        await self._note(request, context)
        return pb.AddObjectionResponse(file=self.on_file)

    async def MarkTold(self, request: pb.MarkToldRequest, context: Context) -> pb.MarkToldResponse:
        await self._note(request, context)
        return pb.MarkToldResponse(file=self.on_file)

    async def ListExpiringConsents(
        self, request: pb.ListExpiringConsentsRequest, context: Context
    ) -> AsyncIterator[pb.ListExpiringConsentsResponse]:
        await self._note(request, context)
        for one in self.expiring:
            yield pb.ListExpiringConsentsResponse(consents=[one], day="2026-11-21")

    async def AddCase(self, request: pb.AddCaseRequest, context: Context) -> pb.AddCaseResponse:
        await self._note(request, context)
        return pb.AddCaseResponse(case_id="P-1")

    async def VerifyLog(self, request: pb.VerifyLogRequest, context: Context) -> pb.VerifyLogResponse:
        await self._note(request, context)
        return self.log

    async def GetStatus(self, request: pb.GetStatusRequest, context: Context) -> pb.GetStatusResponse:
        await self._note(request, context)
        return pb.GetStatusResponse(
            member=PARTY,
            member_name="Emporio Nord",
            network=NETWORK,
            policy_revision="41",
            directory_version=7,
            ready=True,
            records=2500,
            engine="opa",
            problems=["policy.stale", "\x1b[31mnew.code"],
            members_active=8,
            enrolment=[
                pb.Enrolling(epoch=2, awaiting=7000, waits="budget.member", params={"limit": "5000"}),
                pb.Enrolling(epoch=1, awaiting=3),
            ],
        )

    async def GetPolicies(
        self, request: pb.GetPoliciesRequest, context: Context
    ) -> AsyncIterator[pb.GetPoliciesResponse]:
        await self._note(request, context)
        bundle, _ = build_bundle(ROOT / "policies")
        for start in range(0, len(bundle), 1000):
            yield pb.GetPoliciesResponse(chunk=bundle[start : start + 1000])

    async def ListSignals(self, request: pb.ListSignalsRequest, context: Context) -> pb.ListSignalsResponse:
        await self._note(request, context)
        said = pb.OperatorSignal(day="2026-11-20", operator="\x1b[31mugo", code="out_of_hours", count=3, threshold=1)
        return pb.ListSignalsResponse(signals=[said])

    async def GetSpending(self, request: pb.GetSpendingRequest, context: Context) -> pb.GetSpendingResponse:
        await self._note(request, context)
        return pb.GetSpendingResponse(
            day="2026-11-21",
            askers=[
                pb.Spent(holder="comune-esempio", spent=412, limit=500),
                pb.Spent(holder="\x1b[31monlus", spent=1, limit=500),
            ],
            operators=[pb.Spent(holder="ugo", spent=300, limit=300)],
            procedures=[
                pb.SpentUnder(
                    procedure="affitto-2026",
                    holder="comune-esempio",
                    spent=1204,
                    cap=2000,
                    expires="2026-12-31",
                    **{"class": "person"},
                )
            ],
        )

    async def AddOperator(self, request: pb.AddOperatorRequest, context: Context) -> pb.AddOperatorResponse:
        await self._note(request, context)
        return pb.AddOperatorResponse(user=request.user)

    async def ImportRecords(
        self, request_iterator: AsyncIterator[pb.ImportRecordsRequest], context: Context
    ) -> AsyncIterator[pb.ImportRecordsResponse]:
        await self._note([piece async for piece in request_iterator], context)
        yield pb.ImportRecordsResponse()

    async def Repseudonymize(
        self, request: pb.RepseudonymizeRequest, context: Context
    ) -> AsyncIterator[pb.RepseudonymizeResponse]:
        await self._note(request, context)
        yield pb.RepseudonymizeResponse()

    async def _note(self, request: object, context: Context) -> None:
        if ("authorization", f"Bearer {TOKEN}") not in (context.invocation_metadata() or ()):
            await abort(context, MagliaError(Code.SESSION_EXPIRED))
        self.calls.append(request)


@contextmanager
def in_own_process(folder: Path, module: str = "tests.support.fake_node", state: str = "full") -> Iterator[Path]:
    """Serve from a process of its own, for callers that run an event loop themselves; yields the profiles' folder.

    `module` is one that calls `serve` with its own kind of node; `state` is what the desks are: `full`, `empty` or
    `refused`.
    """
    command = [sys.executable, "-m", module, str(folder), state]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": PYTHONPATH}) as node:
        try:
            if node.stdout is None or not node.stdout.readline():
                raise RuntimeError("the scripted node did not start")
            yield folder
        finally:
            node.terminate()


def serve(kind: Callable[[Path], FakeNode]) -> None:
    """Serve a scripted node of one kind from this process, into the folder that the command line names."""
    made = kind(Path(sys.argv[1]))
    made.desks = FakeDesks.in_state(sys.argv[2])
    asyncio.run(_serve(made))


async def _serve(made: FakeNode) -> None:
    node = await made.start()
    sys.stdout.write(f"{node.port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    serve(FakeNode)
