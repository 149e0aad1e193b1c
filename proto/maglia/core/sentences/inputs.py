"""What people type, write in a file or set."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.INPUT_IDENTIFIER_LENGTH: entry(
        "Codice non valido: ha {length} caratteri, ne servono 16 (o 11 per il codice provvisorio).",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
        "Invalid code: it has {length} characters, 16 are needed (or 11 for a provisional code).",
        "Check the code on the card and type it again.",
    ),
    Code.INPUT_IDENTIFIER_FORM: entry(
        "Codice non valido: lettere e cifre non sono al loro posto.",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
        "Invalid code: letters and digits are not in their places.",
        "Check the code on the card and type it again.",
    ),
    Code.INPUT_IDENTIFIER_CHECK: entry(
        "Codice non valido: l'ultimo carattere non corrisponde.",
        "Ricontrollare il codice sulla tessera e digitarlo di nuovo.",
        "Invalid code: the last character does not match.",
        "Check the code on the card and type it again.",
    ),
    Code.INPUT_DOCUMENT: entry(
        "Il documento non è scritto come DOC:tipo/paese/numero, o il paese non esiste.",
        "Scrivere per esempio DOC:P/MAR/ e il numero: P passaporto, I carta d'identità, T titolo di viaggio; "
        "il paese con le tre lettere stampate sul documento.",
        "The document is not written as DOC:type/country/number, or there is no such country.",
        "Write for example DOC:P/MAR/ and the number: P passport, I identity card, T travel document; "
        "the country by the three letters printed on the document.",
    ),
    Code.INPUT_COMPOSITE_NAME: entry(
        "Questo è un nome, non un codice: per nome non si interroga la rete.",
        "Chiedere il codice fiscale, o un codice STP o ENI, e ripetere con quello; se non ne ha nessuno, registrare "
        "l'aiuto con «maglia aid add --name».",
        "This is a name, not a code: the network is not asked by name.",
        "Ask for the tax code, or for an STP or ENI code, and repeat with it; if there is none, record the aid with "
        "“maglia aid add --name”.",
    ),
    Code.INPUT_NAME_UNKNOWN: entry(
        "Nessuna persona è registrata come NOME:{number}.",
        "Cercarla con «maglia aid names» e ripetere con il numero giusto.",
        "Nobody is on file as NOME:{number}.",
        "Search with “maglia aid names” and repeat with the right number.",
    ),
    Code.INPUT_HOUSEHOLD_SIZE: entry(
        "Il nucleo scritto ha {count} persone: se ne verificano insieme da 1 a {limit}.",
        "Dividere il nucleo in più verifiche e ripetere.",
        "The household as written has {count} persons: from 1 to {limit} are checked together.",
        "Divide the household into several checks and repeat.",
    ),
    Code.INPUT_HOUSEHOLD_CODE: entry(
        "Il codice della persona {number} del nucleo non è valido: nessuno è stato chiesto alla rete.",
        "Ricontrollare quel codice sulla tessera e digitarlo di nuovo.",
        "The code of person {number} of the household is not valid: the network was asked about no one.",
        "Check that code on the card and type it again.",
    ),
    Code.INPUT_HOUSEHOLD_TWICE: entry(
        "Le persone {first} e {second} del nucleo hanno lo stesso codice.",
        "Lasciare ogni persona una volta sola e ripetere.",
        "Persons {first} and {second} of the household have the same code.",
        "Leave each person only once and repeat.",
    ),
    Code.INPUT_HOUSEHOLD_NONE: entry(
        "Di questa persona non è registrato nessun nucleo.",
        "Registrarlo con «maglia household set», un codice per ogni persona, e ripetere.",
        "No household is on file for this person.",
        "Put it on file with “maglia household set”, one code for each person, and repeat.",
    ),
    Code.INPUT_HOUSEHOLD_REGISTRY: entry(
        "Il nucleo di questa persona viene dall'anagrafe: qui non si toglie nessuno.",
        "Se vive con altri, registrare il nucleo vero con «maglia household set»: vale prima dell'anagrafe.",
        "This person's household comes from the civil registry: nobody is taken out of it here.",
        "If they live with others, put the true household on file with “maglia household set”: it goes first.",
    ),
    Code.INPUT_SUPPLY: entry(
        "Il numero della fornitura o del contratto non è valido.",
        "Ricopiarlo come POD:IT001E12345678, PDR: e 14 cifre, o LEASE:ufficio/anno/serie/numero.",
        "The number of the supply or lease is not valid.",
        "Copy it as POD:IT001E12345678, PDR: and 14 digits, or LEASE:office/year/series/number.",
    ),
    Code.INPUT_FACET: entry(
        "Tipo di aiuto sconosciuto: «{value}».",
        "Scegliere uno di: {allowed}.",
        "Unknown kind of aid: “{value}”.",
        "Choose one of: {allowed}.",
    ),
    Code.INPUT_PURPOSE: entry(
        "Scopo sconosciuto: «{value}».",
        "Scegliere uno di: {allowed}.",
        "Unknown purpose: “{value}”.",
        "Choose one of: {allowed}.",
    ),
    Code.INPUT_MONTHS: entry(
        "Il numero di mesi «{value}» non è tra 1 e 36.",
        "Indicare i mesi con un numero da 1 a 36.",
        "The number of months “{value}” is not between 1 and 36.",
        "Give the months as a number from 1 to 36.",
    ),
    Code.INPUT_NOTICE: entry(
        "L'informativa «{value}» in lingua «{language}» non c'è.",
        "Indicare una di: {allowed}. I testi dell'ente stanno nella cartella che il profilo chiama «notices».",
        "There is no notice “{value}” in the language “{language}”.",
        "Give one of: {allowed}. The body's own texts are in the folder that the profile calls “notices”.",
    ),
    Code.INPUT_PROCEDURE: entry(
        "La procedura «{procedure}» non è tra quelle dichiarate dall'ufficio di accreditamento.",
        "Ricopiare il nome breve della procedura, o farla dichiarare da due funzionari, e ripetere.",
        "The procedure “{procedure}” is not among those declared by the accreditation office.",
        "Copy the procedure's short name, or have two officers declare it, and repeat.",
    ),
    Code.INPUT_PROCEDURE_EXISTS: entry(
        "La procedura «{procedure}» c'è già, e cambierebbe: {before} -> {after}.",
        "Per cambiarla ripetere con --replace; per dichiararne una nuova scegliere un altro nome breve.",
        "The procedure “{procedure}” exists already, and would change: {before} -> {after}.",
        "To change it repeat with --replace; to declare a new one choose another short name.",
    ),
    Code.INPUT_REPORT: entry(
        "Non c'è una richiesta di accesso col numero {number}.",
        "Scegliere un numero da maglia access-report list.",
        "There is no access request with the number {number}.",
        "Choose a number from maglia access-report list.",
    ),
    Code.INPUT_REPORT_CLOSED: entry(
        "La richiesta di accesso {number} è chiusa: di quanto conteneva restano le date.",
        "Se la persona lo chiede, aprire una nuova richiesta con maglia access-report request.",
        "The access request {number} is closed: of what it held the dates are left.",
        "If the person asks for it, open a new request with maglia access-report request.",
    ),
    Code.INPUT_REPORT_LATE: entry(
        "Il termine si può prorogare una volta sola, e prima che scada.",
        "Rispondere alla persona con quanto c'è: maglia access-report show {number}.",
        "The time can be extended once, and before it is over.",
        "Answer the person with what there is: maglia access-report show {number}.",
    ),
    Code.INPUT_AMOUNT: entry(
        "L'importo «{value}» non è scritto come 1.234,50.",
        "Correggere l'importo e ripetere.",
        "The amount “{value}” is not written as 1.234,50.",
        "Correct the amount and repeat.",
    ),
    Code.INPUT_AMOUNT_NEGATIVE: entry(
        "L'importo «{value}» è negativo o nullo.",
        "Indicare un importo maggiore di zero.",
        "The amount “{value}” is negative or zero.",
        "Give an amount above zero.",
    ),
    Code.INPUT_DATE: entry(
        "La data «{value}» non esiste o non è scritta come gg/mm/aaaa.",
        "Correggere la data e ripetere.",
        "The date “{value}” does not exist or is not written as dd/mm/yyyy.",
        "Correct the date and repeat.",
    ),
    Code.INPUT_DATE_EARLY: entry(
        "La data «{value}» è prima del {earliest}.",
        "Ricontrollare l'anno, correggere la data e ripetere.",
        "The date “{value}” is before {earliest}.",
        "Check the year, correct the date and repeat.",
    ),
    Code.INPUT_DATE_FUTURE: entry(
        "La data «{value}» è nel futuro.",
        "Indicare un giorno non dopo il {latest} e ripetere.",
        "The date “{value}” is in the future.",
        "Give a day no later than {latest} and repeat.",
    ),
    Code.INPUT_DATE_ORDER: entry(
        "Il primo giorno, {first}, viene dopo l'ultimo, {last}.",
        "Scrivere prima il giorno più vecchio e ripetere.",
        "The first day, {first}, comes after the last, {last}.",
        "Write the older day first and repeat.",
    ),
    Code.INPUT_FIELD: entry(
        "Il campo «{field}» non è valido.",
        "Correggere il campo «{field}» e ripetere.",
        "The field “{field}” is not valid.",
        "Correct the field “{field}” and repeat.",
    ),
    Code.INPUT_OFFICIAL: entry(
        "Il file «{file}» non è una richiesta di nomina firmata con la chiave che contiene.",
        "Non firmare: chiedere alla persona il file scritto da «maglia office official-key».",
        "The file “{file}” is no request for an appointment signed with the key that it holds.",
        "Do not sign: ask the person for the file that “maglia office official-key” wrote.",
    ),
    Code.INPUT_OFFICIAL_CERTIFICATE: entry(
        "Il certificato di «{official}» non porta il suo nome in questa rete.",
        "Non firmare: la persona rifà la chiave con «maglia office official-key» e il file di questa rete.",
        "The certificate of “{official}” is not of that name in this network.",
        "Do not sign: the person makes a key again with “maglia office official-key” and this network's file.",
    ),
    Code.INPUT_OFFICIAL_DAYS: entry(
        "Il certificato di «{official}» finisce prima dell'atto: vale fino al {day}.",
        "Indicare un atto che scade entro quel giorno, o far rifare la chiave con «maglia office official-key».",
        "The certificate of “{official}” ends before the act: it holds until {day}.",
        "Name an act that ends by that day, or have the key made again with “maglia office official-key”.",
    ),
    Code.INPUT_PASSWORD: entry(
        "La password è troppo corta: servono almeno {minimum} caratteri.",
        "Scegliere una password più lunga, per esempio quattro parole a caso, e ripetere.",
        "The password is too short: it needs at least {minimum} characters.",
        "Choose a longer password, such as four random words, and repeat.",
    ),
    Code.INPUT_PASSPHRASE: entry(
        "La frase segreta è troppo corta: servono almeno {minimum} caratteri.",
        "Scegliere una frase più lunga, per esempio cinque parole a caso, e ripetere.",
        "The passphrase is too short: it needs at least {minimum} characters.",
        "Choose a longer phrase, such as five random words, and repeat.",
    ),
    Code.INPUT_CHOICE: entry(
        "«{value}» non è tra le scelte di {option}.",
        "Scegliere uno di: {allowed}.",
        "“{value}” is not among the choices of {option}.",
        "Choose one of: {allowed}.",
    ),
    Code.INPUT_LOG_UNKNOWN: entry(
        "Nessun registro di «{value}» tra quelli della rete.",
        "Ricopiare il nome breve dall'elenco di «maglia audit verify» e ripetere.",
        "No log of “{value}” among those of the network.",
        "Copy the short name from the list of “maglia audit verify” and repeat.",
    ),
    Code.INPUT_POLICIES: entry(
        "Le regole «{file}» non si possono usare: {place} manca, non si compila o non dà una decisione.",
        "Correggerle, provarle con «python -m maglia.policy.binary --check» e la loro cartella, poi ripetere.",
        "The rules “{file}” cannot be used: {place} is missing, does not compile or gives no decision.",
        "Correct them, try them with “python -m maglia.policy.binary --check” and their folder, then repeat.",
    ),
    Code.INPUT_FILE: entry(
        "Il file «{file}» non si può leggere.",
        "Controllare che il file esista e che si possa aprire, poi ripetere.",
        "The file “{file}” cannot be read.",
        "Check that the file exists and can be opened, then repeat.",
    ),
    Code.INPUT_FILE_CONTENT: entry(
        "Il file «{file}» non è quello che serve qui, o è rovinato.",
        "Controllare il nome del file; se è giusto, farselo dare di nuovo da chi lo ha scritto, e ripetere.",
        "The file “{file}” is not the one needed here, or is damaged.",
        "Check the file's name; if it is right, have it given again by whoever wrote it, and repeat.",
    ),
    Code.INPUT_FILE_EXISTS: entry(
        "Il file «{file}» esiste già e non viene riscritto.",
        "Spostarlo, o indicare un altro nome, o aggiungere --force per riscriverlo.",
        "The file “{file}” exists already and is not overwritten.",
        "Move it away, or give another name, or add --force to overwrite it.",
    ),
    Code.INPUT_FILE_NAME: entry(
        "Il nome del file contiene il codice di una persona: non viene scritto.",
        "Scegliere un nome senza codici e senza nomi di persone, e ripetere.",
        "The file's name holds a person's code: it is not written.",
        "Choose a name without codes and without persons' names, and repeat.",
    ),
    Code.INPUT_FILE_WRITE: entry(
        "Il file «{file}» non si può scrivere.",
        "Controllare che la cartella ci sia e che ci si possa scrivere, o indicarne un'altra con --out, e ripetere.",
        "The file “{file}” cannot be written.",
        "Check that the folder is there and can be written to, or give another one with --out, and repeat.",
    ),
    Code.INPUT_ENCODING: entry(
        "Il file «{file}» non è testo leggibile (riga {row}).",
        "Salvare il file come CSV UTF-8 e ripetere.",
        "The file “{file}” is not readable text (row {row}).",
        "Save the file as UTF-8 CSV and repeat.",
    ),
    Code.INPUT_DELIMITER: entry(
        "Nel file «{file}» non si riconosce il separatore delle colonne.",
        "Salvare il file con il punto e virgola o la virgola come separatore e ripetere.",
        "The column separator of the file “{file}” is not recognised.",
        "Save the file with a semicolon or a comma as separator and repeat.",
    ),
    Code.INPUT_COLUMN: entry(
        "Nel file «{file}» manca la colonna «{field}».",
        "Aggiungere la colonna «{field}» alla prima riga e ripetere.",
        "The file “{file}” has no column “{field}”.",
        "Add the column “{field}” to the first row and repeat.",
    ),
    Code.INPUT_QUOTES: entry(
        "In questa riga le virgolette non sono chiuse o sono fuori posto.",
        "Chiudere o togliere le virgolette della riga e ripetere.",
        "In this row a quotation mark is not closed or is out of place.",
        "Close or remove the row's quotation marks and repeat.",
    ),
    Code.INPUT_CELLS: entry(
        "La riga ha {found} colonne, la prima riga del file ne ha {wanted}.",
        "Completare la riga, con una cella vuota dove non c'è niente, e ripetere.",
        "The row has {found} columns, the file's first row has {wanted}.",
        "Complete the row, with an empty cell where there is nothing, and repeat.",
    ),
    Code.INPUT_RESERVATION: entry(
        "Questo numero non è di un impegno dell'ente, o è l'inizio di più d'uno.",
        "Leggere il numero con maglia reserve list, e ripetere.",
        "This is not the number of a reservation of this body, or several begin with it.",
        "Read the number with maglia reserve list, and repeat.",
    ),
    Code.INPUT_RESERVATION_OVER: entry(
        "L'impegno non è più aperto: è scaduto, annullato o già confermato.",
        "Vedere maglia reserve list; se l'aiuto serve ancora, registrare un nuovo impegno.",
        "The reservation is open no more: it expired, was released, or is confirmed already.",
        "See maglia reserve list; if the help is still needed, record a new reservation.",
    ),
    Code.INPUT_RESERVATION_RENEWED: entry(
        "L'impegno è già stato prorogato una volta.",
        "Confermarlo o annullarlo; se serve ancora, alla scadenza registrarne uno nuovo.",
        "The reservation was renewed once already.",
        "Confirm or release it; if it is still needed, record a new one when it ends.",
    ),
    Code.INPUT_RESERVATION_UNTIL: entry(
        "Un impegno di questo tipo dura al più {hours} ore, e finisce nel futuro.",
        "Indicare una scadenza più vicina, o nessuna.",
        "A reservation of this kind lasts {hours} hours at most, and ends in the future.",
        "Give an earlier end, or none.",
    ),
    Code.INPUT_DUPLICATE_KEY: entry(
        "La chiave «{value}» c'è già con un contenuto diverso.",
        "Correggere la chiave della riga o registrare una correzione.",
        "The key “{value}” exists already with other content.",
        "Correct the key of the row or record a correction.",
    ),
    Code.INPUT_SETTING: entry(
        "L'impostazione «{field}» non è valida o non esiste ({source}).",
        "Correggere «{field}» e riavviare il comando.",
        "The setting “{field}” is invalid or unknown ({source}).",
        "Correct “{field}” and run the command again.",
    ),
    Code.INPUT_PROFILE_OFFICE: entry(
        "Questo profilo è dello sportello di «{member}», non dell'ufficio di accreditamento.",
        "Ripetere con --profile e il profilo che ha scritto «maglia office setup».",
        "This profile is of the counter of “{member}”, not of the accreditation office.",
        "Repeat with --profile and the profile that “maglia office setup” wrote.",
    ),
    Code.INPUT_PROFILE_NODE: entry(
        "Questo profilo è dell'ufficio di accreditamento, non di uno sportello.",
        "Ripetere con --profile e il profilo del proprio ente, o con un comando di «maglia office».",
        "This profile is of the accreditation office, not of a body's counter.",
        "Repeat with --profile and your own body's profile, or with a command of “maglia office”.",
    ),
    Code.INPUT_PROFILE_AUDITOR: entry(
        "Questo profilo è del funzionario «{member}», non di un revisore.",
        "Ripetere con --profile e il profilo del revisore, scritto con «maglia office setup --official-key».",
        "This profile is of the officer “{member}”, not of an auditor.",
        "Repeat with --profile and the auditor's profile, written with “maglia office setup --official-key”.",
    ),
    Code.INPUT_OFFICIAL_KEY: entry(
        "Il profilo non nomina la chiave personale («official_key») con cui presentarsi.",
        "Crearla con «maglia office official-key», poi rifare il profilo con «maglia office setup --official-key».",
        "The profile names no key of one's own (“official_key”) to call with.",
        "Make it with “maglia office official-key”, then write the profile anew with “maglia office setup "
        "--official-key”.",
    ),
    Code.INPUT_USAGE: entry(
        "Il comando non è scritto bene: manca qualcosa, o c'è qualcosa che non conosce ({field}).",
        "Leggere «{command} --help», correggere il comando e ripetere.",
        "The command is not well written: something is missing, or is not known to it ({field}).",
        "Read “{command} --help”, correct the command and repeat.",
    ),
    Code.INPUT_MALFORMED: entry(
        "Il messaggio ricevuto non è leggibile.",
        "Aggiornare il programma di chi lo ha inviato e ripetere.",
        "The message received cannot be read.",
        "Update the sender's program and repeat.",
    ),
    Code.INPUT_TOO_LARGE: entry(
        "Il contenuto di «{field}» supera il limite di {limit}.",
        "Dividere il contenuto in parti più piccole e ripetere.",
        "The content of “{field}” exceeds the limit of {limit}.",
        "Split the content into smaller parts and repeat.",
    ),
}
