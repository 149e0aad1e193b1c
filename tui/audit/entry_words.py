"""What an entry of a log says that it is, in words."""

from __future__ import annotations

from maglia.core.entry import EntryKind
from tui.audit.model import UNREADABLE
from tui.labels import Labels

ENTRY_KINDS: Labels = {
    EntryKind.ASKED: ("domanda fatta", "question asked"),
    EntryKind.ANSWERED: ("domanda ricevuta", "question answered"),
    EntryKind.REFUSED: ("domanda rifiutata", "question refused"),
    EntryKind.END_STATE: ("esito", "end state"),
    EntryKind.REFUSALS: ("rifiuti", "refusals"),
    EntryKind.ENROLMENT: ("iscrizione", "enrolment"),
    EntryKind.EVALUATION: ("valutazione", "evaluation"),
    EntryKind.RECORDED: ("aiuti registrati", "records made"),
    EntryKind.ERASED: ("cancellazione a termine", "erased at their term"),
    EntryKind.READING: ("lettura del revisore", "auditor's reading"),
    EntryKind.ACCESS_REPORT: ("accesso del cittadino", "access report"),
    EntryKind.SIGNAL: ("segnale", "signal"),
    UNREADABLE: ("voce illeggibile", "unreadable entry"),
}
