"""What officers and root's holders sign."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.DIRECTORY_EXPIRED: entry(
        "L'elenco degli enti è scaduto: verifica non eseguita.",
        "Ristabilire il collegamento con l'ufficio di accreditamento e riprovare.",
    ),
    Code.DIRECTORY_STALE: entry(
        "Da troppo tempo il nodo non ha notizie dall'ufficio di accreditamento.",
        "Controllare il collegamento: alla scadenza dell'elenco il nodo smette di chiedere e di rispondere.",
    ),
    Code.DIRECTORY_UNTRUSTED: entry(
        "L'elenco ricevuto non ha firme valide.",
        "Non usarlo e avvisare l'ufficio di accreditamento.",
    ),
    Code.DIRECTORY_ROLLBACK: entry(
        "Il registro offre una versione che non segue quella già ricevuta.",
        "Non usarlo e avvisare l'ufficio di accreditamento.",
    ),
    Code.DIRECTORY_MIXED: entry(
        "I documenti ricevuti non sono della stessa pubblicazione.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
    ),
    Code.DIRECTORY_ROOT_EXPIRED: entry(
        "La radice di fiducia della rete è scaduta.",
        "Chiedere all'ufficio di accreditamento di far firmare ai custodi una nuova radice.",
    ),
    Code.DIRECTORY_ROOT_SIGNATURES: entry(
        "Alla radice mancano firme: {signed} di {threshold} ({whose}).",
        "Portare il file ai custodi che non hanno firmato, poi pubblicarlo.",
    ),
    Code.DIRECTORY_ROOT_VERSION: entry(
        "La radice è la versione {version}, ma deve essere la {expected}.",
        "Preparare di nuovo la modifica con «maglia-registry root prepare».",
    ),
    Code.DIRECTORY_ROOT_KEYS: entry(
        "Questa chiave non è tra quelle che devono firmare la radice.",
        "Controllare il file e la chiave, o preparare di nuovo la modifica con «maglia-registry root prepare».",
    ),
    Code.DIRECTORY_ONLINE_KEY: entry(
        "Questa copia del registro non ha la chiave che la radice o l'elenco nominano: non firma.",
        "Copiarvi keystore.json dalla macchina di «maglia-registry root prepare», e attendere: non serve riavviare.",
    ),
    Code.DIRECTORY_DRAFT: entry(
        "La bozza da firmare è cambiata o non contiene quanto richiesto.",
        "Rileggere la richiesta con «maglia office list» e firmare di nuovo.",
    ),
    Code.DIRECTORY_DRAFT_MEMBERS: entry(
        "La bozza cambia enti in un modo che nessuno ha chiesto: {members}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
    ),
    Code.DIRECTORY_DRAFT_OFFICIALS: entry(
        "La bozza cambia revisori o responsabili in un modo che nessuno ha chiesto: {officials}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
    ),
    Code.DIRECTORY_DRAFT_EPOCHS: entry(
        "La bozza sposta i periodi delle chiavi senza che sia stato chiesto: {epochs}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
    ),
    Code.DIRECTORY_DRAFT_KEYS: entry(
        "La bozza cambia chiavi che nessuno ha chiesto di cambiare: {keys}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
    ),
    Code.DIRECTORY_DRAFT_PROCEDURES: entry(
        "La bozza cambia procedure che nessuno ha chiesto di cambiare: {procedures}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
    ),
    Code.DIRECTORY_DRAFT_POLICIES: entry(
        "La bozza cambia le regole della rete: in vigore {before}, nella bozza {after}.",
        "Se il cambio è voluto, rileggere le regole e firmarlo da solo con «maglia office renew --policies REVISIONE».",
    ),
    Code.DIRECTORY_EPOCH: entry(
        "Il cambio delle chiavi non è a questo punto: il periodo in uso è il {epoch}.",
        "Guardare con «maglia office epoch show» a che punto è, e dare il comando che segue.",
    ),
    Code.DIRECTORY_UNREADY: entry(
        "Non tutti gli enti sono pronti per le nuove chiavi: {members}.",
        "Attendere, o ripetere con «maglia office epoch switch» e --without per ogni ente che non tornerà.",
    ),
    Code.DIRECTORY_NOT_THERE: entry(
        "L'ufficio di accreditamento non ha questo documento.",
        "Attendere che due funzionari pubblichino l'elenco degli enti e riprovare.",
    ),
}
