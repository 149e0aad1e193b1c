"""What ACCREDITAMENTO says of itself, in Italian and in English."""

from __future__ import annotations

from collections.abc import Mapping

LEFT = ("Non è stato fatto nulla.", "Nothing has been done.")
NOTHING_HERE = ("F5 passa alla parte seguente, F6 legge di nuovo.", "F5 goes to the next part, F6 reads again.")
ABOUT = (
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
    "SOSPESO    nessuno gli risponde   REVOCATO   fuori dalla rete",
    "The office admits bodies and looks after the network. It sees no persons.\n"
    "\n"
    "F2 signs what the row waits for   F3 all acts of the row\n"
    "F4 the body's history             F5, or 1-5, the next part\n"
    "F6 reads again                    F7 writes the table to a file\n"
    "F9 stops at once, alone           Enter opens the sheet\n"
    "\n"
    "Two signatures: two officers, each at their own console and with their own key, read the same changes. "
    "Who admits types the fingerprint that the referent reads on the phone.\n"
    "\n"
    "WAITING    to be examined         APPROVED   not activated yet\n"
    "SUSPENDED  nobody answers it      REVOKED    out of the network",
)
HELPS: Mapping[str, tuple[str, str]] = {
    "queue": (
        "Coda: gli enti e le domande. DA dice da quanti giorni attende, FIRME quante firme ci sono su quante servono. "
        "Sotto, la domanda in breve; Invio la apre.",
        "Queue: bodies and applications. FOR says for how many days one has waited, SIGNED how many signatures there "
        "are of those needed. Below, the application in short; Enter opens it.",
    ),
    "board": (
        "Nodi: SENTITO da quanto tempo il nodo ha chiesto novità; NOTIZIE se ha le ultime; CHIAVI se è pronto per "
        "quelle nuove; ENTRO 5 S e MAI come risponde a chi chiede. Chi è assente da troppi giorni è nominato: "
        "proporre l'ospitalità.",
        "Nodes: HEARD how long ago it asked for news; NEWS whether it has the latest; KEYS whether it is ready for new "
        "ones; IN 5 S and NEVER how it answers. Whoever is absent for too long is named: propose that it be hosted.",
    ),
    "officials": (
        "Incaricati: revisori e responsabile della protezione dei dati, nominati da due funzionari. L'impronta si "
        "confronta a voce con la persona.",
        "Officials: auditors and the data-protection officer, appointed by two officers. The fingerprint is compared "
        "by voice with the person.",
    ),
    "procedures": (
        "Procedure: i bandi dichiarati, con il limite di persone per ciascun ente; sotto, quanti codici gli enti hanno "
        "fatto valutare oggi.",
        "Procedures: calls for applicants, with each body's limit of persons; below, how many codes bodies had "
        "evaluated today.",
    ),
    "drafts": (
        "Bozze: ciò che un funzionario ha firmato e attende un'altra firma. Sotto, tutto ciò che cambia, come lo legge "
        "questa postazione e non come lo dice il registro.",
        "Drafts: what one officer has signed and waits for another. Below, all that it changes, as this console reads "
        "it and not as the registry says.",
    ),
    "detail": (
        "Dettaglio della riga: le frecce lo scorrono quando è lungo.",
        "Detail of the row: the arrows scroll it where it is long.",
    ),
}
