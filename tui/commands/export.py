"""`maglia export`: all that the body keeps, as files that only their owner can read."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo
from maglia.core.translation import tr
from tui import doors
from tui.commands.base import Json, Result, password_of, perform
from tui.entering import at
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.core.tables import Cell, CsvFolder, XlsxBook


def export(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="Cartella da scrivere per csv, file per xlsx.")],
    form: Annotated[
        str,
        typer.Option(
            "--format", help="csv: un file per tabella; xlsx: un foglio per tabella. Se manca, lo dice --out."
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Esporta tutto ciò che l'ente conserva, con il registro dei trattamenti. Solo il responsabile; resta registrato.

    I file contengono codici e nomi: li legge solo chi li ha scritti. Gli istanti sono in ora UTC.

    Restano fuori: gli esiti dei bandi e le altre risposte della rete, che sono di altri enti (gli esiti li scrive
    maglia bando export); pseudonimi e contatori, che si rifanno da soli; i modelli di importazione; il registro delle
    domande, che ha i suoi archivi.

    Esempio: maglia --profile ugo.toml export --out tutto.xlsx
    """

    async def work(profile: Profile) -> Result:
        chosen = form or ("xlsx" if out.suffix.lower() == ".xlsx" else "csv")
        if chosen not in {"csv", "xlsx"}:
            raise MagliaError(Code.INPUT_CHOICE, value=plain(chosen, 20), option="--format", allowed="csv, xlsx")
        place = _free_place(out, chosen)
        tables: dict[str, int] = {}
        name, types = "", [""]
        async with at(doors.files, profile, password_of(profile)) as door:
            with _writing(place, chosen) as target:
                async for part in door.export():
                    if part.table:
                        name, types = part.table, [kind for _, kind in part.columns]
                        tables[name] = 0
                        target.begin(name, [_title(title, kind) for title, kind in part.columns])
                    for row in part.rows:
                        target.add([_cell(cell, kind) for cell, kind in zip(row, types, strict=True)])
                        tables[name] += 1
        document: dict[str, object] = {
            "schema": "maglia.export/1",
            "out": str(place),
            "format": chosen,
            "tables": tables,
        }
        return Result(document, _lines(tables, place, profile.lang))

    perform(ctx, as_json, work)


def _free_place(out: Path, form: str) -> Path:
    """Return where it is written, a workbook with the ending that opens it.

    Raises `input.export_name` for a name that says another format, `input.out_exists`.
    """
    if out.suffix.lower() in {".csv", ".xlsx"} and out.suffix.lower() != (".xlsx" if form == "xlsx" else ""):
        raise MagliaError(Code.INPUT_EXPORT_NAME, file=echo(out.name), format=form)
    named = out if form == "csv" or out.suffix.lower() == ".xlsx" or out.exists() else Path(f"{out}.xlsx")
    if named.exists():
        raise MagliaError(Code.INPUT_OUT_EXISTS, file=named.name or str(named))
    return named


def _lines(tables: dict[str, int], out: Path, lang: str) -> list[str]:
    rows = [f"{name}: {count}" for name, count in tables.items()]
    written = tr("Scritto: {file}", lang).format(file=out)
    return [*rows, written, tr("Contiene codici e nomi: tenerlo dove lo legge solo chi deve.", lang)]


@contextmanager
def _writing(out: Path, form: str) -> Iterator[CsvFolder | XlsxBook]:
    """Yield where tables go; what is written stands at `out` when it is whole, and nowhere when it is not."""
    from maglia.core.tables import CsvFolder, XlsxBook

    fresh = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        if form == "csv":
            with CsvFolder(fresh) as folder:
                yield folder
        else:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file, XlsxBook(file) as book:
                yield book
        fresh.rename(out)
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE_WRITE, file=out.name) from error
    finally:
        if form == "csv":
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            fresh.unlink(missing_ok=True)


def _title(title: str, kind: str) -> str:
    """Return a column's heading; that of instants names their zone, which no cell of a table holds."""
    return f"{title} (ora UTC)" if kind == "instant" else title


def _cell(text: str, kind: str) -> Cell:
    if not text:
        return None
    match kind:
        case "day":
            return date.fromisoformat(text)
        case "instant":
            return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        case "cents":
            return Decimal(text) / 100
        case "number":
            return int(text)
        case _:
            return text
