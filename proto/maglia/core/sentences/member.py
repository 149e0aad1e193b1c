"""A body, its application, its cards and its messages."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.MEMBER_UNKNOWN: entry(
        "L'ente «{member}» non è nella rete.",
        "Controllare il nome con l'ufficio di accreditamento.",
    ),
    Code.MEMBER_INACTIVE: entry(
        "L'ente «{member}» non è attivo nella rete.",
        "Rivolgersi all'ufficio di accreditamento.",
    ),
    Code.MEMBER_NOT_ENTITLED: entry(
        "L'ente non è abilitato a questa domanda.",
        "Rivolgersi all'ufficio di accreditamento.",
    ),
    Code.MEMBER_CARD: entry(
        "Il certificato dell'ente non corrisponde alla sua scheda o è scaduto.",
        "Riavviare il nodo dell'ente perché pubblichi una scheda nuova.",
    ),
    Code.MEMBER_STATE: entry(
        "L'ente è nello stato «{state}»: l'operazione non è possibile.",
        "Vedere lo stato con «maglia office show», o l'ente con «maglia-node state», e scegliere l'operazione adatta.",
    ),
    Code.MEMBER_SIGNATURE: entry(
        "La firma non è valida.",
        "Ripetere con la chiave dell'ente; se il caso continua, avvisare l'ufficio di accreditamento.",
    ),
    Code.MEMBER_ADDRESSEE: entry(
        "La domanda è indirizzata a un altro ente.",
        "Aggiornare l'elenco degli enti e riprovare.",
    ),
    Code.MEMBER_STALE: entry(
        "La domanda non appartiene a questo collegamento.",
        "Aprire un nuovo collegamento e riprovare.",
    ),
    Code.MEMBER_APPLICATION: entry(
        "La domanda di accreditamento non è completa: {field}.",
        "Completare «{field}» e inviare di nuovo.",
    ),
    Code.MEMBER_LETTERS: entry(
        "Nel nome «{name}» il carattere «{letter}» non è una lettera latina, anche se può sembrarlo.",
        "Riscrivere il nome con una tastiera italiana, come negli atti dell'ente, e inviare di nuovo.",
    ),
    Code.MEMBER_TOKEN: entry(
        "Il codice di attivazione non è quello di questo ente.",
        "Ricopiarlo per intero o chiedere un nuovo codice all'ufficio di accreditamento.",
    ),
    Code.MEMBER_TOKEN_EXPIRED: entry(
        "Il codice di attivazione è scaduto.",
        "Chiedere un nuovo codice all'ufficio di accreditamento.",
    ),
    Code.MEMBER_TOKEN_USED: entry(
        "Il codice di attivazione è già stato usato.",
        "Se non è stato l'ente a usarlo, avvisare subito l'ufficio di accreditamento.",
    ),
    Code.MEMBER_ACT_EXPIRED: entry(
        "L'atto di accreditamento di «{member}» è scaduto.",
        "Indicare un atto in corso di validità con la sua scadenza e ripetere.",
    ),
    Code.MEMBER_FISCAL_CODE: entry(
        "Il codice fiscale indicato appartiene a un ente già ammesso.",
        "Controllare il codice fiscale; se è giusto, avvisare l'ufficio di accreditamento.",
    ),
    Code.MEMBER_FISCAL_CODE_CLAIMED: entry(
        "Il codice fiscale di «{member}» è dichiarato anche da un'altra domanda in attesa: {others}.",
        "Accertare di chi è il codice, scartare l'altra domanda con «maglia office discard» e ripetere.",
    ),
    Code.MEMBER_QUEUE_FULL: entry(
        "Troppe domande in attesa: l'ufficio di accreditamento per ora non ne riceve altre.",
        "Telefonare all'ufficio, che libera la coda, poi ripetere la domanda.",
    ),
    Code.MEMBER_APPLICATIONS: entry(
        "Troppe domande da questo indirizzo di rete nell'ultima ora.",
        "Attendere {seconds} secondi e ripetere, o telefonare all'ufficio di accreditamento.",
    ),
    Code.MEMBER_KEY_TAKEN: entry(
        "La chiave di questa domanda appartiene già a un altro ente.",
        "Creare un nodo nuovo con «maglia-node init», che fa chiavi proprie, e ripetere la domanda.",
    ),
    Code.MEMBER_SECOND_OFFICER: entry(
        "Serve una seconda firma: {officer} ha già firmato.",
        "Chiedere la firma a un altro funzionario.",
    ),
    Code.MEMBER_FINGERPRINT: entry(
        "L'impronta di «{member}» non corrisponde: richiamare il referente.",
        "Non firmare finché l'impronta letta a voce non è quella della domanda.",
    ),
    Code.MEMBER_UNSIGNED_APPLICATION: entry(
        "La domanda di «{member}» non è firmata con la chiave che contiene.",
        "Non firmare: chiedere all'ente di inviarla di nuovo con «maglia-node apply».",
    ),
    Code.MEMBER_NO_OFFICE: entry(
        "L'incarico di «{member}» presso la rete è finito o è stato fermato.",
        "Chiedere all'ufficio di accreditamento una nuova nomina, con «maglia office appoint».",
    ),
    Code.MEMBER_NO_OFFICIAL: entry(
        "Nessuno con il nome «{member}» ha un incarico nella rete.",
        "Vedere chi lo ha con «maglia office officials» e ripetere.",
    ),
    Code.MEMBER_ID_TAKEN: entry(
        "Il nome «{member}» è già di un ente, di un'altra persona, o di chi è stato fermato.",
        "Scegliere un altro nome breve e ripetere.",
    ),
    Code.MEMBER_OFFICIAL_KEY: entry(
        "La chiave di «{member}» è già di un altro: di un ente, di un funzionario o di un incaricato.",
        "Non firmare: la persona rifà la chiave con «maglia office official-key».",
    ),
}
