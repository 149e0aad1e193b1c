"""Tables that people send as files."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Sentence, entry

SENTENCES: dict[Code, Sentence] = {
    Code.INPUT_FILE_KIND: entry(
        "Il file «{file}» è di un programma vecchio, che qui non si legge.",
        "Aprirlo, salvarlo come XLSX, ODS o CSV e ripetere.",
    ),
    Code.INPUT_FILE_EMPTY: entry(
        "Il file «{file}» è vuoto.",
        "Controllare di avere scelto il file giusto, o salvarlo di nuovo dal programma, e ripetere.",
    ),
    Code.INPUT_LOCKED: entry(
        "Il file «{file}» è protetto da una password.",
        "Aprirlo, salvarlo senza password e ripetere.",
    ),
    Code.INPUT_SHEET: entry(
        "Nel file «{file}» non si sa quale foglio leggere; ci sono: {sheets}.",
        "Ripetere con --foglio e il nome del foglio.",
    ),
    Code.INPUT_MERGED: entry(
        "In questa riga ci sono celle unite: non si sa che cosa vale per la riga.",
        "Dividere le celle unite, riempire ciascuna e ripetere.",
    ),
    Code.INPUT_FORMULA: entry(
        "In questa cella c'è una formula senza risultato, o con un errore.",
        "Aprire il file, correggere la formula o scrivere il valore, salvare e ripetere.",
    ),
    Code.INPUT_COLUMN_LIKE: entry(
        "Nel file «{file}» mancano le colonne: {fields}. Altre le somigliano, ma non si indovina.",
        "Se sono quelle, ripetere con {options}; altrimenti correggere la prima riga del file.",
    ),
    Code.INPUT_MAP: entry(
        "«{value}» non dice quale colonna è quale.",
        'Scrivere --map "Titolo nel file=colonna" o --set "colonna=valore", con una di: {allowed}.',
    ),
    Code.INPUT_TEMPLATE: entry(
        "Non c'è un modello «{name}»; ci sono: {allowed}.",
        "Scegliere uno di quelli, o salvarne uno con --save-template.",
    ),
    Code.INPUT_DECIMALS: entry(
        "Nell'importo «{value}» non si sa se i decimali hanno il punto o la virgola: non si indovina.",
        "Ripetere con --decimali punto o --decimali virgola, secondo come li scrive il file.",
    ),
    Code.INPUT_AMOUNT_POINT: entry(
        "L'importo «{value}» non è scritto come 1,234.50.",
        "Correggere l'importo, o ripetere con --decimali virgola se nel file i decimali hanno la virgola.",
    ),
    Code.INPUT_STOPPED: entry(
        "Importazione interrotta dopo {done} righe su {total}: quelle valide sono salvate.",
        "Ripetere lo stesso comando con lo stesso file: riprende da dove era.",
    ),
    Code.INPUT_FILE_CHANGED: entry(
        "Il file «{file}» è cambiato mentre veniva letto.",
        "Chiudere il programma che lo sta scrivendo e ripetere.",
    ),
}
