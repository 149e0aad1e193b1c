"""`maglia status`, `status network` and `log verify`: what the node says of itself, of the others, of its log."""

from __future__ import annotations

from dataclasses import asdict

import typer

from maglia.core.findings.document import finding_document
from maglia.core.translation import mark, tr
from tui import doors
from tui.commands.base import Json, Out, Result, password_of, perform
from tui.commands.log_signals import log_signals
from tui.entering import at
from tui.exits import Exit
from tui.model import LogReport
from tui.network_text import network_lines, network_table
from tui.profile import Profile
from tui.status_text import findings_table, is_well, status_lines
from tui.table import Cells, Table, make_table

status = typer.Typer(rich_markup_mode=None)
log = typer.Typer(no_args_is_help=True, help="Registro degli accessi.", rich_markup_mode=None)
log.add_typer(log_signals)


@status.callback(invoke_without_command=True)
def own_node(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Mostra lo stato del nodo dell'ente; «status network» come rispondono gli altri.

    Esempio: maglia --profile emporio.toml status --json

    Di ogni parte del nodo dice OK, AVVISO o PROBLEMA e, dopo «->», il comando che rimedia; quelli da dare sul computer
    del nodo li legge solo chi lo amministra.

    Uscita: 0 pronto e senza PROBLEMA, 1 altrimenti.
    """
    if ctx.invoked_subcommand is not None:
        return

    async def work(profile: Profile) -> Result:
        async with at(doors.status, profile, password_of(profile)) as door:
            found, examined = await door.status(), await door.findings()
        findings = [finding_document(one, profile.lang) for one in examined.findings] if examined else None
        document: dict[str, object] = {"schema": "maglia.status/1", **asdict(found), "findings": findings}
        lines = status_lines(found, examined, profile.lang)
        table = findings_table(examined.findings, profile.lang) if examined else None
        return Result(document, lines, Exit.DONE if is_well(found, examined) else Exit.ERROR, table)

    perform(ctx, as_json, work, out)


@status.command("network")
def network(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Mostra come gli altri enti hanno risposto a questo negli ultimi 30 giorni, e chi tace e da quando.

    Esempio: maglia --profile emporio.toml status network

    Si conta la prima domanda di ogni verifica a ogni ente: risposta entro 3 s, entro 5 s, dopo (anche se richiesta
    di nuovo), o mai. Sotto le 20 domande si leggono i numeri, senza percentuali. Una verifica a cui nessuno ha
    risposto non si conta: mancava la linea di questo ente.
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.network, profile, password_of(profile)) as door:
            view = await door.network()
        document: dict[str, object] = {"schema": "maglia.status.network/1", **asdict(view)}
        return Result(document, network_lines(view, profile.lang), table=network_table(view, profile.lang))

    perform(ctx, as_json, work, out)


@log.command("verify")
def verify(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Ricalcola tutto il registro degli accessi e lo confronta con l'ultima testata firmata.

    Esempio: maglia --profile emporio.toml log verify --json

    Uscita: 0 integro, 1 alterato.
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.node, profile, password_of(profile)) as door:
            report = await door.verify_log()
        document: dict[str, object] = {"schema": "maglia.log/1", **asdict(report)}
        status = Exit.DONE if report.ok else Exit.ERROR
        return Result(document, log_lines(report, profile.lang), status, log_table(report, profile.lang))

    perform(ctx, as_json, work, out)


def log_table(report: LogReport, lang: str) -> Table:
    """Return what a recomputed log came to beside its last checkpoint, in one row."""
    verdict = tr("INTEGRO" if report.ok else "ALTERATO", lang)
    row: Cells = (
        verdict,
        report.size,
        report.root,
        report.first,
        report.checkpoint_size,
        report.checkpoint_root,
        report.cosigned_size,
        report.first_bad,
        report.bad_archive or None,
    )
    head = mark(
        "Esito|Voci|Radice|Solo impronte fino alla voce|Voci della testata|Radice della testata|Controfirmate"
        "|Prima voce alterata|File d'archivio alterato"
    )
    return make_table(mark("Registro degli accessi"), head, [row], lang)


def log_lines(report: LogReport, lang: str) -> list[str]:
    """Return what a reader is told of a recomputed log."""
    return [_log_verdict(report, lang), *_log_facts(report, lang)]


def _log_verdict(report: LogReport, lang: str) -> str:
    if report.ok:
        return tr("OK  Il registro è integro.", lang)
    where = "" if report.first_bad is None else str(report.first_bad)
    if report.bad_archive and not where:
        return tr("!!  Il file d'archivio {bad_archive} è alterato. Rimetterlo da una copia e ripetere.", lang).format(
            bad_archive=report.bad_archive
        )
    if where:
        altered = tr("!!  Il registro è alterato alla voce {entry}. Non usare il nodo e avvisare il revisore.", lang)
    else:
        altered = tr(
            "!!  Il registro è alterato: non corrisponde alla sua testata. Non usare il nodo e avvisare il revisore.",
            lang,
        )
    return altered.format(entry=where)


def _log_facts(report: LogReport, lang: str) -> list[str]:
    archived = tr(", lette dalla {first} in poi (prima, archiviate)", lang) if report.first else ""
    if report.cosigned:
        witness = tr("controfirmata dal testimone", lang)
    elif report.cosigned_size:
        witness = tr("non ancora controfirmata, lo sono le prime {count} voci", lang)
    else:
        witness = tr("non ancora controfirmata", lang)
    entries = tr("    Voci: {size}, radice {root}", lang).format(size=report.size, root=report.root)
    head = tr("    Testata: {size}, radice {root}, {witness}", lang).format(
        size=report.checkpoint_size,
        root=report.checkpoint_root,
        witness=witness.format(count=report.cosigned_size),
    )
    return [entries + archived.format(first=report.first), head]
