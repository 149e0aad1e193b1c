"""`maglia access-report names|approve|approved`: operators' names, once the data-protection officer has weighed it."""

from __future__ import annotations

import shlex
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold
from maglia.core.translation import tr
from tui import doors
from tui.access_names_text import LONGEST_DAYS, USUAL_DAYS, approved_line, request_line
from tui.commands.access_case import Number, case_number, report_result
from tui.commands.base import YES, Json, Result, password_of, perform, require, require_given
from tui.entering import at
from tui.papers.writing import check_name, write_paper
from tui.profile import Profile
from tui.text import command_lines, plain
from tui.typed import ask_line

if TYPE_CHECKING:
    from tui.names_files import NamesRequest

names = typer.Typer(rich_markup_mode=None)
Force = Annotated[bool, typer.Option("--force", help="Riscrive il file, se c'è già.")]


@names.command("names")
def names_request(
    ctx: typer.Context,
    number: Number,
    out: Annotated[Path, typer.Option("--out", help="File da dare al responsabile della protezione dei dati.")],
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Prepara la domanda dei nomi degli operatori, da far approvare al responsabile della protezione dei dati.

    Il file non dice chi è la persona.

    Esempio: maglia access-report names C-0007 --out nomi-C-0007.json
    """

    async def work(profile: Profile) -> Result:
        from tui.names_files import NamesRequest, encode_names_request  # signed messages: loaded when they are needed

        wanted_case = case_number(number)
        check_name(out, force=force)
        async with at(doors.reports, profile, password_of(profile)) as door:
            case, wanted = (await door.report(wanted_case)).case, await door.names_wanted(wanted_case)
            here = door.here
        request = NamesRequest(profile.network, here.member, case.name, case.due, tuple(wanted))
        write_paper(out, encode_names_request(request), private=True)  # about whom one person asks
        document: dict[str, object] = {
            "schema": "maglia.names-request-written/1",
            "case": case.name,
            "file": out.name,
            "bodies": len(wanted),
        }
        approve = shlex.join(["maglia", "access-report", "approve", out.name])
        said = tr("Scritto {name}. Il responsabile della protezione dei dati lo approva con", profile.lang)
        return Result(document, fold(command_lines(said.format(name=out.name), approve)))

    perform(ctx, as_json, work)


@names.command("approve")
def approve_names(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="File preparato dall'ente con maglia access-report names.")],
    reason: Annotated[str, typer.Option("--reason", help="Perché i diritti della persona lo richiedono.")],
    out: Annotated[Path, typer.Option("--out", help="File da restituire all'ente.")],
    days: Annotated[
        int, typer.Option("--days", min=1, max=LONGEST_DAYS, help="Per quanti giorni vale l'approvazione.")
    ] = USUAL_DAYS,
    yes: Annotated[bool, typer.Option("--yes", help="Senza chiedere conferma, per gli script.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Approva, come responsabile della protezione dei dati, che gli enti dicano i nomi dei loro operatori.

    Vale per una sola richiesta. Ogni ente verifica la firma e che il responsabile sia in carica.

    Esempio: maglia --profile dora.toml access-report approve nomi.json --reason "..." --out approvati.json
    """

    async def work(profile: Profile) -> Result:
        from tui.audit.approving import approval_file, officer_in_office  # gRPC is loaded when it is needed
        from tui.names_files import read_names_request
        from tui.official_key import load_official  # cryptography is loaded when it is needed

        profile.check_is_of(the_office=True)
        request = read_names_request(file)
        check_name(out, force=force)
        require(request.network == profile.network, "network")
        require_given(bool(reason.strip()), "reason")
        key, identity = load_official(profile)
        official = await officer_in_office(profile, key, identity)
        _confirm(request, profile, yes=yes)
        expires = date.today() + timedelta(days=days)
        write_paper(out, approval_file(request, official, key, expires, reason), private=True)
        document: dict[str, object] = {
            "schema": "maglia.names-approved/1",
            "case": request.case,
            "asker": request.asker,
            "bodies": len(request.wanted),
            "expires": expires.isoformat(),
            "file": out.name,
        }
        said = approved_line(request, expires, profile.lang)
        give = shlex.join(["maglia", "access-report", "approved", plain(request.case), out.name])
        body = command_lines(tr("All'ente", profile.lang), give)
        return Result(document, [*fold([said]), *body])

    perform(ctx, as_json, work)


@names.command("approved")
def names_approved(
    ctx: typer.Context,
    number: Number,
    file: Annotated[Path, typer.Argument(help="File approvato dal responsabile della protezione dei dati.")],
    as_json: Json = False,
) -> None:
    """Registra l'approvazione dei nomi, e chiede di nuovo a ogni ente il suo registro, ora coi nomi.

    Esempio: maglia access-report approved C-0007 approvati.json
    """

    async def work(profile: Profile) -> Result:
        from tui.names_files import read_names_approval

        wanted, approvals = case_number(number), read_names_approval(file)
        async with at(doors.reports, profile, password_of(profile)) as door:
            await door.add_approval(wanted, approvals)
            async for _ in door.collect(wanted):
                pass
            return report_result(await door.report(wanted), profile)

    perform(ctx, as_json, work)


def _confirm(request: NamesRequest, profile: Profile, *, yes: bool) -> None:
    """Say whose request it is before the officer signs; raise `session.unconfirmed`."""
    if yes:
        return
    question = tr("Approvare i nomi? [s/N]", profile.lang)
    asked = "\n".join(fold([f"{request_line(request, profile.lang)} {question}"])) + " "
    if not sys.stdin.isatty() or ask_line(asked).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)
