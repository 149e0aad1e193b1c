"""What a server loads first, and what it does not: rego-cpp loaded after gRPC keeps the memory of every decision."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest


@cache
def loaded(program: str) -> list[str]:
    """Return the modules that a server loads before it looks for its folder, which is not there."""
    command = [sys.executable, "-P", "-X", "importtime", "-m", program, "serve", "--dir", "/nowhere/at/all"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]


@pytest.mark.parametrize("program", ["node", "registry"])
def test_the_engine_is_loaded_before_grpc(program: str) -> None:
    assert loaded(program).index("regopy") < loaded(program).index("grpc._cython.cygrpc")


def test_a_node_holds_nothing_that_it_needs_seldom_or_never() -> None:
    needless = {"babel.dates", "fpdf", "sqlalchemy.dialects.postgresql", "textual", "urllib3", "xlsxwriter"}
    assert "sqlalchemy.engine" in loaded("node")
    assert not needless & {*loaded("node")}
