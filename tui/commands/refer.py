"""`maglia refer`: persons sent to other bodies with their consent, and persons received from them."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.translation import mark, tr
from tui import doors
from tui.commands.base import Json, Out, Person, Result, password_of, perform, read_identifier, require, require_given
from tui.entering import at
from tui.exits import Exit
from tui.profile import Profile
from tui.question import check_facet
from tui.referral_model import Referral, Wanted
from tui.referral_text import list_lines, referral_table, state_lines, taker_lines, taker_table, whole_lines
from tui.text import plain
from tui.typed import ask_line

refer = typer.Typer(no_args_is_help=True, help="Persone inviate ad altri enti, e ricevute.", rich_markup_mode=None)
Number = Annotated[str, typer.Argument(help="Numero dell'invio, per esempio I-0007.")]
_NUMBER = re.compile(r"(?:[Ii]-)?0*([0-9]{1,9})")
_SCHEMA = "maglia.referral/1"
_OR_READ = "; - per leggerlo dall'ingresso standard."
_ASKED = (
    ("name", mark("Nome della persona: ")),
    ("contact", mark("Recapito della persona: ")),
    ("need", mark("Che cosa serve: ")),
    ("note", mark("Nota per l'ente che riceve: ")),
)


@refer.command("send")
def send(
    ctx: typer.Context,
    identifier: Person,
    to: Annotated[str, typer.Option("--to", help="Ente che riceve, come lo chiama maglia refer bodies.")],
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, per esempio rent_arrears.")],
    name: Annotated[str, typer.Option("--name", help=f"Nome della persona{_OR_READ}")] = "",
    contact: Annotated[str, typer.Option("--contact", help=f"Recapito della persona{_OR_READ}")] = "",
    need: Annotated[str, typer.Option("--need", help=f"Che cosa serve, in poche parole{_OR_READ}")] = "",
    note: Annotated[str, typer.Option("--note", help=f"Nota per l'ente che riceve{_OR_READ}")] = "",
    as_json: Json = False,
) -> None:
    """Invia una persona a un altro ente, col suo consenso: solo quell'ente saprà chi è.

    Serve il consenso della persona per gli invii: maglia consent add CODICE --purpose referral ...

    Dove c'è - si scrive una riga dopo l'avvio: codice, nome, recapito, che cosa serve, nota, in quest'ordine. Così
    nessun elenco di comandi o di programmi mostra la persona.

    Esempio: maglia refer send - --to comune --facet rent_arrears --name - --contact -

    Uscita: 0 consegnato, 11 in attesa (il nodo dell'ente non risponde: si riprova da soli per tre giorni),
    2 dato errato, 3 rete assente, 4 non permesso.
    """

    async def work(profile: Profile) -> Result:
        person = parse_identifier(read_identifier(identifier)).text
        texts = [
            _written(text, asked, profile) for text, asked in zip((name, contact, need, note), _ASKED, strict=True)
        ]
        wanted = Wanted(person, to.strip(), check_facet(facet), *texts)
        async with at(doors.referrals, profile, password_of(profile)) as door:
            return _told(await door.send(wanted), profile)

    perform(ctx, as_json, work)


@refer.command("list")
def list_referrals(
    ctx: typer.Context,
    unread: Annotated[bool, typer.Option("--unread", help="Solo quelli da leggere.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca gli invii, mandati e ricevuti, prima quelli da leggere. Persone e motivi si vedono solo con show.

    Esempio: maglia refer list --unread
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.referrals, profile, password_of(profile)) as door:
            found = await door.referrals(unread=unread)
        document: dict[str, object] = {"schema": _SCHEMA, "referrals": [_document(one) for one in found]}
        return Result(document, list_lines(found, profile.lang), table=referral_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@refer.command("show")
def show(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Mostra un invio con la persona, e lo segna come letto. Mostra il codice: sullo schermo, non in un file.

    Esempio: maglia refer show I-0007
    """

    async def work(profile: Profile) -> Result:
        wanted = referral_number(number)
        async with at(doors.referrals, profile, password_of(profile)) as door:
            found = await door.referral(wanted)
        return Result({"schema": _SCHEMA, "referrals": [_document(found)]}, whole_lines(found, profile.lang))

    perform(ctx, as_json, work)


@refer.command("accept")
def accept(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Accetta una persona ricevuta: l'ente che l'ha inviata lo viene a sapere.

    Esempio: maglia refer accept I-0007
    """
    _move(ctx, number, "accepted", "", as_json)


@refer.command("decline")
def decline(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Perché, per chi ha inviato la persona.")] = "",
    as_json: Json = False,
) -> None:
    """Non accetta una persona ricevuta, dicendo perché. I dati della persona si cancellano da questo ente.

    Esempio: maglia refer decline I-0007 --reason "fondi esauriti"
    """
    _move(ctx, number, "declined", reason, as_json, needs_reason=True)


@refer.command("done")
def done(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Segna che per una persona ricevuta si è fatto quello che serviva.

    Esempio: maglia refer done I-0007
    """
    _move(ctx, number, "done", "", as_json)


@refer.command("withdraw")
def withdraw(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Perché, per l'ente che riceve.")] = "",
    as_json: Json = False,
) -> None:
    """Ritira una persona inviata: l'ente che l'ha ricevuta ne cancella i dati.

    Esempio: maglia refer withdraw I-0007 --reason "la persona ha cambiato idea"
    """
    _move(ctx, number, "withdrawn", reason, as_json)


@refer.command("bodies")
def bodies(
    ctx: typer.Context,
    facet: Annotated[str, typer.Option("--facet", help="Solo chi dà questo tipo di aiuto.")] = "",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca gli enti a cui si può inviare una persona, e per quali tipi di aiuto.

    Esempio: maglia refer bodies --facet rent_arrears
    """

    async def work(profile: Profile) -> Result:
        wanted = check_facet(facet) if facet else ""
        async with at(doors.referrals, profile, password_of(profile)) as door:
            found = await door.takers(wanted)
        document: dict[str, object] = {"schema": "maglia.referral_bodies/1", "bodies": [asdict(one) for one in found]}
        return Result(document, taker_lines(found, profile.lang), table=taker_table(found, profile.lang))

    perform(ctx, as_json, work, out)


def referral_number(text: str) -> int:
    """Return the number of a referral written I-0007, or 7; raise `input.referral`."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise MagliaError(Code.INPUT_REFERRAL, number=plain(text, 20))
    return int(found[1])


def _written(text: str, asked: tuple[str, str], profile: Profile) -> str:
    """Return a text; `-` reads it as a line, asked for on a terminal. Raises `input.field` where no line is left."""
    if text != "-":
        return text
    field, prompt = asked
    if sys.stdin.isatty():
        return ask_line(tr(prompt, profile.lang))
    line = sys.stdin.readline()
    require(bool(line), field)
    return line.strip()


def _move(
    ctx: typer.Context, number: str, state: str, reason: str, as_json: bool, *, needs_reason: bool = False
) -> None:
    async def work(profile: Profile) -> Result:
        wanted = referral_number(number)
        require_given(bool(reason.strip()) or not needs_reason, "reason")
        async with at(doors.referrals, profile, password_of(profile)) as door:
            return _told(await door.move(wanted, state, reason), profile)

    perform(ctx, as_json, work)


def _told(one: Referral, profile: Profile) -> Result:
    """Return how one stands; the status says whether the other body knows."""
    refused = one.state == "undelivered"
    status = Exit.NOT_ALLOWED if refused else Exit.PARTIAL if one.untold else Exit.DONE
    return Result({"schema": _SCHEMA, "referrals": [_document(one)]}, state_lines(one, profile.lang), status)


def _document(one: Referral) -> dict[str, object]:
    return {**asdict(one), "name": one.name}
