"""What an officer signs: the four files shown and the one narrow delegation, in bytes that mean one thing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # re-exported without saying so

from maglia.core.bundle import build_bundle
from maglia.core.directory import Directory, encode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys, encode_keys
from maglia.core.identity import SigningKey, verify_signature
from maglia.core.officer import check_draft, delegated_key, officer_key_id, sign_draft
from maglia.core.procedures import Procedure, encode_procedures
from maglia.core.vocabulary import PseudonymClass
from registry.metadata import draft_targets

KEY = SigningKey(bytes([7]) * 32)
POLICIES = Path(__file__).parents[2] / "policies"
PROCEDURE = Procedure("bando-affitto-2026", "PG/2026/77", 500, "2026-12-31", ("comune",))
FILES = {
    "directory.json": encode_directory(Directory("prova", 3, 1, bytes(32))),
    "evaluation-keys.json": encode_keys(EvaluationKeys("prova", 1, {cls: {} for cls in PseudonymClass})),
    "policies.tar.gz": build_bundle(POLICIES)[0],
    "procedures.json": encode_procedures("prova", [PROCEDURE]),
}
SIGNED = draft_targets(3, FILES, bytes([9]) * 32, 1_795_000_000)
Change = Callable[[dict[str, Any]], object]


def _changed(change: Change) -> bytes:
    document = json.loads(SIGNED)
    change(document)
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def test_a_true_draft_is_shown_and_signed() -> None:
    assert check_draft(SIGNED, FILES).version == 3
    verify_signature(KEY.public, sign_draft(KEY, SIGNED), SIGNED)


def test_key_ids_are_those_of_the_framework() -> None:
    assert officer_key_id(KEY.public) == SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(KEY.public)).keyid


@pytest.mark.parametrize(
    "change",
    [
        lambda signed: signed.update(_type="root"),
        lambda signed: signed.update(version=4),
        lambda signed: signed.update(note="more"),
        lambda signed: signed.pop("delegations"),
        lambda signed: signed["targets"].pop("procedures.json"),
        lambda signed: signed["targets"].update({"other.json": signed["targets"]["procedures.json"]}),
        lambda signed: signed["targets"]["directory.json"].update(length=1),
        lambda signed: signed["targets"]["directory.json"]["hashes"].update(sha256="0" * 64),
        lambda signed: signed["targets"]["directory.json"].update(custom={}),
        lambda signed: signed["delegations"]["roles"][0].update(paths=["*.json"]),
        lambda signed: signed["delegations"]["roles"][0].update(paths=["suspensions.json", "directory.json"]),
        lambda signed: signed["delegations"]["roles"][0].update(name="other"),
        lambda signed: signed["delegations"]["roles"].append(signed["delegations"]["roles"][0]),
        lambda signed: signed["delegations"].update(succinct_roles={}),
        lambda signed: signed.update(targets=None),
    ],
)
def test_metadata_that_says_more_is_refused(change: Change) -> None:
    with pytest.raises(MagliaError) as refused:
        check_draft(_changed(change), FILES)
    assert refused.value.code is Code.DIRECTORY_DRAFT


@pytest.mark.parametrize("named", [{}, {"public": "zz"}, {"public": 7}, None, "public"])
def test_a_key_that_is_none_is_refused_when_it_is_read(named: object) -> None:
    (key_id,) = json.loads(SIGNED)["delegations"]["keys"]
    with pytest.raises(MagliaError) as refused:
        delegated_key(_changed(lambda signed: signed["delegations"]["keys"][key_id].update(keyval=named)))
    assert refused.value.code is Code.DIRECTORY_DRAFT


@pytest.mark.parametrize("signed", [b"", b"[]", b"null", b"\xff", SIGNED + b" ", SIGNED.replace(b",", b", ", 1)])
def test_bytes_that_are_not_canonical_metadata_are_refused(signed: bytes) -> None:
    with pytest.raises(MagliaError) as refused:
        check_draft(signed, FILES)
    assert refused.value.code is Code.DIRECTORY_DRAFT


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("directory.json", b"{}"),
        ("directory.json", encode_directory(Directory("prova", 2, 1, bytes(32)))),
        ("directory.json", encode_directory(Directory("altra", 3, 1, bytes(32)))),
        ("evaluation-keys.json", encode_keys(EvaluationKeys("prova", 2, {cls: {} for cls in PseudonymClass}))),
        ("policies.tar.gz", b"no archive"),
        ("procedures.json", b"{}"),
        ("procedures.json", encode_procedures("altra", [PROCEDURE])),
        ("procedures.json", encode_procedures("prova", [PROCEDURE, PROCEDURE])),
        ("procedures.json", encode_procedures("prova", [replace(PROCEDURE, cap=0)])),
        ("procedures.json", encode_procedures("prova", [replace(PROCEDURE, expires="31/12/2026")])),
        ("procedures.json", encode_procedures("prova", [replace(PROCEDURE, members=("due", "due"))])),
    ],
)
def test_files_that_disagree_are_refused(path: str, content: bytes) -> None:
    files = FILES | {path: content}
    signed = draft_targets(3, files, bytes([9]) * 32, 1_795_000_000)
    assert hashlib.sha256(content).hexdigest().encode() in signed
    with pytest.raises(MagliaError) as refused:
        check_draft(signed, files)
    assert refused.value.code is Code.DIRECTORY_DRAFT
