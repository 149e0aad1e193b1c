"""What the office's commands print: words for acts, one body, its history, how far a change of keys is."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

from maglia.core.directory import Official
from maglia.core.epochs import EpochAct, Epochs
from maglia.core.fields import field_in_words
from maglia.core.folding import fold
from maglia.core.vocabulary import MemberState
from tui.labels import FACETS, PURPOSES, Labels, label
from tui.office_model import Applied, Change, MemberDetail, MemberRow, NodeRow, OpenDraft, Signed
from tui.office_rows import day_text, member_line, ready_text
from tui.office_rows import named as in_columns
from tui.text import command_lines, plain

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
    "appoint": ("nomina pubblicata", "appointment published"),
    "dismiss": ("cessazione pubblicata", "dismissal published"),
    "policies": ("regole in vigore", "rules in force"),
    "root": ("radice pubblicata", "root published"),
    "recover": ("registro ripristinato da una copia", "registry put back from a backup"),
    "read_log": ("registro letto da un revisore, dalla voce", "log read by an auditor, from entry"),
    "login_refused": ("accesso rifiutato", "login refused"),
    "login_throttled": ("accesso fermato: troppi tentativi", "login held back: too many attempts"),
    "epoch_start": ("nuove chiavi annunciate", "new keys announced"),
    "epoch_switch": ("nuove chiavi in uso", "new keys in use"),
    "epoch_end": ("vecchie chiavi abbandonate", "former keys left behind"),
}
CHANGES: Labels = {
    "approve": ("ammissione", "admission"),
    "reinstate": ("riammissione", "reinstatement"),
    "revoke": ("revoca", "revocation"),
    "change": ("modifica", "change"),
    "declare": ("procedura", "procedure"),
    "appoint": ("nomina", "appointment"),
    "dismiss": ("cessazione dalla carica", "dismissal"),
    "policies": ("nuove regole", "new rules"),
    "epoch_start": ("nuove chiavi annunciate", "new keys announced"),
    "epoch_switch": ("nuove chiavi in uso", "new keys in use"),
    "epoch_end": ("vecchie chiavi abbandonate", "former keys left behind"),
}


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
    aid = ", ".join(label(FACETS, code, lang) for code in detail.facets)
    scopes = ", ".join(label(PURPOSES, code, lang) for code in detail.purposes)
    lines += fold([f"{'Aid' if english else 'Aiuti'}: {aid}", f"{'Purposes' if english else 'Scopi'}: {scopes}"])
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
        fields = ", ".join(field_in_words(field, lang) for field in detail.missing)
        lines += fold([f"{'Missing' if english else 'Mancano'}: {fields}"])
    if detail.note:
        lines += fold([f"{'Reason' if english else 'Motivo'}: {detail.note}"])
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
    lines = ["Application:" if lang == "en" else "Domanda:", *fold(f"  {name}: {text}" for name, text in texts)]
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
        (label(CHANGES, one.act, lang), plain(one.procedure.id if one.procedure else one.member or one.policies))
        for one in waiting.changes
    ]
    what = ", ".join(f"{word} {name}".strip() for word, name in named) or ("renewal" if english else "rinnovo")
    names, count = ", ".join(waiting.signer_names), f"{len(waiting.signer_names)}/{waiting.threshold}"
    if english:
        head, go_on = f"Open draft: {what}; signed by {names} ({count}).", "To go on"
    else:
        head, go_on = f"Bozza aperta: {what}; firmata da {names} ({count}).", "Per continuarla"
    return [*fold([head]), *command_lines(go_on, command_of(waiting), "  ")]


def command_of(waiting: OpenDraft) -> str:
    """Return the command that continues an open draft; what only people know stands in capitals."""
    acts = {one.act for one in waiting.changes}
    if acts == {"approve"}:
        return _typed("approve", *(one.member for one in waiting.changes), fingerprint="IMPRONTA")
    if acts <= {"policies"}:
        return _typed("renew", policies="".join(one.policies for one in waiting.changes))
    if people := [one.official for one in waiting.changes if one.official is not None]:
        return _appointing(people)
    return _command_of_one(waiting.changes[0])


def _appointing(people: Sequence[Official]) -> str:
    act = {"act_protocol": people[0].act_protocol, "act_expiry": day_text(people[0].act_expiry)}
    heard = [part for _ in people for part in ("--fingerprint", "IMPRONTA")]
    return _typed("appoint", *(f"{one.id}.request.json" for one in people), *heard, **act)


def _command_of_one(one: Change) -> str:
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
    return [head, *(in_columns(node.member, ready_text(newest in node.ready_epochs, lang)) for node in nodes)]


def moment_text(at: float) -> str:
    """Return an instant as this machine's calendar and clock show it."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%d/%m/%Y %H:%M:%S}"
