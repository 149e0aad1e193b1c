"""Nodes that are reached through a relay."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.NETWORK_RELAY: entry(
        "Il relay non si raggiunge, o non ammette questo nodo: gli altri enti ora non possono interrogarlo.",
        "Controllare il collegamento; se dura, avvisare chi gestisce il relay indicato dalla scheda dell'ente.",
        "The relay cannot be reached, or does not admit this node: other bodies cannot ask it now.",
        "Check the connection; if it lasts, tell whoever runs the relay that the body's card names.",
    ),
    Code.NETWORK_RELAY_BUSY: entry(
        "Il relay riceve troppe richieste da questo indirizzo.",
        "Attendere un minuto: il nodo riprova da solo.",
        "The relay receives too many requests from this address.",
        "Wait a minute: the node tries again by itself.",
    ),
    Code.NETWORK_TICKET: entry(
        "Chi chiamava attraverso il relay non attende più.",
        "Non fare nulla: chi chiama riprova da solo.",
        "Whoever called through the relay waits no longer.",
        "Do nothing: whoever calls tries again by itself.",
    ),
}
