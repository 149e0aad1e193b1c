"""What an entry of a log says that it is, in words."""

from __future__ import annotations

from maglia.core.entry import EntryKind
from maglia.core.translation import mark
from tui.audit.model import UNREADABLE
from tui.labels import Labels

ENTRY_KINDS: Labels = {
    EntryKind.ASKED: mark("domanda fatta"),
    EntryKind.ANSWERED: mark("domanda ricevuta"),
    EntryKind.REFUSED: mark("domanda rifiutata"),
    EntryKind.END_STATE: mark("esito"),
    EntryKind.REFUSALS: mark("rifiuti"),
    EntryKind.ENROLMENT: mark("iscrizione"),
    EntryKind.EVALUATION: mark("valutazione"),
    EntryKind.RECORDED: mark("aiuti registrati"),
    EntryKind.ERASED: mark("cancellazione a termine"),
    EntryKind.READING: mark("lettura del revisore"),
    EntryKind.ACCESS_REPORT: mark("accesso del cittadino"),
    EntryKind.SIGNAL: mark("segnale"),
    UNREADABLE: mark("voce illeggibile"),
}
