"""Pinned TLS: server credentials whose trust changes per handshake, and channels that trust one certificate."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import cast

import grpc

from maglia.core.endpoint import target_of
from maglia.core.identity import server_name
from maglia.core.vocabulary import MAX_MESSAGE_BYTES
from maglia.wire.certificates import TlsIdentity

# Small bodies' machines sleep and change address: find out in seconds, not in minutes.
_KEEPALIVE = [("grpc.keepalive_time_ms", 30_000), ("grpc.keepalive_timeout_ms", 5_000)]
_LIMITS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_metadata_size", 16 * 1024),
]
SERVER_OPTIONS: Sequence[tuple[str, int]] = [
    *_LIMITS,
    *_KEEPALIVE,
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 200),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    # Whoever connects and does not say who they are is let go, and so is whoever has asked nothing for long. gRPC waits
    # two minutes for the first, and for ever for the second.
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.max_connection_idle_ms", 600_000),
]
_CHANNEL_OPTIONS: Sequence[tuple[str, int | str]] = [
    *_LIMITS,
    *_KEEPALIVE,
    ("grpc.enable_http_proxy", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    # Whatever its name says, this is how long a connection may take to open. Over a slow line TCP and TLS need most of
    # a second, and one more where a packet is lost. A machine that is off shows within the 3 s of a verdict.
    ("grpc.min_reconnect_backoff_ms", 2_500),
    ("grpc.max_reconnect_backoff_ms", 2_000),
]


def quiet_grpc() -> None:
    """Keep gRPC's own logger silent, unless its variable is set: handshake noise helps no operator."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def peer_credentials(
    identity: TlsIdentity, trusted: Callable[[], bytes | None], initial: bytes
) -> grpc.ServerCredentials:
    """Return credentials of a peer port whose own certificate stays the same; see `renewed_credentials`."""
    return renewed_credentials(lambda: identity, trusted, initial)


def renewed_credentials(
    identity: Callable[[], TlsIdentity], trusted: Callable[[], bytes | None], initial: bytes
) -> grpc.ServerCredentials:
    """Return credentials of a peer port: client certificate required.

    `trusted` is asked at each handshake for the PEM certificates of current cards; None means that neither they nor
    the port's own `identity` changed, since reading 1,000 of them again costs 60 ms. `initial` may not be empty: gRPC
    refuses that, so callers pass their own.
    """

    def fetch() -> grpc.ServerCertificateConfiguration | None:
        roots = trusted()
        return None if roots is None else _configuration(identity(), roots)

    # The stub leaves out that None is allowed; gRPC's documentation of the fetcher says so.
    fetcher = cast("Callable[[], grpc.ServerCertificateConfiguration]", fetch)
    return grpc.dynamic_ssl_server_credentials(_configuration(identity(), initial), fetcher, True)


def _configuration(identity: TlsIdentity, roots: bytes) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(identity.private_key, identity.certificate)], roots)


def front_credentials(identity: TlsIdentity) -> grpc.ServerCredentials:
    """Return credentials of a front port: server TLS only."""
    return grpc.ssl_server_credentials([(identity.private_key, identity.certificate)])


def open_channel(
    endpoint: str, party: str, network: str, root: bytes, identity: TlsIdentity | None = None
) -> grpc.aio.Channel:
    """Return a channel to `party` that trusts the PEM certificate `root` alone, presenting `identity` if given."""
    credentials = grpc.ssl_channel_credentials(
        root,
        identity.private_key if identity else None,
        identity.certificate if identity else None,
    )
    options = [*_CHANNEL_OPTIONS, ("grpc.ssl_target_name_override", server_name(party, network))]
    return grpc.aio.secure_channel(target_of(endpoint), credentials, options=options)
