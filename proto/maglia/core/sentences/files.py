"""Tables that people send as files."""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences.entry import Entry, entry

SENTENCES: dict[Code, Entry] = {
    Code.INPUT_FILE_KIND: entry(
        "Il file «{file}» è di un programma vecchio, che qui non si legge.",
        "Aprirlo, salvarlo come XLSX, ODS o CSV e ripetere.",
        "The file “{file}” is of an old program, and is not read here.",
        "Open it, save it as XLSX, ODS or CSV and repeat.",
    ),
    Code.INPUT_FILE_EMPTY: entry(
        "Il file «{file}» è vuoto.",
        "Controllare di avere scelto il file giusto, o salvarlo di nuovo dal programma, e ripetere.",
        "The file “{file}” is empty.",
        "See that it is the right file, or save it from its program again, and repeat.",
    ),
    Code.INPUT_LOCKED: entry(
        "Il file «{file}» è protetto da una password.",
        "Aprirlo, salvarlo senza password e ripetere.",
        "The file “{file}” is protected by a password.",
        "Open it, save it without a password and repeat.",
    ),
    Code.INPUT_SHEET: entry(
        "Nel file «{file}» non si sa quale foglio leggere; ci sono: {sheets}.",
        "Ripetere con --foglio e il nome del foglio.",
        "It is not known which sheet of the file “{file}” to read; there are: {sheets}.",
        "Repeat with --foglio and the sheet's name.",
    ),
    Code.INPUT_MERGED: entry(
        "In questa riga ci sono celle unite: non si sa che cosa vale per la riga.",
        "Dividere le celle unite, riempire ciascuna e ripetere.",
        "In this row there are merged cells: what holds for the row is not known.",
        "Split the merged cells, fill each one and repeat.",
    ),
    Code.INPUT_FORMULA: entry(
        "In questa cella c'è una formula senza risultato, o con un errore.",
        "Aprire il file, correggere la formula o scrivere il valore, salvare e ripetere.",
        "In this cell there is a formula without a result, or with an error.",
        "Open the file, correct the formula or write the value, save and repeat.",
    ),
    Code.INPUT_COLUMN_LIKE: entry(
        "Nel file «{file}» mancano le colonne: {fields}. Altre le somigliano, ma non si indovina.",
        "Se sono quelle, ripetere con {options}; altrimenti correggere la prima riga del file.",
        "The file “{file}” lacks the columns: {fields}. Others are like them, but nothing is guessed.",
        "If they are the ones, repeat with {options}; else correct the first row of the file.",
    ),
    Code.INPUT_MAP: entry(
        "«{value}» non dice quale colonna è quale.",
        'Scrivere --map "Titolo nel file=colonna" o --set "colonna=valore", con una di: {allowed}.',
        "“{value}” does not say which column is which.",
        'Write --map "Title in the file=column" or --set "column=value", with one of: {allowed}.',
    ),
    Code.INPUT_TEMPLATE: entry(
        "Non c'è un modello «{name}»; ci sono: {allowed}.",
        "Scegliere uno di quelli, o salvarne uno con --save-template.",
        "There is no template “{name}”; there are: {allowed}.",
        "Choose one of those, or save one with --save-template.",
    ),
    Code.INPUT_DECIMALS: entry(
        "Nell'importo «{value}» non si sa se i decimali hanno il punto o la virgola: non si indovina.",
        "Ripetere con --decimali punto o --decimali virgola, secondo come li scrive il file.",
        "In the amount “{value}” it is not known whether decimals have a point or a comma: nothing is guessed.",
        "Repeat with --decimali punto (a point) or --decimali virgola (a comma), as the file writes them.",
    ),
    Code.INPUT_AMOUNT_POINT: entry(
        "L'importo «{value}» non è scritto come 1,234.50.",
        "Correggere l'importo, o ripetere con --decimali virgola se nel file i decimali hanno la virgola.",
        "The amount “{value}” is not written as 1,234.50.",
        "Correct the amount, or repeat with --decimali virgola if the file's decimals have a comma.",
    ),
    Code.INPUT_STOPPED: entry(
        "Importazione interrotta dopo {done} righe su {total}: quelle valide sono salvate.",
        "Ripetere lo stesso comando con lo stesso file: riprende da dove era.",
        "The import was stopped after {done} rows of {total}: the valid ones are stored.",
        "Repeat the same command with the same file: it goes on from there.",
    ),
    Code.INPUT_FILE_CHANGED: entry(
        "Il file «{file}» è cambiato mentre veniva letto.",
        "Chiudere il programma che lo sta scrivendo e ripetere.",
        "The file “{file}” changed while it was being read.",
        "Close the program that is writing it and repeat.",
    ),
}
