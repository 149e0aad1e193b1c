"""What an officer reads of the body under the cursor: its papers in short, and what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from maglia.core.fields import field_in_words
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import MemberState
from tui.labels import FACETS, PURPOSES, label
from tui.lines import Line, Tone
from tui.office_model import Applied, MemberDetail, MemberRow
from tui.office_rows import day_text
from tui.office_text import CHANGES, EXPIRING_DAYS
from tui.text import plain

WAITING = frozenset({MemberState.APPLIED, MemberState.DOCUMENTS_MISSING})
_IN_NETWORK = frozenset({MemberState.APPROVED, MemberState.ACTIVE, MemberState.EXPIRING, MemberState.SUSPENDED})
_DAY_S = 86_400
_SAID = {
    MemberState.APPLIED: mark("In attesa: chiamare il referente, poi F2 per firmare con l'impronta che legge."),
    MemberState.DOCUMENTS_MISSING: mark("L'ente deve completare la domanda: qui si attende."),
    MemberState.APPROVED: mark("Ammesso, non ancora attivo: F2 per il codice di attivazione."),
    MemberState.ACTIVE: mark("Ente attivo."),
    MemberState.SUSPENDED: mark("Sospeso: nessun nodo gli risponde. F3 per riammetterlo o revocarlo, con due firme."),
    MemberState.REVOKED: mark("Revocato: non è più nella rete."),
}


def is_own(row: MemberRow, user: str) -> bool:
    """Return whether this officer has signed the open draft that names the body."""
    return bool(row.pending) and user in row.signed_by


def ends_soon(row: MemberRow, today: date) -> bool:
    """Return whether the act of a body of the network ends within 60 days of `today`."""
    try:
        last = date.fromisoformat(row.act_expiry)
    except ValueError:
        return False
    return row.state in _IN_NETWORK and last <= today + timedelta(days=EXPIRING_DAYS)


def today() -> date:
    """Return the day of this machine's calendar."""
    return datetime.now(UTC).astimezone().date()


def waited_days(row: MemberRow, now_s: float) -> int:
    """Return for how many whole days an application has waited."""
    return max(int(now_s) - row.applied_at, 0) // _DAY_S


def said_of(row: MemberRow, user: str, on: date, lang: str) -> list[Line]:
    """Return what is to be said of a body, first what it waits for; `on` is today."""
    if row.pending:
        return _pending(row, user, lang)
    lines = [Line("  ", tr(words, lang), Tone.NOTE)] if (words := _words_of(row)) else []
    if ends_soon(row, on):
        lines.insert(0, Line("??", expiring_text(row, on, lang), Tone.PARTIAL))
    if row.same_fiscal_code and row.state in WAITING:
        others = ", ".join(row.same_fiscal_code)
        twice = tr("Lo stesso codice fiscale è dichiarato anche da: {others}. Ammetterne uno solo.", lang)
        lines.insert(0, Line("??", twice.format(others=others), Tone.PARTIAL))
    return lines


def _words_of(row: MemberRow) -> str | None:
    return next((words for state, words in _SAID.items() if state == row.state), None)


def _pending(row: MemberRow, user: str, lang: str) -> list[Line]:
    names, act = ", ".join(row.signer_names), label(CHANGES, row.pending, lang)
    needed = tr("Serve una seconda firma ({act}): {names} ha già firmato.", lang)
    own = tr(
        "Firma l'altro funzionario, dalla sua postazione."
        if is_own(row, user)
        else "F2 mostra che cosa cambia e chiede la firma.",
        lang,
    )
    return [Line("!!", needed.format(act=act, names=names), Tone.FOUND), Line("  ", own, Tone.NOTE)]


def expiring_text(row: MemberRow, on: date, lang: str) -> str:
    """Return until when an act is valid, and what renews it."""
    day = day_text(row.act_expiry)
    if date.fromisoformat(row.act_expiry) < on:
        return tr("L'atto è scaduto il {day}: F3, nuovo atto.", lang).format(day=day)
    return tr("L'atto scade il {day}: F3, nuovo atto.", lang).format(day=day)


def reminder_lines(rows: Sequence[MemberRow], on: date, lang: str) -> list[Line]:
    """Return how many acts end soon, and which ends first; nothing where none does."""
    ending = sorted((row for row in rows if ends_soon(row, on)), key=lambda row: row.act_expiry)
    if not ending:
        return []
    first, count = ending[0], len(ending)
    named = f"{first.name or first.member}, {day_text(first.act_expiry)}"
    words = tr("Atti che scadono entro {days} giorni: {count}. Il primo: {named}.", lang)
    return [Line("  ", words.format(days=EXPIRING_DAYS, count=count, named=named), Tone.NOTE)]


def short_lines(detail: MemberDetail, lang: str) -> list[str]:
    """Return a body's papers in short: who it is, its act, what it may do, whom to call, which key."""
    row, applied = detail.row, detail.applied
    until = tr("fino al", lang)
    first = _joined(
        f"{row.name} ({row.member})",
        f"{tr('C.F.', lang)} {plain(applied.fiscal_code)}",
        *_proofs(applied),
    )
    voice = tr("(confrontare a voce col referente)", lang)
    act = f"{tr('Atto', lang)} {plain(applied.act_protocol) or '-'} {until} {day_text(row.act_expiry) or '-'}"
    return [
        first,
        *_warnings(detail, lang),
        f"{tr('Impronta', lang)} {row.fingerprint} {voice}",
        _joined(_with("referent", applied.referent, lang), _with("contact", applied.contact, lang)),
        _joined(act, _with("territory", " ".join(applied.territory), lang)),
        f"{tr('Scopi', lang)}: {_all(PURPOSES, detail.purposes, lang)}",
        f"{tr('Aiuti', lang)}: {_all(FACETS, detail.facets, lang)}",
    ]


def _warnings(detail: MemberDetail, lang: str) -> list[str]:
    lines = []
    if not detail.applied.is_signed:
        words = tr("!! Domanda NON FIRMATA con la chiave dell'ente: nessuno può ammetterla.", lang)
        lines.append(words)
    if detail.missing:
        fields = ", ".join(field_in_words(field, lang) for field in detail.missing)
        lines.append(f"?? {tr('Mancano', lang)}: {fields}")
    if detail.note:
        lines.append(f"{tr('Motivo', lang)}: {detail.note}")
    return lines


def _proofs(applied: Applied) -> list[str]:
    runts = " ".join(filter(None, (plain(applied.runts_number), plain(applied.runts_section))))
    named = (("IPA", plain(applied.ipa_code)), ("RUNTS", runts))
    return [f"{name} {text}" for name, text in named if text]


def _with(field: str, text: str, lang: str) -> str:
    words = field_in_words(field, lang)
    return f"{words[:1].upper()}{words[1:]} {plain(text) or '-'}"


def _joined(*parts: str) -> str:
    return "   ".join(filter(None, parts))


def _all(labels: dict[str, str], codes: Sequence[str], lang: str) -> str:
    return ", ".join(label(labels, code, lang) for code in codes) or "-"
