"""What `maglia-registry policies` prints: what is wrong with rules, what they change, which are in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from maglia.core.bundle import file_changes
from maglia.core.errors import MagliaError
from maglia.policy.checks import Report
from registry.ports import Draft, PolicyBundle
from registry.rules import Listed

_WORDS = {"added": "nuovo", "removed": "tolto", "changed": "cambiato"}


def report_document(report: Report) -> dict[str, object]:
    """Return the outcome of the checks for programs."""
    return {
        "schema": "maglia.registry-policies-check/1",
        "revision": report.revision,
        "refused": [_refusal(error) for error in report.refused],
        "not_made": list(report.not_made),
    }


def _refusal(error: MagliaError) -> dict[str, object]:
    sentence = error.sentence("it")
    said = {"code": error.code.value, "message": sentence.message, "next_action": sentence.next_action}
    return {**said, "file": error.params.get("file", ""), "rule": error.params.get("rule", error.params.get("key", ""))}


def report_lines(report: Report) -> list[str]:
    """Return each refusal with its next action, then what could not be checked here."""
    lines = [f"{said.message} {said.next_action}" for said in (error.sentence("it") for error in report.refused)]
    if not report.refused:
        lines.append(f"Nessun problema trovato nelle regole {report.revision}.")
    if report.not_made:
        lines.append(
            f"Non controllato, perché manca il programma OPA: {', '.join(report.not_made)}. "
            "Per averlo: python -m maglia.policy.binary --install"
        )
    return lines


def change_lines(in_force: bytes, bundle: bytes) -> list[str]:
    """Return which files differ from the rules in force."""
    if not in_force:
        return ["Nessuna regola è ancora in vigore."]
    lines = [f"  {name}: {_WORDS[what]}" for name, what in file_changes(in_force, bundle).items()]
    return [
        *lines,
        "Quali decisioni cambiano: maglia policy diff in-vigore CARTELLA; chi firma lo legge prima di firmare.",
    ]


def listed_document(listed: Listed, drafts: Sequence[Draft]) -> dict[str, object]:
    """Return every bundle known, for programs; instants in seconds since the epoch, 0 for unknown."""
    signed = signers(drafts)
    return {
        "schema": "maglia.registry-policies/1",
        "in_force": _bundle(listed.in_force) if listed.in_force else None,
        "waiting": [{**_bundle(one), "signed_by": list(signed.get(one.revision, ()))} for one in listed.waiting],
        "former": [_bundle(one) for one in listed.former],
    }


def _bundle(one: PolicyBundle) -> dict[str, object]:
    return {"revision": one.revision, "since": int(one.changed_at), "version": one.version}


def signers(drafts: Sequence[Draft]) -> Mapping[str, Sequence[str]]:
    """Return who has signed which waiting rules, by revision."""
    return {change.policies: draft.signed_by for draft in drafts for change in draft.changes if change.policies}


def listed_lines(listed: Listed, drafts: Sequence[Draft]) -> list[str]:
    """Return every bundle known, one to a line: state, revision, since when."""
    signed = signers(drafts)
    lines = [_line("IN VIGORE", listed.in_force)] if listed.in_force else ["Nessuna regola è ancora in vigore."]
    for one in listed.waiting:
        names = ", ".join(signed.get(one.revision, ())) or "nessuno"
        lines += [
            f"{_line('IN ATTESA', one)}, ha firmato: {names}",
            f"  Per firmare: maglia office renew --policies {one.revision}",
        ]
    return lines + [_line("PRECEDENTE", one) for one in listed.former]


def _line(state: str, one: PolicyBundle) -> str:
    day = datetime.fromtimestamp(one.changed_at, UTC).astimezone()
    since = f"dal {day:%d/%m/%Y}" if one.changed_at else "dall'inizio"
    return f"{state:<11} {one.revision}  {since}" + (f", elenco {one.version}" if one.version else "")
