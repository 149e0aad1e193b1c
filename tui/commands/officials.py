"""`maglia office`: auditors and the network's data-protection officer, appointed and dismissed by two officers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.base import Json, Out, Reason, Result, password_of, perform
from tui.commands.office_sign import Yes, heard_of, sign, sign_one, told
from tui.commands.officer_key import load_officer_key
from tui.entering import at_office
from tui.office_model import Change
from tui.office_rows import named as in_columns
from tui.officials_text import in_directory, official_lines, official_table, state_of
from tui.profile import Profile
from tui.text import parse_day

if TYPE_CHECKING:
    from maglia.core.directory import Official

officials = typer.Typer(rich_markup_mode=None)


@officials.command("appoint")
def appoint(
    ctx: typer.Context,
    requests: Annotated[list[Path], typer.Argument(help="Richieste di «office official-key», una per persona.")],
    protocol: Annotated[str, typer.Option("--act-protocol", help="Protocollo dell'atto di nomina.")],
    expiry: Annotated[str, typer.Option("--act-expiry", help="Ultimo giorno dell'incarico, gg/mm/aaaa.")],
    fingerprints: Annotated[
        list[str] | None,
        typer.Option("--fingerprint", help="Impronta letta a voce, una per richiesta, nello stesso ordine."),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Nomina un revisore o il responsabile della protezione dei dati: servono due funzionari.

    Ogni funzionario scrive l'impronta che la persona gli legge; senza --fingerprint viene chiesta.
    Con la stessa chiave la nomina di prima è rinnovata.

    Esempio: maglia --profile paolo.toml office appoint sara.request.json --act-protocol PG/2026/7
    --act-expiry 31/12/2027 --fingerprint 4F-A1-09-7C-22-0B-91-D3-5E-66
    """

    async def work(profile: Profile) -> Result:
        from tui.appointing import appointments, check_people  # cryptography is loaded when it is needed

        changes = appointments(requests, protocol.strip(), parse_day(expiry).isoformat(), profile.network)
        heard = heard_of([change.member for change in changes], fingerprints or [], profile.lang)
        check_people(changes, heard)
        key = load_officer_key(profile)
        async with at_office(profile, password_of(profile)) as door:
            reading, signed = await sign(door, key, changes, profile, yes=yes)
        people = [change.official for change in changes if change.official is not None]
        lines = [in_columns(one.id, _fingerprint(one)) for one in people]
        said = {"officials": [_document(one) for one in people]}
        return told("appoint", said, lines, reading, signed, profile.lang)

    perform(ctx, as_json, work)


def _fingerprint(person: Official) -> str:
    from tui.appointing import person_fingerprint

    return person_fingerprint(person)


@officials.command("dismiss")
def dismiss(
    ctx: typer.Context,
    official: Annotated[str, typer.Argument(help="Nome breve della persona, per esempio sara.")],
    reason: Reason,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Toglie l'incarico a un revisore o al responsabile: servono due funzionari.

    Per fermarlo subito, da soli e per sempre: «maglia office suspend».

    Esempio: maglia --profile paolo.toml office dismiss sara --reason "incarico concluso"
    """
    sign_one(ctx, as_json, yes, lambda: Change("dismiss", official, reason.strip()))


@officials.command("officials")
def list_officials(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca revisori e responsabile in carica, come due funzionari li hanno firmati, e gli atti che scadono.

    Esempio: maglia --profile paolo.toml office officials
    """

    async def work(profile: Profile) -> Result:
        from tui.in_force import read_in_force  # gRPC and cryptography are loaded when they are needed

        async with at_office(profile, password_of(profile)) as door:
            found = await read_in_force(door.fetch, profile)
        people = in_directory(found)
        document: dict[str, object] = {
            "schema": "maglia.office.officials/1",
            "officials": [_document(one) | {"state": state_of(one, found)} for one in people],
        }
        lines = [line for one in people for line in official_lines(one, found, profile.lang)]
        return Result(document, lines or ["-"], table=official_table(people, found, profile.lang))

    perform(ctx, as_json, work, out)


def _document(person: Official) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "act_protocol": person.act_protocol,
        "act_expiry": person.act_expiry,
        "fingerprint": _fingerprint(person),
    }
