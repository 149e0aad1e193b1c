"""`maglia audit`: what an auditor does with the network's logs."""

from __future__ import annotations

import asyncio
import shlex
import sys
import time as clock
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.translation import tr
from tui.commands.audit_reconcile import reconciling
from tui.commands.audit_search import searching
from tui.commands.base import Json, Out, Result, Settings, perform
from tui.profile import Profile
from tui.text import check_span, parse_day, plain

if TYPE_CHECKING:
    from maglia.policy.rules import Rules
    from tui.audit.pull import Progress

_LONGEST_COMMAND = 1_000
_RECENT_DAYS = 30
"""How far back anomalies are looked for when nobody says."""

audit = typer.Typer(
    help="Il revisore: leggere i registri degli accessi, verificarli, confrontarli, cercarvi.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
audit.add_typer(searching)
audit.add_typer(reconciling)


@audit.command("pull")
def pull(
    ctx: typer.Context,
    whole: Annotated[
        bool, typer.Option("--whole", help="Rilegge tutto dalla prima voce, e lo confronta con quanto già letto.")
    ] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Legge i registri di tutti gli enti e dell'ufficio, nell'archivio accanto al profilo.

    Esempio: maglia --profile sara.toml audit pull

    Ogni lettura resta scritta, a suo nome, nel registro letto. Interrotta, riprende da dove era.

    Uscita: 0 letti tutti, 11 qualche registro no, 3 rete assente, 4 chi non è un revisore in carica.
    """

    async def work(profile: Profile) -> Result:
        from tui.audit.day import pull_all
        from tui.audit.log_text import pull_document, pull_exit, pull_lines
        from tui.audit.network import read_network_file
        from tui.audit.opening import check_auditor
        from tui.audit.pull_table import pull_table
        from tui.official_key import load_official

        check_auditor(profile)
        read_network_file(profile)  # before anybody types a passphrase
        logs = await pull_all(profile, load_official(profile), _teller(profile.lang), whole=whole)
        said = pull_lines(logs, profile.lang, _following(ctx, "verify"))
        return Result(pull_document(logs), said, pull_exit(logs), pull_table(logs, profile.lang))

    perform(ctx, as_json, work, out)


def _following(ctx: typer.Context, command: str) -> str:
    """Return how the next command is written: with the profile, where this one was."""
    named = ctx.ensure_object(Settings).profile
    options = ["--profile", str(named)] if named else []
    return plain(shlex.join(["maglia", *options, "audit", command]), _LONGEST_COMMAND)


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
def verify(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Ricalcola ogni registro letto e lo confronta con le firme dell'ente e del testimone; non usa la rete.

    Esempio: maglia --profile sara.toml audit verify

    Uscita: 0 tutti integri, 10 qualche registro non regge, 11 qualcuno non letto, non controfirmato o con la copia
    alterata.
    """

    async def work(profile: Profile) -> Result:
        from tui.audit.lock import alone
        from tui.audit.opening import pulled
        from tui.audit.verify import verify as recompute
        from tui.audit.verify_text import verify_document, verify_exit, verify_lines, verify_table

        with pulled(profile) as (folder, archive, known), alone(folder):
            found = await asyncio.to_thread(recompute, archive, known)
        lines, table = verify_lines(found, profile.lang), verify_table(found, profile.lang)
        return Result(verify_document(found, profile.lang), lines, verify_exit(found), table)

    perform(ctx, as_json, work, out)


@audit.command("anomalies")
def anomalies(
    ctx: typer.Context,
    since: Annotated[str, typer.Option("--from", help="Primo giorno, gg/mm/aaaa; se manca, 30 giorni fa.")] = "",
    until: Annotated[str, typer.Option("--to", help="Ultimo giorno, gg/mm/aaaa; se manca, oggi.")] = "",
    member: Annotated[str, typer.Option("--member", help="Solo gli operatori di questo ente.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Solo chi ha questo nome utente.")] = "",
    policies: Annotated[
        str, typer.Option("--policies", help="Cartella o file .tar.gz, invece delle regole in vigore.")
    ] = "",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca ciò che le regole segnalano: fuori orario, molte ricerche, propri cognomi, persone senza aiuto dopo.

    Esempio: maglia --profile sara.toml audit anomalies --from 01/11/2026 --member mensa-est

    Usa i registri già letti con «audit pull» e le regole in vigore allora. Un segnale è un motivo per guardare.

    Uscita: 0 nessun segnale, 10 qualche segnale, 11 qualche registro non letto.
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.operator_day import italian_time
        from tui.audit.anomalies_text import anomaly_table, document, exit_of, lines
        from tui.audit.day import find_signals

        last = parse_day(until) if until else italian_time(int(clock.time() * 1000)).date()
        first = parse_day(since) if since else last - timedelta(days=_RECENT_DAYS)
        check_span(first, last)
        draft, tell = _draft_rules(Path(policies)) if policies else None, _day_teller(profile.lang)
        found = await asyncio.to_thread(find_signals, profile, first, last, member, operator, rules=draft, tell=tell)
        told, table = lines(found, profile.lang), anomaly_table(found, profile.lang)
        return Result(document(found, profile.lang), told, exit_of(found), table)

    perform(ctx, as_json, work, out)


def _draft_rules(path: Path) -> Rules:
    """Return rules that somebody gave, by which days can be judged; raises as `open_rules`, and `input.policies`."""
    from maglia.policy.coded import coded_problems
    from maglia.policy.rules import open_rules

    rules = open_rules(path)
    for problem in coded_problems(rules.data):
        raise problem
    return rules


def _day_teller(lang: str) -> Callable[[int, int], None] | None:
    """Return what shows on one line of a terminal how many days were judged."""
    if not sys.stderr.isatty():
        return None
    words = tr("Giornate valutate", lang)

    def tell(done: int, total: int) -> None:
        print(f"\r\x1b[K{words}: {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return tell
