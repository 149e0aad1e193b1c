"""The codes that entries hold, in words: outcomes, codes of refusals, signals. Programs get the codes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from maglia.core.entry import AWAITING, EntryKind, Erased
from maglia.core.errors import Code
from maglia.core.operator_day import NameFlag
from maglia.core.referral import RECEIVED, REFERRED
from maglia.core.sentences import CATALOG
from maglia.core.vocabulary import EndState, PseudonymClass, Silence
from tui.labels import REFUSALS, SILENCES, Labels, label, pick, refusal
from tui.text import plain

OUTCOMES: Labels = {
    EndState.ANSWERED: ("risposta data", "answered"),
    EndState.REFUSED: ("rifiutata", "refused"),
    EndState.SILENT: ("nessuna risposta", "silent"),
    EndState.LATE: ("risposta in ritardo", "late answer"),
    "asked": ("richiesta inviata", "asked"),
    REFERRED: ("per un invio", "about a referral"),
    RECEIVED: ("invio ricevuto", "referral received"),
    PseudonymClass.PERSON: ("persone", "persons"),
    PseudonymClass.NEED: ("bisogni", "needs"),
    "check": ("per una verifica", "for a check"),
    "enrolment": ("per un'iscrizione", "for an enrolment"),
    Erased.AID: ("aiuti", "aid"),
    Erased.NAMED_AID: ("aiuti a persone senza codice", "aid to persons without a code"),
    Erased.FILED_NEED: ("bisogni agli atti", "needs on file"),
    Erased.CONSENT: ("consensi", "consents"),
    Erased.OPPOSITION: ("rifiuti e ritiri", "refusals and withdrawals"),
    Erased.NAMED_PERSON: ("persone senza codice", "persons without a code"),
    "report": ("per un accesso del cittadino", "for an access report"),
}
"""What came of it; of evaluations what they were for, of enrolments, records and erasures what they were of."""
_AWAITING = ("in attesa di iscrizione", "awaiting enrolment")
_FLAGS: Labels = {
    NameFlag.OWN: ("proprio cognome", "own surname"),
    NameFlag.COLLEAGUE: ("cognome di un collega", "a colleague's surname"),
}
CODES = frozenset({*(code.value for code in Code), *Silence, AWAITING})
"""Whatever an entry's code may be: why a question was refused, or why a body was silent."""
Titles = Mapping[str, tuple[str, str]]
"""What the rules call each signal, in Italian and English."""


def outcome_in_words(kind: str, outcome: str, titles: Titles, lang: str) -> str:
    """Return what came of an entry; of a signal, which one it is."""
    if not outcome:
        return ""
    if kind == EntryKind.SIGNAL and outcome in titles:
        return plain(pick(titles[outcome], lang))
    return label(OUTCOMES, outcome, lang)


def code_in_words(code: str, lang: str) -> str:
    """Return why a question was refused or not answered; a code without words of its own as it is."""
    if not code:
        return ""
    if code == AWAITING:
        return pick(_AWAITING, lang)
    if code in SILENCES:
        return label(SILENCES, code, lang)
    if code in REFUSALS or code not in CATALOG:
        return refusal(code, lang)
    said = CATALOG[Code(code)]
    message = (said.en if lang == "en" else said.it).message
    # Of what happened elsewhere only the code is known: a sentence with gaps would say less than that.
    has_gaps = any(name is not None for _, name, _, _ in Formatter().parse(message))
    return refusal(code, lang) if has_gaps else message[:1].lower() + message[1:].rstrip(".")


def signals_in_words(codes: str, lang: str) -> str:
    """Return what a body signalled in the entry of a question: codes joined by commas."""
    return ", ".join(label(_FLAGS, code, lang) for code in codes.split(",") if code)
