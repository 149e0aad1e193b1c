"""`maglia need`: what persons owe, as this body keeps it on file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import Basis, Visibility
from tui import doors
from tui.commands.base import Json, Out, Person, Result, password_of, perform, read_identifier
from tui.entering import at
from tui.needs_model import FiledNeed, NewNeed
from tui.needs_text import filed_lines, need_lines, need_table
from tui.profile import Profile
from tui.question import check_aid_facet
from tui.text import parse_amount, parse_day

SCHEMA = "maglia.need/1"
LIST_SCHEMA = "maglia.needs/1"

need = typer.Typer(no_args_is_help=True, help="Bisogni registrati: che cosa si deve, e quanto.", rich_markup_mode=None)


@need.command("open")
def open_need(
    ctx: typer.Context,
    identifier: Person,
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, per esempio rent_arrears.")],
    owed: Annotated[str, typer.Option("--owed", help="Quanto si deve in tutto, come 1.234,50.")],
    lease: Annotated[str, typer.Option("--lease", help="Contratto registrato, ufficio/anno/serie/numero.")] = "",
    pod: Annotated[str, typer.Option("--pod", help="Fornitura di luce, IT001E12345678.")] = "",
    pdr: Annotated[str, typer.Option("--pdr", help="Fornitura di gas, 14 cifre.")] = "",
    creditor: Annotated[str, typer.Option("--creditor", help="A chi si deve il pagamento.")] = "",
    period_from: Annotated[str, typer.Option("--from", help="Inizio del periodo, gg/mm/aaaa.")] = "",
    period_to: Annotated[str, typer.Option("--to", help="Fine del periodo, gg/mm/aaaa.")] = "",
    basis: Annotated[str, typer.Option("--basis", help="consent o public_task.")] = "",
    visibility: Annotated[str, typer.Option("--visibility", help="network o only_us.")] = Visibility.NETWORK.value,
    as_json: Json = False,
) -> None:
    """Registra un bisogno: chi deve, a chi, quanto in tutto. Con un numero, o con creditore e periodo.

    Esempio: maglia need open CODICE --facet rent_arrears --owed "900,00" --lease T9X/2024/3T/1234

    Esempio: maglia need open CODICE --facet water --owed "120,00" --creditor Acque --from 01/01/2026 --to 30/06/2026
    """

    async def work(profile: Profile) -> Result:
        if basis not in ("", *Basis):
            raise MagliaError(Code.INPUT_FIELD, field="basis")
        if visibility not in tuple(Visibility):
            raise MagliaError(Code.INPUT_FIELD, field="visibility")
        number = _number(lease, pod, pdr)
        if not number and not (creditor.strip() and period_from and period_to):
            raise MagliaError(Code.INPUT_NEED_UNNAMED)
        new = NewNeed(
            parse_identifier(read_identifier(identifier)).text,
            check_aid_facet(facet),
            parse_amount(owed),
            number,
            creditor,
            _optional_day(period_from),
            _optional_day(period_to),
            basis,
            visibility,
        )
        async with at(doors.needs, profile, password_of(profile)) as door:
            return _told(await door.open_need(new), mark("Bisogno registrato."), profile)

    perform(ctx, as_json, work)


@need.command("show")
def show_needs(ctx: typer.Context, identifier: Person, out: Out = None, as_json: Json = False) -> None:
    """Mostra i bisogni di una persona, chi li ha registrati e quanto questo ente ha già coperto.

    Esempio: maglia need show CODICE

    Quanto hanno coperto gli altri enti lo dice «maglia check».
    """

    async def work(profile: Profile) -> Result:
        person = parse_identifier(read_identifier(identifier)).text
        async with at(doors.needs, profile, password_of(profile)) as door:
            found = await door.needs(person)
        document: dict[str, object] = {"schema": LIST_SCHEMA, "needs": [asdict(one) for one in found]}
        return Result(document, need_lines(found, profile.lang), table=need_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@need.command("close")
def close_need(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Numero del bisogno, per esempio B-7.")],
    as_json: Json = False,
) -> None:
    """Chiude un bisogno: da quel momento nessuno ne chiede più.

    Esempio: maglia need close B-7
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.needs, profile, password_of(profile)) as door:
            return _told(await door.close_need(name), mark("Bisogno chiuso."), profile)

    perform(ctx, as_json, work)


def _told(filed: FiledNeed, done: str, profile: Profile) -> Result:
    document: dict[str, object] = {"schema": SCHEMA, **asdict(filed)}
    return Result(document, [tr(done, profile.lang), *filed_lines(filed, profile.lang)])


def _number(lease: str, pod: str, pdr: str) -> str:
    """Return the one number given, in normal form, or nothing; raise `input.supply`, `input.field` for two."""
    given = [(kind, text) for kind, text in (("LEASE", lease), ("POD", pod), ("PDR", pdr)) if text.strip()]
    if len(given) > 1:
        raise MagliaError(Code.INPUT_FIELD, field=f"--{given[1][0].lower()}")
    return parse_need(f"{given[0][0]}:{given[0][1].strip()}").text if given else ""


def _optional_day(text: str) -> str:
    return parse_day(text).isoformat() if text else ""
