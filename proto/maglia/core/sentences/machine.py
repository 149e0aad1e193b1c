"""Pseudonyms, logs, the network, versions and storage."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.PSEUDONYM_KEY_SET: entry(
        "L'insieme di chiavi indicato non è tra quelli in uso.",
        "Aggiornare l'elenco degli enti e riprovare.",
    ),
    Code.PSEUDONYM_EPOCH: entry(
        "Il periodo delle chiavi indicato non è in uso.",
        "Aggiornare l'elenco degli enti e riprovare.",
    ),
    Code.PSEUDONYM_NO_ROTATION: entry(
        "Nessun cambio di chiavi per questo periodo è annunciato: gli pseudonimi sono quelli in uso.",
        "Attendere che l'ufficio di accreditamento annunci il cambio, e che il nodo lo senta; poi ripetere il comando.",
    ),
    Code.PSEUDONYM_MASK: entry(
        "Le quote di chiave indicate non sono ammesse.",
        "Aggiornare il programma e riprovare.",
    ),
    Code.PSEUDONYM_ELEMENT: entry(
        "Un valore cifrato ricevuto non è ammesso.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
    ),
    Code.PSEUDONYM_PROOF: entry(
        "La prova dell'ufficio di accreditamento non è valida: verifica non eseguita.",
        "Non ripetere e avvisare l'ufficio di accreditamento.",
    ),
    Code.PSEUDONYM_BATCH: entry(
        "Il numero di valori cifrati non corrisponde a quanto chiesto.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
    ),
    Code.LOG_UNAVAILABLE: entry(
        "Il registro degli accessi non è scrivibile: verifica non eseguita.",
        "Liberare spazio su disco (maglia-node doctor) e riprovare.",
    ),
    Code.LOG_BROKEN: entry(
        "Il registro degli accessi è alterato alla voce {entry}.",
        "Non usare il nodo e avvisare il revisore.",
    ),
    Code.LOG_CHECKPOINT: entry(
        "La testata del registro degli accessi non ha una firma valida.",
        "Non fidarsene e avvisare il revisore.",
    ),
    Code.LOG_FORK: entry(
        "Il registro presentato non continua quello già visto.",
        "Non usare il nodo e avvisare il revisore.",
    ),
    Code.LOG_REWRITTEN: entry(
        "La storia dell'ufficio è stata accorciata o riscritta: non continua quella già vista.",
        "Non firmare nulla, conservare il database com'è e avvisare il revisore e i custodi della radice.",
    ),
    Code.LOG_STALE: entry(
        "Il testimone non controfirma il registro degli accessi da tempo.",
        "Controllare il collegamento con l'ufficio di accreditamento prima che l'ente smetta di rispondere.",
    ),
    Code.LOG_UNWITNESSED: entry(
        "Il registro degli accessi non è controfirmato da troppo tempo: l'ente non risponde.",
        "Controllare il collegamento con l'ufficio di accreditamento e attendere la controfirma.",
    ),
    Code.LOG_DAMAGED: entry(
        "Il registro degli accessi di questo nodo è alterato: l'ente non risponde e non chiede.",
        "Eseguire «maglia-node log verify», che dice dove, rimettere il database da una copia e avvisare il revisore.",
    ),
    Code.LOG_KEY: entry(
        "Una chiave mensile del registro degli accessi manca o non si apre: non si sa di chi si è chiesto.",
        "Eseguire «maglia-node doctor», che dice quale, e rimetterla da una copia.",
    ),
    Code.LOG_ARCHIVE: entry(
        "Il file d'archivio {file} del registro degli accessi manca o è alterato.",
        "Rimetterlo da una copia e ripetere «maglia-node log verify»; se non si ripara, avvisare il revisore.",
    ),
    Code.LOG_COPY: entry(
        "La copia del registro di «{member}» in questo archivio è alterata alla voce {entry}.",
        "Mettere da parte la cartella dell'archivio e ripetere «maglia audit pull».",
    ),
    Code.LOG_RECEIPT: entry(
        "La ricevuta dell'ente che risponde non è valida.",
        "Considerare l'ente muto e avvisare il revisore.",
    ),
    Code.LOG_INTERRUPTED: entry(
        "Lettura interrotta: il registro non è mai stato letto per intero.",
        "Ripetere «maglia audit pull».",
    ),
    Code.LOG_FORMER: entry(
        "Non più letto: l'ente è fuori dalla rete. Conta quanto era stato letto prima.",
        "Se serve il resto del registro, chiederlo all'ente.",
    ),
    Code.NETWORK_UNREACHABLE: entry(
        "Rete assente: verifica non eseguita.",
        "Controllare il collegamento e riprovare. Se è il nodo che non risponde, intanto c'è «maglia offline».",
    ),
    Code.NETWORK_AWAY: entry(
        "Rete assente: verifica non eseguita.",
        "Ripetere con --defer, e sarà fatta da sé quando la rete torna; oppure riprovare.",
    ),
    Code.NETWORK_DEADLINE: entry(
        "La risposta non è arrivata in tempo: l'operazione può essere avvenuta lo stesso.",
        "Guardare se è avvenuta; se no, riprovare tra poco.",
    ),
    Code.NETWORK_UNSURE: entry(
        "Il registro ha smesso di rispondere: non si sa se l'atto è arrivato.",
        "Quando il registro risponde di nuovo, guardare con «maglia office list» se è arrivato; se no, ripetere.",
    ),
    Code.NETWORK_IMPORT: entry(
        "Il nodo ha smesso di rispondere durante l'importazione: le righe già salvate restano.",
        "Quando il nodo è di nuovo acceso, ripetere lo stesso comando con lo stesso file: riprende da dove era.",
    ),
    Code.NETWORK_SIZE: entry(
        "La risposta è più grande di quanto un messaggio può essere: la rete c'è.",
        "Aggiornare il programma; se succede ancora, avvisare chi gestisce il registro o il nodo.",
    ),
    Code.NETWORK_ANSWER: entry(
        "La risposta di un ente non è valida.",
        "Considerare l'ente muto e avvisare l'ufficio di accreditamento.",
    ),
    Code.NETWORK_TLS: entry(
        "Il collegamento non è protetto come richiesto (TLS 1.3).",
        "Aggiornare il programma di chi chiama e riprovare.",
    ),
    Code.NETWORK_PORT_BUSY: entry(
        "L'indirizzo «{address}» non si può usare: la porta è occupata o l'indirizzo non è di questo computer.",
        "Fermare il programma che usa la porta, o cambiare «{field}» in {source}, e riavviare.",
    ),
    Code.NETWORK_PROCESS: entry(
        "Il programma «{name}» non è partito o si è fermato.",
        "Leggere {log} e ripetere il comando.",
    ),
    Code.VERSION_UNSUPPORTED: entry(
        "La versione del protocollo non è compresa da tutti e due.",
        "Aggiornare il programma più vecchio e riprovare.",
    ),
    Code.STORAGE_UNAVAILABLE: entry(
        "L'archivio dei dati non è disponibile.",
        "Riprovare tra poco; se il caso continua, avvisare chi amministra il nodo o il registro.",
    ),
    Code.STORAGE_DAMAGED: entry(
        "Il database è rovinato: tabella «{table}».",
        "Rimettere il database da una copia intatta e riavviare; se la copia è vecchia, avvisare anche l'ufficio.",
    ),
    Code.STORAGE_LOCKED: entry(
        "Un altro programma sta usando la cartella «{path}».",
        "Fermare l'altro programma e ripetere.",
    ),
    Code.STORAGE_KEYSTORE: entry(
        "Le chiavi non si aprono con questa frase segreta.",
        "Controllare la frase segreta e ripetere; se è giusta, rimettere il file delle chiavi dalla sua copia.",
    ),
    Code.STORAGE_MISSING: entry(
        "Manca «{path}».",
        "Eseguire prima «{command}».",
    ),
    Code.STORAGE_KEY_FILE: entry(
        "Manca la chiave «{path}».",
        "Rimetterla dalla sua copia; se è persa, farne un'altra con «{command}» e darne la parte pubblica all'ufficio.",
    ),
    Code.STORAGE_COPY: entry(
        "I file nella cartella «{path}», su questo computer, sono danneggiati o incompleti.",
        "Mettere da parte la cartella e ripetere «maglia audit pull», che la rifà da capo.",
    ),
    Code.STORAGE_FOLDER: entry(
        "La cartella «{path}», su questo computer, non si può leggere o scrivere.",
        "Controllarne i permessi e lo spazio su disco, e ripetere.",
    ),
    Code.STORAGE_EXISTS: entry(
        "«{path}» esiste già e non viene sovrascritto.",
        "Scegliere un'altra cartella o toglierlo a mano.",
    ),
    Code.STORAGE_LOW: entry(
        "Lo spazio su disco è quasi finito: l'ente non risponde alle domande degli altri.",
        "Liberare spazio su disco (maglia-node doctor); il nodo riprende da solo.",
    ),
    Code.STORAGE_FULL: entry(
        "Il disco è pieno: l'ente non chiede e non risponde, e finisce soltanto ciò che ha iniziato.",
        "Liberare spazio su disco (maglia-node doctor); il nodo riprende da solo.",
    ),
    Code.STORAGE_CODES: entry(
        "I codici di {count} fra persone e forniture non si leggono: non possono essere iscritti.",
        "Registrare o importare di nuovo i loro aiuti, o ripristinare una copia; poi «maglia-node doctor».",
    ),
    Code.STORAGE_MOVED: entry(
        "Questo ente è stato trasferito altrove il {day}: da questa cartella non serve più.",
        "Usare il nodo nella nuova sede; per riportarlo qui, fare lo stesso trasferimento da là.",
    ),
    Code.STORAGE_ARCHIVE: entry(
        "L'archivio del nodo non si apre: la frase segreta non è la sua, o il file è incompleto o alterato.",
        "Controllare la frase segreta, copiare di nuovo il file da dove è stato fatto, e ripetere.",
    ),
    Code.STORAGE_DATABASE: entry(
        "I dati di questo ente sono in un PostgreSQL, che l'archivio del nodo non può contenere.",
        "Copiare la base di dati con pg_dump e la cartella del nodo a parte, a nodo fermo.",
    ),
    Code.STORAGE_HOSTED: entry(
        "I dati di «{member}» sono ancora qui e in nessun altro posto: togliendolo andrebbero persi.",
        "Trasferirlo con «maglia-node host export»; se vanno distrutti davvero, ripetere con --erase.",
    ),
}
