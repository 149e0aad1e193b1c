"""What the screen of calls for applicants says: steps, helps, what to do next (Italian, English)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from maglia.core.errors import Code
from maglia.core.quoted import echo
from tui.batch_model import Batch
from tui.batch_text import number, partial_line
from tui.labels import pick
from tui.lines import Line, Tone
from tui.text import plain

STEPS: Sequence[tuple[str, tuple[str, str]]] = (
    ("file", ("File", "File")),
    ("columns", ("Colonne", "Columns")),
    ("errors", ("Errori", "Errors")),
    ("check", ("Controllo", "Check")),
    ("export", ("Esporta", "Export")),
)
HEADS: Mapping[str, tuple[str, str]] = {
    "list": ("Bandi controllati da questo ente", "Calls checked by this body"),
    "file": ("Nuovo bando: quale file, sotto quale procedura", "New call: which file, under which procedure"),
}
LOADING = ("Lettura in corso...", "Reading...")
READING = ("Il nodo legge il file...", "The node is reading the file...")
OPENING = ("Il nodo mette agli atti il file...", "The node is putting the file on file...")
ASKING = ("Si chiede agli enti...", "Asking the bodies...")
STOPPING = ("Si ferma: si aspetta chi deve rispondere...", "Stopping: waiting for what was asked...")
UNREAD = ("Non letto. F6 prova di nuovo.", "Not read. F6 tries again.")
NO_CALLS = (
    "Nessun bando controllato. F2 comincia: un file di domande (CSV, XLSX o ODS) sotto una procedura dichiarata.",
    "No call was checked. F2 begins: a file of applications (CSV, XLSX or ODS) under a declared procedure.",
)
ON_LIST = (
    "Invio apre un bando, F2 ne comincia uno nuovo. F9 ferma quello in corso o cancella quello scelto.",
    "Enter opens a call, F2 begins a new one. F9 stops the one that runs or deletes the one chosen.",
)
ON_FILE = (
    "Scrivere il file o sceglierlo qui sopra, poi la procedura del bando. F2 legge il file: nessuno viene ancora"
    " interrogato.",
    "Write the file or choose it above, then the call's procedure. F2 reads the file: nobody is asked yet.",
)
NO_REJECTS = ("Nessuna riga scartata: si controllano tutte.", "No row is rejected: all are checked.")
TO_ASK = (
    "F2 chiede agli enti: il controllo viene registrato a suo nome. F9 toglie il file dal nodo.",
    "F2 asks the bodies: the check is recorded under your name. F9 takes the file off the node.",
)
ON_EXPORT = (
    "F2 scrive i file nella cartella da cui è partita la postazione, o dove dice il nome.",
    "F2 writes the files into the folder that the console was started in, or where the name says.",
)
KNOWN = (
    "Questo file era già stato controllato: sono le risposte di allora.",
    "This file was checked before: these are the answers of then.",
)
LOST = (
    "Il controllo va avanti sul nodo. F6 lo ritrova.",
    "The batch goes on at the node. F6 finds it again.",
)
CHOOSE = (
    "Scegliere qui sopra quale titolo del file è quella colonna, o correggere la prima riga del file.",
    "Choose above which title of the file is that column, or correct the first row of the file.",
)
ON_COLUMNS = (
    "F2 mette agli atti il file con queste colonne: nessuno viene ancora interrogato.",
    "F2 puts the file on file with these columns: nobody is asked yet.",
)
ALL_REJECTED = (
    "Così nessuna riga si può controllare: scegliere altre colonne, o correggere il file.",
    "So no row can be checked: choose other columns, or correct the file.",
)
DELETE = ("Cancella", "Delete")
NEXT_HERE: Mapping[Code, tuple[str, str]] = {
    Code.INPUT_SHEET: (
        "Scrivere il nome del foglio nel campo Foglio, poi F2.",
        "Write the sheet's name in the field Sheet, then F2.",
    ),
    Code.INPUT_FILE_EXISTS: (
        "Spostarlo, o scrivere un altro nome, poi F2.",
        "Move it away, or write another name, then F2.",
    ),
    Code.INPUT_BATCH_BUSY: ("Fermarlo con F9, poi ripetere.", "Stop it with F9, then repeat."),
    Code.INPUT_BATCH: ("F3 torna all'elenco, F6 lo rilegge.", "F3 goes back to the list, F6 reads it again."),
}
"""What to do next on this screen, where a command's option would be of no help."""

ABOUT = (
    "Cinque passi: F2 va avanti, F3 indietro, F4 comincia da capo.\n"
    "1 File       quale file, quale procedura, di quale aiuto si chiede\n"
    "2 Colonne    quale colonna è quale; le prime righe come si leggono\n"
    "3 Errori     le righe scartate e perché; F7 le scrive in un file\n"
    "4 Controllo  si chiede agli enti; F9 ferma, F2 riprende, F6 richiede a\n"
    "             chi manca; Invio mostra una riga per intero\n"
    "5 Esporta    i risultati, e l'elenco da pubblicare senza persone\n"
    "\n"
    "RISCONTRO  un ente ha già aiutato, o promesso: informa, non nega\n"
    "PARZIALE   qualcuno non ha risposto: non vuol dire NESSUNO\n"
    "NESSUNO    hanno risposto tutti, e nessuno ha aiuti che può mostrare\n"
    "SCARTATA   la riga non si può controllare",
    "Five steps: F2 goes on, F3 goes back, F4 begins anew.\n"
    "1 File     which file, which procedure, which aid is asked about\n"
    "2 Columns  which column is which; the first rows as they are read\n"
    "3 Errors   the rejected rows and why; F7 writes them to a file\n"
    "4 Check    the bodies are asked; F9 stops, F2 goes on, F6 asks who is\n"
    "           missing again; Enter shows a row whole\n"
    "5 Export   the results, and the list to publish without persons\n"
    "\n"
    "MATCH     a body has helped, or promised: it informs, it does not deny\n"
    "PARTIAL   somebody did not answer: it does not mean NONE\n"
    "NONE      everybody answered, and nobody has aid that they may show\n"
    "REJECTED  the row cannot be checked",
)
HELPS: Mapping[str, tuple[str, str]] = {
    "list": (
        "Ogni riga è un file controllato. Si cancella da solo nel giorno indicato; F9 lo cancella prima.",
        "Each row is a file that was checked. It is erased by itself on the day named; F9 deletes it before.",
    ),
    "file": (
        "File: dove sono le domande. La freccia a destra completa il nome; più giù si sceglie dalla cartella.",
        "File: where the applications are. The right arrow completes the name; below one chooses from the folder.",
    ),
    "procedure": (
        "Bando: il nome breve della procedura che due funzionari dell'ufficio di accreditamento hanno dichiarato.",
        "Call: the short name of the procedure that two officers of the accreditation office declared.",
    ),
    "facet": (
        "Aiuto: di che cosa si chiede agli enti. Chiedere di un tipo comprende quelli simili.",
        "Aid: what the bodies are asked about. To ask about one kind includes those alike.",
    ),
    "months": ("Mesi: quanti mesi indietro guardare, da 1 a 36.", "Months: how many to look back, from 1 to 36."),
    "sheet": (
        "Foglio: il nome di quello da leggere, se il file di calcolo ne ha più di uno.",
        "Sheet: the name of the one to read, if the spreadsheet has several.",
    ),
    "map-codice": ("Codice: il codice fiscale, lo STP o l'ENI.", "Code: the tax code, STP or ENI."),
    "map-nucleo": (
        "Nucleo: un nome o numero vostro, uguale per chi vive insieme; può restare vuoto nelle righe.",
        "Household: a name or number of yours, the same for those who live together; rows may leave it empty.",
    ),
    "map-fornitura": (
        "Fornitura: POD, PDR o contratto. Distingue la stessa bolletta da un'altra.",
        "Supply: POD, PDR or lease. It tells the same bill from another.",
    ),
    "map-periodo": (
        "Periodo: 03/2026, 01/2026-03/2026 o due giorni, scritti come testo.",
        "Period: 03/2026, 01/2026-03/2026 or two days, written as text.",
    ),
    "map-creditore": (
        "Creditore: a chi si deve, se il file lo dice.",
        "Creditor: to whom it is owed, if the file says.",
    ),
    "map-punteggio": (
        "Punteggio: come 87,5. Serve solo per l'ordine dell'elenco da pubblicare.",
        "Points: such as 87,5. They are only for the order of the list to publish.",
    ),
    "files": (
        "I file della cartella, il più nuovo per primo. Invio ne sceglie uno, o entra in una cartella.",
        "The files of the folder, the newest first. Enter chooses one, or goes into a folder.",
    ),
    "rejects": (
        "Le righe che non si controllano, come sono scritte. Si correggono nel file, e il file si rilegge con F4.",
        "The rows that are not checked, as they are written. Mend them in the file, and read it again with F4.",
    ),
    "rows": (
        "Le righe scelte qui sopra, 200 alla volta. Invio ne apre una: ogni ente che tace è nominato.",
        "The rows chosen above, 200 at a time. Enter opens one: every body that is silent is named.",
    ),
    "with-ranking": (
        "Elenco da pubblicare: si segna con la barra spaziatrice. Non dice chi è stato aiutato.",
        "List to publish: tick with the space bar. It does not say who was helped.",
    ),
    "which": ("Mostra: quali righe si vedono, e quali F7 scrive.", "Show: which rows are seen, and which F7 writes."),
    "out": (
        "Risultati: il nome finisce in .xlsx o .csv. Un file che c'è già non viene riscritto.",
        "Results: the name ends in .xlsx or .csv. A file that is there already is not overwritten.",
    ),
    "ranking": (
        "Elenco: da pubblicare. La chiave, che dice quale protocollo è di chi, va in un file accanto.",
        "List: to be published. The key, which says which protocol is whose, goes into a file beside it.",
    ),
}


def file_head(path: Path, procedure: str, lang: str) -> str:
    """Return which file is being read, for which call."""
    return f"{pick(('Bando', 'Call'), lang)} {plain(procedure)}   File {echo(path.name)}"


def steps_line(step: str, lang: str) -> str:
    """Return the five steps with the one where one is; nothing at the list."""
    if step not in dict(STEPS):
        return pick(("F2 comincia un bando nuovo", "F2 begins a new call"), lang)
    names = [
        f"[{at} {pick(words, lang).upper()}]" if name == step else f"{at} {pick(words, lang)}"
        for at, (name, words) in enumerate(STEPS, start=1)
    ]
    return f"{pick(('Passi', 'Steps'), lang)}  {' > '.join(names)}"


def rejected_lines(batch: Batch, lang: str) -> list[Line]:
    """Return how many rows of a file are rejected, and how to go on."""
    if not batch.rejected:
        return [Line("  ", pick(NO_REJECTS, lang), Tone.NOTE), Line("  ", pick(TO_ASK, lang), Tone.NOTE)]
    words = (
        "Righe scartate: {0} su {1}. Si controllano le altre {2}; F7 scrive gli scarti.",
        "Rejected rows: {0} of {1}. The other {2} are checked; F7 writes the rejects.",
    )
    counted = [number(count, lang) for count in (batch.rejected, batch.rows, batch.rows - batch.rejected)]
    return [
        Line("!!", pick(words, lang).format(*counted), Tone.PARTIAL),
        Line("  ", pick(TO_ASK, lang), Tone.NOTE),
    ]


def deletion(batch: Batch, lang: str) -> tuple[str, list[str]]:
    """Return what is asked before a call is deleted: exactly what would be gone."""
    rows = number(batch.rows, lang)
    if lang == "en":
        return "DELETE THE CHECK", [
            f"{batch.procedure}, {batch.file_name}, {rows} rows ({batch.id})",
            "The node erases the rows and all that the bodies answered about them, for good.",
            "Files already written stay.",
        ]
    return "CANCELLARE IL CONTROLLO", [
        f"{batch.procedure}, {batch.file_name}, {rows} righe ({batch.id})",
        "Il nodo cancella le righe e tutto ciò che gli enti hanno risposto, per sempre.",
        "I file già scritti restano.",
    ]


def written_lines(batch: Batch, names: Sequence[str], folder: Path, lang: str) -> list[Line]:
    """Return what was written and where, and how to keep it."""
    where = pick(("Scritto: {0}, nella cartella {1}.", "Written: {0}, in {1}."), lang)
    lines = [Line("  ", where.format(", ".join(names), plain(str(folder))), Tone.NOTE)]
    if batch.partial:
        lines.append(Line("??", partial_line(batch, lang), Tone.PARTIAL))
    keep = (
        "I risultati e la chiave contengono codici: tenerli dove li legge solo chi deve.",
        "Results and key hold codes: keep them where only those read them who must.",
    )
    return [*lines, Line("  ", pick(keep, lang), Tone.NOTE)]
