"""Policy bundles: the same folder gives the same bytes; what is not a plain bundle is refused."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
from pathlib import Path

import pytest

from maglia.core.bundle import MAX_BUNDLE_BYTES, MAX_CONTENT_BYTES, MAX_FILES, build_bundle, open_bundle, read_bundle
from maglia.core.errors import Code, MagliaError

POLICIES = Path(__file__).parents[2] / "policies"


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(mode="w", fileobj=archive) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(archive.getvalue())


def of_type(kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo("ask/ask.rego")
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def refusal(bundle: bytes) -> Code:
    with pytest.raises(MagliaError) as refused:
        read_bundle(bundle)
    return refused.value.code


def test_same_folder_same_bytes(tmp_path: Path) -> None:
    copied = tmp_path / "policies"
    shutil.copytree(POLICIES, copied, copy_function=shutil.copyfile)
    assert build_bundle(copied) == build_bundle(POLICIES)


def test_revision_follows_rules_and_data_but_not_tests(tmp_path: Path) -> None:
    shutil.copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    revision = build_bundle(tmp_path)[1]
    (tmp_path / "ask" / "ask_test.rego").write_text("package maglia.ask_test\n")
    assert build_bundle(tmp_path)[1] == revision
    (tmp_path / "maglia" / "limits" / "data.json").write_text("{}")
    assert build_bundle(tmp_path)[1] != revision


def test_tests_stay_out_and_the_revision_goes_in() -> None:
    bundle, revision = build_bundle(POLICIES)
    files = open_bundle(bundle, revision)
    assert not [name for name in files if "_test" in name]
    assert {".manifest", "data.json", "ask/ask.rego", "maglia/levels/data.json"} <= set(files)
    assert revision in files["data.json"].decode()


def test_a_folder_without_policies_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as refused:
        build_bundle(tmp_path)
    assert refused.value.code is Code.STORAGE_MISSING


@pytest.mark.parametrize("name", ["../ask.rego", "/ask.rego", "a/../../b", "./a", "a//b", "a\\b"])
def test_paths_out_of_the_bundle_are_refused(name: str) -> None:
    assert refusal(packed((tarfile.TarInfo(name), b""))) is Code.INPUT_MALFORMED


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_only_plain_files(kind: bytes) -> None:
    assert refusal(packed((of_type(kind), b""))) is Code.INPUT_MALFORMED


def test_a_doubled_name_is_refused() -> None:
    twice = (tarfile.TarInfo("a.rego"), b"one"), (tarfile.TarInfo("a.rego"), b"two")
    assert refusal(packed(*twice)) is Code.INPUT_MALFORMED


@pytest.mark.parametrize("cut", [0, 1, 20, 400])
def test_a_cut_bundle_is_refused(cut: int) -> None:
    assert refusal(build_bundle(POLICIES)[0][:cut]) is Code.INPUT_MALFORMED


def test_sizes_are_limited() -> None:
    assert refusal(b"\0" * (MAX_BUNDLE_BYTES + 1)) is Code.INPUT_TOO_LARGE
    assert refusal(packed((tarfile.TarInfo("a"), b"\0" * MAX_CONTENT_BYTES))) is Code.INPUT_TOO_LARGE
    assert refusal(packed(*((tarfile.TarInfo(f"{n}"), b"") for n in range(MAX_FILES + 1)))) is Code.INPUT_TOO_LARGE


def test_contents_that_are_not_of_the_revision_are_refused() -> None:
    bundle, revision = build_bundle(POLICIES)
    edited = {**read_bundle(bundle), "ask/ask.rego": b"package maglia.ask\n"}
    forged = packed(*((tarfile.TarInfo(name), content) for name, content in edited.items()))
    for other, stated in ((bundle, "000000000000"), (forged, revision)):
        with pytest.raises(MagliaError) as refused:
            open_bundle(other, stated)
        assert refused.value.code is Code.INPUT_MALFORMED
