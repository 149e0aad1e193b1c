"""What a relay and its nodes decide without a network: names, files, limits, pauses."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import replace
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, relay_party, server_name
from maglia.core.relay_file import RelayFile, decode_relay_file, encode_relay_file
from maglia.wire.certificates import make_certificate
from node.network import tunnel
from node.network.tunnel import Backoff, Tunnel
from registry.relay_hello import MAX_HELLO_BYTES, HelloReader, NotTlsError, member_in, pass_over_names
from registry.relay_limits import Pace, Places, TooManyError
from tests.support.relay_world import client_hello

NOW = 1_780_000_000
FILE = RelayFile(
    "prova",
    "comune-est",
    "relay.example:443",
    "relay.example:8443",
    make_certificate(relay_party("comune-est"), "prova", 86_400, NOW).certificate,
)


def test_a_relay_file_is_read_as_it_was_written() -> None:
    assert decode_relay_file(encode_relay_file(FILE)) == FILE
    assert len(FILE.fingerprint.split("-")) == 10
    assert FILE.fingerprint != replace(FILE, nodes="altro.example:8443").fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "maglia.network/1"},
        {"name": "Comune Est"},
        {"name": None},
        {"public": "relay.example"},
        {"nodes": "10.0.0.1:1,10.0.0.2:1"},
        {"certificate": "none"},
        {"network": "x" * 20_000},
    ],
    ids=["schema", "name", "no name", "no port", "two addresses", "certificate", "size"],
)
def test_other_relay_files_are_refused(change: dict[str, object]) -> None:
    content = json.dumps(json.loads(encode_relay_file(FILE)) | change).encode()
    with pytest.raises(MagliaError) as refused:
        decode_relay_file(content)
    assert refused.value.code is Code.INPUT_MALFORMED


def test_the_server_name_is_read_byte_by_byte_as_at_once() -> None:
    name = server_name("parrocchia", "prova")
    hello = client_hello(name)
    assert HelloReader().feed(hello) == name
    reader = HelloReader()
    found = [reader.feed(hello[at : at + 1]) for at in range(len(hello))]
    assert found == [None] * (len(hello) - 1) + [name]


@pytest.mark.parametrize(
    "first", [client_hello(None), b"GET / HTTP/1.1\r\n\r\n", bytes(100)], ids=["no name", "HTTP", "zeros"]
)
def test_first_bytes_without_a_name_are_refused(first: bytes) -> None:
    with pytest.raises(NotTlsError):
        HelloReader().feed(first)


def test_a_name_that_is_no_ascii_is_refused_and_written_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", pass_over_names)
    hello = client_hello(server_name("parrocchia", "prova")).replace(b"parrocchia", b"\xff\xfe\xfdrocchia")
    with pytest.raises(NotTlsError):
        HelloReader().feed(hello)
    assert (caplog.text, capfd.readouterr().err) == ("", "")


@pytest.mark.parametrize(
    "first",
    [client_hello("parrocchia.prova.maglia.internal"), b"GET / HTTP/1.1", b"\x16\x03"],
    ids=["a name", "no TLS", "cut short"],
)
def test_nothing_is_left_of_a_caller_that_is_gone(first: bytes) -> None:
    """Whoever connects may do it a million times."""
    gone = []
    for _ in range(20):
        reader = HelloReader()
        with suppress(NotTlsError):
            reader.feed(first)
        gone.append(ref(reader))
    del reader
    assert [one() for one in gone] == [None] * 20


def test_a_hello_without_an_end_is_refused() -> None:
    record = b"\x16\x03\x01\x40\x00" + b"\x01\x00\xff\xff" + bytes(0x4000 - 4)
    with pytest.raises(NotTlsError):  # noqa: PT012 - how many pieces it takes is not the point
        reader = HelloReader()
        for at in range(0, len(record), 1_000):
            reader.feed(record[at : at + 1_000])
    assert len(record) > MAX_HELLO_BYTES


@given(st.binary(min_size=1, max_size=40), st.integers(0, 500))
@settings(max_examples=100, deadline=None)
def test_whatever_comes_first_is_a_name_or_refused(junk: bytes, at: int) -> None:
    hello = client_hello(server_name("parrocchia", "prova"))
    broken = hello[:at] + junk + hello[at + len(junk) :]
    hook, sys.unraisablehook = sys.unraisablehook, pass_over_names
    try:
        name = HelloReader().feed(broken)
        assert name is None or name.encode("ascii") in broken
    except NotTlsError:
        pass
    finally:
        sys.unraisablehook = hook


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("parrocchia.prova.maglia.internal", "parrocchia"),
        ("parrocchia.prova.maglia.internal.", None),
        ("PARROCCHIA.prova.maglia.internal", None),
        ("parrocchia.altra.maglia.internal", None),
        ("comune-est.relay.prova.maglia.internal", None),
        ("parrocchia.provaxmaglia.internal", None),
        ("prova.maglia.internal", None),
    ],
)
def test_only_a_members_name_of_this_network_names_a_member(name: str, member: str | None) -> None:
    assert member_in(name, "prova") == member


def test_places_are_given_back() -> None:
    places = Places(3, 2)
    with places.one("a"), places.one("a"), places.one("b"):
        for holder in ("a", "c"):
            with pytest.raises(TooManyError), places.one(holder):
                pass
        assert (places.taken, places.of("a")) == (3, 2)
    assert (places.taken, places.of("a")) == (0, 0)


def test_whoever_is_ahead_of_the_pace_waits_as_long_as_its_bytes_take() -> None:
    now = [0.0]
    pace = Pace(1_000, lambda: now[0])
    assert pace.spend(1_000) == 0.0
    assert pace.spend(500) == 0.5
    now[0] = 10.0
    assert pace.spend(1_000) == 0.0, "a long rest earns one second's worth, not ten"
    assert pace.spend(2_000) == 2.0


def test_pauses_grow_to_a_bound_and_are_never_the_same_for_all() -> None:
    longest = Backoff(lambda: 1.0)
    pauses = [longest.next() for _ in range(10)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.5, 30.0)
    longest.reset()
    assert longest.next() == 0.5
    assert len({Backoff().next() for _ in range(20)}) > 10


def test_a_relay_that_stays_away_is_a_problem_of_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    dialling = Tunnel("prova", "parrocchia", SigningKey(bytes(32)), FILE, "127.0.0.1:7443")
    assert dialling.problems() == []
    monkeypatch.setattr(tunnel, "_GRACE_S", 0.0)
    assert dialling.problems() == [Code.NETWORK_RELAY]
