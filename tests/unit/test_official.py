"""An official's own key, the request made of it, and what two officers may sign of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from maglia.core.directory import Official
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.network_file import NetworkFile, encode_network_file
from maglia.core.official import OfficialRequest, decode_request, encode_request, official_fingerprint
from maglia.core.vocabulary import NetworkRole
from maglia.wire.certificates import TlsIdentity, is_certificate_of, make_certificate
from maglia.wire.officials import check_official
from tests.peer_world import refused
from tui.__main__ import app
from tui.official_key import load_official, open_official_key, request_file_of
from tui.profile import load_profile

TODAY, DAY_S = date.today(), 86_400
KEY = SigningKey(bytes(range(32)))
PHRASE = "quattro parole messe a caso"


@cache
def certificate(party: str = "sara", network: str = "prova", days: int = 800) -> TlsIdentity:
    return make_certificate(party, network, days * DAY_S, time.time())


def foreign(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """Return a certificate of the right name under a key of another kind."""
    ours = x509.load_der_x509_certificate(certificate().der)
    made = x509.CertificateBuilder(
        ours.issuer,
        ours.subject,
        key.public_key(),
        ours.serial_number,
        ours.not_valid_before_utc,
        ours.not_valid_after_utc,
        list(ours.extensions),
    )
    signed = made.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


REQUEST = OfficialRequest("prova", "sara", "Sara Verdi", NetworkRole.AUDITOR, KEY.public, certificate().der)
CONTENT = encode_request(REQUEST, KEY)
OFFICIAL = Official(
    "sara", "Sara Verdi", NetworkRole.AUDITOR, KEY.public, certificate().der, "PG/2026/7", f"{TODAY.year + 1}-12-31"
)


def test_a_request_reads_back() -> None:
    assert decode_request(CONTENT, "sara.request.json") == REQUEST


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(schema="maglia.official/2"),
        lambda d: d.update(network="altra"),
        lambda d: d.update(network="../x"),
        lambda d: d.update(id="anna"),
        lambda d: d.update(name="Sara Neri"),
        lambda d: d.update(role="dpo"),
        lambda d: d.update(role="accreditation_officer"),
        lambda d: d.update(role=["auditor"]),
        lambda d: d.update(identity_key=SigningKey(bytes(32)).public.hex()),
        lambda d: d.update(certificate=certificate("anna").der.hex()),
        lambda d: d.update(certificate="zz"),
        lambda d: d.update(signature="00" * 64),
        lambda d: d.update(signature=None),
        lambda d: d.pop("signature"),
        lambda d: d.update(more="x"),
    ],
)
def test_a_request_that_its_own_key_did_not_sign_is_none(change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(CONTENT)
    change(document)
    with refused(Code.INPUT_OFFICIAL):
        decode_request(json.dumps(document).encode(), "sara.request.json")


@given(st.binary(max_size=400) | st.integers(0, len(CONTENT) - 1).map(lambda at: CONTENT[:at] + CONTENT[at + 1 :]))
def test_bytes_that_are_no_request_are_refused_with_one_code(content: bytes) -> None:
    try:
        read = decode_request(content, "x")
    except MagliaError as error:
        assert error.code is Code.INPUT_OFFICIAL  # noqa: PT017 - bytes that read differently alone may be refused
    else:
        assert read == REQUEST  # a blank between two fields may go


def test_the_fingerprint_covers_key_and_certificate() -> None:
    heard = official_fingerprint(KEY.public, certificate().der)
    assert heard == REQUEST.fingerprint
    assert len(heard.split("-")) == 10
    assert official_fingerprint(KEY.public, certificate("anna").der) != heard
    assert official_fingerprint(SigningKey(bytes(32)).public, certificate().der) != heard


def test_an_appointment_in_order() -> None:
    check_official(OFFICIAL, "prova", TODAY)
    check_official(replace(OFFICIAL, act_expiry=TODAY.isoformat()), "prova", TODAY)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "registry"}, Code.INPUT_FIELD),
        ({"id": "Sara"}, Code.INPUT_FIELD),
        ({"name": " "}, Code.INPUT_FIELD),
        ({"name": "Sara\x1b[2J"}, Code.INPUT_FIELD),
        ({"name": "S" * 101}, Code.INPUT_FIELD),
        ({"role": NetworkRole.ACCREDITATION_OFFICER}, Code.INPUT_FIELD),
        ({"act_protocol": ""}, Code.INPUT_FIELD),
        ({"act_expiry": "31/12/2027"}, Code.INPUT_FIELD),
        ({"act_expiry": "2020-01-01"}, Code.MEMBER_ACT_EXPIRED),
        ({"act_expiry": "2199-12-31"}, Code.INPUT_OFFICIAL_DAYS),
        ({"identity_key": b"short"}, Code.INPUT_FIELD),
        ({"certificate": b"none"}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": foreign(ed25519.Ed25519PrivateKey.generate())}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": foreign(ec.generate_private_key(ec.SECP384R1()))}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": certificate().der[:-1] + b"\0"}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": certificate("anna").der}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": certificate("sara", "altra").der}, Code.INPUT_OFFICIAL_CERTIFICATE),
        ({"certificate": certificate("sara", "prova", 2).der}, Code.INPUT_OFFICIAL_DAYS),
    ],
)
def test_an_appointment_that_would_open_nothing_or_more_is_refused(changes: dict[str, Any], code: Code) -> None:
    with refused(code):
        check_official(replace(OFFICIAL, **changes), "prova", TODAY)


@pytest.fixture
def network_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MAGLIA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MAGLIA_PASSPHRASE", PHRASE)
    front = certificate("registry").certificate
    path = tmp_path / "rete.json"
    path.write_bytes(encode_network_file(NetworkFile("prova", b"{}", "127.0.0.1:1", "127.0.0.1:2", front, front)))
    return path


def keygen(network_file: Path, **changes: str) -> tuple[int, dict[str, Any]]:
    given = {"user": "sara", "name": "Sara Verdi", "role": "auditor", "out": str(network_file.parent / "sara.key")}
    options = [word for name, value in {**given, **changes}.items() for word in (f"--{name}", value)]
    ran = CliRunner().invoke(
        app, ["office", "official-key", "--network-file", str(network_file), *options, "--json"], catch_exceptions=False
    )
    return ran.exit_code, json.loads(ran.stdout)


def test_the_person_makes_the_key_and_a_profile_opens_it(network_file: Path) -> None:
    status, made = keygen(network_file)
    path = network_file.parent / "sara.key"
    assert (status, made["request"]) == (0, str(request_file_of(path)))
    request = decode_request(request_file_of(path).read_bytes(), "sara.request.json")
    assert (request.id, request.name, request.role) == ("sara", "Sara Verdi", NetworkRole.AUDITOR)
    assert made["fingerprint"] == request.fingerprint
    assert is_certificate_of(request.certificate, "sara", "prova")
    assert path.stat().st_mode & 0o777 == 0o600
    profile = network_file.parent / "sara.toml"
    setup = ["office", "setup", "--network-file", str(network_file), "--user", "sara", "--out", str(profile)]
    ran = CliRunner().invoke(app, [*setup, "--official-key", str(path), "--json"], catch_exceptions=False)
    assert ran.exit_code == 0
    key, tls = load_official(load_profile(profile))
    assert (key.public, tls.der) == (request.identity_key, request.certificate)


def test_a_key_is_never_overwritten_and_opens_under_its_own_passphrase_alone(network_file: Path) -> None:
    assert keygen(network_file)[0] == 0
    assert keygen(network_file)[1]["code"] == "storage.exists"
    with refused(Code.STORAGE_KEYSTORE):
        open_official_key(network_file.parent / "sara.key", "another one altogether")
    officer = network_file.parent / "paolo.key"
    ran = CliRunner().invoke(app, ["office", "keygen", "--out", str(officer)], catch_exceptions=False)
    assert ran.exit_code == 0
    with refused(Code.STORAGE_KEYSTORE):
        open_official_key(officer, PHRASE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "accreditation_officer"}, "input.field"),
        ({"user": "Sara!"}, "input.field"),
        ({"name": "  "}, "input.field"),
        ({"out": "/nowhere/sara.key"}, "input.file"),
    ],
)
def test_a_key_of_nobody_is_not_made(network_file: Path, changes: dict[str, str], code: str) -> None:
    status, told = keygen(network_file, **changes)
    assert (status, told["code"]) == (2, code)
    assert list(network_file.parent.glob("sara.*")) == []


def test_a_short_passphrase_is_refused(network_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSPHRASE", "breve")
    assert keygen(network_file)[1]["code"] == "input.passphrase"
    assert not (network_file.parent / "sara.key").exists()
