"""Records as they are on file: found, corrected, undone."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.INPUT_PERSON_UNKNOWN: entry(
        "Di questa persona qui non c'è nulla.",
        "Registrare prima un aiuto o un consenso, poi la nota.",
    ),
    Code.INPUT_RECORD_UNKNOWN: entry(
        "Nessun aiuto ha questo numero.",
        "Leggere il numero con maglia aid show CODICE e ripetere.",
    ),
    Code.INPUT_RECORD_AMBIGUOUS: entry(
        "Più di un aiuto comincia con questo numero.",
        "Scrivere più caratteri: maglia aid show CODICE --json li dà tutti.",
    ),
    Code.INPUT_RECORD_CORRECTED: entry(
        "Questa è una versione già corretta.",
        "Usare la più recente, {number}: maglia aid show CODICE le elenca.",
    ),
    Code.INPUT_RECORD_RESERVED: entry(
        "È un impegno, non un aiuto già dato.",
        "Confermarlo o lasciarlo, e se serve registrarlo di nuovo.",
    ),
    Code.INPUT_RECORD_RELEASED: entry(
        "Era un impegno, ed è stato lasciato: correggendolo non diventa un aiuto dato.",
        "Impegnarsi di nuovo con maglia reserve add, o registrare l'aiuto dato con maglia aid add.",
    ),
    Code.INPUT_RECORD_NO_RECEIPT: entry(
        "Il n. {number} non è un aiuto dato o promesso: non se ne fa ricevuta.",
        "Cercare quello valido con maglia aid show CODICE e ripetere.",
    ),
    Code.INPUT_RECORD_UNCHANGED: entry(
        "La correzione non cambia nulla.",
        "Scrivere che cosa cambia, per esempio --amount 40,00.",
    ),
    Code.INPUT_UNDO_LATE: entry(
        "Sono passati più di {limit} minuti: non si annulla più.",
        "Correggere con maglia aid correct {number}; con --status cancelled l'aiuto risulta annullato.",
    ),
    Code.SESSION_OTHER_OPERATOR: entry(
        "L'ha registrato un altro operatore.",
        "Farlo annullare da chi l'ha registrato o da un responsabile, oppure correggerlo con maglia aid correct.",
    ),
}
