"""`maglia budgets` and `maglia office budgets`: how much of each budget is spent, at a node and at the office."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from tui import doors
from tui.budget_text import node_budget_table, node_lines, office_budget_table, office_lines
from tui.commands.base import Json, Out, Result, password_of, perform
from tui.entering import at, at_office
from tui.profile import Profile

office_budgets = typer.Typer(rich_markup_mode=None)


@office_budgets.command("budgets")
def of_the_office(
    ctx: typer.Context,
    member: Annotated[str, typer.Argument(help="Nome breve di un ente; senza, tutti quelli che hanno chiesto.")] = "",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Mostra quanti codici gli enti hanno fatto valutare oggi, e in ogni procedura; anche al revisore.

    Esempio: maglia --profile paolo.toml office budgets comune-esempio
    """

    async def work(profile: Profile) -> Result:
        async with at_office(profile, password_of(profile)) as door:
            found = await door.budgets(member)
        document: dict[str, object] = {"schema": "maglia.office.budgets/1", **asdict(found)}
        return Result(document, office_lines(found, profile.lang), table=office_budget_table(found, profile.lang))

    perform(ctx, as_json, work, out)


def budgets(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Mostra chi ha chiesto di più oggi, enti e operatori, con i limiti, e le procedure.

    Esempio: maglia --profile amministratore.toml budgets

    Lo legge chi amministra il nodo.
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.node, profile, password_of(profile)) as door:
            found = await door.spending()
        document: dict[str, object] = {"schema": "maglia.budgets/1", **asdict(found)}
        return Result(document, node_lines(found, profile.lang), table=node_budget_table(found, profile.lang))

    perform(ctx, as_json, work, out)
