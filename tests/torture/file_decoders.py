"""Readers of files that people carry, registries publish and programs keep: directories, bundles, archives, keys."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from maglia.core import merkle
from maglia.core.absence import absence_days
from maglia.core.bundle import bundle_revision, open_bundle, pack_bundle, read_bundle
from maglia.core.checkpoint import Checkpoint, NoteKey, sign_checkpoint
from maglia.core.directory import decode_directory, decode_suspensions, encode_directory, encode_suspensions
from maglia.core.evaluation_keys import decode_keys, encode_keys
from maglia.core.identity import SigningKey
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.log_archive import NO_FILE, Header, Proof, signed_bytes, write_archive
from maglia.core.log_archive_read import check_archive
from maglia.core.network_file import decode_network_file, encode_network_file
from maglia.core.officer import check_draft, delegated_key, expiry_of
from maglia.core.official import decode_request
from maglia.core.procedures import decode_procedures
from maglia.core.relay_file import decode_relay_file, encode_relay_file
from maglia.policy.engine import merged_data
from node.application import read_application, read_form
from node.domain.import_plan import Plan, decode_plan, encode_plan
from node.hosting.packing import CONTENTS, Contents, unpack
from node.hosting.sealed import Opener, read_header, sealing
from node.policy.ruling import to_ruling
from registry.root import first_root
from registry.root_file import decode_root_file, encode_root_file
from registry.root_metadata import Trustees
from tests.clerk import TODAY
from tests.torture.decoders import Decoder, in_turn
from tests.unit import test_network_file, test_relay
from tests.unit.test_application import TYPED
from tests.unit.test_directory import DIRECTORY, KEYS
from tests.unit.test_officer import FILES, KEY, SIGNED
from tests.unit.test_official import CONTENT as REQUEST

PASSPHRASE = "una frase per il viaggio"
_LOG = "maglia/prova/parrocchia"
_BUNDLE = pack_bundle(
    {
        "maglia/answer/rule.rego": b"package maglia.answer\n\ndecision := true\n",
        "maglia/absence/data.json": b'{"days": 30}',
        "maglia/levels/data.json": b'{"levels": {"food_parcel": ["facet", "month"]}}',
    }
)
_RULING = {"allow": True, "reasons": [], "release": {"a": ["facet"]}, "revision": "0123456789ab"}


def decoders(folder: Path) -> tuple[Decoder, ...]:
    """Return them; files are written below `folder`."""
    return (
        Decoder("directory", [encode_directory(DIRECTORY)], decode_directory),
        Decoder("suspensions", [encode_suspensions({"caritas": 2, "comune": 1})], decode_suspensions),
        Decoder("evaluation keys", [encode_keys(KEYS)], decode_keys),
        Decoder("procedures", [FILES["procedures.json"]], lambda content: decode_procedures(content, "prova")),
        Decoder("draft", [SIGNED], _draft, share=300),
        Decoder("request of an official", [REQUEST], lambda content: decode_request(content, "x"), share=300),
        Decoder("network file", [encode_network_file(test_network_file.FILE)], decode_network_file),
        Decoder("relay file", [encode_relay_file(test_relay.FILE)], decode_relay_file),
        Decoder("change of root", [encode_root_file(_root())], decode_root_file, share=200),
        Decoder("bundle", [_BUNDLE[0]], _bundle, share=300),
        Decoder("files of a bundle", [_unzipped(_BUNDLE[0])], _bundle_of_files, share=300),
        Decoder("data of a bundle", [b'{"days": 30}'], _data, refusals=(ValueError,)),
        Decoder("ruling of an engine", [json.dumps(_RULING).encode()], _ruling),
        Decoder("import's template", [_plan()], lambda content: decode_plan(content.decode("utf-8", "replace"))),
        Decoder("form", [_form()], _in_file(folder / "form.toml", _read_form), share=300),
        Decoder("archive of a log", [_log_archive(folder)], _in_file(folder / "read.maglia-log", _check), share=100),
        Decoder("first line of a backup", [_backup(_tar())], lambda content: read_header(io.BytesIO(content))),
        Decoder("backup", [_backup(_tar())], _open_backup, share=8),
        Decoder("files of a backup", [_tar()], lambda content: _unpack(folder / "unpacked", content), share=100),
        Decoder("keystore", [_keystore(folder)], _in_file(folder / "read.json", _load_keystore), share=8),
    )


def _in_file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return what hands the bytes in as a file."""

    def read_file(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return read_file


def _draft(content: bytes) -> None:
    """Read a draft as it was spoiled, written canonically wherever that can be: the first check is that."""
    with suppress(ValueError, RecursionError):
        content = json.dumps(json.loads(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    check_draft(content, FILES)
    delegated_key(content)
    expiry_of(content)


def _bundle(content: bytes) -> None:
    in_turn(read_bundle, bundle_revision, lambda bundle: open_bundle(bundle, _BUNDLE[1]), absence_days)(content)


def _bundle_of_files(content: bytes) -> None:
    """Read a spoiled archive that was compressed afterwards: the spoiling would end at the checksum otherwise."""
    zipped = zlib.compressobj(1, zlib.DEFLATED, 31)
    _bundle(zipped.compress(content) + zipped.flush())


def _unzipped(bundle: bytes) -> bytes:
    return zlib.decompress(bundle, 31)


def _data(content: bytes) -> None:
    merged_data({"maglia/levels/data.json": content, "maglia/answer/data.json": b'{"purposes": {}}'})


def _ruling(content: bytes) -> None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return
    to_ruling(document)


def _root() -> Any:
    keys = [SigningKey(bytes([number]) * 32).public for number in range(40, 46)]
    trustees = Trustees(frozenset(keys[:3]), 2, frozenset(keys[3:5]), 2, keys[5])
    return first_root("prova", trustees, {"anna": keys[3], "ivo": keys[4]})


def _plan() -> bytes:
    return encode_plan(Plan({"codice": "C.F."}, {"stato": "dato"}, None, "Dati")).encode()


def _form() -> bytes:
    lists = ("territory", "facets", "purposes")
    said = {name: text.split(", ") if name in lists else text for name, text in TYPED.items()}
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items()).encode()


def _read_form(path: Path) -> None:
    read_application(read_form(path), TODAY)


def _log_archive(folder: Path) -> bytes:
    """Return a file of 256 entries that proves itself."""
    path, leaves = folder / "made.maglia-log", [bytes([number]) * 3 for number in range(256)]
    root = merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves])
    note = sign_checkpoint(Checkpoint(_LOG, 256, root), _LOG, KEY.private)
    write_archive(path, Header(_LOG, 1, 0, 256, NO_FILE), Proof([], [], note), leaves, KEY.private)
    return path.read_bytes()


def _check(path: Path) -> None:
    """Read a file as it was spoiled, then with a sound signature: a body may sign an archive of anything."""
    spoiled = path.read_bytes()[:-64]
    signed = KEY.private.sign(signed_bytes(_LOG, hashlib.sha256(spoiled).digest()))
    path.write_bytes(spoiled + signed)
    check_archive(path, NoteKey(_LOG, KEY.private.public_key()))


def _tar() -> bytes:
    """Return a node's folder as it is packed."""
    contents = Contents("parrocchia", "prova", "2026-06-01T10:00:00Z", False, 0, "", {"person": 1})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, content in ((CONTENTS, json.dumps(asdict(contents))), ("node.toml", "x = 1"), ("trust/a", "b")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content.encode()))
    return out.getvalue()


def _backup(tar: bytes) -> bytes:
    out = io.BytesIO()
    with sealing(out, "parrocchia", "prova", PASSPHRASE) as sealer:
        sealer.write(tar)
    return out.getvalue()


def _open_backup(content: bytes) -> None:
    source = io.BytesIO(content)
    Opener(source, read_header(source), PASSPHRASE).finish()


class _Opened(io.BytesIO):
    """Bytes that were sealed by whoever knows the passphrase: the enemy is the archive's own maker."""

    def finish(self) -> None:
        """Hold nothing back, as an `Opener` that read to the end."""


def _unpack(folder: Path, content: bytes) -> None:
    folder.mkdir()
    try:
        unpack(folder, cast("Opener", _Opened(content)))
    finally:
        shutil.rmtree(folder)


def _keystore(folder: Path) -> bytes:
    path = folder / "made.json"
    save_keystore(path, {"identity": KEY.seed}, PASSPHRASE)
    return path.read_bytes()


def _load_keystore(path: Path) -> None:
    load_keystore(path, PASSPHRASE)
