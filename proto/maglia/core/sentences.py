"""The sentence that people read for each error code, and what to do next, in Italian and in English.

Parameters in braces are public values of the error; none may hold a person's code.
"""

from __future__ import annotations

from dataclasses import dataclass

from maglia.core.codes import Code


@dataclass(frozen=True)
class Sentence:
    """What happened, and what to do next, in one language."""

    message: str
    next_action: str


@dataclass(frozen=True)
class Entry:
    """One line of the catalog: the two languages of a code."""

    it: Sentence
    en: Sentence


def _entry(it: str, it_next: str, en: str, en_next: str) -> Entry:
    return Entry(Sentence(it, it_next), Sentence(en, en_next))


CATALOG: dict[Code, Entry] = {
    Code.INPUT_IDENTIFIER_LENGTH: _entry(
        "Codice non valido: ha {length} caratteri, ne servono 16 (o 11 per il codice provvisorio).",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
        "Invalid code: it has {length} characters, 16 are needed (or 11 for a provisional code).",
        "Check the code on the card and type it again.",
    ),
    Code.INPUT_IDENTIFIER_FORM: _entry(
        "Codice non valido: lettere e cifre non sono al loro posto.",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
        "Invalid code: letters and digits are not in their places.",
        "Check the code on the card and type it again.",
    ),
    Code.INPUT_IDENTIFIER_CHECK: _entry(
        "Codice non valido: l'ultimo carattere non corrisponde.",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
        "Invalid code: the last character does not match.",
        "Check the code on the card and type it again.",
    ),
    Code.INPUT_DOCUMENT: _entry(
        "Il documento non è scritto come DOC:tipo/paese/numero, o il paese non esiste.",
        "Scrivere per esempio DOC:P/MAR/ e il numero: P passaporto, I carta d'identità, T titolo di viaggio; "
        "il paese con le tre lettere stampate sul documento.",
        "The document is not written as DOC:type/country/number, or there is no such country.",
        "Write for example DOC:P/MAR/ and the number: P passport, I identity card, T travel document; "
        "the country by the three letters printed on the document.",
    ),
    Code.INPUT_COMPOSITE_NAME: _entry(
        "Questo è un nome, non un codice: per nome non si interroga la rete.",
        "Chiedere il codice fiscale, o un codice STP o ENI, e ripetere con quello; se non ne ha nessuno, registrare "
        "l'aiuto con «maglia aid add --name».",
        "This is a name, not a code: the network is not asked by name.",
        "Ask for the tax code, or for an STP or ENI code, and repeat with it; if there is none, record the aid with "
        "“maglia aid add --name”.",
    ),
    Code.INPUT_NAME_UNKNOWN: _entry(
        "Nessuna persona è registrata come NOME:{number}.",
        "Cercarla con «maglia aid names» e ripetere con il numero giusto.",
        "Nobody is on file as NOME:{number}.",
        "Search with “maglia aid names” and repeat with the right number.",
    ),
    Code.INPUT_SUPPLY: _entry(
        "Il numero della fornitura o del contratto non è valido.",
        "Ricopiarlo come POD:IT001E12345678, PDR: e 14 cifre, o LEASE:ufficio/anno/serie/numero.",
        "The number of the supply or lease is not valid.",
        "Copy it as POD:IT001E12345678, PDR: and 14 digits, or LEASE:office/year/series/number.",
    ),
    Code.INPUT_FACET: _entry(
        "Tipo di aiuto sconosciuto: «{value}».",
        "Scegliere uno di: {allowed}.",
        "Unknown kind of aid: “{value}”.",
        "Choose one of: {allowed}.",
    ),
    Code.INPUT_PURPOSE: _entry(
        "Scopo sconosciuto: «{value}».",
        "Scegliere uno di: {allowed}.",
        "Unknown purpose: “{value}”.",
        "Choose one of: {allowed}.",
    ),
    Code.INPUT_MONTHS: _entry(
        "Il numero di mesi «{value}» non è tra 1 e 36.",
        "Indicare i mesi con un numero da 1 a 36.",
        "The number of months “{value}” is not between 1 and 36.",
        "Give the months as a number from 1 to 36.",
    ),
    Code.INPUT_PROCEDURE: _entry(
        "La procedura «{procedure}» non è tra quelle dichiarate dall'ufficio di accreditamento.",
        "Ricopiare il nome breve della procedura, o farla dichiarare da due funzionari, e ripetere.",
        "The procedure “{procedure}” is not among those declared by the accreditation office.",
        "Copy the procedure's short name, or have two officers declare it, and repeat.",
    ),
    Code.INPUT_PROCEDURE_EXISTS: _entry(
        "La procedura «{procedure}» c'è già, e cambierebbe: {before} -> {after}.",
        "Per cambiarla ripetere con --replace; per dichiararne una nuova scegliere un altro nome breve.",
        "The procedure “{procedure}” exists already, and would change: {before} -> {after}.",
        "To change it repeat with --replace; to declare a new one choose another short name.",
    ),
    Code.INPUT_AMOUNT: _entry(
        "L'importo «{value}» non è scritto come 1.234,50.",
        "Correggere l'importo e ripetere.",
        "The amount “{value}” is not written as 1.234,50.",
        "Correct the amount and repeat.",
    ),
    Code.INPUT_AMOUNT_NEGATIVE: _entry(
        "L'importo «{value}» è negativo o nullo.",
        "Indicare un importo maggiore di zero.",
        "The amount “{value}” is negative or zero.",
        "Give an amount above zero.",
    ),
    Code.INPUT_DATE: _entry(
        "La data «{value}» non esiste o non è scritta come gg/mm/aaaa.",
        "Correggere la data e ripetere.",
        "The date “{value}” does not exist or is not written as dd/mm/yyyy.",
        "Correct the date and repeat.",
    ),
    Code.INPUT_DATE_EARLY: _entry(
        "La data «{value}» è prima del {earliest}.",
        "Ricontrollare l'anno, correggere la data e ripetere.",
        "The date “{value}” is before {earliest}.",
        "Check the year, correct the date and repeat.",
    ),
    Code.INPUT_DATE_FUTURE: _entry(
        "La data «{value}» è nel futuro.",
        "Indicare un giorno non dopo il {latest} e ripetere.",
        "The date “{value}” is in the future.",
        "Give a day no later than {latest} and repeat.",
    ),
    Code.INPUT_FIELD: _entry(
        "Il campo «{field}» non è valido.",
        "Correggere il campo «{field}» e ripetere.",
        "The field “{field}” is not valid.",
        "Correct the field “{field}” and repeat.",
    ),
    Code.INPUT_PASSWORD: _entry(
        "La password è troppo corta: servono almeno {minimum} caratteri.",
        "Scegliere una password più lunga, per esempio quattro parole a caso, e ripetere.",
        "The password is too short: it needs at least {minimum} characters.",
        "Choose a longer password, such as four random words, and repeat.",
    ),
    Code.INPUT_PASSPHRASE: _entry(
        "La frase segreta è troppo corta: servono almeno {minimum} caratteri.",
        "Scegliere una frase più lunga, per esempio cinque parole a caso, e ripetere.",
        "The passphrase is too short: it needs at least {minimum} characters.",
        "Choose a longer phrase, such as five random words, and repeat.",
    ),
    Code.INPUT_FILE: _entry(
        "Il file «{file}» non si può leggere.",
        "Controllare che il file esista e che si possa aprire, poi ripetere.",
        "The file “{file}” cannot be read.",
        "Check that the file exists and can be opened, then repeat.",
    ),
    Code.INPUT_FILE_CONTENT: _entry(
        "Il file «{file}» non è quello che serve qui, o è rovinato.",
        "Controllare il nome del file; se è giusto, farselo dare di nuovo da chi lo ha scritto, e ripetere.",
        "The file “{file}” is not the one needed here, or is damaged.",
        "Check the file's name; if it is right, have it given again by whoever wrote it, and repeat.",
    ),
    Code.INPUT_ENCODING: _entry(
        "Il file «{file}» non è testo leggibile (riga {row}).",
        "Salvare il file come CSV UTF-8 e ripetere.",
        "The file “{file}” is not readable text (row {row}).",
        "Save the file as UTF-8 CSV and repeat.",
    ),
    Code.INPUT_DELIMITER: _entry(
        "Nel file «{file}» non si riconosce il separatore delle colonne.",
        "Salvare il file con il punto e virgola o la virgola come separatore e ripetere.",
        "The column separator of the file “{file}” is not recognised.",
        "Save the file with a semicolon or a comma as separator and repeat.",
    ),
    Code.INPUT_COLUMN: _entry(
        "Nel file «{file}» manca la colonna «{field}».",
        "Aggiungere la colonna «{field}» alla prima riga e ripetere.",
        "The file “{file}” has no column “{field}”.",
        "Add the column “{field}” to the first row and repeat.",
    ),
    Code.INPUT_QUOTES: _entry(
        "In questa riga le virgolette non sono chiuse o sono fuori posto.",
        "Chiudere o togliere le virgolette della riga e ripetere.",
        "In this row a quotation mark is not closed or is out of place.",
        "Close or remove the row's quotation marks and repeat.",
    ),
    Code.INPUT_CELLS: _entry(
        "La riga ha {found} colonne, la prima riga del file ne ha {wanted}.",
        "Completare la riga, con una cella vuota dove non c'è niente, e ripetere.",
        "The row has {found} columns, the file's first row has {wanted}.",
        "Complete the row, with an empty cell where there is nothing, and repeat.",
    ),
    Code.INPUT_DUPLICATE_KEY: _entry(
        "La chiave «{value}» c'è già con un contenuto diverso.",
        "Correggere la chiave della riga o registrare una correzione.",
        "The key “{value}” exists already with other content.",
        "Correct the key of the row or record a correction.",
    ),
    Code.INPUT_SETTING: _entry(
        "L'impostazione «{field}» non è valida o non esiste ({source}).",
        "Correggere «{field}» e riavviare il comando.",
        "The setting “{field}” is invalid or unknown ({source}).",
        "Correct “{field}” and run the command again.",
    ),
    Code.INPUT_PROFILE_OFFICE: _entry(
        "Questo profilo è dello sportello di «{member}», non dell'ufficio di accreditamento.",
        "Ripetere con --profile e il profilo che ha scritto «maglia office setup».",
        "This profile is of the counter of “{member}”, not of the accreditation office.",
        "Repeat with --profile and the profile that “maglia office setup” wrote.",
    ),
    Code.INPUT_PROFILE_NODE: _entry(
        "Questo profilo è dell'ufficio di accreditamento, non di uno sportello.",
        "Ripetere con --profile e il profilo del proprio ente, o con un comando di «maglia office».",
        "This profile is of the accreditation office, not of a body's counter.",
        "Repeat with --profile and your own body's profile, or with a command of “maglia office”.",
    ),
    Code.INPUT_USAGE: _entry(
        "Il comando non è scritto bene: manca qualcosa, o c'è qualcosa che non conosce ({field}).",
        "Leggere «{command} --help», correggere il comando e ripetere.",
        "The command is not well written: something is missing, or is not known to it ({field}).",
        "Read “{command} --help”, correct the command and repeat.",
    ),
    Code.INPUT_MALFORMED: _entry(
        "Il messaggio ricevuto non è leggibile.",
        "Aggiornare il programma di chi lo ha inviato e ripetere.",
        "The message received cannot be read.",
        "Update the sender's program and repeat.",
    ),
    Code.INPUT_TOO_LARGE: _entry(
        "Il contenuto di «{field}» supera il limite di {limit}.",
        "Dividere il contenuto in parti più piccole e ripetere.",
        "The content of “{field}” exceeds the limit of {limit}.",
        "Split the content into smaller parts and repeat.",
    ),
    Code.SESSION_CREDENTIALS: _entry(
        "Utente o password non corretti.",
        "Ricontrollare utente e password; se persi, chiedere all'amministratore del nodo.",
        "Wrong user or password.",
        "Check user and password; if lost, ask the node's administrator.",
    ),
    Code.SESSION_UNATTENDED: _entry(
        "Manca la variabile {variable}, e qui nessuno può scrivere la password o la frase segreta.",
        "Impostare {variable} nell'ambiente, o usare un terminale, e ripetere.",
        "The variable {variable} is missing, and here nobody can type the password or passphrase.",
        "Set {variable} in the environment, or use a terminal, and repeat.",
    ),
    Code.SESSION_EXPIRED: _entry(
        "La sessione è scaduta.",
        "Accedere di nuovo: quanto scritto è conservato.",
        "The session has expired.",
        "Log in again: what was written is kept.",
    ),
    Code.SESSION_ROLE: _entry(
        "Il suo ruolo non permette questa operazione.",
        "Chiedere a un responsabile dell'ente.",
        "Your role does not allow this operation.",
        "Ask a manager of your body.",
    ),
    Code.SESSION_THROTTLED: _entry(
        "Troppi tentativi di accesso per questo utente o da questo computer.",
        "Attendere {seconds} secondi e riprovare.",
        "Too many login attempts for this user or from this computer.",
        "Wait {seconds} seconds and retry.",
    ),
    Code.SESSION_DECLINED: _entry(
        "Bozza non firmata.",
        "Dare di nuovo il comando quando la bozza è quella voluta.",
        "Draft not signed.",
        "Give the command again when the draft is the one that is meant.",
    ),
    Code.CONSENT_MISSING: _entry(
        "Manca il consenso della persona per questo scopo.",
        "Leggere l'informativa alla persona e registrare il consenso, poi ripetere.",
        "The person's consent for this purpose is missing.",
        "Read the notice to the person and record the consent, then repeat.",
    ),
    Code.CONSENT_CASE_MISSING: _entry(
        "Manca il numero di protocollo della pratica.",
        "Indicare il protocollo con --case e ripetere.",
        "The protocol number of the case is missing.",
        "Give the protocol number with --case and repeat.",
    ),
    Code.BUDGET_OPERATOR: _entry(
        "Ha raggiunto il limite di {limit} persone o bisogni verificati in un giorno.",
        "Riprendere domani o chiedere a un responsabile dell'ente.",
        "You have reached the limit of {limit} persons or needs checked in a day.",
        "Resume tomorrow or ask a manager of your body.",
    ),
    Code.BUDGET_MEMBER: _entry(
        "L'ente ha raggiunto il limite giornaliero di {limit} codici presso l'ufficio di accreditamento.",
        "Riprendere domani o chiedere all'ufficio di accreditamento.",
        "The body has reached its daily limit of {limit} codes at the accreditation office.",
        "Resume tomorrow or ask the accreditation office.",
    ),
    Code.BUDGET_ANSWER: _entry(
        "L'ente che risponde ha raggiunto il limite di {limit} persone al giorno per chi chiede.",
        "Riprendere domani o dichiarare una procedura all'ufficio di accreditamento.",
        "The answering body has reached its limit of {limit} persons a day for one asker.",
        "Resume tomorrow or declare a procedure to the accreditation office.",
    ),
    Code.BUDGET_PROCEDURE: _entry(
        "L'ente ha raggiunto il limite di {limit} persone o bisogni della procedura «{procedure}».",
        "Chiedere all'ufficio di accreditamento di dichiarare la procedura con un limite più alto.",
        "The body has reached the limit of {limit} persons or needs of the procedure “{procedure}”.",
        "Ask the accreditation office to declare the procedure with a higher limit.",
    ),
    Code.POLICY_DENIED: _entry(
        "Le regole della rete non permettono questa ricerca.",
        "Chiedere al responsabile della protezione dei dati quale regola si applica.",
        "The network's policies do not allow this question.",
        "Ask the data-protection officer which rule applies.",
    ),
    Code.POLICY_PURPOSE: _entry(
        "Il suo ente non può chiedere per questo scopo.",
        "Scegliere un altro scopo o chiedere all'ufficio di accreditamento.",
        "Your body may not ask for this purpose.",
        "Choose another purpose or ask the accreditation office.",
    ),
    Code.POLICY_ROLE: _entry(
        "Il suo ruolo non può chiedere per questo scopo.",
        "Chiedere a un collega abilitato.",
        "Your role may not ask for this purpose.",
        "Ask an entitled colleague.",
    ),
    Code.POLICY_BASIS: _entry(
        "Manca una base giuridica valida per questa ricerca.",
        "Registrare il consenso o il numero di protocollo della pratica, poi ripetere.",
        "A valid legal basis for this question is missing.",
        "Record the consent or the case's protocol number, then repeat.",
    ),
    Code.POLICY_FACET: _entry(
        "Questo tipo di aiuto non si può chiedere alla rete per questo scopo.",
        "Scegliere un altro tipo di aiuto o un altro scopo.",
        "This kind of aid may not be asked of the network for this purpose.",
        "Choose another kind of aid or another purpose.",
    ),
    Code.POLICY_PROCEDURE_EXPIRED: _entry(
        "La procedura «{procedure}» è chiusa: l'ultimo giorno era il {day}.",
        "Chiedere all'ufficio di accreditamento una nuova procedura, o indicare la pratica con --case.",
        "The procedure “{procedure}” is closed: its last day was {day}.",
        "Ask the accreditation office for a new procedure, or give the case with --case.",
    ),
    Code.POLICY_PROCEDURE_MEMBER: _entry(
        "La procedura «{procedure}» è di un altro ente.",
        "Indicare una procedura del proprio ente, o chiedere all'ufficio di accreditamento di dichiararne una.",
        "The procedure “{procedure}” is another body's.",
        "Name a procedure of your own body, or ask the accreditation office to declare one.",
    ),
    Code.POLICY_UNAVAILABLE: _entry(
        "Il controllo delle regole non risponde: verifica non eseguita.",
        "Avvisare l'amministratore del nodo (maglia-node doctor) e riprovare.",
        "The policy engine does not answer: check not done.",
        "Tell the node's administrator (maglia-node doctor) and retry.",
    ),
    Code.POLICY_STALE: _entry(
        "Le regole della rete non sono aggiornate: verifica non eseguita.",
        "Ristabilire il collegamento con l'ufficio di accreditamento e riprovare.",
        "The network's policies are out of date: check not done.",
        "Restore the connection to the accreditation office and retry.",
    ),
    Code.MEMBER_UNKNOWN: _entry(
        "L'ente «{member}» non è nella rete.",
        "Controllare il nome con l'ufficio di accreditamento.",
        "The body “{member}” is not in the network.",
        "Check the name with the accreditation office.",
    ),
    Code.MEMBER_INACTIVE: _entry(
        "L'ente «{member}» non è attivo nella rete.",
        "Rivolgersi all'ufficio di accreditamento.",
        "The body “{member}” is not active in the network.",
        "Turn to the accreditation office.",
    ),
    Code.MEMBER_NOT_ENTITLED: _entry(
        "L'ente non è abilitato a questa domanda.",
        "Rivolgersi all'ufficio di accreditamento.",
        "The body is not entitled to this question.",
        "Turn to the accreditation office.",
    ),
    Code.MEMBER_CARD: _entry(
        "Il certificato dell'ente non corrisponde alla sua scheda o è scaduto.",
        "Riavviare il nodo dell'ente perché pubblichi una scheda nuova.",
        "The body's certificate does not match its card or has expired.",
        "Restart the body's node so that it publishes a new card.",
    ),
    Code.MEMBER_STATE: _entry(
        "L'ente è nello stato «{state}»: l'operazione non è possibile.",
        "Vedere lo stato con «maglia office show», o l'ente con «maglia-node state», e scegliere l'operazione adatta.",
        "The body is in the state “{state}”: the operation is not possible.",
        "See the state with “maglia office show”, or a body with “maglia-node state”, and choose what fits.",
    ),
    Code.MEMBER_SIGNATURE: _entry(
        "La firma non è valida.",
        "Ripetere con la chiave dell'ente; se il caso continua, avvisare l'ufficio di accreditamento.",
        "The signature is not valid.",
        "Repeat with the body's key; if it goes on, tell the accreditation office.",
    ),
    Code.MEMBER_ADDRESSEE: _entry(
        "La domanda è indirizzata a un altro ente.",
        "Aggiornare l'elenco degli enti e riprovare.",
        "The question is addressed to another body.",
        "Update the directory and retry.",
    ),
    Code.MEMBER_STALE: _entry(
        "La domanda non appartiene a questo collegamento.",
        "Aprire un nuovo collegamento e riprovare.",
        "The question does not belong to this connection.",
        "Open a new connection and retry.",
    ),
    Code.MEMBER_APPLICATION: _entry(
        "La domanda di accreditamento non è completa: {field}.",
        "Completare «{field}» e inviare di nuovo.",
        "The application is not complete: {field}.",
        "Complete “{field}” and send it again.",
    ),
    Code.MEMBER_TOKEN: _entry(
        "Il codice di attivazione non è quello di questo ente.",
        "Ricopiarlo per intero o chiedere un nuovo codice all'ufficio di accreditamento.",
        "The activation token is not this body's.",
        "Copy it whole again or ask the accreditation office for a new one.",
    ),
    Code.MEMBER_TOKEN_EXPIRED: _entry(
        "Il codice di attivazione è scaduto.",
        "Chiedere un nuovo codice all'ufficio di accreditamento.",
        "The activation token has expired.",
        "Ask the accreditation office for a new one.",
    ),
    Code.MEMBER_TOKEN_USED: _entry(
        "Il codice di attivazione è già stato usato.",
        "Se non è stato l'ente a usarlo, avvisare subito l'ufficio di accreditamento.",
        "The activation token was already used.",
        "If it wasn't the body that used it, tell the accreditation office at once.",
    ),
    Code.MEMBER_ACT_EXPIRED: _entry(
        "L'atto di accreditamento di «{member}» è scaduto.",
        "Indicare un atto in corso di validità con la sua scadenza e ripetere.",
        "The accreditation act of “{member}” has expired.",
        "Name an act in force with its expiry and repeat.",
    ),
    Code.MEMBER_FISCAL_CODE: _entry(
        "Il codice fiscale indicato appartiene a un ente già ammesso.",
        "Controllare il codice fiscale; se è giusto, avvisare l'ufficio di accreditamento.",
        "The tax code given belongs to a body already admitted.",
        "Check the tax code; if it is right, tell the accreditation office.",
    ),
    Code.MEMBER_FISCAL_CODE_CLAIMED: _entry(
        "Il codice fiscale di «{member}» è dichiarato anche da un'altra domanda in attesa: {others}.",
        "Accertare di chi è il codice, scartare l'altra domanda con «maglia office discard» e ripetere.",
        "The tax code of “{member}” is claimed by another waiting application too: {others}.",
        "Find out whose the code is, discard the other application with “maglia office discard” and repeat.",
    ),
    Code.MEMBER_QUEUE_FULL: _entry(
        "Troppe domande in attesa: l'ufficio di accreditamento per ora non ne riceve altre.",
        "Telefonare all'ufficio, che libera la coda, poi ripetere la domanda.",
        "Too many applications are waiting: the accreditation office takes no more for now.",
        "Phone the office, which clears its queue, then apply again.",
    ),
    Code.MEMBER_APPLICATIONS: _entry(
        "Troppe domande da questo indirizzo di rete nell'ultima ora.",
        "Attendere {seconds} secondi e ripetere, o telefonare all'ufficio di accreditamento.",
        "Too many applications from this network address in the last hour.",
        "Wait {seconds} seconds and repeat, or phone the accreditation office.",
    ),
    Code.MEMBER_KEY_TAKEN: _entry(
        "La chiave di questa domanda appartiene già a un altro ente.",
        "Creare un nodo nuovo con «maglia-node init», che fa chiavi proprie, e ripetere la domanda.",
        "The key of this application already belongs to another body.",
        "Make a new node with “maglia-node init”, which makes its own keys, and apply again.",
    ),
    Code.MEMBER_SECOND_OFFICER: _entry(
        "Serve una seconda firma: {officer} ha già firmato.",
        "Chiedere la firma a un altro funzionario.",
        "A second signature is needed: {officer} has already signed.",
        "Ask another officer to sign.",
    ),
    Code.MEMBER_FINGERPRINT: _entry(
        "L'impronta di «{member}» non corrisponde: richiamare il referente.",
        "Non firmare finché l'impronta letta a voce non è quella della domanda.",
        "The fingerprint of “{member}” does not match: call its referent again.",
        "Do not sign until the fingerprint read aloud is the application's.",
    ),
    Code.MEMBER_UNSIGNED_APPLICATION: _entry(
        "La domanda di «{member}» non è firmata con la chiave che contiene.",
        "Non firmare: chiedere all'ente di inviarla di nuovo con «maglia-node apply».",
        "The application of “{member}” is not signed with the key that it holds.",
        "Do not sign: ask the body to send it again with “maglia-node apply”.",
    ),
    Code.DIRECTORY_EXPIRED: _entry(
        "L'elenco degli enti è scaduto: verifica non eseguita.",
        "Ristabilire il collegamento con l'ufficio di accreditamento e riprovare.",
        "The directory has expired: check not done.",
        "Restore the connection to the accreditation office and retry.",
    ),
    Code.DIRECTORY_STALE: _entry(
        "Da troppo tempo il nodo non ha notizie dall'ufficio di accreditamento.",
        "Controllare il collegamento: alla scadenza dell'elenco il nodo smette di chiedere e di rispondere.",
        "The node has had no news from the accreditation office for too long.",
        "Check the connection: once the directory expires the node stops asking and answering.",
    ),
    Code.DIRECTORY_UNTRUSTED: _entry(
        "L'elenco ricevuto non ha firme valide.",
        "Non usarlo e avvisare l'ufficio di accreditamento.",
        "The directory received has no valid signatures.",
        "Do not use it and tell the accreditation office.",
    ),
    Code.DIRECTORY_ROLLBACK: _entry(
        "Il registro offre una versione che non segue quella già ricevuta.",
        "Non usarlo e avvisare l'ufficio di accreditamento.",
        "The registry offers a version that does not follow the one received before.",
        "Do not use it and tell the accreditation office.",
    ),
    Code.DIRECTORY_MIXED: _entry(
        "I documenti ricevuti non sono della stessa pubblicazione.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
        "The documents received are not of one publication.",
        "Retry; if it goes on, tell the accreditation office.",
    ),
    Code.DIRECTORY_ROOT_EXPIRED: _entry(
        "La radice di fiducia della rete è scaduta.",
        "Chiedere all'ufficio di accreditamento di far firmare ai custodi una nuova radice.",
        "The network's root of trust has expired.",
        "Ask the accreditation office to have a new root signed by its holders.",
    ),
    Code.DIRECTORY_ROOT_SIGNATURES: _entry(
        "Alla radice mancano firme: {signed} di {threshold} ({whose}).",
        "Portare il file ai custodi che non hanno firmato, poi pubblicarlo.",
        "The root lacks signatures: {signed} of {threshold} ({whose}).",
        "Carry the file to the holders who have not signed, then publish it.",
    ),
    Code.DIRECTORY_ROOT_VERSION: _entry(
        "La radice è la versione {version}, ma deve essere la {expected}.",
        "Preparare di nuovo la modifica con «maglia-registry root prepare».",
        "The root is version {version}, but must be {expected}.",
        "Prepare the change again with “maglia-registry root prepare”.",
    ),
    Code.DIRECTORY_ROOT_KEYS: _entry(
        "Questa chiave non è tra quelle che devono firmare la radice.",
        "Controllare il file e la chiave, o preparare di nuovo la modifica con «maglia-registry root prepare».",
        "This key is not one of those that must sign the root.",
        "Check the file and the key, or prepare the change again with “maglia-registry root prepare”.",
    ),
    Code.DIRECTORY_ONLINE_KEY: _entry(
        "Questa copia del registro non ha la chiave che la radice o l'elenco nominano: non firma.",
        "Copiarvi keystore.json dalla macchina di «maglia-registry root prepare», e attendere: non serve riavviare.",
        "This copy of the registry lacks the key that root or the directory names: it does not sign.",
        "Copy keystore.json to it from the machine of “maglia-registry root prepare”, and wait: no restart is needed.",
    ),
    Code.DIRECTORY_DRAFT: _entry(
        "La bozza da firmare è cambiata o non contiene quanto richiesto.",
        "Rileggere la richiesta con «maglia office list» e firmare di nuovo.",
        "The draft to sign has changed or does not hold what was asked.",
        "Read the request again with “maglia office list” and sign again.",
    ),
    Code.DIRECTORY_DRAFT_MEMBERS: _entry(
        "La bozza cambia enti in un modo che nessuno ha chiesto: {members}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes bodies in a way that nobody asked for: {members}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_EPOCHS: _entry(
        "La bozza sposta i periodi delle chiavi senza che sia stato chiesto: {epochs}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft moves the epochs of keys without being asked: {epochs}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_KEYS: _entry(
        "La bozza cambia chiavi che nessuno ha chiesto di cambiare: {keys}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes keys that nobody asked to change: {keys}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_PROCEDURES: _entry(
        "La bozza cambia procedure che nessuno ha chiesto di cambiare: {procedures}.",
        "Non firmare e avvisare i custodi della radice: il registro può essere in altre mani.",
        "The draft changes procedures that nobody asked to change: {procedures}.",
        "Do not sign, and tell the root's holders: the registry may be in other hands.",
    ),
    Code.DIRECTORY_DRAFT_POLICIES: _entry(
        "La bozza cambia le regole della rete: in vigore {before}, nella bozza {after}.",
        "Se il cambio è voluto, rileggere le regole e firmarlo da solo con «maglia office renew --policies REVISIONE».",
        "The draft changes the network's policies: in force {before}, in the draft {after}.",
        "If that is meant, read the policies and sign it by itself with “maglia office renew --policies REVISION”.",
    ),
    Code.DIRECTORY_EPOCH: _entry(
        "Il cambio delle chiavi non è a questo punto: il periodo in uso è il {epoch}.",
        "Guardare con «maglia office epoch show» a che punto è, e dare il comando che segue.",
        "The change of keys is not at this point: the epoch in use is {epoch}.",
        "Look with “maglia office epoch show” how far it is, and give the command that follows.",
    ),
    Code.DIRECTORY_UNREADY: _entry(
        "Non tutti gli enti sono pronti per le nuove chiavi: {members}.",
        "Attendere, o ripetere con «maglia office epoch switch» e --without per ogni ente che non tornerà.",
        "Not every body is ready for the new keys: {members}.",
        "Wait, or repeat with “maglia office epoch switch” and --without for each body that will not come back.",
    ),
    Code.DIRECTORY_NOT_THERE: _entry(
        "L'ufficio di accreditamento non ha questo documento.",
        "Attendere che due funzionari pubblichino l'elenco degli enti e riprovare.",
        "The accreditation office does not have this document.",
        "Wait until two officers publish the directory and retry.",
    ),
    Code.PSEUDONYM_KEY_SET: _entry(
        "L'insieme di chiavi indicato non è tra quelli in uso.",
        "Aggiornare l'elenco degli enti e riprovare.",
        "The key set named is not in use.",
        "Update the directory and retry.",
    ),
    Code.PSEUDONYM_EPOCH: _entry(
        "Il periodo delle chiavi indicato non è in uso.",
        "Aggiornare l'elenco degli enti e riprovare.",
        "The key epoch named is not in use.",
        "Update the directory and retry.",
    ),
    Code.PSEUDONYM_NO_ROTATION: _entry(
        "Nessun cambio di chiavi per questo periodo è annunciato: gli pseudonimi sono quelli in uso.",
        "Attendere che l'ufficio di accreditamento annunci il cambio, e che il nodo lo senta; poi ripetere il comando.",
        "No change of keys for this epoch is announced: the pseudonyms are those in use.",
        "Wait until the accreditation office announces the change, and the node hears of it; then repeat the command.",
    ),
    Code.PSEUDONYM_MASK: _entry(
        "Le quote di chiave indicate non sono ammesse.",
        "Aggiornare il programma e riprovare.",
        "The key shares named are not allowed.",
        "Update the program and retry.",
    ),
    Code.PSEUDONYM_ELEMENT: _entry(
        "Un valore cifrato ricevuto non è ammesso.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
        "An encrypted value received is not allowed.",
        "Retry; if it goes on, tell the accreditation office.",
    ),
    Code.PSEUDONYM_PROOF: _entry(
        "La prova dell'ufficio di accreditamento non è valida: verifica non eseguita.",
        "Non ripetere e avvisare l'ufficio di accreditamento.",
        "The accreditation office's proof is not valid: check not done.",
        "Do not repeat and tell the accreditation office.",
    ),
    Code.PSEUDONYM_BATCH: _entry(
        "Il numero di valori cifrati non corrisponde a quanto chiesto.",
        "Riprovare; se il caso continua, avvisare l'ufficio di accreditamento.",
        "The number of encrypted values is not what was asked.",
        "Retry; if it goes on, tell the accreditation office.",
    ),
    Code.LOG_UNAVAILABLE: _entry(
        "Il registro degli accessi non è scrivibile: verifica non eseguita.",
        "Liberare spazio su disco (maglia-node doctor) e riprovare.",
        "The access log cannot be written: check not done.",
        "Free disk space (maglia-node doctor) and retry.",
    ),
    Code.LOG_BROKEN: _entry(
        "Il registro degli accessi è alterato alla voce {entry}.",
        "Non usare il nodo e avvisare il revisore.",
        "The access log is altered at entry {entry}.",
        "Do not use the node and tell the auditor.",
    ),
    Code.LOG_CHECKPOINT: _entry(
        "La testata del registro degli accessi non ha una firma valida.",
        "Non fidarsene e avvisare il revisore.",
        "The checkpoint of the access log has no valid signature.",
        "Do not trust it and tell the auditor.",
    ),
    Code.LOG_FORK: _entry(
        "Il registro presentato non continua quello già visto.",
        "Non usare il nodo e avvisare il revisore.",
        "The log presented does not continue the one already seen.",
        "Do not use the node and tell the auditor.",
    ),
    Code.LOG_REWRITTEN: _entry(
        "La storia dell'ufficio è stata accorciata o riscritta: non continua quella già vista.",
        "Non firmare nulla, conservare il database com'è e avvisare il revisore e i custodi della radice.",
        "The office's history was shortened or rewritten: it does not continue the one already seen.",
        "Sign nothing, keep the database as it is, and tell the auditor and the root's holders.",
    ),
    Code.LOG_STALE: _entry(
        "Il testimone non controfirma il registro degli accessi da tempo.",
        "Controllare il collegamento con l'ufficio di accreditamento prima che l'ente smetta di rispondere.",
        "The witness has not cosigned the access log for a while.",
        "Check the connection to the accreditation office before the body stops answering.",
    ),
    Code.LOG_UNWITNESSED: _entry(
        "Il registro degli accessi non è controfirmato da troppo tempo: l'ente non risponde.",
        "Controllare il collegamento con l'ufficio di accreditamento e attendere la controfirma.",
        "The access log has not been cosigned for too long: the body does not answer.",
        "Check the connection to the accreditation office and wait for the cosignature.",
    ),
    Code.LOG_RECEIPT: _entry(
        "La ricevuta dell'ente che risponde non è valida.",
        "Considerare l'ente muto e avvisare il revisore.",
        "The answering body's receipt is not valid.",
        "Treat the body as silent and tell the auditor.",
    ),
    Code.NETWORK_UNREACHABLE: _entry(
        "Rete assente: verifica non eseguita.",
        "Controllare il collegamento e riprovare.",
        "No network: check not done.",
        "Check the connection and retry.",
    ),
    Code.NETWORK_DEADLINE: _entry(
        "La risposta non è arrivata in tempo: l'operazione può essere avvenuta lo stesso.",
        "Guardare se è avvenuta; se no, riprovare tra poco.",
        "The answer did not arrive in time: the operation may have been done all the same.",
        "See whether it was done; if not, retry shortly.",
    ),
    Code.NETWORK_SIZE: _entry(
        "La risposta è più grande di quanto un messaggio può essere: la rete c'è.",
        "Aggiornare il programma; se succede ancora, avvisare chi gestisce il registro o il nodo.",
        "The answer is larger than a message may be: the network is there.",
        "Update the program; if it happens again, tell whoever runs the registry or the node.",
    ),
    Code.NETWORK_ANSWER: _entry(
        "La risposta di un ente non è valida.",
        "Considerare l'ente muto e avvisare l'ufficio di accreditamento.",
        "A body's answer is not valid.",
        "Treat the body as silent and tell the accreditation office.",
    ),
    Code.NETWORK_TLS: _entry(
        "Il collegamento non è protetto come richiesto (TLS 1.3).",
        "Aggiornare il programma di chi chiama e riprovare.",
        "The connection is not protected as required (TLS 1.3).",
        "Update the caller's program and retry.",
    ),
    Code.NETWORK_PORT_BUSY: _entry(
        "L'indirizzo «{address}» non si può usare: la porta è occupata o l'indirizzo non è di questo computer.",
        "Fermare il programma che usa la porta, o cambiare «{field}» in {source}, e riavviare.",
        "The address “{address}” cannot be used: its port is taken or the address is not this machine's.",
        "Stop the program that uses the port, or change “{field}” in {source}, and start again.",
    ),
    Code.NETWORK_PROCESS: _entry(
        "Il programma «{name}» non è partito o si è fermato.",
        "Leggere {log} e ripetere il comando.",
        "The program “{name}” did not start or has stopped.",
        "Read {log} and run the command again.",
    ),
    Code.VERSION_UNSUPPORTED: _entry(
        "La versione del protocollo non è compresa da tutti e due.",
        "Aggiornare il programma più vecchio e riprovare.",
        "The protocol version is not understood by both.",
        "Update the older program and retry.",
    ),
    Code.STORAGE_UNAVAILABLE: _entry(
        "L'archivio dei dati non è disponibile.",
        "Riprovare tra poco; se il caso continua, avvisare chi amministra il nodo o il registro.",
        "The database is not available.",
        "Retry shortly; if it goes on, tell whoever administers the node or the registry.",
    ),
    Code.STORAGE_LOCKED: _entry(
        "Un altro programma sta usando la cartella «{path}».",
        "Fermare l'altro programma e ripetere.",
        "Another program is using the folder “{path}”.",
        "Stop the other program and repeat.",
    ),
    Code.STORAGE_KEYSTORE: _entry(
        "Le chiavi non si aprono con questa frase segreta.",
        "Controllare la frase segreta e ripetere.",
        "The keys do not open with this passphrase.",
        "Check the passphrase and repeat.",
    ),
    Code.STORAGE_MISSING: _entry(
        "Manca «{path}».",
        "Eseguire prima «{command}».",
        "“{path}” is missing.",
        "Run “{command}” first.",
    ),
    Code.STORAGE_EXISTS: _entry(
        "«{path}» esiste già e non viene sovrascritto.",
        "Scegliere un'altra cartella o toglierlo a mano.",
        "“{path}” exists already and is not overwritten.",
        "Choose another folder or remove it by hand.",
    ),
    Code.STORAGE_CODES: _entry(
        "I codici di {count} fra persone e forniture non si leggono: non possono essere iscritti.",
        "Registrare o importare di nuovo i loro aiuti, o ripristinare una copia; poi «maglia-node doctor».",
        "The codes of {count} persons or supplies cannot be read: they cannot be enrolled.",
        "Record or import their aid again, or restore the database from a backup; then “maglia-node doctor”.",
    ),
}
