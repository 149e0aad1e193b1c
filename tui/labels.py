"""What people read for each code of the vocabulary. Complete by test."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.facet_words import FACET_WORDS, special_in_words
from maglia.core.purpose_words import PURPOSE_WORDS
from maglia.core.silence_words import SILENCE_WORDS
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus, AmountBand, Kind, MemberState, NetworkRole, Role
from tui.text import hidden, plain

Labels = dict[str, str]

FACETS: Labels = dict(FACET_WORDS)
KINDS: Labels = {
    Kind.COMUNE: mark("un comune"),
    Kind.SOCIAL_DISTRICT: mark("un ambito sociale"),
    Kind.HEALTH_AGENCY: mark("un'azienda sanitaria"),
    Kind.PARISH: mark("una parrocchia"),
    Kind.CARITAS: mark("una Caritas"),
    Kind.ODV: mark("un'associazione (ODV)"),
    Kind.APS: mark("un'associazione (APS)"),
    Kind.ONLUS: mark("un ente caritativo"),
    Kind.FOOD_BANK: mark("un banco alimentare"),
    Kind.COOPERATIVE: mark("una cooperativa"),
    Kind.FOUNDATION: mark("una fondazione"),
}
SOME_BODY = mark("un ente del territorio")
PURPOSES: Labels = dict(PURPOSE_WORDS)
BANDS: Labels = {
    AmountBand.UNDER_50: mark("sotto 50 €"),
    AmountBand.FROM_50: mark("50-149 €"),
    AmountBand.FROM_150: mark("150-499 €"),
    AmountBand.FROM_500: mark("500-1.499 €"),
    AmountBand.FROM_1500: mark("da 1.500 €"),
}
SILENCES: Labels = {**SILENCE_WORDS}
REFUSALS: Labels = {
    Code.BUDGET_ANSWER: mark("troppe domande per oggi"),
    Code.BUDGET_REPORT: mark("troppe richieste di accesso per oggi"),
    Code.BUDGET_PROCEDURE: mark("limite della procedura raggiunto"),
    Code.INPUT_PROCEDURE: mark("procedura che non conosce"),
    Code.POLICY_PROCEDURE_EXPIRED: mark("procedura chiusa"),
    Code.POLICY_PROCEDURE_MEMBER: mark("procedura di un altro ente"),
    Code.MEMBER_NOT_ENTITLED: mark("domanda non ammessa a questo ente"),
    Code.PSEUDONYM_EPOCH: mark("elenco degli enti di un altro periodo"),
    Code.POLICY_UNAVAILABLE: mark("regole non disponibili"),
    Code.POLICY_STALE: mark("regole non aggiornate"),
}
_REFUSED_FOR: Labels = {
    "budget": mark("troppe domande per oggi"),
    "consent": mark("il consenso non gli basta"),
    "directory": mark("il suo elenco degli enti e questo non concordano"),
    "input": mark("non capisce la domanda"),
    "log": mark("il suo registro non è in ordine"),
    "member": mark("non riconosce questo ente"),
    "network": mark("la rete da lui non va"),
    "policy": mark("le regole non lo permettono"),
    "pseudonym": mark("i suoi codici e questi non si confrontano"),
    "session": mark("non riconosce chi chiede"),
    "storage": mark("il suo archivio non funziona"),
    "version": mark("versione non compatibile"),
}
"""What a refusal is about, by the first part of its code, where the code has no words of its own."""
STATUSES: Labels = {
    AidStatus.GIVEN: mark("TROVATO"),
    AidStatus.RESERVED: mark("IMPEGNO"),
    AidStatus.CANCELLED: mark("ANNULLATO"),
    AidStatus.CORRECTED: mark("CORRETTO"),
}
ROLES: Labels = {
    Role.VOLUNTEER: mark("volontario"),
    Role.SOCIAL_WORKER: mark("assistente sociale"),
    Role.OFFICER: mark("funzionario"),
    Role.MANAGER: mark("responsabile"),
    Role.NODE_ADMIN: mark("amministratore del nodo"),
}
OFFICES: Labels = {
    NetworkRole.AUDITOR: mark("revisore"),
    NetworkRole.DPO: mark("responsabile della protezione dei dati"),
}
STATES: Labels = {
    MemberState.APPLIED: mark("IN ATTESA"),
    MemberState.DOCUMENTS_MISSING: mark("DOCUMENTI MANCANTI"),
    MemberState.APPROVED: mark("APPROVATO"),
    MemberState.ACTIVE: mark("ATTIVO"),
    MemberState.SUSPENDED: mark("SOSPESO"),
    MemberState.EXPIRING: mark("IN SCADENZA"),
    MemberState.REVOKED: mark("REVOCATO"),
}


def label(labels: Labels, code: str, lang: str) -> str:
    """Return what people read for `code`: a word for a hidden one, the code itself for one from a later version.

    Facets of special categories have no words of their own: their category is named, with the rest of the code.
    """
    if not code:
        return hidden(lang)
    found = labels.get(code)
    if found is not None:
        return tr(found, lang)
    return special_in_words(plain(code, 40), lang) or plain(code, 24)


def refusal(code: str, lang: str) -> str:
    """Return why a body refuses a question, from its error code; never the code, which says nothing to people."""
    unknown = mark("per un motivo che questo programma non conosce")
    return tr(REFUSALS.get(code) or _REFUSED_FOR.get(code.partition(".")[0], unknown), lang)


def options(labels: Labels, codes: list[str], lang: str) -> list[tuple[str, str]]:
    """Return (label, code) pairs for a choice, in the order of `codes`."""
    return [(label(labels, code, lang), code) for code in codes]
