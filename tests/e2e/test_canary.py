"""No tax code where none belongs: not in a log, not in a name, not in clear in a database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.live import LiveNetwork

pytestmark = pytest.mark.xdist_group("network")
TAX_CODE = re.compile(rb"XQ[ZW]XQ[ZW][0-9L-V]{2}[A-EHLMPRST][0-9L-V]{2}[A-Z]", re.IGNORECASE)
MAY_HOLD_CODES = {"demo.json"}


def test_tax_codes_stay_where_they_belong(network: LiveNetwork) -> None:
    for case_id in ("overlap", "same_need", "refused_consent"):
        network.check(network.case(case_id))
    looked_at = [
        path for path in network.directory.rglob("*") if "csv" not in path.relative_to(network.directory).parts
    ]
    assert [path for path in looked_at if TAX_CODE.search(path.name.encode())] == []
    files = [path for path in looked_at if path.is_file() and path.name not in MAY_HOLD_CODES]
    assert {"node.db", "registry.log"} <= {path.name for path in files}
    assert [path for path in files if TAX_CODE.search(_content(path))] == []


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a database's companion, gone since it was listed
        return b""


def test_the_canary_would_sing(network: LiveNetwork) -> None:
    assert TAX_CODE.search(network.directory.joinpath("demo.json").read_bytes())
    assert all(TAX_CODE.search(path.read_bytes()) for path in network.directory.glob("csv/*.csv"))
