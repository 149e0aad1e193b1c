"""The page for small bodies says what works: each of its commands is typed here, on both of its ways.

The first newcomer's node ends with its test, so that the second one may find it silent.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.ports import LOOPBACK, choose_ports
from maglia.core.one_time import STEP_S, code_at
from tests.e2e.conftest import FEW_RECORDS, gone_afterwards
from tests.e2e.live import LiveNetwork
from tests.e2e.newcomer import PAGE, PERSON, Newcomer, as_file, commands_of, enrol, fiscal_code, heard, shape

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("newcomer")]

HOME, HOSTED = "parrocchia-nuova", "mensa-nuova"
COMPLETE_S = 60.0


@pytest.fixture(scope="module")
def live() -> Iterator[LiveNetwork]:
    with (
        tempfile.TemporaryDirectory(prefix="maglia-newcomer-") as folder,
        gone_afterwards(Path(folder) / "rete") as live,
    ):
        live.up(bodies=3, records=FEW_RECORDS)
        yield live


def application(member: str, ten: str) -> str:
    return (
        f"maglia-node apply --dir nodo --kind parish --name 'Ente {member}' --ecclesiastical-recognition 'Decreto n. 2'"
        f" --fiscal-code {fiscal_code(ten)} --act 'Determina 12' --act-protocol PG/2026/12 --act-expiry 31/12/2027"
        " --territory 999001 --facets food_parcel --purposes aid_overlap --referent 'Marta Fittizi'"
        " --contact referente@example.org"
    )


def asks(newcomer: Newcomer, otp: bytes = b"") -> None:
    """Ask about somebody whom nobody knows, until all who are there have heard of the newcomer and answer."""
    newcomer.does(f"maglia --profile marta.toml consent add {PERSON} --purpose aid_overlap", otp=_digits(otp))
    until = time.monotonic() + COMPLETE_S
    while True:
        _next_digits(otp)
        asked = f"maglia --profile marta.toml check {PERSON} --facet food_parcel --purpose aid_overlap"
        ended = newcomer.does(asked, status=None, otp=_digits(otp))
        silent = [line for line in ended.out.splitlines() if line.startswith("MUTO")]
        if ended.status == 0 or (ended.status == 11 and all(HOME in line for line in silent)):
            return
        assert time.monotonic() < until, ended


def _digits(otp: bytes) -> str:
    return code_at(otp, time.time()) if otp else ""


def _next_digits(otp: bytes) -> None:
    """Wait until the telephone shows another code: each opens once."""
    step = int(time.time()) // STEP_S
    while otp and int(time.time()) // STEP_S == step:
        time.sleep(0.2)


def test_a_parish_enters_through_a_relay(live: LiveNetwork, tmp_path: Path) -> None:
    newcomer = Newcomer(live, tmp_path / "casa")
    public, nodes, peer, front = (f"{LOOPBACK}:{port}" for port in choose_ports(4))
    where = f"--public {public} --nodes {nodes}"
    newcomer.does(f"maglia-registry relay init --dir relay --network-file rete.json --name comune-est {where}")
    with newcomer.serves("maglia-registry relay serve --dir relay", "relay/status.json"):
        (newcomer.folder / "relay.json").write_bytes((newcomer.folder / "relay" / "relay.json").read_bytes())
        where = f"--peer {peer} --front {front} --via relay.json"
        newcomer.does(f"maglia-node init --dir nodo --network-file rete.json --member {HOME} {where}")
        fingerprint = heard(newcomer.does(application(HOME, "9000000888")))
        newcomer.does("maglia-node state --dir nodo")
        newcomer.does(f"maglia-node join --dir nodo {newcomer.is_admitted(HOME, fingerprint)}")
        newcomer.does("maglia-node operator add --dir nodo marta --role manager --name 'Marta Fittizi'")
        newcomer.does("maglia-node profile --dir nodo --user marta --out marta.toml")
        with newcomer.serves("maglia-node serve --dir nodo", "nodo/ready.json"):
            newcomer.does("maglia-node doctor --dir nodo")
            asks(newcomer)
    _typed_what_the_page_says(newcomer, "## Strada 1", "## Strada 2")


def test_a_soup_kitchen_is_hosted(live: LiveNetwork, tmp_path: Path) -> None:
    newcomer = Newcomer(live, tmp_path / "ospite-e-postazione")
    first = min(choose_ports(1)[0], 31_000)
    newcomer.does(f"maglia-node host init --address {LOOPBACK} --ports {first}-{first + 9} --same-user")
    newcomer.does(f"maglia-node host add {HOSTED} --network-file rete.json")
    as_file(application(HOSTED, "9000000999"), newcomer.folder / "domanda.toml")
    fingerprint = heard(newcomer.does(f"maglia-node host run {HOSTED} apply --file domanda.toml"))
    newcomer.does(f"maglia-node host run {HOSTED} join {newcomer.is_admitted(HOSTED, fingerprint)}")
    newcomer.does(f"maglia-node host run {HOSTED} operator add marta --role manager --name 'Marta Fittizi'")
    newcomer.does(f"maglia-node host start {HOSTED}")
    try:
        newcomer.does("maglia-node host list")
        newcomer.does(f"maglia-node host run {HOSTED} profile --user marta --out marta.toml")
        code = newcomer.does(f"maglia-node host run {HOSTED} device invite --user marta").out
        secret = enrol(newcomer, f"maglia --profile marta.toml device enrol {_invite(code)}")
        asks(newcomer, secret)
    finally:
        newcomer.does(f"maglia-node host stop {HOSTED}")
    _typed_what_the_page_says(newcomer, "## Strada 2", "## ")


def _invite(said: str) -> str:
    return next(
        word for word in said.replace("«", " ").replace("»", " ").split() if word.count("-") == 3 and len(word) == 23
    )


def _typed_what_the_page_says(newcomer: Newcomer, first: str, last: str) -> None:
    page = PAGE.read_text("utf-8")
    way = page[page.index(first) :]
    way = way[: way.index(f"\n{last}", 1)]
    said, typed = [shape(line) for line in commands_of(way)], [shape(line) for line in newcomer.typed]
    assert said, "the page has no commands"
    assert [one for one in said if one not in typed] == []
