"""Root changes while the network runs: holders, officers, online keys. Clients follow; whoever was removed is out."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.directory import DIRECTORY_PATH, KEYS_PATH, Directory, decode_directory, encode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import decode_keys, encode_keys
from maglia.core.identity import SigningKey, fingerprint
from maglia.core.officer import officer_key_id
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import office_pb2
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from node.network.registry import RegistryClient
from node.network.trust import NetworkTrust
from registry import metadata
from registry.config import load_settings
from registry.root import RootChange
from registry.root_file import SignedDraft, sign_file
from registry.root_metadata import ROOT_S, make_root, read_root
from registry.secrets import Online, load_secrets, renew_certificates
from registry.setup import add_person, network_file
from tests.integration.registry_world import NETWORK, PASSPHRASE, PASSWORD, Body, World, copy_of, refused, served
from tests.integration.root_ceremony import (
    ANNA,
    ELSA,
    FOURTH,
    HOLDERS,
    IVO,
    STRANGER,
    make_template,
    make_unsigned,
    prepare,
    publish,
    refresh,
    signed,
)

FIRST, SECOND, THIRD = HOLDERS
NEW_ELSA = ("elsa", ELSA.public.hex())
IVO_LEAVES = RootChange(officers=[NEW_ELSA], remove_officers=["ivo"])
ALL_ONLINE = RootChange(rotate=frozenset({Online.SNAPSHOT, Online.SUSPENSIONS}))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return copy_of(template, tmp_path / "registry")


@pytest.fixture
async def world(folder: Path) -> AsyncIterator[World]:
    async with served(folder) as world:
        yield world


@contextmanager
def denied(code: Code) -> Iterator[None]:
    with pytest.raises(MagliaError) as failure:
        yield
    assert failure.value.code is code


class Now:
    """The time of day."""

    def now(self) -> float:
        return time.time()


async def change(world: World, wanted: RootChange, *keys: SigningKey) -> int:
    """Prepare, carry to everybody who must sign, publish."""
    return publish(world.folder, signed(prepare(world.folder, wanted), *(keys or (FIRST, SECOND))))


# founding


def test_holders_found_a_network_without_their_keys_near_the_registry(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    file = make_unsigned(folder)
    with denied(Code.STORAGE_MISSING):
        network_file(folder, load_settings(folder), PASSPHRASE)
    for keys in ((), (FIRST,), (FIRST, FIRST)):
        with denied(Code.DIRECTORY_ROOT_SIGNATURES):
            publish(folder, signed(file, *keys))
    with denied(Code.DIRECTORY_ROOT_KEYS):
        sign_file(file, STRANGER)
    assert publish(folder, signed(file, THIRD, FIRST)) == 1
    assert network_file(folder, load_settings(folder), PASSPHRASE).network == NETWORK


@pytest.mark.parametrize(
    "wanted",
    [
        RootChange(threshold=1),
        RootChange(threshold=4),
        RootChange(officer_threshold=1),
        RootChange(remove_officers=["ivo"]),
        RootChange(remove_officers=["nessuno"]),
        RootChange(remove_keys=["00" * 32]),
        RootChange(add_keys=["00"]),
        RootChange(add_keys=[ANNA.public.hex()]),
        RootChange(officers=[("elsa", ANNA.public.hex())]),
        RootChange(officers=[("non un nome", ELSA.public.hex())]),
        RootChange(rotate=frozenset({Online.SUSPENSIONS})),
    ],
)
def test_a_change_that_leaves_one_person_alone_is_not_prepared(folder: Path, wanted: RootChange) -> None:
    with denied(Code.INPUT_FIELD):
        prepare(folder, wanted)


# holders


async def test_a_holder_is_replaced_while_clients_follow(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    before = await world.trusted(tmp_path / "client")
    replaced = RootChange(add_keys=[FOURTH.public.hex()], remove_keys=[fingerprint(THIRD.public)])
    assert await change(world, replaced) == 2
    after = await world.trusted(tmp_path / "client")
    assert (after.version, after.directory) == (before.version + 1, before.directory)

    renewal = prepare(world.folder, RootChange())
    with denied(Code.DIRECTORY_ROOT_KEYS):
        sign_file(renewal, THIRD)
    assert publish(world.folder, signed(renewal, FOURTH, FIRST)) == 3
    said = [(event.action, event.detail) for event in world.parts.members.history("")]
    assert said == [("root", f"version {version}") for version in (1, 2, 3)]
    await world.trusted(tmp_path / "client")
    newcomer = replace(world, known=network_file(world.folder, world.settings, PASSPHRASE))
    assert read_root(newcomer.known.root)[0] == 3
    assert (await newcomer.trusted(tmp_path / "newcomer")).directory == before.directory


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (RootChange(), ()),
        (RootChange(), (FIRST,)),
        (RootChange(), (FIRST, FIRST)),
        (RootChange(threshold=3), (FIRST, SECOND)),
        (RootChange(add_keys=[FOURTH.public.hex()]), (FIRST, FOURTH)),
        (RootChange(add_keys=[FOURTH.public.hex()], remove_keys=[FIRST.public.hex()]), (FIRST, SECOND)),
    ],
    ids=["nobody", "one", "twice", "new threshold", "old threshold", "removed signs for the new"],
)
def test_too_few_signatures_change_nothing(folder: Path, wanted: RootChange, keys: tuple[SigningKey, ...]) -> None:
    file = signed(prepare(folder, wanted), *keys)
    with denied(Code.DIRECTORY_ROOT_SIGNATURES):
        publish(folder, file)
    assert read_root(network_file(folder, load_settings(folder), PASSPHRASE).root)[0] == 1


def test_versions_are_published_one_by_one(folder: Path) -> None:
    first, rival = prepare(folder, RootChange()), prepare(folder, RootChange(threshold=3))
    skipping = replace(first, root=make_root(3, first.trustees, time.time()))
    for file in (signed(skipping, FIRST, SECOND), signed(replace(first, root=first.previous or b""), FIRST)):
        with denied(Code.DIRECTORY_ROOT_VERSION):
            publish(folder, file)
    assert publish(folder, signed(first, FIRST, SECOND)) == 2
    for late in (first, rival):
        with denied(Code.DIRECTORY_ROOT_VERSION):
            publish(folder, signed(late, *HOLDERS))


def test_a_root_says_no_more_than_its_holders_read(folder: Path) -> None:
    file = prepare(folder, RootChange())
    for key, value in (("expires", "2199-01-01T00:00:00Z"), ("consistent_snapshot", False), ("x-more", "1")):
        document = json.loads(file.root)
        document["signed"][key] = value
        wider = replace(file, root=json.dumps(document).encode())
        if key == "expires":
            assert read_root(wider.root)[0] == 2
            continue
        with denied(Code.INPUT_MALFORMED):
            sign_file(wider, FIRST)
    with denied(Code.INPUT_FIELD):
        publish(folder, replace(signed(file, FIRST, SECOND), network="altra"))


# officers


async def test_an_officer_is_replaced_while_clients_follow(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    await world.trusted(tmp_path / "client")
    await world.apply(Body("onlus-est"))
    anna, ivo = await world.office("anna"), await world.office("ivo")
    pending = await anna.prepare("onlus-est")
    await anna.sign(pending)

    file = signed(prepare(world.folder, IVO_LEAVES), FIRST, SECOND)
    for keys in ((), (ANNA,), (ELSA,)):
        with denied(Code.DIRECTORY_UNTRUSTED):
            publish(world.folder, signed(file, *keys))
    with denied(Code.DIRECTORY_ROOT_KEYS):
        sign_file(file, IVO)
    await ivo.prepare("onlus-est")  # nothing has changed yet
    assert publish(world.folder, signed(file, ELSA, ANNA)) == 2

    with refused(Code.SESSION_ROLE):
        await ivo.sign(pending)
    with refused(Code.SESSION_ROLE):
        await ivo.suspend(ponte.member)
    with refused(Code.SESSION_CREDENTIALS):
        await OfficeServiceStub(world.front()).Login(office_pb2.LoginRequest(user="ivo", password=PASSWORD))
    with denied(Code.INPUT_FIELD):
        add_person(world.folder, "ivo", "Ivo", NetworkRole.ACCREDITATION_OFFICER, PASSWORD)
    with refused(Code.DIRECTORY_DRAFT):
        await anna.sign(pending)

    assert set((await world.directory(tmp_path / "client")).members) == {"onlus-ponte"}
    add_person(world.folder, "elsa", "Elsa", NetworkRole.ACCREDITATION_OFFICER, PASSWORD)
    elsa = await world.office("elsa")
    await anna.sign(await anna.prepare("onlus-est"))
    assert (await elsa.sign(await elsa.prepare("onlus-est"), ELSA)).published
    assert set((await world.directory(tmp_path / "client")).members) == {"onlus-ponte", "onlus-est"}
    assert set((await world.directory(tmp_path / "newcomer")).members) == {"onlus-ponte", "onlus-est"}


async def test_a_lost_officers_key_is_replaced_under_the_same_name(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    await change(world, RootChange(officers=[("ivo", ELSA.public.hex())]), FIRST, THIRD, ANNA, ELSA)
    ivo = await world.office("ivo")
    with refused(Code.SESSION_ROLE):  # logged in with the key that was lost
        await ivo.prepare()
    world.desks.clear()
    anna, ivo = await world.office("anna"), await world.office("ivo")
    await world.apply(Body("onlus-est"))
    await anna.sign(await anna.prepare("onlus-est"))
    draft = await ivo.prepare("onlus-est")
    with refused(Code.MEMBER_SIGNATURE):
        await ivo.sign(draft, IVO)
    assert (await ivo.sign(draft, ELSA)).published
    assert len((await world.directory(tmp_path / "client")).members) == 2


async def test_any_change_of_root_voids_what_officers_were_signing(world: World) -> None:
    await world.joined("onlus-ponte")
    await world.apply(Body("onlus-est"))
    anna, ivo = await world.office("anna"), await world.office("ivo")
    pending = await anna.prepare("onlus-est")
    await anna.sign(pending)
    await change(world, RootChange())
    with refused(Code.DIRECTORY_DRAFT):
        await ivo.sign(pending)


async def test_what_a_removed_officer_signed_is_nothing_to_clients(world: World, tmp_path: Path) -> None:
    """Whoever takes the registry and a removed officer's key still lacks one."""
    await world.joined("onlus-ponte")
    await change(world, IVO_LEAVES, FIRST, SECOND, ANNA, ELSA)
    await world.trusted(tmp_path / "client")
    _put_targets(world, _files(world), ANNA, IVO)
    with denied(Code.DIRECTORY_UNTRUSTED):
        await world.trusted(tmp_path / "client")


async def test_a_directory_published_meanwhile_voids_the_one_that_was_carried(world: World) -> None:
    await world.joined("onlus-ponte")
    file = signed(prepare(world.folder, IVO_LEAVES), FIRST, SECOND, ANNA, ELSA)
    await world.joined("onlus-est")
    with denied(Code.DIRECTORY_DRAFT):
        publish(world.folder, file)
    lacking = replace(file, draft=None)
    with denied(Code.DIRECTORY_DRAFT):
        publish(world.folder, lacking)
    again = refresh(world.folder, file)
    with denied(Code.DIRECTORY_UNTRUSTED):
        publish(world.folder, again)
    assert publish(world.folder, signed(again, ANNA, ELSA)) == 2
    with denied(Code.DIRECTORY_ROOT_VERSION):
        refresh(world.folder, file)


async def test_a_refreshed_file_keeps_the_keys_that_were_prepared(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    wanted = RootChange(rotate=frozenset(Online))
    file = signed(prepare(world.folder, wanted), FIRST, SECOND)
    await world.joined("onlus-est")
    publish(world.folder, signed(refresh(world.folder, file), ANNA, IVO))
    assert len((await world.directory(tmp_path / "client")).members) == 2
    former, current = world.secrets, load_secrets(world.folder, PASSPHRASE)
    assert current.online.suspensions.public != former.online.suspensions.public
    assert (await world.directory(tmp_path / "client")).witness_key == current.witness.public


async def test_new_certificates_need_a_new_network_file(folder: Path, tmp_path: Path) -> None:
    async with served(folder) as world:
        (ponte,) = await world.joined("onlus-ponte")
        former = world.known
    renew_certificates(folder, NETWORK, PASSPHRASE, time.time())
    async with served(folder) as world:
        await world.trusted(tmp_path / "client")
        old = replace(world.known, peer_certificate=former.peer_certificate)
        for known, code in ((world.known, None), (old, Code.NETWORK_UNREACHABLE)):
            client = RegistryClient(known, ponte.tls)
            with denied(code) if code else nullcontext():
                await client.cards(0)
            await client.close()


async def test_the_carried_directory_changes_nobody(world: World) -> None:
    await world.joined("onlus-ponte")
    file = prepare(world.folder, IVO_LEAVES)
    assert file.draft is not None
    version, suspensions = 2, world.secrets.online.suspensions.public
    directory = replace(decode_directory(file.draft.files[DIRECTORY_PATH]), members={})
    contents = _consistent(file.draft.files, directory)
    emptied = SignedDraft(metadata.draft_targets(version, contents, suspensions, time.time()), contents)
    with denied(Code.DIRECTORY_DRAFT):
        publish(world.folder, signed(replace(file, draft=emptied), FIRST, SECOND, ANNA, ELSA))


# online keys


async def test_online_keys_are_rotated_under_a_live_node(world: World, tmp_path: Path) -> None:
    ponte, est = await world.joined("onlus-ponte", "onlus-est")
    former = world.secrets.online
    client = RegistryClient(world.known, ponte.tls)
    trust = NetworkTrust(tmp_path / "node", world.known, client, Now(), poll_s=60)  # type: ignore[arg-type]  # no days
    await trust.start()
    following = asyncio.create_task(trust.keep_fresh(_ignore))
    try:
        assert await change(world, ALL_ONLINE, FIRST, SECOND, ANNA, IVO) == 2
        await _until(lambda: trust.directory().version == 2)
        anna = await world.office("anna")
        await anna.suspend(est.member)  # by the process that served all along
        await _until(lambda: [member.id for member in trust.directory().active()] == [ponte.member])
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await client.close()
    current = load_secrets(world.folder, PASSPHRASE).online
    assert {current.snapshot.public, current.suspensions.public}.isdisjoint(
        {former.snapshot.public, former.suspensions.public}
    )
    files = world.parts.files
    timestamp = files.metadata("timestamp.json") or b""
    for key, code in ((former.snapshot, Code.DIRECTORY_UNTRUSTED), (current.suspensions, Code.DIRECTORY_UNTRUSTED)):
        files.save_metadata("timestamp.json", metadata.sign_timestamp(99, 99, key, time.time(), 3600))
        with denied(code):
            await world.trusted(tmp_path / "client")
    files.save_metadata("timestamp.json", timestamp)
    assert (await world.trusted(tmp_path / "client")).version > 0


async def test_rotated_keys_serve_after_a_restart(folder: Path, tmp_path: Path) -> None:
    async with served(folder) as world:
        await world.joined("onlus-ponte")
        await change(world, ALL_ONLINE, FIRST, SECOND, ANNA, IVO)
        version = (await world.trusted(tmp_path / "client")).version
    async with served(folder) as world:
        await (await world.office("anna")).suspend("onlus-ponte")
        world.parts.publisher.refresh()
        trusted = await world.trusted(tmp_path / "client")
        assert trusted.version > version
        assert not (await world.directory(tmp_path / "client")).active()


async def test_a_rotation_that_was_not_published_leaves_the_keys_in_force(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    abandoned = prepare(world.folder, ALL_ONLINE)
    world.parts.publisher.refresh()
    await world.trusted(tmp_path / "client")
    await change(world, ALL_ONLINE, FIRST, SECOND, ANNA, IVO)
    await world.trusted(tmp_path / "client")
    with denied(Code.DIRECTORY_ROOT_VERSION):
        publish(world.folder, signed(abandoned, FIRST, SECOND, ANNA, IVO))


async def test_a_root_whose_online_key_the_registry_lacks_is_refused(world: World) -> None:
    file = prepare(world.folder, RootChange())
    root = make_root(2, replace(file.trustees, online=STRANGER.public), time.time())
    with denied(Code.DIRECTORY_ONLINE_KEY):
        publish(world.folder, signed(replace(file, root=root), FIRST, SECOND))


async def test_the_witness_has_a_new_key_once_officers_name_it(folder: Path, tmp_path: Path) -> None:
    rotate = RootChange(rotate=frozenset({Online.WITNESS}))
    async with served(folder) as world:
        await world.joined("onlus-ponte")
        before = (await world.directory(tmp_path / "client")).witness_key
        await change(world, rotate, FIRST, SECOND, ANNA, IVO)
        after = (await world.directory(tmp_path / "client")).witness_key
        assert after != before
    async with served(folder) as world:
        assert world.parts.witness.key.public == after
        await world.joined("onlus-est")
        assert (await world.directory(tmp_path / "client")).witness_key == after


# a registry in wrong hands


async def test_online_keys_alone_publish_no_root(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    await world.trusted(tmp_path / "client")
    online, file = world.secrets.online, prepare(world.folder, RootChange())
    theirs = replace(file.trustees, root=frozenset({online.snapshot.public, STRANGER.public}), online=FOURTH.public)
    for keys in ((online.snapshot, online.suspensions), (online.snapshot, STRANGER, FIRST)):
        forged = metadata.add_signatures(make_root(2, theirs, time.time()), keys)
        with denied(Code.DIRECTORY_ROOT_SIGNATURES):
            publish(world.folder, replace(file, root=forged, officers=file.officers))
        world.parts.files.save_metadata("2.root.json", forged)
        with denied(Code.DIRECTORY_UNTRUSTED):
            await world.trusted(tmp_path / "client")


async def test_online_keys_alone_swap_no_evaluation_key(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte", "onlus-est")
    await world.trusted(tmp_path / "client")
    files = _files(world)
    keys = decode_keys(files[KEYS_PATH])
    swapped = {cls: dict(zip(named, reversed(list(named.values())), strict=True)) for cls, named in keys.keys.items()}
    files[KEYS_PATH] = encode_keys(replace(keys, keys=swapped))
    online = world.secrets.online
    _put_targets(world, files, online.snapshot, online.suspensions, ANNA)
    with denied(Code.DIRECTORY_UNTRUSTED):
        await world.trusted(tmp_path / "client")


async def test_a_registry_restored_from_before_takes_nobody_back(world: World, tmp_path: Path) -> None:
    """Clients that saw a root keep it, also when they start anew from the network file."""
    await world.joined("onlus-ponte")
    files, names = world.parts.files, ("timestamp.json", "1.root.json")
    before = {name: files.metadata(name) or b"" for name in names}
    await change(world, ALL_ONLINE, FIRST, SECOND, ANNA, IVO)
    await world.trusted(tmp_path / "client")
    second = files.metadata("2.root.json") or b""

    files.save_metadata("timestamp.json", before["timestamp.json"])
    files.save_metadata("2.root.json", before["1.root.json"])
    with denied(Code.DIRECTORY_UNTRUSTED):
        await world.trusted(tmp_path / "client")
    files.save_metadata("2.root.json", second)
    for root in (before["1.root.json"], second):
        files.save_metadata("3.root.json", root)
        with denied(Code.DIRECTORY_ROLLBACK):
            await world.trusted(tmp_path / "client")


async def test_a_root_that_skips_a_version_is_refused_by_clients(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    file = prepare(world.folder, RootChange())
    skipping = metadata.add_signatures(make_root(3, file.trustees, time.time()), (FIRST, SECOND))
    world.parts.files.save_metadata("2.root.json", skipping)
    with denied(Code.DIRECTORY_ROLLBACK):
        await world.trusted(tmp_path / "client")


async def test_an_expired_root_says_so_until_its_successor(world: World, tmp_path: Path) -> None:
    await world.joined("onlus-ponte")
    file = prepare(world.folder, RootChange())
    expired = signed(replace(file, root=make_root(2, file.trustees, time.time() - ROOT_S - 60)), FIRST, SECOND)
    with denied(Code.DIRECTORY_ROOT_EXPIRED):
        publish(world.folder, expired)
    files = world.parts.files
    files.save_metadata("2.root.json", expired.root)
    files.set_version("root", 2)
    with denied(Code.DIRECTORY_ROOT_EXPIRED):
        await world.trusted(tmp_path / "client")
    assert await change(world, RootChange()) == 3
    await world.trusted(tmp_path / "client")


async def _ignore(_bundle: bytes) -> None:
    """Policies are not looked at here."""


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110 - what is reached has no event
            await asyncio.sleep(0.02)


def _files(world: World) -> dict[str, bytes]:
    """Return the four files in force."""
    files = world.parts.files
    current = files.metadata(f"{files.versions()['targets']}.targets.json") or b""
    return {path: files.target(name) or b"" for path, name in metadata.listed(current).items()}


def _consistent(files: Mapping[str, bytes], directory: Directory) -> dict[str, bytes]:
    keys = decode_keys(files[KEYS_PATH])
    kept = {
        cls: {name: key for name, key in named.items() if name in directory.members} for cls, named in keys.keys.items()
    }
    return {**files, DIRECTORY_PATH: encode_directory(directory), KEYS_PATH: encode_keys(replace(keys, keys=kept))}


def _put_targets(world: World, contents: Mapping[str, bytes], *keys: SigningKey) -> None:
    """Publish targets behind the office's back, with everything online keys can add."""
    files, online, now = world.parts.files, load_secrets(world.folder, PASSPHRASE).online, time.time()
    versions = files.versions()
    version, snapshot = versions["targets"] + 1, versions["snapshot"] + 1
    draft = metadata.draft_targets(version, contents, online.suspensions.public, now)
    signatures = [{"keyid": officer_key_id(key.public), "sig": key.sign(draft).hex()} for key in keys]
    forged = json.dumps({"signed": json.loads(draft), "signatures": signatures}).encode()
    for path, content in contents.items():
        files.save_target(metadata.prefixed(path, content), content)
    files.save_metadata(f"{version}.targets.json", forged)
    named = metadata.sign_snapshot(snapshot, version, versions["suspensions"], online.snapshot, now)
    files.save_metadata(f"{snapshot}.snapshot.json", named)
    timestamp = metadata.sign_timestamp(versions["timestamp"] + 1, snapshot, online.snapshot, now, 3600)
    files.save_metadata("timestamp.json", timestamp)
