"""The relay file: what a node needs to dial out to a relay, given by whoever runs it, its fingerprint read aloud.

It holds the relay's addresses and its certificate, nothing secret.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_network_name, check_relay_name

_SCHEMA = "maglia.relay/1"
_LABEL = b"maglia/1\0relay file\0"
MAX_BYTES = 16 * 1024


@dataclass(frozen=True)
class RelayFile:
    """A relay of one network: `public` is where callers come, `nodes` where nodes dial out to; certificate as PEM."""

    network: str
    name: str
    public: str
    nodes: str
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        """What is read aloud: ten groups of two hex digits, 80 bits of SHA-256 over the encoded file."""
        digest = hashlib.sha256(_LABEL + encode_relay_file(self)).hexdigest().upper()
        return "-".join(digest[at : at + 2] for at in range(0, 20, 2))

    @property
    def certificate_hash(self) -> bytes:
        """Return SHA-256 over the certificate's DER, which a node's proof of attendance names."""
        return hashlib.sha256(x509.load_pem_x509_certificate(self.certificate).public_bytes(Encoding.DER)).digest()


def encode_relay_file(file: RelayFile) -> bytes:
    """Return the JSON of a relay file."""
    document = {
        "schema": _SCHEMA,
        "network": file.network,
        "name": file.name,
        "public": file.public,
        "nodes": file.nodes,
        "certificate": file.certificate.decode(),
    }
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def decode_relay_file(content: bytes) -> RelayFile:
    """Read a relay file; raise `input.malformed` when it isn't one."""
    try:
        return _read(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, x509.InvalidVersion) as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause=f"relay file: {type(error).__name__}") from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause="relay file: name") from error


def check_one_address(address: str) -> str:
    """Return `address` if it is one `HOST:PORT`; raise `ValueError`."""
    [_] = split_endpoint(address)
    return address


def _read(content: bytes) -> RelayFile:
    if len(content) > MAX_BYTES:
        raise ValueError("too large")
    document: dict[str, Any] = json.loads(content)
    if document["schema"] != _SCHEMA:
        raise ValueError("another schema")
    certificate = document["certificate"].encode()
    x509.load_pem_x509_certificate(certificate)
    return RelayFile(
        network=check_network_name(document["network"]),
        name=check_relay_name(document["name"]),
        public=check_one_address(document["public"]),
        nodes=check_one_address(document["nodes"]),
        certificate=certificate,
    )
