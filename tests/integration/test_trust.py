"""What a node trusts: real metadata of The Update Framework from a registry held in memory, honest or not."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # public, not re-exported
from tuf.api.metadata import (  # type: ignore[attr-defined]  # public, not re-exported
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    SUSPENSIONS_PATH,
    Directory,
    Member,
    Official,
    encode_directory,
    encode_suspensions,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys, encode_keys
from maglia.core.identity import Card, SigningKey
from maglia.core.network_file import NetworkFile
from maglia.core.procedures import Procedure, encode_procedures
from maglia.core.vocabulary import CARD_OVERLAP_S, NetworkRole, PseudonymClass, Silence
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import make_certificate
from maglia.wire.convert import seal_card
from maglia.wire.tuf import NotThereError
from node.network.registry import News
from node.network.trust import NetworkTrust
from tests.peer_world import COMUNE, NETWORK, OTHER, PARISH, Body, evaluation_keys, refused, tls

HOUR = 3600.0
ROOT, OFFICER, SECOND, ONLINE, STOP, THIEF = (SigningKey(bytes([number]) * 32) for number in range(21, 27))


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    instant: float = field(default_factory=time.time)

    def now(self) -> float:
        return self.instant

    def today(self) -> object:
        raise AssertionError


def card_of(
    body: Body, sequence: int = 1, *, key: SigningKey | None = None, certificate_of: str = "", life_s: int = 86_000
) -> Envelope:
    now = int(time.time())
    certificate = tls(certificate_of or body.id).der
    card = Card(NETWORK, body.id, sequence, certificate, "127.0.0.1:1", now - 60, now + life_s)
    return seal_card(card, key or body.key)


CALL = Procedure("bando-2025", "PG/2025/9", 50, "2025-12-31", (COMUNE.id,))


@dataclass
class Registry:
    """Serves what it signed; its attributes make it lie, lag or fall silent."""

    bodies: list[Body] = field(default_factory=lambda: [COMUNE, PARISH])
    keys: dict[str, bytes] = field(default_factory=dict)
    suspended: list[str] = field(default_factory=list)
    officials: list[Official] = field(default_factory=list)
    reinstated: dict[str, int] = field(default_factory=dict)
    bundle: bytes = b"a bundle"
    version: int = 0
    network: str = NETWORK
    procedures_of: str = NETWORK
    keys_of: Callable[[tuple[str, ...]], EvaluationKeys] = lambda names: evaluation_keys(names, 1)
    signers: tuple[SigningKey, ...] = (OFFICER, SECOND)
    timestamp_s: float = HOUR
    targets_s: float = 10 * HOUR
    cards_changed: list[Envelope] = field(default_factory=list)
    down: bool = False
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    news_sent: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self) -> Registry:
        """Sign everything anew, one version later."""
        self.version += 1
        members = {
            body.id: replace(_member(body, self.keys), reinstated=self.reinstated.get(body.id, 0))
            for body in self.bodies
        }
        names = tuple(body.id for body in self.bodies)
        keys = EvaluationKeys(self.network, 1, self.keys_of(names).keys)
        officials = {official.id: official for official in self.officials}
        directory = Directory(self.network, self.version, 1, b"w" * 32, members, officials=officials)
        contents = {
            DIRECTORY_PATH: encode_directory(directory),
            KEYS_PATH: encode_keys(keys),
            BUNDLE_PATH: self.bundle,
            PROCEDURES_PATH: encode_procedures(self.procedures_of, [CALL]),
        }
        self._sign(contents, encode_suspensions(dict.fromkeys(self.suspended, 1)))
        return self

    def _sign(self, contents: dict[str, bytes], stopped: bytes) -> None:
        version, later = self.version, self.targets_s
        for path, content in [*contents.items(), (SUSPENSIONS_PATH, stopped)]:
            self.files["targets", f"{hashlib.sha256(content).hexdigest()}.{path}"] = content
        role = DelegatedRole("suspensions", [_public(STOP).keyid], 1, terminating=True, paths=[SUSPENSIONS_PATH])
        delegations = Delegations({role.keyids[0]: _public(STOP)}, {"suspensions": role})
        files = {path: TargetFile.from_data(path, content) for path, content in contents.items()}
        targets = Targets(version, expires=_after(later), targets=files, delegations=delegations)
        self._put(f"{version}.targets.json", Metadata(targets), *self.signers)
        only = {SUSPENSIONS_PATH: TargetFile.from_data(SUSPENSIONS_PATH, stopped)}
        self._put(f"{version}.suspensions.json", Metadata(Targets(version, expires=_after(later), targets=only)), STOP)
        meta = {"targets.json": MetaFile(version), "suspensions.json": MetaFile(version)}
        self._put(f"{version}.snapshot.json", Metadata(Snapshot(version, expires=_after(later), meta=meta)), ONLINE)
        self.sign_timestamp(self.timestamp_s)

    def sign_timestamp(self, life_s: float, *signers: SigningKey) -> None:
        """Sign the timestamp alone."""
        timestamp = Timestamp(self.version, expires=_after(life_s), snapshot_meta=MetaFile(self.version))
        self._put("timestamp.json", Metadata(timestamp), *(signers or (ONLINE,)))

    def _put(self, name: str, metadata: Metadata[Any], *signers: SigningKey) -> None:
        for key in signers:
            metadata.sign(CryptoSigner(key.private), append=True)
        self.files["metadata", name] = metadata.to_bytes()

    def copy(self) -> dict[tuple[str, str], bytes]:
        return dict(self.files)

    # what a node calls

    async def fetch(self, kind: str, name: str) -> bytes:
        self._check_up()
        if (kind, name) not in self.files:
            raise NotThereError(name)
        return self.files[kind, name]

    async def cards(self, since: int) -> tuple[list[Envelope], int]:
        self._check_up()
        return self.cards_changed[since:], len(self.cards_changed)

    async def news(self) -> AsyncIterator[News]:
        self._check_up()
        while True:
            await self.news_sent.wait()
            self.news_sent.clear()
            yield News(self.version, len(self.cards_changed))

    def _check_up(self) -> None:
        if self.down:
            raise MagliaError(Code.NETWORK_UNREACHABLE)


def _member(body: Body, keys: dict[str, bytes]) -> Member:
    member = body.member
    return replace(member, identity_key=keys.get(body.id, member.identity_key))


def _after(seconds: float) -> datetime:
    return datetime.fromtimestamp(time.time() + seconds, UTC)


def _public(key: SigningKey) -> SSlibKey:
    return SSlibKey.from_crypto(key.private.public_key())


def root() -> bytes:
    made = Root(expires=_after(1_000 * HOUR), consistent_snapshot=True)
    for role, keys in {
        "root": (ROOT,),
        "targets": (OFFICER, SECOND),
        "snapshot": (ONLINE,),
        "timestamp": (ONLINE,),
    }.items():
        for key in keys:
            made.add_key(_public(key), role)
    made.roles["targets"].threshold = 2
    metadata = Metadata(made)
    metadata.sign(CryptoSigner(ROOT.private))
    return metadata.to_bytes()


@pytest.fixture
def registry() -> Registry:
    return Registry(cards_changed=[card_of(COMUNE), card_of(PARISH)]).publish()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Start = Callable[[], NetworkTrust]


@pytest.fixture
def make(registry: Registry, clock: Clock, tmp_path: Path) -> Start:
    """Return what makes a node's trust over the same folder, as a restart does."""
    file = NetworkFile(NETWORK, root(), "127.0.0.1:1", "127.0.0.1:2", b"", b"")
    return lambda: NetworkTrust(tmp_path, file, registry, clock, poll_s=60)  # type: ignore[arg-type]  # its peer in memory


async def started(make: Start) -> NetworkTrust:
    trust = make()
    await trust.start()
    return trust


async def test_what_two_officers_signed_is_trusted(make: Start) -> None:
    trust = await started(make)
    assert set(trust.directory().members) == {COMUNE.id, PARISH.id}
    assert trust.bundle() == b"a bundle"
    assert trust.keys().epoch == 1
    assert trust.procedures() == {CALL.id: CALL}
    assert trust.caller(tls(PARISH.id).der).id == PARISH.id
    assert trust.peer(PARISH.id).identity_key == PARISH.key.public
    assert trust.card_state(PARISH.id) is None
    assert trust.card_state(OTHER.id) is Silence.UNREACHABLE
    assert trust.roots().count(b"BEGIN CERTIFICATE") == 2


async def test_roots_are_told_once_for_each_change(make: Start, registry: Registry) -> None:
    trust = await started(make)
    assert trust.changed_roots() == trust.roots()
    assert trust.changed_roots() is None
    registry.bodies.append(OTHER)
    registry.cards_changed.append(card_of(OTHER))
    await trust.refresh()
    assert trust.changed_roots() is None  # not yet in the directory: its card does not count
    registry.publish()
    await trust.refresh()
    assert (trust.changed_roots() or b"").count(b"BEGIN") == 3


async def test_every_read_refuses_once_metadata_has_expired(make: Start, clock: Clock, registry: Registry) -> None:
    trust = await started(make)
    clock.instant += HOUR + 1
    for read in (
        trust.directory,
        trust.keys,
        trust.bundle,
        trust.procedures,
        lambda: trust.peer(PARISH.id),
        lambda: trust.caller(tls(PARISH.id).der),
    ):
        with refused(Code.DIRECTORY_EXPIRED):
            read()
    registry.timestamp_s = 3 * HOUR
    registry.publish()
    await trust.refresh()
    assert trust.directory().version == 2


async def test_another_networks_procedures_are_not_trusted(make: Start, registry: Registry) -> None:
    trust = await started(make)
    registry.procedures_of = "altra"
    registry.publish()
    with refused(Code.DIRECTORY_UNTRUSTED):
        await trust.refresh()
    assert trust.procedures() == {CALL.id: CALL}


async def test_a_bodys_name_outlives_its_metadata(make: Start, clock: Clock, registry: Registry) -> None:
    trust = await started(make)
    registry.suspended = [PARISH.id]
    registry.publish()
    await trust.refresh()
    clock.instant += 1000 * HOUR
    with refused(Code.DIRECTORY_EXPIRED):
        trust.directory()
    assert trust.last_known(PARISH.id).name == PARISH.member.name
    with refused(Code.MEMBER_UNKNOWN):
        trust.last_known("nessuno")


async def test_the_first_role_to_expire_ends_trust(make: Start, clock: Clock, registry: Registry) -> None:
    registry.targets_s, registry.timestamp_s = HOUR / 2, HOUR
    registry.publish()
    trust = await started(make)
    clock.instant += HOUR / 2 + 1
    with refused(Code.DIRECTORY_EXPIRED):
        trust.directory()


async def test_an_expired_timestamp_is_refused_and_the_kept_one_still_counts(make: Start, registry: Registry) -> None:
    trust = await started(make)
    registry.version += 1
    registry.sign_timestamp(-1)
    with refused(Code.DIRECTORY_EXPIRED):
        await trust.refresh()
    assert trust.directory().version == 1


async def test_without_the_registry_what_was_kept_works_until_it_expires(
    make: Start, registry: Registry, clock: Clock
) -> None:
    await started(make)
    registry.down = True
    trust = await started(make)
    assert trust.directory().version == 1
    assert trust.caller(tls(COMUNE.id).der).id == COMUNE.id
    with refused(Code.NETWORK_UNREACHABLE):
        await trust.refresh()
    clock.instant += HOUR + 1
    with refused(Code.DIRECTORY_EXPIRED):
        trust.directory()


async def test_a_first_start_without_the_registry_trusts_nothing(make: Start, registry: Registry) -> None:
    registry.down = True
    with refused(Code.NETWORK_UNREACHABLE):
        await started(make)
    with refused(Code.DIRECTORY_EXPIRED):
        make().directory()


async def test_nobody_rolls_a_node_back(make: Start, registry: Registry) -> None:
    old = registry.copy()
    registry.bodies.pop()
    registry.publish()
    trust = await started(make)
    registry.files = old
    with refused(Code.DIRECTORY_ROLLBACK):
        await trust.refresh()
    with refused(Code.DIRECTORY_ROLLBACK):
        await started(make)
    assert set(trust.directory().members) == {COMUNE.id}


@pytest.mark.parametrize(
    "signers",
    [(OFFICER,), (OFFICER, OFFICER), (OFFICER, THIEF), (ONLINE, STOP)],
    ids=["one", "twice", "thief", "online"],
)
async def test_two_officers_must_sign(make: Start, registry: Registry, signers: tuple[SigningKey, ...]) -> None:
    trust = await started(make)
    registry.signers = signers
    registry.bodies.append(OTHER)
    registry.publish()
    with refused(Code.DIRECTORY_UNTRUSTED):
        await trust.refresh()
    assert OTHER.id not in trust.directory().members


async def test_a_forged_timestamp_is_refused(make: Start, registry: Registry) -> None:
    trust = await started(make)
    registry.version += 1
    registry.sign_timestamp(HOUR, THIEF)
    with refused(Code.DIRECTORY_UNTRUSTED):
        await trust.refresh()


@pytest.mark.parametrize("path", [DIRECTORY_PATH, KEYS_PATH, BUNDLE_PATH, PROCEDURES_PATH, SUSPENSIONS_PATH])
async def test_a_changed_target_is_refused(make: Start, registry: Registry, path: str) -> None:
    for kind, name in list(registry.files):
        if name.endswith(f".{path}") and kind == "targets":
            content = registry.files[kind, name]
            registry.files[kind, name] = bytes([content[0] ^ 1]) + content[1:]
    with refused(Code.DIRECTORY_MIXED):
        await started(make)


async def test_rules_edited_on_the_disk_are_fetched_again_and_never_used(
    make: Start, registry: Registry, tmp_path: Path
) -> None:
    signed, kept = (await started(make)).bundle(), tmp_path / "targets" / BUNDLE_PATH
    kept.write_bytes(b"edited by hand")
    assert (await started(make)).bundle() == signed == kept.read_bytes()
    kept.write_bytes(b"edited by hand")
    registry.down = True
    with refused(Code.DIRECTORY_UNTRUSTED):
        await started(make)


@pytest.mark.parametrize("content", [b"{}", b"", b"\x00" * 20_000_000], ids=["empty object", "nothing", "too large"])
async def test_files_that_are_none_are_refused_and_the_node_lives_on(
    make: Start, registry: Registry, content: bytes
) -> None:
    trust = await started(make)
    registry.files["metadata", "timestamp.json"] = content
    with refused(Code.DIRECTORY_UNTRUSTED):
        await trust.refresh()
    assert trust.directory().version == 1


async def test_a_full_disk_is_a_refusal(make: Start, registry: Registry, tmp_path: Path) -> None:
    trust = await started(make)
    registry.publish()
    for path in (tmp_path / "metadata", tmp_path / "targets"):
        path.rename(path.with_suffix(".gone"))
        path.write_text("not a folder")
    with refused(Code.STORAGE_UNAVAILABLE):
        await trust.refresh()


async def test_another_networks_files_are_refused(make: Start, registry: Registry) -> None:
    registry.network = "altra"
    registry.publish()
    with refused(Code.DIRECTORY_UNTRUSTED):
        await started(make)


def _without_need_keys(names: tuple[str, ...]) -> EvaluationKeys:
    full, fewer = evaluation_keys(names, 1), evaluation_keys(names[:1], 1)
    return replace(full, keys={**full.keys, PseudonymClass.NEED: fewer.keys[PseudonymClass.NEED]})


@pytest.mark.parametrize(
    "keys_of",
    [
        lambda names: evaluation_keys(names[:1], 1),
        lambda names: evaluation_keys((*names, "nessuno"), 1),
        _without_need_keys,
    ],
    ids=["fewer", "more", "of one class"],
)
async def test_keys_are_of_exactly_the_directorys_members(
    make: Start, registry: Registry, keys_of: Callable[[tuple[str, ...]], EvaluationKeys]
) -> None:
    trust = await started(make)
    registry.keys_of = keys_of
    registry.publish()
    with refused(Code.DIRECTORY_UNTRUSTED):
        await trust.refresh()
    assert trust.directory().version == 1


async def test_a_suspension_subtracts(make: Start, registry: Registry) -> None:
    trust = await started(make)
    registry.suspended = [PARISH.id, "a-stranger"]
    registry.publish()
    await trust.refresh()
    with refused(Code.MEMBER_INACTIVE):
        trust.caller(tls(PARISH.id).der)
    with refused(Code.MEMBER_INACTIVE):
        trust.peer(PARISH.id)
    assert set(trust.directory().members) == {COMUNE.id, PARISH.id}
    assert [member.id for member in trust.directory().active()] == [COMUNE.id]


async def test_a_shorter_list_of_suspensions_brings_nobody_back(make: Start, registry: Registry) -> None:
    """The online keys sign that list; only two officers' word on the member ends what was heard once."""
    trust = await started(make)
    registry.suspended = [PARISH.id]
    registry.publish()
    await trust.refresh()
    registry.suspended = []
    registry.publish()
    await trust.refresh()
    for reader in (trust, await started(make)):
        with refused(Code.MEMBER_INACTIVE):
            reader.peer(PARISH.id)
    registry.reinstated = {PARISH.id: 1}
    registry.publish()
    await trust.refresh()
    assert trust.peer(PARISH.id).identity_key == PARISH.key.public


async def test_a_member_who_left_is_unknown_at_once(make: Start, registry: Registry) -> None:
    trust = await started(make)
    registry.bodies.remove(PARISH)
    registry.publish()
    await trust.refresh()
    with refused(Code.MEMBER_CARD):
        trust.caller(tls(PARISH.id).der)
    assert trust.card_state(PARISH.id) is Silence.UNREACHABLE
    assert trust.roots().count(b"BEGIN") == 1


async def test_a_body_that_never_showed_a_card_is_told_from_one_that_is_away(make: Start, registry: Registry) -> None:
    registry.bodies.append(OTHER)
    registry.publish()
    trust = await started(make)
    assert trust.card_state(OTHER.id) is Silence.NOT_JOINED
    assert OTHER.id in trust.directory().members, "it counts all the same: no officer signed that it has nothing"
    registry.cards_changed.append(card_of(OTHER))
    await trust.refresh()
    assert trust.card_state(OTHER.id) is None
    registry.bodies.remove(OTHER)
    registry.cards_changed.remove(card_of(OTHER))
    registry.publish()
    await trust.refresh()
    registry.bodies.append(OTHER)
    registry.publish()
    await trust.refresh()
    assert trust.card_state(OTHER.id) is Silence.UNREACHABLE, "a body that was there once is never called a newcomer"


@pytest.mark.parametrize(
    "card",
    [
        card_of(OTHER),
        card_of(PARISH, 9, key=THIEF),
        card_of(PARISH, 9, certificate_of=COMUNE.id),
        Envelope(payload=b"\xff", key_id="x", signature=b""),
        Envelope(),
    ],
    ids=["a stranger's", "forged", "with another's certificate", "noise", "empty"],
)
async def test_a_card_that_is_not_its_members_is_ignored(make: Start, registry: Registry, card: Envelope) -> None:
    registry.cards_changed.append(card)
    trust = await started(make)
    assert trust.caller(tls(COMUNE.id).der).id == COMUNE.id
    assert trust.caller(tls(PARISH.id).der).id == PARISH.id
    assert trust.peer(PARISH.id).card.sequence == 1
    assert trust.card_state(OTHER.id) is Silence.UNREACHABLE


async def test_an_older_card_does_not_come_back(make: Start, registry: Registry, clock: Clock) -> None:
    renewed = make_certificate(PARISH.id, NETWORK, 86_400, time.time())
    now = int(time.time())
    later = Card(NETWORK, PARISH.id, 5, renewed.der, "127.0.0.1:2", now - 1, now + 1_000)
    registry.cards_changed += [seal_card(later, PARISH.key), card_of(PARISH, 4), card_of(PARISH, 5)]
    trust = await started(make)
    assert trust.peer(PARISH.id).card == later
    registry.cards_changed = [card_of(PARISH, 1)]
    again = await started(make)
    assert again.peer(PARISH.id).card == later
    clock.instant += CARD_OVERLAP_S
    with refused(Code.MEMBER_CARD):
        trust.caller(tls(PARISH.id).der)


async def test_a_card_ends_with_its_time(make: Start, registry: Registry, clock: Clock) -> None:
    registry.cards_changed = [card_of(PARISH, life_s=600)]
    trust = await started(make)
    clock.instant += 601
    assert trust.card_state(PARISH.id) is Silence.CARD_EXPIRED
    for read in (lambda: trust.peer(PARISH.id), lambda: trust.caller(tls(PARISH.id).der)):
        with refused(Code.MEMBER_CARD):
            read()


async def test_a_card_ends_with_the_key_that_signed_it(make: Start, registry: Registry) -> None:
    """A thief of the old key may have published a card with the highest sequence there is."""
    registry.cards_changed = [card_of(PARISH, 2**62)]
    trust = await started(make)
    assert trust.caller(tls(PARISH.id).der).id == PARISH.id
    new_key = SigningKey.generate()
    registry.cards_changed.append(card_of(PARISH, 2, key=new_key))
    await trust.refresh()  # the new card came before the directory that knows its key
    registry.keys = {PARISH.id: new_key.public}
    registry.publish()
    await trust.refresh()
    assert trust.peer(PARISH.id).card.sequence == 2
    assert trust.peer(PARISH.id).identity_key == new_key.public
    again = await started(make)
    assert again.peer(PARISH.id).card.sequence == 2


async def test_news_puts_a_new_bundle_in_use_and_a_failed_one_is_tried_again(make: Start, registry: Registry) -> None:
    trust = await started(make)
    used: list[bytes] = []
    failing = [True]
    seen = asyncio.Event()

    async def on_bundle(bundle: bytes) -> None:
        seen.set()
        if failing:
            failing.clear()
            raise MagliaError(Code.POLICY_UNAVAILABLE)
        used.append(bundle)

    task = asyncio.create_task(trust.keep_fresh(on_bundle))
    try:
        registry.bundle = b"another bundle"
        registry.publish()
        for _ in range(2):
            seen.clear()
            registry.news_sent.set()
            await asyncio.wait_for(seen.wait(), 5)
        assert used == [b"another bundle"]
        registry.files["metadata", "timestamp.json"] = b"x" * 1_000_000
        registry.news_sent.set()
        await asyncio.sleep(0.1)
        assert not task.done()  # a registry that lies ends no node
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


SARA = tls("sara")


def official(expiry: str = "2199-12-31", certificate: bytes = SARA.der) -> Official:
    return Official("sara", "Sara Verdi", NetworkRole.AUDITOR, bytes(range(32)), certificate, "PG/1", expiry)


async def test_an_official_is_let_in_from_the_directory_that_names_her(make: Start, registry: Registry) -> None:
    trust = await started(make)
    assert trust.official(SARA.der) is None
    trust.changed_roots()
    registry.officials = [official()]
    registry.publish()
    await trust.refresh()
    assert SARA.certificate in (trust.changed_roots() or b"")
    assert trust.official(SARA.der) == official()
    assert trust.official(tls(PARISH.id).der) is None
    with refused(Code.MEMBER_CARD):
        trust.caller(SARA.der)
    registry.officials = []
    registry.publish()
    await trust.refresh()
    assert trust.official(SARA.der) is None
    assert SARA.certificate not in (trust.changed_roots() or SARA.certificate)


async def test_an_official_ends_with_the_act(make: Start, registry: Registry, clock: Clock) -> None:
    today = datetime.fromtimestamp(clock.instant, UTC).date()
    registry.officials = [official(today.isoformat())]
    registry.timestamp_s = registry.targets_s = 72 * HOUR
    registry.publish()
    trust = await started(make)
    assert trust.official(SARA.der) == registry.officials[0]
    clock.instant += 24 * HOUR
    with refused(Code.MEMBER_NO_OFFICE):
        trust.official(SARA.der)
    assert SARA.certificate in trust.roots()  # the handshake passes, so that the refusal can say why


async def test_one_officer_stops_an_official_for_good(make: Start, registry: Registry) -> None:
    registry.officials = [official()]
    registry.suspended = ["sara"]
    registry.publish()
    trust = await started(make)
    with refused(Code.MEMBER_NO_OFFICE):
        trust.official(SARA.der)
    registry.suspended = []
    registry.publish()
    await trust.refresh()
    with refused(Code.MEMBER_NO_OFFICE):
        trust.official(SARA.der)


@pytest.mark.parametrize(
    "certificate",
    [tls(PARISH.id).der, b"", b"no certificate", SARA.der + b"\0"],
    ids=["another's", "empty", "none", "longer"],
)
async def test_a_certificate_that_is_not_of_the_official_opens_nothing(
    make: Start, registry: Registry, certificate: bytes
) -> None:
    registry.officials = [official(certificate=certificate)]
    registry.publish()
    trust = await started(make)
    assert trust.official(certificate) is None
    assert trust.roots().count(b"BEGIN CERTIFICATE") == 2


async def test_officials_are_nobody_once_metadata_has_expired(make: Start, registry: Registry, clock: Clock) -> None:
    registry.officials = [official()]
    registry.publish()
    trust = await started(make)
    clock.instant += 2 * HOUR
    with refused(Code.DIRECTORY_EXPIRED):
        trust.official(SARA.der)
