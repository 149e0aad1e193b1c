"""`maglia audit`: what an auditor does with the network's logs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.base import Json, Result, perform
from tui.profile import Profile

if TYPE_CHECKING:
    from tui.audit.pull import Progress

audit = typer.Typer(
    help="Il revisore: leggere i registri degli accessi, verificarli, confrontarli, cercarvi.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@audit.command("pull")
def pull(
    ctx: typer.Context,
    whole: Annotated[
        bool, typer.Option("--whole", help="Rilegge tutto dalla prima voce, e lo confronta con quanto già letto.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Legge i registri di tutti gli enti e dell'ufficio, nell'archivio accanto al profilo.

    Esempio: maglia --profile sara.toml audit pull

    Ogni lettura resta scritta, a suo nome, nel registro letto. Interrotta, riprende da dove era.
    """

    async def work(profile: Profile) -> Result:
        from tui.audit.archive import Archive
        from tui.audit.client import AuditClient
        from tui.audit.log_text import pull_document, pull_exit, pull_lines
        from tui.audit.network import archive_folder, pull_network, read_network_file
        from tui.official_key import load_official

        profile.check_is_of(the_office=True)
        network, own = read_network_file(profile), load_official(profile)
        archive = Archive.open(archive_folder(profile))
        try:
            async with AuditClient(network, *own) as client:
                logs = await pull_network(client, archive, profile, _teller(profile.lang), whole=whole)
        finally:
            archive.close()
        return Result(pull_document(logs), pull_lines(logs, profile.lang), pull_exit(logs))

    perform(ctx, as_json, work)


def _teller(lang: str) -> Callable[[Progress], None]:
    """Return what shows progress on one line of a terminal, and nothing anywhere else."""
    from tui.audit.log_text import progress_line

    if not sys.stderr.isatty():
        return lambda _progress: None

    def tell(progress: Progress) -> None:
        end = "\n" if progress.done == progress.logs else ""
        print(f"\r\x1b[K{progress_line(progress, lang)}", end=end, file=sys.stderr, flush=True)

    return tell


@audit.command("verify")
def verify(ctx: typer.Context, as_json: Json = False) -> None:
    """Ricalcola ogni registro letto e lo confronta con le firme dell'ente e del testimone; non usa la rete.

    Esempio: maglia --profile sara.toml audit verify
    """

    async def work(profile: Profile) -> Result:
        from tui.audit.archive import Archive
        from tui.audit.known import read_known
        from tui.audit.log_text import verify_document, verify_exit, verify_lines
        from tui.audit.network import archive_folder
        from tui.audit.verify import verify as recompute

        folder = archive_folder(profile)
        known = read_known(folder)
        archive = Archive.open(folder)
        try:
            found = await asyncio.to_thread(recompute, archive, known)
        finally:
            archive.close()
        return Result(verify_document(found, profile.lang), verify_lines(found, profile.lang), verify_exit(found))

    perform(ctx, as_json, work)
