"""`maglia bando read` and `rejects`: how a file is read before it is checked, and what was rejected of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maglia.core.quoted import echo
from maglia.core.vocabulary import Facet
from maglia.import_command import Maps, SheetName, read_asked, read_list
from tui import doors
from tui.batch_columns import reading_lines, reading_table
from tui.batch_document import reading_document, row_document
from tui.batch_model import CallAsked
from tui.batch_row_text import no_rejects, row_lines
from tui.batch_tables import rejects_table
from tui.commands.base import Json, Out, Result, password_of, perform
from tui.entering import at
from tui.exits import Exit
from tui.profile import Profile

Number = Annotated[str, typer.Argument(help="Numero del controllo, come B-0a1b2c3d4e.")]


def read_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="File CSV, XLSX o ODS delle domande.")],
    maps: Maps = None,
    sheet: SheetName = "",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Mostra come si legge un file di domande, senza metterlo agli atti e senza chiedere a nessuno.

    Senza --map propone le colonne che somigliano a quelle che servono: per usarle si ripetono in bando check.

    Esempio: maglia --profile comune.toml bando read domande.xlsx --map "Cod. fiscale=codice"

    Uscita: 0 tutte le righe si leggono, 12 alcune sono scartate, 2 manca una colonna.
    """

    async def work(profile: Profile) -> Result:
        titles = read_asked(maps, None, "", "", "", "", trial=True).columns
        content, asked = read_list(file), CallAsked("", Facet.RENT_CURRENT, 0, sheet, titles)
        async with at(doors.batches, profile, password_of(profile)) as door:
            read = await door.read_file(content, echo(file.name), asked)
        status = Exit.USAGE if read.code else Exit.REJECTED_ROWS if read.rejected else Exit.DONE
        document = {"schema": "maglia.bando-file/1", **reading_document(read)}
        table = None if read.code else reading_table(read, profile.lang)
        return Result(document, reading_lines(read, profile.lang), status, table)

    perform(ctx, as_json, work, out)


def rejects(ctx: typer.Context, batch_id: Number, out: Out = None, as_json: Json = False) -> None:
    """Mostra le righe scartate di un controllo, con la colonna e il motivo; con --out le scrive in un file.

    Nel file c'è anche il codice com'è scritto, perché l'ufficio trovi l'errore.

    Esempio: maglia --profile comune.toml bando rejects B-0a1b2c3d4e --out scarti.xlsx

    Uscita: 0 nessuna riga scartata, 12 righe scartate.
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch, rows = await door.batch_rows(batch_id)
        bad = [row for row in rows if row.code]
        lines = [line for row in bad for line in row_lines(row, profile.lang)]
        document: dict[str, object] = {
            "schema": "maglia.bando-rejects/1",
            "id": batch.id,
            "results": [row_document(row, profile.lang) for row in bad],
        }
        status = Exit.REJECTED_ROWS if bad else Exit.DONE
        told = lines or [no_rejects(profile.lang)]
        return Result(document, told, status, table=rejects_table(batch, bad, profile.lang))

    perform(ctx, as_json, work, out)
