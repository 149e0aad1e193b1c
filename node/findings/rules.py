"""The rules in force, the files they lie in, and the engine that decides by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from maglia.core.findings.model import Finding, Subject, ok, problem, told, warning
from node.findings.remedies import OPA, Remedies


def rules_in_force(revision: str, engine: str) -> Finding:
    """Return by which rules the node decides; it verified their signatures when it took them."""
    found = ok(Subject.RULES, "rules.in_force", revision=revision)
    return replace(found, details=(told("rules.engine", engine=engine),))


def rules_edited(files: Sequence[Path], remedies: Remedies) -> Finding | None:
    """Return which files of rules are not the signed ones; None where all are."""
    if not files:
        return None
    return problem(Subject.RULES_FILES, remedies.restart(), "rules_files.edited", files=", ".join(map(str, files)))


def engine_embedded() -> Finding:
    """Return that the engine inside decides, as set."""
    return ok(Subject.ENGINE, "engine.embedded")


def engine_elsewhere(address: str) -> Finding:
    """Return where the OPA is that somebody else runs."""
    return ok(Subject.ENGINE, "engine.elsewhere", address=address)


def engine_here(binary: Path | None, *, needed: bool) -> Finding:
    """Return which OPA there is; None for none, a problem where the settings want one."""
    if binary is not None:
        return ok(Subject.ENGINE, "engine.opa", path=str(binary))
    return problem(Subject.ENGINE, OPA, "engine.needed") if needed else warning(Subject.ENGINE, OPA, "engine.missing")
