"""What the office's commands print: words for codes, one line for each body, act or node."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, date, datetime

from maglia.core.epochs import EpochAct, Epochs
from maglia.core.fields import field_in_words
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import MemberState
from tui.labels import FACETS, PURPOSES, STATES, Labels, label, pick
from tui.office_model import Applied, History, HistoryLine, MemberDetail, MemberRow, NodeRow, OpenDraft, Signed
from tui.text import plain, show_day

EXPIRING_DAYS = 60
QUEUE_SHOWN = 50
"""Waiting applications on the screen, the oldest: a flood of them must not hide the bodies of the network."""
_WAITING = frozenset({MemberState.APPLIED, MemberState.DOCUMENTS_MISSING})
_LONGEST_COMMAND = 1_000
_UNSIGNED = "NON FIRMATA con la chiave qui sopra: nessuno può ammetterla."
ACTS: Labels = {
    "apply": ("domanda ricevuta", "application received"),
    "apply_incomplete": ("domanda ricevuta, documenti mancanti", "application received, documents missing"),
    "return": ("domanda restituita all'ente", "application given back"),
    "discard": ("domanda scartata", "application discarded"),
    "sign": ("firma", "signature"),
    "approve": ("ammissione pubblicata", "admission published"),
    "token": ("codice di attivazione emesso", "activation token issued"),
    "activate": ("attivazione", "activation"),
    "suspend": ("sospensione", "suspension"),
    "reinstate": ("riammissione pubblicata", "reinstatement published"),
    "reinstate_unjoined": ("riammissione pubblicata, da attivare", "reinstatement published, to be activated"),
    "near_expiry": ("atto in scadenza", "act near its end"),
    "renew": ("atto rinnovato", "act renewed"),
    "change": ("modifica pubblicata", "change published"),
    "revoke": ("revoca pubblicata", "revocation published"),
    "declare": ("procedura dichiarata", "procedure declared"),
    "root": ("radice pubblicata", "root published"),
    "recover": ("registro ripristinato da una copia", "registry put back from a backup"),
    "login_refused": ("accesso rifiutato", "login refused"),
    "login_throttled": ("accesso fermato: troppi tentativi", "login held back: too many attempts"),
    "epoch_start": ("nuove chiavi annunciate", "new keys announced"),
    "epoch_switch": ("nuove chiavi in uso", "new keys in use"),
    "epoch_end": ("vecchie chiavi abbandonate", "former keys left behind"),
}
LOGINS = frozenset({"login_refused", "login_throttled"})
CHANGES: Labels = {
    "approve": ("ammissione", "admission"),
    "reinstate": ("riammissione", "reinstatement"),
    "revoke": ("revoca", "revocation"),
    "change": ("modifica", "change"),
    "declare": ("procedura", "procedure"),
    "epoch_start": ("nuove chiavi annunciate", "new keys announced"),
    "epoch_switch": ("nuove chiavi in uso", "new keys in use"),
    "epoch_end": ("vecchie chiavi abbandonate", "former keys left behind"),
}
HEALTH: Labels = {
    "regular": ("REGOLARE", "REGULAR"),
    "late": ("IN RITARDO", "LATE"),
    "silent": ("MUTO", "SILENT"),
    "never": ("MAI SENTITO", "NEVER HEARD"),
    "refuses": ("RIFIUTA", "REFUSES"),
}

_REFUSED = (
    "!! RIFIUTA: il nodo ha visto documenti più nuovi di quelli del registro, ripristinato da una copia vecchia.\n"
    "   Sulla macchina del registro: «maglia-registry recover» (docs/security/lost-keys.md).",
    "!! REFUSES: the node has seen newer documents than the registry's, which was put back from an older backup.\n"
    "   On the registry's machine: “maglia-registry recover” (docs/security/lost-keys.md).",
)


def member_line(row: MemberRow, lang: str) -> str:
    """Return a body's line in the list."""
    signatures = f"{len(row.signed_by)}/{row.threshold}"
    line = f"{row.member:<24}{row.name:<28}{row.kind:<16}{signatures:<5}{label(STATES, row.state, lang)}"
    return line + (f"  {_claimed_by(row, lang)}" if row.same_fiscal_code else "")


def _claimed_by(row: MemberRow, lang: str) -> str:
    said = "tax code claimed too by" if lang == "en" else "CF dichiarato anche da"
    return f"{said} {', '.join(row.same_fiscal_code)}"


def queue_lines(rows: Sequence[MemberRow], lang: str) -> list[str]:
    """Return the list of bodies: those admitted, then the queue, its oldest part only, and how many more wait."""
    waiting = [row for row in rows if row.state in _WAITING]
    lines = [member_line(row, lang) for row in rows if row.state not in _WAITING]
    lines += [member_line(row, lang) for row in waiting[:QUEUE_SHOWN]]
    more = len(waiting) - QUEUE_SHOWN
    if more > 0:
        lines.append(
            f"... and {more} more applications waiting, {len(waiting)} in all (--json lists them)."
            if lang == "en"
            else f"... e altre {more} domande in attesa, {len(waiting)} in tutto (--json le elenca)."
        )
    return lines


def member_lines(detail: MemberDetail, lang: str) -> list[str]:
    """Return everything that an officer reads about one body."""
    row, english = detail.row, lang == "en"
    lines = [member_line(row, lang), _fingerprint_line(row, lang)]
    lines.append(f"{'Aid' if english else 'Aiuti'}: {', '.join(label(FACETS, code, lang) for code in detail.facets)}")
    scopes = ", ".join(label(PURPOSES, code, lang) for code in detail.purposes)
    lines.append(f"{'Purposes' if english else 'Scopi'}: {scopes}")
    if row.act_expiry:
        lines.append(f"{'Act valid until' if english else 'Atto valido fino al'} {day_text(row.act_expiry)}")
    if row.pending:
        names = ", ".join(row.signer_names)
        what = label(CHANGES, row.pending, lang)
        lines.append(
            f"Waiting for a second signature ({what}); signed by {names}."
            if english
            else f"Serve una seconda firma ({what}): ha già firmato {names}."
        )
    if detail.missing:
        lines.append(f"{'Missing' if english else 'Mancano'}: {', '.join(detail.missing)}")
    if detail.note:
        lines.append(f"{'Reason' if english else 'Motivo'}: {detail.note}")
    return lines + _applied_lines(detail.applied, lang)


def _applied_lines(applied: Applied, lang: str) -> list[str]:
    """Return what a body wrote of itself: what the check of its papers and the phone call need."""
    runts = " ".join(filter(None, (applied.runts_number, applied.runts_section)))
    shown = (
        ("fiscal_code", applied.fiscal_code),
        ("ipa_code", applied.ipa_code),
        ("runts_number", runts),
        ("ecclesiastical_recognition", applied.ecclesiastical_recognition),
        ("act", applied.act),
        ("act_protocol", applied.act_protocol),
        ("act_expiry", day_text(plain(applied.act_expiry))),
        ("territory", " ".join(applied.territory)),
        ("referent", applied.referent),
        ("contact", applied.contact),
    )
    texts = [(field_in_words(field, lang), plain(text)) for field, text in shown if text]
    lines = ["Application:" if lang == "en" else "Domanda:", *(f"  {name}: {text}" for name, text in texts)]
    if not applied.is_signed:
        unsigned = "NOT SIGNED with the key above: nobody can admit it." if lang == "en" else _UNSIGNED
        lines.append(f"  {unsigned}")
    return lines


def applied_document(applied: Applied) -> dict[str, object]:
    """Return an application for programs: its texts made plain, keys in hex."""
    texts = {name: plain(value) for name, value in vars(applied).items() if isinstance(value, str)}
    lists = {name: [plain(one) for one in value] for name, value in vars(applied).items() if isinstance(value, tuple)}
    keys = {"identity_key": applied.identity_key.hex(), "log_key": applied.log_key.hex()}
    return {**texts, **lists, **keys, "is_signed": applied.is_signed}


def open_draft_lines(waiting: OpenDraft, lang: str) -> list[str]:
    """Return what an open draft does in a word, who signed it, and the command with which another officer signs too."""
    english = lang == "en"
    named = [
        (label(CHANGES, one.act, lang), plain(one.procedure.id if one.procedure else one.member))
        for one in waiting.changes
    ]
    what = ", ".join(f"{word} {name}".strip() for word, name in named) or ("renewal" if english else "rinnovo")
    names, count = ", ".join(waiting.signer_names), f"{len(waiting.signer_names)}/{waiting.threshold}"
    if english:
        return [f"Open draft: {what}; signed by {names} ({count}).", f"  To go on: {command_of(waiting)}"]
    return [f"Bozza aperta: {what}; firmata da {names} ({count}).", f"  Per continuarla: {command_of(waiting)}"]


def command_of(waiting: OpenDraft) -> str:
    """Return the command that continues an open draft; what only people know stands in capitals."""
    acts = {one.act for one in waiting.changes}
    if acts == {"approve"}:
        return _typed("approve", *(one.member for one in waiting.changes), fingerprint="IMPRONTA")
    if not waiting.changes:
        return _typed("renew")
    one = waiting.changes[0]
    if one.procedure is not None:
        called = one.procedure
        whose = [part for member in called.members for part in ("--member", member)]
        limits = ("--act", called.act, "--cap", str(called.cap), "--expires", day_text(called.expires))
        return _typed("procedure", "add", "--id", called.id, *limits, *whose)
    if one.act in frozenset(EpochAct):
        left_out = [part for member in one.without for part in ("--without", member)]
        return _typed("epoch", one.act.removeprefix("epoch_"), *left_out, reason=one.reason)
    if one.act == "change":
        parts = {"facets": ",".join(one.facets), "purposes": ",".join(one.purposes), "act_protocol": one.act_protocol}
        return _typed("change", one.member, **parts, act_expiry=one.act_expiry and day_text(one.act_expiry))
    return _typed(one.act, one.member, reason=one.reason or "MOTIVO")


def _typed(*words: str, **options: str) -> str:
    named = [part for name, value in options.items() if value for part in (f"--{name.replace('_', '-')}", value)]
    return plain(shlex.join(["maglia", "office", *words, *named]), _LONGEST_COMMAND)


def _fingerprint_line(row: MemberRow, lang: str) -> str:
    if lang == "en":
        return f"Fingerprint {row.fingerprint} (compare it by voice with the body's referent)"
    return f"Impronta {row.fingerprint} (confrontare a voce col referente)"


def signed_line(signed: Signed, lang: str) -> str:
    """Return how far a draft is."""
    count, english = len(signed.signed_by), lang == "en"
    if signed.published:
        return f"Published: directory version {signed.version}." if english else f"Pubblicato: elenco {signed.version}."
    if english:
        return f"{count} of {signed.threshold} signatures. A second signature is needed."
    return f"{count} di {signed.threshold} firme. Serve una seconda firma."


def history_lines(history: History, lang: str) -> list[str]:
    """Return a body's history, oldest first, and the head of the log that proves it."""
    lines = []
    for line in history.lines:
        mark = "" if line.proved else (" NOT PROVED" if lang == "en" else " NON PROVATA")
        said = f": {_detail_text(line, lang)}" if line.detail else ""
        lines.append(f"{moment_text(line.at)}  {line.actor:<16}{label(ACTS, line.action, lang)}{said}{mark}")
    return [*lines, _head_line(history, lang)]


def _head_line(history: History, lang: str) -> str:
    head = f"{history.size} entries, root" if lang == "en" else f"Registro: {history.size} voci, radice"
    if history.is_signed:
        said = "signed and cosigned" if lang == "en" else "firmato e controfirmato"
    else:
        said = (
            "under keys not yet signed by officers" if lang == "en" else "con chiavi non ancora firmate da funzionari"
        )
    return f"{head} {history.root[:16]}, {said}."


def _detail_text(line: HistoryLine, lang: str) -> str:
    """Return an entry's detail with its codes in words: `approve 1/2`, `version 7: reason`."""
    if line.action == "sign":
        act, _, count = line.detail.partition(" ")
        return f"{label(CHANGES, act, lang)} {count}"
    if line.action in LOGINS:
        once, often = ("once", "times") if lang == "en" else ("una volta", "volte")
        return once if line.detail == "1" else f"{line.detail} {often}"
    if lang != "en" and line.action in frozenset(EpochAct):
        return _epochs_in_words(line.detail)
    if lang != "en" and line.detail.startswith("version "):
        return "elenco " + line.detail.removeprefix("version ")
    return line.detail


def _epochs_in_words(detail: str) -> str:
    """Return `epoch 1 and 2 without x, version 7: reason` in Italian, the reason as it is."""
    said, colon, reason = detail.partition(": ")
    for english, italian in (
        ("epoch ", "periodo "),
        (" and ", " e "),
        (" without ", " senza "),
        ("version ", "elenco "),
    ):
        said = said.replace(english, italian, 1)
    return said + colon + reason


def epoch_lines(epochs: Epochs, nodes: Sequence[NodeRow], lang: str) -> list[str]:
    """Return how far a change of keys is, and which body is ready for the newest ones."""
    english, newest = lang == "en", max(epochs.all)
    head = f"Epoch in use: {epochs.asked}." if english else f"Periodo in uso: {epochs.asked}."
    if epochs.is_next_announced:
        head += f" Announced: {epochs.also}." if english else f" Annunciato: {epochs.also}."
    elif epochs.also:
        head += f" Still answered: {epochs.also}." if english else f" Si risponde ancora anche per: {epochs.also}."
    else:
        head += " No change of keys under way." if english else " Nessun cambio di chiavi in corso."
    return [head, *(f"{node.member:<24}{ready_text(newest in node.ready_epochs, lang)}" for node in nodes)]


def ready_text(is_ready: bool, lang: str) -> str:
    """Return whether a body is ready, in a word."""
    words = ("READY", "NOT READY") if lang == "en" else ("PRONTO", "NON PRONTO")
    return words[0] if is_ready else words[1]


def node_line(node: NodeRow, now: int, lang: str) -> str:
    """Return a node's line on the board."""
    english = lang == "en"
    news = ("current" if english else "aggiornato") if node.is_current else ("behind" if english else "indietro")
    words = ("heard", "log") if english else ("sentito", "registro")
    heard, cosigned = age_text(node.heard_at, now, lang), age_text(node.cosigned_at, now, lang)
    health = label(HEALTH, node.health, lang)
    seen = f"{words[0]} {heard:<10}{news:<12}{words[1]} {node.log_size} ({cosigned})"
    return f"{node.member:<24}{health:<12}{seen}  {ready_text(node.is_ready, lang).lower()}"


def board_lines(nodes: Sequence[NodeRow], now: int, lang: str) -> list[str]:
    """Return the board of nodes, and what to do when some refuse what the registry publishes."""
    lines = [node_line(node, now, lang) for node in nodes]
    return lines + ([pick(_REFUSED, lang)] if any(node.health == "refuses" for node in nodes) else [])


def procedure_line(called: Procedure, lang: str) -> str:
    """Return a procedure's line in the list."""
    until, whose = ("until", "bodies") if lang == "en" else ("fino al", "enti")
    members = ", ".join(called.members) or "-"
    return f"{called.id:<24}{called.act:<20}{called.cap:>8}  {until} {day_text(called.expires)}  {whose}: {members}"


def age_text(at: int, now: int, lang: str) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    if not at:
        return "never" if lang == "en" else "mai"
    seconds = max(0, now - at)
    for unit, length in (("g" if lang != "en" else "d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def moment_text(at: float) -> str:
    """Return an instant as this machine's calendar and clock show it."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%d/%m/%Y %H:%M:%S}"


def day_text(day: str) -> str:
    """Return an ISO 8601 day as people write it; the text itself when it is none."""
    try:
        return show_day(date.fromisoformat(day))
    except ValueError:
        return day
