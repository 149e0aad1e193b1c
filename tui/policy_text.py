"""What changes from one version of the rules to another, in words that an officer reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from maglia.core.translation import mark, tr
from tui.labels import FACETS, KINDS, PURPOSES, ROLES, Labels, label
from tui.table import Cells, Table, make_table
from tui.text import plain

if TYPE_CHECKING:
    from maglia.policy.changes import Change, Comparison, Outcome
    from maglia.policy.edits import Edit
    from maglia.policy.vectors import Vector

Row = tuple[tuple[str, ...], ...]
_SHOWN = 4
"""How many kinds or facets a line names before it counts the rest; `--json` has them all."""
_ARTICLE = re.compile(r"^(?:un'|una |un |an? )")

LEVELS: Labels = {
    "nothing": mark("nulla"),
    "presence": mark("presenza"),
    "detail": mark("dettaglio"),
}
REASONS: Labels = {
    "policy.purpose": mark("lo scopo"),
    "policy.role": mark("il ruolo"),
    "policy.facet": mark("il tipo di aiuto"),
    "policy.taker": mark("l'ente a cui si invia"),
    "policy.basis": mark("la base giuridica"),
    "policy.denied": mark("i mesi"),
    "consent.missing": mark("manca il consenso"),
    "consent.case_missing": mark("manca la pratica"),
    "session.role": mark("la porta"),
}
BASES: Labels = {
    "consent": mark("con consenso"),
    "case": mark("con una pratica"),
    "procedure": mark("con una procedura"),
    "none": mark("senza base giuridica"),
}
RECORD: Labels = {
    "mismatch": mark("consenso per altro"),
    "withdrawn": mark("consenso revocato"),
    "without_consent": mark("senza consenso"),
    "objection": mark("con opposizione"),
    "only_us": mark("solo dell'ente"),
    "reserved": mark("impegno"),
    "cancelled": mark("annullato"),
    "corrected": mark("corretto"),
    "out_of_window": mark("fuori dai mesi"),
    "expired": mark("oltre la conservazione"),
    "public_task": mark("per compito pubblico"),
    "without_basis": mark("senza base giuridica"),
}
_EDITS: Labels = {"added": mark("nuovo"), "removed": mark("tolto"), "changed": mark("cambiato")}
_HEADS: Labels = {
    "ask": mark("Chi può chiedere"),
    "refer": mark("Chi può inviare persone"),
    "release": mark("Che cosa si vede (chi ha dato -> chi chiede)"),
    "rpc": mark("Chi può chiamare"),
    "report": mark("Che cosa dice la relazione sugli accessi"),
    "retention": mark("Quanto si conserva"),
    "anomalies": mark("Che cosa si segnala"),
}


def kind_name(kind: str, lang: str) -> str:
    """Return a kind of body without its article: `parrocchia`."""
    return _ARTICLE.sub("", label(KINDS, kind, lang))


def counted(vectors: Sequence[Vector], tell: Callable[[int, int], None]) -> Iterator[Vector]:
    """Yield each case, and tell how many were tried before it, of how many."""
    for done, vector in enumerate(vectors):
        tell(done, len(vectors))
        yield vector
    tell(len(vectors), len(vectors))


def comparison_lines(found: Comparison, before: str, after: str, lang: str) -> list[str]:
    """Return the changes from the rules called `before` to those called `after`, grouped by decision and counted."""
    names = f"«{plain(before)}» -> «{plain(after)}»"
    if not found.changes:
        return [
            tr("Nessuna decisione cambia, su {compared} provate: {names}.", lang).format(
                compared=found.compared, names=names
            )
        ]
    count = len(found.changes)
    lines = [
        tr("Decisioni che cambiano: {count}, su {compared} provate: {names}.", lang).format(
            count=count, compared=found.compared, names=names
        )
    ]
    for decision in dict.fromkeys(change.decision for change in found.changes):
        changes = [change for change in found.changes if change.decision == decision]
        lines += ["", f"{label(_HEADS, decision, lang)}: {len(changes)}", *_lines(decision, changes, lang)]
    return lines


def edit_lines(found: Comparison, lang: str) -> list[str]:
    """Return every rule and value that is written otherwise; said aloud where no decision tried shows any of it."""
    if not found.edits:
        return []
    lines = [
        "",
        f"{tr('Che cosa è scritto diversamente', lang)}: {len(found.edits)}",
    ]
    lines += [f"  {_edit_line(edit, lang)}" for edit in found.edits]
    if not found.changes:
        warning = tr(
            "Nessuna domanda provata lo mostra, ma può cambiare ciò che i nodi rispondono: va letto prima di firmare.",
            lang,
        )
        lines.append(warning)
    return lines


def comparison_table(found: Comparison, lang: str) -> Table:
    """Return every decision that changes and every rule and value written otherwise, one row each."""
    rows: list[Cells] = []
    for change in found.changes:
        *parts, told = _ROWS.get(change.decision, _other_row)(change, lang)
        case = ", ".join(word for part in parts for word in part if word)
        rows.append((label(_HEADS, change.decision, lang), case, told[0]))
    written = tr("Che cosa è scritto diversamente", lang)
    rows += [(written, *_edit_parts(edit, lang)) for edit in found.edits]
    return make_table(mark("Confronto di regole"), mark("Decisione|Caso|Che cosa cambia"), rows, lang)


def _edit_line(edit: Edit, lang: str) -> str:
    return ": ".join(_edit_parts(edit, lang))


def _edit_parts(edit: Edit, lang: str) -> tuple[str, str]:
    """Return where it is written, and what became of it."""
    place = f"{plain(edit.file)}, {plain(edit.name)}" if edit.name else plain(edit.file)
    if edit.before and edit.after:
        return place, f"{plain(edit.before)} -> {plain(edit.after)}"
    value = plain(edit.before or edit.after)
    return place, f"{label(_EDITS, edit.what, lang)}{f' ({value})' if value else ''}"


def _lines(decision: str, changes: Sequence[Change], lang: str) -> list[str]:
    row = _ROWS.get(decision, _other_row)
    rows = [row(change, lang) for change in changes]
    for place in range(len(rows[0]) - 1):
        rows = _merged(rows, place)
    return [f"  {_line(decision, each, lang)}" for each in rows]


def _line(decision: str, row: Row, lang: str) -> str:
    *parts, told = row
    words = [_listed(part, lang) for part in parts]
    if decision == "release":
        words[:2] = [f"{words[1]} -> {words[0]}"]
    return f"{', '.join(word for word in words if word)}: {told[0]}"


def _merged(rows: Iterable[Row], place: int) -> list[Row]:
    """Make one row of those that differ at one place only."""
    groups: dict[Row, list[str]] = {}
    for row in rows:
        groups.setdefault((*row[:place], *row[place + 1 :]), []).extend(row[place])
    return [(*rest[:place], tuple(dict.fromkeys(found)), *rest[place:]) for rest, found in groups.items()]


def _listed(names: Sequence[str], lang: str) -> str:
    between = "; " if any(", " in name for name in names) else ", "
    more = len(names) - _SHOWN
    if more <= 0:
        return between.join(names)
    return between.join(names[:_SHOWN]) + tr(" e altri {more}", lang).format(more=more)


def _release_row(change: Change, lang: str) -> Row:
    question, query, record = change.question, change.question.get("query", {}), change.subject or {}
    giver = str(question.get("responder", {}).get("kind", ""))
    return (
        (_kind(question, lang),),
        (kind_name(giver, lang),),
        (label(FACETS, str(record.get("facet", query.get("facet", ""))), lang),),
        (label(PURPOSES, str(query.get("purpose", "")), lang),),
        (", ".join((_question_words(query, lang), *_record_words(record, lang))),),
        (_told(change, lang),),
    )


def _ask_row(change: Change, lang: str) -> Row:
    question, query = change.question, change.question.get("query", {})
    return (
        (_kind(question, lang),),
        (label(ROLES, str(question.get("operator", {}).get("role", "")), lang),),
        (label(FACETS, str(query.get("facet", "")), lang),),
        (label(PURPOSES, str(query.get("purpose", "")), lang),),
        (_question_words(query, lang),),
        (_told(change, lang),),
    )


def _rpc_row(change: Change, lang: str) -> Row:
    method = plain(str((change.subject or {}).get("method", "")))
    door = plain(str(change.question.get("door", "")))
    if not (change.before.allow and change.after.allow) or change.subject is None:
        return ((door,), (method,), (_told(change, lang),))
    nobody = tr("nessuno", lang)
    was, now = (plain(", ".join(outcome.fields)) or nobody for outcome in (change.before, change.after))
    return ((door,), (method,), (tr("prima {was}, ora {now}", lang).format(was=was, now=now),))


def _day_row(change: Change, lang: str) -> Row:
    """An operator's day: what it signalled and what it signals, where they differ."""
    day = change.subject or {}
    if not day or day.get("sort") != "day" or not (change.before.allow and change.after.allow):
        return _other_row(change, lang)
    nothing = tr("nulla", lang)
    sides = (change.before.fields, change.after.fields), (change.after.fields, change.before.fields)
    # What stays is not told: a day that signals much would hide the one thing that changes.
    was, now = (plain(", ".join(one for one in mine if one not in other)) or nothing for mine, other in sides)
    unknown, role = tr("ruolo ignoto", lang), str(day.get("role", ""))
    times = ", ".join(str(moment.get("at", "")) for moment in day.get("moments", ())[:_SHOWN])
    return (
        (kind_name(str(day.get("kind", "")), lang),),
        (label(ROLES, role, lang) if role else unknown,),
        (plain(f"{day.get('date', '')} {times}".strip()),),
        (tr("prima {was}, ora {now}", lang).format(was=was, now=now),),
    )


def _other_row(change: Change, lang: str) -> Row:
    subject = {name: value for name, value in (change.subject or {}).items() if name != "id"}
    return ((", ".join(_leaves(change.question)),), (", ".join(_leaves(subject)),), (_told(change, lang),))


def _leaves(document: Mapping[str, Any]) -> list[str]:
    """Return what a document says, member by member, as codes: `by person`."""
    said: list[str] = []
    for name, value in document.items():
        if isinstance(value, Mapping):
            said += _leaves(value)
        elif value not in (None, ""):
            said.append(f"{plain(name)} {plain(str(value))}")
    return said


_ROWS: Mapping[str, Callable[[Change, str], Row]] = {
    "ask": _ask_row,
    "release": _release_row,
    "rpc": _rpc_row,
    "anomalies": _day_row,
}


def _kind(question: Mapping[str, Any], lang: str) -> str:
    return kind_name(str(question.get("asker", {}).get("kind", "")), lang)


def _question_words(query: Mapping[str, Any], lang: str) -> str:
    basis = query.get("basis") or {}
    stated = basis if isinstance(basis, Mapping) else {**query, "kind": basis}
    proof = next((name for name in ("case", "procedure") if stated.get(name)), str(stated.get("kind", "none")))
    months = plain(str(query.get("months", "")))
    unit = tr("mese" if months == "1" else "mesi", lang)
    return f"{label(BASES, 'none' if proof == 'public_task' else proof, lang)} ({months} {unit})"


def _record_words(record: Mapping[str, Any], lang: str) -> list[str]:
    """Return in what a record differs from an ordinary one, given and meant for the network."""
    basis, agreed = record.get("basis", ""), record.get("consent", "")
    words = [str(basis)] if basis == "public_task" else []
    words += ["without_basis"] if basis == "none" else []
    words += [str(agreed)] if agreed in {"mismatch", "withdrawn"} else []
    words += ["without_consent"] if (basis, agreed) == ("consent", "none") else []
    words += ["objection"] if record.get("objection") else []
    words += [str(record[name]) for name in ("visibility", "status", "age") if record.get(name) in RECORD]
    return [label(RECORD, word, lang) for word in words]


def _told(change: Change, lang: str) -> str:
    of_class = change.subject is not None
    was, now = (
        outcome_words(change.before, lang, of_class=of_class),
        outcome_words(change.after, lang, of_class=of_class),
    )
    return tr("prima {was}, ora {now}", lang).format(was=was, now=now)


def outcome_words(outcome: Outcome, lang: str, *, of_class: bool) -> str:
    """Return an answer in a few words: a level or its fields, yes, or no with its reasons."""
    if outcome.allow and of_class:
        return label(LEVELS, outcome.level, lang) if outcome.level else plain(", ".join(outcome.fields))
    if outcome.allow:
        return tr("sì", lang)
    undecided = tr("nessuna decisione", lang)
    return f"no ({', '.join(label(REASONS, reason, lang) for reason in outcome.reasons) or undecided})"
