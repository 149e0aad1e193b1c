"""A directory of 7,500 members: how large what officers sign is, and how long a node takes to verify and read it."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.measure import Plan, memory_mib
from benchmarks.table import Table
from maglia.core.bundle import build_bundle
from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    SUSPENSIONS_PATH,
    Directory,
    Member,
    decode_directory,
    encode_directory,
    encode_suspensions,
)
from maglia.core.evaluation_keys import EvaluationKeys, decode_keys, encode_keys
from maglia.core.identity import Card, SigningKey
from maglia.core.officer import officer_key_id, sign_draft
from maglia.core.procedures import encode_procedures
from maglia.core.pseudonym import SHARES, Evaluator
from maglia.core.vocabulary import Facet, Kind, PseudonymClass, Purpose
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import make_certificate
from maglia.wire.convert import open_card, seal_card
from maglia.wire.tuf import NotThereError, TrustedFiles
from registry import metadata
from registry.root_metadata import Trustees, make_root

_NETWORK = "bench"
_POLICIES = Path(__file__).parents[1] / "policies"
_WHOLE, _QUICK = 7_500, 750
_CARDS = 200
_DAY_S = 86_400
_MIB = 1 << 20
_FACETS = frozenset({Facet.FOOD_PARCEL, Facet.BASIC_GOODS, Facet.ELECTRICITY, Facet.GAS, Facet.RENT_ARREARS})


def measure_directory(plan: Plan, table: Table) -> None:
    """Measure size, verification and reading; the fewer members of a quick run are in the names of its rows."""
    members = _WHOLE if plan.is_whole else _QUICK
    table.section(
        f"A directory of {members:,} members (beside, for times: SHA-256 of the same bytes alone)", "directory"
    )
    keys = {_name(number): SigningKey(hashlib.sha256(b"%d" % number).digest()) for number in range(members)}
    files = _files(keys)
    directory, evaluation = files[DIRECTORY_PATH], files[KEYS_PATH]
    table.add(f"signed directory of {members:,} members", len(directory) / _MIB, "MiB")
    table.add(f"evaluation keys of {members:,} members", len(evaluation) / _MIB, "MiB")
    published = _publish(files)
    with tempfile.TemporaryDirectory() as folder:
        trusted = TrustedFiles(Path(folder), published["metadata/root.json"], _fetch_from(published))
        first, again = _seconds(trusted.refresh), _seconds(trusted.refresh)
    before = memory_mib()
    reading, whole = _seconds(lambda: decode_directory(directory)), decode_directory(directory)
    of_keys, kept = _seconds(lambda: decode_keys(evaluation)), decode_keys(evaluation)
    hashing = _seconds(lambda: hashlib.sha256(directory + evaluation).digest())
    table.add("fetched and verified the first time", first, "s", hashing)
    table.add("verified again, nothing new", again, "s")
    table.add("directory read", reading, "s")
    table.add("evaluation keys read and checked", of_keys, "s")
    table.add("memory of both, read", memory_mib() - before, "MiB")
    digest = _seconds(lambda: kept.network_set(PseudonymClass.PERSON).publics(7))
    table.add("key set of everybody, sums and digest, once a version", digest, "s")
    size, verified = _cards(keys, whole)
    table.add("a card", size, "bytes")
    table.add("cards verified", verified, "/s")


def _name(number: int) -> str:
    return f"ente-esempio-{number:05d}"


def _files(keys: Mapping[str, SigningKey]) -> dict[str, bytes]:
    """Return what officers sign of a network of these members."""
    members = {name: _member(name, key.public) for name, key in keys.items()}
    evaluator = Evaluator({share: bytes([share]) * 32 for share in SHARES})
    sets = {cls: evaluator.key_set(_NETWORK, cls, 1, members) for cls in PseudonymClass}
    of_epoch = {cls: {key.member: key for key in found.keys} for cls, found in sets.items()}
    return {
        DIRECTORY_PATH: encode_directory(Directory(_NETWORK, 1, 1, bytes(32), members)),
        KEYS_PATH: encode_keys(EvaluationKeys(_NETWORK, 1, of_epoch)),
        BUNDLE_PATH: build_bundle(_POLICIES)[0],
        PROCEDURES_PATH: encode_procedures(_NETWORK, ()),
    }


def _member(name: str, public: bytes) -> Member:
    words = f"Ente Esempio {name}", Kind.ODV, public, public, _FACETS, frozenset({Purpose.AID_OVERLAP})
    return Member(name, *words, ("999001", "999002"), f"referente@{name}.example", "PG/2026/0001", "2199-12-31")


def _publish(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every file of a publication as a registry serves it, by kind and name."""
    officers, holders = [SigningKey.generate() for _ in range(2)], [SigningKey.generate() for _ in range(3)]
    online, suspending, now = SigningKey.generate(), SigningKey.generate(), time.time()
    publics = [frozenset(key.public for key in keys) for keys in (holders, officers)]
    root = metadata.add_signatures(make_root(1, Trustees(publics[0], 2, publics[1], 2, online.public), now), holders)
    draft = metadata.draft_targets(1, files, suspending.public, now)
    signed = {officer_key_id(key.public): sign_draft(key, draft) for key in officers}
    nobody = encode_suspensions({})
    served = {
        "metadata/root.json": root,
        "metadata/1.root.json": root,
        "metadata/1.targets.json": metadata.join_targets(root, draft, signed),
        "metadata/1.suspensions.json": metadata.sign_suspensions(1, nobody, suspending, now),
        "metadata/1.snapshot.json": metadata.sign_snapshot(1, 1, 1, online, now),
        "metadata/timestamp.json": metadata.sign_timestamp(1, 1, online, now, _DAY_S),
    }
    content = {**files, SUSPENSIONS_PATH: nobody}
    return served | {f"targets/{metadata.prefixed(path, content[path])}": content[path] for path in content}


def _fetch_from(published: Mapping[str, bytes]) -> Callable[[str, str], bytes]:
    def fetch(kind: str, name: str) -> bytes:
        try:
            return published[f"{kind}/{name}"]
        except KeyError as error:
            raise NotThereError(name) from error

    return fetch


def _cards(keys: Mapping[str, SigningKey], directory: Directory) -> tuple[int, float]:
    """Return the bytes of a card, and how many are verified in a second."""
    now, sealed = int(time.time()), []
    for name in list(keys)[:_CARDS]:
        certificate = make_certificate(name, _NETWORK, _DAY_S, now).der
        card = Card(_NETWORK, name, 1, certificate, "203.0.113.200:7001", now, now + _DAY_S)
        sealed.append((name, seal_card(card, keys[name]).SerializeToString()))
    start = time.perf_counter()
    for name, content in sealed:
        open_card(Envelope.FromString(content), _NETWORK, name, directory.members[name].identity_key)
    return len(sealed[0][1]), len(sealed) / (time.perf_counter() - start)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
