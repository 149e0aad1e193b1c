"""`maglia person`: who a person is to this body, and temporary codes that give way to surer ones."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.private_file import write_private
from maglia.core.quoted import echo
from maglia.core.translation import tr
from maglia.import_command import SheetName
from tui import doors
from tui.commands.base import YES, Json, Out, Person, Result, password_of, perform
from tui.commands.household import person_on_file
from tui.entering import at
from tui.exits import Exit
from tui.person_table import person_table
from tui.person_text import linked_lines, person_lines, preview_lines, unlinked_lines
from tui.persons_text import changes_csv, registry_lines
from tui.profile import Profile
from tui.typed import ask_line

person = typer.Typer(no_args_is_help=True, help="Persone registrate e i loro codici.", rich_markup_mode=None)


@person.command("show")
def show_person(ctx: typer.Context, identifier: Person, out: Out = None, as_json: Json = False) -> None:
    """Mostra il codice di una persona e quelli di prima, il suo nucleo, e su che base si può chiedere.

    Gli aiuti sono solo contati. Mostra i codici: solo a chi sta allo sportello.

    Esempio: maglia person show CODICE
    """

    async def work(profile: Profile) -> Result:
        who = person_on_file(identifier)
        async with at(doors.persons, profile, password_of(profile)) as door:
            found = await door.person(who)
        document: dict[str, object] = {"schema": "maglia.person/1", **asdict(found)}
        return Result(document, person_lines(found, profile.lang), table=person_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@person.command("link")
def link_person(
    ctx: typer.Context,
    former: Annotated[str, typer.Argument(help="Codice vecchio (STP, ENI, provvisorio, documento) o NOME:numero.")],
    current: Annotated[str, typer.Argument(help="Codice nuovo, più certo.")],
    yes: Annotated[bool, typer.Option("--yes", help="Senza chiedere conferma, per gli script.")] = False,
    as_json: Json = False,
) -> None:
    """Passa da un codice temporaneo a quello vero senza perdere la storia, dopo avere mostrato i due lati.

    I codici si confrontano carattere per carattere. Un codice fiscale non diventa mai un altro. Si annulla entro 10
    minuti con «maglia person unlink».

    Esempio: maglia person link STP0309990000001 CODICE
    """

    async def work(profile: Profile) -> Result:
        codes = person_on_file(former), person_on_file(current)
        async with at(doors.persons, profile, password_of(profile)) as door:
            preview = await door.preview_link(*codes)
            if not yes:
                _confirm(preview_lines(preview, profile.lang), profile)
            old, new, undo_seconds = await door.link(*codes)
        document: dict[str, object] = {
            "schema": "maglia.person_link/1",
            "former": asdict(old),
            "current": asdict(new),
            "moved": preview.former.counts,
            "undo_seconds": undo_seconds,
        }
        return Result(document, linked_lines(old, new, undo_seconds, profile.lang))

    perform(ctx, as_json, work)


@person.command("unlink")
def unlink_person(
    ctx: typer.Context,
    former: Annotated[str, typer.Argument(help="Codice vecchio, come scritto in «maglia person link».")],
    as_json: Json = False,
) -> None:
    """Annulla un cambio di codice, entro 10 minuti, per chi lo ha fatto: tutto torna com'era.

    Quanto si è registrato dopo il cambio resta al codice nuovo, anche se scritto con il vecchio.

    Esempio: maglia person unlink STP0309990000001
    """

    async def work(profile: Profile) -> Result:
        who = person_on_file(former)
        async with at(doors.persons, profile, password_of(profile)) as door:
            await door.undo_link(who)
        return Result({"schema": "maglia.person_unlink/1", "former": who}, unlinked_lines(profile.lang))

    perform(ctx, as_json, work)


@person.command("import")
def import_registry(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Anagrafe in CSV, XLSX o ODS: codice e famiglia, e ciò che c'è.")],
    sheet: SheetName = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dice che cosa cambierebbe, e non cambia nulla.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Il file è intero, anche se toglie molte persone.")
    ] = False,
    changes: Annotated[
        Path | None, typer.Option("--changes", help="File CSV da scrivere: chi è nuovo, cambiato o uscito.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Aggiorna persone e famiglie dall'anagrafe (comuni): nuovi, cambiati, usciti dall'ultimo file.

    Colonne: codice, famiglia; se ci sono cognome, nome, nascita, ruolo (adulto o minore), dal. Nessuno ha per questo
    uno pseudonimo: la rete non ne sa nulla. Uscita 12: qualche riga è scartata.

    Esempio: maglia --profile responsabile.toml person import anagrafe.csv --dry-run
    """

    async def work(profile: Profile) -> Result:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise MagliaError(Code.INPUT_FILE, file=file.name) from error
        if changes is not None:
            _check_changes(changes, file)
        async with at(doors.persons, profile, password_of(profile)) as door:
            report = await door.import_registry(file.name, content, sheet=sheet, dry_run=dry_run, confirmed=confirm)
        if changes is not None:
            _write_changes(changes, changes_csv(report, profile.lang))
        document: dict[str, object] = {"schema": "maglia.registry_import/1", "dry_run": dry_run, **asdict(report)}
        del document["changes"]
        status = Exit.REJECTED_ROWS if report.rejected else Exit.DONE
        return Result(document, registry_lines(report, profile.lang, dry_run=dry_run), status)

    perform(ctx, as_json, work)


def _confirm(shown: list[str], profile: Profile) -> None:
    """Show both sides and ask, no being the answer of whoever only presses Enter; raise `session.unconfirmed`."""
    if not sys.stdin.isatty():
        raise MagliaError(Code.SESSION_UNCONFIRMED)
    print("\n".join(shown), file=sys.stderr)
    asked = tr("È la stessa persona? [s/N] ", profile.lang)
    if ask_line(asked).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)


def _check_changes(path: Path, source: Path) -> None:
    """Refuse, before anything is changed, a list of changes that can't be written, or would replace the file itself."""
    from tui.papers.writing import check_name, is_same_file

    if is_same_file(path, source):
        raise MagliaError(Code.INPUT_TABLE_NAME, file=echo(path.name))
    check_name(path, force=True)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(path.name))


def _write_changes(path: Path, content: bytes) -> None:
    try:
        write_private(path, content)  # it holds tax codes
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(path.name)) from error
