"""One body's life by commands, from the first day to the last; `python -m tests.e2e.life` writes its transcript."""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from demo.nodes import start_server, wait_serving
from demo.ports import choose_ports
from demo.programs import Programs
from maglia.core.errors import MagliaError
from maglia.core.identifiers import provisional_check_digit, tax_code_check_letter
from maglia.processes import end
from tests.e2e.live import Ended, LiveNetwork, run

PAGE = Path(__file__).parents[2] / "docs" / "it" / "vita-di-un-ente.md"
MEMBER = "onlus-ponte"
PASSWORD = "prova-anna-000001"
PATIENCE_S = 30.0
SETTLED_S = 0.3
_FIRST_15 = "XQZXQW80A01H501"
NOBODY = _FIRST_15 + tax_code_check_letter(_FIRST_15)
"""A person who can't exist, known to no body."""
_TEN = "9000000777"
FISCAL_CODE = _TEN + provisional_check_digit(_TEN)
_PROGRAMS = {"node": "maglia-node", "tui": "maglia"}
_SECRETS = re.compile(r"\b[0-9a-f]{32}\b")

INTRODUCTION = """# Vita di un ente

Ciò che segue è stato scritto da comandi veri su una rete di prova di tre enti, con persone ed enti inventati.
Lo riscrive `python -m tests.e2e.life`; `tests/e2e/test_member_life.py` percorre gli stessi passi. Dopo ogni comando sta
ciò che ha risposto, e il suo stato di uscita quando non è zero. I codici di attivazione sono nascosti.
"""


@dataclass
class Life:
    """Walks a body through the network's office; what was typed and answered is in `said`."""

    live: LiveNetwork
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = self.live.directory.absolute()
        self.node = self.directory / "nodes" / MEMBER
        self.profile = self.directory / "profiles" / f"{MEMBER}.toml"
        self.peer, self.front = (f"127.0.0.1:{port}" for port in choose_ports(2))
        self.passphrase = self.directory.joinpath("passphrase").read_text("utf-8")
        self._officers = {one["user"]: one for one in self.live.sheet["officers"]}

    def chapter(self, title: str, *lines: str) -> None:
        """Begin a chapter of the transcript."""
        self.said += [f"\n## {title}\n", *(f"{line}\n" for line in lines)]

    def body(self, *arguments: str, password: str = "") -> Ended:
        """Run `maglia-node` on the body's folder."""
        command = (*arguments, "--dir", str(self.node))
        return self._run("ente", "node", command, {"MAGLIA_PASSWORD": password} if password else {})

    def counter(self, *arguments: str) -> Ended:
        """Run `maglia` at the body's counter."""
        return self._run(
            "sportello", "tui", ("--profile", str(self.profile), *arguments), {"MAGLIA_PASSWORD": PASSWORD}
        )

    def office(self, user: str, *arguments: str) -> Ended:
        """Run `maglia office` as one of the officers."""
        officer = self._officers[user]
        command = ("--profile", officer["profile"], "office", *arguments)
        return self._run(user, "tui", command, {"MAGLIA_PASSWORD": officer["password"]})

    def _run(self, who: str, program: str, command: tuple[str, ...], secrets: dict[str, str]) -> Ended:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
        ended = run(program, *command, environment=kept | {"MAGLIA_PASSPHRASE": self.passphrase} | secrets)
        typed = f"{who}$ {_PROGRAMS[program]} {shlex.join(command)}"
        status = f"[stato di uscita {ended.status}]\n" if ended.status else ""
        self.said.append(f"```text\n{self._public(typed)}\n{self._public(ended.out + ended.err)}{status}```\n")
        return ended

    def _public(self, text: str) -> str:
        return _SECRETS.sub("................................", text.replace(str(self.directory), "/srv/rete"))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Keep the body's node running."""
        programs = Programs(self.directory, self.passphrase)
        process = start_server(programs, MEMBER, "node", self.node)
        try:
            try:
                wait_serving(programs, MEMBER, process, self.node)
            except MagliaError as error:
                raise AssertionError(programs.log(MEMBER).read_text("utf-8")[-3000:]) from error
            self.said.append(f"```text\nente$ maglia-node serve --dir /srv/rete/nodes/{MEMBER} &\n```\n")
            yield
        finally:
            end([process])

    def check(self) -> Ended:
        """Ask the network about somebody, as a volunteer does."""
        question = ("--facet", "food_parcel", "--purpose", "aid_overlap")
        return self.counter("check", NOBODY, *question)

    def check_until(self, status: int) -> Ended:
        """Ask until the node has heard of a change; only the last question is in the transcript."""
        until = time.monotonic() + PATIENCE_S
        while True:
            length = len(self.said)
            ended = self.check()
            if ended.status == status:
                return ended
            del self.said[length:]
            assert time.monotonic() < until, ended
            time.sleep(SETTLED_S)


def application(act: str) -> tuple[str, ...]:
    """Return the options of the body's application."""
    expiry = date.today() + timedelta(days=45)
    fields = {
        "--kind": "onlus",
        "--name": "Onlus Ponte",
        "--runts-number": "900777",
        "--runts-section": "altri ETS",
        "--fiscal-code": FISCAL_CODE,
        "--act": act,
        "--act-protocol": "PG/2026/777",
        "--act-expiry": f"{expiry:%d/%m/%Y}",
        "--territory": "999001",
        "--facets": "food_parcel",
        "--purposes": "aid_overlap",
        "--referent": "Marta Fittizi",
        "--contact": "referente@example.org",
    }
    return ("apply", *(part for pair in fields.items() for part in pair))


def main() -> None:
    """Bring a network up, live the life, write the page."""
    from tests.e2e.test_member_life import walk  # noqa: PLC0415 - the steps, with what is expected of each

    with tempfile.TemporaryDirectory(prefix="maglia-life-") as folder:
        live = LiveNetwork(Path(folder) / "rete")
        try:
            live.up(bodies=3)
            life = Life(live)
            walk(life)
        finally:
            live.down()
    PAGE.write_text(INTRODUCTION + "\n".join(life.said), "utf-8")
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
