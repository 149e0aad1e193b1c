"""The engine in process: Microsoft's rego-cpp, reading the same bundle as the OPA server (docs/adr/0007)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from maglia.core.bundle import open_bundle
from node.policy.ruling import DECISIONS, check_decision, to_ruling, unavailable
from node.ports import Ruling


class EmbeddedPolicy:
    """Fulfils `node.ports.Policy` without another process.

    The bundle is compiled once; a decision then takes about a millisecond and runs inline in the event loop.
    """

    def __init__(self, bundle: bytes, revision: str) -> None:
        """Compile `bundle`; raises `MagliaError` as `replace`."""
        self._revision = revision
        self._interpreter, self._compiled = _compile(bundle, revision)

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return "embedded"

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Evaluate `ask` or `release`; raises `MagliaError` (`policy.unavailable`) when there is no ruling."""
        ruling = to_ruling(_evaluate(self._interpreter, self._compiled, check_decision(decision), document))
        if ruling.revision != self._revision:
            raise unavailable("ruling of another revision")
        return ruling

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch to another bundle; on `MagliaError` (malformed, or not to be compiled) the old one stays in use."""
        interpreter, compiled = _compile(bundle, revision)
        self._interpreter, self._compiled, self._revision = interpreter, compiled, revision

    async def close(self) -> None:
        """Nothing runs apart from the process itself."""


def _compile(bundle: bytes, revision: str) -> tuple[Any, Any]:
    """Return interpreter and compiled bundle, proved by one decision of each sort.

    A bundle that failed to compile crashes the process when it is queried: it never leaves this function.
    """
    import regopy  # noqa: PLC0415 - 30 ms that a node with OPA does not spend

    files = open_bundle(bundle, revision)
    interpreter = regopy.Interpreter()
    interpreter.log_level = regopy.LogLevel.NONE
    try:
        for name, content in files.items():
            if name.endswith(".rego"):
                interpreter.add_module(name, content.decode())
        interpreter.add_data(_merged(files))
        compiled = interpreter.build(None, [f"maglia/{decision}/decision" for decision in DECISIONS])
    except (regopy.RegoError, ValueError) as error:
        raise unavailable(f"bundle {revision}: {error}") from error
    if not compiled.ok():
        raise unavailable(f"bundle {revision} does not compile")
    for decision in DECISIONS:
        ruling = to_ruling(_evaluate(interpreter, compiled, decision, {}))
        if ruling.allow or ruling.revision != revision:
            raise unavailable(f"bundle {revision} allows a question that says nothing, or speaks for another")
    return interpreter, compiled


def _merged(files: Mapping[str, bytes]) -> dict[str, object]:
    """Return the data documents as one tree: a file's folder is its path in `data`, as OPA reads it."""
    tree: dict[str, object] = {}
    for name, content in files.items():
        if name == "data.json" or name.endswith("/data.json"):
            value: object = json.loads(content)
            for part in reversed(name.split("/")[:-1]):
                value = {part: value}
            _merge(tree, value)
    return tree


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


def _evaluate(interpreter: Any, compiled: Any, decision: str, document: Mapping[str, object]) -> object:
    """Return the decision's value, None when it is undefined; raises `MagliaError` when the engine fails."""
    import regopy  # noqa: PLC0415 - loaded with the first bundle

    try:
        interpreter.set_input_term(json.dumps(document))
        output = interpreter.query_bundle_entrypoint(compiled, f"maglia/{decision}/decision")
        if not output.ok() or not output.results or not output.results[0].expressions:
            return None
        value: object = output.results[0].expressions[0]
    except (regopy.RegoError, TypeError, ValueError) as error:
        raise unavailable(f"embedded engine: {type(error).__name__}") from error
    return value
