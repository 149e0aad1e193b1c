"""`maglia reserve`: help promised first, checked, and only then given."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import Basis, Visibility
from tui import doors
from tui.commands import check
from tui.commands.base import Json, Out, Result, password_of, perform, read_identifier, require
from tui.entering import at
from tui.exits import Exit, exit_of_check, exit_of_error
from tui.needs_text import promise_lines
from tui.profile import Profile
from tui.question import check_aid_facet, check_purpose, parse_months
from tui.reservation_model import OtherHelp, Promise, Reservation, Reserved
from tui.reservation_text import (
    given_lines,
    list_lines,
    moment,
    other_lines,
    promised_lines,
    released_lines,
    renewed_lines,
    reservation_table,
    unchecked_lines,
    wants_lines,
)
from tui.text import parse_amount, parse_day, plain

SCHEMA = "maglia.reservation/1"
LIST_SCHEMA = "maglia.reservations/1"
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
Number = Annotated[str, typer.Argument(help="Numero dell'impegno, come in «maglia reserve list»; basta l'inizio.")]

reserve = typer.Typer(
    no_args_is_help=True, help="Impegni: aiuti promessi, verificati, poi consegnati.", rich_markup_mode=None
)


@reserve.command("add")
def add(
    ctx: typer.Context,
    identifier: Annotated[str, typer.Argument(help="Codice della persona; - per leggerlo dall'ingresso standard.")],
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, per esempio food_parcel.")],
    amount: Annotated[str, typer.Option("--amount", help="Importo o valore, come 1.234,50.")] = "",
    until: Annotated[str, typer.Option("--until", help="Fino a quando: oo:mm, gg/mm/aaaa o «gg/mm/aaaa oo:mm».")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo della verifica; aid_overlap se manca.")] = "",
    months: Annotated[str, typer.Option("--months", help="Mesi da guardare, da 1 a 36.")] = "",
    case: Annotated[str, typer.Option("--case", help="Protocollo della pratica (enti pubblici).")] = "",
    basis: Annotated[str, typer.Option("--basis", help="consent, public_task o none.")] = "",
    visibility: Annotated[str, typer.Option("--visibility", help="network o only_us.")] = Visibility.NETWORK.value,
    creditor: Annotated[str, typer.Option("--creditor", help="A chi andrà il pagamento.")] = "",
    need: Annotated[str, typer.Option("--need", help="POD:..., PDR:... o LEASE:...")] = "",
    period_from: Annotated[str, typer.Option("--from", help="Inizio del periodo coperto, gg/mm/aaaa.")] = "",
    period_to: Annotated[str, typer.Option("--to", help="Fine del periodo coperto, gg/mm/aaaa.")] = "",
    as_json: Json = False,
) -> None:
    """Promette un aiuto, e poi chiede alla rete: da ora gli altri enti vedono l'impegno. Dura 12 ore per il cibo, 10
    giorni per il resto, o meno con --until.

    Esempio: maglia reserve add CODICE --facet food_parcel --amount "40,00" --until 12:30

    Uscita: 0 nulla di noto, 10 altri aiuti o impegni, 11 risposta parziale; 3 o 4 impegno registrato, rete non
    interrogata; 2 dato errato.
    """

    async def work(profile: Profile) -> Result:
        require(basis in ("", *Basis), "basis")
        require(visibility in tuple(Visibility), "visibility")
        promise = Promise(
            parse_identifier(read_identifier(identifier)).text,
            check_aid_facet(facet),
            parse_amount(amount) if amount else 0,
            check_purpose(purpose) if purpose else "",
            parse_months(months),
            case,
            basis,
            visibility,
            creditor,
            parse_need(need).text if need else "",
            _day(period_from),
            _day(period_to),
            until_ms(until, datetime.now().astimezone()) if until else 0,
        )
        return await promise_help(profile, promise)

    perform(ctx, as_json, work)


async def promise_help(profile: Profile, promise: Promise) -> Result:
    """Promise, and wait until the node has asked the network about it."""
    async with at(doors.reservations, profile, password_of(profile)) as door:
        found = _last([one async for one in door.reserve(promise)])
    lines = [*promised_lines(found.reservation, profile.lang), *_shown(found, profile)]
    return Result(document(found), lines, _exit(found))


@reserve.command("confirm")
def confirm(
    ctx: typer.Context,
    number: Number,
    day: Annotated[str, typer.Option("--date", help="Giorno della consegna, gg/mm/aaaa; oggi se manca.")] = "",
    amount: Annotated[str, typer.Option("--amount", help="Importo dato, se non è quello promesso.")] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Perché l'aiuto si dà lo stesso, dopo aver letto che cosa c'è.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Verifica di nuovo, poi registra l'aiuto come dato. Se altri hanno dato o promesso, o qualcuno non risponde, prima
    lo mostra e chiede un motivo con --reason: informa, non nega.

    Esempio: maglia reserve confirm 3f2a91bc --reason "accordo telefonico"

    Uscita: 0 aiuto dato; 10 o 11 non ancora, serve il motivo; 3 o 4 non ancora, rete non interrogata: serve il motivo;
    2 dato errato o impegno non più aperto.
    """

    async def work(profile: Profile) -> Result:
        return await give_help(profile, number, _day(day), parse_amount(amount) if amount else 0, reason.strip())

    perform(ctx, as_json, work)


async def give_help(profile: Profile, number: str, day: str = "", amount_cents: int = 0, reason: str = "") -> Result:
    """Have the network asked anew; the help is given unless the lines say what is wanted first."""
    async with at(doors.reservations, profile, password_of(profile)) as door:
        found = _last([one async for one in door.confirm(number, day, amount_cents, reason)])
    lines = _shown(found, profile)
    if found.wants == "nothing":
        return Result(document(found), [*lines, *given_lines(found.reservation, profile.lang)])
    status = _exit(found)
    # Everybody who was asked answered, and somebody could not be asked.
    status = Exit.PARTIAL if status is Exit.DONE else status
    return Result(
        document(found), [*lines, *wants_lines(found.wants, profile.lang, bool(found.beside.unchecked))], status
    )


@reserve.command("renew")
def renew(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Proroga un impegno per altrettanto tempo, una volta sola.

    Esempio: maglia reserve renew 3f2a91bc
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.reservations, profile, password_of(profile)) as door:
            one = await door.renew(number)
        return Result(_alone(one), renewed_lines(one, profile.lang))

    perform(ctx, as_json, work)


@reserve.command("release")
def release(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Annulla un impegno: gli altri enti non lo vedono più.

    Esempio: maglia reserve release 3f2a91bc
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.reservations, profile, password_of(profile)) as door:
            one = await door.release(number)
        return Result(_alone(one), released_lines(one, profile.lang))

    perform(ctx, as_json, work)


@reserve.command("show")
def show_one(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Mostra un impegno con la persona e con gli aiuti di altri trovati dopo, anche se è già consegnato o scaduto.
    Mostra il codice: sullo schermo, non in un file.

    Esempio: maglia reserve show 1a2b3c4d
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.reservations, profile, password_of(profile)) as door:
            one = await door.reservation(number)
        listed = reservation_document(one) | {"identifier": one.identifier}
        return Result({"schema": LIST_SCHEMA, "reservations": [listed]}, list_lines([one], profile.lang)[1:])

    perform(ctx, as_json, work)


@reserve.command("list")
def show(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca gli impegni aperti, quelli in scadenza, quelli scaduti da poco, e gli aiuti di altri trovati dopo. Mostra
    i codici: sullo schermo, e con --out in un file che legge solo chi lo ha scritto.

    Esempio: maglia reserve list
    """
    perform(ctx, as_json, list_promises, out)


async def list_promises(profile: Profile) -> Result:
    """Return the reservations to look at, with the persons' codes."""
    async with at(doors.reservations, profile, password_of(profile)) as door:
        found = await door.reservations()
    listed = [reservation_document(one) | {"identifier": one.identifier} for one in found]
    lines, table = list_lines(found, profile.lang), reservation_table(found, profile.lang)
    return Result({"schema": LIST_SCHEMA, "reservations": listed}, lines, table=table)


def until_ms(text: str, now: datetime) -> int:
    """Return the instant written as a time of `now`'s day, a day (its end) or both, in milliseconds since the epoch.

    Raises `input.date` for a day that is none, and `input.moment` for a time that is none.
    """
    first, _, second = text.strip().partition(" ")
    clock = _TIME.fullmatch(second.strip() or first)
    if clock is None and (second.strip() or ":" in first):
        raise MagliaError(Code.INPUT_MOMENT, value=plain(text, 40))
    day = now.date() if clock and not second else parse_day(first)
    hour = time(int(clock[1]), int(clock[2])) if clock else time(23, 59, 59)
    # Of this computer's zone on that day, which may not have today's offset.
    return int(datetime.combine(day, hour).astimezone().timestamp() * 1000)


def document(found: Reserved) -> dict[str, object]:
    """Return `maglia.reservation/1`: the promise, and what is shown beside it; no code is in it.

    `need` leaves the promise itself out of account; `exceeds_at_least` is what there would be with it beyond what is
    owed, euro cents.
    """
    beside = found.beside
    return {
        "schema": SCHEMA,
        "reservation": reservation_document(found.reservation),
        "check": check.document(beside.check) if beside.check else None,
        "unchecked": beside.unchecked or None,
        "others": [_other(one) for one in beside.others],
        "need": check.need_document(beside.balance) if beside.balance else None,
        "exceeds_at_least": beside.exceeds_cents,
        "wants": found.wants or None,
    }


def reservation_document(one: Reservation) -> dict[str, object]:
    """Return one reservation as programs read it: instants ISO 8601, amounts euro cents."""
    return {
        "record_id": one.record_id,
        "facet": one.facet,
        "amount": one.amount_cents,
        "state": one.state,
        "reserved_at": _instant(one.reserved_at_ms),
        "reserved_until": _instant(one.reserved_until_ms),
        "reserved_by": one.reserved_by,
        "ends_soon": one.ends_soon,
        "renewed": one.renewed,
        "date": one.day,
        "undo_until": _instant(one.undo_until_ms),
        "found_later": [_other(other) for other in one.late],
    }


def _alone(one: Reservation) -> dict[str, object]:
    return {"schema": SCHEMA, "reservation": reservation_document(one)}


def _other(one: OtherHelp) -> dict[str, object]:
    return {
        "member_kind": one.member_kind or None,
        "member": one.member_name or None,
        "facet": one.facet,
        "when": one.when or None,
        "status": one.status,
        "same_need": one.same_need,
        "amount": one.amount_cents if one.amount_cents is not None else one.amount_band or None,
        "reserved_at": _instant(one.reserved_at_ms),
        "reserved_until": _instant(one.reserved_until_ms),
        "comes_first": one.is_first,
    }


def _instant(time_ms: int) -> str | None:
    return moment(time_ms).isoformat(timespec="seconds") if time_ms else None


def _shown(found: Reserved, profile: Profile) -> list[str]:
    if found.beside.check is None:
        return unchecked_lines(found.beside, profile.lang)
    beside, lang = found.beside, profile.lang
    told = [*check.lines(found.beside.check, lang), *other_lines(found.reservation, beside, lang)]
    if beside.balance is not None:
        told += promise_lines(beside.balance, beside.exceeds_cents, lang, is_given=found.wants == "nothing")
    return told


def _exit(found: Reserved) -> Exit:
    if found.beside.check is not None:
        return exit_of_check(found.beside.check)
    return exit_of_error(MagliaError(Code(found.beside.unchecked))) if _is_known(found.beside.unchecked) else Exit.ERROR


def _is_known(code: str) -> bool:
    return code in frozenset(Code)


def _last(found: list[Reserved]) -> Reserved:
    if not found or not found[-1].done:
        raise MagliaError(Code.NETWORK_ANSWER, cause="the end of a check is missing")
    return found[-1]


def _day(text: str) -> str:
    return parse_day(text).isoformat() if text else ""
