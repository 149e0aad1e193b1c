"""A body's register of processing (GDPR 30; law rule 16), as far as Maglia processes: from the rules in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maglia.core.vocabulary import PUBLIC_KINDS, Kind
from node.domain.export import Column, ExportedTable

_PURPOSES = {
    "aid_overlap": "Sapere quali aiuti una famiglia ha già avuto, per darli in modo coordinato",
    "rent_subsidy": "Contributi per l'affitto: sapere quali aiuti ci sono già",
    "utility_subsidy": "Contributi per le bollette: sapere quali aiuti ci sono già",
    "call_for_applicants": "Bandi: controllo di chi ha fatto domanda",
    "referral": "Invio di una persona, con il suo consenso, a un altro ente",
    "access_report": "Dire a una persona chi l'ha cercata (GDPR 15)",
    "audit": "Controllo degli accessi da parte del revisore",
}
_BASES = {"consent": "consenso", "public_task": "compito di interesse pubblico"}
_PROOFS = {
    "case": "protocollo della pratica",
    "procedure": "procedura firmata da due funzionari",
    "consent": "consenso",
}
_FIELDS = {
    "facet": "tipo di aiuto",
    "month": "mese",
    "amount_band": "fascia d'importo",
    "kind": "genere di ente",
    "status": "se dato o promesso",
    "reserved": "da quando e fino a quando è promesso",
    "date": "giorno",
    "amount": "importo esatto",
    "body": "nome dell'ente",
    "contact": "recapito dell'ente",
    "objection": "opposizione della persona",
    "owed": "totale dovuto",
}
_COLUMNS = [Column(title) for title in ("parte", "voce", "base", "riguarda", "a chi, o per quanto")]
_DATA = (
    ("persone", "codice fiscale, codice STP o ENI, o documento; nome, nascita e luogo di chi non ha un codice"),
    ("nuclei", "chi vive con chi, adulti e minori, da quando"),
    ("aiuti", "tipo, giorno, importo, stato, creditore, fornitura o contratto, periodo, protocollo, prova dei mezzi"),
    ("consensi", "finalità, informativa, lingua, giorno, ritiri, rifiuti e opposizioni"),
    ("note", "note private degli operatori: non escono dall'ente"),
    ("accessi", "chi ha cercato chi, quando e per quale scopo, sotto pseudonimo"),
)


def processing_register(rules: Mapping[str, Any], kind: Kind, name: str, revision: str) -> ExportedTable:
    """Return the register of a body of this kind; `rules` are the data of the bundle in force."""
    rows = [
        ("titolare", name, "", "", ""),
        ("regole in vigore", revision, "", "", ""),
        *_purposes(rules, kind),
        *(("categorie di dati", what, "", text, "") for what, text in _DATA),
        *_special(rules),
        *_recipients(rules),
        *_terms(rules),
    ]
    return ExportedTable("Registro dei trattamenti", _COLUMNS, rows)


def _purposes(rules: Mapping[str, Any], kind: Kind) -> Iterator[Sequence[str]]:
    group = "public" if kind in PUBLIC_KINDS else "third_sector"
    for code, purpose in rules.get("purposes", {}).items():
        if kind.value not in purpose.get("kinds", ()):
            continue
        for basis, proofs in purpose.get("bases", {}).get(group, {}).items():
            asked = ", ".join(_PROOFS.get(proof, proof) for proof in proofs)
            families = ", ".join(purpose.get("families", ()))
            roles = ", ".join(purpose.get("roles", ()))
            yield "finalità", _PURPOSES.get(code, code), f"{_BASES.get(basis, basis)} ({asked})", families, roles
    for code in ("access_report", "audit"):
        yield "finalità", _PURPOSES[code], "obbligo di legge", "registro degli accessi", ""


def _special(rules: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    prefixes = ", ".join(rules.get("special", {}).get("prefixes", ()))
    yield "categorie particolari", prefixes, "", "non escono mai dall'ente", ""


def _recipients(rules: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """Yield what other bodies of the network may be shown, by level."""
    for level, fields in rules.get("levels", {}).items():
        shown = ", ".join(_FIELDS.get(field, field) for field in fields)
        yield "destinatari", f"enti accreditati della rete, livello «{level}»", "", shown or "niente", ""
    yield "destinatari", "l'ente a cui una persona è inviata", "consenso", "identità e tipo di aiuto", ""
    yield "destinatari", "revisore", "atto di accreditamento", "registro degli accessi, senza persone", ""
    yield "trasferimenti fuori dall'Unione", "nessuno", "", "", ""


def _terms(rules: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    terms = rules.get("terms", {}).get("node", {})
    for facet, term in terms.get("aid", {}).items():
        yield "conservazione", "aiuti", "", facet, _term(term)
    for what, words in (("other_aid", "altri aiuti"), ("finding", "risposte di altri enti"), ("log", "accessi")):
        if what in terms:
            yield "conservazione", words, "", "", _term(terms[what])


def _term(term: Mapping[str, int]) -> str:
    words = {"months": "mesi", "days": "giorni"}
    return ", ".join(f"{number} {words.get(unit, unit)}" for unit, number in term.items())
