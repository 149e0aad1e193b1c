"""What `maglia-registry policies` prints: what is wrong with rules, what they change, which are in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from maglia.core.bundle import file_changes
from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from maglia.policy.checks import Report
from registry.ports import Draft, PolicyBundle
from registry.rules import Listed

_WORDS = {"added": mark("nuovo"), "removed": mark("tolto"), "changed": mark("cambiato")}


def report_document(report: Report, lang: str) -> dict[str, object]:
    """Return the outcome of the checks for programs."""
    return {
        "schema": "maglia.registry-policies-check/1",
        "revision": report.revision,
        "refused": [_refusal(error, lang) for error in report.refused],
        "not_made": list(report.not_made),
    }


def _refusal(error: MagliaError, lang: str) -> dict[str, object]:
    sentence = error.sentence(lang)
    said = {"code": error.code.value, "message": sentence.message, "next_action": sentence.next_action}
    return {**said, "file": error.params.get("file", ""), "rule": error.params.get("rule", error.params.get("key", ""))}


def report_lines(report: Report, lang: str) -> list[str]:
    """Return each refusal with its next action, then what could not be checked here."""
    lines = [f"{said.message} {said.next_action}" for said in (error.sentence(lang) for error in report.refused)]
    if not report.refused:
        lines.append(tr("Nessun problema trovato nelle regole {revision}.", lang).format(revision=report.revision))
    if report.not_made:
        not_made = tr(
            "Non controllato, perché manca il programma OPA: {names}. "
            "Per averlo: python -m maglia.policy.binary --install",
            lang,
        )
        lines.append(not_made.format(names=", ".join(report.not_made)))
    return lines


def change_lines(in_force: bytes, bundle: bytes, lang: str) -> list[str]:
    """Return which files differ from the rules in force."""
    if not in_force:
        return [tr("Nessuna regola è ancora in vigore.", lang)]
    lines = [f"  {name}: {tr(_WORDS[what], lang)}" for name, what in file_changes(in_force, bundle).items()]
    following = tr(
        "Quali decisioni cambiano: maglia policy diff in-vigore CARTELLA; chi firma lo legge prima di firmare.", lang
    )
    return [*lines, following]


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


def listed_lines(listed: Listed, drafts: Sequence[Draft], lang: str) -> list[str]:
    """Return every bundle known, one to a line: state, revision, since when."""
    signed = signers(drafts)
    none = tr("Nessuna regola è ancora in vigore.", lang)
    lines = [_line(tr("IN VIGORE", lang), listed.in_force, lang)] if listed.in_force else [none]
    for one in listed.waiting:
        names = ", ".join(signed.get(one.revision, ())) or tr("nessuno", lang)
        by, following = tr("ha firmato", lang), tr("  Per firmare: maglia office renew --policies {revision}", lang)
        waiting = _line(tr("IN ATTESA", lang), one, lang)
        lines += [f"{waiting}, {by}: {names}", following.format(revision=one.revision)]
    return lines + [_line(tr("PRECEDENTE", lang), one, lang) for one in listed.former]


def _line(state: str, one: PolicyBundle, lang: str) -> str:
    day = f"{datetime.fromtimestamp(one.changed_at, UTC).astimezone():%d/%m/%Y}"
    since = tr("dal {day}" if one.changed_at else "dall'inizio", lang).format(day=day)
    version = tr(", elenco {version}", lang).format(version=one.version) if one.version else ""
    return f"{state:<11} {one.revision}  {since}{version}"
