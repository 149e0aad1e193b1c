"""A small body's first half hour, by the commands of the page that it reads: docs/it/ente-piccolo.md."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import time
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from demo.programs import command
from maglia.core.identifiers import provisional_check_digit, tax_code_check_letter
from maglia.core.one_time import STEP_S, code_at
from maglia.processes import Started, end, is_running, spawn
from tests.e2e.live import Ended, LiveNetwork, run

PAGE = Path(__file__).parents[2] / "docs" / "it" / "ente-piccolo.md"
PASSWORD, PASSPHRASE = "prova-marta-000001", "prova di una frase segreta"
_FIRST_15 = "XQZXQW81A01H501"
PERSON = _FIRST_15 + tax_code_check_letter(_FIRST_15)
PROGRAMS = {"maglia-node": "node", "maglia-registry": "registry", "maglia": "tui"}
SERVING_S = 60.0
_BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OURS = {"--same-user"}
"""Options of a trial, which the page does not have."""


def commands_of(page: str) -> list[str]:
    """Return the command lines in a page's blocks."""
    lines = [line for block in _BLOCK.findall(page) for line in block.splitlines()]
    return [line for line in lines if line.split(" ")[0] in PROGRAMS]


def shape(typed: str) -> tuple[str, ...]:
    """Return what a command is, whatever it is told: its program, the words that name it, and its options by name."""
    program, *words = shlex.split(typed)
    options = sorted(word for word in words if word.startswith("--") and word not in _OURS)
    named = [word for before, word in zip([program, *words], words, strict=False) if not before.startswith("--")]
    return (program, *(word for word in named if re.fullmatch(r"[a-z]+", word)), *options)


@dataclass
class Newcomer:
    """Somebody who types what the page says, each in their own folder; whatever was typed is in `typed`."""

    live: LiveNetwork
    folder: Path
    typed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "rete.json").write_bytes((self.live.directory / "network.json").read_bytes())
        self._officers = self.live.sheet["officers"]

    def does(self, line: str, *, status: int | None = 0, otp: str = "") -> Ended:
        """Type a command, and see that it ends with a status; None is any."""
        self.typed.append(line)
        program, *words = shlex.split(line)
        ended = run(PROGRAMS[program], *self.here(words), environment=self.environment(otp))
        assert status in {None, ended.status}, f"{line}\n{ended}"
        return ended

    @contextmanager
    def serves(self, line: str, sign: str) -> Iterator[None]:
        """Type a command that goes on, and wait for the file that it leaves in its folder once it serves."""
        self.typed.append(line)
        program, *words = shlex.split(line)
        log = self.folder / "parole.log"
        process = spawn(command(PROGRAMS[program], *self.here(words)), log, self.environment())
        try:
            _wait(self.folder / sign, process, log)
            yield
        finally:
            end([process])

    def is_admitted(self, member: str, fingerprint: str) -> str:
        """Let both officers hear the fingerprint and sign; return the one-time code."""
        for officer in (0, 1):
            self._office(officer, "approve", member, "--fingerprint", fingerprint, "--yes", "--json")
        return str(self._office(0, "token", member, "--json").document["token"])

    def _office(self, officer: int, *words: str) -> Ended:
        person = self._officers[officer]
        passphrase = self.live.directory.joinpath("passphrase").read_text("utf-8")
        secrets = {"MAGLIA_PASSWORD": person["password"], "MAGLIA_PASSPHRASE": passphrase}
        ended = run("tui", "--profile", person["profile"], "office", *words, environment={**os.environ, **secrets})
        assert ended.status == 0, ended
        return ended

    def here(self, words: list[str]) -> list[str]:
        """Return words with the files that a command reads or writes in this folder: it is run from elsewhere."""
        files = {"--dir", "--network-file", "--via", "--file", "--out", "--profile"}
        return [
            str(self.folder / word) if before in files else word
            for before, word in zip(["", *words], words, strict=False)
        ]

    def environment(self, otp: str = "") -> dict[str, str]:
        """Return what whoever types has in their environment."""
        kept: dict[str, str] = {name: value for name, value in os.environ.items() if not name.startswith("MAGLIA_")}
        secrets = {"MAGLIA_PASSWORD": PASSWORD, "MAGLIA_PASSPHRASE": PASSPHRASE, "MAGLIA_OTP": otp}
        return {**kept, **secrets, "MAGLIA_HOST_DIR": str(self.folder / "ospite"), "MAGLIA_NODE_ENGINE": "embedded"}


FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}-){9}[0-9A-F]{2}")


def heard(ended: Ended) -> str:
    """Return the last fingerprint that a command printed: the referent reads it aloud."""
    return str(FINGERPRINT.findall(ended.out)[-1])


def fiscal_code(ten: str) -> str:
    """Return a fictional body's code."""
    return ten + provisional_check_digit(ten)


def as_file(application: str, file: Path) -> None:
    """Write what a command line says of a body as the form in a file."""
    words = shlex.split(application)
    said = {name: word for name, word in itertools.pairwise(words) if name.startswith("--")}
    lists = ("territory", "facets", "purposes")
    fields = {name.removeprefix("--").replace("-", "_"): word for name, word in said.items() if name != "--dir"}
    lines = [f"{name} = {json.dumps([word] if name in lists else word)}\n" for name, word in fields.items()]
    file.write_text("".join(lines), "utf-8")


def enrol(newcomer: Newcomer, line: str) -> bytes:
    """Type a command that enrols a console, and the code that the telephone shows; return the telephone's secret."""
    newcomer.typed.append(line)
    told = command(PROGRAMS["maglia"], *newcomer.here(shlex.split(line)[1:]))
    pipe = subprocess.PIPE
    with subprocess.Popen(told, env=newcomer.environment(), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as console:
        assert console.stderr is not None
        shown = ""
        while "otpauth:" not in shown:
            shown = console.stderr.readline()
            assert shown, "no address for the telephone"
        secret = b32decode(parse_qs(urlsplit(shown.strip()).query)["secret"][0])
        # Of the half minute before, which is still good, and leaves the present one for a login.
        out, err = console.communicate(code_at(secret, time.time() - STEP_S) + "\n", timeout=60)
    assert console.returncode == 0, out + err
    return secret


def _wait(file: Path, process: Started, log: Path) -> None:
    until = time.monotonic() + SERVING_S
    while not file.exists():
        assert is_running(process), log.read_text("utf-8")
        assert time.monotonic() < until, log.read_text("utf-8")
        time.sleep(0.05)
