"""What the office's commands print: words for acts, one body, its history, how far a change of keys is."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

from maglia.core.directory import Official
from maglia.core.epochs import EpochAct, Epochs
from maglia.core.fields import field_in_words
from maglia.core.folding import fold
from maglia.core.translation import mark, tr
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
_WIDEST = 50
"""Letters of a short name beside which a word still has room."""
_UNSIGNED = mark("NON FIRMATA con la chiave qui sopra: nessuno può ammetterla.")
ACTS: Labels = {
    "apply": mark("domanda ricevuta", "application"),
    "apply_incomplete": mark("domanda ricevuta, documenti mancanti"),
    "return": mark("domanda restituita all'ente"),
    "discard": mark("domanda scartata"),
    "sign": mark("firma"),
    "approve": mark("ammissione pubblicata"),
    "token": mark("codice di attivazione emesso"),
    "activate": mark("attivazione"),
    "suspend": mark("sospensione"),
    "reinstate": mark("riammissione pubblicata"),
    "reinstate_unjoined": mark("riammissione pubblicata, da attivare"),
    "near_expiry": mark("atto in scadenza"),
    "renew": mark("atto rinnovato"),
    "change": mark("modifica pubblicata"),
    "revoke": mark("revoca pubblicata"),
    "declare": mark("procedura dichiarata"),
    "appoint": mark("nomina pubblicata"),
    "dismiss": mark("cessazione pubblicata"),
    "policies": mark("regole in vigore"),
    "root": mark("radice pubblicata"),
    "recover": mark("registro ripristinato da una copia"),
    "read_log": mark("registro letto da un revisore, dalla voce"),
    "login_refused": mark("accesso rifiutato"),
    "login_throttled": mark("accesso fermato: troppi tentativi"),
    "epoch_start": mark("nuove chiavi annunciate"),
    "epoch_switch": mark("nuove chiavi in uso"),
    "epoch_end": mark("vecchie chiavi abbandonate"),
}
CHANGES: Labels = {
    "approve": mark("ammissione"),
    "reinstate": mark("riammissione"),
    "revoke": mark("revoca"),
    "change": mark("modifica"),
    "declare": mark("procedura"),
    "appoint": mark("nomina"),
    "dismiss": mark("cessazione dalla carica"),
    "policies": mark("nuove regole"),
    "epoch_start": mark("nuove chiavi annunciate"),
    "epoch_switch": mark("nuove chiavi in uso"),
    "epoch_end": mark("vecchie chiavi abbandonate"),
}


def queue_lines(rows: Sequence[MemberRow], lang: str) -> list[str]:
    """Return the list of bodies: those admitted, then the queue, its oldest part only, and how many more wait."""
    waiting = [row for row in rows if row.state in _WAITING]
    lines = [member_line(row, lang) for row in rows if row.state not in _WAITING]
    lines += [member_line(row, lang) for row in waiting[:QUEUE_SHOWN]]
    more = len(waiting) - QUEUE_SHOWN
    if more > 0:
        lines.append(
            tr("... e altre {more} domande in attesa, {count} in tutto (--json le elenca).", lang).format(
                more=more, count=len(waiting)
            )
        )
    return lines


def member_lines(detail: MemberDetail, lang: str) -> list[str]:
    """Return everything that an officer reads about one body."""
    row = detail.row
    lines = [member_line(row, lang), _fingerprint_line(row, lang)]
    aid = ", ".join(label(FACETS, code, lang) for code in detail.facets)
    scopes = ", ".join(label(PURPOSES, code, lang) for code in detail.purposes)
    lines += fold([f"{tr('Aiuti', lang)}: {aid}", f"{tr('Scopi', lang)}: {scopes}"])
    if row.act_expiry:
        lines.append(f"{tr('Atto valido fino al', lang)} {day_text(row.act_expiry)}")
    if row.pending:
        names = ", ".join(row.signer_names)
        what = label(CHANGES, row.pending, lang)
        lines.append(
            tr("Serve una seconda firma ({what}): ha già firmato {names}.", lang).format(what=what, names=names)
        )
    if detail.missing:
        fields = ", ".join(field_in_words(field, lang) for field in detail.missing)
        lines += fold([f"{tr('Mancano', lang)}: {fields}"])
    if detail.note:
        lines += fold([f"{tr('Motivo', lang)}: {detail.note}"])
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
    lines = [tr("Domanda:", lang), *fold(f"  {name}: {text}" for name, text in texts)]
    if not applied.is_signed:
        lines.append(f"  {tr(_UNSIGNED, lang)}")
    return lines


def applied_document(applied: Applied) -> dict[str, object]:
    """Return an application for programs: its texts made plain, keys in hex."""
    texts = {name: plain(value) for name, value in vars(applied).items() if isinstance(value, str)}
    lists = {name: [plain(one) for one in value] for name, value in vars(applied).items() if isinstance(value, tuple)}
    keys = {"identity_key": applied.identity_key.hex(), "log_key": applied.log_key.hex()}
    return {**texts, **lists, **keys, "is_signed": applied.is_signed}


def draft_words(waiting: OpenDraft, lang: str) -> str:
    """Return what an open draft does, each act in a word with the name that it is about."""
    named = [
        (label(CHANGES, one.act, lang), plain(one.procedure.id if one.procedure else one.member or one.policies))
        for one in waiting.changes
    ]
    return ", ".join(f"{word} {name}".strip() for word, name in named) or tr("rinnovo", lang)


def lapsing_line(others: Sequence[OpenDraft], lang: str) -> str:
    """Return that drafts which wait besides are of no use once one is published: they build on what was in force."""
    what = "; ".join(f"{draft_words(one, lang)} ({', '.join(one.signer_names)})" for one in others)
    return tr("!! Alla pubblicazione decadono, e vanno ripetute, le altre bozze aperte: {what}.", lang).format(
        what=what
    )


def lapsed_line(others: Sequence[OpenDraft], lang: str) -> str:
    """Return which drafts are of no use any more, and that their acts are to be begun again."""
    what = "; ".join(draft_words(one, lang) for one in others)
    return tr("Decadute, da ripetere: {what}.", lang).format(what=what)


def open_draft_lines(waiting: OpenDraft, lang: str) -> list[str]:
    """Return what an open draft does in a word, who signed it, and the command with which another officer signs too."""
    what = draft_words(waiting, lang)
    names, count = ", ".join(waiting.signer_names), f"{len(waiting.signer_names)}/{waiting.threshold}"
    head = tr("Bozza aperta: {what}; firmata da {names} ({count}).", lang).format(what=what, names=names, count=count)
    return [*fold([head]), *command_lines(tr("Per continuarla", lang), command_of(waiting), "  ")]


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
    return tr("Impronta {fingerprint} (confrontare a voce col referente)", lang).format(fingerprint=row.fingerprint)


def signed_line(signed: Signed, lang: str) -> str:
    """Return how far a draft is."""
    count = len(signed.signed_by)
    if signed.published:
        return tr("Pubblicato: elenco {version}.", lang).format(version=signed.version)
    return tr("{count} di {threshold} firme. Serve una seconda firma.", lang).format(
        count=count, threshold=signed.threshold
    )


def epoch_lines(epochs: Epochs, nodes: Sequence[NodeRow], lang: str) -> list[str]:
    """Return how far a change of keys is, and which body is ready for the newest ones."""
    newest = max(epochs.all)
    head = tr("Periodo in uso: {asked}.", lang).format(asked=epochs.asked)
    if epochs.is_next_announced:
        head += tr(" Annunciato: {also}.", lang).format(also=epochs.also)
    elif epochs.also:
        head += tr(" Si risponde ancora anche per: {also}.", lang).format(also=epochs.also)
    else:
        head += tr(" Nessun cambio di chiavi in corso.", lang)
    width = min(max((len(node.member) for node in nodes), default=0), _WIDEST)
    return [head, *(in_columns(node.member, ready_text(newest in node.ready_epochs, lang), width) for node in nodes)]


def moment_text(at: float) -> str:
    """Return an instant as this machine's calendar and clock show it."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%d/%m/%Y %H:%M:%S}"
