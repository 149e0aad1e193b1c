"""What is refused at a counter: sessions, consents, budgets, policies."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.SESSION_CREDENTIALS: entry(
        "Utente o password non corretti.",
        "Ricontrollare utente e password; se persi, chiedere all'amministratore del nodo.",
    ),
    Code.SESSION_UNATTENDED: entry(
        "Manca la variabile {variable}, e qui nessuno può scrivere la password o la frase segreta.",
        "Impostare {variable} nell'ambiente, o usare un terminale, e ripetere.",
    ),
    Code.SESSION_EXPIRED: entry(
        "La sessione è scaduta.",
        "Accedere di nuovo: quanto scritto è conservato.",
    ),
    Code.SESSION_ROLE: entry(
        "Il suo ruolo non permette questa operazione.",
        "Chiedere a un responsabile dell'ente.",
    ),
    Code.SESSION_UNCONFIRMED: entry(
        "Manca la conferma: non è cambiato nulla.",
        "Ripetere il comando e rispondere s; negli script aggiungere --yes.",
    ),
    Code.SESSION_THROTTLED: entry(
        "Troppi tentativi di accesso per questo utente o da questo computer.",
        "Attendere {seconds} secondi e riprovare.",
    ),
    Code.SESSION_DECLINED: entry(
        "Bozza non firmata.",
        "Dare di nuovo il comando quando la bozza è quella voluta.",
    ),
    Code.SESSION_LEFT: entry(
        "L'operatore ha chiuso prima che la domanda partisse: non è stato chiesto nulla.",
        "Ripetere la verifica.",
    ),
    Code.CONSENT_MISSING: entry(
        "Manca il consenso della persona per questo scopo.",
        "Leggere l'informativa alla persona e registrare il consenso, poi ripetere.",
    ),
    Code.CONSENT_EXPIRED: entry(
        "Il consenso della persona è scaduto.",
        "Rileggere l'informativa alla persona e registrare un nuovo consenso, poi ripetere.",
    ),
    Code.CONSENT_REFUSED: entry(
        "La persona ha rifiutato il consenso: nessuna domanda alla rete.",
        "Dare l'aiuto lo stesso, se serve; se la persona ora è d'accordo, registrare il consenso e ripetere.",
    ),
    Code.CONSENT_NONE: entry(
        "Questo ente non ha agli atti un consenso di questa persona da ritirare.",
        "Controllare codice e scopo con maglia consent show; per un compito pubblico usare maglia consent object.",
    ),
    Code.CONSENT_EARLIER: entry(
        "La persona ha detto di no il {day}, dopo il giorno indicato per il consenso.",
        "Registrare un consenso dato da quel giorno in poi.",
    ),
    Code.CONSENT_NOBODY_TO_TELL: entry(
        "Questo ente non è tra quelli ancora da avvisare per questa persona.",
        "Leggere chi è da avvisare con maglia consent show, e indicarne il nome breve.",
    ),
    Code.CONSENT_PUBLIC_TASK: entry(
        "Ci si oppone a un compito pubblico, e questo ente non ne ha.",
        "Per ritirare il consenso usare maglia consent withdraw.",
    ),
    Code.CONSENT_AUDIENCE: entry(
        "Il consenso della persona non comprende nessuno degli enti da interrogare.",
        "Se la persona è d'accordo, registrare un consenso che li comprenda, poi ripetere.",
    ),
    Code.CONSENT_CASE_MISSING: entry(
        "Manca il numero di protocollo della pratica.",
        "Indicare il protocollo con --case e ripetere.",
    ),
    Code.BUDGET_OPERATOR: entry(
        "Ha raggiunto il limite di {limit} persone o bisogni verificati in un giorno.",
        "Riprendere domani o chiedere a un responsabile dell'ente.",
    ),
    Code.BUDGET_HOUSEHOLD: entry(
        "Il limite di {limit} persone o bisogni al giorno non basta per le {persons} persone del nucleo: "
        "nessuna è stata chiesta alla rete.",
        "Verificarne meno, riprendere domani o chiedere a un responsabile dell'ente.",
    ),
    Code.BUDGET_MEMBER: entry(
        "L'ente ha raggiunto il limite giornaliero di {limit} codici presso l'ufficio di accreditamento.",
        "Riprendere domani o chiedere all'ufficio di accreditamento.",
    ),
    Code.BUDGET_ANSWER: entry(
        "L'ente che risponde ha raggiunto il limite di {limit} persone al giorno per chi chiede.",
        "Riprendere domani o dichiarare una procedura all'ufficio di accreditamento.",
    ),
    Code.BUDGET_PROCEDURE: entry(
        "L'ente ha raggiunto il limite di {limit} persone o bisogni della procedura «{procedure}».",
        "Chiedere all'ufficio di accreditamento di dichiarare la procedura con un limite più alto.",
    ),
    Code.BUDGET_REPORT: entry(
        "Raggiunto il limite di {limit} richieste di accesso al giorno.",
        "Riprendere domani con maglia access-report retry: il termine è di un mese.",
    ),
    Code.BUDGET_REFERRAL: entry(
        "Raggiunto il limite di {limit} messaggi al giorno sugli invii a quest'ente.",
        "Si riprova da soli domani; se è urgente, telefonare all'ente.",
    ),
    Code.POLICY_TAKER: entry(
        "Quell'ente non riceve invii per questo tipo di aiuto.",
        "Scegliere un altro ente da maglia refer bodies.",
    ),
    Code.POLICY_DENIED: entry(
        "Le regole della rete non permettono questa ricerca.",
        "Chiedere al responsabile della protezione dei dati quale regola si applica.",
    ),
    Code.POLICY_PURPOSE: entry(
        "Il suo ente non può chiedere per questo scopo.",
        "Scegliere un altro scopo o chiedere all'ufficio di accreditamento.",
    ),
    Code.POLICY_ROLE: entry(
        "Il suo ruolo non può chiedere per questo scopo.",
        "Chiedere a un collega abilitato.",
    ),
    Code.POLICY_BASIS: entry(
        "Manca una base giuridica valida per questa ricerca.",
        "Registrare il consenso o il numero di protocollo della pratica, poi ripetere.",
    ),
    Code.POLICY_FACET: entry(
        "Questo tipo di aiuto non si può chiedere alla rete per questo scopo.",
        "Scegliere un altro tipo di aiuto o un altro scopo.",
    ),
    Code.POLICY_PROCEDURE_EXPIRED: entry(
        "La procedura «{procedure}» è chiusa: l'ultimo giorno era il {day}.",
        "Chiedere all'ufficio di accreditamento una nuova procedura, o indicare la pratica con --case.",
    ),
    Code.POLICY_PROCEDURE_MEMBER: entry(
        "La procedura «{procedure}» è di un altro ente.",
        "Indicare una procedura del proprio ente, o chiedere all'ufficio di accreditamento di dichiararne una.",
    ),
    Code.POLICY_REGISTRY: entry(
        "Solo un comune tiene l'anagrafe.",
        "Registrare chi vive insieme con «maglia household set».",
    ),
    Code.POLICY_NAMES: entry(
        "L'approvazione dei nomi non vale: non è del responsabile in carica, è scaduta, o è di un'altra pratica.",
        "Chiedere al responsabile della protezione dei dati un'approvazione per questa pratica.",
    ),
    Code.POLICY_UNAVAILABLE: entry(
        "Il controllo delle regole non risponde: verifica non eseguita.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e riprovare.",
    ),
    Code.POLICY_STALE: entry(
        "Le regole della rete non sono aggiornate: verifica non eseguita.",
        "Ristabilire il collegamento con l'ufficio di accreditamento e riprovare.",
    ),
    Code.POLICY_PERMISSIONS: entry(
        "Le regole della rete non dicono al nodo chi può fare che cosa: nessuna operazione è ammessa.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e riprovare.",
    ),
    Code.POLICY_RETENTION: entry(
        "Le regole della rete non dicono per quanto tempo si conserva: vale il termine più breve, nulla si cancella.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e l'ufficio di accreditamento.",
    ),
}
