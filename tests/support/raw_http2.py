"""One gRPC call made by hand: under a TLS version of one's own choice, which the library leaves nobody."""

from __future__ import annotations

import socket
import ssl
import struct
import tempfile
from pathlib import Path

from maglia.core.identity import server_name
from maglia.wire.certificates import TlsIdentity

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _HEADERS, _DATA = 4, 1, 0
_END_STREAM, _END_HEADERS = 1, 4


def frame(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    """Return an HTTP/2 frame."""
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def call(path: str, token: str = "") -> bytes:
    """Return all that a client says to call a method with an empty message; texts stay below 128 bytes."""
    named = {
        b":method": b"POST",
        b":scheme": b"https",
        b":path": path.encode(),
        b":authority": b"localhost",
        b"content-type": b"application/grpc",
        b"te": b"trailers",
        **({b"authorization": f"Bearer {token}".encode()} if token else {}),
    }
    headers = b"".join(b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value for name, value in named.items())
    return (
        PREFACE
        + frame(_SETTINGS, 0, 0, b"")
        + frame(_HEADERS, _END_HEADERS, 1, headers)
        + frame(_DATA, _END_STREAM, 1, bytes(5))
    )


def said(
    address: tuple[str, int],
    party: str,
    network: str,
    root: bytes,
    caller: TlsIdentity | None,
    version: ssl.TLSVersion,
    request: bytes,
) -> bytes:
    """Say `request` under this version alone, as `caller`; return the answer up to its status (no text is compressed).

    Raises `OSError` where no connection comes about, and `TimeoutError` where it is left without an answer.
    """
    context = ssl.create_default_context(cadata=root.decode())
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2"])
    if caller is not None:
        _present(context, caller)
    received = b""
    with (
        socket.create_connection(address, timeout=5) as raw,
        context.wrap_socket(raw, server_hostname=server_name(party, network)) as tls,
    ):
        tls.sendall(request)
        while b"grpc-status" not in received and (piece := tls.recv(4096)):
            received += piece
    return received


def _present(context: ssl.SSLContext, caller: TlsIdentity) -> None:
    with tempfile.TemporaryDirectory() as folder:  # the library reads them from files alone
        certificate, key = Path(folder) / "certificate", Path(folder) / "key"
        certificate.write_bytes(caller.certificate)
        key.write_bytes(caller.private_key)
        context.load_cert_chain(certificate, key)
