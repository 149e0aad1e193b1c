"""`maglia import`: aid from a file of the counter's own, put on file by the body's node."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from maglia import import_command as words
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui import doors
from tui.commands.base import Json, Result, password_of, perform
from tui.entering import at
from tui.profile import Profile

_MaybeFile = Annotated[Path | None, typer.Argument(help="File CSV, XLSX o ODS degli aiuti.")]
_Templates = Annotated[bool, typer.Option("--modelli", help="Elenca i modelli salvati, e non importa niente.")]


def import_file(
    ctx: typer.Context,
    file: _MaybeFile = None,
    maps: words.Maps = None,
    fixed: words.Fixed = None,
    template: words.Template = "",
    save_template: words.SaveTemplate = "",
    decimals: words.Decimals = "",
    sheet: words.SheetName = "",
    trial: words.Trial = False,
    rejects: words.Rejects = "csv",
    templates: _Templates = False,
    as_json: Json = False,
) -> None:
    """Importa aiuti da un file CSV, XLSX o ODS; le righe scartate vanno in FILE.scarti.csv.

    Con --prova mostra come si leggono le prime righe e non salva niente. Interrotto, si ripete con lo stesso file:
    riprende da dove era, e niente viene aggiunto due volte.

    Esempio: maglia import aiuti.xlsx --map "Importo erogato=importo" --prova
    """

    async def work(profile: Profile) -> Result:
        if templates:
            return await _templates(profile)
        if file is None:
            raise MagliaError(Code.INPUT_USAGE, field="FILE", command="maglia import")
        return await _import(profile, file)

    async def _import(profile: Profile, path: Path) -> Result:
        from maglia.bar import progress_bar

        asked = words.read_asked(maps, fixed, template, save_template, decimals, sheet, trial=trial, lang=profile.lang)
        words.check_rejects(rejects)
        content = words.read_list(path)
        password = password_of(profile)
        title = tr("Importazione", profile.lang)
        try:
            with progress_bar(title, quiet=as_json) as progress:
                async with at(doors.files, profile, password) as door:
                    outcome = await door.import_file(path.name, content, asked, progress)
        except asyncio.CancelledError:  # what Ctrl-C becomes here
            words.tell_stopped(profile.lang)
            raise
        return Result(*words.told_outcome(path, outcome, trial=trial, rejects=rejects, lang=profile.lang))

    perform(ctx, as_json, work)


async def _templates(profile: Profile) -> Result:
    async with at(doors.files, profile, password_of(profile)) as door:
        kept = await door.templates()
    document: dict[str, object] = {
        "schema": "maglia.import-templates/1",
        "templates": [{"name": name, "columns": columns, "saved_by": by} for name, columns, by in kept],
    }
    lines = [
        f"{name}: {', '.join(f'{title} -> {ours}' for ours, title in columns.items())}" for name, columns, _ in kept
    ]
    nothing = tr("Nessun modello salvato.", profile.lang)
    return Result(document, lines or [nothing])
