"""The words of one row of a call for applicants: what was found, who is missing, why it was rejected."""

from __future__ import annotations

from maglia.core.translation import mark, tr
from tui.batch_model import BatchRow
from tui.batch_text import VERDICTS, WIDTH, one_or_two
from tui.labels import FACETS, SILENCES, STATUSES, label, refusal
from tui.model import Finding
from tui.text import code_sentence, show_when
from tui.verdict import amount_of, body_of


def row_lines(row: BatchRow, lang: str) -> list[str]:
    """Return a row of the table, without its code: what is read aloud or copied names nobody; no sentence is cut."""
    bodies = f"{row.answered}/{row.asked}" if row.asked else "-"
    head = f"{row.row:>6}  {label(VERDICTS, row.verdict, lang):<9} {bodies:>7}"
    whole = f"{head}  {detail(row, lang)}"
    if row.code and len(whole) > WIDTH:
        return one_or_two(head, rejection(row, lang), row.column)
    return one_or_two(head, detail(row, lang))


def detail(row: BatchRow, lang: str) -> str:
    """Return what was found and who is missing, in a few words; of a rejected row why."""
    return "; ".join(pieces(row, lang))


def pieces(row: BatchRow, lang: str) -> list[str]:
    """Return each thing that was found, each body that is silent, and what it is silent for; of a rejected row why."""
    if row.code:
        return [f"{row.column}: {rejection(row, lang)}" if row.column else rejection(row, lang)]
    said = [_found(one, lang) for one in row.findings]
    if row.omitted:
        said[:1] = [f"{tr('almeno', lang)} {said[0]}"]
    said += [f"{body.name or body.member} {label(SILENCES, body.reason, lang)}" for body in row.silent]
    said += [f"{body.name or body.member} {tr('rifiuta', lang)}: {refusal(body.reason, lang)}" for body in row.refused]
    if row.unasked:
        said.append(f"{row.unasked} {tr('da interrogare', lang)}")
    return said


def rejection(row: BatchRow, lang: str) -> str:
    """Return why a row was rejected, and what to do."""
    return code_sentence(row.code, lang, row.params)


def no_rejects(lang: str) -> str:
    """Return what is said where every row of a file can be asked about."""
    return tr("Nessuna riga scartata.", lang)


def in_file(row: BatchRow, lang: str) -> str:
    """Return which other rows of the file belong to the same household, or to the same supply or lease."""
    said = [
        f"{tr(words, lang)} {', '.join(map(str, rows))}"
        for words, rows in (
            (mark("stesso nucleo della riga"), row.same_household),
            (mark("stessa fornitura della riga"), row.same_need),
        )
        if rows
    ]
    return "; ".join(said)


def _found(one: Finding, lang: str) -> str:
    status = "" if one.status in {"", "given"} else f"{label(STATUSES, one.status, lang).lower()} "
    same = f"{tr('stesso bisogno', lang)}: " if one.same_need else ""
    when = show_when(one.when, "", lang)
    return f"{same}{status}{label(FACETS, one.facet, lang)} {when}, {amount_of(one, lang)}, {body_of(one, lang)}"
