"""`maglia inbox`: what happened while nobody was at the counter."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from tui import doors
from tui.commands.base import Json, Out, Result, password_of, perform
from tui.entering import at
from tui.inbox_model import Notice
from tui.inbox_text import list_lines, notice_lines, notice_table, sentence
from tui.profile import Profile
from tui.text import plain

inbox = typer.Typer(rich_markup_mode=None)
_NUMBER = re.compile(r"(?:[Aa]-)?0*([0-9]{1,9})")
_SCHEMA = "maglia.inbox/1"


@inbox.callback(invoke_without_command=True)
def list_notices(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Anche quelli già letti, di un mese.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Avvisi: che cosa è cambiato da quando si è guardato.

    Elenca quelli da leggere, i propri e quelli per tutto l'ente. Nessun avviso dice di chi si tratta.

    Esempio: maglia inbox --all

    Uscita: 0 fatto, 3 rete assente, 4 non permesso.
    """
    if ctx.invoked_subcommand is not None:
        return

    async def work(profile: Profile) -> Result:
        async with at(doors.inbox, profile, password_of(profile)) as door:
            found = await door.notices(everything=everything)
        return _result(found, list_lines(found, profile.lang), profile)

    perform(ctx, as_json, work, out)


@inbox.command("read")
def read(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help="Numero dell'avviso, per esempio A-0007.")],
    as_json: Json = False,
) -> None:
    """Mostra un avviso e lo segna come letto; uno per tutto l'ente è letto per tutti.

    Esempio: maglia inbox read A-0007

    Uscita: 0 fatto, 2 numero errato, 3 rete assente, 4 non permesso.
    """

    async def work(profile: Profile) -> Result:
        wanted = notice_number(number)
        async with at(doors.inbox, profile, password_of(profile)) as door:
            found = await door.notice(wanted)
        return _result([found], notice_lines(found, profile.lang), profile)

    perform(ctx, as_json, work)


def notice_number(text: str) -> int:
    """Return the number of a notice written A-0007, or 7; raise `input.inbox`."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise MagliaError(Code.INPUT_INBOX, number=plain(text, 20))
    return int(found[1])


def _result(found: list[Notice], lines: list[str], profile: Profile) -> Result:
    notices = [{**asdict(one), "name": one.name, "text": sentence(one, profile.lang)} for one in found]
    return Result({"schema": _SCHEMA, "notices": notices}, lines, table=notice_table(found, profile.lang))
