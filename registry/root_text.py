"""A change of root in words: what a holder reads before signing."""

from __future__ import annotations

from maglia.core.identity import fingerprint
from maglia.core.officer import check_draft
from registry.root_file import RootFile, progress
from registry.root_metadata import read_root

_WHOSE = {"old": "custodi attuali", "new": "custodi nuovi", "officers": "funzionari"}


def document_of(file: RootFile) -> dict[str, object]:
    """Return a change of root as JSON shows it; raise `directory.draft` when its directory isn't what it says."""
    version, trustees = read_root(file.root)
    return {
        "schema": "maglia.root-change-shown/1",
        "network": file.network,
        "version": version,
        "root": [fingerprint(key) for key in sorted(trustees.root)],
        "officers": {user: fingerprint(key) for user, key in sorted(file.officers.items())},
        "signatures": [
            {"whose": part.whose, "signed": len(part.signed), "threshold": part.threshold} for part in progress(file)
        ],
        "members": _members(file),
    }


def lines_of(file: RootFile) -> list[str]:
    """Return a change of root as lines of text, in Italian; raise as `document_of`."""
    version, trustees = read_root(file.root)
    lines = [f"Rete {file.network}, radice {version}"]
    lines += [f"  custode      {fingerprint(key)}" for key in sorted(trustees.root)]
    lines += [f"  funzionario  {fingerprint(key)}  {user}" for user, key in sorted(file.officers.items())]
    if file.previous is not None:
        before = read_root(file.previous)[1]
        gone = sorted(before.root - trustees.root) + sorted(before.officers - trustees.officers)
        lines += [f"  non più      {fingerprint(key)}" for key in gone]
        if before.online != trustees.online:
            lines.append("  chiave di snapshot e timestamp: nuova")
    if (members := _members(file)) is not None:
        lines.append(f"  elenco che i funzionari firmano di nuovo: {len(members)} enti")
    return lines + [f"Firme: {_WHOSE[part.whose]} {len(part.signed)} di {part.threshold}" for part in progress(file)]


def _members(file: RootFile) -> list[str] | None:
    return None if file.draft is None else sorted(check_draft(file.draft.signed, file.draft.files).members)
