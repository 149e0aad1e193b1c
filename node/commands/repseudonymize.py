"""`maglia-node repseudonymize`: enrol everybody under the new keys of a rotation, with a bar, from where it stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.cli import spoken
from maglia.core.translation import tr
from node.commands.base import AsJson, Folder, open_node, run, say, told

if TYPE_CHECKING:
    from node.enrol import Progress


@told
def repseudonymize(
    folder: Folder,
    epoch: Annotated[int, typer.Option(min=0, help="Periodo delle chiavi; senza, quello annunciato.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Iscrive tutti sotto le nuove chiavi annunciate dall'ufficio; interrotto, riprende da dove era.

    A nodo acceso mostra il lavoro che il nodo fa; a nodo spento lo fa da sé. Esce con 4 se il limite del registro non
    basta per oggi: il lavoro continua con il nodo acceso, o ripetendo il comando domani.

    Esempio: maglia-node repseudonymize --dir nodo
    """
    from maglia.core.keystore import read_passphrase
    from node import local

    settings, network, keys = open_node(folder)
    steps = local.repseudonymize(folder, settings, network, keys, read_passphrase(), epoch)
    last: Progress = run(_shown(steps, quiet=as_json))
    document = {"schema": "maglia.node-repseudonymize/1", "epoch": last.epoch, "enrolled": last.enrolled}
    done = tr("Iscritti sotto le chiavi del periodo {epoch}: {enrolled}. Nessuno in attesa.", spoken())
    text = done.format(epoch=last.epoch, enrolled=last.enrolled)
    say(as_json, document | {"awaiting": last.awaiting}, text)


async def _shown(steps: AsyncIterator[Progress], *, quiet: bool) -> Progress:
    """Draw the bar on standard error, which a script may not want; return the last step."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    rate, count = TextColumn("{task.fields[rate]}"), MofNCompleteColumn()
    lang = spoken()
    columns = (TextColumn(tr("Iscrizione", lang)), BarColumn(), count, rate, TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("", rate="")
        first = await anext(steps)
        step = first
        bar.reset(task, completed=first.enrolled, total=first.enrolled + first.awaiting)  # what was done is no speed
        async for step in steps:
            speed = bar.tasks[0].speed
            fast = tr("{speed} al secondo", lang).format(speed=round(speed)) if speed else ""
            waits = tr("in attesa del registro", lang) if step.waits else fast
            bar.update(task, completed=step.enrolled, total=step.enrolled + step.awaiting, rate=waits)
    return step
