"""What ACCREDITAMENTO says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.codes import Code
from maglia.core.translation import mark

LEFT = mark("Non è stato fatto nulla.")
KEPT = mark("Non è stato fatto nulla. Quanto è scritto resta qui: lo stesso atto lo ritrova, Annulla lo toglie.")
OWN = mark("Serve una seconda firma: la sua c'è già, firma l'altro funzionario.")
NOTHING_HERE = mark("F5 passa alla parte seguente, F6 legge di nuovo.")
ABOUT = mark(
    "L'ufficio ammette gli enti e ne cura la rete. Non vede dati di persone.\n"
    "\n"
    "F2 firma ciò che la riga attende  F3 tutti gli atti della riga\n"
    "F4 la storia dell'ente            F5, o 1-5, la parte seguente\n"
    "F6 legge di nuovo                 F7 scrive la tabella in un file\n"
    "F9 ferma subito, da solo          Invio apre la scheda\n"
    "\n"
    "Due firme: due funzionari, ciascuno dalla sua postazione e con la sua chiave, leggono le stesse modifiche. "
    "Chi ammette scrive l'impronta che il referente legge al telefono.\n"
    "\n"
    "IN ATTESA  da esaminare           APPROVATO  manca l'attivazione\n"
    "SOSPESO    nessuno gli risponde   REVOCATO   fuori dalla rete"
)
NEXT_HERE: Mapping[Code, str] = {
    Code.NETWORK_UNSURE: mark("Quando risponde, F6: la riga e le Bozze dicono se c'è; se no, ripetere."),
    Code.DIRECTORY_EPOCH: mark("F6, poi F3 tra i Nodi: c'è solo il passo che segue."),
    Code.DIRECTORY_UNREADY: mark("Attenderli, o ripetere nominandoli in «Senza», se non torneranno."),
    Code.MEMBER_UNKNOWN: mark("Ricopiare il nome breve dalla Coda e ripetere: quanto è scritto resta."),
    Code.MEMBER_INACTIVE: mark("Invio sulla sua riga della Coda: in che stato è, e perché."),
    Code.MEMBER_NOT_ENTITLED: mark("Indicare solo enti pubblici che possono chiedere per un bando, e ripetere."),
}
"""What to do next, where the catalog names a command of the terminal."""
HELPS: Mapping[str, str] = {
    "queue": mark(
        "Coda: gli enti e le domande. DA dice da quanti giorni attende, FIRME quante firme ci sono su quante servono. "
        "Sotto, la domanda in breve; Invio la apre."
    ),
    "board": mark(
        "Nodi: SENTITO da quanto tempo il nodo ha chiesto novità; NOTIZIE se ha le ultime; CHIAVI se è pronto per "
        "quelle nuove; ENTRO 5 S e MAI come risponde a chi chiede. Chi è assente da troppi giorni è nominato: "
        "proporre l'ospitalità."
    ),
    "officials": mark(
        "Incaricati: revisori e responsabile della protezione dei dati, nominati da due funzionari. L'impronta si "
        "confronta a voce con la persona."
    ),
    "procedures": mark(
        "Procedure: i bandi dichiarati, con il limite di persone per ciascun ente; sotto, quanti codici gli enti hanno "
        "fatto valutare oggi."
    ),
    "drafts": mark(
        "Bozze: ciò che un funzionario ha firmato e attende un'altra firma. Sotto, tutto ciò che cambia, come lo legge "
        "questa postazione e non come lo dice il registro."
    ),
    "detail": mark("Dettaglio della riga: le frecce lo scorrono quando è lungo."),
}
