"""Pseudonyms, logs, the network, versions and storage."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.PSEUDONYM_KEY_SET: entry(
        "L'insieme di chiavi indicato non è tra quelli in uso.",
        "Aggiornare l'elenco degli enti e riprovare.",
        "The key set named is not in use.",
        "Update the directory and retry.",
    ),
    Code.PSEUDONYM_EPOCH: entry(
        "Il periodo delle chiavi indicato non è in uso.",
        "Aggiornare l'elenco degli enti e riprovare.",
        "The key epoch named is not in use.",
        "Update the directory and retry.",
    ),
    Code.PSEUDONYM_NO_ROTATION: entry(
        "Nessun cambio di chiavi per questo periodo è annunciato: gli pseudonimi sono quelli in uso.",
        "Attendere che l'ufficio di accreditamento annunci il cambio, e che il nodo lo senta; poi ripetere il comando.",
        "No change of keys for this epoch is announced: the pseudonyms are those in use.",
        "Wait until the accreditation office announces the change, and the node hears of it; then repeat the command.",
    ),
    Code.PSEUDONYM_MASK: entry(
        "Le quote di chiave indicate non sono ammesse.",
        "Aggiornare il programma e riprovare.",
        "The key shares named are not allowed.",
        "Update the program and retry.",
    ),
    Code.PSEUDONYM_ELEMENT: entry(
        "Un valore cifrato ricevuto non è ammesso.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
        "An encrypted value received is not allowed.",
        "Retry; if it goes on, tell the accreditation office.",
    ),
    Code.PSEUDONYM_PROOF: entry(
        "La prova dell'ufficio di accreditamento non è valida: verifica non eseguita.",
        "Non ripetere e avvisare l'ufficio di accreditamento.",
        "The accreditation office's proof is not valid: check not done.",
        "Do not repeat and tell the accreditation office.",
    ),
    Code.PSEUDONYM_BATCH: entry(
        "Il numero di valori cifrati non corrisponde a quanto chiesto.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
        "The number of encrypted values is not what was asked.",
        "Retry; if it goes on, tell the accreditation office.",
    ),
    Code.LOG_UNAVAILABLE: entry(
        "Il registro degli accessi non è scrivibile: verifica non eseguita.",
        "Liberare spazio su disco (maglia-node doctor) e riprovare.",
        "The access log cannot be written: check not done.",
        "Free disk space (maglia-node doctor) and retry.",
    ),
    Code.LOG_BROKEN: entry(
        "Il registro degli accessi è alterato alla voce {entry}.",
        "Non usare il nodo e avvisare il revisore.",
        "The access log is altered at entry {entry}.",
        "Do not use the node and tell the auditor.",
    ),
    Code.LOG_CHECKPOINT: entry(
        "La testata del registro degli accessi non ha una firma valida.",
        "Non fidarsene e avvisare il revisore.",
        "The checkpoint of the access log has no valid signature.",
        "Do not trust it and tell the auditor.",
    ),
    Code.LOG_FORK: entry(
        "Il registro presentato non continua quello già visto.",
        "Non usare il nodo e avvisare il revisore.",
        "The log presented does not continue the one already seen.",
        "Do not use the node and tell the auditor.",
    ),
    Code.LOG_REWRITTEN: entry(
        "La storia dell'ufficio è stata accorciata o riscritta: non continua quella già vista.",
        "Non firmare nulla, conservare il database com'è e avvisare il revisore e i custodi della radice.",
        "The office's history was shortened or rewritten: it does not continue the one already seen.",
        "Sign nothing, keep the database as it is, and tell the auditor and the root's holders.",
    ),
    Code.LOG_STALE: entry(
        "Il testimone non controfirma il registro degli accessi da tempo.",
        "Controllare il collegamento con l'ufficio di accreditamento prima che l'ente smetta di rispondere.",
        "The witness has not cosigned the access log for a while.",
        "Check the connection to the accreditation office before the body stops answering.",
    ),
    Code.LOG_UNWITNESSED: entry(
        "Il registro degli accessi non è controfirmato da troppo tempo: l'ente non risponde.",
        "Controllare il collegamento con l'ufficio di accreditamento e attendere la controfirma.",
        "The access log has not been cosigned for too long: the body does not answer.",
        "Check the connection to the accreditation office and wait for the cosignature.",
    ),
    Code.LOG_DAMAGED: entry(
        "Il registro degli accessi di questo nodo è alterato: l'ente non risponde e non chiede.",
        "Eseguire «maglia-node log verify», che dice dove, rimettere il database da una copia e avvisare il revisore.",
        "This node's access log is altered: the body neither answers nor asks.",
        "Run `maglia-node log verify`, which says where, put the database back from a copy, and tell the auditor.",
    ),
    Code.LOG_KEY: entry(
        "Una chiave mensile del registro degli accessi non si apre: di quel mese non si sa più di chi si è chiesto.",
        "Eseguire «maglia-node doctor», che dice quale, e rimetterla da una copia.",
        "A monthly key of the access log does not open: nobody could be told who was asked about in that month.",
        "Run `maglia-node doctor`, which says which, and put it back from a copy.",
    ),
    Code.LOG_ARCHIVE: entry(
        "Il file d'archivio {file} del registro degli accessi manca o è alterato.",
        "Rimetterlo da una copia e ripetere «maglia-node log verify»; se non si ripara, avvisare il revisore.",
        "The access log's archive file {file} is missing or altered.",
        "Put it back from a copy and repeat `maglia-node log verify`; if that does not mend it, tell the auditor.",
    ),
    Code.LOG_COPY: entry(
        "La copia del registro di «{member}» in questo archivio è alterata alla voce {entry}.",
        "Mettere da parte la cartella dell'archivio e ripetere «maglia audit pull».",
        "The copy of the log of “{member}” in this archive is altered at entry {entry}.",
        "Put the archive's folder aside and run “maglia audit pull” again.",
    ),
    Code.LOG_RECEIPT: entry(
        "La ricevuta dell'ente che risponde non è valida.",
        "Considerare l'ente muto e avvisare il revisore.",
        "The answering body's receipt is not valid.",
        "Treat the body as silent and tell the auditor.",
    ),
    Code.LOG_INTERRUPTED: entry(
        "Lettura interrotta: il registro non è mai stato letto per intero.",
        "Ripetere «maglia audit pull».",
        "The reading was interrupted: the log was never read whole.",
        "Repeat “maglia audit pull”.",
    ),
    Code.LOG_FORMER: entry(
        "Non più letto: l'ente è fuori dalla rete. Conta quanto era stato letto prima.",
        "Se serve il resto del registro, chiederlo all'ente.",
        "No longer read: the body has left the network. What was read before counts.",
        "If the rest of the log is needed, ask the body for it.",
    ),
    Code.NETWORK_UNREACHABLE: entry(
        "Rete assente: verifica non eseguita.",
        "Controllare il collegamento e riprovare. Intanto, se il nodo risponde: «maglia check --defer»; se non "
        "risponde: «maglia offline».",
        "No network: check not done.",
        "Check the connection and retry. Meanwhile, if the node answers: “maglia check --defer”; if it does not: "
        "“maglia offline”.",
    ),
    Code.NETWORK_AWAY: entry(
        "Rete assente: verifica non eseguita.",
        "Ripetere con --defer, e sarà fatta da sé quando la rete torna; oppure riprovare.",
        "No network: check not done.",
        "Repeat with --defer, and it is made by itself when the network is back; or retry.",
    ),
    Code.NETWORK_DEADLINE: entry(
        "La risposta non è arrivata in tempo: l'operazione può essere avvenuta lo stesso.",
        "Guardare se è avvenuta; se no, riprovare tra poco.",
        "The answer did not arrive in time: the operation may have been done all the same.",
        "See whether it was done; if not, retry shortly.",
    ),
    Code.NETWORK_IMPORT: entry(
        "Il nodo ha smesso di rispondere durante l'importazione: le righe già salvate restano.",
        "Quando il nodo è di nuovo acceso, ripetere lo stesso comando con lo stesso file: riprende da dove era.",
        "The node stopped answering during the import: the rows already stored stay.",
        "When the node is up again, repeat the same command with the same file: it goes on from there.",
    ),
    Code.NETWORK_SIZE: entry(
        "La risposta è più grande di quanto un messaggio può essere: la rete c'è.",
        "Aggiornare il programma; se succede ancora, avvisare chi gestisce il registro o il nodo.",
        "The answer is larger than a message may be: the network is there.",
        "Update the program; if it happens again, tell whoever runs the registry or the node.",
    ),
    Code.NETWORK_ANSWER: entry(
        "La risposta di un ente non è valida.",
        "Considerare l'ente muto e avvisare l'ufficio di accreditamento.",
        "A body's answer is not valid.",
        "Treat the body as silent and tell the accreditation office.",
    ),
    Code.NETWORK_TLS: entry(
        "Il collegamento non è protetto come richiesto (TLS 1.3).",
        "Aggiornare il programma di chi chiama e riprovare.",
        "The connection is not protected as required (TLS 1.3).",
        "Update the caller's program and retry.",
    ),
    Code.NETWORK_PORT_BUSY: entry(
        "L'indirizzo «{address}» non si può usare: la porta è occupata o l'indirizzo non è di questo computer.",
        "Fermare il programma che usa la porta, o cambiare «{field}» in {source}, e riavviare.",
        "The address “{address}” cannot be used: its port is taken or the address is not this machine's.",
        "Stop the program that uses the port, or change “{field}” in {source}, and start again.",
    ),
    Code.NETWORK_PROCESS: entry(
        "Il programma «{name}» non è partito o si è fermato.",
        "Leggere {log} e ripetere il comando.",
        "The program “{name}” did not start or has stopped.",
        "Read {log} and run the command again.",
    ),
    Code.VERSION_UNSUPPORTED: entry(
        "La versione del protocollo non è compresa da tutti e due.",
        "Aggiornare il programma più vecchio e riprovare.",
        "The protocol version is not understood by both.",
        "Update the older program and retry.",
    ),
    Code.STORAGE_UNAVAILABLE: entry(
        "L'archivio dei dati non è disponibile.",
        "Riprovare tra poco; se il caso continua, avvisare chi amministra il nodo o il registro.",
        "The database is not available.",
        "Retry shortly; if it goes on, tell whoever administers the node or the registry.",
    ),
    Code.STORAGE_LOCKED: entry(
        "Un altro programma sta usando la cartella «{path}».",
        "Fermare l'altro programma e ripetere.",
        "Another program is using the folder “{path}”.",
        "Stop the other program and repeat.",
    ),
    Code.STORAGE_KEYSTORE: entry(
        "Le chiavi non si aprono con questa frase segreta.",
        "Controllare la frase segreta e ripetere.",
        "The keys do not open with this passphrase.",
        "Check the passphrase and repeat.",
    ),
    Code.STORAGE_MISSING: entry(
        "Manca «{path}».",
        "Eseguire prima «{command}».",
        "“{path}” is missing.",
        "Run “{command}” first.",
    ),
    Code.STORAGE_KEY_FILE: entry(
        "Manca la chiave «{path}».",
        "Rimetterla dalla sua copia; se è persa, farne un'altra con «{command}» e darne la parte pubblica all'ufficio.",
        "The key “{path}” is missing.",
        "Put it back from its copy; if it is lost, make another with “{command}” and give the office its public part.",
    ),
    Code.STORAGE_COPY: entry(
        "I file nella cartella «{path}», su questo computer, sono danneggiati o incompleti.",
        "Mettere da parte la cartella e ripetere «maglia audit pull», che la rifà da capo.",
        "The files in the folder “{path}”, on this computer, are damaged or incomplete.",
        "Put the folder aside and run “maglia audit pull” again, which makes it anew.",
    ),
    Code.STORAGE_FOLDER: entry(
        "La cartella «{path}», su questo computer, non si può leggere o scrivere.",
        "Controllarne i permessi e lo spazio su disco, e ripetere.",
        "The folder “{path}”, on this computer, can't be read or written.",
        "Check its permissions and the free space of the disk, and repeat.",
    ),
    Code.STORAGE_EXISTS: entry(
        "«{path}» esiste già e non viene sovrascritto.",
        "Scegliere un'altra cartella o toglierlo a mano.",
        "“{path}” exists already and is not overwritten.",
        "Choose another folder or remove it by hand.",
    ),
    Code.STORAGE_LOW: entry(
        "Lo spazio su disco è quasi finito: l'ente non risponde alle domande degli altri.",
        "Liberare spazio su disco (maglia-node doctor); il nodo riprende da solo.",
        "Disk space has almost run out: the body does not answer others' questions.",
        "Free disk space (maglia-node doctor); the node resumes by itself.",
    ),
    Code.STORAGE_FULL: entry(
        "Il disco è pieno: l'ente non chiede e non risponde, e finisce soltanto ciò che ha iniziato.",
        "Liberare spazio su disco (maglia-node doctor); il nodo riprende da solo.",
        "The disk is full: the body neither asks nor answers, and only ends what it began.",
        "Free disk space (maglia-node doctor); the node resumes by itself.",
    ),
    Code.STORAGE_CODES: entry(
        "I codici di {count} fra persone e forniture non si leggono: non possono essere iscritti.",
        "Registrare o importare di nuovo i loro aiuti, o ripristinare una copia; poi «maglia-node doctor».",
        "The codes of {count} persons or supplies cannot be read: they cannot be enrolled.",
        "Record or import their aid again, or restore the database from a backup; then “maglia-node doctor”.",
    ),
    Code.STORAGE_MOVED: entry(
        "Questo ente è stato trasferito altrove il {day}: da questa cartella non serve più.",
        "Usare il nodo nella nuova sede; per riportarlo qui, fare lo stesso trasferimento da là.",
        "This body was moved elsewhere on {day}: it no longer serves from this folder.",
        "Use the node at its new place; to bring it back, move it the same way from there.",
    ),
    Code.STORAGE_ARCHIVE: entry(
        "L'archivio del nodo non si apre: la frase segreta non è la sua, o il file è incompleto o alterato.",
        "Controllare la frase segreta, copiare di nuovo il file da dove è stato fatto, e ripetere.",
        "The node's archive does not open: the passphrase is not its own, or the file is incomplete or altered.",
        "Check the passphrase, copy the file again from where it was made, and repeat.",
    ),
    Code.STORAGE_DATABASE: entry(
        "I dati di questo ente sono in un PostgreSQL, che l'archivio del nodo non può contenere.",
        "Copiare la base di dati con pg_dump e la cartella del nodo a parte, a nodo fermo.",
        "This body's records are in a PostgreSQL, which the node's archive cannot hold.",
        "Copy the database with pg_dump and the node's folder apart, while the node is stopped.",
    ),
    Code.STORAGE_HOSTED: entry(
        "I dati di «{member}» sono ancora qui e in nessun altro posto: togliendolo andrebbero persi.",
        "Trasferirlo con «maglia-node host export»; se vanno distrutti davvero, ripetere con --erase.",
        "The records of “{member}” are still here and nowhere else: removing it would lose them.",
        "Move it with “maglia-node host export”; if they really are to be destroyed, repeat with --erase.",
    ),
}
