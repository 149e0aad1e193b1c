"""What officers and root's holders sign."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.DIRECTORY_EXPIRED: entry(
        "L'elenco degli enti è scaduto: verifica non eseguita.",
        "Ristabilire il collegamento con l'ufficio di accreditamento e riprovare.",
        "The directory has expired: check not done.",
        "Restore the connection to the accreditation office and retry.",
    ),
    Code.DIRECTORY_STALE: entry(
        "Da troppo tempo il nodo non ha notizie dall'ufficio di accreditamento.",
        "Controllare il collegamento: alla scadenza dell'elenco il nodo smette di chiedere e di rispondere.",
        "The node has had no news from the accreditation office for too long.",
        "Check the connection: once the directory expires the node stops asking and answering.",
    ),
    Code.DIRECTORY_UNTRUSTED: entry(
        "L'elenco ricevuto non ha firme valide.",
        "Non usarlo e avvisare l'ufficio di accreditamento.",
        "The directory received has no valid signatures.",
        "Do not use it and tell the accreditation office.",
    ),
    Code.DIRECTORY_ROLLBACK: entry(
        "Il registro offre una versione che non segue quella già ricevuta.",
        "Non usarlo e avvisare l'ufficio di accreditamento.",
        "The registry offers a version that does not follow the one received before.",
        "Do not use it and tell the accreditation office.",
    ),
    Code.DIRECTORY_MIXED: entry(
        "I documenti ricevuti non sono della stessa pubblicazione.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
        "The documents received are not of one publication.",
        "Retry; if it goes on, tell the accreditation office.",
    ),
    Code.DIRECTORY_ROOT_EXPIRED: entry(
        "La radice di fiducia della rete è scaduta.",
        "Chiedere all'ufficio di accreditamento di far firmare ai custodi una nuova radice.",
        "The network's root of trust has expired.",
        "Ask the accreditation office to have a new root signed by its holders.",
    ),
    Code.DIRECTORY_ROOT_SIGNATURES: entry(
        "Alla radice mancano firme: {signed} di {threshold} ({whose}).",
        "Portare il file ai custodi che non hanno firmato, poi pubblicarlo.",
        "The root lacks signatures: {signed} of {threshold} ({whose}).",
        "Carry the file to the holders who have not signed, then publish it.",
    ),
    Code.DIRECTORY_ROOT_VERSION: entry(
        "La radice è la versione {version}, ma deve essere la {expected}.",
        "Preparare di nuovo la modifica con «maglia-registry root prepare».",
        "The root is version {version}, but must be {expected}.",
        "Prepare the change again with “maglia-registry root prepare”.",
    ),
    Code.DIRECTORY_ROOT_KEYS: entry(
        "Questa chiave non è tra quelle che devono firmare la radice.",
        "Controllare il file e la chiave, o preparare di nuovo la modifica con «maglia-registry root prepare».",
        "This key is not one of those that must sign the root.",
        "Check the file and the key, or prepare the change again with “maglia-registry root prepare”.",
    ),
    Code.DIRECTORY_ONLINE_KEY: entry(
        "Questa copia del registro non ha la chiave che la radice o l'elenco nominano: non firma.",
        "Copiarvi keystore.json dalla macchina di «maglia-registry root prepare», e attendere: non serve riavviare.",
        "This copy of the registry lacks the key that root or the directory names: it does not sign.",
        "Copy keystore.json to it from the machine of “maglia-registry root prepare”, and wait: no restart is needed.",
    ),
    Code.DIRECTORY_DRAFT: entry(
        "La bozza da firmare è cambiata o non contiene quanto richiesto.",
        "Rileggere la richiesta con «maglia office list» e firmare di nuovo.",
        "The draft to sign has changed or does not hold what was asked.",
        "Read the request again with “maglia office list” and sign again.",
    ),
    Code.DIRECTORY_DRAFT_MEMBERS: entry(
        "La bozza cambia enti in un modo che nessuno ha chiesto: {members}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes bodies in a way that nobody asked for: {members}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_OFFICIALS: entry(
        "La bozza cambia revisori o responsabili in un modo che nessuno ha chiesto: {officials}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes auditors or data-protection officers in a way that nobody asked for: {officials}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_EPOCHS: entry(
        "La bozza sposta i periodi delle chiavi senza che sia stato chiesto: {epochs}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft moves the epochs of keys without being asked: {epochs}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_KEYS: entry(
        "La bozza cambia chiavi che nessuno ha chiesto di cambiare: {keys}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes keys that nobody asked to change: {keys}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_PROCEDURES: entry(
        "La bozza cambia procedure che nessuno ha chiesto di cambiare: {procedures}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes procedures that nobody asked to change: {procedures}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_POLICIES: entry(
        "La bozza cambia le regole della rete: in vigore {before}, nella bozza {after}.",
        "Se il cambio è voluto, rileggere le regole e firmarlo da solo con «maglia office renew --policies REVISIONE».",
        "The draft changes the network's policies: in force {before}, in the draft {after}.",
        "If that is meant, read the policies and sign it by itself with “maglia office renew --policies REVISION”.",
    ),
    Code.DIRECTORY_EPOCH: entry(
        "Il cambio delle chiavi non è a questo punto: il periodo in uso è il {epoch}.",
        "Guardare con «maglia office epoch show» a che punto è, e dare il comando che segue.",
        "The change of keys is not at this point: the epoch in use is {epoch}.",
        "Look with “maglia office epoch show” how far it is, and give the command that follows.",
    ),
    Code.DIRECTORY_UNREADY: entry(
        "Non tutti gli enti sono pronti per le nuove chiavi: {members}.",
        "Attendere, o ripetere con «maglia office epoch switch» e --without per ogni ente che non tornerà.",
        "Not every body is ready for the new keys: {members}.",
        "Wait, or repeat with “maglia office epoch switch” and --without for each body that will not come back.",
    ),
    Code.DIRECTORY_NOT_THERE: entry(
        "L'ufficio di accreditamento non ha questo documento.",
        "Attendere che due funzionari pubblichino l'elenco degli enti e riprovare.",
        "The accreditation office does not have this document.",
        "Wait until two officers publish the directory and retry.",
    ),
}
