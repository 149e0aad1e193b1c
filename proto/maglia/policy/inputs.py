"""The input document of each decision as a JSON schema: every path that a rule may read, and no other.

Read off the documents with which each rule is tried (`maglia.policy.vectors`), which tests hold to what nodes really
ask. A rule that reads anything else would be undefined for ever, in silence: `maglia.policy.checks` names it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from maglia.policy.vectors import HANDWRITTEN

_READ = re.compile(r"\binput((?:\.[A-Za-z_]\w*)+)")
_READ_CLASS = re.compile(r"\bclass((?:\.[A-Za-z_]\w*)+)")
_TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))


@cache
def input_schema(decision: str) -> dict[str, Any]:
    """Return the schema of a decision's input."""
    return _schema([vector.document for vector in HANDWRITTEN if vector.decision == decision])


def _schema(values: Sequence[object]) -> dict[str, Any]:
    """Return one schema for values that stand in the same place; what is null in some is what it is in the others."""
    said = [value for value in values if value is not None]
    objects = [value for value in said if isinstance(value, Mapping)]
    if objects:
        names = dict.fromkeys(name for value in objects for name in value)
        inner = {name: _schema([value[name] for value in objects if name in value]) for name in names}
        return {"type": "object", "properties": inner, "additionalProperties": False}
    lists = [value for value in said if isinstance(value, list | tuple)]
    if lists:
        return {"type": "array", "items": _schema([entry for value in lists for entry in value])}
    names_of_types = {next(name for kind, name in _TYPES if isinstance(value, kind)) for value in said}
    return {"type": names_of_types.pop()} if len(names_of_types) == 1 else {}


def strange_reads(decision: str, source: bytes) -> list[tuple[int, str]]:
    """Return the paths that a file reads of the input and that no question has, each with its line (from 1).

    By the text alone: `input.X.Y`, and `class.X` of one class of records, which OPA does not follow into functions.
    """
    schema, found = input_schema(decision), []
    a_class = schema["properties"].get("classes", {}).get("items", {})
    for row, line in enumerate(source.decode(errors="replace").splitlines(), 1):
        if not line.lstrip().startswith("#"):
            found += [(row, read[0]) for read in _READ.finditer(line) if not _has(schema, read[1])]
            found += [(row, read[0]) for read in _READ_CLASS.finditer(line) if a_class and not _has(a_class, read[1])]
    return found


def _has(schema: Mapping[str, Any], path: str) -> bool:
    """Return whether a schema has a path such as `.query.facet`."""
    for name in path.split(".")[1:]:
        if "properties" not in schema:
            return schema == {}
        if name not in schema["properties"]:
            return False
        schema = schema["properties"][name]
    return True
