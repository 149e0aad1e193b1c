"""A registry's front port whose answers to officers are fixed; `python -m tests.support.fake_office DIR` serves it.

Who logs in chooses what there is: `paolo` a full office, `vuoto` an empty one, `lento` one that never answers, `rotto`
one that fails, `meta` one whose drafts can't be told, `molti` more bodies than fit a page.
"""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey, fingerprint, server_name
from maglia.v1 import office_pb2 as pb
from maglia.v1.answering_pb2 import AnsweringCounts
from maglia.v1.enrolment_pb2 import Application
from maglia.v1.office_pb2_grpc import OfficeServiceServicer, add_OfficeServiceServicer_to_server
from maglia.wire.certificates import make_certificate
from maglia.wire.channel import SERVER_OPTIONS, front_credentials
from maglia.wire.convert import APPLICATION, seal_message
from maglia.wire.status import abort

Context = grpc.aio.ServicerContext[Any, Any]
NETWORK = "distretto-prova"
PASSWORD = "prova-prova"
USERS = ("paolo", "vuoto", "lento", "rotto", "meta", "molti")
NOW = 1_795_262_400
"""21/11/2026, 12:00 UTC."""
DAY = 86_400
TOKEN = "4f3a09b17c2e55d0a1b2c3d4e5f60718"


def member(name: str, shown: str, kind: str, state: str, **fields: Any) -> pb.MemberSummary:
    """Return a body's line; its key is made of its name."""
    values: dict[str, Any] = {"threshold": 2, "act_expiry": "2028-06-30", "applied_at": NOW - 400 * DAY} | fields
    print_of = fingerprint(key_of(name).public)
    return pb.MemberSummary(member=name, name=shown, kind=kind, state=state, fingerprint=print_of, **values)


def key_of(name: str) -> SigningKey:
    """Return a body's key, the same each time."""
    return SigningKey(name.encode().ljust(32, b".")[:32])


MEMBERS = [
    member(
        "onlus-ponte",
        "Onlus Ponte",
        "onlus",
        "applied",
        applied_at=NOW - 2 * DAY - 60,
        signed_by=["paolo"],
        signer_names=["Paolo"],
        pending="approve",
    ),
    member("mensa-est", "Mensa Est", "onlus", "documents_missing", applied_at=NOW - 11 * DAY - 60, act_expiry=""),
    member("croce-verde", "Croce Verde", "odv", "suspended"),
    member(
        "aps-lanterna",
        "Lanterna \x1b[31m[/bad] APS",
        "aps",
        "applied",
        applied_at=NOW - 5 * DAY - 60,
        same_fiscal_code=["aps-lantema"],
    ),
    member("caritas-nord", "Caritas Nord", "caritas", "expiring", act_expiry="2026-12-12"),
    member("comune-esempio", "Comune di Esempio", "comune", "active"),
    member("emporio-nord", "Emporio Nord", "food_bank", "approved"),
    member(
        "associazione-di-promozione-sociale-lunga",
        "Associazione di promozione sociale dal nome molto lungo della valle",
        "aps",
        "active",
    ),
    member("gruppo-chiuso", "Gruppo Chiuso", "odv", "revoked", act_expiry="2026-01-31"),
]
MANY = [member(f"ente-{at:03}", f"Ente numero {at}", "parish", "active") for at in range(1, 206)]
NODES = [
    pb.NodeHealth(
        member="comune-esempio",
        name="Comune di Esempio",
        state="active",
        health="regular",
        heard_at=NOW - 20,
        timestamp_version=41,
        cosigned_at=NOW - 90,
        log_size=8841,
        ready_epochs=[1],
        answering=AnsweringCounts(asked=412, at_once=401, in_time=8, later=3),
        askers=7,
    ),
    pb.NodeHealth(
        member="caritas-nord",
        name="Caritas Nord",
        state="expiring",
        health="silent",
        heard_at=NOW - 16 * DAY,
        timestamp_version=39,
        cosigned_at=NOW - 16 * DAY,
        log_size=120,
        absent_days=16,
        answering=AnsweringCounts(asked=40, at_once=11, in_time=2, later=1),
        askers=4,
    ),
    pb.NodeHealth(
        member="emporio-nord",
        name="Emporio Nord",
        state="active",
        health="late",
        heard_at=NOW - 900,
        timestamp_version=41,
        cosigned_at=NOW - 900,
        log_size=2114,
        ready_epochs=[1],
        relay="relay.comune-esempio.example",
        answering=AnsweringCounts(asked=18, at_once=17),
        askers=3,
        missed_days=6,
    ),
]
PROCEDURES = [
    pb.Procedure(
        id="affitto-2026", act="PG/2026/9", cap=2000, expires="2026-12-31", members=["ambito-nord", "comune-esempio"]
    ),
    pb.Procedure(id="bollette-2026", act="PG/2026/31", cap=500, expires="2027-03-31", members=["comune-esempio"]),
]
BUDGETS = pb.GetBudgetsResponse(
    day="2026-11-21",
    today=[
        pb.SpentToday(member="comune-esempio", use="check", elements=1204, limit=2000, **{"class": "person"}),
        pb.SpentToday(member="onlus-ponte", use="enrolment", elements=5000, limit=5000, **{"class": "person"}),
    ],
    procedures=[
        pb.SpentInProcedure(
            procedure="affitto-2026",
            member="comune-esempio",
            elements=1204,
            cap=2000,
            expires="2026-12-31",
            **{"class": "person"},
        )
    ],
)


def application(row: pb.MemberSummary) -> Application:
    """Return what a body wrote of itself."""
    return Application(
        network=NETWORK,
        member=row.member,
        name=row.name,
        kind=row.kind,
        runts_number="900001",
        runts_section="ODV",
        fiscal_code="00000000000",
        act="Determina fittizia n. 12",
        act_protocol="PG/2026/1" if row.act_expiry else "",
        act_expiry=row.act_expiry,
        territory=["999001", "999002"],
        facets=["food_parcel", "food_voucher"],
        purposes=["aid_overlap", "referral"],
        referent="M. Neri",
        contact="m.neri@onlus.example, 0372 000000",
        identity_key=key_of(row.member).public,
        log_key=bytes(32),
    )


class FakeOffice(OfficeServiceServicer):
    """Answers officers; the token of a session is the user's name. `calls` holds what would change something."""

    def __init__(self) -> None:
        self.calls: list[object] = []
        self.folder = Path()

    async def start(self, folder: Path) -> int:
        """Serve on a free port and write a profile for each user; return the port."""
        self.folder = folder
        identity = make_certificate(REGISTRY_ID, NETWORK, 3600, time.time())
        self._server = grpc.aio.server(options=SERVER_OPTIONS)
        add_OfficeServiceServicer_to_server(self, self._server)
        port = self._server.add_secure_port("127.0.0.1:0", front_credentials(identity))
        await self._server.start()
        (folder / "front.pem").write_bytes(identity.certificate)
        for user in USERS:
            (folder / f"{user}.toml").write_text(
                f'endpoint = "127.0.0.1:{port}"\nserver_name = "{server_name(REGISTRY_ID, NETWORK)}"\n'
                f'ca_file = "front.pem"\nuser = "{user}"\nofficer_key = "{user}.key"\n'
            )
        return port

    async def stop(self) -> None:
        """Stop at once."""
        await self._server.stop(None)

    async def Login(self, request: pb.LoginRequest, context: Context) -> pb.LoginResponse:
        if request.password != PASSWORD or request.user not in USERS:
            await abort(context, MagliaError(Code.SESSION_CREDENTIALS))
        return pb.LoginResponse(token=request.user, role="accreditation_officer", name=request.user.title())

    async def _user(self, context: Context) -> str:
        said = dict(context.invocation_metadata() or ()).get("authorization", "")
        user = str(said).removeprefix("Bearer ")
        if user not in USERS:
            await abort(context, MagliaError(Code.SESSION_EXPIRED))
        if user == "lento":
            await asyncio.sleep(600)
        if user == "rotto":
            await abort(context, MagliaError(Code.STORAGE_UNAVAILABLE))
        return user

    async def ListMembers(self, request: pb.ListMembersRequest, context: Context) -> pb.ListMembersResponse:
        _ = request
        user = await self._user(context)
        return pb.ListMembersResponse(members={"vuoto": [], "molti": MANY}.get(user, MEMBERS))

    async def GetMember(self, request: pb.GetMemberRequest, context: Context) -> pb.GetMemberResponse:
        await self._user(context)
        row = next((row for row in (*MEMBERS, *MANY) if row.member == request.member), None)
        if row is None:
            await abort(context, MagliaError(Code.MEMBER_UNKNOWN, member=request.member))
        said = application(row)
        sealed = seal_message(APPLICATION, NETWORK, said, key_of(row.member))
        return pb.GetMemberResponse(
            summary=row,
            application=sealed.payload,
            application_signature=sealed.signature,
            missing=[] if row.act_expiry else ["act_protocol", "act_expiry"],
            note={"suspended": "chiave smarrita il 20/11"}.get(row.state, ""),
            facets=said.facets,
            purposes=said.purposes,
        )

    async def ListDrafts(self, request: pb.ListDraftsRequest, context: Context) -> pb.ListDraftsResponse:
        _ = request
        user = await self._user(context)
        if user == "meta":
            await abort(context, MagliaError(Code.STORAGE_UNAVAILABLE))
        draft = pb.OpenDraft(
            draft="d1",
            changes=[pb.Change(act="approve", member="onlus-ponte")],
            signed_by=["paolo"],
            signer_names=["Paolo"],
            threshold=2,
        )
        return pb.ListDraftsResponse(drafts=[draft] if user == "paolo" else [])

    async def GetBoard(self, request: pb.GetBoardRequest, context: Context) -> pb.GetBoardResponse:
        _ = request
        user = await self._user(context)
        nodes = NODES if user == "paolo" else []
        return pb.GetBoardResponse(nodes=nodes, timestamp_version=41, now=NOW, epoch=1, absence_days=14)

    async def ListProcedures(self, request: pb.ListProceduresRequest, context: Context) -> pb.ListProceduresResponse:
        _ = request
        return pb.ListProceduresResponse(procedures=PROCEDURES if await self._user(context) == "paolo" else [])

    async def GetBudgets(self, request: pb.GetBudgetsRequest, context: Context) -> pb.GetBudgetsResponse:
        _ = request
        return BUDGETS if await self._user(context) == "paolo" else pb.GetBudgetsResponse(day="2026-11-21")

    async def IssueToken(self, request: pb.IssueTokenRequest, context: Context) -> pb.IssueTokenResponse:
        _ = request
        await self._user(context)
        return pb.IssueTokenResponse(token=TOKEN, expires_at=NOW + DAY)

    async def SuspendMember(self, request: pb.SuspendMemberRequest, context: Context) -> pb.SuspendMemberResponse:
        await self._user(context)
        self.calls.append(request)
        return pb.SuspendMemberResponse(version=8)

    async def ReturnApplication(
        self, request: pb.ReturnApplicationRequest, context: Context
    ) -> pb.ReturnApplicationResponse:
        await self._user(context)
        self.calls.append(request)
        return pb.ReturnApplicationResponse(state="documents_missing")

    async def DiscardApplication(
        self, request: pb.DiscardApplicationRequest, context: Context
    ) -> pb.DiscardApplicationResponse:
        await self._user(context)
        self.calls.append(request)
        return pb.DiscardApplicationResponse()


def office() -> FakeOffice:
    """Return an office that leaves what is signed unanswered: a real registry's tests sign."""
    return FakeOffice()  # type: ignore[abstract]


async def _serve(folder: Path) -> None:
    port = await office().start(folder)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
