"""`maglia audit reconcile`: the logs that were read, held against each other."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.base import Json, Out, Result, perform
from tui.exits import Exit, strongest
from tui.profile import Profile

if TYPE_CHECKING:
    from tui.audit.findings import Report

reconciling = typer.Typer(rich_markup_mode=None)


@reconciling.command("reconcile")
def reconcile(
    ctx: typer.Context,
    thresholds: Annotated[
        Path | None, typer.Option("--thresholds", help="File TOML con altre soglie, nella forma di thresholds.toml.")
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Confronta i registri letti, a due a due e con quello dell'ufficio; non usa la rete.

    Esempio: maglia --profile sara.toml audit reconcile

    Ogni differenza dice di quale ente, quali voci e che cosa chiedere.

    Uscita: 0 nessuna differenza, 10 differenze, 11 qualche registro non letto.
    """

    async def work(profile: Profile) -> Result:
        from tui.audit.findings_text import document, finding_table, lines

        report = await asyncio.to_thread(_report, profile, thresholds)
        told, table = lines(report, profile.lang), finding_table(report, profile.lang)
        return Result(document(report, profile.lang), told, exit_of(report), table)

    perform(ctx, as_json, work, out)


def exit_of(report: Report) -> Exit:
    """Return 10 when there is something to ask, 11 when a log could not be read, 0 when neither."""
    found = Exit.OVERLAP if report.findings else Exit.DONE
    return strongest(found, Exit.DONE if report.is_whole else Exit.PARTIAL)


def _report(profile: Profile, thresholds: Path | None) -> Report:
    from tui.audit.opening import pulled
    from tui.audit.reconcile import network_of
    from tui.audit.reconcile import reconcile as compare
    from tui.audit.thresholds import DEFAULT, load_thresholds

    wanted = load_thresholds(thresholds or DEFAULT)
    with pulled(profile) as (_folder, archive, known):
        return compare(archive, network_of(known), wanted)
