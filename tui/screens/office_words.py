"""What ACCREDITAMENTO says of itself, in Italian and in English."""

from __future__ import annotations

from collections.abc import Mapping

LEFT = ("Non è stato fatto nulla.", "Nothing has been done.")
NOTHING_HERE = ("F5 passa alla parte seguente, F6 legge di nuovo.", "F5 goes to the next part, F6 reads again.")
ABOUT = (
    "L'ufficio ammette gli enti e ne cura la rete. Non vede dati di persone.\n"
    "\n"
    "F2 firma ciò che la riga attende   F3 tutti gli atti della riga\n"
    "F4 storia dell'ente nel registro   F5 (o 1-5) la parte seguente\n"
    "F6 legge di nuovo                  F7 scrive la tabella in un file\n"
    "F9 ferma subito: basta un funzionario. Invio apre la scheda.\n"
    "\n"
    "Due firme: il primo e il secondo funzionario, ciascuno dalla sua\n"
    "postazione e con la sua chiave, leggono le stesse modifiche, e chi ammette\n"
    "scrive l'impronta che il referente legge ad alta voce al telefono.\n"
    "\n"
    "IN ATTESA  domanda da esaminare      APPROVATO  manca l'attivazione\n"
    "SOSPESO    nessuno gli risponde      REVOCATO   fuori dalla rete",
    "The office admits bodies and looks after the network. It sees no persons.\n"
    "\n"
    "F2 signs what the row waits for    F3 all acts of the row\n"
    "F4 the body's history in the log   F5 (or 1-5) the next part\n"
    "F6 reads again                     F7 writes the table to a file\n"
    "F9 stops at once: one officer is enough. Enter opens the sheet.\n"
    "\n"
    "Two signatures: the first and the second officer, each at their own\n"
    "console and with their own key, read the same changes, and who admits\n"
    "types the fingerprint that the referent reads aloud on the phone.\n"
    "\n"
    "WAITING    to be examined            APPROVED   not activated yet\n"
    "SUSPENDED  nobody answers it         REVOKED    out of the network",
)
HELPS: Mapping[str, tuple[str, str]] = {
    "queue": (
        "Coda: gli enti e le domande. DA dice da quanti giorni attende, FIRME quante\n"
        "firme ci sono su quante servono. Sotto, la domanda in breve; Invio la apre.",
        "Queue: bodies and applications. FOR says for how many days one has waited,\n"
        "SIGNED how many signatures there are of those needed. Enter opens the sheet.",
    ),
    "board": (
        "Nodi: SENTITO da quanto tempo il nodo ha chiesto novità; NOTIZIE se ha le\n"
        "ultime; CHIAVI se è pronto per quelle nuove; ENTRO 5 S e MAI come risponde a\n"
        "chi chiede. Chi è assente da troppi giorni è nominato: proporre l'ospitalità.",
        "Nodes: HEARD how long ago it asked for news; NEWS whether it has the latest;\n"
        "KEYS whether it is ready for new ones; IN 5 S and NEVER how it answers.\n"
        "Whoever is absent for too long is named: propose that it be hosted.",
    ),
    "officials": (
        "Incaricati: revisori e responsabile della protezione dei dati, nominati da due\n"
        "funzionari. L'impronta si confronta a voce con la persona.",
        "Officials: auditors and the data-protection officer, appointed by two officers.\n"
        "The fingerprint is compared by voice with the person.",
    ),
    "procedures": (
        "Procedure: i bandi dichiarati, con il limite di persone per ciascun ente; sotto,\n"
        "quanti codici gli enti hanno fatto valutare oggi.",
        "Procedures: calls for applicants, with each body's limit of persons; below,\n"
        "how many codes bodies had evaluated today.",
    ),
    "drafts": (
        "Bozze: ciò che un funzionario ha firmato e attende un'altra firma. Sotto, tutto\n"
        "ciò che cambia, come lo legge questa postazione e non come lo dice il registro.",
        "Drafts: what one officer has signed and waits for another. Below, all that it\n"
        "changes, as this console reads it and not as the registry says.",
    ),
    "detail": (
        "Dettaglio della riga: le frecce lo scorrono quando è lungo.",
        "Detail of the row: the arrows scroll it where it is long.",
    ),
}
