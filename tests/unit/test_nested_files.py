"""Files of brackets without end: a reader that goes down into them must come back with a refusal."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from maglia.core.absence import ABSENCE_FILE, absence_days
from maglia.core.bundle import MANIFEST, _pack, bundle_revision, open_bundle
from maglia.core.directory import decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import decode_keys
from maglia.core.keystore import load_keystore
from node.domain.import_plan import decode_plan
from node.hosting.packing import CONTENTS, _read_contents
from node.hosting.sealed import read_header
from tui.profile import load_profile
from tui.settings import load_settings

DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (decode_directory, Code.DIRECTORY_UNTRUSTED),
        (decode_suspensions, Code.DIRECTORY_UNTRUSTED),
        (decode_keys, Code.DIRECTORY_UNTRUSTED),
        (lambda content: decode_plan(content.decode()), Code.INPUT_MALFORMED),
        (lambda content: read_header(io.BytesIO(content)), Code.STORAGE_ARCHIVE),
        (lambda content: bundle_revision(_pack({MANIFEST: content})), Code.INPUT_MALFORMED),
        (lambda content: open_bundle(_pack({MANIFEST: content}), "0" * 12), Code.INPUT_MALFORMED),
    ],
    ids=["directory", "suspensions", "keys", "template", "backup", "revision", "bundle"],
)
def test_what_nests_without_end_is_refused(read: Callable[[bytes], object], code: Code) -> None:
    """Suspensions are signed by a key that is online: whoever took it over could have ended every node with them."""
    with pytest.raises(MagliaError) as refused:
        read(DEEP)
    assert refused.value.code is code


def test_a_keystore_a_backups_contents_and_a_term_that_nest_without_end_are_none(tmp_path: Path) -> None:
    path = tmp_path / "keystore.json"
    path.write_bytes(DEEP)
    with pytest.raises(MagliaError) as refused:
        load_keystore(path, "una frase segreta")
    assert refused.value.code is Code.STORAGE_KEYS_DAMAGED
    member = tarfile.TarInfo(CONTENTS)
    member.size = len(DEEP)
    with pytest.raises(MagliaError) as refused:
        _read_contents(member, io.BytesIO(DEEP))
    assert refused.value.code is Code.STORAGE_ARCHIVE
    assert absence_days(_pack({ABSENCE_FILE: DEEP})) == 0


@pytest.mark.parametrize(("load", "code"), [(load_profile, Code.INPUT_FILE), (load_settings, Code.INPUT_FILE)])
def test_a_consoles_file_that_nests_without_end_is_named(
    tmp_path: Path, load: Callable[[Path], object], code: Code
) -> None:
    path = tmp_path / "anna.toml"
    path.write_bytes(b"x = " + DEEP)
    with pytest.raises(MagliaError) as refused:
        load(path)
    assert refused.value.code is code
