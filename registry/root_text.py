"""A change of root in words: what a holder reads before signing."""

from __future__ import annotations

from maglia.core.identity import fingerprint
from maglia.core.officer import check_draft
from maglia.core.translation import mark, tr
from registry.root_file import RootFile, progress
from registry.root_metadata import read_root

_WHOSE = {"old": mark("custodi attuali"), "new": mark("custodi nuovi"), "officers": mark("funzionari")}

_COLUMN = (mark("custode"), mark("funzionario"), mark("non più"))


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


def lines_of(file: RootFile, lang: str) -> list[str]:
    """Return a change of root as lines of text; raise as `document_of`."""
    version, trustees = read_root(file.root)
    holder, officer, gone_by = (f"  {tr(each, lang):<13}" for each in _COLUMN)
    lines = [tr("Rete {network}, radice {version}", lang).format(network=file.network, version=version)]
    lines += [f"{holder}{fingerprint(key)}" for key in sorted(trustees.root)]
    lines += [f"{officer}{fingerprint(key)}  {user}" for user, key in sorted(file.officers.items())]
    if file.previous is not None:
        before = read_root(file.previous)[1]
        gone = sorted(before.root - trustees.root) + sorted(before.officers - trustees.officers)
        lines += [f"{gone_by}{fingerprint(key)}" for key in gone]
        if before.online != trustees.online:
            lines.append(tr("  chiave di snapshot e timestamp: nuova", lang))
    if (members := _members(file)) is not None:
        again = tr("  elenco che i funzionari firmano di nuovo: {count} enti", lang)
        lines.append(again.format(count=len(members)))
    signed = tr("Firme: {whose} {signed} di {threshold}", lang)
    return lines + [
        signed.format(whose=tr(_WHOSE[part.whose], lang), signed=len(part.signed), threshold=part.threshold)
        for part in progress(file)
    ]


def _members(file: RootFile) -> list[str] | None:
    return None if file.draft is None else sorted(check_draft(file.draft.signed, file.draft.files).members)
