"""Records as they are on file: found, corrected, undone."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.INPUT_PERSON_UNKNOWN: entry(
        "Di questa persona qui non c'è nulla.",
        "Registrare prima un aiuto o un consenso, poi la nota.",
        "There is nothing here about this person.",
        "Put help or a consent on record first, then the note.",
    ),
    Code.INPUT_RECORD_UNKNOWN: entry(
        "Nessun aiuto ha questo numero.",
        "Leggere il numero con maglia aid show CODICE e ripetere.",
        "No help has this number.",
        "Read the number with maglia aid show CODE and repeat.",
    ),
    Code.INPUT_RECORD_AMBIGUOUS: entry(
        "Più di un aiuto comincia con questo numero.",
        "Scrivere più caratteri: maglia aid show CODICE --json li dà tutti.",
        "More than one help begins with this number.",
        "Write more characters: maglia aid show CODE --json gives all of them.",
    ),
    Code.INPUT_RECORD_CORRECTED: entry(
        "Questa è una versione già corretta.",
        "Usare la più recente, {number}: maglia aid show CODICE le elenca.",
        "This version was corrected already.",
        "Use the newest one, {number}: maglia aid show CODE lists them.",
    ),
    Code.INPUT_RECORD_RESERVED: entry(
        "È un impegno, non un aiuto già dato.",
        "Confermarlo o lasciarlo, e se serve registrarlo di nuovo.",
        "It is a reservation, not help already given.",
        "Confirm or release it, and put it on record again if needed.",
    ),
    Code.INPUT_RECORD_RELEASED: entry(
        "Era un impegno, ed è stato lasciato: correggendolo non diventa un aiuto dato.",
        "Impegnarsi di nuovo con maglia reserve add, o registrare l'aiuto dato con maglia aid add.",
        "It was a reservation, and was released: correcting it does not make it help given.",
        "Promise anew with maglia reserve add, or put the help given on record with maglia aid add.",
    ),
    Code.INPUT_RECORD_NO_RECEIPT: entry(
        "Il n. {number} non è un aiuto dato o promesso: non se ne fa ricevuta.",
        "Cercare quello valido con maglia aid show CODICE e ripetere.",
        "No. {number} is not help given or promised: it gets no receipt.",
        "Look for the valid one with maglia aid show CODE and repeat.",
    ),
    Code.INPUT_RECORD_UNCHANGED: entry(
        "La correzione non cambia nulla.",
        "Scrivere che cosa cambia, per esempio --amount 40,00.",
        "The correction changes nothing.",
        "Write what changes, for example --amount 40,00.",
    ),
    Code.INPUT_UNDO_LATE: entry(
        "Sono passati più di {limit} minuti: non si annulla più.",
        "Correggere con maglia aid correct {number}; con --status cancelled l'aiuto risulta annullato.",
        "More than {limit} minutes have passed: it cannot be undone any more.",
        "Correct it with maglia aid correct {number}; with --status cancelled the help reads as cancelled.",
    ),
    Code.SESSION_OTHER_OPERATOR: entry(
        "L'ha registrato un altro operatore.",
        "Farlo annullare da chi l'ha registrato o da un responsabile, oppure correggerlo con maglia aid correct.",
        "Another operator put it on record.",
        "Have it undone by whoever recorded it or by a manager, or correct it with maglia aid correct.",
    ),
}
