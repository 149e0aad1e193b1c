"""A policy bundle compiled in this process by Microsoft's rego-cpp, and its decisions (docs/adr/0007).

A node without OPA decides by it; the console explains and compares rules with it; the registry tries what it publishes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from maglia.core.bundle import open_bundle
from maglia.core.errors import Code, MagliaError

DECISIONS = ("ask", "refer", "release", "rpc", "report", "retention", "anomalies")
"""The decisions a bundle must answer; each is the rule `data.maglia.NAME.decision`."""


class Engine:
    """A compiled bundle. A decision takes about a millisecond, in the caller's own thread."""

    def __init__(
        self,
        bundle: bytes,
        revision: str,
        *,
        decisions: Sequence[str] = DECISIONS,
        beside: Mapping[str, bytes] = MappingProxyType({}),
        entries: Sequence[str] = (),
    ) -> None:
        """Compile `bundle`, with the modules `beside` it, whose rules `entries` names (`maglia/probe/reached`).

        `decisions` are those that the bundle takes, where it may be of another version of the program.
        Raises `MagliaError`: `input.malformed` if it is not of this revision, `policy.unavailable` if it doesn't
        compile.
        """
        self.revision = revision
        wanted = [*(_entry(decision) for decision in decisions), *entries]
        self._interpreter, self._compiled = _compile({**open_bundle(bundle, revision), **beside}, revision, wanted)

    def evaluate(self, decision: str, document: Mapping[str, object]) -> object:
        """Return the decision's value, None when it is undefined.

        Raises `MagliaError` (`policy.unavailable`) for an unknown decision, or when the engine fails.
        """
        return self.value_of(_entry(check_decision(decision)), document)

    def value_of(self, entry: str, document: Mapping[str, object]) -> object:
        """Return the value of a rule compiled as an entry, None when it is undefined; raises as `evaluate`."""
        import regopy  # noqa: PLC0415 - loaded with the first bundle

        try:
            self._interpreter.set_input_term(json.dumps(document))
            output = self._interpreter.query_bundle_entrypoint(self._compiled, entry)
            if not output.ok() or not output.results or not output.results[0].expressions:
                return None
            value: object = output.results[0].expressions[0]
        except (regopy.RegoError, TypeError, ValueError) as error:
            raise unavailable(f"embedded engine: {type(error).__name__}") from error
        return value


def _entry(decision: str) -> str:
    return f"maglia/{decision}/decision"


def _compile(files: Mapping[str, bytes], revision: str, entries: Sequence[str]) -> tuple[Any, Any]:
    """Return interpreter and compiled bundle: one that failed to compile would crash the process when queried."""
    import regopy  # noqa: PLC0415 - 30 ms that a node with OPA does not spend

    interpreter = regopy.Interpreter()
    interpreter.log_level = regopy.LogLevel.NONE
    try:
        for name, content in files.items():
            if name.endswith(".rego"):
                interpreter.add_module(name, content.decode())
        interpreter.add_data(merged_data(files))
        compiled = interpreter.build(None, list(entries))
    except (regopy.RegoError, ValueError) as error:
        raise unavailable(f"bundle {revision}: {error}") from error
    if not compiled.ok():
        raise unavailable(f"bundle {revision} does not compile")
    return interpreter, compiled


def merged_data(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the data documents as one tree: a file's folder is its path in `data`, as OPA reads it.

    Raises `ValueError` for what is no object, or says a thing twice.
    """
    tree: dict[str, Any] = {}
    for name, content in files.items():
        if name == "data.json" or name.endswith("/data.json"):
            value: object = _read(content)
            for part in reversed(name.split("/")[:-1]):
                value = {part: value}
            _merge(tree, value)
    return tree


def _read(content: bytes) -> object:
    try:
        return json.loads(content, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("data nested too deep") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object as it is read, in which no name stands twice: people read the first, engines take the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("data said twice in one object")
    return found


def _merge(tree: dict[str, Any], value: object) -> None:
    if not isinstance(value, dict):
        raise ValueError("data outside an object")  # noqa: TRY004 - malformed content, not a caller's mistake
    for key, child in value.items():
        if key in tree and isinstance(tree[key], dict):
            _merge(tree[key], child)
        elif key in tree:
            raise ValueError(f"data said twice: {key}")
        else:
            tree[key] = child


def check_decision(decision: str) -> str:
    """Return `decision` when bundles answer it; raises `MagliaError` (`policy.unavailable`) otherwise."""
    if decision not in DECISIONS:
        raise unavailable(f"unknown decision {decision!r}")
    return decision


def unavailable(cause: str) -> MagliaError:
    """Return the one error of an engine that gave no decision; `cause` stays in the program's own log."""
    return MagliaError(Code.POLICY_UNAVAILABLE, cause=cause)
