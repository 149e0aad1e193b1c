"""What people type, write in a file or set."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.INPUT_IDENTIFIER_LENGTH: entry(
        "Codice non valido: ha {length} caratteri, ne servono 16 (o 11 per il codice provvisorio).",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
    ),
    Code.INPUT_IDENTIFIER_FORM: entry(
        "Codice non valido: lettere e cifre non sono al loro posto.",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
    ),
    Code.INPUT_IDENTIFIER_CHECK: entry(
        "Codice non valido: l'ultimo carattere non corrisponde.",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
    ),
    Code.INPUT_DOCUMENT: entry(
        "Il documento non è scritto come DOC:tipo/paese/numero, o il paese non esiste.",
        "Scrivere per esempio DOC:P/MAR/ e il numero: P passaporto, I carta d'identità, T titolo di viaggio; "
        "il paese con le tre lettere stampate sul documento.",
    ),
    Code.INPUT_COMPOSITE_NAME: entry(
        "Questo è un nome, non un codice: per nome non si interroga la rete.",
        "Chiedere il codice fiscale, o un codice STP o ENI, e ripetere con quello; se non ne ha nessuno, registrare "
        "l'aiuto con «maglia aid add --name».",
    ),
    Code.INPUT_CHECK_UNKNOWN: entry(
        "Nessuna verifica di questo operatore ha questo numero, o sono passate più di 72 ore.",
        "Elencare le proprie con «maglia check list», o fare una nuova verifica.",
    ),
    Code.INPUT_NAME_UNKNOWN: entry(
        "Nessuna persona è registrata come NOME:{number}.",
        "Cercarla con «maglia aid names» e ripetere con il numero giusto.",
    ),
    Code.INPUT_NAME_LINKED: entry(
        "La persona NOME:{number} ha ora un codice.",
        "Leggerlo con «maglia person show», scrivendo NOME:{number}, e ripetere con quello.",
    ),
    Code.INPUT_LINK_KIND: entry(
        "Questo cambio di codice non si può fare: da NOME:n, documento, STP, ENI o codice provvisorio si passa a un "
        "codice più certo. Un codice fiscale non diventa mai un altro: sono due persone, anche se si somigliano.",
        "Scrivere prima il codice vecchio e poi il nuovo, e ripetere.",
    ),
    Code.INPUT_LINK_UNKNOWN: entry(
        "Con il codice vecchio qui non è registrato nulla.",
        "Ricontrollarlo carattere per carattere; se è giusto, basta registrare con il codice nuovo.",
    ),
    Code.INPUT_LINK_FORMER: entry(
        "Uno dei due codici è già stato sostituito da un altro.",
        "Leggere il codice di adesso con «maglia person show» e ripetere con quello.",
    ),
    Code.INPUT_LINK_NONE: entry(
        "Questo codice non ne ha nessun altro al suo posto: non c'è nulla da annullare.",
        "Controllare con «maglia person show» quale codice è stato sostituito.",
    ),
    Code.INPUT_LINK_LATE: entry(
        "Il cambio di codice non si annulla più: sono passati 10 minuti, o lo ha fatto un altro operatore.",
        "Se è sbagliato, chiedere a chi lo ha fatto, o al responsabile dell'ente.",
    ),
    Code.INPUT_LINK_CHANGED: entry(
        "Dopo il cambio di codice è cambiato un consenso della persona, o ancora un codice: annullare lo perderebbe.",
        "Leggere che cosa con «maglia consent show» e «maglia person show», e chiedere al responsabile dell'ente.",
    ),
    Code.INPUT_LINK_RECORD: entry(
        "L'aiuto {number} è stato corretto, confermato o cambiato dopo il cambio di codice: annullare lo perderebbe.",
        "Leggerlo con «maglia aid show»; se è una correzione, toglierla con «maglia aid undo {number}» e ripetere, "
        "altrimenti chiedere al responsabile dell'ente.",
    ),
    Code.INPUT_HOUSEHOLD_SIZE: entry(
        "Il nucleo scritto ha {count} persone: se ne verificano insieme da 1 a {limit}.",
        "Dividere il nucleo in più verifiche e ripetere.",
    ),
    Code.INPUT_HOUSEHOLD_CODE: entry(
        "Il codice della persona {number} del nucleo non è valido: nessuno è stato chiesto alla rete.",
        "Ricontrollare quel codice sulla tessera e digitarlo di nuovo.",
    ),
    Code.INPUT_HOUSEHOLD_TWICE: entry(
        "Le persone {first} e {second} del nucleo hanno lo stesso codice.",
        "Lasciare ogni persona una volta sola e ripetere.",
    ),
    Code.INPUT_HOUSEHOLD_NONE: entry(
        "Di questa persona non è registrato nessun nucleo.",
        "Registrarlo con «maglia household set», un codice per ogni persona, e ripetere.",
    ),
    Code.INPUT_HOUSEHOLD_REGISTRY: entry(
        "Il nucleo di questa persona viene dall'anagrafe: qui non si toglie nessuno.",
        "Se vive con altri, registrare il nucleo vero con «maglia household set»: vale prima dell'anagrafe.",
    ),
    Code.INPUT_NEED_OPEN: entry(
        "Questo bisogno è già registrato e aperto: è {number}.",
        "Usare quello; se il totale è cambiato, chiuderlo con «maglia need close {number}» e registrarlo di nuovo.",
    ),
    Code.INPUT_NEED_UNKNOWN: entry(
        "Nessun bisogno aperto ha questo numero.",
        "Leggere il numero (per esempio B-7) con «maglia need show» e ripetere.",
    ),
    Code.INPUT_NOTICE_UNREAD: entry(
        "Non risulta che l'informativa sia stata letta alla persona.",
        "Leggerla, segnare la casella con la barra spaziatrice, e ripetere.",
    ),
    Code.INPUT_NEED_UNNAMED: entry(
        "Manca a che cosa riconoscere il bisogno: un numero di fornitura o di contratto, o creditore e periodo.",
        "Aggiungere --need POD:..., PDR:... o LEASE:..., oppure --creditor con --from e --to, e ripetere.",
    ),
    Code.INPUT_REGISTRY_SHORT: entry(
        "Il file dell'anagrafe toglierebbe {count} persone su {known}: forse non è intero. Non è cambiato nulla.",
        "Controllare il file; se è intero, ripetere con --confirm.",
    ),
    Code.INPUT_SUPPLY: entry(
        "Il numero della fornitura o del contratto non è valido.",
        "Ricopiarlo come POD:IT001E12345678, PDR: e 14 cifre, o LEASE:ufficio/anno/serie/numero.",
    ),
    Code.INPUT_FACET: entry(
        "Tipo di aiuto sconosciuto: «{value}».",
        "Scegliere uno di: {allowed}.",
    ),
    Code.INPUT_PURPOSE: entry(
        "Scopo sconosciuto: «{value}».",
        "Scegliere uno di: {allowed}.",
    ),
    Code.INPUT_MONTHS: entry(
        "Il numero di mesi «{value}» non è tra 1 e 36.",
        "Indicare i mesi con un numero da 1 a 36.",
    ),
    Code.INPUT_NOTICE: entry(
        "L'informativa «{value}» in lingua «{language}» non c'è.",
        "Indicare una di: {allowed}. I testi dell'ente stanno nella cartella che il profilo chiama «notices».",
    ),
    Code.INPUT_PROCEDURE: entry(
        "La procedura «{procedure}» non è tra quelle dichiarate dall'ufficio di accreditamento.",
        "Ricopiare il nome breve della procedura, o farla dichiarare da due funzionari, e ripetere.",
    ),
    Code.INPUT_PROCEDURE_EXISTS: entry(
        "La procedura «{procedure}» c'è già, e cambierebbe: {before} -> {after}.",
        "Per cambiarla ripetere con --replace; per dichiararne una nuova scegliere un altro nome breve.",
    ),
    Code.INPUT_REPORT: entry(
        "Non c'è una richiesta di accesso col numero {number}.",
        "Scegliere un numero da maglia access-report list.",
    ),
    Code.INPUT_INBOX: entry(
        "Non c'è un avviso col numero {number}.",
        "Scegliere un numero da maglia inbox --all.",
    ),
    Code.INPUT_REFERRAL: entry(
        "Non c'è un invio col numero {number}.",
        "Scegliere un numero da maglia refer list.",
    ),
    Code.INPUT_REFERRAL_STATE: entry(
        "L'invio {number} non può più cambiare così.",
        "Leggere a che punto è con maglia refer show {number}.",
    ),
    Code.INPUT_REFERRAL_OPEN: entry(
        "Questa persona è già inviata a quell'ente per questo aiuto, con {number}.",
        "Vedere maglia refer show {number}; per inviarla di nuovo, prima maglia refer withdraw {number}.",
    ),
    Code.INPUT_BATCH: entry(
        "Questo controllo di un bando non c'è, o è stato cancellato.",
        "Scegliere un numero da maglia bando list.",
    ),
    Code.INPUT_BATCH_BUSY: entry(
        "Il controllo del bando è in corso.",
        "Fermarlo con maglia bando pause, poi ripetere.",
    ),
    Code.INPUT_APPLICANT_TWICE: entry(
        "La stessa persona è già alla riga {row}.",
        "Tenere una sola delle due domande e ripetere il controllo.",
    ),
    Code.INPUT_PERIOD_CELL: entry(
        "La cella del periodo è una data ({value}): può voler dire il giorno o tutto il mese.",
        "Scriverla come testo (mm/aaaa, o dal-al) e ripetere il controllo.",
    ),
    Code.INPUT_APPLICANTS_NONE: entry(
        "Nessuna riga di {file} si può controllare.",
        "Correggere le righe scartate e ripetere.",
    ),
    Code.INPUT_REPORT_CLOSED: entry(
        "La richiesta di accesso {number} è chiusa: di quanto conteneva restano le date.",
        "Se la persona lo chiede, aprire una nuova richiesta con maglia access-report request.",
    ),
    Code.INPUT_REPORT_LATE: entry(
        "Il termine si può prorogare una volta sola, e prima che scada.",
        "Rispondere alla persona con quanto c'è: maglia access-report show {number}.",
    ),
    Code.INPUT_AMOUNT: entry(
        "L'importo «{value}» non è scritto come 1.234,50.",
        "Correggere l'importo e ripetere.",
    ),
    Code.INPUT_AMOUNT_NEGATIVE: entry(
        "L'importo «{value}» è negativo o nullo.",
        "Indicare un importo maggiore di zero.",
    ),
    Code.INPUT_AMOUNT_LIMIT: entry(
        "L'importo è sopra {limit}, il massimo per un aiuto.",
        "Ricontrollare le cifre e i decimali e ripetere.",
    ),
    Code.INPUT_MOMENT: entry(
        "«{value}» non è un'ora né un giorno.",
        "Scrivere oo:mm, gg/mm/aaaa o entrambi e ripetere.",
    ),
    Code.INPUT_DATE: entry(
        "La data «{value}» non esiste o non è scritta come gg/mm/aaaa.",
        "Correggere la data e ripetere.",
    ),
    Code.INPUT_DATE_EARLY: entry(
        "La data «{value}» è prima del {earliest}.",
        "Ricontrollare l'anno, correggere la data e ripetere.",
    ),
    Code.INPUT_DATE_FUTURE: entry(
        "La data «{value}» è nel futuro.",
        "Indicare un giorno non dopo il {latest} e ripetere.",
    ),
    Code.INPUT_DATE_OVER: entry(
        "La data «{value}» è oltre i {months} mesi di conservazione: l'aiuto verrebbe cancellato subito.",
        "Controllare l'anno e ripetere; un aiuto più vecchio non si registra.",
    ),
    Code.INPUT_PROMISE_OVER: entry(
        "L'impegno del {value} è già scaduto: per questo aiuto un impegno vale {hours} ore.",
        "Scrivere dato se l'aiuto c'è stato, annullato se non c'è stato, e ripetere.",
    ),
    Code.INPUT_DATE_ORDER: entry(
        "Il primo giorno, {first}, viene dopo l'ultimo, {last}.",
        "Scrivere prima il giorno più vecchio e ripetere.",
    ),
    Code.INPUT_FIELD: entry(
        "Il campo «{field}» non è valido.",
        "Correggere il campo «{field}» e ripetere.",
    ),
    Code.INPUT_MISSING: entry(
        "Il campo «{field}» manca.",
        "Scrivere il campo «{field}» e ripetere.",
    ),
    Code.INPUT_CODE_INSIDE: entry(
        "Nel campo «{field}» sembra esserci il codice di una persona, che lì resterebbe anche dopo la cancellazione.",
        "Riscrivere il campo «{field}» senza codici e senza numeri di undici cifre.",
    ),
    Code.INPUT_TEXT_LONG: entry(
        "Il campo «{field}» ha più di {limit} caratteri.",
        "Accorciare il campo «{field}» e ripetere.",
    ),
    Code.INPUT_TEXT_CONTROL: entry(
        "Il campo «{field}» contiene caratteri di controllo, che non si vedono.",
        "Riscrivere a mano il campo «{field}», senza incollarlo, e ripetere.",
    ),
    Code.INPUT_OFFICIAL: entry(
        "Il file «{file}» non è una richiesta di nomina firmata con la chiave che contiene.",
        "Non firmare: chiedere alla persona il file scritto da «maglia office official-key».",
    ),
    Code.INPUT_OFFICIAL_CERTIFICATE: entry(
        "Il certificato di «{official}» non porta il suo nome in questa rete.",
        "Non firmare: la persona rifà la chiave con «maglia office official-key» e il file di questa rete.",
    ),
    Code.INPUT_OFFICIAL_DAYS: entry(
        "Il certificato di «{official}» finisce prima dell'atto: vale fino al {day}.",
        "Indicare un atto che scade entro quel giorno, o far rifare la chiave con «maglia office official-key».",
    ),
    Code.INPUT_PASSWORD: entry(
        "La password è troppo corta: servono almeno {minimum} caratteri.",
        "Scegliere una password più lunga, per esempio quattro parole a caso, e ripetere.",
    ),
    Code.INPUT_PASSPHRASE: entry(
        "La frase segreta è troppo corta: servono almeno {minimum} caratteri.",
        "Scegliere una frase più lunga, per esempio cinque parole a caso, e ripetere.",
    ),
    Code.INPUT_CHOICE: entry(
        "«{value}» non è tra le scelte di {option}.",
        "Scegliere uno di: {allowed}.",
    ),
    Code.INPUT_LOG_UNKNOWN: entry(
        "Nessun registro di «{value}» tra quelli della rete.",
        "Ricopiare il nome breve dall'elenco di «maglia audit verify» e ripetere.",
    ),
    Code.INPUT_POLICIES: entry(
        "Le regole «{file}» non si possono usare: {place} manca, non si compila o non dà una decisione.",
        "Correggerle, provarle con «python -m maglia.policy.binary --check» e la loro cartella, poi ripetere.",
    ),
    Code.INPUT_FILE: entry(
        "Il file «{file}» non si può leggere.",
        "Controllare che il file esista e che si possa aprire, poi ripetere.",
    ),
    Code.INPUT_FILE_CONTENT: entry(
        "Il file «{file}» non è quello che serve qui, o è rovinato.",
        "Controllare il nome del file; se è giusto, farselo dare di nuovo da chi lo ha scritto, e ripetere.",
    ),
    Code.INPUT_FILE_EXISTS: entry(
        "Il file «{file}» esiste già e non viene riscritto.",
        "Spostarlo, o indicare un altro nome, o aggiungere --force per riscriverlo.",
    ),
    Code.INPUT_OUT_EXISTS: entry(
        "«{file}» esiste già, e un'esportazione non riscrive niente.",
        "Indicare un altro nome con --out e ripetere.",
    ),
    Code.INPUT_FILE_NAME: entry(
        "Il nome del file contiene il codice di una persona: non viene scritto.",
        "Scegliere un nome senza codici e senza nomi di persone, e ripetere.",
    ),
    Code.INPUT_TABLE_NAME: entry(
        "Il nome «{file}» non dice quale tabella scrivere, o è già quello di un'altra.",
        "Scegliere nomi diversi che finiscono in .csv o .xlsx, e ripetere.",
    ),
    Code.INPUT_EXPORT_NAME: entry(
        "Il nome «{file}» non va con --format {format}.",
        "Con csv indicare il nome di una cartella nuova, con xlsx quello di un file .xlsx, e ripetere.",
    ),
    Code.INPUT_CHECK_OTHER: entry(
        "La verifica {check} è di un'altra persona, o non è ancora stata fatta.",
        "Indicare una verifica della stessa persona, o fare la ricevuta senza --check.",
    ),
    Code.INPUT_PAPER_NAME: entry(
        "Il nome «{file}» non dice come scrivere il foglio.",
        "Indicare un nome che finisce in .pdf o .txt, .txt per il rotolo da 80 mm, e ripetere.",
    ),
    Code.INPUT_FILE_WRITE: entry(
        "Il file «{file}» non si può scrivere.",
        "Controllare che la cartella ci sia e che ci si possa scrivere, o indicarne un'altra con --out, e ripetere.",
    ),
    Code.INPUT_ENCODING: entry(
        "Il file «{file}» non è testo leggibile (riga {row}).",
        "Salvare il file come CSV UTF-8 e ripetere.",
    ),
    Code.INPUT_DELIMITER: entry(
        "Nel file «{file}» non si riconosce il separatore delle colonne.",
        "Salvare il file con il punto e virgola o la virgola come separatore e ripetere.",
    ),
    Code.INPUT_COLUMN: entry(
        "Nel file «{file}» manca la colonna «{field}».",
        "Aggiungere la colonna «{field}» alla prima riga e ripetere.",
    ),
    Code.INPUT_QUOTES: entry(
        "In questa riga le virgolette non sono chiuse o sono fuori posto.",
        "Chiudere o togliere le virgolette della riga e ripetere.",
    ),
    Code.INPUT_CELLS: entry(
        "La riga ha {found} colonne, la prima riga del file ne ha {wanted}.",
        "Completare la riga, con una cella vuota dove non c'è niente, e ripetere.",
    ),
    Code.INPUT_RESERVATION: entry(
        "Questo numero non è di un impegno dell'ente, o è l'inizio di più d'uno.",
        "Leggere il numero con maglia reserve list, e ripetere.",
    ),
    Code.INPUT_RESERVATION_OVER: entry(
        "L'impegno non è più aperto: è scaduto, annullato o già confermato.",
        "Vedere maglia reserve list; se l'aiuto serve ancora, registrare un nuovo impegno.",
    ),
    Code.INPUT_RESERVATION_RENEWED: entry(
        "L'impegno è già stato prorogato una volta.",
        "Confermarlo o annullarlo; se serve ancora, alla scadenza registrarne uno nuovo.",
    ),
    Code.INPUT_RESERVATION_UNTIL: entry(
        "Un impegno di questo tipo dura al più {hours} ore, e finisce nel futuro.",
        "Indicare una scadenza più vicina, o nessuna.",
    ),
    Code.INPUT_DUPLICATE_KEY: entry(
        "La chiave «{value}» c'è già con un contenuto diverso.",
        "Correggere la chiave della riga o registrare una correzione.",
    ),
    Code.INPUT_SETTING: entry(
        "L'impostazione «{field}» non è valida o non esiste ({source}).",
        "Correggere «{field}» e riavviare il comando.",
    ),
    Code.INPUT_TOUR_NETWORK: entry(
        "In «{path}» non c'è una rete di prova, o è spenta.",
        "Accenderne una con «maglia-demo up --dir CARTELLA», in una cartella nuova, poi «maglia tour --dir CARTELLA».",
    ),
    Code.INPUT_TERMINAL: entry(
        "Le schermate hanno bisogno di un terminale, e qui non c'è.",
        "Aprirle da un terminale, o usare i comandi: «maglia --help» li elenca.",
    ),
    Code.INPUT_TERMINAL_LETTERS: entry(
        "Questo terminale non mostra le lettere accentate e le righe delle schermate ({encoding}).",
        "Ripetere con «LC_ALL=C.UTF-8» davanti al comando, o usare i comandi: «maglia --help» li elenca.",
    ),
    Code.INPUT_PROFILE_OFFICE: entry(
        "Questo profilo è dello sportello di «{member}», non dell'ufficio di accreditamento.",
        "Ripetere con --profile e il profilo che ha scritto «maglia office setup».",
    ),
    Code.INPUT_PROFILE_NODE: entry(
        "Questo profilo è dell'ufficio di accreditamento, non di uno sportello.",
        "Ripetere con --profile e il profilo del proprio ente, o con un comando di «maglia office».",
    ),
    Code.INPUT_PROFILE_AUDITOR: entry(
        "Questo profilo è del funzionario «{member}», non di un revisore.",
        "Ripetere con --profile e il profilo del revisore, scritto con «maglia office setup --official-key».",
    ),
    Code.INPUT_OFFICIAL_KEY: entry(
        "Il profilo non nomina la chiave personale («official_key») con cui presentarsi.",
        "Crearla con «maglia office official-key», poi rifare il profilo con «maglia office setup --official-key».",
    ),
    Code.INPUT_USAGE: entry(
        "Il comando non è scritto bene: manca qualcosa, o c'è qualcosa che non conosce ({field}).",
        "Leggere «{command} --help», correggere il comando e ripetere.",
    ),
    Code.INPUT_MALFORMED: entry(
        "Il messaggio ricevuto non è leggibile.",
        "Aggiornare il programma di chi lo ha inviato e ripetere.",
    ),
    Code.INPUT_TOO_LARGE: entry(
        "Il contenuto di «{field}» supera il limite di {limit}.",
        "Dividere il contenuto in parti più piccole e ripetere.",
    ),
    Code.INPUT_TOO_MANY_ROWS: entry(
        "Il file «{field}» ha più di {limit} righe.",
        "Dividerlo in più file, ognuno con la sua prima riga, e ripetere.",
    ),
    Code.INPUT_HOST_RIGHTS: entry(
        "Ogni ente ospitato ha un suo utente di sistema, e per farlo serve l'amministratore del computer (root).",
        "Ripetere come root; soltanto per una prova, preparare un altro ospite con «--same-user».",
    ),
    Code.INPUT_HOST_UNKNOWN: entry(
        "Su questo computer non è ospitato nessun ente «{member}».",
        "Leggere i nomi con «maglia-node host list» e ripetere.",
    ),
    Code.INPUT_HOST_PORTS: entry(
        "Tra la porta {first} e la {last} non ce ne sono due libere per un altro ente.",
        "Allargare l'intervallo in {source} e ripetere.",
    ),
}
