"""Policy bundles: a deterministic gzipped tar in the layout of Open Policy Agent, and its safe reading.

The registry builds and publishes a bundle, each node's engine reads it; both sides use the functions here so that one
revision means the same bytes. Layout: https://www.openpolicyagent.org/docs/management-bundles
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from maglia.core.errors import Code, MagliaError

MANIFEST = ".manifest"
REVISION_FILE = "data.json"
ROOTS = ["maglia"]
MAX_BUNDLE_BYTES = 1024 * 1024
"""Largest compressed bundle accepted."""
MAX_CONTENT_BYTES = 4 * 1024 * 1024
"""Largest unpacked bundle accepted."""
MAX_FILES = 256


def build_bundle(policies: Path) -> tuple[bytes, str]:
    """Return the bundle of the folder `policies` and its revision: 12 hex digits of SHA-256 over the contents.

    Tests stay out. Raises `MagliaError` (`storage.missing`) when the folder holds no policy.
    """
    return pack_bundle(read_sources(policies))


def pack_bundle(sources: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return the bundle of these rules and data, by path, and its revision."""
    files = dict(sources)
    revision = _digest(files)[:12]
    files[MANIFEST] = _json({"revision": revision, "roots": ROOTS, "rego_version": 1})
    files[REVISION_FILE] = _json({"maglia": {"revision": revision}})
    return _pack(files), revision


def read_sources(policies: Path) -> dict[str, bytes]:
    """Return what a bundle of this folder holds, rules and data by path; raise `storage.missing` without any rule."""
    files: dict[str, bytes] = {}
    for path in sorted(policies.rglob("*")):
        name = path.relative_to(policies).as_posix()
        rule = path.suffix == ".rego" and not path.stem.endswith("_test")
        if path.is_file() and (rule or (path.name == "data.json" and name != REVISION_FILE)):
            files[name] = path.read_bytes()
    if not any(name.endswith(".rego") for name in files):
        raise MagliaError(Code.STORAGE_MISSING, path=f"{policies}/*.rego", command="git checkout policies")
    return files


def read_tests(policies: Path) -> dict[str, bytes]:
    """Return the tests of a folder of policies by path; a bundle never holds them."""
    return {path.relative_to(policies).as_posix(): path.read_bytes() for path in sorted(policies.rglob("*_test.rego"))}


def file_changes(before: bytes, after: bytes) -> dict[str, str]:
    """Return the rules and data that differ between two bundles: by path, `added`, `removed` or `changed`.

    Empty bytes stand for no bundle. Raises as `read_bundle`.
    """
    old, new = (read_bundle(each) if each else {} for each in (before, after))
    names = (old.keys() | new.keys()) - {MANIFEST, REVISION_FILE}
    return {
        name: "added" if name not in old else "removed" if name not in new else "changed"
        for name in sorted(names)
        if old.get(name) != new.get(name)
    }


def _digest(files: Mapping[str, bytes]) -> str:
    """Return SHA-256 over every name and content, each with its length in front, in hex."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode() + b"\n"


def _pack(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as zipped,
        tarfile.open(mode="w", fileobj=zipped, format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o644, 0
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def read_bundle(bundle: bytes) -> dict[str, bytes]:
    """Return the files of a bundle by path.

    Refuses links, devices, absolute or climbing paths and doubled names (`input.malformed`), and more than
    `MAX_BUNDLE_BYTES` packed, `MAX_CONTENT_BYTES` unpacked or `MAX_FILES` files (`input.too_large`).
    """
    if len(bundle) > MAX_BUNDLE_BYTES:
        raise _too_large(f"{MAX_BUNDLE_BYTES} byte")
    try:
        with tarfile.open(mode="r:", fileobj=io.BytesIO(_unzip(bundle))) as archive:
            return _members(archive)
    except (tarfile.TarError, zlib.error, ValueError, OverflowError, EOFError) as error:
        raise _malformed(type(error).__name__) from error


def _unzip(bundle: bytes) -> bytes:
    """Unpack no more than the limit, whatever the header promises."""
    stream = zlib.decompressobj(wbits=31)
    content = stream.decompress(bundle, MAX_CONTENT_BYTES)
    if stream.unconsumed_tail:
        raise _too_large(f"{MAX_CONTENT_BYTES} byte")
    if not stream.eof or stream.unused_data:
        raise _malformed("cut short or followed by other bytes")
    return content


def _members(archive: tarfile.TarFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for member in archive:
        if len(files) >= MAX_FILES:
            raise _too_large(f"{MAX_FILES} file")
        content = archive.extractfile(member) if member.type == tarfile.REGTYPE else None
        if content is None or member.name in files or not _plain(member.name):
            raise _malformed("a link, a device, a doubled or a climbing path")
        files[member.name] = content.read()
    return files


def _plain(name: str) -> bool:
    """Return whether `name` is a relative path in its one normal form."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name == str(path) and "\\" not in name


def bundle_revision(bundle: bytes) -> str:
    """Return the revision that a verified bundle states; raise `input.malformed` when it states none."""
    try:
        return str(json.loads(read_bundle(bundle)[MANIFEST])["revision"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _malformed("no manifest or no revision") from error


def open_bundle(bundle: bytes, revision: str) -> dict[str, bytes]:
    """Return the files of a bundle that is what it says: of this revision, and speaking for `maglia` alone.

    Raises `MagliaError` as `read_bundle`, and `input.malformed` when manifest and contents disagree.
    """
    files = read_bundle(bundle)
    try:
        manifest, stated = json.loads(files[MANIFEST]), json.loads(files[REVISION_FILE])
    except (KeyError, ValueError, RecursionError) as error:
        raise _malformed("no manifest or no revision") from error
    sources = {name: content for name, content in files.items() if name not in {MANIFEST, REVISION_FILE}}
    if manifest != {"revision": revision, "roots": ROOTS, "rego_version": 1}:
        raise _malformed("manifest of another revision or of other roots")
    if stated != {"maglia": {"revision": revision}} or _digest(sources)[:12] != revision:
        raise _malformed("contents of another revision")
    return files


def _malformed(cause: str) -> MagliaError:
    return MagliaError(Code.INPUT_MALFORMED, cause=f"policy bundle: {cause}")


def _too_large(limit: str) -> MagliaError:
    return MagliaError(Code.INPUT_TOO_LARGE, field="policy bundle", limit=limit)
