"""Whoever was let in, and sends what means nothing: each method refuses with a code of its own, and fails nowhere."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from random import Random
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.descriptor import MethodDescriptor

from maglia.core.identifiers import tax_code_check_letter
from maglia.wire.status import METADATA_KEY
from tests.integration.registry_world import make_template, served
from tests.support import matrix
from tests.support.hostile_messages import hostile
from tests.support.matrix_world import Doors, every_rpc, open_doors
from tests.torture.mutators import spoil

pytestmark = pytest.mark.asyncio(loop_scope="module")
MESSAGES = 15
PATIENCE_S, NEWS_S = 20.0, 0.3
LIKELY = ("XQZXQW80A01H501X", "food_parcel", "aid_overlap", "2025-06-01", "parrocchia", "anna", "volunteer", "signed")
CANARY = "XQZXQW99P70Z999" + tax_code_check_letter("XQZXQW99P70Z999")
FORMS = CANARY.encode(), CANARY.lower().encode(), CANARY.encode().hex().encode(), b64encode(CANARY[:15].encode())
"""The canary in the ways that a program may write it down."""
TYPED = 4
ENDS_ITS_OWN_SESSION = {"LogoutOperator", "Logout"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    folder = tmp_path_factory.mktemp("messages")
    async with served(make_template(folder / "registry")) as registry, open_doors(registry, folder / "node") as doors:
        yield doors


def _let_in(port: str, rpc: str) -> list[str]:
    """Return two whom a method lets in, of different kinds where there are."""
    found = [who for who, outcome in matrix.expected(port, rpc).items() if outcome == matrix.ALLOWED]
    return list(dict.fromkeys((found[0], found[-1]))) if found else []


CALLED = [
    (port, rpc)
    for port in matrix.PORTS
    for rpc in sorted(matrix.PORTS[port])
    if _let_in(port, rpc) and rpc.startswith("maglia.") and rpc.rpartition("/")[2] not in ENDS_ITS_OWN_SESSION
]


@pytest.mark.parametrize("port", matrix.PORTS)
async def test_whoever_was_let_in_is_refused_with_a_code_whatever_is_in_the_fields(
    doors: Doors, port: str, caplog: pytest.LogCaptureFixture
) -> None:
    drawn, bare = Random(port), []
    with caplog.at_level(logging.ERROR):
        for rpc in [rpc for where, rpc in CALLED if where == port]:
            method = every_rpc()[rpc]
            for who in _let_in(port, rpc):
                for content in _contents(drawn, method):
                    before = len(caplog.records)
                    said = await _said(doors, port, rpc, who, method, content)
                    if said or len(caplog.records) > before:
                        bare.append((rpc, who, said, [one.getMessage() for one in caplog.records[before:]]))
    assert bare == []


@pytest.mark.parametrize("port", ["node front", "registry front"])
async def test_a_tax_code_typed_into_any_field_is_in_no_file_and_no_log(
    doors: Doors, port: str, caplog: pytest.LogCaptureFixture
) -> None:
    drawn = Random(port)
    with caplog.at_level(logging.INFO):  # as programs are told to write
        for rpc in [rpc for where, rpc in CALLED if where == port]:
            method = every_rpc()[rpc]
            for who in _let_in(port, rpc):
                for _ in range(TYPED):
                    content = hostile(drawn, method.input_type, (CANARY, f"di {CANARY}")).SerializeToString()
                    await _said(doors, port, rpc, who, method, content)
    written = [path for folder in (doors.site.folder, doors.registry.folder) for path in folder.rglob("*")]
    read = {path: path.read_bytes() for path in written if path.is_file()}
    assert {"node.db", "registry.toml"} <= {path.name for path in read}
    assert [path for path, content in read.items() if any(form in content for form in FORMS)] == []
    assert "refused: " in caplog.text, "what programs tell is heard"
    assert CANARY not in caplog.text.upper()


def _contents(drawn: Random, method: MethodDescriptor) -> list[bytes]:
    whole = [hostile(drawn, method.input_type, LIKELY).SerializeToString() for _ in range(MESSAGES)]
    return [*whole, *(spoil(drawn, one, whole) for one in whole[:4])]


async def _said(doors: Doors, port: str, rpc: str, who: str, method: MethodDescriptor, content: bytes) -> str:
    """Call with raw bytes; return what is wrong with the answer: a status that carries no code of ours."""
    token = doors.callers[who].token
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    channel = doors.channel(port, who)
    made: Any = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }[bool(method.client_streaming), bool(method.server_streaming)]
    sent = () if method.client_streaming else (content,)
    call = made(f"/{rpc}")(*sent, metadata=metadata, timeout=PATIENCE_S)
    try:
        if method.client_streaming:
            with suppress(asyncio.InvalidStateError):
                await call.write(content)
                await call.done_writing()
        if method.server_streaming:
            async with asyncio.timeout(NEWS_S):
                while await call.read() is not grpc.aio.EOF:
                    pass
        else:
            await call
    except TimeoutError:
        return ""
    except grpc.aio.AioRpcError as failure:
        ours = any(key == METADATA_KEY for key, _ in failure.trailing_metadata() or ())
        return "" if ours or "from Core" in (failure.details() or "") else f"{failure.code().name}: {failure.details()}"
    finally:
        call.cancel()
    return ""
