"""The guided walk: one evening at a parish's counter, then the auditor; each outcome beside what was planted."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.forks import Ran
from demo.network import start, stop
from demo.programs import Programs
from demo.sheet import Sheet, find_node
from maglia.cli import spoken
from maglia.core.translation import mark, tr

SEEN_AGAIN_S = 30.0
"""Longest wait for a node that came back to be asked again."""

STATUSES = {"none_known": 0, "similar": 10, "same_need": 10, "refused": 4}
PARTIAL = 11

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What a check came to: verdict, whether all answered, who was silent, the code of a refusal, the exit status."""

    verdict: str
    complete: bool
    silent: tuple[str, ...]
    code: str | None
    status: int


class Walk:
    """Takes the steps one after the other against a network that is up; `run` tells whether all came out."""

    def __init__(self, directory: Path, sheet: Sheet, programs: Programs, say: Say) -> None:
        self._directory = directory
        self._cases = {case["id"]: case for case in sheet["planted"]}
        self._sheet = sheet
        self._programs = programs
        self._say = say
        self._as_planted: list[bool] = []

    def run(self) -> bool:
        """Take every step; return whether each came out as planted."""
        self._title(
            mark("Nessun aiuto recente"), mark("Anna, volontaria della parrocchia, chiede prima di dare un pacco.")
        )
        self._check("clear")
        self._title(
            mark("Una sovrapposizione"), mark("Due altri enti hanno aiutato questa persona nelle ultime settimane.")
        )
        self._check("overlap")
        self._title(
            mark("Lo stesso bisogno"), mark("Il comune sta per pagare una bolletta che una onlus ha già pagato.")
        )
        self._check("same_need")
        self._partial()
        self._title(
            mark("Una domanda non permessa"), mark("Una parrocchia non può chiedere per un contributo affitto.")
        )
        self._check("refused_purpose")
        self._title(mark("Senza consenso"), mark("La persona non ha dato il consenso: non parte nessuna domanda."))
        self._check("refused_consent")
        self._log()
        self._audit()
        good = sum(self._as_planted)
        counted = tr("{good} passi su {count} come previsto.", spoken())
        self._say("\n" + counted.format(good=good, count=len(self._as_planted)))
        return all(self._as_planted)

    def _partial(self) -> None:
        case = self._cases["partial"]
        silent = find_node(self._sheet, case["stop"])
        story = mark("Il nodo di {name} viene fermato apposta, poi riacceso.")
        self._title(mark("Un ente che tace"), story, name=silent["name"])
        self._tell_command("maglia-demo", "stop", "--dir", str(self._directory), silent["member"])
        stop(self._directory, silent["member"])
        self._check("partial", silent=(silent["member"],))
        self._tell_command("maglia-demo", "start", "--dir", str(self._directory), silent["member"])
        start(self._directory, silent["member"])
        self._wait_seen(case)
        self._check("partial")

    def _wait_seen(self, case: Sheet) -> None:
        until = time.monotonic() + SEEN_AGAIN_S
        while not self._outcome(case).complete and time.monotonic() < until:
            time.sleep(1)

    def _check(self, case_id: str, silent: tuple[str, ...] = ()) -> None:
        case = self._cases[case_id]
        self._tell(self._console(case["asker"], *_question(case)))
        wanted = _wanted(case, silent)
        self._judge(wanted, self._outcome(case))

    def _outcome(self, case: Sheet) -> Outcome:
        ran = self._console(case["asker"], *_question(case), "--json", quiet=True)
        return read_outcome(ran)

    def _log(self) -> None:
        case = self._cases["overlap"]
        self._title(
            mark("Il registro degli accessi"), mark("Ogni domanda è nel registro del nodo, che nessuno può riscrivere.")
        )
        self._tell(self._console(case["asker"], "log", "verify"))
        ran = self._console(case["asker"], "log", "verify", "--json", quiet=True)
        found = _document(ran)
        self._judge((True, 0), (bool(found.get("ok")) and found.get("size", 0) > 0, ran.status))

    def _audit(self) -> None:
        self._title(
            mark("Il revisore"),
            mark("Sara legge tutti i registri e confronta quello di chi chiede con quello di chi risponde."),
        )
        profile = self._sheet["auditors"][0]["profile"]
        self._tell(self._run(profile, "audit", "pull"))
        self._tell(self._run(profile, "audit", "reconcile"))
        ran = self._run(profile, "audit", "reconcile", "--json", quiet=True)
        found = _document(ran)
        self._judge(([], True, 0), (found.get("findings"), found.get("complete"), ran.status))

    def _console(self, member: str, *arguments: str, quiet: bool = False) -> Ran:
        node = find_node(self._sheet, member)
        return self._run(node["profile"], *arguments, password=node["operators"][0]["password"], quiet=quiet)

    def _run(self, profile: str, *arguments: str, password: str = "", quiet: bool = False) -> Ran:
        command = ("--profile", profile, *arguments)
        if not quiet:
            self._tell_command("maglia", *command)
        return self._programs.attempt("tui", *command, password=password)

    def _title(self, title: str, story: str, **values: str) -> None:
        """Say what comes: two marked texts, and what the second has in braces."""
        self._say(f"\n== {tr(title, spoken())} ==\n{tr(story, spoken()).format(**values)}")

    def _tell_command(self, *command: str) -> None:
        self._say(f"$ {shlex.join(command)}")

    def _tell(self, ran: Ran) -> None:
        self._say("\n".join(f"  {line}" for line in (ran.out + ran.err).splitlines()))

    def _judge(self, wanted: object, got: object) -> None:
        good = wanted == got
        self._as_planted.append(good)
        said = tr("come previsto" if good else "NON come previsto: atteso {wanted}, ottenuto {got}", spoken())
        self._say(f"-> {said.format(wanted=wanted, got=got)}")


def read_outcome(ran: Ran) -> Outcome:
    """Read what `maglia check --json` printed: a check or a refusal."""
    found = _document(ran)
    if found.get("schema") == "maglia.error/1":
        return Outcome("refused", False, (), str(found["code"]), ran.status)
    silent = tuple(body["member"] for body in found.get("silent", ()))
    return Outcome(str(found.get("verdict")), found.get("complete") is True, silent, None, ran.status)


def _document(ran: Ran) -> dict[str, Any]:
    try:
        found = json.loads(ran.out)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _question(case: Sheet) -> tuple[str, ...]:
    return ("check", case["identifier"], "--facet", case["facet"], "--purpose", case["purpose"])


def _wanted(case: Sheet, silent: tuple[str, ...]) -> Outcome:
    verdict, status = case["expected_verdict"], STATUSES[case["expected_verdict"]]
    if silent and status == 0:
        status = PARTIAL
    complete = not silent and verdict != "refused"
    return Outcome(verdict, complete, silent, case["expected_code"], status)
