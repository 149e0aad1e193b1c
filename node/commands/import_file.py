"""`maglia-node import`: aid from a file, with a bar, from where it stopped."""

from __future__ import annotations

import typer

from maglia import import_command as words
from maglia.cli import spoken
from maglia.core.translation import tr
from node.commands.base import AsJson, Folder, open_node, run, say, told


@told
def import_(
    folder: Folder,
    file: words.File,
    maps: words.Maps = None,
    fixed: words.Fixed = None,
    template: words.Template = "",
    save_template: words.SaveTemplate = "",
    decimals: words.Decimals = "",
    sheet: words.SheetName = "",
    trial: words.Trial = False,
    rejects: words.Rejects = "csv",
    as_json: AsJson = False,
) -> None:
    """Importa aiuti da un file CSV, XLSX o ODS; le righe scartate vanno in FILE.scarti.csv.

    Interrotto, si ripete con lo stesso file: quello che c'è già non viene aggiunto due volte.

    Esempio: maglia-node import --dir nodo aiuti.xlsx --map "Importo erogato=importo" --prova
    """
    from maglia.bar import progress_bar
    from node import local

    asked = words.read_asked(maps, fixed, template, save_template, decimals, sheet, trial=trial, lang=spoken())
    words.check_rejects(rejects)
    content = words.read_list(file)
    node = open_node(folder)
    try:
        with progress_bar(tr("Importazione", spoken()), quiet=as_json) as progress:
            outcome = run(local.import_file(folder, *node, file.name, content, asked, progress))
    except KeyboardInterrupt:
        raise typer.Exit(words.tell_stopped(spoken())) from None
    done = words.told_outcome(file, outcome, trial=trial, rejects=rejects, lang=spoken())
    say(as_json, done.document, "\n".join(done.lines))
    raise typer.Exit(done.status)
