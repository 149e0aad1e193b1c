"""No tax code and no secret where none belongs: not in a log, a name, a database, nor in what programs tell."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from node.folder import ADMIN_FILE
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


def test_secrets_and_tax_codes_are_in_nothing_that_programs_tell_of_themselves(
    network: LiveNetwork, tmp_path: Path
) -> None:
    """States, figures and files for support: there is no port for metrics, so these are all that is measured."""
    case = network.case("overlap")
    network.check(case)
    asker, support = case["asker"], tmp_path / "assistenza.zip"
    ended = [
        network.console(asker, "status", "--json"),
        network.console(asker, "status", "network", "--json"),
        network.on_node(asker, "doctor", "--json"),
        network.on_node(asker, "doctor", "--support", str(support)),
    ]
    assert all(one.out for one in ended), ended
    with zipfile.ZipFile(support) as archive:
        told = [archive.read(name) for name in archive.namelist()]
    told += [f"{one.out}{one.err}".encode() for one in ended]
    told += [_content(path) for path in network.directory.joinpath("log").iterdir()]
    whole = b"\n".join(told)
    assert not TAX_CODE.search(whole)
    assert [secret for secret in _secrets(network) if secret in whole] == []


def _secrets(network: LiveNetwork) -> set[bytes]:
    """Return every password and passphrase of the network, and every token that a node keeps for itself."""
    sheet = json.loads(network.directory.joinpath("demo.json").read_bytes())
    people = [*sheet["officers"], *(person for node in sheet["nodes"] for person in node["operators"])]
    found = {person["password"].encode() for person in people}
    found.add(network.directory.joinpath("passphrase").read_bytes().strip())
    kept = network.directory.rglob(ADMIN_FILE)
    found |= {json.loads(path.read_bytes())["token"].encode() for path in kept}
    assert len(found) > 4
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a database's companion, gone since it was listed
        return b""


def test_the_canary_would_sing(network: LiveNetwork) -> None:
    assert TAX_CODE.search(network.directory.joinpath("demo.json").read_bytes())
    assert all(TAX_CODE.search(path.read_bytes()) for path in network.directory.glob("csv/*.csv"))
