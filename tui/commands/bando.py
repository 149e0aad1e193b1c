"""`maglia bando`: whole files of applicants checked under one procedure, with a pause and a way on at any moment."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo
from maglia.core.translation import tr
from maglia.core.vocabulary import Facet
from maglia.import_command import Maps, SheetName, read_asked, read_list
from tui import doors
from tui.batch_document import batch_document
from tui.batch_files import Outputs
from tui.batch_model import CallAsked
from tui.batch_tables import batch_list_table, batch_table
from tui.batch_text import asked_about, known_already, listed, next_steps, summary
from tui.commands.bando_rows import Number, read_file, rejects
from tui.commands.bando_run import SCHEMA, run, say, told_batch
from tui.commands.base import YES, Json, Out, Result, password_of, perform, require_given
from tui.entering import at
from tui.profile import Profile
from tui.question import check_facet, parse_months
from tui.text import plain
from tui.typed import ask_line

bando = typer.Typer(
    no_args_is_help=True, help="Bandi: molte domande controllate sotto una procedura.", rich_markup_mode=None
)
_Out = Annotated[Path | None, typer.Option("--out", help="File dei risultati, .csv o .xlsx.")]
_Ranking = Annotated[
    Path | None,
    typer.Option("--graduatoria", help="File da pubblicare, senza persone; la chiave va in un file accanto."),
]
_Force = Annotated[bool, typer.Option("--force", help="Scrive sopra i file che ci sono già.")]


@bando.command("check")
def check_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="File CSV, XLSX o ODS con le colonne codice e nucleo.")],
    procedure: Annotated[str, typer.Option("--procedure", help="Procedura (bando) dell'ente, dichiarata.")],
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto del bando.")] = Facet.RENT_CURRENT.value,
    out: _Out = None,
    ranking: _Ranking = None,
    months: Annotated[str, typer.Option("--months", help="Mesi da guardare, da 1 a 36.")] = "",
    sheet: SheetName = "",
    maps: Maps = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Controlla tutte le domande di un bando: per ogni riga RISCONTRO, PARZIALE, NESSUNO o SCARTATA.

    Colonne: codice e nucleo; se servono fornitura, creditore, periodo, punteggio. Con altri titoli si usa --map, e
    bando read mostra prima come si legge il file. Ctrl-C mette in pausa; lo stesso
    comando, o bando resume, riprende da dove era: a nessun ente si chiede due volte della stessa riga.

    Senza --facet si chiede dell'affitto: la prima riga dice di che cosa.

    Esempio: maglia --profile comune.toml bando check domande.xlsx --procedure affitto-2026 --out esiti.xlsx

    Uscita: 0 nulla di noto, 12 righe scartate, 10 riscontri, 11 righe parziali, 4 non permesso, 130 in pausa.
    """

    async def work(profile: Profile) -> Result:
        files = Outputs(out, ranking)
        files.check(profile.lang, force=force, source=file)
        titles = read_asked(maps, None, "", "", "", "", trial=False).columns
        asked = CallAsked(procedure.strip(), check_facet(facet), parse_months(months), sheet, titles)
        content = read_list(file)
        require_given(bool(asked.procedure), "procedure")
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch, known = await door.open_batch(content, echo(file.name), asked)
            if not as_json:
                say(asked_about(batch.facet, batch.months, profile.lang))
            result = await run(door, batch.id, profile, files, retry=False, quiet=as_json)
        result.document["known"] = known
        if known and batch.state == "done":
            result.lines[:0] = known_already(batch, profile.lang)
        return result

    perform(ctx, as_json, work)


bando.command("read")(read_file)
bando.command("rejects")(rejects)


@bando.command("resume")
def resume(
    ctx: typer.Context,
    batch_id: Number,
    out: _Out = None,
    ranking: _Ranking = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Riprende un controllo in pausa o interrotto, o segue quello in corso.

    Esempio: maglia --profile comune.toml bando resume B-0a1b2c3d4e --out esiti.xlsx
    """
    _go_on(ctx, batch_id, Outputs(out, ranking), force=force, retry=False, as_json=as_json)


@bando.command("retry")
def retry_partial(
    ctx: typer.Context,
    batch_id: Number,
    out: _Out = None,
    ranking: _Ranking = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Chiede di nuovo, per le sole righe parziali, agli enti che non hanno risposto per intero.

    Esempio: maglia --profile comune.toml bando retry B-0a1b2c3d4e --out esiti.xlsx --force
    """
    _go_on(ctx, batch_id, Outputs(out, ranking), force=force, retry=True, as_json=as_json)


def _go_on(ctx: typer.Context, batch_id: str, files: Outputs, *, force: bool, retry: bool, as_json: bool) -> None:
    async def work(profile: Profile) -> Result:
        files.check(profile.lang, force=force)
        async with at(doors.batches, profile, password_of(profile)) as door:
            if force:  # else nothing that is there is written over
                files.check_batch((await door.batch_rows(batch_id))[0], profile.lang)
            return await run(door, batch_id, profile, files, retry=retry, quiet=as_json)

    perform(ctx, as_json, work)


@bando.command("pause")
def pause(ctx: typer.Context, batch_id: Number, as_json: Json = False) -> None:
    """Mette in pausa un controllo in corso: ciò che è stato chiesto si aspetta, il resto si chiede alla ripresa.

    Esempio: maglia --profile comune.toml bando pause B-0a1b2c3d4e
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch = await door.pause_batch(batch_id)
        return Result(
            {"schema": SCHEMA, **batch_document(batch)},
            [*summary(batch, profile.lang), *next_steps(batch, profile.lang)],
        )

    perform(ctx, as_json, work)


@bando.command("list")
def list_all(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca i controlli, con lo stato e il giorno in cui si cancellano da soli.

    Esempio: maglia --profile comune.toml bando list
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.batches, profile, password_of(profile)) as door:
            found = await door.batches()
        document: dict[str, object] = {"schema": "maglia.bandi/1", "batches": [batch_document(one) for one in found]}
        return Result(document, listed(found, profile.lang), table=batch_list_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@bando.command("show")
def show(
    ctx: typer.Context,
    batch_id: Number,
    every: Annotated[bool, typer.Option("--all", help="Mostra tutte le righe, anche quelle senza riscontro.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Mostra che cosa si sa finora, riga per riga, senza codici. Con --json tutte le righe.

    Esempio: maglia --profile comune.toml bando show B-0a1b2c3d4e
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch, rows = await door.batch_rows(batch_id)
        told = told_batch(batch, rows, [], profile.lang, every=every)
        return replace(told, table=batch_table(batch, rows, profile.lang))

    perform(ctx, as_json, work, out)


@bando.command("export")
def export(
    ctx: typer.Context,
    batch_id: Number,
    out: _Out = None,
    ranking: _Ranking = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Scrive i risultati in un file, e con --graduatoria l'elenco da pubblicare e la sua chiave.

    Esempio: maglia --profile comune.toml bando export B-0a1b2c3d4e --out esiti.csv --graduatoria elenco.csv
    """

    async def work(profile: Profile) -> Result:
        files = Outputs(out, ranking)
        if out is None and ranking is None:
            raise MagliaError(Code.INPUT_USAGE, field="--out", command="maglia bando export")
        files.check(profile.lang, force=force)
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch, rows = await door.batch_rows(batch_id)
        files.check_batch(batch, profile.lang)
        return told_batch(batch, rows, files.write(batch, rows, profile.lang), profile.lang)

    perform(ctx, as_json, work)


@bando.command("delete")
def delete(
    ctx: typer.Context,
    batch_id: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Cancella senza chiedere conferma.")] = False,
    as_json: Json = False,
) -> None:
    """Cancella dal nodo un controllo e tutto ciò che gli enti hanno risposto. I file già scritti restano.

    Chiede conferma; senza un terminale serve --yes.

    Esempio: maglia --profile comune.toml bando delete B-0a1b2c3d4e --yes
    """

    async def work(profile: Profile) -> Result:
        _confirm_deletion(batch_id, profile.lang, yes=yes)
        async with at(doors.batches, profile, password_of(profile)) as door:
            await door.delete_batch(batch_id)
        done = tr("Cancellato", profile.lang)
        return Result({"schema": SCHEMA, "id": batch_id, "deleted": True}, [f"{done}: {batch_id}."])

    perform(ctx, as_json, work)


def _confirm_deletion(batch_id: str, lang: str, *, yes: bool) -> None:
    """Ask first, no being the answer of whoever only presses Enter; raise `session.unconfirmed`."""
    if yes:
        return
    name = plain(batch_id, 20)
    asked = tr("Cancellare {name} per sempre? [s/N] ", lang).format(name=name)
    if not sys.stdin.isatty() or ask_line(asked).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)
