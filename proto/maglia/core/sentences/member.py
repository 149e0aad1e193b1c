"""A body, its application, its cards and its messages."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.MEMBER_UNKNOWN: entry(
        "L'ente «{member}» non è nella rete.",
        "Controllare il nome con l'ufficio di accreditamento.",
        "The body “{member}” is not in the network.",
        "Check the name with the accreditation office.",
    ),
    Code.MEMBER_INACTIVE: entry(
        "L'ente «{member}» non è attivo nella rete.",
        "Rivolgersi all'ufficio di accreditamento.",
        "The body “{member}” is not active in the network.",
        "Turn to the accreditation office.",
    ),
    Code.MEMBER_NOT_ENTITLED: entry(
        "L'ente non è abilitato a questa domanda.",
        "Rivolgersi all'ufficio di accreditamento.",
        "The body is not entitled to this question.",
        "Turn to the accreditation office.",
    ),
    Code.MEMBER_CARD: entry(
        "Il certificato dell'ente non corrisponde alla sua scheda o è scaduto.",
        "Riavviare il nodo dell'ente perché pubblichi una scheda nuova.",
        "The body's certificate does not match its card or has expired.",
        "Restart the body's node so that it publishes a new card.",
    ),
    Code.MEMBER_STATE: entry(
        "L'ente è nello stato «{state}»: l'operazione non è possibile.",
        "Vedere lo stato con «maglia office show», o l'ente con «maglia-node state», e scegliere l'operazione adatta.",
        "The body is in the state “{state}”: the operation is not possible.",
        "See the state with “maglia office show”, or a body with “maglia-node state”, and choose what fits.",
    ),
    Code.MEMBER_SIGNATURE: entry(
        "La firma non è valida.",
        "Ripetere con la chiave dell'ente; se il caso continua, avvisare l'ufficio di accreditamento.",
        "The signature is not valid.",
        "Repeat with the body's key; if it goes on, tell the accreditation office.",
    ),
    Code.MEMBER_ADDRESSEE: entry(
        "La domanda è indirizzata a un altro ente.",
        "Aggiornare l'elenco degli enti e riprovare.",
        "The question is addressed to another body.",
        "Update the directory and retry.",
    ),
    Code.MEMBER_STALE: entry(
        "La domanda non appartiene a questo collegamento.",
        "Aprire un nuovo collegamento e riprovare.",
        "The question does not belong to this connection.",
        "Open a new connection and retry.",
    ),
    Code.MEMBER_APPLICATION: entry(
        "La domanda di accreditamento non è completa: {field}.",
        "Completare «{field}» e inviare di nuovo.",
        "The application is not complete: {field}.",
        "Complete “{field}” and send it again.",
    ),
    Code.MEMBER_TOKEN: entry(
        "Il codice di attivazione non è quello di questo ente.",
        "Ricopiarlo per intero o chiedere un nuovo codice all'ufficio di accreditamento.",
        "The activation token is not this body's.",
        "Copy it whole again or ask the accreditation office for a new one.",
    ),
    Code.MEMBER_TOKEN_EXPIRED: entry(
        "Il codice di attivazione è scaduto.",
        "Chiedere un nuovo codice all'ufficio di accreditamento.",
        "The activation token has expired.",
        "Ask the accreditation office for a new one.",
    ),
    Code.MEMBER_TOKEN_USED: entry(
        "Il codice di attivazione è già stato usato.",
        "Se non è stato l'ente a usarlo, avvisare subito l'ufficio di accreditamento.",
        "The activation token was already used.",
        "If it wasn't the body that used it, tell the accreditation office at once.",
    ),
    Code.MEMBER_ACT_EXPIRED: entry(
        "L'atto di accreditamento di «{member}» è scaduto.",
        "Indicare un atto in corso di validità con la sua scadenza e ripetere.",
        "The accreditation act of “{member}” has expired.",
        "Name an act in force with its expiry and repeat.",
    ),
    Code.MEMBER_FISCAL_CODE: entry(
        "Il codice fiscale indicato appartiene a un ente già ammesso.",
        "Controllare il codice fiscale; se è giusto, avvisare l'ufficio di accreditamento.",
        "The tax code given belongs to a body already admitted.",
        "Check the tax code; if it is right, tell the accreditation office.",
    ),
    Code.MEMBER_FISCAL_CODE_CLAIMED: entry(
        "Il codice fiscale di «{member}» è dichiarato anche da un'altra domanda in attesa: {others}.",
        "Accertare di chi è il codice, scartare l'altra domanda con «maglia office discard» e ripetere.",
        "The tax code of “{member}” is claimed by another waiting application too: {others}.",
        "Find out whose the code is, discard the other application with “maglia office discard” and repeat.",
    ),
    Code.MEMBER_QUEUE_FULL: entry(
        "Troppe domande in attesa: l'ufficio di accreditamento per ora non ne riceve altre.",
        "Telefonare all'ufficio, che libera la coda, poi ripetere la domanda.",
        "Too many applications are waiting: the accreditation office takes no more for now.",
        "Phone the office, which clears its queue, then apply again.",
    ),
    Code.MEMBER_APPLICATIONS: entry(
        "Troppe domande da questo indirizzo di rete nell'ultima ora.",
        "Attendere {seconds} secondi e ripetere, o telefonare all'ufficio di accreditamento.",
        "Too many applications from this network address in the last hour.",
        "Wait {seconds} seconds and repeat, or phone the accreditation office.",
    ),
    Code.MEMBER_KEY_TAKEN: entry(
        "La chiave di questa domanda appartiene già a un altro ente.",
        "Creare un nodo nuovo con «maglia-node init», che fa chiavi proprie, e ripetere la domanda.",
        "The key of this application already belongs to another body.",
        "Make a new node with “maglia-node init”, which makes its own keys, and apply again.",
    ),
    Code.MEMBER_SECOND_OFFICER: entry(
        "Serve una seconda firma: {officer} ha già firmato.",
        "Chiedere la firma a un altro funzionario.",
        "A second signature is needed: {officer} has already signed.",
        "Ask another officer to sign.",
    ),
    Code.MEMBER_FINGERPRINT: entry(
        "L'impronta di «{member}» non corrisponde: richiamare il referente.",
        "Non firmare finché l'impronta letta a voce non è quella della domanda.",
        "The fingerprint of “{member}” does not match: call its referent again.",
        "Do not sign until the fingerprint read aloud is the application's.",
    ),
    Code.MEMBER_UNSIGNED_APPLICATION: entry(
        "La domanda di «{member}» non è firmata con la chiave che contiene.",
        "Non firmare: chiedere all'ente di inviarla di nuovo con «maglia-node apply».",
        "The application of “{member}” is not signed with the key that it holds.",
        "Do not sign: ask the body to send it again with “maglia-node apply”.",
    ),
    Code.MEMBER_NO_OFFICE: entry(
        "L'incarico di «{member}» presso la rete è finito o è stato fermato.",
        "Chiedere all'ufficio di accreditamento una nuova nomina, con «maglia office appoint».",
        "The office that “{member}” held in the network has ended or was stopped.",
        "Ask the accreditation office for a new appointment, with “maglia office appoint”.",
    ),
    Code.MEMBER_NO_OFFICIAL: entry(
        "Nessuno con il nome «{member}» ha un incarico nella rete.",
        "Vedere chi lo ha con «maglia office officials» e ripetere.",
        "Nobody called “{member}” holds an office in the network.",
        "See who does with “maglia office officials” and repeat.",
    ),
    Code.MEMBER_ID_TAKEN: entry(
        "Il nome «{member}» è già di un ente, di un'altra persona, o di chi è stato fermato.",
        "Scegliere un altro nome breve e ripetere.",
        "The name “{member}” is a body's, another person's, or that of somebody who was stopped.",
        "Choose another short name and repeat.",
    ),
    Code.MEMBER_OFFICIAL_KEY: entry(
        "La chiave di «{member}» è già di un altro: di un ente, di un funzionario o di un incaricato.",
        "Non firmare: la persona rifà la chiave con «maglia office official-key».",
        "The key of “{member}” is another's already: a body's, an officer's or an official's.",
        "Do not sign: the person makes a key again with “maglia office official-key”.",
    ),
}
