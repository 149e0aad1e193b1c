"""What a person hands in to be appointed: a public file, signed by the key in it, with a fingerprint to read aloud.

The officers hear the fingerprint, which covers key and certificate; the key's signature covers the rest of the file. So
whoever carries the file can change nothing in it (design 3).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from maglia.core.directory import APPOINTED_ROLES
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, check_network_name, verify_signature
from maglia.core.signed_json import dump, key, load
from maglia.core.vocabulary import NetworkRole

_SCHEMA = "maglia.official/1"
_LABEL = b"maglia/1\0official\0"
_FINGERPRINT_LABEL = b"maglia/1\0official fingerprint\0"
_FIELDS = {"schema", "network", "id", "name", "role", "identity_key", "certificate", "signature"}
MAX_BYTES = 16 * 1024


@dataclass(frozen=True)
class OfficialRequest:
    """Who asks to hold which office; `identity_key` is Ed25519, 32 bytes, `certificate` DER. Not yet checked."""

    network: str
    id: str
    name: str
    role: NetworkRole
    identity_key: bytes
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        """What is read aloud."""
        return official_fingerprint(self.identity_key, self.certificate)


def official_fingerprint(identity_key: bytes, certificate: bytes) -> str:
    """Return what is read aloud: ten groups of two hex digits, 80 bits of SHA-256 over key and certificate."""
    digest = hashlib.sha256(_FINGERPRINT_LABEL + identity_key + certificate).hexdigest().upper()
    return "-".join(digest[at : at + 2] for at in range(0, 20, 2))


def encode_request(request: OfficialRequest, signer: SigningKey) -> bytes:
    """Return the JSON of a request, signed by the key that it names."""
    return dump({**_said(request), "signature": signer.sign(_signed_bytes(request)).hex()})


def decode_request(content: bytes, file: str) -> OfficialRequest:
    """Return the request in a file of this name; raise `input.official` unless its own key signed what it says."""
    try:
        data = _fields(content)
        request = OfficialRequest(
            network=check_network_name(data["network"]),
            id=data["id"],
            name=data["name"],
            role=_role(data["role"]),
            identity_key=key(data["identity_key"]),
            certificate=bytes.fromhex(data["certificate"]),
        )
        verify_signature(request.identity_key, bytes.fromhex(data["signature"]), _signed_bytes(request))
    except (MagliaError, ValueError, TypeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_OFFICIAL, file=file, cause=str(error)) from error
    return request


def _fields(content: bytes) -> dict[str, str]:
    if len(content) > MAX_BYTES:
        raise ValueError("too long")
    data = load(content, _SCHEMA)
    if data.keys() != _FIELDS or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("other fields")
    return data


def _role(text: str) -> NetworkRole:
    role = NetworkRole(text)
    if role not in APPOINTED_ROLES:
        raise ValueError("a role that nobody is appointed to")
    return role


def _said(request: OfficialRequest) -> dict[str, object]:
    return {
        "schema": _SCHEMA,
        "network": request.network,
        "id": request.id,
        "name": request.name,
        "role": request.role.value,
        "identity_key": request.identity_key.hex(),
        "certificate": request.certificate.hex(),
    }


def _signed_bytes(request: OfficialRequest) -> bytes:
    return _LABEL + request.network.encode() + b"\0" + dump(_said(request))
