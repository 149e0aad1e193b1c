"""What is refused at a counter: sessions, consents, budgets, policies."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.SESSION_CREDENTIALS: entry(
        "Utente o password non corretti.",
        "Ricontrollare utente e password; se persi, chiedere all'amministratore del nodo.",
        "Wrong user or password.",
        "Check user and password; if lost, ask the node's administrator.",
    ),
    Code.SESSION_UNATTENDED: entry(
        "Manca la variabile {variable}, e qui nessuno può scrivere la password o la frase segreta.",
        "Impostare {variable} nell'ambiente, o usare un terminale, e ripetere.",
        "The variable {variable} is missing, and here nobody can type the password or passphrase.",
        "Set {variable} in the environment, or use a terminal, and repeat.",
    ),
    Code.SESSION_EXPIRED: entry(
        "La sessione è scaduta.",
        "Accedere di nuovo: quanto scritto è conservato.",
        "The session has expired.",
        "Log in again: what was written is kept.",
    ),
    Code.SESSION_ROLE: entry(
        "Il suo ruolo non permette questa operazione.",
        "Chiedere a un responsabile dell'ente.",
        "Your role does not allow this operation.",
        "Ask a manager of your body.",
    ),
    Code.SESSION_UNCONFIRMED: entry(
        "Manca la conferma: non è cambiato nulla.",
        "Ripetere il comando e rispondere s; negli script aggiungere --yes.",
        "It was not confirmed: nothing has changed.",
        "Repeat the command and answer y; in scripts add --yes.",
    ),
    Code.SESSION_THROTTLED: entry(
        "Troppi tentativi di accesso per questo utente o da questo computer.",
        "Attendere {seconds} secondi e riprovare.",
        "Too many login attempts for this user or from this computer.",
        "Wait {seconds} seconds and retry.",
    ),
    Code.SESSION_DECLINED: entry(
        "Bozza non firmata.",
        "Dare di nuovo il comando quando la bozza è quella voluta.",
        "Draft not signed.",
        "Give the command again when the draft is the one that is meant.",
    ),
    Code.SESSION_LEFT: entry(
        "L'operatore ha chiuso prima che la domanda partisse: non è stato chiesto nulla.",
        "Ripetere la verifica.",
        "The operator closed before the question left: nothing was asked.",
        "Repeat the check.",
    ),
    Code.CONSENT_MISSING: entry(
        "Manca il consenso della persona per questo scopo.",
        "Leggere l'informativa alla persona e registrare il consenso, poi ripetere.",
        "The person's consent for this purpose is missing.",
        "Read the notice to the person and record the consent, then repeat.",
    ),
    Code.CONSENT_EXPIRED: entry(
        "Il consenso della persona è scaduto.",
        "Rileggere l'informativa alla persona e registrare un nuovo consenso, poi ripetere.",
        "The person's consent has expired.",
        "Read the notice to the person again and record a new consent, then repeat.",
    ),
    Code.CONSENT_REFUSED: entry(
        "La persona ha rifiutato il consenso: nessuna domanda alla rete.",
        "Dare l'aiuto lo stesso, se serve; se la persona ora è d'accordo, registrare il consenso e ripetere.",
        "The person refused to consent: nothing is asked of the network.",
        "Give the help all the same if needed; if the person now agrees, record the consent and repeat.",
    ),
    Code.CONSENT_NONE: entry(
        "Questo ente non ha agli atti un consenso di questa persona da ritirare.",
        "Controllare codice e scopo con maglia consent show; per un compito pubblico usare maglia consent object.",
        "This body has no consent of this person on file to withdraw.",
        "Check the code and the purpose with maglia consent show; for a public task use maglia consent object.",
    ),
    Code.CONSENT_EARLIER: entry(
        "La persona ha detto di no il {day}, dopo il giorno indicato per il consenso.",
        "Registrare un consenso dato da quel giorno in poi.",
        "The person said no on {day}, after the day given for the consent.",
        "Record a consent given on that day or later.",
    ),
    Code.CONSENT_NOBODY_TO_TELL: entry(
        "Questo ente non è tra quelli ancora da avvisare per questa persona.",
        "Leggere chi è da avvisare con maglia consent show, e indicarne il nome breve.",
        "This body is not among those still to be told for this person.",
        "Read who is to be told with maglia consent show, and give its short name.",
    ),
    Code.CONSENT_PUBLIC_TASK: entry(
        "Ci si oppone a un compito pubblico, e questo ente non ne ha.",
        "Per ritirare il consenso usare maglia consent withdraw.",
        "One objects to a public task, and this body has none.",
        "To withdraw the consent use maglia consent withdraw.",
    ),
    Code.CONSENT_AUDIENCE: entry(
        "Il consenso della persona non comprende nessuno degli enti da interrogare.",
        "Se la persona è d'accordo, registrare un consenso che li comprenda, poi ripetere.",
        "The person's consent includes none of the bodies to be asked.",
        "If the person agrees, record a consent that includes them, then repeat.",
    ),
    Code.CONSENT_CASE_MISSING: entry(
        "Manca il numero di protocollo della pratica.",
        "Indicare il protocollo con --case e ripetere.",
        "The protocol number of the case is missing.",
        "Give the protocol number with --case and repeat.",
    ),
    Code.BUDGET_OPERATOR: entry(
        "Ha raggiunto il limite di {limit} persone o bisogni verificati in un giorno.",
        "Riprendere domani o chiedere a un responsabile dell'ente.",
        "You have reached the limit of {limit} persons or needs checked in a day.",
        "Resume tomorrow or ask a manager of your body.",
    ),
    Code.BUDGET_HOUSEHOLD: entry(
        "Il limite di {limit} persone o bisogni al giorno non basta per le {persons} persone del nucleo: "
        "nessuna è stata chiesta alla rete.",
        "Verificarne meno, riprendere domani o chiedere a un responsabile dell'ente.",
        "The limit of {limit} persons or needs a day does not suffice for the {persons} persons of the household: "
        "the network was asked about none.",
        "Check fewer of them, resume tomorrow or ask a manager of your body.",
    ),
    Code.BUDGET_MEMBER: entry(
        "L'ente ha raggiunto il limite giornaliero di {limit} codici presso l'ufficio di accreditamento.",
        "Riprendere domani o chiedere all'ufficio di accreditamento.",
        "The body has reached its daily limit of {limit} codes at the accreditation office.",
        "Resume tomorrow or ask the accreditation office.",
    ),
    Code.BUDGET_ANSWER: entry(
        "L'ente che risponde ha raggiunto il limite di {limit} persone al giorno per chi chiede.",
        "Riprendere domani o dichiarare una procedura all'ufficio di accreditamento.",
        "The answering body has reached its limit of {limit} persons a day for one asker.",
        "Resume tomorrow or declare a procedure to the accreditation office.",
    ),
    Code.BUDGET_PROCEDURE: entry(
        "L'ente ha raggiunto il limite di {limit} persone o bisogni della procedura «{procedure}».",
        "Chiedere all'ufficio di accreditamento di dichiarare la procedura con un limite più alto.",
        "The body has reached the limit of {limit} persons or needs of the procedure “{procedure}”.",
        "Ask the accreditation office to declare the procedure with a higher limit.",
    ),
    Code.BUDGET_REPORT: entry(
        "Raggiunto il limite di {limit} richieste di accesso al giorno.",
        "Riprendere domani con maglia access-report retry: il termine è di un mese.",
        "The limit of {limit} access requests a day is reached.",
        "Resume tomorrow with maglia access-report retry: there is a month's time.",
    ),
    Code.BUDGET_REFERRAL: entry(
        "Raggiunto il limite di {limit} messaggi al giorno sugli invii a quest'ente.",
        "Si riprova da soli domani; se è urgente, telefonare all'ente.",
        "The limit of {limit} messages a day on referrals to this body is reached.",
        "It is tried again tomorrow by itself; if it is urgent, call the body.",
    ),
    Code.POLICY_TAKER: entry(
        "Quell'ente non riceve invii per questo tipo di aiuto.",
        "Scegliere un altro ente da maglia refer bodies.",
        "That body takes no referrals for this kind of aid.",
        "Choose another body from maglia refer bodies.",
    ),
    Code.POLICY_DENIED: entry(
        "Le regole della rete non permettono questa ricerca.",
        "Chiedere al responsabile della protezione dei dati quale regola si applica.",
        "The network's policies do not allow this question.",
        "Ask the data-protection officer which rule applies.",
    ),
    Code.POLICY_PURPOSE: entry(
        "Il suo ente non può chiedere per questo scopo.",
        "Scegliere un altro scopo o chiedere all'ufficio di accreditamento.",
        "Your body may not ask for this purpose.",
        "Choose another purpose or ask the accreditation office.",
    ),
    Code.POLICY_ROLE: entry(
        "Il suo ruolo non può chiedere per questo scopo.",
        "Chiedere a un collega abilitato.",
        "Your role may not ask for this purpose.",
        "Ask an entitled colleague.",
    ),
    Code.POLICY_BASIS: entry(
        "Manca una base giuridica valida per questa ricerca.",
        "Registrare il consenso o il numero di protocollo della pratica, poi ripetere.",
        "A valid legal basis for this question is missing.",
        "Record the consent or the case's protocol number, then repeat.",
    ),
    Code.POLICY_FACET: entry(
        "Questo tipo di aiuto non si può chiedere alla rete per questo scopo.",
        "Scegliere un altro tipo di aiuto o un altro scopo.",
        "This kind of aid may not be asked of the network for this purpose.",
        "Choose another kind of aid or another purpose.",
    ),
    Code.POLICY_PROCEDURE_EXPIRED: entry(
        "La procedura «{procedure}» è chiusa: l'ultimo giorno era il {day}.",
        "Chiedere all'ufficio di accreditamento una nuova procedura, o indicare la pratica con --case.",
        "The procedure “{procedure}” is closed: its last day was {day}.",
        "Ask the accreditation office for a new procedure, or give the case with --case.",
    ),
    Code.POLICY_PROCEDURE_MEMBER: entry(
        "La procedura «{procedure}» è di un altro ente.",
        "Indicare una procedura del proprio ente, o chiedere all'ufficio di accreditamento di dichiararne una.",
        "The procedure “{procedure}” is another body's.",
        "Name a procedure of your own body, or ask the accreditation office to declare one.",
    ),
    Code.POLICY_REGISTRY: entry(
        "Solo un comune tiene l'anagrafe.",
        "Registrare chi vive insieme con «maglia household set».",
        "Only a comune keeps the civil registry.",
        "Put who lives together on file with “maglia household set”.",
    ),
    Code.POLICY_NAMES: entry(
        "L'approvazione dei nomi non vale: non è del responsabile in carica, è scaduta, o è di un'altra pratica.",
        "Chiedere al responsabile della protezione dei dati un'approvazione per questa pratica.",
        "The approval of names does not hold: not by the officer in office, over, or of another case.",
        "Ask the data-protection officer for an approval of this case.",
    ),
    Code.POLICY_UNAVAILABLE: entry(
        "Il controllo delle regole non risponde: verifica non eseguita.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e riprovare.",
        "The policy engine does not answer: check not done.",
        "Tell the node's administrator (maglia-node doctor) and retry.",
    ),
    Code.POLICY_STALE: entry(
        "Le regole della rete non sono aggiornate: verifica non eseguita.",
        "Ristabilire il collegamento con l'ufficio di accreditamento e riprovare.",
        "The network's policies are out of date: check not done.",
        "Restore the connection to the accreditation office and retry.",
    ),
    Code.POLICY_PERMISSIONS: entry(
        "Le regole della rete non dicono al nodo chi può fare che cosa: nessuna operazione è ammessa.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e riprovare.",
        "The network's policies do not tell the node who may do what: no operation is allowed.",
        "Tell the node's administrator (maglia-node doctor) and retry.",
    ),
    Code.POLICY_RETENTION: entry(
        "Le regole della rete non dicono per quanto tempo si conserva: vale il termine più breve, nulla si cancella.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e l'ufficio di accreditamento.",
        "The network's policies do not say how long records are kept: the shorter term holds, nothing is erased.",
        "Tell the node's administrator (maglia-node doctor) and the accreditation office.",
    ),
}
