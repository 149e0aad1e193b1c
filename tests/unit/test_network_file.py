"""The network file: what a newcomer starts from."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.network_file import NetworkFile, decode_network_file, encode_network_file
from maglia.wire.certificates import make_certificate

_CERTIFICATE = make_certificate("registry", "prova", 86_400, 1_795_000_000).certificate
FILE = NetworkFile("prova", b'{"signed": {}}', "registro.example:7000", "[::1]:7001", _CERTIFICATE, _CERTIFICATE)


def test_it_reads_what_it_wrote() -> None:
    assert decode_network_file(encode_network_file(FILE)) == FILE


def test_the_fingerprint_covers_every_field() -> None:
    other = make_certificate("registry", "prova", 86_400, 1_795_000_000).certificate
    changed = [
        replace(FILE, network="altra"),
        replace(FILE, root=b"{}"),
        replace(FILE, registry_peer="registro.example:7009"),
        replace(FILE, registry_front="[::1]:7009"),
        replace(FILE, peer_certificate=other),
        replace(FILE, front_certificate=other),
    ]
    assert len({file.fingerprint for file in (FILE, *changed)}) == 7


def _with(**values: object) -> bytes:
    return json.dumps(json.loads(encode_network_file(FILE)) | values).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 60_000,
        b" " * 70_000,
        _with(schema="maglia.network/2"),
        _with(network="Non Valida"),
        _with(network=3),
        _with(root="%%%"),
        _with(root="bm8="),
        _with(registry=None),
        _with(registry={"peer": "registro", "front": "a:1", "peer_certificate": "x", "front_certificate": "x"}),
    ],
    ids=range(12),  # certificates differ from run to run; workers must agree on names
)
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(MagliaError) as refused:
        decode_network_file(content)
    assert refused.value.code is Code.INPUT_MALFORMED
