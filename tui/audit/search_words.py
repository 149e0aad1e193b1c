"""The codes that entries hold, in words: outcomes, codes of refusals, signals. Programs get the codes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from maglia.core.entry import AWAITING, EntryKind, Erased
from maglia.core.errors import Code
from maglia.core.operator_day import NameFlag
from maglia.core.referral import RECEIVED, REFERRED
from maglia.core.sentences import CATALOG
from maglia.core.translation import WRITTEN_IN, mark, tr
from maglia.core.vocabulary import EndState, PseudonymClass, Silence
from tui.labels import REFUSALS, SILENCES, Labels, label, refusal
from tui.text import plain

OUTCOMES: Labels = {
    EndState.ANSWERED: mark("risposta data"),
    EndState.REFUSED: mark("rifiutata"),
    EndState.SILENT: mark("nessuna risposta"),
    EndState.LATE: mark("risposta in ritardo"),
    "asked": mark("richiesta inviata"),
    REFERRED: mark("per un invio"),
    RECEIVED: mark("invio ricevuto"),
    PseudonymClass.PERSON: mark("persone"),
    PseudonymClass.NEED: mark("bisogni"),
    "check": mark("per una verifica"),
    "enrolment": mark("per un'iscrizione"),
    Erased.AID: mark("aiuti"),
    Erased.NAMED_AID: mark("aiuti a persone senza codice"),
    Erased.FILED_NEED: mark("bisogni agli atti"),
    Erased.CONSENT: mark("consensi"),
    Erased.OPPOSITION: mark("rifiuti e ritiri"),
    Erased.NAMED_PERSON: mark("persone senza codice"),
    "report": mark("per un accesso del cittadino"),
}
"""What came of it; of evaluations what they were for, of enrolments, records and erasures what they were of."""
_AWAITING = mark("in attesa di iscrizione")
_FLAGS: Labels = {
    NameFlag.OWN: mark("proprio cognome"),
    NameFlag.COLLEAGUE: mark("cognome di un collega"),
}
CODES = frozenset({*(code.value for code in Code), *Silence, AWAITING})
"""Whatever an entry's code may be: why a question was refused, or why a body was silent."""
Titles = Mapping[str, Mapping[str, str]]
"""What the rules call each signal, by language: their own words, in their own data."""


def outcome_in_words(kind: str, outcome: str, titles: Titles, lang: str) -> str:
    """Return what came of an entry; of a signal, which one it is."""
    if not outcome:
        return ""
    if kind == EntryKind.SIGNAL and outcome in titles:
        return plain(titles[outcome].get(lang) or titles[outcome][WRITTEN_IN])
    return label(OUTCOMES, outcome, lang)


def code_in_words(code: str, lang: str) -> str:
    """Return why a question was refused or not answered; a later version's code as it is, for who looks closely."""
    if not code:
        return ""
    if code == AWAITING:
        return tr(_AWAITING, lang)
    if code in SILENCES:
        return label(SILENCES, code, lang)
    if code in REFUSALS:
        return refusal(code, lang)
    if code not in CATALOG:
        return plain(code, 24)
    message = tr(CATALOG[Code(code)].message, lang)
    # Of what happened elsewhere only the code is known: a sentence with gaps would say less than that.
    has_gaps = any(name is not None for _, name, _, _ in Formatter().parse(message))
    return refusal(code, lang) if has_gaps else message[:1].lower() + message[1:].rstrip(".")


def signals_in_words(codes: str, lang: str) -> str:
    """Return what a body signalled in the entry of a question: codes joined by commas."""
    return ", ".join(label(_FLAGS, code, lang) for code in codes.split(",") if code)
