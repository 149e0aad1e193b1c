"""`maglia budgets` and `maglia office budgets`: how much of each budget is spent, at a node and at the office."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from tui import doors
from tui.budget_text import node_lines, office_lines
from tui.commands.base import Json, Result, password_of, perform
from tui.entering import at, at_office
from tui.profile import Profile

office_budgets = typer.Typer(rich_markup_mode=None)


@office_budgets.command("budgets")
def of_the_office(
    ctx: typer.Context,
    member: Annotated[str, typer.Argument(help="Nome breve di un ente; senza, tutti quelli che hanno chiesto.")] = "",
    as_json: Json = False,
) -> None:
    """Mostra quanti codici gli enti hanno fatto valutare oggi, e in ogni procedura; anche al revisore.

    Esempio: maglia --profile paolo.toml office budgets comune-esempio
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            found = await door.budgets(member)
        return Result({"schema": "maglia.office.budgets/1", **asdict(found)}, office_lines(found, profile.lang))

    perform(ctx, as_json, work)


def budgets(ctx: typer.Context, as_json: Json = False) -> None:
    """Mostra chi ha chiesto di più oggi, enti e operatori, con i limiti, e le procedure.

    Esempio: maglia --profile amministratore.toml budgets

    Lo legge chi amministra il nodo.
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.node, profile, password_of(profile)) as door:
            found = await door.spending()
        return Result({"schema": "maglia.budgets/1", **asdict(found)}, node_lines(found, profile.lang))

    perform(ctx, as_json, work)
