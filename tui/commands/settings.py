"""`maglia settings`: how this console is set, the twin of IMPOSTAZIONI."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from tui.commands.base import Json, Result, perform
from tui.profile import Profile
from tui.settings import ConsoleSettings, changed, save_settings
from tui.settings_text import settings_lines

settings = typer.Typer(
    no_args_is_help=True, help="Impostazioni della postazione: lingua, colori, blocco, stampa.", rich_markup_mode=None
)


@settings.command()
def show(ctx: typer.Context, as_json: Json = False) -> None:
    """Mostra le impostazioni di questa postazione.

    Esempio: maglia --profile emporio.toml settings show
    """

    async def work(profile: Profile) -> Result:
        return _told(profile, profile.settings)

    perform(ctx, as_json, work)


@settings.command("set")
def set_(
    ctx: typer.Context,
    given: Annotated[list[str], typer.Argument(metavar="NOME=VALORE", help="Impostazioni da cambiare.")],
    as_json: Json = False,
) -> None:
    """Cambia le impostazioni di questa postazione; NOME= senza valore rimette quella di partenza.

    Esempio: maglia --profile emporio.toml settings set theme=contrast lock_minutes=5

    Nomi: language (it, en), theme (dark, light, contrast), lock_minutes (0-120, 0 mai), printer (pdf, text, roll),
    columns (32-48, del rotolo), papers (cartella in cui scrivere carte e tabelle). Restano in un file accanto al
    profilo.
    """

    async def work(profile: Profile) -> Result:
        found = profile.settings
        for one in given:
            name, equals, value = one.partition("=")
            if not equals:
                raise MagliaError(Code.INPUT_SETTING, field=name[:40], source="settings set")
            found = changed(found, name, value, "settings set")
        save_settings(profile.settings_file, found)
        return _told(profile, found)

    perform(ctx, as_json, work)


def _told(profile: Profile, found: ConsoleSettings) -> Result:
    document: dict[str, object] = {"schema": "maglia.settings/1", **asdict(found), "file": str(profile.settings_file)}
    return Result(document, settings_lines(found, found.language or profile.lang))
