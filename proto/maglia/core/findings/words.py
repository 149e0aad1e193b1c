"""Every sentence of a finding, and how its parameters read.

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
from maglia.core.silence_words import SILENCE_WORDS
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Silence

_LONGEST = 160

LEVELS: Mapping[Level, str] = {
    Level.OK: mark("OK"),
    Level.WARNING: mark("AVVISO", "finding"),
    Level.PROBLEM: mark("PROBLEMA"),
}

SUBJECTS: Mapping[Subject, str] = {
    Subject.MOVED: mark("Trasferimento"),
    Subject.KEYS: mark("Chiavi"),
    Subject.HOSTING: mark("Ospitalità"),
    Subject.ROOM: mark("Spazio su disco"),
    Subject.SERVICE: mark("Servizio"),
    Subject.DATABASE: mark("Archivio"),
    Subject.LOG: mark("Registro accessi"),
    Subject.LOG_KEYS: mark("Chiavi del registro"),
    Subject.CODES: mark("Codici"),
    Subject.PRESENCE: mark("Presenza"),
    Subject.CONSOLES: mark("Postazioni da fuori"),
    Subject.RULES: mark("Regole"),
    Subject.RULES_FILES: mark("Regole su disco"),
    Subject.ENGINE: mark("Motore delle regole"),
    Subject.ENROLMENT: mark("Iscrizione"),
    Subject.CARD: mark("Certificato"),
    Subject.CLOCK: mark("Ora del computer"),
    Subject.NETWORK: mark("Prova di rete"),
    Subject.OFFICE: mark("Ufficio"),
    Subject.REACH: mark("Per gli altri enti"),
    Subject.DIRECTORY: mark("Elenco degli enti"),
}

SILENCES: Mapping[str, str] = {**SILENCE_WORDS, Silence.INTERRUPTED: mark("prova interrotta")}

SENTENCES: Mapping[str, str] = {
    "keys.open": mark("si aprono; ente «{member}», rete «{network}»"),
    "hosting.own": mark("il nodo è su un computer suo"),
    "hosting.hosted": mark("ente ospitato su questo computer con altri"),
    "room.postgresql": mark("i dati sono nel PostgreSQL: spazio e riserva sono del suo amministratore"),
    "room.free": mark("liberi {free} MB, in riserva {kept} MB"),
    "room.little": mark("liberi {free} MB, in riserva {kept} MB: con meno di {least} MB liberi l'ente non risponde"),
    "service.on": mark("il nodo è in funzione"),
    "service.restart": mark("Se dura: leggere che cosa dice il nodo, fermarlo e riavviarlo."),
    "service.old_rules": mark(
        "in funzione; le regole in vigore non permettono ancora di chiedergli come sta: qui sotto c'è ciò che dicono "
        "i suoi file"
    ),
    "service.not_joined": mark("il nodo è fermo, e parte solo dopo l'attivazione dell'ente"),
    "service.off": mark("il nodo è fermo"),
    "database.none": mark("non c'è ancora: lo crea il primo avvio"),
    "database.opens": mark("si apre; aiuti registrati: {records}"),
    "log.whole": mark("integro, voci: {size}"),
    "log.cosigned": mark("voci: {size}, controfirmato dal testimone il {cosigned_ms}"),
    "log.altered": mark("alterato: fermare il nodo, avvisare il revisore e rimettere il database da una copia"),
    "log.altered_at": mark(
        "alterato alla voce {entry}: fermare il nodo, avvisare il revisore e rimettere il database da una copia"
    ),
    "log_keys.open": mark("si aprono, mesi: {months}"),
    "log_keys.missing": mark(
        "manca {files}: rimettere il file da una copia della cartella log-keys; fino ad allora nessuno può sapere "
        "chi ha chiesto di lui in quel mese"
    ),
    "log_keys.closed": mark(
        "{files} non apre le voci del suo mese: rimettere il file da una copia della cartella log-keys"
    ),
    "codes.open": mark("si leggono tutti: {count}"),
    "presence.uncounted": mark("giorni di servizio non ancora contati"),
    "presence.days": mark("giorni di servizio: {there} su {known}"),
    "presence.absence": mark(
        "giorni di servizio: {there} su {known}; spento al massimo {days} di fila, fino al {until_day}"
    ),
    "presence.hosted": mark("chiedere all'ufficio di essere ospitati, o di un relay: docs/it/ente-piccolo.md"),
    "consoles.all": mark("ogni operatore ne ha una iscritta"),
    "consoles.without": mark("operatori senza una postazione iscritta: {count}"),
    "rules.in_force": mark("versione {revision}, firma valida"),
    "rules.engine": mark("motore «{engine}»"),
    "rules_files.edited": mark(
        "{files}: non è quanto due funzionari hanno firmato, e il nodo non lo usa; fermarlo e riavviarlo"
    ),
    "engine.embedded": mark("quello interno, come da impostazione"),
    "engine.elsewhere": mark("OPA indicato in {address}, non provato qui"),
    "engine.opa": mark("OPA in {path}"),
    "engine.missing": mark("OPA non c'è: decide il motore interno"),
    "engine.needed": mark("OPA non c'è, e le impostazioni lo vogliono"),
    "enrolment.unknown": mark("periodo delle chiavi non ancora noto"),
    "enrolment.epoch": mark("periodo {epoch}, in attesa: {awaiting}"),
    "enrolment.rotation": mark(
        "cambio di chiavi in corso: periodo {epoch}, in attesa: {awaiting}; "
        "periodo {next_epoch}, in attesa: {next_awaiting}"
    ),
    "card.valid": mark("valido fino al {until_ms}, rinnovo automatico dal {renewed_ms}"),
    "card.due": mark("scade tra {left_s} (rinnovo automatico)"),
    "card.due_stopped": mark("scade tra {left_s}: si rinnova da sé quando il nodo è in funzione"),
    "card.late": mark("scade tra {left_s}, e il rinnovo automatico non riesce: l'ufficio risponde?"),
    "card.ended": mark("scaduto il {until_ms}: gli altri enti non possono interrogare questo"),
    "card.none": mark("non ancora attivato: manca il codice dell'ufficio"),
    "clock.right": mark("giusta, a meno di {least_s}"),
    "clock.ahead": mark("avanti di {offset_s}"),
    "clock.behind": mark("indietro di {offset_s}"),
    "clock.long_ago": mark("indietro di almeno {offset_s}: con quest'ora nessun collegamento è valido"),
    "clock.unknown": mark("non confrontata: nessuno in rete ha detto l'ora"),
    "network.alone": mark("nessun altro ente è attivo"),
    "network.all": mark("{reached} su {members} raggiunti"),
    "network.some": mark("{reached} su {members} raggiunti, muti: {silent}"),
    "network.silent": mark("{name}: {silence}"),
    "network.more": mark("e altri {count}"),
    "office.heard": mark("risponde; sentito il {heard_ms}"),
    "office.silent": mark(
        "non risponde; sentito l'ultima volta il {heard_ms}. Il nodo va avanti con ciò che sa, e riprova da sé"
    ),
    "office.away": mark("non risponde: controllare il collegamento di questo computer; se dura, avvisare l'ufficio"),
    "office.answers": mark("risponde, ente: {state}"),
    "reach.relay": mark("tramite il relay «{relay}», {endpoint}"),
    "reach.own": mark("indirizzo {endpoint}"),
    "directory.valid": mark("aggiornamento {version} del registro, valido fino al {until_ms}"),
    "directory.ended": mark("scaduto il {until_ms}"),
    "directory.none": mark("non ancora ricevuto"),
    "directory.unread": mark("non si legge"),
    "directory.back": mark(
        "il registro offre la versione {offered}, qui si è già vista la {seen}: il nodo la rifiuta. Avvisare "
        "l'ufficio: il comando è del registro, con la cartella trust di questo nodo"
    ),
}


def level_in_words(level: Level, lang: str) -> str:
    """Return the word of a level."""
    return tr(LEVELS[level], lang)


def subject_in_words(subject: Subject, lang: str) -> str:
    """Return what a finding is about, in a few words."""
    return tr(SUBJECTS[subject], lang)


def told_in_words(told: Told, lang: str) -> str:
    """Return a finding's sentence; an error's with its next action, one of a later version as it is spelt."""
    known = SENTENCES.get(told.what)
    if known is not None:
        return tr(known, lang).format_map(_Shown(told.params, lang))
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
        return tr("{count} giorni", lang).format(count=days)
    if hours >= 2:
        return tr("{count} ore", lang).format(count=hours)
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
            return tr(SILENCES[Silence(value)], lang)
    except (ValueError, OverflowError, OSError):
        return shown(value)  # of a later version, or of nobody's
    return state_in_words(value, lang) if name == "state" else shown(value)
