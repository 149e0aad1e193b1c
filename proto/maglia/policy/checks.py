"""What a folder of policies must satisfy before officers are asked to sign it; every refusal names file and rule.

Nothing is taken for granted of who wrote it: rules run on a scratch copy, by an OPA that reaches neither network nor
clock, and by the engine in process that nodes without OPA use. Without OPA some checks can't be made; the report says
which, and such a folder is not published (docs/adr/0025).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maglia.core.bundle import MANIFEST, REVISION_FILE, open_bundle, pack_bundle, read_sources, read_tests
from maglia.core.errors import Code, MagliaError
from maglia.policy.alike import engine_problems
from maglia.policy.coded import coded_problems
from maglia.policy.engine import DECISIONS, Engine, merged_data
from maglia.policy.inputs import input_schema, strange_reads
from maglia.policy.program import Opa, Said
from maglia.policy.sources import NO_RULE, file_of, has_rule, modules_of, package_of, row_of, rule_at, write_files
from maglia.policy.special import special_problems

OPA_CHECKS = ("check --strict", "check --schema", "fmt", "test", "both engines")
"""What only the OPA program checks, in its own words; and that the engine in process decides as it does."""
_RULES = "rules"
_UNDEFINED_CALL = re.compile(r"undefined function (\S+)")
_UNDEFINED_REF = re.compile(r"undefined ref: (?!data\.)(\S+)")
_CALL = re.compile(rb"\b(http\.send|net\.\w+|opa\.runtime|rand\.intn|time\.now_ns|uuid\.rfc4122|trace|print)[ \t]*\(")
_OFFSET = re.compile(r"\.rego\|(\d+)\|")


@dataclass(frozen=True)
class Report:
    """The bundle that a folder makes, what is wrong with it, and which checks could not be made here."""

    bundle: bytes
    revision: str
    refused: tuple[MagliaError, ...]
    not_made: tuple[str, ...]


def check_policies(folder: Path, binary: Path | None) -> Report:
    """Return everything that keeps the policies in `folder` from being published; `binary` is the OPA program.

    Raises `storage.missing` for a folder without rules, `input.too_large` for more than a bundle may hold,
    `policy.unavailable` when OPA itself fails.
    """
    rules, tests = read_sources(folder), read_tests(folder)
    bundle, revision = pack_bundle(rules)
    refused = _shape(rules)
    if not refused:
        open_bundle(bundle, revision)
        refused = _checked(rules, tests, bundle, revision, binary)
    return Report(bundle, revision, tuple(refused), () if binary else OPA_CHECKS)


def check_bundle(bundle: bytes, revision: str) -> tuple[MagliaError, ...]:
    """Return what keeps a bundle from being signed, as far as it can be told in this process and without its tests.

    For the console of whoever signs: it takes nothing on the registry's word. Raises as `open_bundle`.
    """
    rules = {
        name: file for name, file in open_bundle(bundle, revision).items() if name not in {MANIFEST, REVISION_FILE}
    }
    return tuple(_shape(rules) or _checked(rules, {}, bundle, revision, None))


def _checked(
    rules: Mapping[str, bytes], tests: Mapping[str, bytes], bundle: bytes, revision: str, binary: Path | None
) -> list[MagliaError]:
    data: Mapping[str, Any] = merged_data(rules)["maglia"]
    refused = coded_problems(data) + _decisions_missing(rules)
    with tempfile.TemporaryDirectory(prefix="maglia-policies-") as scratch:
        opa = Opa(binary, Path(scratch)) if binary else None
        write_files(Path(scratch) / _RULES, {**rules, **tests})
        compiling = (_by_opa(opa, rules, tests) if opa else _called(rules)) or _strange(rules)
        if not compiling:
            compiling = _by_engine(rules, bundle, revision)
        refused += compiling
        if refused:
            return refused  # what follows runs the rules, and would only repeat that they are wrong
        if opa:
            refused += _tested(opa, tests) + engine_problems(bundle, revision, opa, Path(scratch))
        return refused + special_problems(rules, data, opa, Path(scratch))


def _shape(rules: Mapping[str, bytes]) -> list[MagliaError]:
    """A bundle speaks for `maglia` alone: a package or data elsewhere would be another's, or the engine's own."""
    refused = [
        MagliaError(Code.INPUT_RULES_SHAPE, file=name)
        for name, source in rules.items()
        if name.endswith(".rego") and not package_of(source).startswith("maglia.")
    ]
    for name, content in rules.items():
        if name.endswith("data.json"):
            try:
                found = set(merged_data({name: content}))
            except ValueError:
                found = set()
            if found != {"maglia"}:
                refused.append(MagliaError(Code.INPUT_RULES_SHAPE, file=name))
    refused += [MagliaError(Code.INPUT_RULES_SHAPE, file=name) for name in rules if name in {MANIFEST, REVISION_FILE}]
    if not refused:
        try:
            merged_data(rules)["maglia"]
        except (ValueError, KeyError):
            refused.append(MagliaError(Code.INPUT_RULES_SHAPE, file="maglia/*/data.json"))
    return refused


def _decisions_missing(rules: Mapping[str, bytes]) -> list[MagliaError]:
    found = {package_of(source) for source in rules.values() if has_rule(source, "decision")}
    return [_decision(name, rules) for name in DECISIONS if f"maglia.{name}" not in found]


def _decision(name: str, rules: Mapping[str, bytes]) -> MagliaError:
    """Return the refusal of a decision that is not there, or permits a question that says nothing."""
    return MagliaError(Code.INPUT_RULES_DECISION, file=file_of(name, rules), rule="decision")


def _by_opa(opa: Opa, rules: Mapping[str, bytes], tests: Mapping[str, bytes]) -> list[MagliaError]:
    """What OPA says of all files together, then of each decision's against its own input document, and of the form."""
    every = {**rules, **tests}
    modules = [name for name in every if name.endswith(".rego")]
    said = opa.check([f"{_RULES}/{name}" for name in modules])
    if not said:
        only_rules = {name: source for name, source in rules.items() if name.endswith(".rego")}
        for decision in DECISIONS:
            paths = [f"{_RULES}/{name}" for name in modules_of(decision, only_rules)]
            found = opa.check(paths, input_schema(decision)) if paths else []
            said += [one for one in found if one not in said]
    misformatted = opa.misformatted(_RULES) if not said else []
    return [
        *(_told(one, opa, every) for one in said),
        *(MagliaError(Code.INPUT_RULES_FORMAT, file=name) for name in misformatted),
    ]


def _strange(rules: Mapping[str, bytes]) -> list[MagliaError]:
    """What the rules of a decision read, by their text, and its input document does not have."""
    only_rules = {name: source for name, source in rules.items() if name.endswith(".rego")}
    found = {
        (name, row, path)
        for decision in DECISIONS
        for name in modules_of(decision, only_rules)
        for row, path in strange_reads(decision, rules[name])
    }
    return [
        MagliaError(Code.INPUT_RULES_INPUT, file=name, rule=rule_at(rules[name], row), path=path)
        for name, row, path in sorted(found)
    ]


def _told(said: Said, opa: Opa, sources: Mapping[str, bytes]) -> MagliaError:
    """Return one complaint of OPA as the refusal that it is."""
    where = {"file": said.file, "rule": rule_at(sources.get(said.file, b""), said.row)}
    if (path := _UNDEFINED_REF.search(said.message)) is not None:
        return MagliaError(Code.INPUT_RULES_INPUT, **where, path=path[1])
    called = _UNDEFINED_CALL.search(said.message)
    if called is not None and opa.is_builtin(called[1]):
        return MagliaError(Code.INPUT_RULES_OUTSIDE, **where, builtin=called[1])
    return MagliaError(Code.INPUT_RULES_COMPILE, **where, row=said.row, said=said.message)


def _called(rules: Mapping[str, bytes]) -> list[MagliaError]:
    """Without OPA: the calls by name of what reaches outside, comments and all."""
    return [
        MagliaError(
            Code.INPUT_RULES_OUTSIDE,
            file=name,
            rule=rule_at(source, row_of(source, found.start())),
            builtin=found[1].decode(),
        )
        for name, source in rules.items()
        if name.endswith(".rego")
        for found in _CALL.finditer(source)
    ]


def _by_engine(rules: Mapping[str, bytes], bundle: bytes, revision: str) -> list[MagliaError]:
    """The engine in process compiles the bundle, and each of its decisions denies a question that says nothing."""
    if _decisions_missing(rules):
        return []
    try:
        engine = Engine(bundle, revision)
    except MagliaError as error:
        return [_uncompiled(error, rules)]
    return [_decision(name, rules) for name in DECISIONS if not _denies(engine, name)]


def _denies(engine: Engine, name: str) -> bool:
    try:
        decided = engine.evaluate(name, {})
    except MagliaError:
        return False
    says = decided if isinstance(decided, Mapping) else {}
    return says.get("allow") is False and says.get("revision") == engine.revision and not says.get("release")


def _uncompiled(error: MagliaError, rules: Mapping[str, bytes]) -> MagliaError:
    """Return what the engine said with the file and the rule that it names, where it names one."""
    file = next((name for name in rules if name.endswith(".rego") and f"{name}|" in error.cause), "*.rego")
    offset = _OFFSET.search(error.cause)
    row = row_of(rules[file], int(offset[1])) if file in rules and offset else 0
    rule = rule_at(rules[file], row) if row else NO_RULE
    return MagliaError(Code.INPUT_RULES_COMPILE, file=file, rule=rule, row=row, said="rego-cpp")


def _tested(opa: Opa, tests: Mapping[str, bytes]) -> list[MagliaError]:
    failing = opa.failing(_RULES)
    if failing is None:
        return [MagliaError(Code.INPUT_RULES_TEST, file=next(iter(tests), "*_test.rego"), rule=NO_RULE)]
    return [MagliaError(Code.INPUT_RULES_TEST, file=one.file, rule=one.message) for one in failing]
