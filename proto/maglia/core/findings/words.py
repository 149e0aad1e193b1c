"""Every sentence of a finding, in Italian and in English, and how its parameters read.

A parameter's name says what it is: `*_ms` an instant in milliseconds since the epoch, `*_s` a length of time in
seconds, `*_day` a day as YYYY-MM-DD, `silence` why a body is silent, `state` a member's state. Any other is shown as
plain text: some of it came over the network.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from maglia.core.errors import Code, MagliaError
from maglia.core.fields import state_in_words
from maglia.core.findings.model import Level, Subject, Told
from maglia.core.vocabulary import Silence

_LONGEST = 160

LEVELS: Mapping[Level, tuple[str, str]] = {
    Level.OK: ("OK", "OK"),
    Level.WARNING: ("AVVISO", "WARNING"),
    Level.PROBLEM: ("PROBLEMA", "PROBLEM"),
}

SUBJECTS: Mapping[Subject, tuple[str, str]] = {
    Subject.MOVED: ("Trasferimento", "Move"),
    Subject.KEYS: ("Chiavi", "Keys"),
    Subject.HOSTING: ("Ospitalità", "Hosting"),
    Subject.ROOM: ("Spazio su disco", "Disk room"),
    Subject.SERVICE: ("Servizio", "Service"),
    Subject.DATABASE: ("Archivio", "Database"),
    Subject.LOG: ("Registro accessi", "Access log"),
    Subject.LOG_KEYS: ("Chiavi del registro", "Log keys"),
    Subject.CODES: ("Codici", "Codes"),
    Subject.PRESENCE: ("Presenza", "Presence"),
    Subject.CONSOLES: ("Postazioni da fuori", "Remote consoles"),
    Subject.RULES: ("Regole", "Policies"),
    Subject.RULES_FILES: ("Regole su disco", "Policy files"),
    Subject.ENGINE: ("Motore delle regole", "Policy engine"),
    Subject.ENROLMENT: ("Iscrizione", "Enrolment"),
    Subject.CARD: ("Certificato", "Certificate"),
    Subject.CLOCK: ("Ora del computer", "Computer clock"),
    Subject.NETWORK: ("Prova di rete", "Network probe"),
    Subject.OFFICE: ("Ufficio", "Office"),
    Subject.REACH: ("Per gli altri enti", "For other bodies"),
    Subject.DIRECTORY: ("Elenco degli enti", "Directory"),
}

SILENCES: Mapping[Silence, tuple[str, str]] = {
    Silence.UNREACHABLE: ("non risponde", "does not answer"),
    Silence.DEADLINE: ("non risponde in tempo", "no answer in time"),
    Silence.REFUSED_CONNECTION: ("rifiuta il collegamento", "refuses the connection"),
    Silence.CARD_EXPIRED: ("certificato scaduto", "certificate expired"),
    Silence.METADATA_EXPIRED: ("elenco degli enti scaduto", "directory expired"),
    Silence.SUSPENDED_HERE: ("sospeso dalla rete", "suspended from the network"),
    Silence.COVERAGE_PARTIAL: ("risponde solo in parte", "answers only in part"),
    Silence.OVERLOADED: ("sovraccarico", "overloaded"),
    Silence.VERSION: ("versione non compatibile", "incompatible version"),
    Silence.INTERRUPTED: ("prova interrotta", "probe interrupted"),
}

SENTENCES: Mapping[str, tuple[str, str]] = {
    "keys.open": ("si aprono; ente «{member}», rete «{network}»", "they open; body “{member}”, network “{network}”"),
    "hosting.own": ("il nodo è su un computer suo", "the node has a machine of its own"),
    "hosting.hosted": ("ente ospitato su questo computer con altri", "hosted on this machine beside other bodies"),
    "room.postgresql": (
        "i dati sono nel PostgreSQL: spazio e riserva sono del suo amministratore",
        "the data is in PostgreSQL: room and reserve are its administrator's",
    ),
    "room.free": ("liberi {free} MB, in riserva {kept} MB", "{free} MB free, {kept} MB in reserve"),
    "room.little": (
        "liberi {free} MB, in riserva {kept} MB: con meno di {least} MB liberi l'ente non risponde",
        "{free} MB free, {kept} MB in reserve: with less than {least} MB free the body does not answer",
    ),
    "service.on": ("il nodo è in funzione", "the node is running"),
    "service.restart": (
        "Se dura: leggere che cosa dice il nodo, fermarlo e riavviarlo.",
        "If it lasts: read what the node says, stop it and start it again.",
    ),
    "service.old_rules": (
        "in funzione; le regole in vigore non permettono ancora di chiedergli come sta: qui sotto c'è ciò che dicono "
        "i suoi file",
        "running; the policies in force do not let it be asked yet how it is: below is what its files say",
    ),
    "service.off": ("il nodo è fermo", "the node is stopped"),
    "database.opens": ("si apre; aiuti registrati: {records}", "it opens; aid recorded: {records}"),
    "log.whole": ("integro, voci: {size}", "whole, entries: {size}"),
    "log.cosigned": (
        "voci: {size}, controfirmato dal testimone il {cosigned_ms}",
        "entries: {size}, cosigned by the witness on {cosigned_ms}",
    ),
    "log.altered": (
        "alterato: fermare il nodo, avvisare il revisore e rimettere il database da una copia",
        "altered: stop the node, tell the auditor and put the database back from a copy",
    ),
    "log.altered_at": (
        "alterato alla voce {entry}: fermare il nodo, avvisare il revisore e rimettere il database da una copia",
        "altered at entry {entry}: stop the node, tell the auditor and put the database back from a copy",
    ),
    "log_keys.open": ("si aprono, mesi: {months}", "they open, months: {months}"),
    "log_keys.closed": (
        "non si apre {file}: rimettere la cartella log-keys da una copia",
        "{file} does not open: put the folder log-keys back from a copy",
    ),
    "codes.open": ("si leggono tutti: {count}", "all can be read: {count}"),
    "presence.uncounted": ("giorni di servizio non ancora contati", "days of service not counted yet"),
    "presence.days": ("giorni di servizio: {there} su {known}", "days of service: {there} of {known}"),
    "presence.absence": (
        "giorni di servizio: {there} su {known}; spento al massimo {days} di fila, fino al {until_day}",
        "days of service: {there} of {known}; off for {days} on end at most, until {until_day}",
    ),
    "presence.hosted": (
        "chiedere all'ufficio di essere ospitati, o di un relay: docs/it/ente-piccolo.md",
        "ask the office to be hosted, or for a relay: docs/it/ente-piccolo.md",
    ),
    "consoles.all": ("ogni operatore ne ha una iscritta", "every operator has one enrolled"),
    "consoles.without": (
        "operatori senza una postazione iscritta: {count}",
        "operators without an enrolled console: {count}",
    ),
    "rules.in_force": ("versione {revision}, firma valida", "version {revision}, valid signature"),
    "rules.engine": ("motore «{engine}»", "engine “{engine}”"),
    "rules_files.edited": (
        "{files}: non è quanto due funzionari hanno firmato, e il nodo non lo usa; fermarlo e riavviarlo",
        "{files}: not what two officers signed, and not used by the node; stop it and start it again",
    ),
    "engine.embedded": ("quello interno, come da impostazione", "the one inside, as set"),
    "engine.elsewhere": ("OPA indicato in {address}, non provato qui", "OPA named at {address}, not tried here"),
    "engine.opa": ("OPA in {path}", "OPA at {path}"),
    "engine.missing": ("OPA non c'è: decide il motore interno", "OPA is not here: the engine inside decides"),
    "engine.needed": ("OPA non c'è, e le impostazioni lo vogliono", "OPA is not here, and the settings want it"),
    "enrolment.unknown": ("periodo delle chiavi non ancora noto", "epoch of the keys not known yet"),
    "enrolment.epoch": ("periodo {epoch}, in attesa: {awaiting}", "epoch {epoch}, waiting: {awaiting}"),
    "enrolment.rotation": (
        "cambio di chiavi in corso: periodo {epoch}, in attesa: {awaiting}; "
        "periodo {next_epoch}, in attesa: {next_awaiting}",
        "keys rotate: epoch {epoch}, waiting: {awaiting}; epoch {next_epoch}, waiting: {next_awaiting}",
    ),
    "card.valid": (
        "valido fino al {until_ms}, rinnovo automatico dal {renewed_ms}",
        "valid until {until_ms}, renewed by itself from {renewed_ms}",
    ),
    "card.due": ("scade tra {left_s} (rinnovo automatico)", "ends in {left_s} (renewed by itself)"),
    "card.due_stopped": (
        "scade tra {left_s}: si rinnova da sé quando il nodo è in funzione",
        "ends in {left_s}: renewed by itself while the node runs",
    ),
    "card.late": (
        "scade tra {left_s}, e il rinnovo automatico non riesce: l'ufficio risponde?",
        "ends in {left_s}, and renewing by itself fails: does the office answer?",
    ),
    "card.ended": (
        "scaduto il {until_ms}: gli altri enti non possono interrogare questo",
        "ended on {until_ms}: other bodies can't ask this one",
    ),
    "card.none": ("non ancora attivato: manca il codice dell'ufficio", "not activated yet: the office's token lacks"),
    "clock.right": ("giusta, a meno di {least_s}", "right, within {least_s}"),
    "clock.ahead": ("avanti di {offset_s}", "ahead by {offset_s}"),
    "clock.behind": ("indietro di {offset_s}", "behind by {offset_s}"),
    "clock.long_ago": (
        "indietro di almeno {offset_s}: con quest'ora nessun collegamento è valido",
        "behind by {offset_s} at least: at this time no connection is valid",
    ),
    "clock.unknown": (
        "non confrontata: nessuno in rete ha detto l'ora",
        "not compared: nobody on the network told the time",
    ),
    "network.alone": ("nessun altro ente è attivo", "no other body is active"),
    "network.all": ("{reached} su {members} raggiunti", "{reached} of {members} reached"),
    "network.some": (
        "{reached} su {members} raggiunti, muti: {silent}",
        "{reached} of {members} reached, silent: {silent}",
    ),
    "network.silent": ("{name}: {silence}", "{name}: {silence}"),
    "network.more": ("e altri {count}", "and {count} more"),
    "office.answers": ("risponde, ente: {state}", "answers, body: {state}"),
    "reach.relay": ("tramite il relay «{relay}», {endpoint}", "through the relay “{relay}”, {endpoint}"),
    "reach.own": ("indirizzo {endpoint}", "address {endpoint}"),
    "directory.valid": (
        "versione {version}, valido fino al {until_ms}",
        "version {version}, valid until {until_ms}",
    ),
    "directory.ended": ("scaduto il {until_ms}", "ended on {until_ms}"),
    "directory.none": ("non ancora ricevuto", "not received yet"),
    "directory.unread": ("non si legge", "can't be read"),
    "directory.back": (
        "il registro offre la versione {offered}, qui si è già vista la {seen}: il nodo la rifiuta. Avvisare "
        "l'ufficio: il comando è del registro, con la cartella trust di questo nodo",
        "the registry offers version {offered}, {seen} was seen here already: the node refuses it. Tell the office: "
        "the command is the registry's, with this node's folder trust",
    ),
}


def level_in_words(level: Level, lang: str) -> str:
    """Return the word of a level."""
    return LEVELS[level][lang == "en"]


def subject_in_words(subject: Subject, lang: str) -> str:
    """Return what a finding is about, in a few words."""
    return SUBJECTS[subject][lang == "en"]


def told_in_words(told: Told, lang: str) -> str:
    """Return a finding's sentence; an error's with its next action, one of a later version as it is spelt."""
    known = SENTENCES.get(told.what)
    if known is not None:
        return known[lang == "en"].format_map(_Shown(told.params, lang))
    if told.what not in frozenset(Code):
        return shown(told.what)
    error = MagliaError(Code(told.what))
    error.params = {name: shown(value) for name, value in told.params.items()}
    sentence = error.sentence(lang)
    return f"{sentence.message} {sentence.next_action}"


def span_in_words(seconds: float, lang: str) -> str:
    """Return a length of time as people say it: days, else hours, else minutes and seconds."""
    whole = max(0, int(seconds))
    days, hours = whole // 86_400, whole // 3_600
    if days >= 2:
        return f"{days} {'days' if lang == 'en' else 'giorni'}"
    if hours >= 2:
        return f"{hours} {'hours' if lang == 'en' else 'ore'}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def shown(text: str) -> str:
    """Return text of somebody else as one line without control, escape, direction or invisible characters."""
    kept = "".join(" " if _is_hidden(char) else char for char in text[: 2 * _LONGEST])
    return " ".join(kept.split())[:_LONGEST]


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class _Shown(dict[str, str]):
    """Parameters as a reader in one language sees them; a missing one reads as a dash."""

    def __init__(self, params: Mapping[str, str], lang: str) -> None:
        super().__init__({name: _param(name, value, lang) for name, value in params.items()})

    def __missing__(self, key: str) -> str:
        return "-"


def _param(name: str, value: str, lang: str) -> str:
    try:
        if name.endswith("_ms"):
            return f"{datetime.fromtimestamp(int(value) / 1000).astimezone():%d/%m/%Y %H:%M}"
        if name.endswith("_s"):
            return span_in_words(float(value), lang)
        if name.endswith("_day"):
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        if name == "silence":
            return SILENCES[Silence(value)][lang == "en"]
    except (ValueError, OverflowError, OSError):
        return shown(value)  # of a later version, or of nobody's
    return state_in_words(value, lang) if name == "state" else shown(value)
