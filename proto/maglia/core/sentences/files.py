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
}
