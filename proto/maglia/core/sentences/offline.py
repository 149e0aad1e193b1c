"""The counter without its node."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.SESSION_OFFLINE_CLOSED: entry(
        "La password non apre ciò che è stato preso senza rete su questo computer.",
        "Riprovare con la password di quando è stato preso; se intanto è cambiata, darla in MAGLIA_OFFLINE_PASSWORD.",
    ),
    Code.NETWORK_NOT_SENT: entry(
        "Il nodo non risponde: non è stato inviato nulla, e nulla è perso, tutto resta su questo computer.",
        "Controllare il collegamento e che il nodo sia acceso, e ripetere maglia offline send.",
    ),
    Code.INPUT_TYPED_TWICE: entry(
        "Le due password non sono uguali: non è stato preso nulla.",
        "Ripetere il comando e scrivere due volte la stessa password.",
    ),
    Code.INPUT_OFFLINE_NUMBER: entry(
        "Con questo numero non aspetta nulla su questo computer.",
        "Leggere i numeri con maglia offline list e ripetere.",
    ),
    Code.STORAGE_OFFLINE: entry(
        "Ciò che è stato preso senza rete su questo computer è di un'altra versione del programma, o rovinato.",
        "Inviarlo con la versione che l'ha scritto; se non si legge, riprendere i dati dai moduli di carta.",
    ),
    Code.STORAGE_OFFLINE_FULL: entry(
        "Su questo computer aspettano già {limit} cose prese senza rete: non se ne aggiungono altre.",
        "Inviarle con maglia offline send; intanto usare i moduli di carta (maglia offline form).",
    ),
}
