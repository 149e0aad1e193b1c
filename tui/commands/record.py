"""`maglia aid` and `case`: what the body puts on its own record."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import local_number, parse_identifier, parse_need
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus, Basis, Frequency, MeansTest, Visibility
from tui import doors
from tui.commands import records
from tui.commands.base import (
    Json,
    Person,
    Result,
    password_of,
    perform,
    read_identifier,
    require,
    require_given,
)
from tui.commands.names import Born, Name, find_names, record_named, who
from tui.commands.receipt import Check, ReceiptFile, Roll, Wanted, with_receipt
from tui.entering import at
from tui.labels import FACETS, label
from tui.model import Aid, NamedAid
from tui.profile import Profile
from tui.question import check_aid_facet, check_purpose
from tui.text import parse_amount, parse_day, plain, short_number, show_amount, show_day, show_time

aid = typer.Typer(no_args_is_help=True, help="Aiuti dati dall'ente.", rich_markup_mode=None)
case = typer.Typer(no_args_is_help=True, help="Pratiche degli enti pubblici.", rich_markup_mode=None)

_RECORDED = mark("Registrato")
_UNDO = mark("Si annulla fino alle {until}, poi si corregge; per annullare:")


@aid.command("add")
def add_aid(
    ctx: typer.Context,
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, per esempio food_parcel.")],
    day: Annotated[str, typer.Option("--date", help="Giorno, come gg/mm/aaaa.")],
    amount: Annotated[str, typer.Option("--amount", help="Importo o valore, come 1.234,50.")],
    identifier: Annotated[
        str, typer.Argument(help="Codice della persona, o NOME:numero; - per leggerlo dall'ingresso standard.")
    ] = "",
    status: Annotated[str, typer.Option("--status", help="given o reserved.")] = AidStatus.GIVEN.value,
    basis: Annotated[str, typer.Option("--basis", help="consent, public_task o none.")] = "",
    visibility: Annotated[str, typer.Option("--visibility", help="network o only_us.")] = Visibility.NETWORK.value,
    creditor: Annotated[str, typer.Option("--creditor", help="A chi è andato il pagamento.")] = "",
    need: Annotated[str, typer.Option("--need", help="POD:..., PDR:... o LEASE:...")] = "",
    period_from: Annotated[str, typer.Option("--from", help="Inizio del periodo coperto, gg/mm/aaaa.")] = "",
    period_to: Annotated[str, typer.Option("--to", help="Fine del periodo coperto, gg/mm/aaaa.")] = "",
    monthly: Annotated[bool, typer.Option("--monthly", help="Ogni mese da --from: l'importo è di un mese.")] = False,
    protocol: Annotated[str, typer.Option("--protocol", help="Numero di protocollo della domanda.")] = "",
    means_test: Annotated[
        str, typer.Option("--means-test", help="Prova dei mezzi: isee, other, exempt o none.")
    ] = MeansTest.NONE.value,
    name: Name = "",
    born: Born = "",
    place: Annotated[str, typer.Option("--place", help="Luogo di nascita, con --name.")] = "",
    receipt: ReceiptFile = None,
    roll: Roll = False,
    check: Check = "",
    as_json: Json = False,
) -> None:
    """Registra un aiuto dato. Con --name a una persona senza codice: resta in questo ente, e la rete non ne sa nulla.

    Esempio: maglia aid add CODICE --facet food_parcel --date 21/11/2026 --amount "40,00"
    """

    async def work(profile: Profile) -> Result:
        wanted = Wanted(receipt, roll, check=check)
        require(receipt is not None or not (roll or check), "receipt")
        wanted.verify()
        _among(status, (AidStatus.GIVEN, AidStatus.RESERVED), "status")
        _among(basis, ("", *Basis), "basis")
        _among(visibility, tuple(Visibility), "visibility")
        _among(means_test, tuple(MeansTest), "means_test")
        code = read_identifier(identifier)
        if name or local_number(code) is not None:
            for field, given in (("need", need), ("period_to", period_from + period_to), ("protocol", protocol)):
                require(not given, field)
            require(not (name and code), "name")
            named = NamedAid(
                check_aid_facet(facet),
                parse_day(day).isoformat(),
                parse_amount(amount),
                code,
                *who(name, born, place, code),
                status,
                basis,
                creditor,
            )
            return await record_named(profile, named, wanted)
        record = Aid(
            identifier=parse_identifier(code).text,
            facet=check_aid_facet(facet),
            date=parse_day(day).isoformat(),
            amount_cents=parse_amount(amount),
            status=status,
            basis=basis,
            visibility=visibility,
            creditor=creditor,
            need=parse_need(need).text if need else "",
            period_from=_optional_day(period_from),
            period_to=_optional_day(period_to),
            frequency=(Frequency.MONTHLY if monthly else Frequency.ONE_OFF).value,
            protocol=protocol,
            means_test=means_test,
        )
        return await _record_aid(profile, record, wanted)

    perform(ctx, as_json, work)


async def _record_aid(profile: Profile, record: Aid, wanted: Wanted) -> Result:
    async with at(doors.records, profile, password_of(profile)) as door:
        record_id, undo_until_ms = await door.add_aid(record)
        paper = await wanted.written(door, record_id, profile)
    echo = (
        label(FACETS, record.facet, profile.lang),
        show_amount(record.amount_cents),
        show_day(date.fromisoformat(record.date)),
    )
    document: dict[str, object] = {
        "schema": "maglia.aid/1",
        "record_id": record_id,
        "facet": record.facet,
        "date": record.date,
        "amount": record.amount_cents,
        "status": record.status,
        "undo_until_ms": undo_until_ms,
    }
    number = short_number(record_id)
    told = f"{tr(_RECORDED, profile.lang)}: {', '.join(echo)} (n. {number})."
    undo = tr(_UNDO, profile.lang).format(until=show_time(undo_until_ms))
    return with_receipt(Result(document, [told, undo, f"  maglia aid undo {number}"]), paper)


aid.command("names")(find_names)
records.add_to(aid)


@case.command("add")
def add_case(
    ctx: typer.Context,
    identifier: Person,
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo della pratica, per esempio rent_subsidy.")],
    protocol: Annotated[str, typer.Option("--protocol", help="Numero di protocollo della pratica.")],
    as_json: Json = False,
) -> None:
    """Registra il protocollo di una pratica (enti pubblici).

    Esempio: maglia case add CODICE --purpose rent_subsidy --protocol 2026/1234
    """

    async def work(profile: Profile) -> Result:
        person = parse_identifier(read_identifier(identifier)).text
        check_purpose(purpose)
        require_given(bool(protocol.strip()), "protocol")
        async with at(doors.node, profile, password_of(profile)) as door:
            case_id = await door.add_case(person, purpose, protocol.strip())
        document: dict[str, object] = {
            "schema": "maglia.case/1",
            "case_id": case_id,
            "purpose": purpose,
            "protocol": protocol.strip(),
        }
        done = tr("Pratica registrata", profile.lang)
        return Result(document, [f"{done}: {plain(protocol)} (n. {case_id})."])

    perform(ctx, as_json, work)


def _among(value: str, allowed: tuple[str, ...], field: str) -> None:
    if value not in allowed:
        raise MagliaError(Code.INPUT_FIELD, field=field)


def _optional_day(text: str) -> str:
    return parse_day(text).isoformat() if text else ""
