"""Where a server is reached: one address, or those of replicas, in gRPC's own words."""

from __future__ import annotations

import pytest

from maglia.core.endpoint import split_endpoint, target_of


@pytest.mark.parametrize(
    ("endpoint", "target"),
    [
        ("registro.example:7000", "registro.example:7000"),
        ("[::1]:7000", "[::1]:7000"),
        ("10.0.0.1:7000,10.0.0.2:7000", "ipv4:10.0.0.1:7000,10.0.0.2:7000"),
        ("127.0.0.1:7000,127.0.0.1:7001", "ipv4:127.0.0.1:7000,127.0.0.1:7001"),
        ("[::1]:7000,[::2]:7000", "ipv6:[::1]:7000,[::2]:7000"),
    ],
)
def test_replicas_are_named_by_their_numbers(endpoint: str, target: str) -> None:
    assert split_endpoint(endpoint) == endpoint.split(",")
    assert target_of(endpoint) == target


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "registro",
        "registro:0",
        "registro:70000",
        "registro:7000 ",
        "a:1:2",
        "10.0.0.1:7000,",
        "uno.example:7000,due.example:7000",
        "10.0.0.1:7000,[::1]:7000",
        "10.0.0.1:7000,10.0.0.1:7000",
        ",".join(f"10.0.0.{number}:7000" for number in range(9)),
    ],
)
def test_anything_else_is_no_endpoint(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        split_endpoint(endpoint)
