"""Every RPC on both ports of registry and node, as every kind of caller, over real TLS: one table says what happens."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.registry_world import make_template, served
from tests.support import matrix
from tests.support.matrix_world import Doors, every_rpc, open_doors

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    folder = tmp_path_factory.mktemp("matrix")
    async with served(make_template(folder / "registry")) as registry, open_doors(registry, folder / "node") as doors:
        yield doors


async def test_every_rpc_stands_in_the_table() -> None:
    listed = {rpc for rows in matrix.PORTS.values() for rpc in rows}
    assert listed == set(every_rpc())


async def test_everybody_is_there(doors: Doors) -> None:
    assert set(doors.callers) == set(matrix.CALLERS)


@pytest.mark.parametrize("rpc", sorted(every_rpc()))
@pytest.mark.parametrize("port", matrix.PORTS)
async def test_who_may_call(doors: Doors, port: str, rpc: str) -> None:
    assert await doors.outcomes(port, rpc) == matrix.expected(port, rpc)
