"""What people read for each code of the vocabulary, in Italian and English. Complete by test."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.facet_words import FACET_WORDS, special_in_words
from maglia.core.vocabulary import AidStatus, AmountBand, Kind, MemberState, NetworkRole, Purpose, Role, Silence
from tui.text import hidden, plain

Labels = dict[str, tuple[str, str]]

FACETS: Labels = dict(FACET_WORDS)
KINDS: Labels = {
    Kind.COMUNE: ("un comune", "a municipality"),
    Kind.SOCIAL_DISTRICT: ("un ambito sociale", "a social district"),
    Kind.HEALTH_AGENCY: ("un'azienda sanitaria", "a health agency"),
    Kind.PARISH: ("una parrocchia", "a parish"),
    Kind.CARITAS: ("una Caritas", "a Caritas"),
    Kind.ODV: ("un'associazione (ODV)", "an association (ODV)"),
    Kind.APS: ("un'associazione (APS)", "an association (APS)"),
    Kind.ONLUS: ("un ente caritativo", "a charity"),
    Kind.FOOD_BANK: ("un banco alimentare", "a food bank"),
    Kind.COOPERATIVE: ("una cooperativa", "a cooperative"),
    Kind.FOUNDATION: ("una fondazione", "a foundation"),
}
SOME_BODY = ("un ente del territorio", "a local body")
PURPOSES: Labels = {
    Purpose.AID_OVERLAP: ("Aiuti già dati", "Aid already given"),
    Purpose.RENT_SUBSIDY: ("Contributo affitto", "Rent subsidy"),
    Purpose.UTILITY_SUBSIDY: ("Contributo bollette", "Utility subsidy"),
    Purpose.CALL_FOR_APPLICANTS: ("Bando", "Call for applicants"),
    Purpose.REFERRAL: ("Invio a un altro ente", "Referral"),
    Purpose.ACCESS_REPORT: ("Accesso del cittadino", "Access report"),
    Purpose.AUDIT: ("Controllo accessi", "Audit"),
}
BANDS: Labels = {
    AmountBand.UNDER_50: ("sotto 50 €", "under 50 €"),
    AmountBand.FROM_50: ("50-149 €", "50-149 €"),
    AmountBand.FROM_150: ("150-499 €", "150-499 €"),
    AmountBand.FROM_500: ("500-1.499 €", "500-1.499 €"),
    AmountBand.FROM_1500: ("da 1.500 €", "from 1.500 €"),
}
SILENCES: Labels = {
    Silence.UNREACHABLE: ("non risponde", "does not answer"),
    Silence.DEADLINE: ("non risponde in tempo", "no answer in time"),
    Silence.REFUSED_CONNECTION: ("rifiuta il collegamento", "refuses the connection"),
    Silence.CARD_EXPIRED: ("certificato scaduto", "certificate expired"),
    Silence.METADATA_EXPIRED: ("elenco degli enti scaduto", "directory expired"),
    Silence.SUSPENDED_HERE: ("sospeso dalla rete", "suspended from the network"),
    Silence.COVERAGE_PARTIAL: ("risponde solo in parte", "answers only in part"),
    Silence.OVERLOADED: ("sovraccarico", "overloaded"),
    Silence.VERSION: ("versione non compatibile", "incompatible version"),
    Silence.INTERRUPTED: ("domanda interrotta", "question interrupted"),
}
REFUSALS: Labels = {
    Code.BUDGET_ANSWER: ("troppe domande per oggi", "too many questions today"),
    Code.BUDGET_REPORT: ("troppe richieste di accesso per oggi", "too many access requests today"),
    Code.BUDGET_PROCEDURE: ("limite della procedura raggiunto", "the procedure's limit is reached"),
    Code.INPUT_PROCEDURE: ("procedura che non conosce", "a procedure it does not know"),
    Code.POLICY_PROCEDURE_EXPIRED: ("procedura chiusa", "the procedure is closed"),
    Code.POLICY_PROCEDURE_MEMBER: ("procedura di un altro ente", "another body's procedure"),
    Code.MEMBER_NOT_ENTITLED: ("domanda non ammessa a questo ente", "this body may not ask it"),
    Code.PSEUDONYM_EPOCH: ("elenco degli enti di un altro periodo", "directory of another period"),
    Code.POLICY_UNAVAILABLE: ("regole non disponibili", "policies not available"),
    Code.POLICY_STALE: ("regole non aggiornate", "policies out of date"),
}
STATUSES: Labels = {
    AidStatus.GIVEN: ("TROVATO", "FOUND"),
    AidStatus.RESERVED: ("IMPEGNO", "RESERVED"),
    AidStatus.CANCELLED: ("ANNULLATO", "CANCELLED"),
    AidStatus.CORRECTED: ("CORRETTO", "CORRECTED"),
}
ROLES: Labels = {
    Role.VOLUNTEER: ("volontario", "volunteer"),
    Role.SOCIAL_WORKER: ("assistente sociale", "social worker"),
    Role.OFFICER: ("funzionario", "officer"),
    Role.MANAGER: ("responsabile", "manager"),
    Role.NODE_ADMIN: ("amministratore del nodo", "node administrator"),
}
OFFICES: Labels = {
    NetworkRole.AUDITOR: ("revisore", "auditor"),
    NetworkRole.DPO: ("responsabile della protezione dei dati", "data-protection officer"),
}
STATES: Labels = {
    MemberState.APPLIED: ("IN ATTESA", "WAITING"),
    MemberState.DOCUMENTS_MISSING: ("DOCUMENTI MANCANTI", "DOCUMENTS MISSING"),
    MemberState.APPROVED: ("APPROVATO", "APPROVED"),
    MemberState.ACTIVE: ("ATTIVO", "ACTIVE"),
    MemberState.SUSPENDED: ("SOSPESO", "SUSPENDED"),
    MemberState.EXPIRING: ("IN SCADENZA", "EXPIRING"),
    MemberState.REVOKED: ("REVOCATO", "REVOKED"),
}


def label(labels: Labels, code: str, lang: str) -> str:
    """Return what people read for `code`: a word for a hidden one, the code itself for one from a later version.

    Facets of special categories have no words of their own: their category is named, with the rest of the code.
    """
    if not code:
        return hidden(lang)
    found = labels.get(code) or special_in_words(plain(code, 40))
    return plain(code, 24) if found is None else pick(found, lang)


def refusal(code: str, lang: str) -> str:
    """Return why a body refuses a question, from its error code."""
    if code.startswith("policy.") and code not in REFUSALS:
        return pick(("le regole non lo permettono", "policies do not allow it"), lang)
    return label(REFUSALS, code, lang)


def pick(pair: tuple[str, str], lang: str) -> str:
    """Return the Italian or the English of a pair."""
    return pair[1] if lang == "en" else pair[0]


def options(labels: Labels, codes: list[str], lang: str) -> list[tuple[str, str]]:
    """Return (label, code) pairs for a choice, in the order of `codes`."""
    return [(label(labels, code, lang), code) for code in codes]
