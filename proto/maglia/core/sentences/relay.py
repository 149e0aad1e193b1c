"""Nodes that are reached through a relay."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.NETWORK_RELAY: entry(
        "Il relay non si raggiunge, o non ammette questo nodo: gli altri enti ora non possono interrogarlo.",
        "Controllare il collegamento; se dura, avvisare chi gestisce il relay indicato dalla scheda dell'ente.",
    ),
    Code.NETWORK_RELAY_BUSY: entry(
        "Il relay riceve troppe richieste da questo indirizzo.",
        "Attendere un minuto: il nodo riprova da solo.",
    ),
    Code.NETWORK_TICKET: entry(
        "Chi chiamava attraverso il relay non attende più.",
        "Non fare nulla: chi chiama riprova da solo.",
    ),
}
