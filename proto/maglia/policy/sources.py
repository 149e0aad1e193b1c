"""The files of a folder of policies, read as text: packages, rules by line, what each package builds on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

PACKAGE = re.compile(r"^package[ \t]+([A-Za-z0-9_.]+)[ \t]*(?:#.*)?$", re.MULTILINE)
_HEAD = re.compile(r"^(?:default[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE)
_USED = re.compile(r"\bdata\.maglia\.([A-Za-z0-9_]+)")
_NO_RULE = frozenset({"package", "import"})
NO_RULE = "-"
"""Stands for the rule where a file has none at that line."""


def package_of(source: bytes) -> str:
    """Return the package that a file declares; empty when it declares none, or in another spelling."""
    found = PACKAGE.search(source.decode(errors="replace"))
    return found[1] if found else ""


def rule_at(source: bytes, row: int) -> str:
    """Return the name of the rule that holds a line (the first is 1): the last head at its own line's margin."""
    for line in reversed(source.decode(errors="replace").splitlines()[:row]):
        head = _HEAD.match(line)
        if head is not None:
            return NO_RULE if head[1] in _NO_RULE else head[1]
    return NO_RULE


def row_of(source: bytes, offset: int) -> int:
    """Return the line of a byte offset; the first is 1."""
    return source[:offset].count(b"\n") + 1


def modules_of(decision: str, rules: Mapping[str, bytes]) -> list[str]:
    """Return the files of a decision's package and of every package that it builds on."""
    by_package: dict[str, list[str]] = {}
    for name, source in rules.items():
        by_package.setdefault(package_of(source).removeprefix("maglia."), []).append(name)
    reached: set[str] = set()
    ahead = {decision}
    while ahead:
        reached |= ahead
        texts = [rules[name].decode(errors="replace") for package in ahead for name in by_package.get(package, ())]
        ahead = {used for text in texts for used in _USED.findall(text)} & by_package.keys() - reached
    return sorted(name for package in reached for name in by_package.get(package, ()))


def has_rule(source: bytes, rule: str) -> bool:
    """Return whether a file has a rule of this name."""
    return any(found == rule for found in _HEAD.findall(source.decode(errors="replace")))


def file_of(decision: str, rules: Mapping[str, bytes]) -> str:
    """Return the file of a decision's package; where it belongs when there is none."""
    files = (file for file, source in rules.items() if package_of(source) == f"maglia.{decision}")
    return next(files, f"{decision}/{decision}.rego")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, with the folders that they need."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
