"""What the office does with a member over its life, over real TLS: one officer stops, two do all the rest."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert, update

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, sign_checkpoint, verify_cosignature
from maglia.core.directory import decode_directory, decode_suspensions, encode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import decode_keys, encode_keys
from maglia.core.identity import SigningKey, log_origin, witness_name
from maglia.core.log_check import verify_log
from maglia.core.officer import officer_key_id
from maglia.core.procedures import Procedure, decode_procedures
from maglia.core.vocabulary import Facet, MemberState, PseudonymClass, Purpose
from maglia.v1 import directory_pb2, enrolment_pb2, office_pb2, witness_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.witness_pb2_grpc import WitnessServiceStub
from maglia.wire.convert import APPLICATION_QUERY, seal_message
from maglia.wire.status import error_of
from registry import metadata
from registry.domain.change import Change
from registry.domain.membership import Act
from registry.expiry import Expiry
from registry.history import OfficeLog
from registry.ports import Event, MemberRecord
from registry.store.counts import SqlCounts
from registry.store.database import Database
from registry.store.history import SqlHistory
from registry.store.members import SqlMembers
from registry.store.tables import metadata as tables
from registry.witness import Witness
from tests.integration.registry_world import (
    NETWORK,
    OFFICERS,
    Body,
    Desk,
    World,
    copy_of,
    make_template,
    refused,
    served,
)

DAY_S = 86_400
PONTE, COMUNE = "onlus-ponte", "comune-esempio"
LOG_ENTRY = tables.tables["log_entry"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def change(act: str, member: str = PONTE, **more: object) -> office_pb2.Change:
    return office_pb2.Change(act=act, member=member, reason="prova", **more)  # type: ignore[arg-type]


def call(name: str, expires: str, *members: str) -> office_pb2.Procedure:
    return office_pb2.Procedure(id=name, act="PG/2099/9", cap=500, expires=expires, members=members or [COMUNE])


async def join_comune(world: World) -> None:
    """Let a body enter that may have procedures."""
    await world.apply(Body(COMUNE), kind="comune", ipa_code="c_x001", purposes=["rent_subsidy"])
    await world.approve(COMUNE)


async def prepare(desk: Desk, *changes: office_pb2.Change) -> office_pb2.PrepareDraftResponse:
    return await desk.stub.PrepareDraft(office_pb2.PrepareDraftRequest(changes=changes), metadata=desk.bearer)


async def agree(world: World, *changes: office_pb2.Change) -> office_pb2.SignDraftResponse:
    """Let both officers ask for the same, each in their own words, and sign."""
    for user in OFFICERS:
        desk = await world.office(user)
        for each in changes:
            each.reason = f"parole di {user}"
        signed = await desk.sign(await prepare(desk, *changes))
    return signed


async def state_of(world: World, member: str = PONTE) -> str:
    desk = await world.office("anna")
    found = await desk.stub.GetMember(office_pb2.GetMemberRequest(member=member), metadata=desk.bearer)
    return found.summary.state


async def is_active(world: World, client: Path, member: str = PONTE) -> bool:
    return member in [one.id for one in (await world.directory(client)).active()]


async def test_an_application_given_back_is_read_by_its_body_and_waits_again(world: World) -> None:
    body = Body(PONTE)
    await world.apply(body)
    anna = await world.office("anna")
    draft = await anna.prepare(PONTE)
    request = office_pb2.ReturnApplicationRequest(member=PONTE, reason="manca la pagina 2 dell'atto")
    assert (await anna.stub.ReturnApplication(request, metadata=anna.bearer)).state == "documents_missing"
    with refused(Code.DIRECTORY_DRAFT):
        await anna.sign(draft)
    with refused(Code.MEMBER_STATE):
        await anna.prepare(PONTE)

    query = enrolment_pb2.ApplicationQuery(network=NETWORK, member=PONTE, asked_at=int(time.time()))
    sealed = seal_message(APPLICATION_QUERY, NETWORK, query, body.identity)
    asked = enrolment_pb2.GetApplicationStateRequest(query=sealed)
    told = await EnrolmentServiceStub(world.front()).GetApplicationState(asked)
    assert (told.state, told.reason) == ("documents_missing", "manca la pagina 2 dell'atto")

    assert (await world.apply(body)).state == "applied"
    assert (await EnrolmentServiceStub(world.front()).GetApplicationState(asked)).reason == ""
    await world.approve(PONTE)
    with refused(Code.MEMBER_STATE):
        await anna.stub.ReturnApplication(request, metadata=anna.bearer)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "riga\nseconda"])
async def test_every_act_has_a_reason_that_people_can_read(world: World, reason: str) -> None:
    await world.joined(PONTE)
    anna = await world.office("anna")
    with refused(Code.INPUT_FIELD):
        await anna.stub.SuspendMember(
            office_pb2.SuspendMemberRequest(member=PONTE, reason=reason), metadata=anna.bearer
        )
    with refused(Code.INPUT_FIELD):
        await prepare(anna, office_pb2.Change(act="revoke", member=PONTE, reason=reason))


async def test_two_officers_bring_back_what_one_stopped(world: World, tmp_path: Path) -> None:
    await world.joined(PONTE, "onlus-est")
    client = tmp_path / "client"
    anna, ivo = await world.office("anna"), await world.office("ivo")
    for times in (1, 2):
        await anna.suspend(PONTE)
        assert not await is_active(world, client)
        await anna.sign(await prepare(anna, change("reinstate")))
        with refused(Code.MEMBER_SECOND_OFFICER):
            await anna.sign(await prepare(anna, change("reinstate")))
        assert not await is_active(world, client)
        assert (await ivo.sign(await prepare(ivo, change("reinstate")))).published
        assert await is_active(world, client)
        assert (await world.directory(client)).members[PONTE].reinstated == times
        assert await state_of(world) == "active"


async def test_a_suspension_is_signed_by_two_at_the_next_publication(world: World, tmp_path: Path) -> None:
    """Then also a client that never heard of it knows, whatever the online list says."""
    await world.joined(PONTE)
    await (await world.office("anna")).suspend(PONTE)
    await world.apply(Body("onlus-est"))
    await world.approve("onlus-est")
    trusted = await world.trusted(tmp_path / "client")
    assert decode_directory(trusted.directory).members[PONTE].state is MemberState.SUSPENDED
    await agree(world, change("reinstate"))
    assert await is_active(world, tmp_path / "client")


async def test_online_keys_alone_bring_nobody_back(world: World, tmp_path: Path) -> None:
    """Whoever took the registry over shortens the list, with valid signatures: no client that heard it takes notice."""
    await world.joined(PONTE)
    client = tmp_path / "client"
    await (await world.office("anna")).suspend(PONTE)
    assert not await is_active(world, client)
    members, publisher = world.parts.members, world.parts.publisher
    with members.transaction():
        members.set_state(PONTE, MemberState.ACTIVE, Event(0, "ladro", "reinstate"))
        publisher.sign_again()
    trusted = await world.trusted(client)
    assert decode_suspensions(trusted.suspensions) == {PONTE: 1}
    assert not await is_active(world, client)


def _enrol(world: World) -> dict[str, bytes]:
    return dict(world.parts.drafts.prepare([Change(Act.APPROVE, "intruso")]).targets)


def _bring_back(world: World) -> dict[str, bytes]:
    return dict(world.parts.drafts.prepare([Change(Act.REINSTATE, PONTE)]).targets)


def _swap_key(world: World) -> dict[str, bytes]:
    files = dict(world.parts.drafts.prepare([]).targets)
    keys = decode_keys(files["evaluation-keys.json"])
    persons = dict(keys.keys[PseudonymClass.PERSON])
    s12, s13, s23 = persons[PONTE].shares
    persons[PONTE] = replace(persons[PONTE], shares=(s13, s12, s23))
    files["evaluation-keys.json"] = encode_keys(replace(keys, keys={**keys.keys, PseudonymClass.PERSON: persons}))
    return files


def _widen(world: World) -> dict[str, bytes]:
    files = dict(world.parts.drafts.prepare([]).targets)
    directory = decode_directory(files["directory.json"])
    wide = replace(directory.members[PONTE], purposes=frozenset(Purpose))
    files["directory.json"] = encode_directory(replace(directory, members={**directory.members, PONTE: wide}))
    return files


@pytest.mark.parametrize("made", [_enrol, _bring_back, _swap_key, _widen])
async def test_every_online_key_and_one_officers_are_too_few(world: World, tmp_path: Path, made: object) -> None:
    assert callable(made)
    await world.joined(PONTE)
    await world.apply(Body("intruso"))
    await (await world.office("anna")).suspend(PONTE)
    client = tmp_path / "client"
    assert not await is_active(world, client)
    files, online = made(world), world.secrets.online
    signed = metadata.draft_targets(2, files, online.suspensions.public, time.time())
    keys = (online.snapshot, online.suspensions, world.secrets.witness, world.secrets.log, OFFICERS["anna"])
    forged = [{"keyid": officer_key_id(key.public), "sig": key.sign(signed).hex()} for key in keys]
    store = world.parts.files
    versions = store.versions()
    with store.transaction():
        store.save_metadata("2.targets.json", json.dumps({"signed": json.loads(signed), "signatures": forged}).encode())
        for path, content in files.items():
            store.save_target(metadata.prefixed(path, content), content)
        snapshot, timestamp = versions["snapshot"] + 1, versions["timestamp"] + 1
        names = metadata.sign_snapshot(snapshot, 2, versions["suspensions"], online.snapshot, time.time())
        store.save_metadata(f"{snapshot}.snapshot.json", names)
        store.save_metadata(
            "timestamp.json", metadata.sign_timestamp(timestamp, snapshot, online.snapshot, time.time(), 3600)
        )
    with pytest.raises(MagliaError) as untrusted:
        await world.trusted(client)
    assert untrusted.value.code is Code.DIRECTORY_UNTRUSTED


async def test_the_first_signature_of_a_revocation_stops_and_the_second_removes(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined(PONTE)
    client, anna, ivo = tmp_path / "client", await world.office("anna"), await world.office("ivo")
    await anna.sign(await prepare(anna, change("revoke")))
    assert (await state_of(world), await is_active(world, client)) == ("suspended", False)
    with refused(Code.MEMBER_INACTIVE):
        await DirectoryServiceStub(world.peer(ponte.tls)).ListCards(directory_pb2.ListCardsRequest())
    draft = await prepare(ivo, change("revoke"))
    assert (list(draft.signed_by), draft.changes[0].reason) == (["anna"], "prova")
    assert (await ivo.sign(draft)).published
    assert await state_of(world) == "revoked"
    directory, keys = await world.directory(client), decode_keys((await world.trusted(client)).keys)
    assert (PONTE in directory.members, PONTE in keys.keys[PseudonymClass.PERSON]) == (False, False)
    for act in ("reinstate", "revoke", "approve"):
        with refused(Code.MEMBER_STATE):
            await prepare(anna, office_pb2.Change(act=act, member=PONTE, reason="prova"))
    with refused(Code.MEMBER_STATE):
        await world.apply(ponte)
    with refused(Code.MEMBER_KEY_TAKEN):
        await world.apply(Body("onlus-ponte-due", identity=ponte.identity))
    code = ponte.application().fiscal_code
    assert (await world.apply(Body("onlus-ponte-due"), fiscal_code=code)).state == "applied"


async def test_facets_and_purposes_change_by_two(world: World, tmp_path: Path) -> None:
    await world.joined(PONTE)
    anna, client = await world.office("anna"), tmp_path / "client"
    wider = change("change", facets=["loan", "food_parcel"], purposes=["referral", "aid_overlap"])
    await anna.sign(await prepare(anna, wider))
    assert (await world.directory(client)).members[PONTE].facets == {Facet.FOOD_PARCEL}
    ivo = await world.office("ivo")
    reordered = change("change", facets=["food_parcel", "loan"], purposes=["aid_overlap", "referral"])
    assert (await ivo.sign(await prepare(ivo, reordered))).published
    member = (await world.directory(client)).member(PONTE)
    assert member.facets == {Facet.FOOD_PARCEL, Facet.LOAN}
    assert member.purposes == {Purpose.AID_OVERLAP, Purpose.REFERRAL}
    shown = await anna.stub.GetMember(office_pb2.GetMemberRequest(member=PONTE), metadata=anna.bearer)
    assert list(shown.facets) == ["food_parcel", "loan"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (change("change"), Code.INPUT_FIELD),
        (change("change", facets=["gold"]), Code.MEMBER_APPLICATION),
        (change("change", act_expiry="31/12/2026"), Code.INPUT_FIELD),
        (change("change", act_expiry="2020-01-01"), Code.MEMBER_ACT_EXPIRED),
        (change("reinstate"), Code.MEMBER_STATE),
        (change("reinstate", facets=["loan"]), Code.INPUT_FIELD),
        (change("suspend"), Code.INPUT_FIELD),
        (change("marry"), Code.INPUT_FIELD),
        (change("revoke", "nessuno"), Code.MEMBER_UNKNOWN),
        (change("declare"), Code.INPUT_FIELD),
        (
            change("declare", "", procedure=office_pb2.Procedure(id="bando", act="a", cap=1, expires="2099-01-01")),
            Code.INPUT_FIELD,
        ),
        (change("declare", "", procedure=call("x", "2099-01-01")), Code.INPUT_FIELD),
        (change("declare", "", procedure=call("bando", "2020-01-01")), Code.INPUT_FIELD),
        (change("declare", "", procedure=call("bando", "2099-01-01", "nessuno")), Code.MEMBER_UNKNOWN),
        (change("declare", "", procedure=call("bando", "2099-01-01", PONTE)), Code.MEMBER_NOT_ENTITLED),
    ],
)
async def test_changes_that_make_no_sense_are_refused(world: World, wrong: office_pb2.Change, code: Code) -> None:
    await world.joined(PONTE)
    anna = await world.office("anna")
    with refused(code):
        await prepare(anna, wrong)
    with refused(Code.INPUT_FIELD):
        await prepare(anna, change("revoke"), change("change", facets=["loan"]))


async def test_of_two_racing_drafts_one_is_published(world: World, tmp_path: Path) -> None:
    for name in (PONTE, "onlus-est"):
        await world.apply(Body(name))
    anna, ivo = await world.office("anna"), await world.office("ivo")
    ponte, est = await asyncio.gather(anna.prepare(PONTE), ivo.prepare("onlus-est"))
    await asyncio.gather(anna.sign(ponte), ivo.sign(est))
    outcomes = await asyncio.gather(ivo.sign(ponte), anna.sign(est), return_exceptions=True)
    late = [one for one in outcomes if isinstance(one, grpc.aio.AioRpcError)]
    assert [error_of(one).code for one in late] == [Code.DIRECTORY_DRAFT]
    assert error_of(late[0]).sentence("it").next_action
    assert len((await world.directory(tmp_path / "client")).members) == 1


async def test_two_officers_at_once_on_one_draft_publish_it_once(world: World) -> None:
    await world.apply(Body(PONTE))
    anna, ivo = await world.office("anna"), await world.office("ivo")
    drafts = await asyncio.gather(anna.prepare(PONTE), ivo.prepare(PONTE))
    assert drafts[0].draft == drafts[1].draft
    signed = await asyncio.gather(anna.sign(drafts[0]), ivo.sign(drafts[1]))
    assert sorted(one.published for one in signed) == [False, True]
    assert world.parts.files.versions()["targets"] == 1


async def test_a_body_stopped_before_it_joined_still_needs_its_token(world: World) -> None:
    body = Body(PONTE)
    await world.apply(body)
    await world.approve(PONTE)
    await (await world.office("anna")).suspend(PONTE)
    await agree(world, change("reinstate"))
    assert await state_of(world) == "approved"
    assert (await world.activate(body, await world.token(PONTE))).state == "active"


def _later(days: int) -> float:
    return time.mktime((date.fromtimestamp(time.time()) + timedelta(days=days)).timetuple()) + DAY_S / 2


async def test_an_act_near_its_end_is_shown_and_at_its_end_stops_its_body(world: World, tmp_path: Path) -> None:
    body, end = Body(PONTE), date.fromtimestamp(time.time()) + timedelta(days=100)
    await world.apply(body, act_expiry=end.isoformat())
    await world.approve(PONTE)
    await world.activate(body, await world.token(PONTE))
    parts, seen = world.parts, []
    for days in (10, 50, 50, 100, 102):
        Expiry(parts.members, parts.publisher, lambda days=days: _later(days)).sweep()  # type: ignore[misc]
        seen.append(await state_of(world))
    assert seen == ["active", "expiring", "expiring", "expiring", "suspended"]
    assert not await is_active(world, tmp_path / "client")

    late = replace(parts.drafts, clock=lambda: _later(102))
    with pytest.raises(MagliaError) as ended:
        late.prepare([Change(Act.REINSTATE, PONTE, "prova")])
    assert ended.value.code is Code.MEMBER_ACT_EXPIRED
    await agree(world, change("change", act_protocol="PG/2027/1", act_expiry="2199-12-31"))
    await agree(world, change("reinstate"))
    assert await state_of(world) == "active"
    member = (await world.directory(tmp_path / "client")).member(PONTE)
    assert (member.act_protocol, member.act_expiry) == ("PG/2027/1", "2199-12-31")


async def test_a_new_act_renews_a_body_near_its_end(world: World) -> None:
    body, end = Body(PONTE), date.fromtimestamp(time.time()) + timedelta(days=30)
    await world.apply(body, act_expiry=end.isoformat())
    await world.approve(PONTE)
    await world.activate(body, await world.token(PONTE))
    world.parts.expiry.sweep()
    await agree(world, change("change", facets=["loan"]))
    assert await state_of(world) == "expiring"
    await agree(world, change("change", act_protocol="PG/2027/1", act_expiry="2199-12-31"))
    assert await state_of(world) == "active"


async def test_a_procedure_is_declared_by_two_and_stays(world: World) -> None:
    await world.joined(PONTE)
    await join_comune(world)
    called = call("affitto-2099", "2099-12-31")
    anna = await world.office("anna")
    await anna.sign(await prepare(anna, change("declare", "", procedure=called)))
    listed = await anna.stub.ListProcedures(office_pb2.ListProceduresRequest(), metadata=anna.bearer)
    assert list(listed.procedures) == []
    ivo = await world.office("ivo")
    assert (await ivo.sign(await prepare(ivo, change("declare", "", procedure=called)))).published
    await agree(world, change("change", facets=["loan"]))
    listed = await anna.stub.ListProcedures(office_pb2.ListProceduresRequest(), metadata=anna.bearer)
    assert list(listed.procedures) == [called]
    published = world.parts.publisher.current()
    assert published is not None
    declared = decode_procedures(published.procedures, NETWORK)
    assert declared == {"affitto-2099": Procedure("affitto-2099", "PG/2099/9", 500, "2099-12-31", (COMUNE,))}
    history = await anna.stub.GetHistory(office_pb2.GetHistoryRequest(), metadata=anna.bearer)
    assert [json.loads(entry.leaf)["action"] for entry in history.entries] == ["root", "sign", "sign", "declare"]


async def test_a_procedure_that_has_ended_is_not_declared_again(world: World) -> None:
    await join_comune(world)
    soon = (date.today() + timedelta(days=30)).isoformat()
    await agree(world, change("declare", "", procedure=call("affitto", soon)))
    longer = Change(Act.DECLARE, procedure=Procedure("affitto", "PG/2099/9", 500, "2099-12-31", (COMUNE,)))
    assert world.parts.drafts.prepare([longer]).changes == (longer,)
    later = replace(world.parts.drafts, clock=lambda: time.time() + 40 * DAY_S)
    with pytest.raises(MagliaError) as closed:
        later.prepare([longer])
    assert closed.value.params == {"field": "id"}


async def test_the_history_of_a_life_is_proved_by_the_registrys_log(world: World) -> None:
    await world.joined(PONTE)
    anna = await world.office("anna")
    await anna.suspend(PONTE)
    first = await anna.stub.GetHistory(office_pb2.GetHistoryRequest(member=PONTE), metadata=anna.bearer)
    await agree(world, change("reinstate"))
    await agree(world, change("revoke"))
    history = await anna.stub.GetHistory(office_pb2.GetHistoryRequest(member=PONTE), metadata=anna.bearer)
    directory = world.parts.publisher.directory()
    assert directory is not None
    key = Ed25519PublicKey.from_public_bytes(directory.log_key)
    witness = Ed25519PublicKey.from_public_bytes(directory.witness_key)
    head = open_checkpoint(history.checkpoint, log_origin("registry", NETWORK), key)
    assert verify_cosignature(history.checkpoint, witness_name(NETWORK), witness) > 0
    said = [json.loads(entry.leaf) for entry in history.entries]
    assert [one["action"] for one in said] == [
        *("apply", "sign", "sign", "approve", "token", "activate", "suspend"),
        *("sign", "sign", "reinstate", "sign", "suspend", "sign", "revoke"),
    ]
    assert [one["actor"] for one in said[1:4]] == ["anna", "ivo", "ivo"]
    assert {one["member"] for one in said} == {PONTE}
    for entry in history.entries:
        leaf = merkle.leaf_hash(entry.leaf)
        assert merkle.verify_inclusion(leaf, entry.index, head.size, list(entry.proof), head.root)
    before = open_checkpoint(first.checkpoint, log_origin("registry", NETWORK), key)
    assert before.size < head.size
    assert len({one["nonce"] for one in said}) == len(said)


async def test_a_history_that_was_rewritten_is_not_signed(world: World) -> None:
    await world.joined(PONTE)
    anna = await world.office("anna")
    request = office_pb2.GetHistoryRequest(member=PONTE)
    await anna.stub.GetHistory(request, metadata=anna.bearer)
    database = world.parts.members._database  # the file beneath the port
    other = merkle.leaf_hash(b"nothing happened")
    database.change(update(LOG_ENTRY).where(LOG_ENTRY.c.idx == 1).values(leaf=b"nothing happened", leaf_hash=other))
    await anna.suspend(PONTE)
    with refused(Code.LOG_REWRITTEN):
        await anna.stub.GetHistory(request, metadata=anna.bearer)


def test_the_registrys_log_grows_over_tiles_and_holds(tmp_path: Path) -> None:
    database = Database.create(tmp_path)
    history, key = SqlHistory(database), SigningKey.generate()
    with database.transaction():
        for number in range(600):
            history.add(PONTE, Event(float(number), "anna", "sign"))
    witness = Witness(NETWORK, SqlCounts(database), SigningKey.generate(), time.time)
    log = OfficeLog(NETWORK, history, witness, key)
    log.checkpoint()
    report = verify_log(
        history.log,
        NoteKey(log_origin("registry", NETWORK), key.private.public_key()),
        NoteKey(witness_name(NETWORK), witness.key.private.public_key()),
    )
    assert (report.ok, report.size, report.checkpoint_size, report.cosigned) == (True, 600, 600, True)
    assert history.log.tile(0, 1)
    database.close()


def test_an_act_whose_entry_is_not_kept_does_not_happen(tmp_path: Path) -> None:
    database = Database.create(tmp_path)
    members = SqlMembers(database)
    record = MemberRecord(PONTE, "Onlus", "onlus", MemberState.APPLIED, "", bytes(32), bytes(32), b"", (), 1.0)
    members.save_member(record, Event(1.0, PONTE, "apply"))
    database.change(insert(LOG_ENTRY).values(idx=2, leaf=b"", leaf_hash=bytes(32)))
    with pytest.raises(MagliaError) as torn:
        members.set_state(PONTE, MemberState.ACTIVE, Event(2.0, "ladro", "activate"))
    assert torn.value.code is Code.LOG_BROKEN
    found = members.member(PONTE)
    assert found is not None
    assert (found.state, len(members.history(PONTE))) == (MemberState.APPLIED, 1)
    database.close()


async def test_the_board_shows_who_was_heard(world: World) -> None:
    ponte, est = await world.joined(PONTE, "onlus-est")
    anna = await world.office("anna")
    stub = DirectoryServiceStub(world.peer(ponte.tls))
    await stub.GetMetadata(directory_pb2.GetMetadataRequest(filename="timestamp.json"))
    origin = log_origin(ponte.member, NETWORK)
    note = sign_checkpoint(Checkpoint(origin, 3, bytes(32)), origin, ponte.log.private)
    await WitnessServiceStub(world.peer(ponte.tls)).Cosign(witness_pb2.CosignRequest(checkpoint=note, old_size=0))
    board = await anna.stub.GetBoard(office_pb2.GetBoardRequest(), metadata=anna.bearer)
    heard, other = board.nodes
    assert (heard.member, heard.health, heard.log_size) == (PONTE, "regular", 3)
    assert heard.timestamp_version == board.timestamp_version
    assert (other.member, other.health, other.heard_at) == (est.member, "never", 0)
    await anna.suspend(PONTE)
    board = await anna.stub.GetBoard(office_pb2.GetBoardRequest(), metadata=anna.bearer)
    assert [node.member for node in board.nodes] == [est.member]


async def test_an_auditor_does_none_of_it(world: World) -> None:
    sara = await world.office("sara")
    with refused(Code.SESSION_ROLE):
        await prepare(sara, change("revoke"))
    with refused(Code.SESSION_ROLE):
        await sara.stub.GetHistory(office_pb2.GetHistoryRequest(), metadata=sara.bearer)
    with refused(Code.SESSION_ROLE):
        await sara.stub.GetBoard(office_pb2.GetBoardRequest(), metadata=sara.bearer)
