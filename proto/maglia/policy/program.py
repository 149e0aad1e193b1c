"""The OPA program over a scratch folder: what it says of rules, with neither machine nor network in their reach."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError

_TIMEOUT_S = 120
_OUTSIDE = frozenset({"trace", "print"})
_OUTSIDE_FAMILIES = ("http.", "net.", "opa.", "rand.", "uuid.rfc4122", "io.jwt.", "crypto.parse_private_keys")


def reaches_outside(builtin: str, *, varies: bool) -> bool:
    """Return whether a built-in function asks the network, the machine or the clock, or differs from call to call."""
    return varies or builtin in _OUTSIDE or builtin.startswith(_OUTSIDE_FAMILIES)


@dataclass(frozen=True)
class Said:
    """One complaint of OPA: its own words, the file and the line (from 1) that it is about."""

    file: str
    row: int
    message: str


class Opa:
    """Runs one OPA program in `folder`, a private scratch folder into which the caller has written the rules."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary.absolute()
        self._folder = folder
        self._all: dict[str, Any] = json.loads(self._run("capabilities", "--current")[1])
        self._write("capabilities.json", self._all | {"builtins": self._within(), "allow_net": []})

    def _within(self) -> list[dict[str, Any]]:
        return [
            each
            for each in self._all["builtins"]
            if not reaches_outside(each["name"], varies=bool(each.get("nondeterministic")))
        ]

    def is_builtin(self, name: str) -> bool:
        """Return whether OPA has a built-in function of this name, though rules may not call it."""
        return any(each["name"] == name for each in self._all["builtins"])

    def check(self, paths: Iterable[str], schema: Mapping[str, object] | None = None) -> list[Said]:
        """Return what `opa check --strict` says of these files, against the input document that `schema` describes."""
        options = ["--strict", "--format=json", "--max-errors=100", "--capabilities=capabilities.json"]
        if schema is not None:
            self._write("schema.json", schema)
            options.append("--schema=schema.json")
        status, out, err = self._run("check", *options, *paths)
        if status == 0:
            return []
        found = _json(out) or _json(err)
        return [_said(each) for each in found.get("errors", ())] or [Said("-", 0, (out + err)[:300])]

    def misformatted(self, folder: str) -> list[str]:
        """Return the files that `opa fmt` would write otherwise."""
        return [self._relative(line) for line in self._run("fmt", "--list", folder)[1].splitlines() if line]

    def failing(self, folder: str) -> list[Said] | None:
        """Return the tests that fail, each with its name as the message; None when there is no test at all."""
        options = ["--format=json", "--capabilities=capabilities.json"]
        status, out, err = self._run("test", *options, "--bundle", folder)
        results = _json_list(out)
        if not results:
            return None if status == 0 else [Said("-", 0, (out + err)[:300])]
        wrong = (each for each in results if each.get("fail") or each.get("error"))
        return [self._named(Said(each["location"]["file"], each["location"]["row"], each["name"])) for each in wrong]

    def decide(self, folder: str, decision: str, documents: Sequence[Mapping[str, object]]) -> list[object]:
        """Return a decision's value for each input, None where it is undefined."""
        query = f"{{i: d | some i, doc in data.trial; d := data.maglia.{decision}.decision with input as doc}}"
        values = self._evaluate(folder, documents, query)["result"][0]["expressions"][0]["value"]
        return [values.get(str(number)) for number in range(len(documents))]

    def covered(self, folder: str, decision: str, document: Mapping[str, object]) -> dict[str, set[int]]:
        """Return the lines, by file, that a decision about one input makes true."""
        query = f"d := data.maglia.{decision}.decision with input as data.trial[0]"
        report = self._evaluate(folder, [document], query, "--coverage")["coverage"]["files"]
        return {
            self._relative(file): {
                row for part in said.get("covered", ()) for row in range(part["start"]["row"], part["end"]["row"] + 1)
            }
            for file, said in report.items()
        }

    def _evaluate(
        self, folder: str, documents: Sequence[Mapping[str, object]], query: str, *options: str
    ) -> dict[str, Any]:
        self._write("trial.json", {"trial": documents})
        given = ["--format=json", "--capabilities=capabilities.json", f"--data={folder}", "--data=trial.json"]
        status, out, err = self._run("eval", *given, *options, query)
        found = _json(out)
        if status != 0 or "result" not in found:
            raise MagliaError(Code.POLICY_UNAVAILABLE, cause=f"opa eval: {(out + err)[:300]}")
        return found

    def _named(self, said: Said) -> Said:
        return Said(self._relative(said.file), said.row, said.message)

    def _relative(self, file: str) -> str:
        """Return a file's path inside the folder of rules, without the scratch folder's own name in front."""
        return file.partition("/")[2]

    def _write(self, name: str, document: Mapping[str, object]) -> None:
        (self._folder / name).write_text(json.dumps(document))

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        try:
            done = subprocess.run(
                [self._binary, *arguments],
                cwd=self._folder,
                env={"HOME": str(self._folder)},
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MagliaError(Code.POLICY_UNAVAILABLE, cause=f"opa: {type(error).__name__}") from error
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def _said(error: Mapping[str, Any]) -> Said:
    where = error.get("location") or {}
    return Said(str(where.get("file", "-")).partition("/")[2] or "-", int(where.get("row", 0)), str(error["message"]))


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json_list(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else []
