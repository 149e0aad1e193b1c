"""What active members get from the registry: evaluations within a budget, cosignatures; and who gets nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.exc import OperationalError

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, sign_checkpoint, verify_cosignature
from maglia.core.directory import decode_directory
from maglia.core.errors import Code
from maglia.core.identity import log_origin, witness_name
from maglia.core.pseudonym import ALL_SHARES, KeySet, blind, combine, finalize
from maglia.core.vocabulary import PseudonymClass
from maglia.v1 import directory_pb2, enrolment_pb2, office_pb2, pseudonyms_pb2, witness_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from maglia.v1.witness_pb2_grpc import WitnessServiceStub
from maglia.wire.convert import read_part
from registry.domain.budget import Use
from tests.integration.registry_world import (
    NETWORK,
    PASSWORD,
    Body,
    World,
    copy_of,
    make_template,
    refused,
    served,
)

CHECK, ENROLMENT = pseudonyms_pb2.USE_CHECK, pseudonyms_pb2.USE_ENROLMENT
INPUT = b"cf:XQZXQW80A01H501X"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    folder = copy_of(template, tmp_path / "registry")
    async with served(folder, elements_a_day=6, enrolments_a_day=8) as world:
        yield world


async def _evaluate(
    world: World, body: Body, key_set: KeySet, elements: Sequence[bytes], /, **changes: object
) -> pseudonyms_pb2.EvaluateResponse:
    values: dict[str, object] = {
        "key_set": key_set.digest,
        "epoch": key_set.epoch,
        "mask": ALL_SHARES,
        "elements": elements,
        "use": CHECK,
        "evaluation_id": bytes(16),
    }
    request = pseudonyms_pb2.EvaluateRequest(**values | changes)  # type: ignore[arg-type]
    return await PseudonymServiceStub(world.peer(body.tls)).Evaluate(request)


async def test_evaluations_combine_to_verified_pseudonyms(world: World, tmp_path: Path) -> None:
    ponte, est = await world.joined("onlus-ponte", "onlus-est")
    network, own = await world.key_sets(tmp_path / "client", est.member)
    assert network.members == ("onlus-est", "onlus-ponte")

    asked = blind(INPUT)
    response = await _evaluate(world, ponte, network, [asked.element])
    ((at_est, at_ponte),) = combine(network, [asked.element], [read_part(part) for part in response.parts])
    pseudonyms = [finalize(INPUT, asked, element) for element in (at_est, at_ponte)]
    assert pseudonyms[0] != pseudonyms[1]

    enrolled = blind(INPUT)
    response = await _evaluate(world, est, own, [enrolled.element], use=ENROLMENT)
    ((element,),) = combine(own, [enrolled.element], [read_part(part) for part in response.parts])
    assert finalize(INPUT, enrolled, element) == pseudonyms[0]


async def test_shares_may_be_asked_for_one_by_one(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    network, _ = await world.key_sets(tmp_path / "client", ponte.member)
    asked = blind(INPUT)
    parts = [
        read_part((await _evaluate(world, ponte, network, [asked.element], mask=mask)).parts[0]) for mask in (1, 6)
    ]
    whole = await _evaluate(world, ponte, network, [asked.element])
    assert combine(network, [asked.element], parts) == combine(network, [asked.element], [read_part(whole.parts[0])])


async def test_other_sets_epochs_masks_and_values_are_refused(world: World, tmp_path: Path) -> None:
    ponte, est = await world.joined("onlus-ponte", "onlus-est")
    network, own = await world.key_sets(tmp_path / "client", est.member)
    element = blind(INPUT).element
    for body, key_set, changes, code in (
        (ponte, own, {"use": ENROLMENT}, Code.PSEUDONYM_KEY_SET),
        (est, own, {}, Code.PSEUDONYM_KEY_SET),
        (est, network, {"use": ENROLMENT}, Code.PSEUDONYM_KEY_SET),
        (est, network, {"key_set": bytes(32)}, Code.PSEUDONYM_KEY_SET),
        (est, network, {"epoch": 2}, Code.PSEUDONYM_EPOCH),
        (est, network, {"mask": 0}, Code.PSEUDONYM_MASK),
        (est, network, {"mask": 8}, Code.PSEUDONYM_MASK),
        (est, network, {"use": pseudonyms_pb2.USE_UNSPECIFIED}, Code.INPUT_FIELD),
        (est, network, {"procedure": "bando"}, Code.INPUT_PROCEDURE),
        (est, own, {"procedure": "bando", "use": ENROLMENT}, Code.INPUT_FIELD),
        (est, network, {"evaluation_id": b""}, Code.INPUT_FIELD),
        (est, network, {"evaluation_id": bytes(17)}, Code.INPUT_FIELD),
        (est, network, {"elements": []}, Code.PSEUDONYM_BATCH),
        (est, network, {"elements": [element] * 3073}, Code.PSEUDONYM_BATCH),
        (est, network, {"elements": [bytes(32)]}, Code.PSEUDONYM_ELEMENT),
        (est, network, {"elements": [b"short"]}, Code.PSEUDONYM_ELEMENT),
    ):
        with refused(code):
            await _evaluate(world, body, key_set, [element], **changes)


async def test_the_two_latest_key_sets_are_served(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    sets = [(await world.key_sets(tmp_path / "client", ponte.member))[0]]
    for name in ("onlus-est", "onlus-nord"):
        await world.apply(Body(name))
        await world.approve(name)
        sets.append((await world.key_sets(tmp_path / "client", ponte.member))[0])
    element = blind(INPUT).element
    for key_set in sets[1:]:
        await _evaluate(world, ponte, key_set, [element])
    with refused(Code.PSEUDONYM_KEY_SET):
        await _evaluate(world, ponte, sets[0], [element])


async def test_an_exhausted_budget_refuses_and_survives_a_restart(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "registry")
    element = blind(INPUT).element
    async with served(folder, elements_a_day=6, enrolments_a_day=8) as world:
        ponte, est = await world.joined("onlus-ponte", "onlus-est")
        network, own = await world.key_sets(tmp_path / "client", ponte.member)
        await _evaluate(world, ponte, network, [element] * 5)
        with refused(Code.BUDGET_MEMBER):
            await _evaluate(world, ponte, network, [element] * 2)
        await _evaluate(world, ponte, network, [element])
        await _evaluate(world, est, network, [element])
        await _evaluate(world, ponte, own, [element] * 8, use=ENROLMENT)
    async with served(folder, elements_a_day=6, enrolments_a_day=8) as world:
        for key_set, use in ((network, CHECK), (own, ENROLMENT)):
            with refused(Code.BUDGET_MEMBER):
                await _evaluate(world, ponte, key_set, [element], use=use)


async def test_what_cannot_be_counted_is_not_evaluated(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    network, _ = await world.key_sets(tmp_path / "client", ponte.member)
    element = blind(INPUT).element
    counts = world.parts.witness.counts

    def fail(*_values: object) -> bool:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(counts, "spend", fail)
        with refused(Code.STORAGE_UNAVAILABLE):
            await _evaluate(world, ponte, network, [element])
    await _evaluate(world, ponte, network, [element] * 2)
    today = datetime.now(UTC).date()
    assert counts.spent(ponte.member, PseudonymClass.PERSON, Use.CHECK, today) == 2


class _Log:
    """A member's log, as far as a witness sees it."""

    def __init__(self, body: Body, leaves: int, word: bytes = b"entry") -> None:
        self._body = body
        self.hashes = [merkle.leaf_hash(word + b"%d" % index) for index in range(leaves)]

    def read(self, level: int, index: int) -> bytes:
        assert (level, index) == (0, 0)
        return b"".join(self.hashes)

    def note(self, size: int) -> bytes:
        origin = log_origin(self._body.member, NETWORK)
        checkpoint = Checkpoint(origin, size, merkle.tree_root(size, self.read))
        return sign_checkpoint(checkpoint, origin, self._body.log.private)

    def request(self, size: int, old_size: int) -> witness_pb2.CosignRequest:
        proof = merkle.consistency_proof(old_size, size, self.read) if old_size <= size else []
        return witness_pb2.CosignRequest(checkpoint=self.note(size), old_size=old_size, proof=proof)


async def test_a_growing_log_is_cosigned(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    stub, log = WitnessServiceStub(world.peer(ponte.tls)), _Log(ponte, 20)
    published = decode_directory((await world.trusted(tmp_path / "client")).directory)
    first = await stub.Cosign(log.request(7, 0))
    assert first.known_size == 7
    other = await stub.Cosign(log.request(20, 0))
    assert (other.cosignature, other.known_size) == (b"", 7)
    second = await stub.Cosign(log.request(20, 7))
    again = await stub.Cosign(log.request(20, 20))
    for size, answer in ((7, first), (20, second), (20, again)):
        key = Ed25519PublicKey.from_public_bytes(published.witness_key)
        assert verify_cosignature(log.note(size) + answer.cosignature, witness_name(NETWORK), key) > 0


async def test_a_fork_is_never_cosigned(world: World) -> None:
    ponte, est = await world.joined("onlus-ponte", "onlus-est")
    stub, log = WitnessServiceStub(world.peer(ponte.tls)), _Log(ponte, 20)
    await stub.Cosign(log.request(7, 0))
    forked = _Log(ponte, 20, b"other")
    for request in (forked.request(20, 7), forked.request(7, 7), log.request(5, 7)):
        with refused(Code.LOG_FORK):
            await stub.Cosign(request)
    with refused(Code.LOG_CHECKPOINT):
        await stub.Cosign(_Log(est, 20).request(20, 7))
    assert (await stub.Cosign(log.request(20, 7))).known_size == 20


async def test_strangers_do_not_pass_the_peer_port(world: World) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    impostor = Body(ponte.member)
    for identity in (impostor.tls, Body("onlus-est").tls, world.secrets.peer):
        with pytest.raises(grpc.aio.AioRpcError):
            await DirectoryServiceStub(world.peer(identity)).ListCards(directory_pb2.ListCardsRequest(), timeout=5)
    await DirectoryServiceStub(world.peer(ponte.tls)).ListCards(directory_pb2.ListCardsRequest())


async def test_a_replaced_card_opens_nothing_after_the_overlap(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry"), card_overlap_s=0) as world:
        (ponte,) = await world.joined("onlus-ponte")
        old = DirectoryServiceStub(world.peer(ponte.tls))
        await old.ListCards(directory_pb2.ListCardsRequest())
        ponte.renew()
        request = enrolment_pb2.PublishCardRequest(card=ponte.card(2))
        await EnrolmentServiceStub(world.front()).PublishCard(request)
        with refused(Code.MEMBER_CARD):
            await old.ListCards(directory_pb2.ListCardsRequest())
        await DirectoryServiceStub(world.peer(ponte.tls)).ListCards(directory_pb2.ListCardsRequest())


async def test_what_no_rule_lists_is_refused(world: World) -> None:
    """On the front port the directory hands out files only; other calls have no rule there."""
    stub = DirectoryServiceStub(world.front())
    with refused(Code.SESSION_ROLE):
        await stub.ListCards(directory_pb2.ListCardsRequest())
    with refused(Code.SESSION_ROLE):
        await anext(aiter(stub.WatchNews(directory_pb2.WatchNewsRequest())))
    with refused(Code.DIRECTORY_NOT_THERE):
        await stub.GetMetadata(directory_pb2.GetMetadataRequest(filename="timestamp.json"))
    with refused(Code.DIRECTORY_NOT_THERE):
        await anext(aiter(stub.GetTarget(directory_pb2.GetTargetRequest(path="../keystore.json"))))


async def test_the_office_is_for_officers(world: World) -> None:
    stub = OfficeServiceStub(world.front())
    request = office_pb2.ListMembersRequest()
    with refused(Code.SESSION_EXPIRED):
        await stub.ListMembers(request)
    with refused(Code.SESSION_EXPIRED):
        await stub.ListMembers(request, metadata=(("authorization", "Bearer none"),))
    for user, password in (("anna", "un'altra password"), ("nessuno", PASSWORD), ("", "")):
        with refused(Code.SESSION_CREDENTIALS):
            await stub.Login(office_pb2.LoginRequest(user=user, password=password))
    auditor = await world.office("sara")
    with refused(Code.SESSION_ROLE):
        await auditor.stub.ListMembers(request, metadata=auditor.bearer)
