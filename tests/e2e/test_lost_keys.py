"""The ways back of docs/security/lost-keys.md: its commands, as they stand on the page, run on a live network."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from demo.ports import choose_ports
from maglia.core.identifiers import provisional_check_digit
from tests.e2e.live import Ended, LiveNetwork, run

pytestmark = pytest.mark.xdist_group("small")

PAGE = Path(__file__).parents[2] / "docs" / "security" / "lost-keys.md"
PROGRAMS = {"maglia": "tui", "maglia-node": "node", "maglia-registry": "registry"}
FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}-){9}[0-9A-F]{2}")
NEW = "una password del tutto nuova"
_TEN = "9000000888"
FORM = f"""
kind = "onlus"
name = "Mensa Est"
runts_number = "900888"
runts_section = "altri ETS"
fiscal_code = "{_TEN}{provisional_check_digit(_TEN)}"
act = "Determina 30"
act_protocol = "PG/2026/888"
act_expiry = "31/12/2190"
territory = ["999001"]
facets = ["food_parcel"]
purposes = ["aid_overlap"]
referent = "Marta Fittizi"
contact = "referente@example.org"
"""


def commands(section: str) -> list[str]:
    """Return the commands of a section of the page, as they stand there."""
    _, _, rest = PAGE.read_text("utf-8").partition(f"\n## {section}\n")
    text = rest.partition("\n## ")[0]
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    found = [line.strip() for block in blocks for line in block.splitlines()]
    assert found, section
    return found


class Table:
    """A folder in which the page's files lie, and the people who type its commands there."""

    def __init__(self, live: LiveNetwork, folder: Path) -> None:
        self.live = live
        self.folder = folder
        self.passphrase = live.directory.joinpath("passphrase").read_text("utf-8")
        self.officers = dict(zip(("anna", "ivo"), live.sheet["officers"], strict=True))
        self.registry = live.directory.absolute() / "registry"
        for name, officer in self.officers.items():
            profile = Path(officer["profile"])
            text = profile.read_text("utf-8").replace(f"office-{officer['user']}.key", f"{name}.key")
            text = text.replace("../network.json", "rete.json")
            (folder / f"{name}.toml").write_text(text, "utf-8")
            shutil.copy(profile.with_suffix(".key"), folder / f"{name}.key")
            shutil.copy(profile.parent / "office.pem", folder)
        for number in (1, 2):
            shutil.copy(self.registry / "offline" / f"root-{number}.json", folder / f"custode-{number}.json")
        shutil.copy(live.directory / "network.json", folder / "rete.json")
        (folder / "domanda.toml").write_text(FORM, "utf-8")

    def type(self, line: str, filled: Mapping[str, str] | None = None, *, password: str = "") -> Ended:
        """Run one command, its words in capitals filled in, under the password of whoever's profile it names."""
        for word, value in (filled or {}).items():
            line = line.replace(word, value, 1 if word == "HOST:PORTA" else -1)
        program, *arguments = shlex.split(line)
        own = next((one["password"] for name, one in self.officers.items() if f"{name}.toml" in arguments), "")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
        secrets = {"MAGLIA_PASSPHRASE": self.passphrase, "MAGLIA_PASSWORD": password or own}
        return run(PROGRAMS[program], *self._here(arguments), environment=kept | secrets)

    def _here(self, arguments: Sequence[str]) -> Iterator[str]:
        """Name the page's files and folders where they lie."""
        for before, argument in zip(["", *arguments], arguments, strict=False):
            is_path = before == "--dir" or Path(argument).suffix in {".toml", ".json", ".key"}
            yield str(self.folder / argument) if is_path else argument

    def done(self, line: str, filled: Mapping[str, str] | None = None, *, password: str = "") -> str:
        """Run one command that must succeed; return what it said."""
        ended = self.type(line, filled, password=password)
        assert ended.status == 0, (line, ended)
        return ended.out

    def enter(self, member: str, folder: str) -> None:
        """Take a body from an empty folder into the network, by steps 2 and 3 of the page."""
        _, _, *steps = commands("A body's identity key")
        names = {"mensa-est-2": member, "--dir nodo": f"--dir {folder}"}
        peer, front = choose_ports(2)
        filled = names | {"HOST:PORTA": f"127.0.0.1:{peer}"}
        init, apply, state, *office, token, join = steps
        self.done(init.replace("--front HOST:PORTA", f"--front 127.0.0.1:{front}"), filled)
        heard = FINGERPRINT.search(self.done(apply, names))
        assert heard is not None
        assert self.done(state, names)
        for approve in office:
            self.done(approve, names | {"IMPRONTA": heard[0]})
        code = self.done(token, names).split()[0]
        self.done(join, names | {"CODICE": code})


@pytest.mark.slow
def test_every_way_back_works_as_it_is_written(small: LiveNetwork, tmp_path: Path) -> None:
    table = Table(small, tmp_path)
    _an_officers_key(table)
    _an_officers_and_an_auditors_password(table)
    _an_operators_password(table)
    _a_bodys_identity_key(table)


def _an_officers_key(table: Table) -> None:
    filled = {"REGISTRO": str(table.registry), "anna=": f"{table.officers['anna']['user']}="}
    said = ""
    for line in commands("An officer's key, or its passphrase"):
        said = table.done(line, filled)
        if "keygen" in line:
            filled["NUOVA_CHIAVE"] = said.split()[-1]
    assert "in vigore" in said
    former = table.type(f"maglia --profile anna.toml office change {table.live.members()[-1]} --facets loan --json")
    assert former.document["code"] == "member.signature"
    profile = table.folder / "anna.toml"
    profile.write_text(profile.read_text("utf-8").replace('"anna.key"', '"nuova.key"'), "utf-8")
    # The network is others' too: its own profile of this officer signs with the new key from now on.
    shutil.copy(table.folder / "nuova.key", Path(table.officers["anna"]["profile"]).with_suffix(".key"))


def _an_officers_and_an_auditors_password(table: Table) -> None:
    anna, auditor = table.officers["anna"], table.live.sheet["auditors"][0]
    filled = {
        "REGISTRO": str(table.registry),
        "FUNZIONARIO": anna["user"],
        "REVISORE": auditor["user"],
        "NOME": "Nome Fittizi",
    }
    lines = commands("An officer's or an auditor's password")
    for line in lines:
        table.done(line, filled, password=NEW)
    asked = "maglia --profile anna.toml office list"
    table.done(asked, password=NEW)
    assert table.type(asked).status == 4
    for line, one in zip(lines, (anna, auditor), strict=True):
        table.done(line, filled, password=one["password"])


def _an_operators_password(table: Table) -> None:
    node = table.live.node(table.live.members()[0])
    operator = node["operators"][0]
    (line,) = commands("An operator's password")
    filled = {"UTENTE": operator["user"], "RUOLO": operator["role"], "nodo": node["data_dir"]}
    table.done(line, filled, password=NEW)
    assert table.live.console(node["member"], "status", password=NEW).status == 0
    assert table.live.console(node["member"], "status").status == 4
    table.done(line, filled, password=operator["password"])


def _a_bodys_identity_key(table: Table) -> None:
    table.enter("mensa-est", "perduto")
    first, second, init, apply, *_ = commands("A body's identity key")
    shutil.rmtree(table.folder / "perduto")
    other = {"mensa-est-2": "mensa-est-3", "nodo": "altro", "HOST:PORTA": "127.0.0.1:1"}
    table.done(init.replace("--front HOST:PORTA", "--front 127.0.0.1:2"), other)
    refused = table.type(apply + " --json", other)
    assert refused.document["code"] == "member.fiscal_code"
    table.done(first)
    assert "SOSPESO" in table.done("maglia --profile ivo.toml office show mensa-est")
    assert "Pubblicato" in table.done(second)
    table.enter("mensa-est-2", "nodo")
    assert "ATTIVO" in table.done("maglia --profile ivo.toml office show mensa-est-2").upper()
    for line in (first, second):
        table.done(line, {"mensa-est": "mensa-est-2"})  # nobody is left who would not answer
