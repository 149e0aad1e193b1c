"""Rules to look at rather than to live by: a folder that someone edits, a bundle file, or the bundle in force."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from maglia.core.bundle import build_bundle, bundle_revision, open_bundle
from maglia.core.errors import Code, MagliaError
from maglia.policy.annotations import Rule, read_rules
from maglia.policy.binary import find_opa
from maglia.policy.engine import DECISIONS, Engine, merged_data

_PLACE = re.compile(r"[\w./*-]+\.(?:rego|json)(?::[0-9]+)?")
_NOWHERE = "*.rego"


@dataclass(frozen=True)
class Rules:
    """One version of the rules, which compiles; `name` is how people called it."""

    name: str
    bundle: bytes
    revision: str
    engine: Engine

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Return the bundle's files by path."""
        return open_bundle(self.bundle, self.revision)

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """Return the bundle's data: kinds, purposes, facets, levels, fields ..."""
        found: Mapping[str, Any] = merged_data(self.files).get("maglia", {})
        return found

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules as their authors wrote them."""
        return read_rules(self.files)

    @cached_property
    def decisions(self) -> tuple[str, ...]:
        """Return which decisions these rules take; a bundle of an older program takes fewer."""
        return decisions_of(self.files)

    def codes(self, name: str) -> list[str]:
        """Return the codes that the data list under `name`, such as `kinds`."""
        found = self.data.get(name, {})
        return list(found) if isinstance(found, Mapping) else []


def decisions_of(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the decisions that a bundle's files take."""
    taken = {rule.package for rule in read_rules(files) if rule.name == "decision"}
    return tuple(decision for decision in DECISIONS if f"maglia.{decision}" in taken)


def open_rules(path: Path) -> Rules:
    """Return the rules in a folder or a bundle file.

    Raises `MagliaError`: `input.file` when it can't be read, `input.policies` when no decision comes of it,
    `input.malformed` or `input.too_large` for a file that is no bundle.
    """
    try:
        bundle, revision = _read(path)
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    except MagliaError as error:
        if error.code is not Code.STORAGE_MISSING:
            raise
        raise _unusable(path.name, error) from error
    _check_by_opa(path.name, bundle)
    return rules_of(path.name, bundle, revision)


def _read(path: Path) -> tuple[bytes, str]:
    if path.is_dir():
        return build_bundle(path)
    content = path.read_bytes()
    return content, bundle_revision(content)


def rules_of(name: str, bundle: bytes, revision: str) -> Rules:
    """Return the rules of a bundle once each of its decisions was tried; raises as `open_rules`."""
    decisions = decisions_of(open_bundle(bundle, revision))
    try:
        engine = Engine(bundle, revision, decisions=decisions)
        undefined = [decision for decision in decisions if not isinstance(engine.evaluate(decision, {}), dict)]
    except MagliaError as error:
        if error.code is not Code.POLICY_UNAVAILABLE:
            raise
        raise _unusable(name, error) from error
    if undefined or not decisions:
        raise _unusable(name, f"{'/'.join(undefined)}/*.rego")
    return Rules(name, bundle, revision, engine)


def _check_by_opa(name: str, bundle: bytes) -> None:
    """Where OPA is to be had let it check what the engine in process lets pass, such as an unknown name."""
    opa = find_opa()
    if opa is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bundle.tar.gz").write_bytes(bundle)
        said = subprocess.run(
            [opa, "check", "--bundle", "bundle.tar.gz"], cwd=folder, capture_output=True, text=True, check=False
        )
    if said.returncode != 0:
        raise _unusable(name, said.stderr or said.stdout)


def _unusable(name: str, cause: object) -> MagliaError:
    place = _PLACE.search(str(cause))
    return MagliaError(Code.INPUT_POLICIES, file=name, place=place[0] if place else _NOWHERE, cause=str(cause))
