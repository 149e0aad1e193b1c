"""What people call the fields and states that an error names: in Italian and in English, never as programs spell them.

Names of columns and options are not here: people type them, so a sentence shows them as they are.
"""

from __future__ import annotations

import re

_WORDS: dict[str, tuple[str, str]] = {
    "--from": ("numero del passo, --from", "number of the step, --from"),
    "--identified": ("documento visto, --identified", "document seen, --identified"),
    "--only": ("numero del passo, --only", "number of the step, --only"),
    "act": ("atto di accreditamento", "accreditation act"),
    "act_expiry": ("scadenza dell'atto", "expiry of the act"),
    "act_protocol": ("protocollo dell'atto", "protocol number of the act"),
    "add-key": ("chiave di un nuovo custode", "a new holder's key"),
    "amount": ("importo", "amount"),
    "audience": ("enti compresi nel consenso", "bodies that the consent includes"),
    "auditor": ("nome breve del revisore", "short name of the auditor"),
    "basis": ("base giuridica", "legal basis"),
    "born": ("data di nascita", "date of birth"),
    "cap": ("limite di persone", "limit of persons"),
    "change": ("che cosa cambia", "what changes"),
    "check_id": ("numero della verifica", "number of the check"),
    "contact": ("recapito", "contact"),
    "creditor": ("creditore", "creditor"),
    "day": ("giorno", "day"),
    "days": ("numero di giorni", "number of days"),
    "ecclesiastical_recognition": ("riconoscimento ecclesiastico", "ecclesiastical recognition"),
    "evaluation_id": ("numero della richiesta di pseudonimi", "number of the request for pseudonyms"),
    "facet": ("tipo di aiuto", "kind of aid"),
    "expires": ("ultimo giorno", "last day"),
    "facets": ("tipi di aiuto", "kinds of aid"),
    "fingerprint": ("impronta", "fingerprint"),
    "fiscal_code": ("codice fiscale dell'ente", "the body's tax code"),
    "frequency": ("una volta o ogni mese", "once or every month"),
    "front": ("indirizzo per le postazioni, HOST:PORTA", "address for consoles, HOST:PORT"),
    "identifier": ("codice della persona", "the person's code"),
    "identity_key": ("chiave di firma", "signing key"),
    "id": ("nome breve della procedura", "short name of the procedure"),
    "index": ("numero della voce", "number of the entry"),
    "ipa_code": ("codice IPA", "IPA code"),
    "key": ("chiave pubblica", "public key"),
    "kind": ("tipo di ente", "kind of body"),
    "language": ("lingua dell'informativa", "language of the notice"),
    "limit": ("quante voci", "how many entries"),
    "question": ("numero della domanda", "number of the question"),
    "means_test": ("prova dei mezzi", "means test"),
    "member": ("nome breve dell'ente", "short name of the body"),
    "members": ("enti della procedura", "bodies of the procedure"),
    "method": ("modo del consenso", "way of consenting"),
    "month": ("mese", "month"),
    "name": ("nome e cognome", "full name"),
    "need": ("che cosa serve", "what is needed"),
    "note": ("nota", "note"),
    "nonce": ("numero a caso", "random number"),
    "start": ("prima voce", "first entry"),
    "network": ("nome della rete", "name of the network"),
    "notice_version": ("versione dell'informativa", "version of the notice"),
    "officer": ("funzionario", "officer"),
    "officer key": ("chiave del funzionario", "officer's key"),
    "officer-threshold": ("firme necessarie fra i funzionari", "signatures needed among officers"),
    "peer": ("indirizzo per gli altri enti, HOST:PORTA", "address for other bodies, HOST:PORT"),
    "period_from": ("inizio del periodo", "beginning of the period"),
    "period_to": ("fine del periodo", "end of the period"),
    "received": ("giorno in cui la richiesta è arrivata", "day on which the request came"),
    "place": ("luogo di nascita", "place of birth"),
    "policy bundle": ("pacchetto delle regole", "policy bundle"),
    "procedure": ("procedura", "procedure"),
    "protocol": ("numero di protocollo", "protocol number"),
    "page_token": ("pagina da cui continuare", "page to go on from"),
    "application": ("domanda di ammissione", "application"),
    "receipt": ("ricevuta", "receipt"),
    "template": ("nome del modello", "name of the template"),
    "text": ("lunghezza di tutti i testi insieme", "length of all texts together"),
    "punteggio": ("punteggio, come 87 o 87,5", "points, such as 87 or 87,5"),
    "purposes": ("finalità", "purposes"),
    "thresholds": ("soglie del confronto", "thresholds of the comparison"),
    "until": ("scadenza dell'impegno", "end of the reservation"),
    "reason": ("motivo", "reason"),
    "referent": ("referente", "referent"),
    "remove-key": ("chiave da togliere", "key to remove"),
    "remove-officer": ("funzionario da togliere", "officer to remove"),
    "role": ("ruolo", "role"),
    "root file": ("file della radice", "root file"),
    "root-key": ("chiave di un custode", "a holder's key"),
    "root-threshold": ("firme necessarie fra i custodi", "signatures needed among holders"),
    "rotate": ("chiavi da cambiare", "keys to rotate"),
    "runts_number": ("numero RUNTS", "RUNTS number"),
    "runts_section": ("sezione RUNTS", "RUNTS section"),
    "size": ("numero di voci", "number of entries"),
    "state": ("stato dell'invio", "state of the referral"),
    "status": ("stato dell'aiuto", "state of the aid"),
    "subjects": ("persone di una domanda", "persons of one question"),
    "territory": ("territorio", "territory"),
    "use": ("uso", "use"),
    "public": ("indirizzo del relay per chi chiama, HOST:PORTA", "the relay's address for callers, HOST:PORT"),
    "nodes": ("indirizzo del relay per i nodi, HOST:PORTA", "the relay's address for nodes, HOST:PORT"),
    "relay": ("nome del relay", "name of the relay"),
    "user": ("nome utente", "user name"),
    "visibility": ("visibilità", "visibility"),
}

_STATES: dict[str, tuple[str, str]] = {
    "applied": ("in attesa", "waiting"),
    "documents_missing": ("documenti mancanti", "documents missing"),
    "approved": ("approvato, da attivare", "approved, to be activated"),
    "active": ("attivo", "active"),
    "expiring": ("in scadenza", "expiring"),
    "suspended": ("sospeso", "suspended"),
    "revoked": ("revocato", "revoked"),
    "-": ("sconosciuto", "unknown"),
}


_WHOSE: dict[str, tuple[str, str]] = {
    "old root": ("custodi attuali", "the holders so far"),
    "new root": ("custodi nuovi", "the new holders"),
}

_ONE = {
    "it": {"secondi": "secondo", "caratteri": "carattere", "persone": "persona", "codici": "codice"},
    "en": {"seconds": "second", "characters": "character", "persons": "person", "codes": "code"},
}
_COUNTED = {lang: re.compile(rf"(?<![0-9.,])1 ({'|'.join(words)})\b") for lang, words in _ONE.items()}


def one_in_words(sentence: str, lang: str) -> str:
    """Return a sentence whose counts of one are in the singular."""
    words = _ONE["en" if lang == "en" else "it"]
    return _COUNTED["en" if lang == "en" else "it"].sub(lambda found: f"1 {words[found[1]]}", sentence)


def whose_in_words(whose: str, lang: str) -> str:
    """Return whose signatures lack, in words; another text stays as it is."""
    words = _WHOSE.get(whose)
    return whose if words is None else words[lang == "en"]


def state_in_words(state: str, lang: str) -> str:
    """Return what people call the state of a body in `lang`; one from a later version stays as it is."""
    words = _STATES.get(state)
    if words is None:
        return state
    return words[1] if lang == "en" else words[0]


def field_in_words(field: str, lang: str) -> str:
    """Return what people call a field in `lang` (`it` or `en`); a name that isn't a program's own stays as it is."""
    words = _WORDS.get(field)
    if words is None:
        return field
    return words[1] if lang == "en" else words[0]
