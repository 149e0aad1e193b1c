"""`maglia household`: who lives together, as this body keeps it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from tui import doors
from tui.commands.base import Json, Out, Person, Result, password_of, perform, read_identifier
from tui.entering import at
from tui.persons_model import Household
from tui.persons_text import household_lines, household_table
from tui.profile import Profile
from tui.question import check_on_file
from tui.text import parse_day

household = typer.Typer(no_args_is_help=True, help="Nuclei familiari registrati.", rich_markup_mode=None)


@household.command("show")
def show_household(ctx: typer.Context, identifier: Person, out: Out = None, as_json: Json = False) -> None:
    """Mostra con chi vive una persona, e chi è uscito dal nucleo. Mostra i codici: solo a chi sta allo sportello.

    Esempio: maglia household show CODICE
    """

    async def work(profile: Profile) -> Result:
        who = person_on_file(identifier)
        async with at(doors.persons, profile, password_of(profile)) as door:
            return _told(await door.household(who), profile)

    perform(ctx, as_json, work, out)


@household.command("set")
def set_household(
    ctx: typer.Context,
    adults: Annotated[list[str], typer.Argument(help="Codici degli adulti, o NOME:numero; - per leggerne uno.")],
    minors: Annotated[
        list[str] | None, typer.Option("--minor", help="Codice di un minore del nucleo; si può ripetere.")
    ] = None,
    since: Annotated[str, typer.Option("--from", help="Da quando vivono insieme, gg/mm/aaaa; oggi se manca.")] = "",
    as_json: Json = False,
) -> None:
    """Registra che queste persone, e nessun'altra, vivono insieme. Chi era nel nucleo e non è scritto risulta uscito.

    Esempio: maglia household set CODICE CODICE2 --minor CODICE3 --from 01/09/2026
    """

    async def work(profile: Profile) -> Result:
        together = [person_on_file(code) for code in adults], [person_on_file(code) for code in minors or ()]
        day = parse_day(since).isoformat() if since else ""
        async with at(doors.persons, profile, password_of(profile)) as door:
            return _told(await door.set_household(*together, day), profile)

    perform(ctx, as_json, work)


@household.command("leave")
def leave_household(
    ctx: typer.Context,
    identifier: Person,
    until: Annotated[str, typer.Option("--until", help="Ultimo giorno nel nucleo, gg/mm/aaaa; oggi se manca.")] = "",
    as_json: Json = False,
) -> None:
    """Registra che una persona è uscita dal suo nucleo.

    Esempio: maglia household leave CODICE --until 31/08/2026
    """

    async def work(profile: Profile) -> Result:
        who = person_on_file(identifier)
        day = parse_day(until).isoformat() if until else ""
        async with at(doors.persons, profile, password_of(profile)) as door:
            return _told(await door.leave_household(who, day), profile)

    perform(ctx, as_json, work)


def person_on_file(argument: str) -> str:
    """Return a code in normal form, or `NOME:7`; raise `input.*` before anything leaves the counter."""
    return check_on_file(read_identifier(argument))


def _told(found: Household, profile: Profile) -> Result:
    document: dict[str, object] = {"schema": "maglia.household/1", **asdict(found)}
    return Result(document, household_lines(found, profile.lang), table=household_table(found, profile.lang))
