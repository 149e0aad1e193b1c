"""`maglia audit`: what an auditor does with the network's logs."""

from __future__ import annotations

import asyncio
import sys
import time as clock
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from tui.commands.base import Json, Result, perform
from tui.profile import Profile
from tui.text import check_span, parse_day, plain

if TYPE_CHECKING:
    from tui.audit.pull import Progress

_RECENT_DAYS = 30
"""How far back anomalies are looked for when nobody says."""

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
        from tui.audit.lock import alone
        from tui.audit.log_text import pull_document, pull_exit, pull_lines
        from tui.audit.network import archive_folder, pull_network, read_network_file
        from tui.official_key import load_official

        profile.check_is_of(the_office=True)
        network, own = read_network_file(profile), load_official(profile)
        with alone(folder := archive_folder(profile)), closing(Archive.open(folder)) as archive:
            async with AuditClient(network, *own) as client:
                logs = await pull_network(client, archive, profile, _teller(profile.lang), whole=whole)
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
        from tui.audit.lock import alone
        from tui.audit.network import archive_folder
        from tui.audit.verify import verify as recompute
        from tui.audit.verify_text import verify_document, verify_exit, verify_lines

        folder = archive_folder(profile)
        known = read_known(folder)
        with alone(folder), closing(Archive.open(folder)) as archive:
            found = await asyncio.to_thread(recompute, archive, known)
        return Result(verify_document(found, profile.lang), verify_lines(found, profile.lang), verify_exit(found))

    perform(ctx, as_json, work)


@audit.command("search")
def search(
    ctx: typer.Context,
    member: Annotated[str, typer.Option("--member", help="Il registro di quale ente, nome breve.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Nome utente di chi ha chiesto.")] = "",
    peer: Annotated[str, typer.Option("--peer", help="L'altro ente, nome breve.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo, come aid_overlap.")] = "",
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, come rent_arrears.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Che voce, come question_asked o refusals.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="Esito, come answered o silent.")] = "",
    code: Annotated[str, typer.Option("--code", help="Codice del rifiuto, come budget.answer.")] = "",
    procedure: Annotated[str, typer.Option("--procedure", help="Nome breve della procedura.")] = "",
    since: Annotated[str, typer.Option("--from", help="Primo giorno, gg/mm/aaaa.")] = "",
    until: Annotated[str, typer.Option("--to", help="Ultimo giorno, gg/mm/aaaa.")] = "",
    question: Annotated[str, typer.Option("--question", help="Numero della domanda, 32 cifre esadecimali.")] = "",
    check: Annotated[str, typer.Option("--check", help="Numero della verifica, nel registro di chi ha chiesto.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Quante voci al più.")] = 50,
    page: Annotated[str, typer.Option("--page", help="Da dove continuare: lo dice la pagina prima.")] = "",
    as_json: Json = False,
) -> None:
    """Cerca nelle voci lette, dalla più recente: chi ha chiesto a chi, quando, per quale scopo. Mai persone, mai aiuti.

    Esempio: maglia --profile sara.toml audit search --member mensa-est --kind question_asked --from 01/11/2026
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.entry import EntryKind
        from maglia.core.vocabulary import Facet, Purpose
        from tui.audit.archive import Archive
        from tui.audit.known import read_known
        from tui.audit.network import archive_folder
        from tui.audit.search import Query, read_question
        from tui.audit.search import search as find
        from tui.audit.search_text import search_document, search_lines

        _check_choice("--kind", kind, EntryKind)
        _check_choice("--purpose", purpose, Purpose)
        _check_choice("--facet", facet, Facet)
        query = Query(
            member=member,
            operator=operator,
            peer=peer,
            purpose=purpose,
            facet=facet,
            kind=kind,
            outcome=outcome,
            code=code,
            procedure=procedure,
            check_id=check,
            question=read_question(question),
            since_ms=_midnight_ms(since),
            until_ms=_midnight_ms(until, days=1),
        )
        folder = archive_folder(profile)
        read_known(folder)
        with closing(Archive.open(folder)) as archive:
            found = find(archive, query, limit, page)
        return Result(search_document(found), search_lines(found, profile.lang))

    perform(ctx, as_json, work)


def _check_choice(option: str, value: str, allowed: type[StrEnum]) -> None:
    if value and value not in list(allowed):
        raise MagliaError(Code.INPUT_CHOICE, value=plain(value, 40), option=option, allowed=", ".join(allowed))


def _midnight_ms(day: str, days: int = 0) -> int | None:
    """Return when a day begins by this machine's calendar, or so many days later; None for no day."""
    if not day:
        return None
    midnight = datetime.combine(parse_day(day) + timedelta(days=days), time())
    return int(midnight.astimezone().timestamp() * 1000)


@audit.command("anomalies")
def anomalies(
    ctx: typer.Context,
    since: Annotated[str, typer.Option("--from", help="Primo giorno, gg/mm/aaaa; se manca, 30 giorni fa.")] = "",
    until: Annotated[str, typer.Option("--to", help="Ultimo giorno, gg/mm/aaaa; se manca, oggi.")] = "",
    member: Annotated[str, typer.Option("--member", help="Solo gli operatori di questo ente.")] = "",
    policies: Annotated[
        str, typer.Option("--policies", help="Cartella o file .tar.gz, invece delle regole in vigore.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Elenca ciò che le regole segnalano: fuori orario, molte ricerche, propri cognomi, persone senza aiuto dopo.

    Esempio: maglia --profile sara.toml audit anomalies --from 01/11/2026 --member mensa-est

    Usa i registri già letti con «audit pull» e le regole in vigore allora. Un segnale è un motivo per guardare.

    Uscita: 0 nessun segnale, 10 qualche segnale, 11 qualche registro non letto.
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.bundle import bundle_revision
        from maglia.core.operator_day import italian_time
        from maglia.policy.coded import coded_problems
        from maglia.policy.rules import open_rules, rules_of
        from tui.audit.anomalies import find_anomalies
        from tui.audit.anomalies_text import document, exit_of, lines
        from tui.audit.archive import Archive
        from tui.audit.known import read_bundle, read_known
        from tui.audit.network import archive_folder

        last = parse_day(until) if until else italian_time(int(clock.time() * 1000)).date()
        first = parse_day(since) if since else last - timedelta(days=_RECENT_DAYS)
        check_span(first, last)
        folder = archive_folder(profile)
        known = read_known(folder)
        if policies:
            rules = open_rules(Path(policies))
            for problem in coded_problems(rules.data):
                raise problem
        else:
            bundle = read_bundle(folder)
            rules = rules_of("in-vigore", bundle, bundle_revision(bundle))
        archive = Archive.open(folder)
        try:
            tell = _day_teller(profile.lang)
            found = await asyncio.to_thread(find_anomalies, archive, known, rules, first, last, member, tell)
        finally:
            archive.close()
        return Result(document(found, profile.lang), lines(found, profile.lang), exit_of(found))

    perform(ctx, as_json, work)


def _day_teller(lang: str) -> Callable[[int, int], None] | None:
    """Return what shows on one line of a terminal how many days were judged."""
    if not sys.stderr.isatty():
        return None
    words = "Days judged" if lang == "en" else "Giornate valutate"

    def tell(done: int, total: int) -> None:
        print(f"\r\x1b[K{words}: {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return tell
