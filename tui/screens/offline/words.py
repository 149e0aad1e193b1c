"""The words of SENZA RETE."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.errors import Code
from maglia.core.translation import mark

ABOUT = mark(
    "Per quando il nodo dell'ente non risponde: si prendono aiuti e consensi su questo computer, cifrati con la"
    " password, e si inviano quando il nodo torna. Niente di quanto si prende qui è verificato.\n"
    "\n"
    "F2  prende l'aiuto: la merce è già data, o si dà ora.\n"
    "F3  prende il solo consenso, a voce, e chiede agli enti dopo l'invio.\n"
    "F6  invia tutto al nodo; se serve chiede prima l'accesso. L'esito arriva in AVVISI.\n"
    "F9  toglie la riga su cui è il cursore, senza inviarla.\n"
    "\n"
    "Chi non ha nessun codice: annotare l'aiuto su carta, e registrarlo in REGISTRA (F6) quando il nodo torna.\n"
    "\n"
    "Se il nodo risponde e manca solo la rete, si lavora in REGISTRA come sempre.\n"
    "Lo stesso in testo: maglia offline."
)
HELPS: Mapping[str, str] = {
    "code": mark("Codice fiscale, STP o ENI della persona: dalla tessera, o scritto a mano."),
    "facet": mark("Che aiuto si dà, o si chiederà agli enti."),
    "amount": mark("Importo o valore, come 1.234,50; per i beni può mancare."),
    "day": mark("Giorno in cui l'aiuto è dato o il consenso preso: oggi, o prima."),
    "protocol": mark("Per gli enti pubblici: il protocollo della pratica, sul quale si chiederà agli enti."),
    "asked": mark(
        "Se dopo l'invio si chiede agli altri enti. Chi acconsente ora: leggere l'informativa, poi scegliere"
        " «acconsente ora»: il consenso è preso con l'aiuto. Chi non acconsente si aiuta lo stesso: «non si chiede»,"
        " e nessun altro ente vede l'aiuto."
    ),
    "taken": mark("Ciò che aspetta di essere inviato. F9 toglie la riga; F6 invia tutto."),
}
NEXT_HERE: Mapping[Code, str] = {
    Code.INPUT_FIELD: mark("Correggere il campo e ripetere."),
}
BEGIN = mark("Niente di quanto si prende qui è verificato: nessun ente è interrogato finché non è inviato.")
NONE = mark("Niente da inviare.")
KEPT = mark("NON VERIFICATO: nessun ente è stato interrogato, e il nodo non lo sa ancora. F6 invia; F9 toglie.")
SAME = mark("Uguale al n. {same_as}. Se è la stessa cosa: sulla sua riga, F9 la toglie.")
LOGIN = mark("Per inviare serve l'accesso al nodo: scrivere la password.")
SENDING = mark("Invio al nodo...")
NOT_YET = mark("NON ANCORA VERIFICATO: si chiede appena c'è la rete; l'esito arriva in AVVISI (F10).")
STOPPED = mark("Il nodo non risponde più: restano su questo computer {left}, e nulla è perso. Riprovare con F6.")
REFUSED = mark("Il nodo lo rifiuta: {why} F9 lo toglie.")
REMOVE = mark("Togliere senza inviare? Al nodo non cambia nulla.")
OF_THEN = mark("Ciò che è stato preso è sotto la password di allora.")
