"""`maglia bando`: whole files of applicants checked under one procedure, with a pause and a way on at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo
from maglia.core.vocabulary import Facet
from maglia.import_command import SheetName, read_list
from tui import doors
from tui.batch_tables import batch_list_table, batch_table
from tui.batch_text import (
    asked_about,
    closing,
    detail,
    in_file,
    known_already,
    listed,
    next_steps,
    progress_line,
    rejection,
    row_lines,
    summary,
)
from tui.commands.base import YES, Json, Out, Result, password_of, perform, require_given
from tui.entering import at
from tui.exits import Exit, exit_of_error, strongest
from tui.profile import Profile
from tui.question import check_facet, parse_months
from tui.text import plain
from tui.typed import ask_line

if TYPE_CHECKING:
    from tui.batch_client import BatchDoor
    from tui.batch_model import Batch, BatchRow, Progress

SCHEMA = "maglia.bando/1"
_SHOWN = 40
"""Rows that are shown where not all are asked for."""
bando = typer.Typer(
    no_args_is_help=True, help="Bandi: molte domande controllate sotto una procedura.", rich_markup_mode=None
)
_Number = Annotated[str, typer.Argument(help="Numero del controllo, come B-0a1b2c3d4e.")]
_Out = Annotated[Path | None, typer.Option("--out", help="File dei risultati, .csv o .xlsx.")]
_Ranking = Annotated[
    Path | None,
    typer.Option("--graduatoria", help="File da pubblicare, senza persone; la chiave va in un file accanto."),
]
_Force = Annotated[bool, typer.Option("--force", help="Scrive sopra i file che ci sono già.")]


@dataclass(frozen=True)
class _Files:
    """Where results go."""

    out: Path | None
    ranking: Path | None

    def check(self, lang: str, *, force: bool, source: Path | None = None) -> None:
        from tui.batch_files import check_out

        check_out(self.out, self.ranking, lang, force=force, source=source)

    def check_batch(self, batch: Batch, lang: str) -> None:
        """Refuse a name that is the applications' own; what `check` knows by their place, this knows by their name."""
        from tui.batch_files import check_not_applications

        check_not_applications(self.out, self.ranking, batch, lang)

    def write(self, batch: Batch, rows: Sequence[BatchRow], lang: str) -> list[str]:
        """Write what is wanted; return the names of the files."""
        from tui.batch_files import write_ranking, write_results

        written = []
        if self.out is not None:
            write_results(self.out, batch, rows, lang)
            written.append(self.out.name)
        if self.ranking is not None:
            key = write_ranking(self.ranking, batch, rows, lang)
            written += [self.ranking.name, key.name]
        return written


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
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Controlla tutte le domande di un bando: per ogni riga RISCONTRO, PARZIALE, NESSUNO o SCARTATA.

    Colonne: codice e nucleo; se servono fornitura, creditore, periodo, punteggio. Ctrl-C mette in pausa; lo stesso
    comando, o bando resume, riprende da dove era: a nessun ente si chiede due volte della stessa riga.

    Senza --facet si chiede dell'affitto: la prima riga dice di che cosa.

    Esempio: maglia --profile comune.toml bando check domande.xlsx --procedure affitto-2026 --out esiti.xlsx

    Uscita: 0 nulla di noto, 12 righe scartate, 10 riscontri, 11 righe parziali, 4 non permesso, 130 in pausa.
    """

    async def work(profile: Profile) -> Result:
        files = _Files(out, ranking)
        files.check(profile.lang, force=force, source=file)
        content, asked = read_list(file), (procedure.strip(), check_facet(facet), parse_months(months))
        require_given(bool(asked[0]), "procedure")
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch, known = await door.open_batch(content, echo(file.name), *asked, sheet)
            if not as_json:
                _say(asked_about(batch.facet, batch.months, profile.lang))
            result = await _run(door, batch.id, profile, files, retry=False, quiet=as_json)
        result.document["known"] = known
        if known and batch.state == "done":
            result.lines[:0] = known_already(batch, profile.lang)
        return result

    perform(ctx, as_json, work)


@bando.command("resume")
def resume(
    ctx: typer.Context,
    batch_id: _Number,
    out: _Out = None,
    ranking: _Ranking = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Riprende un controllo in pausa o interrotto, o segue quello in corso.

    Esempio: maglia --profile comune.toml bando resume B-0a1b2c3d4e --out esiti.xlsx
    """
    _go_on(ctx, batch_id, _Files(out, ranking), force=force, retry=False, as_json=as_json)


@bando.command("retry")
def retry_partial(
    ctx: typer.Context,
    batch_id: _Number,
    out: _Out = None,
    ranking: _Ranking = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Chiede di nuovo, per le sole righe parziali, agli enti che non hanno risposto per intero.

    Esempio: maglia --profile comune.toml bando retry B-0a1b2c3d4e --out esiti.xlsx --force
    """
    _go_on(ctx, batch_id, _Files(out, ranking), force=force, retry=True, as_json=as_json)


def _go_on(ctx: typer.Context, batch_id: str, files: _Files, *, force: bool, retry: bool, as_json: bool) -> None:
    async def work(profile: Profile) -> Result:
        files.check(profile.lang, force=force)
        async with at(doors.batches, profile, password_of(profile)) as door:
            if force:  # else nothing that is there is written over
                files.check_batch((await door.batch_rows(batch_id))[0], profile.lang)
            return await _run(door, batch_id, profile, files, retry=retry, quiet=as_json)

    perform(ctx, as_json, work)


@bando.command("pause")
def pause(ctx: typer.Context, batch_id: _Number, as_json: Json = False) -> None:
    """Mette in pausa un controllo in corso: ciò che è stato chiesto si aspetta, il resto si chiede alla ripresa.

    Esempio: maglia --profile comune.toml bando pause B-0a1b2c3d4e
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch = await door.pause_batch(batch_id)
        return Result(
            {"schema": SCHEMA, **_document(batch)}, [*summary(batch, profile.lang), *next_steps(batch, profile.lang)]
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
        document: dict[str, object] = {"schema": "maglia.bandi/1", "batches": [_document(one) for one in found]}
        return Result(document, listed(found, profile.lang), table=batch_list_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@bando.command("show")
def show(
    ctx: typer.Context,
    batch_id: _Number,
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
        told = _told(batch, rows, [], profile.lang, every=every)
        return replace(told, table=batch_table(batch, rows, profile.lang))

    perform(ctx, as_json, work, out)


@bando.command("export")
def export(
    ctx: typer.Context,
    batch_id: _Number,
    out: _Out = None,
    ranking: _Ranking = None,
    force: _Force = False,
    as_json: Json = False,
) -> None:
    """Scrive i risultati in un file, e con --graduatoria l'elenco da pubblicare e la sua chiave.

    Esempio: maglia --profile comune.toml bando export B-0a1b2c3d4e --out esiti.csv --graduatoria elenco.csv
    """

    async def work(profile: Profile) -> Result:
        files = _Files(out, ranking)
        if out is None and ranking is None:
            raise MagliaError(Code.INPUT_USAGE, field="--out", command="maglia bando export")
        files.check(profile.lang, force=force)
        async with at(doors.batches, profile, password_of(profile)) as door:
            batch, rows = await door.batch_rows(batch_id)
        files.check_batch(batch, profile.lang)
        return _told(batch, rows, files.write(batch, rows, profile.lang), profile.lang)

    perform(ctx, as_json, work)


@bando.command("delete")
def delete(
    ctx: typer.Context,
    batch_id: _Number,
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
        done = "Deleted" if profile.lang == "en" else "Cancellato"
        return Result({"schema": SCHEMA, "id": batch_id, "deleted": True}, [f"{done}: {batch_id}."])

    perform(ctx, as_json, work)


def _confirm_deletion(batch_id: str, lang: str, *, yes: bool) -> None:
    """Ask first, no being the answer of whoever only presses Enter; raise `session.unconfirmed`."""
    if yes:
        return
    name = plain(batch_id, 20)
    asked = f"Delete {name} for good? [y/N] " if lang == "en" else f"Cancellare {name} per sempre? [s/N] "
    if not sys.stdin.isatty() or ask_line(asked).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)


async def _run(door: BatchDoor, batch_id: str, profile: Profile, files: _Files, *, retry: bool, quiet: bool) -> Result:
    """Watch a run to its end, and write what is known then; Ctrl-C has the node pause it first."""
    is_paused, stopped = False, ""
    try:
        async with _watched(door.run_batch(batch_id, retry=retry)) as states:
            tell = _teller(profile.lang, quiet=quiet)
            async for progress in states:
                tell(progress)
                stopped = progress.stopped
    except asyncio.CancelledError:  # what Ctrl-C becomes here
        is_paused = True
        _say(
            "Pausing: waiting for what was asked." if profile.lang == "en" else "In pausa: aspetto chi deve rispondere."
        )
        await door.pause_batch(batch_id)
    batch, rows = await door.batch_rows(batch_id)
    written = [] if is_paused or batch.state != "done" else files.write(batch, rows, profile.lang)
    told = _told(batch, rows, written, profile.lang)
    if is_paused:
        return Result(told.document, told.lines, Exit.INTERRUPTED)
    return Result(told.document, told.lines, strongest(told.status, _exit_of_code(stopped)))


@contextlib.asynccontextmanager
async def _watched(states: AsyncIterator[Progress]) -> AsyncIterator[AsyncIterator[Progress]]:
    try:
        yield states
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _teller(lang: str, *, quiet: bool) -> Callable[[Progress], None]:
    """Return what shows progress on one line of a terminal, and nothing anywhere else."""
    if quiet or not sys.stderr.isatty():
        return lambda _progress: None

    def tell(progress: Progress) -> None:
        print(f"\r\x1b[K{progress_line(progress, lang)[:79]}", end="", file=sys.stderr, flush=True)

    return tell


def _exit_of_code(code: str) -> Exit:
    """Return how a command ends whose run was ended by an error."""
    try:
        return exit_of_error(MagliaError(Code(code))) if code else Exit.DONE
    except ValueError:
        return Exit.ERROR


def _told(batch: Batch, rows: Sequence[BatchRow], written: Sequence[str], lang: str, *, every: bool = False) -> Result:
    """Return what is known of a batch: who is missing before what may be concluded, and no code of anybody."""
    document: dict[str, object] = {
        "schema": SCHEMA,
        **_document(batch),
        "results": [_row_document(row, lang) for row in rows],
        "files": list(written),
    }
    worth = [row for row in rows if every or row.verdict != "none"]
    shown = worth if every else worth[:_SHOWN]
    lines = [*summary(batch, lang)]
    if shown:
        lines += [_header(lang), *(line for row in shown for line in row_lines(row, lang))]
    if len(shown) < len(worth):
        lines.append(_more(len(worth) - len(shown), lang))
    if written:
        lines.append(f"{'Written' if lang == 'en' else 'Scritto'}: {', '.join(written)}")
    lines += [*next_steps(batch, lang), closing(lang)]
    return Result(document, lines, _status(batch))


def _more(count: int, lang: str) -> str:
    if lang == "en":
        return f"... {count} more {'row' if count == 1 else 'rows'}: --all, or --out FILE"
    rows = "un'altra riga" if count == 1 else f"altre {count} righe"
    return f"... {rows}: --all, o --out FILE"


def _header(lang: str) -> str:
    row, verdict, bodies, said = (
        ("ROW", "RESULT", "BODIES", "DETAIL") if lang == "en" else ("RIGA", "ESITO", "ENTI", "DETTAGLIO")
    )
    return f"{row:>6}  {verdict:<9} {bodies:>7}  {said}"


def _status(batch: Batch) -> Exit:
    """Return the strongest of what the rows read."""
    return strongest(
        Exit.REJECTED_ROWS if batch.rejected else Exit.DONE,
        Exit.OVERLAP if batch.matches else Exit.DONE,
        Exit.PARTIAL if batch.partial or batch.state != "done" else Exit.DONE,
    )


def _document(batch: Batch) -> dict[str, object]:
    return {
        "id": batch.id,
        "procedure": batch.procedure,
        "facet": batch.facet,
        "months": batch.months,
        "file": batch.file_name,
        "state": batch.state,
        "stopped": batch.stopped or None,
        "stopped_params": dict(batch.stopped_params),
        "answered_at_ms": batch.answered_at_ms or None,
        "erase_on": batch.erase_on,
        "bodies": batch.bodies,
        "rows": batch.rows,
        "match": batch.matches,
        "partial": batch.partial,
        "none": batch.none,
        "rejected": batch.rejected,
    }


def _row_document(row: BatchRow, lang: str) -> dict[str, object]:
    """Return a row by its number: whose it is stands in the file."""
    return {
        "row": row.row,
        "verdict": row.verdict,
        "complete": row.asked > 0 and row.answered == row.asked,
        "answered": row.answered,
        "asked": row.asked,
        "findings": len(row.findings),
        "silent": [{"member": one.member, "reason": one.reason} for one in row.silent],
        "refused": [{"member": one.member, "reason": one.reason} for one in row.refused],
        "detail": "" if row.code else detail(row, lang),
        "same_household": list(row.same_household),
        "same_need": list(row.same_need),
        "column": row.column or None,
        "code": row.code or None,
        "reason": rejection(row, lang) if row.code else None,
        "in_file": in_file(row, lang) or None,
    }
