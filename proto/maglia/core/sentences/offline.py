"""The counter without its node."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.SESSION_OFFLINE_CLOSED: entry(
        "La password non apre ciò che è stato preso senza rete su questo computer.",
        "Riprovare con la password di quando è stato preso; se intanto è cambiata, darla in MAGLIA_OFFLINE_PASSWORD.",
        "The password does not open what was taken offline on this computer.",
        "Retry with the password of when it was taken; if it has changed since, give it in MAGLIA_OFFLINE_PASSWORD.",
    ),
    Code.NETWORK_NOT_SENT: entry(
        "Il nodo non risponde: non è stato inviato nulla, e nulla è perso, tutto resta su questo computer.",
        "Controllare il collegamento e che il nodo sia acceso, e ripetere maglia offline send.",
        "The node does not answer: nothing was sent and nothing is lost, everything stays on this computer.",
        "Check the connection and that the node is up, and repeat maglia offline send.",
    ),
    Code.INPUT_TYPED_TWICE: entry(
        "Le due password non sono uguali: non è stato preso nulla.",
        "Ripetere il comando e scrivere due volte la stessa password.",
        "The two passwords are not the same: nothing was taken.",
        "Repeat the command and type the same password twice.",
    ),
    Code.INPUT_OFFLINE_NUMBER: entry(
        "Con questo numero non aspetta nulla su questo computer.",
        "Leggere i numeri con maglia offline list e ripetere.",
        "Nothing waits under this number on this computer.",
        "Read the numbers with maglia offline list and repeat.",
    ),
    Code.STORAGE_OFFLINE: entry(
        "Ciò che è stato preso senza rete su questo computer è di un'altra versione del programma, o rovinato.",
        "Inviarlo con la versione che l'ha scritto; se non si legge, riprendere i dati dai moduli di carta.",
        "What was taken offline on this computer is of another version of the program, or damaged.",
        "Send it with the version that wrote it; if it cannot be read, take the data from the paper forms.",
    ),
    Code.STORAGE_OFFLINE_FULL: entry(
        "Su questo computer aspettano già {limit} cose prese senza rete: non se ne aggiungono altre.",
        "Inviarle con maglia offline send; intanto usare i moduli di carta (maglia offline form).",
        "On this computer {limit} things taken offline wait already: no more are added.",
        "Send them with maglia offline send; use the paper forms meanwhile (maglia offline form).",
    ),
}
