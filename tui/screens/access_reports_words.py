"""The words of RESOCONTI: what is asked before something that cannot be undone, what F1 says."""

from __future__ import annotations

NONE = ("Nessuna richiesta. F2 ne registra una.", "No request. F2 puts one on file.")
PICK_ONE = ("Invio su una richiesta: che cosa si è trovato.", "Enter on a request: what was found.")
READING = ("Lettura in corso...", "Reading...")
ASKING = (
    "Si chiede agli enti: può servire qualche minuto. F9 smette di guardare.",
    "Bodies are asked: it may take minutes. F9 stops watching.",
)
LEFT = (
    "Il nodo continua a chiedere. Invio sulla richiesta: a che punto è.",
    "The node goes on asking. Enter on the request: how far it is.",
)
CHOOSE = ("Prima si apre una richiesta: Invio sulla riga.", "First open a request: Enter on its row.")
OVER = (
    "La richiesta è chiusa: di quanto conteneva restano le date.",
    "The request is closed: only its dates are left.",
)
ACTS = (
    ("extend", ("Proroga di due mesi", "Extend by two months")),
    ("close", ("Chiudi: consegnato alla persona", "Close: handed to the person")),
    ("names", ("Chiedi i nomi degli operatori (file per il DPO)", "Ask for operators' names (file for the DPO)")),
    ("approved", ("Registra i nomi approvati dal DPO", "File the names that the DPO approved")),
)
EXTEND = (
    "Perché serve più tempo? La persona va avvisata, con questo motivo, prima che scada il termine. Una volta sola.",
    "Why is more time needed? The person must be told, with this reason, before the time is over. Once only.",
)
CLOSE = (
    "Consegnato alla persona? Quanto trovato e il documento visto si dimenticano per sempre. Le date restano.",
    "Handed to the person? What was found and the document seen are forgotten for good. The dates stay.",
)
CLOSED_PARTIAL = ("Chiusa con un resoconto PARZIALE:", "Closed with a PARTIAL report:")
NAMES_WRITTEN = (
    "Il responsabile della protezione dei dati lo approva sul suo schermo NOMI. Il file non dice chi è la persona.",
    "The data-protection officer approves it on their screen NAMES. The file does not say who the person is.",
)
APPROVED_FILE = (
    "Quale file ha dato il responsabile della protezione dei dati? Poi si chiede di nuovo a ogni ente, coi nomi.",
    "Which file did the data-protection officer give back? Every body is then asked again, with names.",
)
PDF_IN = (
    "In che lingua? Il file non porta il nome della persona: lo si scrive a mano sul foglio.",
    "In which language? The file does not name the person: the name is written on the paper by hand.",
)
ABOUT = (
    "Chi vuole sapere chi ha cercato i suoi dati (art. 15 GDPR) lo chiede qui.\n"
    "F2 registra la richiesta di una persona riconosciuta e chiede a tutti gli enti.\n"
    "Ogni risposta si salva quando arriva; chi manca è nominato, e F6 lo richiede.\n"
    "!! il termine è scaduto o vicino: le più urgenti stanno in cima.\n"
    "F4 proroga, chiude, chiede i nomi degli operatori. F8 scrive il PDF.\n"
    "Lo stesso in testo: maglia access-report --help.",
    "Whoever wants to know who looked them up (GDPR art. 15) asks here.\n"
    "F2 puts an identified person's request on file and asks every body.\n"
    "Each answer is kept when it comes; who is missing is named, F6 asks them again.\n"
    "!! the time is over or nearly: the most urgent stand on top.\n"
    "F4 extends, closes, asks for operators' names. F8 writes the PDF.\n"
    "The same as text: maglia access-report --help.",
)
HELPS = {
    "cases": (
        "Invio: che cosa si è trovato finora per questa richiesta.",
        "Enter: what was found so far for this request.",
    ),
    "found": (
        "MANCA: l'ente non ha detto che cosa ha il suo registro. Sotto ogni riga, che cosa è stato comunicato.",
        "MISSING: the body did not tell what its log holds. Below each row, what was disclosed.",
    ),
}
