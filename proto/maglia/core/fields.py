"""What people call the fields and states that an error names, never as programs spell them.

Names of columns and options are not here: people type them, so a sentence shows them as they are.
"""

from __future__ import annotations

import re
from functools import cache

from maglia.core.translation import mark, tr

_WORDS: dict[str, str] = {
    "--from": mark("numero del passo, --from"),
    "document": mark("documento visto"),
    "--identified": mark("documento visto, --identified"),
    "--only": mark("numero del passo, --only"),
    "act": mark("atto di accreditamento"),
    "act_expiry": mark("scadenza dell'atto"),
    "act_protocol": mark("protocollo dell'atto"),
    "add-key": mark("chiave di un nuovo custode"),
    "amount": mark("importo"),
    "audience": mark("enti compresi nel consenso"),
    "auditor": mark("nome breve del revisore"),
    "basis": mark("base giuridica"),
    "born": mark("data di nascita"),
    "cap": mark("limite di persone"),
    "change": mark("che cosa cambia"),
    "check_id": mark("numero della verifica"),
    "contact": mark("recapito"),
    "creditor": mark("creditore"),
    "day": mark("giorno"),
    "days": mark("numero di giorni"),
    "ecclesiastical_recognition": mark("riconoscimento ecclesiastico"),
    "evaluation_id": mark("numero della richiesta di pseudonimi"),
    "facet": mark("tipo di aiuto"),
    "expires": mark("ultimo giorno"),
    "facets": mark("tipi di aiuto"),
    "fingerprint": mark("impronta"),
    "fiscal_code": mark("codice fiscale dell'ente"),
    "frequency": mark("una volta o ogni mese"),
    "front": mark("indirizzo per le postazioni, HOST:PORTA"),
    "identifier": mark("codice della persona"),
    "identity_key": mark("chiave di firma"),
    "log_key": mark("chiave del registro"),
    "id": mark("nome breve della procedura"),
    "index": mark("numero della voce"),
    "ipa_code": mark("codice IPA"),
    "key": mark("chiave pubblica"),
    "kind": mark("tipo di ente"),
    "language": mark("lingua dell'informativa"),
    "limit": mark("quante voci"),
    "question": mark("numero della domanda"),
    "means_test": mark("prova dei mezzi"),
    "member": mark("nome breve dell'ente"),
    "members": mark("enti della procedura"),
    "method": mark("modo del consenso"),
    "month": mark("mese"),
    "name": mark("nome e cognome"),
    "need": mark("che cosa serve"),
    "note": mark("nota"),
    "nonce": mark("numero a caso"),
    "start": mark("prima voce"),
    "network": mark("nome della rete"),
    "notice_version": mark("versione dell'informativa"),
    "officer": mark("funzionario"),
    "officer key": mark("chiave del funzionario"),
    "officer-threshold": mark("firme necessarie fra i funzionari"),
    "peer": mark("indirizzo per gli altri enti, HOST:PORTA"),
    "period_from": mark("inizio del periodo"),
    "period_to": mark("fine del periodo"),
    "since": mark("numero da cui leggere"),
    "received": mark("giorno in cui la richiesta è arrivata"),
    "place": mark("luogo di nascita"),
    "policy bundle": mark("pacchetto delle regole"),
    "procedure": mark("procedura"),
    "protocol": mark("numero di protocollo"),
    "page_token": mark("pagina da cui continuare"),
    "application": mark("domanda di ammissione"),
    "receipt": mark("ricevuta"),
    "template": mark("nome del modello"),
    "text": mark("lunghezza di tutti i testi insieme"),
    "punteggio": mark("punteggio, come 87 o 87,5"),
    "policies": mark("revisione delle regole"),
    "purposes": mark("finalità"),
    "thresholds": mark("soglie del confronto"),
    "until": mark("scadenza dell'impegno"),
    "reason": mark("motivo"),
    "referent": mark("referente"),
    "remove-key": mark("chiave da togliere"),
    "remove-officer": mark("funzionario da togliere"),
    "role": mark("ruolo"),
    "root file": mark("file della radice"),
    "root-key": mark("chiave di un custode"),
    "root-threshold": mark("firme necessarie fra i custodi"),
    "rotate": mark("chiavi da cambiare"),
    "runts_number": mark("numero RUNTS"),
    "runts_section": mark("sezione RUNTS"),
    "size": mark("numero di voci"),
    "state": mark("stato dell'invio"),
    "status": mark("stato dell'aiuto"),
    "subjects": mark("persone di una domanda"),
    "territory": mark("territorio"),
    "use": mark("uso"),
    "public": mark("indirizzo del relay per chi chiama, HOST:PORTA"),
    "nodes": mark("indirizzo del relay per i nodi, HOST:PORTA"),
    "relay": mark("nome del relay"),
    "user": mark("nome utente"),
    "visibility": mark("visibilità"),
}

_STATES: dict[str, str] = {
    "applied": mark("in attesa"),
    "documents_missing": mark("documenti mancanti"),
    "approved": mark("approvato, da attivare"),
    "active": mark("attivo"),
    "expiring": mark("in scadenza"),
    "suspended": mark("sospeso"),
    "revoked": mark("revocato"),
    "-": mark("sconosciuto"),
}


_WHOSE: dict[str, str] = {
    "old root": mark("custodi attuali"),
    "new root": mark("custodi nuovi"),
}

_COUNTED = (
    mark("secondi|secondo"),
    mark("caratteri|carattere"),
    mark("persone|persona"),
    mark("codici|codice"),
)
"""What sentences count: how it is called from two on, and when it is one."""


def one_in_words(sentence: str, lang: str) -> str:
    """Return a sentence whose counts of one are in the singular."""
    one_of = _singulars(lang)
    return re.sub(r"(?<![0-9.,])1 (\w+)", lambda found: f"1 {one_of.get(found[1], found[1])}", sentence)


@cache
def _singulars(lang: str) -> dict[str, str]:
    return {many: one for many, _, one in (tr(each, lang).partition("|") for each in _COUNTED)}


def whose_in_words(whose: str, lang: str) -> str:
    """Return whose signatures lack, in words; another text stays as it is."""
    words = _WHOSE.get(whose)
    return whose if words is None else tr(words, lang)


def state_in_words(state: str, lang: str) -> str:
    """Return what people call the state of a body in `lang`; one from a later version stays as it is."""
    words = _STATES.get(state)
    return state if words is None else tr(words, lang)


def field_in_words(field: str, lang: str) -> str:
    """Return what people call a field in `lang`; a name that isn't a program's own stays as it is."""
    words = _WORDS.get(field)
    return field if words is None else tr(words, lang)
