"""`maglia device`: this console enrolled, so that its node lets it in from anywhere."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from tui import doors
from tui.commands.base import Json, Out, Result, password_of, perform
from tui.device_key import open_device_key, save_device_key
from tui.device_model import EnrolledDevice
from tui.device_text import device_lines, device_table, enrolled_lines, invite_lines, revoked_lines, scan_lines
from tui.entering import at, before_enrolment
from tui.profile import Profile
from tui.typed import ask_line, new_password

device = typer.Typer(no_args_is_help=True, help="Postazioni che si collegano al nodo da fuori.", rich_markup_mode=None)
Confirm = Callable[[str], Awaitable[None]]
_SCHEMA = "maglia.devices/1"
_TRIES = 3
_CODE = mark("Codice a sei cifre che mostra il telefono: ")


@device.command("enrol")
def enrol(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Codice d'invito; - per leggerlo dall'ingresso standard.")],
    name: Annotated[str, typer.Option("--name", help="Come si chiama nell'elenco.")] = "",
    as_json: Json = False,
) -> None:
    """Iscrive questa postazione: chiede la password, mostra un QR per il telefono, chiede il primo codice.

    La chiave resta accanto al profilo, cifrata con la password. Il codice d'invito vale una volta.

    Esempio: maglia --profile anna.toml device enrol K7QD2-9XWMA-3HTRC-VB5NE --name "portatile di Anna"

    Uscita: 0 iscritta, 2 dato errato, 3 nodo non raggiunto, 4 password, invito o codice non validi.
    """

    async def work(profile: Profile) -> Result:
        from maglia.core.device import check_device_name, read_code
        from maglia.core.identity import SigningKey
        from maglia.core.one_time import setup_uri

        invited = read_code(sys.stdin.readline() if code == "-" else code)
        called = check_device_name(name or tr("postazione di {user}", profile.lang).format(user=profile.user))
        password, key = password_of(profile), SigningKey.generate()
        async with before_enrolment(profile) as door:
            begun = await door.begin(profile.user, password, invited, key, called)
            address = setup_uri(begun.otp_secret, profile.user, profile.member or profile.party)
            sys.stderr.writelines(f"{line}\n" for line in scan_lines(address, profile.lang))
            # Before the node knows it: a key enrolled and lost would need another invite, one kept in vain needs none.
            kept = profile.device_key.with_suffix(".new")
            save_device_key(kept, key, password)
            try:
                await _confirm(lambda otp: door.confirm(begun, otp), profile)
            except BaseException:
                kept.unlink(missing_ok=True)
                raise
        kept.replace(profile.device_key)
        document: dict[str, object] = {"schema": "maglia.device/1", "id": begun.device_id, "name": called}
        return Result(document, enrolled_lines(called, begun.device_id, profile.lang))

    perform(ctx, as_json, work)


@device.command("list")
def list_devices(
    ctx: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help="Di tutti gli operatori, per chi amministra.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Elenca le proprie postazioni iscritte.

    Esempio: maglia device list
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.devices, profile, password_of(profile)) as door:
            found = await door.devices(everybody=everybody)
        told = _told(found, device_lines(found, profile.lang))
        return replace(told, table=device_table(found, profile.lang))

    perform(ctx, as_json, work, out)


@device.command("revoke")
def revoke(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help="Numero della postazione, come in device list.")] = "",
    user: Annotated[str, typer.Option("--user", help="Tutte le postazioni di questo operatore.")] = "",
    as_json: Json = False,
) -> None:
    """Toglie una propria postazione, o tutte; chi amministra toglie quelle di ogni operatore. Vale da subito.

    Esempio: maglia device revoke 6f1d2a90c44be871
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.devices, profile, password_of(profile)) as door:
            ended = await door.revoke(number.strip(), user.strip())
        return Result({"schema": "maglia.device_revoke/1", "devices": ended}, revoked_lines(ended, profile.lang))

    perform(ctx, as_json, work)


@device.command("invite")
def invite(
    ctx: typer.Context,
    user: Annotated[str, typer.Option("--user", help="Operatore che iscriverà la postazione.")],
    as_json: Json = False,
) -> None:
    """Crea il codice con cui un operatore iscrive una postazione, per chi amministra. Vale una volta, per 24 ore.

    Esempio: maglia device invite --user anna
    """

    async def work(profile: Profile) -> Result:
        async with at(doors.devices, profile, password_of(profile)) as door:
            made = await door.invite(user.strip())
        document: dict[str, object] = {"schema": "maglia.device_invite/1", **asdict(made)}
        return Result(document, invite_lines(made, profile.lang))

    perform(ctx, as_json, work)


@device.command("password")
def password(ctx: typer.Context, as_json: Json = False) -> None:
    """Cifra la chiave di questa postazione con la nuova password, dopo che al nodo è stata cambiata.

    Chiede prima la vecchia (o la legge da MAGLIA_PASSWORD), poi la nuova (o da MAGLIA_NEW_PASSWORD).

    Esempio: maglia --profile anna.toml device password
    """

    async def work(profile: Profile) -> Result:
        if not profile.device_key.exists():
            raise MagliaError(Code.SESSION_DEVICE_NEEDED)
        key = open_device_key(profile.device_key, password_of(profile))
        save_device_key(profile.device_key, key, new_password(profile))
        said = tr("La chiave della postazione si apre con la nuova password.", profile.lang)
        return Result({"schema": "maglia.device_password/1", "id": key.key_id}, [said])

    perform(ctx, as_json, work)


async def _confirm(confirm: Confirm, profile: Profile) -> None:
    """Ask for the first code, again where it was mistyped."""
    for _ in range(_TRIES - 1):
        try:
            await confirm(ask_line(tr(_CODE, profile.lang)))
        except MagliaError as error:
            if error.code is not Code.SESSION_OTP:
                raise
            sentence = error.sentence(profile.lang)
            sys.stderr.write(f"!! {sentence.message} {sentence.next_action}\n")
        else:
            return
    await confirm(ask_line(tr(_CODE, profile.lang)))


def _told(found: list[EnrolledDevice], lines: list[str]) -> Result:
    return Result({"schema": _SCHEMA, "devices": [asdict(one) for one in found]}, lines)
