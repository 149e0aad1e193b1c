"""What the screen of calls for applicants says: steps, helps, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from maglia.core.errors import Code
from maglia.core.quoted import echo
from maglia.core.translation import mark, tr
from tui.batch_model import Batch
from tui.batch_text import partial_line
from tui.lines import Line, Tone
from tui.text import number, plain

STEPS: Sequence[tuple[str, str]] = (
    ("file", mark("File")),
    ("columns", mark("Colonne")),
    ("errors", mark("Errori")),
    ("check", mark("Controllo")),
    ("export", mark("Esporta")),
)
HEADS: Mapping[str, str] = {
    "list": mark("Bandi controllati da questo ente"),
    "file": mark("Nuovo bando: quale file, sotto quale procedura"),
}
LOADING = mark("Lettura in corso...")
READING = mark("Il nodo legge il file...")
SENDING_LEFT = mark("Si manda il file al nodo: {done} su {total}, {left}. F9 smette.")
READING_SINCE = mark("Il nodo legge il file ({total}) da {seconds} s. F9 smette: nessuno viene interrogato.")
OPENING_SINCE = mark("Il nodo registra il file ({total}) da {seconds} s: nessuno viene interrogato.")
READING_STOPPED = mark("Lettura fermata: sul nodo non resta niente. F2 legge il file di nuovo.")
OPENING = mark("Il nodo registra il file...")
ASKING = mark("Si chiede agli enti...")
STOPPING = mark("Si ferma: si aspetta chi deve rispondere...")
STILL_STOPPING = mark("Si sta fermando: si aspetta chi deve rispondere. Quando è ferma, F2 riprende.")
UNREAD = mark("Non letto. F6 prova di nuovo.")
NO_CALLS = mark(
    "Nessun bando controllato. F2 comincia: un file di domande (CSV, XLSX o ODS) sotto una procedura dichiarata."
)
ON_LIST = mark("Invio apre un bando, F2 ne comincia uno nuovo. F9 ferma quello in corso o cancella quello scelto.")
ON_FILE = mark(
    "Scrivere il file o sceglierlo qui sopra, poi la procedura del bando. F2 legge il file: nessuno viene ancora"
    " interrogato."
)
NO_REJECTS = mark("Nessuna riga scartata: si controllano tutte.")
TO_ASK = mark("F2 chiede agli enti: il controllo viene registrato a suo nome. F9 toglie il file dal nodo.")
ON_EXPORT = mark("F2 scrive i file nella cartella da cui è partita la postazione, o dove dice il nome.")
UNFINISHED = mark("Il controllo non è finito: chi non ha ancora risposto manca. F3 torna al controllo.")
KNOWN = mark("Questo file era già stato controllato: sono le risposte di allora.")
LOST = mark("Il controllo va avanti sul nodo. F6 lo ritrova.")
CHOOSE = mark("Scegliere qui sopra quale titolo del file è quella colonna, o correggere la prima riga del file.")
ON_COLUMNS = mark("F2 registra il file con queste colonne: nessuno viene ancora interrogato.")
ALL_REJECTED = mark("Così nessuna riga si può controllare: scegliere altre colonne, o correggere il file.")
DELETE = mark("Cancella")
NEXT_HERE: Mapping[Code, str] = {
    Code.INPUT_SHEET: mark("Scrivere il nome del foglio nel campo Foglio, poi F2."),
    Code.INPUT_FILE_EXISTS: mark("Spostarlo, o scrivere un altro nome, poi F2."),
    Code.INPUT_BATCH_BUSY: mark("Fermarlo con F9, poi ripetere."),
    Code.INPUT_BATCH: mark("F3 torna all'elenco, F6 lo rilegge."),
}
"""What to do next on this screen, where a command's option would be of no help."""

ABOUT = mark(
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
    "SCARTATA   la riga non si può controllare"
)
HELPS: Mapping[str, str] = {
    "list": mark("Ogni riga è un file controllato. Si cancella da solo nel giorno indicato; F9 lo cancella prima."),
    "file": mark(
        "File: dove sono le domande. La freccia a destra completa il nome; più giù si sceglie dalla cartella."
    ),
    "procedure": mark(
        "Bando: il nome breve della procedura che due funzionari dell'ufficio di accreditamento hanno dichiarato."
    ),
    "facet": mark("Aiuto: di che cosa si chiede agli enti. Chiedere di un tipo comprende quelli simili."),
    "months": mark("Mesi: quanti mesi indietro guardare, da 1 a 36."),
    "sheet": mark("Foglio: il nome di quello da leggere, se il file di calcolo ne ha più di uno."),
    "map-codice": mark("Codice: il codice fiscale, lo STP o l'ENI."),
    "map-nucleo": mark("Nucleo: un nome o numero vostro, uguale per chi vive insieme; può restare vuoto nelle righe."),
    "map-fornitura": mark("Fornitura: POD, PDR o contratto. Distingue la stessa bolletta da un'altra."),
    "map-periodo": mark("Periodo: 03/2026, 01/2026-03/2026 o due giorni, scritti come testo."),
    "map-creditore": mark("Creditore: a chi si deve, se il file lo dice."),
    "map-punteggio": mark("Punteggio: come 87,5. Serve solo per l'ordine dell'elenco da pubblicare."),
    "files": mark("I file della cartella, il più nuovo per primo. Invio ne sceglie uno, o entra in una cartella."),
    "rejects": mark(
        "Le righe che non si controllano, come sono scritte. Si correggono nel file, e il file si rilegge con F4."
    ),
    "rows": mark("Le righe scelte qui sopra, 200 alla volta. Invio ne apre una: ogni ente che tace è nominato."),
    "with-ranking": mark("Elenco da pubblicare: si segna con la barra spaziatrice. Non dice chi è stato aiutato."),
    "which": mark("Mostra: quali righe si vedono, e quali F7 scrive."),
    "out": mark("Risultati: il nome finisce in .xlsx o .csv. Un file che c'è già non viene riscritto."),
    "ranking": mark("Elenco: da pubblicare. La chiave, che dice quale protocollo è di chi, va in un file accanto."),
}


def file_head(path: Path, procedure: str, lang: str) -> str:
    """Return which file is being read, for which call."""
    return f"{tr('Bando', lang)} {plain(procedure)}   File {echo(path.name)}"


def steps_line(step: str, lang: str) -> str:
    """Return the five steps with the one where one is; nothing at the list."""
    if step not in dict(STEPS):
        return tr("F2 comincia un bando nuovo", lang)
    names = [
        f"[{at} {tr(words, lang).upper()}]" if name == step else f"{at} {tr(words, lang)}"
        for at, (name, words) in enumerate(STEPS, start=1)
    ]
    return f"{tr('Passi', lang)}  {' > '.join(names)}"


def rejected_lines(batch: Batch, lang: str) -> list[Line]:
    """Return how many rows of a file are rejected, and how to go on."""
    if not batch.rejected:
        return [Line("  ", tr(NO_REJECTS, lang), Tone.NOTE), Line("  ", tr(TO_ASK, lang), Tone.NOTE)]
    words = tr("Righe scartate: {0} su {1}. Si controllano le altre {2}; F7 scrive gli scarti.", lang)
    counted = [number(count, lang) for count in (batch.rejected, batch.rows, batch.rows - batch.rejected)]
    return [
        Line("!!", words.format(*counted), Tone.PARTIAL),
        Line("  ", tr(TO_ASK, lang), Tone.NOTE),
    ]


def deletion(batch: Batch, lang: str) -> tuple[str, list[str]]:
    """Return what is asked before a call is deleted: exactly what would be gone."""
    rows = number(batch.rows, lang)
    what = tr("{procedure}, {file}, {rows} righe ({id})", lang)
    return tr("CANCELLARE IL CONTROLLO", lang), [
        what.format(procedure=batch.procedure, file=batch.file_name, rows=rows, id=batch.id),
        tr("Il nodo cancella le righe e tutto ciò che gli enti hanno risposto, per sempre.", lang),
        tr("I file già scritti restano.", lang),
    ]


def export_lines(batch: Batch, lang: str) -> list[Line]:
    """Return what F2 does at the last step, and first that not all have answered where that is so."""
    said = [Line("  ", tr(ON_EXPORT, lang), Tone.NOTE)]
    if batch.state != "done":
        said.insert(0, Line("??", tr(UNFINISHED, lang), Tone.PARTIAL))
    return said


def written_lines(batch: Batch, names: Sequence[str], folder: Path, lang: str) -> list[Line]:
    """Return what was written and where, and how to keep it."""
    where = tr("Scritto: {0}, nella cartella {1}.", lang)
    lines = [Line("  ", where.format(", ".join(names), plain(str(folder))), Tone.NOTE)]
    if batch.state != "done":
        lines.append(Line("??", tr(UNFINISHED, lang), Tone.PARTIAL))
    if batch.partial:
        lines.append(Line("??", partial_line(batch, lang), Tone.PARTIAL))
    keep = tr("I risultati e la chiave contengono codici: tenerli dove li legge solo chi deve.", lang)
    return [*lines, Line("  ", keep, Tone.NOTE)]
