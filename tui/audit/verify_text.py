"""What holds of the logs that were read, for programs and for people."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from maglia.core.identity import REGISTRY_ID
from maglia.core.translation import mark, tr
from tui.audit.findings import About, Findings, FindingType, Place, Report, Unread
from tui.audit.findings_text import document
from tui.audit.log_text import hashes_only, name_of, why
from tui.audit.verify import Verdict, Verified
from tui.exits import Exit, strongest
from tui.labels import Labels, label
from tui.table import Cells, Table, make_table
from tui.text import number

_WIDTH = 80
VERDICTS: Labels = {
    Verdict.INTACT: mark("INTEGRO"),
    Verdict.UNWITNESSED: mark("NON CONTROFIRMATO"),
    Verdict.BROKEN: mark("CATENA INTERROTTA"),
    Verdict.FORK: mark("REGISTRO SDOPPIATO"),
    Verdict.DAMAGED: mark("COPIA ALTERATA"),
    Verdict.UNREAD: mark("NON LETTO"),
}
_FOUND = {Verdict.BROKEN: FindingType.BROKEN, Verdict.FORK: FindingType.FORK}


def verify_exit(found: Sequence[Verified]) -> Exit:
    """Return 10 when some log does not hold, 11 when some could not be read or witnessed, else 0."""
    kinds = {one.verdict for one in found}
    bad = Exit.OVERLAP if kinds & {Verdict.BROKEN, Verdict.FORK} else Exit.DONE
    partial = Exit.PARTIAL if kinds & {Verdict.UNREAD, Verdict.UNWITNESSED, Verdict.DAMAGED} else Exit.DONE
    return strongest(bad, partial)


def verify_document(found: Sequence[Verified], lang: str) -> dict[str, object]:
    """Return what holds as `maglia.audit/1`, for programs; `logs` says more of each."""
    return {**document(_report(found), lang), "logs": [_log_document(one, lang) for one in found]}


def _report(found: Sequence[Verified]) -> Report:
    findings = Findings()
    for one in found:
        if one.verdict in _FOUND:
            places = [Place(one.member, index) for index in sorted(set(one.entries))]
            findings.add(About(_FOUND[one.verdict], (one.member,), detail=one.code), places)
    sound = {one.member for one in found if one.verdict in {Verdict.INTACT, Verdict.UNWITNESSED}}
    return Report(
        members_read=len(sound - {REGISTRY_ID}),
        members_total=sum(one.member != REGISTRY_ID for one in found),
        registry_read=REGISTRY_ID in sound,
        unread=[Unread(one.member, one.code) for one in found if one.member not in sound],
        findings=findings.all(),
    )


def _log_document(one: Verified, lang: str) -> dict[str, object]:
    return {
        "member": one.member,
        "verdict": one.verdict.value,
        "entries": one.size,
        "first": one.first,
        "root": one.root,
        "signed": one.signed,
        "cosigned": one.cosigned,
        "doubtful": list(one.entries),
        "code": one.code,
        "ask": why(one.code, one.entries, lang) if one.code else "",
    }


def verify_table(found: Sequence[Verified], lang: str) -> Table:
    """Return what holds of each log, one row each, and what to ask where something does not."""
    rows: list[Cells] = [
        (
            name_of(one.member, lang),
            label(VERDICTS, one.verdict, lang),
            one.size,
            one.cosigned,
            one.first,
            why(one.code, one.entries, lang) if one.code else None,
            ", ".join(map(str, one.entries)),
        )
        for one in found
    ]
    head = mark("Registro|Esito|Voci|Controfirmate|Solo impronte fino alla voce|Che cosa chiedere|Voci dubbie")
    return make_table(mark("Verifica dei registri"), head, rows, lang)


def verify_lines(found: Sequence[Verified], lang: str) -> list[str]:
    """Return what holds, for people: one line for each log, and what to ask where something does not."""
    width = max([len(name_of(one.member, lang)) for one in found], default=0)
    lines = []
    for one in found:
        entries, cosigned = number(one.size, lang), number(one.cosigned, lang)
        said = tr("{entries} voci, {cosigned} controfirmate", lang).format(entries=entries, cosigned=cosigned)
        lines.append(f"{name_of(one.member, lang):<{width}}  {label(VERDICTS, one.verdict, lang):<18}  {said}")
        if one.first:
            lines.append(f"   {hashes_only(one.first, lang)}")
        if one.code:
            lines += wrap(
                f"-> {why(one.code, one.entries, lang)}", _WIDTH, initial_indent="   ", subsequent_indent="      "
            )
    return lines
