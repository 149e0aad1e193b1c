"""The import command of a body's node and of a counter: the same options, the same words, the same statuses."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit
from maglia.core.quoted import echo
from maglia.core.translation import tr

if TYPE_CHECKING:
    from maglia.core.import_file import FileAsked, ImportOutcome, PreviewedLine

_WIDTH = 80
MAX_BYTES = 64 * 1024 * 1024
_CONTROL = dict.fromkeys([*range(32), *range(127, 160), 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)])

File = Annotated[Path, typer.Argument(help="File CSV, XLSX o ODS degli aiuti.")]
Maps = Annotated[list[str] | None, typer.Option("--map", help='Quale colonna è quale: "Titolo nel file=colonna".')]
Fixed = Annotated[list[str] | None, typer.Option("--set", help='Valore che il file non ha: "colonna=valore".')]
Template = Annotated[str, typer.Option("--template", help="Modello salvato, con le sue colonne.")]
SaveTemplate = Annotated[str, typer.Option("--save-template", help="Nome con cui salvare queste colonne.")]
Decimals = Annotated[str, typer.Option("--decimali", help="Come il file scrive i decimali: punto o virgola.")]
SheetName = Annotated[str, typer.Option("--foglio", help="Foglio da leggere, se sono più di uno.")]
Trial = Annotated[bool, typer.Option("--prova", help="Legge e mostra tutto, senza salvare.")]
Rejects = Annotated[str, typer.Option("--scarti", help="Formato del file degli scarti: csv o xlsx.")]


def read_asked(
    maps: Sequence[str] | None,
    fixed: Sequence[str] | None,
    template: str,
    save_template: str,
    decimals: str,
    sheet: str,
    *,
    trial: bool,
    lang: str = "it",
) -> FileAsked:
    """Return what the options ask; raise `input.map`, `input.choice`."""
    from maglia.core.import_file import FileAsked  # noqa: PLC0415 - `--help` loads little

    if decimals not in {"", "punto", "virgola"}:
        raise MagliaError(Code.INPUT_CHOICE, value=decimals[:20], option="--decimali", allowed="punto, virgola")
    titles = {column.strip().lower(): title.strip() for title, column in map(_halves, maps or ())}
    values = {column.strip().lower(): value.strip() for column, value in map(_first_halves, fixed or ())}
    return FileAsked(titles, values, decimals, sheet, template, save_template, trial, lang)


def check_rejects(rejects: str) -> str:
    """Return the format of the error file; raise `input.choice`."""
    if rejects not in {"csv", "xlsx"}:
        raise MagliaError(Code.INPUT_CHOICE, value=rejects[:20], option="--scarti", allowed="csv, xlsx")
    return rejects


def _halves(written: str) -> tuple[str, str]:
    """Part `Title=column` at its last sign: a title may have one too."""
    title, sign, column = written.rpartition("=")
    if not sign:
        raise MagliaError(Code.INPUT_MAP, value=written[:40], allowed='"Titolo=colonna"')
    return title, column


def _first_halves(written: str) -> tuple[str, str]:
    column, sign, value = written.partition("=")
    if not sign:
        raise MagliaError(Code.INPUT_MAP, value=written[:40], allowed='"colonna=valore"')
    return column, value


def read_list(path: Path) -> bytes:
    """Return a file's content, as it was at one time.

    Raises `input.file`, `input.too_large` above 64 MiB, `input.file_changed` where somebody wrote it meanwhile.
    """
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            content = file.read(MAX_BYTES + 1)
            after = os.fstat(file.fileno())
        there = path.stat()
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=echo(path.name)) from error
    if len(content) > MAX_BYTES:
        raise MagliaError(Code.INPUT_TOO_LARGE, field=echo(path.name), limit="64 MiB")
    seen = {(each.st_ino, each.st_size, each.st_mtime_ns) for each in (before, after, there)}
    if len(seen) != 1 or len(content) != after.st_size:
        raise MagliaError(Code.INPUT_FILE_CHANGED, file=echo(path.name))
    return content


class Told(NamedTuple):
    """What a command says of an import: a document for programs, lines for people, a status for scripts."""

    document: dict[str, object]
    lines: list[str]
    status: Exit


def told_outcome(path: Path, outcome: ImportOutcome, *, trial: bool, rejects: str, lang: str) -> Told:
    """Write the error file of a file's import where rows were rejected; return what is said of it."""
    scraps = _write_scraps(path, outcome, rejects, lang) if outcome.rejected else None
    counts = {"added": outcome.added, "unchanged": outcome.unchanged, "rejected": len(outcome.rejected)}
    document: dict[str, object] = {"schema": "maglia.import/1", **counts, "trial": trial}
    document["rejects_file"] = str(scraps) if scraps else None
    if trial:
        document["preview"] = [_preview_document(line, lang) for line in outcome.preview]
    lines = [said for line in outcome.preview for said in _preview_lines(line, lang)]
    status = Exit.REJECTED_ROWS if outcome.rejected else Exit.DONE
    return Told(document, lines + _counted(outcome, scraps, lang, trial=trial), status)


def tell_stopped(lang: str) -> Exit:
    """Say that what was stored stays; return the exit status."""
    text = tr("Interrotto. Le righe già salvate restano: ripetere il comando per continuare.", lang)
    print(text, file=sys.stderr)  # noqa: T201 - a command's own words
    return Exit.INTERRUPTED


def _write_scraps(path: Path, outcome: ImportOutcome, rejects: str, lang: str) -> Path:
    from maglia.core.private_file import write_private  # noqa: PLC0415
    from maglia.core.rejected import rejected_rows  # noqa: PLC0415
    from maglia.core.tables import table_bytes  # noqa: PLC0415

    scraps = path.with_name(f"{path.stem}.scarti.{rejects}")
    content = table_bytes(scraps, "Scarti", rejected_rows(outcome.titles, outcome.rejected, lang))
    try:
        scraps = _not_over_another(scraps, content)
        write_private(scraps, content)  # it holds tax codes
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(scraps.name)) from error
    return scraps


def _not_over_another(path: Path, content: bytes) -> Path:
    """Return the first name free for an error file: in the one of before somebody may be correcting the rows."""
    for number in count(2):
        if not path.exists() or path.read_bytes() == content:
            break
        path = path.with_name(f"{path.stem.removesuffix(f'-{number - 1}')}-{number}{path.suffix}")
    return path


def _counted(outcome: ImportOutcome, scraps: Path | None, lang: str, *, trial: bool) -> list[str]:
    added, there, rejected = outcome.added, outcome.unchanged, len(outcome.rejected)
    if not (added or there or rejected):
        return [tr("Sotto i titoli il file non ha righe: niente da importare.", lang)]
    counted = tr(
        "Prova, niente è salvato. Da aggiungere {added}, già presenti {there}, scartati {rejected}."
        if trial
        else "Aggiunti {added}, già presenti {there}, scartati {rejected}.",
        lang,
    )
    said = [counted.format(added=added, there=there, rejected=rejected)]
    if over := sum(line.code is Code.INPUT_DATE_OVER for line in outcome.rejected):
        kept = tr("Oltre il tempo di conservazione: {over}. Se la data è giusta, si lasciano fuori.", lang)
        said.append(kept.format(over=over))
    if scraps:
        said.append(tr("Righe scartate con il motivo: {file}.", lang).format(file=scraps))
        said.append(tr("Correggerle lì e importare quel file.", lang))
    return said


def _preview_lines(line: PreviewedLine, lang: str) -> list[str]:
    head = tr("Riga {row}", lang).format(row=line.row)
    if line.code:
        said = _error(line).sentence(lang)
        text = f"{head}, {_plain(line.column)}: {_plain(said.message)} {_plain(said.next_action)}"
        return textwrap.wrap(text, _WIDTH, subsequent_indent="  ")
    cells = (f"  {column:<12} {_plain(words)}" for column, words in line.cells)
    return [head, *(part for cell in cells for part in textwrap.wrap(cell, _WIDTH, subsequent_indent=" " * 15))]


def _preview_document(line: PreviewedLine, lang: str) -> dict[str, object]:
    if line.code:
        return {
            "row": line.row,
            "code": line.code,
            "column": line.column,
            "message": _error(line).sentence(lang).message,
        }
    return {"row": line.row, "cells": dict(line.cells)}


def _error(line: PreviewedLine) -> MagliaError:
    error = MagliaError(Code(line.code))
    error.params = dict(line.params)
    return error


def _plain(text: str) -> str:
    return text.translate(_CONTROL)
