"""What a server loads first: rego-cpp loaded after gRPC would keep the memory of every decision."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("program", ["node", "registry"])
def test_the_engine_is_loaded_before_grpc(program: str, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-X", "importtime", "-m", program, "serve", "--dir", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    loaded = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert loaded.index("regopy") < loaded.index("grpc._cython.cygrpc")
