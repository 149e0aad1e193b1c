"""`maglia access-report`: for whoever wants to know who looked them up (GDPR art. 15)."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.translation import languages, tr
from tui import doors
from tui.access_document import list_document
from tui.access_model import Case
from tui.access_table import case_table
from tui.access_text import gap_lines, list_lines
from tui.commands.access_case import Number, case_number, report_result
from tui.commands.access_names import names
from tui.commands.base import (
    YES,
    Json,
    Out,
    Person,
    Result,
    password_of,
    perform,
    read_identifier,
    require,
    require_given,
)
from tui.entering import at
from tui.handout import report_paper
from tui.papers.writing import check_name, write_paper
from tui.profile import Profile
from tui.text import parse_day
from tui.typed import ask_line

access_report = typer.Typer(
    no_args_is_help=True, help="Richieste di accesso: chi ha cercato i dati di una persona.", rich_markup_mode=None
)
access_report.add_typer(names)


@access_report.command("request")
def request_report(
    ctx: typer.Context,
    identifier: Person,
    document: Annotated[
        str, typer.Option("--identified", help="Documento visto, per esempio «CI AB123»: resta a questo ente.")
    ] = "",
    received: Annotated[
        str, typer.Option("--received", help="Giorno della richiesta, gg/mm/aaaa; oggi se manca.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Registra la richiesta di una persona riconosciuta e chiede a tutti gli enti chi ha cercato i suoi dati.

    Il termine per rispondere è un mese. Ogni risposta si salva quando arriva: se qualcuno manca, si riprova con retry.

    Esempio: maglia access-report request CODICE --identified "CI AB123"
    """

    async def work(profile: Profile) -> Result:
        person = parse_identifier(read_identifier(identifier)).text
        since = parse_day(received).isoformat() if received else ""
        seen = document or _ask_document(profile)
        require_given(bool(seen.strip()), "--identified")
        async with at(doors.reports, profile, password_of(profile)) as door:
            case = await door.open_report(person, seen, since)
            _say_number(case, profile)
            async for _ in door.collect(case.number):
                pass
            return report_result(await door.report(case.number), profile)

    perform(ctx, as_json, work)


@access_report.command("list")
def list_reports(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca le richieste di accesso, le più urgenti prima, con i giorni che restano.

    Esempio: maglia access-report list
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.reports, profile, password_of(profile)) as door:
            cases = await door.reports()
        return Result(list_document(cases), list_lines(cases, profile.lang), table=case_table(cases, profile.lang))

    perform(ctx, as_json, work, out)


@access_report.command("show")
def show_report(
    ctx: typer.Context,
    number: Number,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", help="Scrive il resoconto per la persona in questo file.")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", "--lang", help="Lingua del PDF, it o en; quella della postazione se manca.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Riscrive il file, se c'è già.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Mostra chi ha cercato i dati della persona, quali enti mancano, e scrive il resoconto in PDF.

    Esempio: maglia access-report show C-0007 --pdf resoconto.pdf --lang it
    """

    async def work(profile: Profile) -> Result:
        wanted, lang = case_number(number), language or profile.lang
        require(lang in languages(), "language")
        if pdf is not None:
            check_name(pdf, force=force)
        async with at(doors.reports, profile, password_of(profile)) as door:
            report, here = await door.report(wanted), door.here
        found = report_result(report, profile)
        if pdf is None:
            return found
        content, pages = report_paper(profile, here, report, lang)
        write_paper(pdf, content, private=True)  # what was asked about one person
        written = tr("Scritto {name}, pagine: {pages}.", profile.lang).format(name=pdf.name, pages=pages)
        document = {**found.document, "pdf": pdf.name, "pages": pages}
        return replace(found, document=document, lines=[*found.lines, written])

    perform(ctx, as_json, work, out)


@access_report.command("retry")
def retry_report(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Chiede di nuovo agli enti che mancano; di chi ha già risposto resta quanto ha detto.

    Esempio: maglia access-report retry C-0007
    """

    async def work(profile: Profile) -> Result:
        wanted = case_number(number)
        async with at(doors.reports, profile, password_of(profile)) as door:
            async for _ in door.collect(wanted):
                pass
            return report_result(await door.report(wanted), profile)

    perform(ctx, as_json, work)


@access_report.command("extend")
def extend_report(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Perché serve più tempo, come detto alla persona.")],
    as_json: Json = False,
) -> None:
    """Proroga il termine di due mesi, una volta sola: la persona va avvisata prima che scada il primo.

    Esempio: maglia access-report extend C-0007 --reason "due enti chiusi per ferie"
    """

    async def work(profile: Profile) -> Result:
        wanted = case_number(number)
        async with at(doors.reports, profile, password_of(profile)) as door:
            case = await door.extend_report(wanted, reason)
        return Result(list_document([case]), list_lines([case], profile.lang))

    perform(ctx, as_json, work)


@access_report.command("close")
def close_report(
    ctx: typer.Context,
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Senza chiedere conferma, per gli script.")] = False,
    as_json: Json = False,
) -> None:
    """Chiude la richiesta dopo la consegna: quanto trovato e il documento visto si dimenticano, le date restano.

    Esempio: maglia access-report close C-0007
    """

    async def work(profile: Profile) -> Result:
        wanted = case_number(number)
        if not yes and not sys.stdin.isatty():
            raise MagliaError(Code.SESSION_UNCONFIRMED)
        async with at(doors.reports, profile, password_of(profile)) as door:
            before = (await door.report(wanted)).case
            if not yes:
                _confirm_close(before, profile)
            case = await door.close_report(wanted)
        gaps = gap_lines(before, profile.lang)
        if gaps:
            closed = tr("Chiusa con un resoconto PARZIALE:", profile.lang)
            gaps = [closed, *gaps]
        document = list_document([case]) | {
            "missing": [part.member for part in before.missing],
            "unnamed": [part.member for part in before.unnamed],
        }
        return Result(document, [*list_lines([case], profile.lang), *gaps])

    perform(ctx, as_json, work)


def _confirm_close(case: Case, profile: Profile) -> None:
    """Say who is missing before what was found is forgotten; raise `session.unconfirmed`."""
    for line in gap_lines(case, profile.lang):
        print(line, file=sys.stderr)
    question = tr("Consegnato? Quanto trovato si dimentica. [s/N] ", profile.lang)
    if ask_line(question).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)


def _say_number(case: Case, profile: Profile) -> None:
    """Say under which number the request is on file, before the wait: a closed window loses nothing."""
    print(
        tr("Richiesta {name} registrata: si chiede agli enti, può servire qualche minuto.", profile.lang).format(
            name=case.name
        ),
        file=sys.stderr,
    )


def _ask_document(profile: Profile) -> str:
    if not sys.stdin.isatty():
        raise MagliaError(Code.INPUT_MISSING, field="--identified")
    return ask_line(tr("Documento visto: ", profile.lang))
