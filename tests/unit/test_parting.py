"""How the tests are parted over workers: a group that xdist does not see costs each worker a network of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

E2E = Path(__file__).parents[1] / "e2e"


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process has everything anyway")
def test_a_files_tests_stay_together(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@tests/unit/test_parting.py")


@pytest.mark.parametrize("network", ["network", "small"])
def test_who_uses_a_shared_network_is_marked_with_its_name(network: str) -> None:
    contents = {path.name: path.read_text("utf-8") for path in E2E.glob("test_*.py")}
    asks = re.compile(rf"def test_\w+\([^)]*\b{network}: LiveNetwork")
    users = [name for name, content in contents.items() if asks.search(content)]
    expected = f'pytestmark = pytest.mark.xdist_group("{network}")', f"def {network}("
    assert len(users) > 1
    assert [name for name in users if not any(text in contents[name] for text in expected)] == []
