"""The network file: what a newcomer starts from, given by the office and its fingerprint read aloud (design 3).

It holds the first trusted root metadata and the registry's addresses and certificates, nothing secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_network_name

_SCHEMA = "maglia.network/1"
_LABEL = b"maglia/1\0network file\0"
MAX_BYTES = 64 * 1024


@dataclass(frozen=True)
class NetworkFile:
    """A network's name, its root metadata (JSON bytes), and where its registry is; certificates are PEM.

    Where the registry runs as replicas, each of its two endpoints names all of them (`maglia.core.endpoint`).
    """

    network: str
    root: bytes
    registry_peer: str
    registry_front: str
    peer_certificate: bytes
    front_certificate: bytes

    @property
    def fingerprint(self) -> str:
        """What is read aloud: ten groups of two hex digits, 80 bits of SHA-256 over the encoded file."""
        digest = hashlib.sha256(_LABEL + encode_network_file(self)).hexdigest().upper()
        return "-".join(digest[at : at + 2] for at in range(0, 20, 2))


def encode_network_file(file: NetworkFile) -> bytes:
    """Return the JSON of a network file."""
    document = {
        "schema": _SCHEMA,
        "network": file.network,
        "root": base64.b64encode(file.root).decode(),
        "registry": {
            "peer": file.registry_peer,
            "front": file.registry_front,
            "peer_certificate": file.peer_certificate.decode(),
            "front_certificate": file.front_certificate.decode(),
        },
    }
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def decode_network_file(content: bytes) -> NetworkFile:
    """Read a network file; raise `input.malformed` when it isn't one."""
    try:
        return _read(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, x509.InvalidVersion) as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause=f"network file: {type(error).__name__}") from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause="network file: name") from error


def _read(content: bytes) -> NetworkFile:
    if len(content) > MAX_BYTES:
        raise ValueError("too large")
    document: dict[str, Any] = json.loads(content)
    if document["schema"] != _SCHEMA:
        raise ValueError("another schema")
    registry = document["registry"]
    root = base64.b64decode(document["root"], validate=True)
    json.loads(root)
    return NetworkFile(
        network=check_network_name(document["network"]),
        root=root,
        registry_peer=_endpoint(registry["peer"]),
        registry_front=_endpoint(registry["front"]),
        peer_certificate=_certificate(registry["peer_certificate"]),
        front_certificate=_certificate(registry["front_certificate"]),
    )


def _endpoint(value: str) -> str:
    split_endpoint(value)
    return value


def _certificate(value: str) -> bytes:
    pem = value.encode()
    x509.load_pem_x509_certificate(pem)
    return pem
