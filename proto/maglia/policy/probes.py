"""How far each rule gets on one question: the conditions of the rules, tried one by one beside the rules themselves.

Of every statement a module beside the bundle states the first condition, the first two, and so on; what holds is known
from one evaluation. A rule called by another is tried where it is called, with what the caller had found by then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maglia.policy.annotations import Module, Rule, blanked, read_modules

_NAME = re.compile(r"(?<![\w.])([a-z_]\w*)(?:\.([a-z_]\w*))?")
_OWN = re.compile(r"\b(\w+)\s*:=|\bsome (\w+)(?:, (\w+))? in\b")
_DEPTH = 8
_INDEX = "[]"
"""Under which the arguments of a call hold what a set or an object is looked up by."""


@dataclass(frozen=True)
class Call:
    """A rule that a condition names; `denied` when the condition is that it does not hold."""

    tries: tuple[Try, ...]
    denied: bool


@dataclass(frozen=True)
class Try:
    """One statement tried in one place: a probe for each condition with those before it, and the rules it calls."""

    rule: Rule
    conditions: tuple[str, ...]
    probes: tuple[int, ...]
    calls: tuple[tuple[Call, ...], ...]

    def held(self, reached: frozenset[int]) -> int:
        """Return how many conditions hold together, counted from the first."""
        return next((place for place, probe in enumerate(self.probes) if probe not in reached), len(self.probes))

    def holds(self, reached: frozenset[int]) -> bool:
        """Return whether all of them do."""
        return self.held(reached) == len(self.probes)


def entry_of(name: str) -> str:
    """Return the entry under which an engine answers which probes of `name` hold, as a list of numbers."""
    return f"maglia/probe/{name}/reached"


@dataclass
class Probes:
    """The tries of some rules of a bundle, and the module `name` that runs them."""

    name: str
    files: Mapping[str, bytes]
    _written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._modules = read_modules(self.files)
        self._rules: dict[str, list[Rule]] = {}
        for module in self._modules:
            for rule in module.rules:
                self._rules.setdefault(f"{module.package}.{rule.name}", []).append(rule)

    @property
    def file(self) -> str:
        """Return what the module may be called without taking a bundle's file's place."""
        return f"probe/{self.name}.probe.rego"

    def of(self, path: str) -> tuple[Try, ...]:
        """Return the tries of the rule at `maglia.release.released`, none when there is no such rule."""
        return self._tries(path, (), {}, _DEPTH)

    def module(self) -> bytes:
        """Return the module to compile beside the bundle; its entry is `entry_of(name)`."""
        return (f"package maglia.probe.{self.name}\n\n" + "\n".join(self._written) + "\n").encode()

    def _tries(self, path: str, before: tuple[str, ...], arguments: Mapping[str, str], depth: int) -> tuple[Try, ...]:
        if depth == 0:
            return ()
        package = path.rpartition(".")[0]
        module = next((one for one in self._modules if one.package == package), None)
        found = [rule for rule in self._rules.get(path, ()) if not rule.is_default]
        return () if module is None else tuple(self._try(module, rule, before, arguments, depth) for rule in found)

    def _try(
        self, module: Module, rule: Rule, before: tuple[str, ...], arguments: Mapping[str, str], depth: int
    ) -> Try:
        own = {name for names in _OWN.findall("\n".join(map(blanked, rule.conditions))) for name in names if name}
        renamed = {name: f"{name}_{depth}" for name in (*own, *rule.params)}
        so_far = [*before, *(f"{renamed[name]} := {arguments[name]}" for name in rule.params if name in arguments)]
        conditions, probes, calls = list[str](), list[int](), list[tuple[Call, ...]]()
        for condition, prefix in _conditions(rule):
            text, named = self._absolute(module, condition, renamed)
            calls.append(tuple(self._call(path, given, tuple(so_far), text, depth) for path, given in named))
            conditions.append(condition)
            so_far.append(prefix + text)
            probes.append(self._probe(so_far))
        if rule.key and _INDEX in arguments:
            # The caller looks under another key than this statement's, or under this one: tried before the rest.
            conditions.insert(0, f'{rule.name}["{rule.key}"]')
            probes.insert(0, self._probe([*before, f'{arguments[_INDEX]} == "{rule.key}"']))
            calls.insert(0, ())
        return Try(rule, tuple(conditions), tuple(probes), tuple(calls))

    def _call(self, path: str, given: str, before: tuple[str, ...], condition: str, depth: int) -> Call:
        params = next((rule.params for rule in self._rules[path] if rule.params), ())
        arguments = dict(zip(params, (one.strip() for one in given.split(",")), strict=False))
        if not params and given and any(rule.key for rule in self._rules[path]):
            arguments = {_INDEX: given}
        # Only where something is handed over does what the caller found count; any other rule stands for itself.
        return Call(self._tries(path, before if arguments else (), arguments, depth - 1), condition.startswith("not "))

    def _probe(self, conditions: Sequence[str]) -> int:
        self._written.append(f"reached contains {len(self._written)} if {{\n\t" + "\n\t".join(conditions) + "\n}\n")
        return len(self._written) - 1

    def _absolute(
        self, module: Module, condition: str, renamed: Mapping[str, str]
    ) -> tuple[str, list[tuple[str, str]]]:
        """Return a condition as it reads outside its module, and the rules it names, each with its arguments."""
        aliases = {path.rpartition(".")[2]: path.removeprefix("data.") for path in module.imports}
        named: list[tuple[str, str]] = []
        parts, done, masked = [], 0, blanked(condition)
        for found in _NAME.finditer(masked):
            first, second = found[1], found[2]
            if first in renamed:
                end, word = found.end(1), renamed[first]
            elif first in aliases and second and f"{aliases[first]}.{second}" in self._rules:
                end, word = found.end(), f"data.{aliases[first]}.{second}"
            elif f"{module.package}.{first}" in self._rules:
                end, word = found.end(1), f"data.{module.package}.{first}"
            else:
                continue
            parts += [condition[done : found.start()], word]
            done = end
            if word.startswith("data."):
                given = self._absolute(module, _bracketed(condition, end), renamed)[0]
                named.append((word.removeprefix("data."), given))
        return "".join((*parts, condition[done:])), named


def _bracketed(text: str, start: int) -> str:
    """Return what stands between the brackets that open at `start`, "" where none do."""
    masked = blanked(text)
    if masked[start : start + 1] not in {"(", "["}:
        return ""
    depth = 0
    for place in range(start, len(masked)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(masked[place], 0)
        if depth == 0:
            return text[start + 1 : place]
    return ""


def _conditions(rule: Rule) -> list[tuple[str, str]]:
    """Return the conditions of a statement and, last, that its value is defined; each with what a probe puts before."""
    value = rule.head.partition(" := ")[2]
    return [*((condition, "") for condition in rule.conditions), *([(value, "_ = ")] if value else [])]
