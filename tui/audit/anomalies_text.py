"""Anomalies as an auditor reads them: the document for programs, the table for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from textwrap import wrap
from typing import Any

from maglia.core.operator_day import Fact
from maglia.core.translation import WRITTEN_IN, mark, tr
from maglia.policy.rules import Rules
from tui.audit.anomalies import AUDITOR, NODE, Anomalies, Anomaly
from tui.audit.log_text import names_of, why
from tui.exits import Exit, strongest
from tui.labels import PURPOSES, label
from tui.table import Cells, Table, make_table
from tui.text import number, plain, show_day

SCHEMA = "maglia.audit.anomalies/1"
_WIDTH = 80
_SHOWN = 6
"""Entries that a line names before it counts the rest; `--json` has them all."""
_HEAD = mark("ORA|OPERATORE|ENTE|SEGNALE")
_OPERATOR, _BODY, _TITLE = 16, 24, 23
"""Columns of names and of a signal: a row is whole on a screen of 80."""
_SAID_BY = {AUDITOR: mark("qui"), NODE: mark("nodo dell'ente")}
_LETTERS = frozenset({Fact.OWN_SURNAME.value, Fact.COLLEAGUE_SURNAME.value})


def exit_of(found: Anomalies) -> Exit:
    """Return 10 when something is signalled, 11 when some log could not be read, else 0."""
    return strongest(Exit.OVERLAP if found.found else Exit.DONE, Exit.PARTIAL if found.unread else Exit.DONE)


def title_of(data: Mapping[str, Any], code: str, lang: str) -> str:
    """Return what the rules' data call a signal; one of a rule that is no more by its code."""
    title = _rule(data, code).get(lang) or _rule(data, code).get(WRITTEN_IN)
    return plain(str(title)) if title else plain(code, 40).replace("_", " ").upper()


def document(found: Anomalies, lang: str) -> dict[str, object]:
    """Return what was found as `maglia.audit.anomalies/1`."""
    return {
        "schema": SCHEMA,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "rules": {"name": found.rules.name, "revision": found.rules.revision},
        "members_read": found.members_read,
        "members_total": found.members_total,
        "complete": not found.unread,
        "unread": [{"member": member, "code": code} for member, code in sorted(found.unread.items())],
        "signals": [
            {
                "day": one.day.isoformat(),
                "time": one.at.isoformat(timespec="minutes") if one.at else None,
                "member": one.member,
                "operator": one.operator,
                "purposes": list(one.purposes),
                "signal": one.signal.code,
                "title": title_of(found.rules.data, one.signal.code, lang),
                "count": one.signal.count,
                "threshold": one.signal.threshold,
                "said_by": list(one.said_by),
                "entries": list(one.entries),
            }
            for one in found.found
        ],
    }


def lines(found: Anomalies, lang: str) -> list[str]:
    """Return what to print. A reading of some logs never looks like one of all, and no signal like a verdict."""
    told = [line for note in notes(found, lang) for line in wrap(note, _WIDTH)]
    return [head_line(found, lang), *_table(found, lang), *_unread(found, lang), *told]


def head_line(found: Anomalies, lang: str) -> str:
    """Return how many signals there are, and between which days."""
    count = number(len(found.found), lang)
    days = f"{show_day(found.first)} - {show_day(found.last)}"
    said = {0: mark("Nessun segnale, {days}."), 1: mark("Un segnale, {days}.")}
    head = said.get(len(found.found), mark("Segnali: {count}, {days}."))
    return tr(head, lang).format(count=count, days=days)


def anomaly_table(found: Anomalies, lang: str) -> Table:
    """Return the signals, one row each, under the logs that could not be read."""
    unread = tr("NON LETTO", lang)
    rows: list[Cells] = [
        (unread, None, member, why(code, (), lang), *([None] * 6)) for member, code in sorted(found.unread.items())
    ]
    rows += [
        (
            one.day,
            one.at.replace(tzinfo=None) if one.at else None,
            one.member,
            title_of(found.rules.data, one.signal.code, lang),
            one.operator,
            ", ".join(label(PURPOSES, purpose, lang) for purpose in one.purposes),
            one.signal.count,
            one.signal.threshold,
            ", ".join(tr(_SAID_BY[said], lang) for said in one.said_by),
            ", ".join(map(str, one.entries)),
        )
        for one in found.found
    ]
    head = mark("Giorno|Ora|Ente|Segnale|Operatore|Scopi|Quante|Si segnala da|Conteggio|Voci")
    return make_table(mark("Segnali"), head, rows, lang)


def _table(found: Anomalies, lang: str) -> list[str]:
    if not found.found:
        return []
    rows = [_row(one, found.rules, lang) for one in found.found]
    heads = tr(_HEAD, lang).split("|")
    columns = zip(heads, *rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    text = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    head = "  ".join(f"{cell:<{width}}" for cell, width in zip(heads, widths, strict=True)).rstrip()
    said = [line for row, one in zip(text, found.found, strict=True) for line in (row, *_detail(one, lang))]
    return ["", head, *said, ""]


def when_of(one: Anomaly) -> str:
    """Return the day of a signal, and its time where the entries tell it."""
    moment = f"{one.at:%H:%M}" if one.at else "--:--"
    return f"{one.day:%d/%m} {moment}"


def _row(one: Anomaly, rules: Rules, lang: str) -> Sequence[str]:
    title = plain(title_of(rules.data, one.signal.code, lang), _TITLE)
    return when_of(one), plain(one.operator, _OPERATOR), plain(one.member, _BODY), title


def purposes_of(one: Anomaly, lang: str) -> str:
    """Return for what purposes was asked what a signal is about."""
    return ", ".join(label(PURPOSES, purpose, lang) for purpose in one.purposes)


def counted(one: Anomaly, lang: str) -> str:
    """Return how many there were, who counted them, and which entries of the log to look at: two sentences."""
    count, threshold = number(one.signal.count, lang), number(one.signal.threshold, lang)
    who = mark("conteggio di qui e del nodo dell'ente")
    if one.said_by == (NODE,):
        who = mark("conteggio del nodo dell'ente")
    elif one.said_by == (AUDITOR,):
        who = mark("conteggio di qui, il nodo dell'ente non lo segnala")
    shown = one.entries if len(one.entries) == _SHOWN + 1 else one.entries[:_SHOWN]
    more = len(one.entries) - len(shown)
    entries = ", ".join(number(entry, lang) for entry in shown)
    rest = tr(" e altre {more}", lang).format(more=number(more, lang)) if more > 0 else ""
    said = tr("{count}, si segnala da {threshold}; {who}. Voci {entries}{rest}.", lang)
    return said.format(count=count, threshold=threshold, who=tr(who, lang), entries=entries, rest=rest)


def _detail(one: Anomaly, lang: str) -> list[str]:
    said, purposes = counted(one, lang), purposes_of(one, lang)
    said = f"{purposes}: {said}" if purposes else said
    return wrap(said, _WIDTH, initial_indent="    ", subsequent_indent="    ")


def partial_line(unread: Collection[str], total: int, lang: str) -> str:
    """Return that a search saw some bodies' logs and not all, and whose it did not see."""
    some, every = number(total - len(unread), lang), number(total, lang)
    said = tr("Ricerca PARZIALE: registri degli enti letti {some} su {every}, senza {names}.", lang)
    return said.format(some=some, every=every, names=names_of(unread, lang))


def _unread(found: Anomalies, lang: str) -> list[str]:
    said = [f"!! {plain(member)}: {why(code, (), lang)}" for member, code in sorted(found.unread.items())]
    if said:
        said.append(f"?? {partial_line(found.unread, found.members_total, lang)}")
    return [line for one in said for line in wrap(one, _WIDTH, subsequent_indent="   ")]


def notes(found: Anomalies, lang: str) -> list[str]:
    """Return what to think of signals, one sentence each; nothing without any."""
    if not found.found:
        return []
    said = [mark("Un segnale è un motivo per guardare, non un giudizio: prima di tutto si chiede all'ente.")]
    if any(_rule(found.rules.data, one.signal.code).get("counts") in _LETTERS for one in found.found):
        said.append(mark("Dei cognomi si confrontano tre lettere, comuni a molte persone: può essere un caso."))
    return [tr(note, lang) for note in said]


def _rule(data: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    found = data.get("signals", {}).get("rules", {}).get(code, {})
    return found if isinstance(found, Mapping) else {}
