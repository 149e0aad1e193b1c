"""The words of RESOCONTI: what is asked before something that cannot be undone, what F1 says."""

from __future__ import annotations

from maglia.core.translation import mark

NONE = mark("Nessuna richiesta. F2 ne registra una.")
PICK_ONE = mark("Invio su una richiesta: che cosa si è trovato.")
ASKING = mark("Si chiede agli enti: può servire qualche minuto. F9 smette di guardare.")
LEFT = mark("Il nodo continua a chiedere. Invio sulla richiesta: a che punto è.")
CHOOSE = mark("Prima si apre una richiesta: Invio sulla riga.")
OVER = mark("La richiesta è chiusa: di quanto conteneva restano le date.")
ACTS = (
    ("extend", mark("Proroga di due mesi")),
    ("close", mark("Chiudi: consegnato alla persona")),
    ("names", mark("Chiedi i nomi degli operatori (file per chi protegge i dati)")),
    ("approved", mark("Registra i nomi approvati da chi protegge i dati")),
)
EXTEND = mark(
    "Perché serve più tempo? La persona va avvisata, con questo motivo, prima che scada il termine. Una volta sola."
)
CLOSE = mark("Consegnato alla persona? Quanto trovato e il documento visto si dimenticano per sempre. Le date restano.")
CLOSED_PARTIAL = mark("Chiusa con un resoconto PARZIALE:")
NAMES_WRITTEN = mark(
    "Il responsabile della protezione dei dati lo approva sul suo schermo NOMI. Il file non dice chi è la persona."
)
APPROVED_FILE = mark(
    "Quale file ha dato il responsabile della protezione dei dati? Poi si chiede di nuovo a ogni ente, coi nomi."
)
PDF_IN = mark("In che lingua? Il file non porta il nome della persona: lo si scrive a mano sul foglio.")
ABOUT = mark(
    "Chi vuole sapere chi ha cercato i suoi dati (art. 15 GDPR) lo chiede qui.\n"
    "F2 registra la richiesta di una persona riconosciuta e chiede a tutti gli enti.\n"
    "Ogni risposta si salva quando arriva; chi manca è nominato, e F6 lo richiede.\n"
    "!! il termine è scaduto o vicino: le più urgenti stanno in cima.\n"
    "F4 proroga, chiude, chiede i nomi degli operatori. F8 scrive il PDF.\n"
    "Lo stesso in testo: maglia access-report --help."
)
HELPS = {
    "cases": mark("Invio: che cosa si è trovato finora per questa richiesta."),
    "found": mark(
        "MANCA: l'ente non ha detto che cosa ha il suo registro. Sotto ogni riga, che cosa è stato comunicato."
    ),
}
