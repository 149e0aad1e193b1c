"""`maglia-node device`: which consoles are let in from anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.cli import spoken
from maglia.core.translation import tr
from node.commands.base import AsJson, Folder, open_node, run, say, told

if TYPE_CHECKING:
    from maglia.v1.device_pb2 import EnrolledDevice

device = typer.Typer(help="Le postazioni che possono collegarsi da fuori.", no_args_is_help=True, rich_markup_mode=None)


@device.command()
@told
def invite(
    folder: Folder,
    user: Annotated[str, typer.Option(help="Operatore che iscriverà la postazione.")],
    as_json: AsJson = False,
) -> None:
    """Crea il codice con cui un operatore iscrive una postazione: vale una volta, per 24 ore.

    Va dato all'operatore a voce o di persona. Un codice precedente dello stesso operatore non vale più.

    Esempio: maglia-node device invite --dir nodo --user anna
    """
    from node.local_devices import LocalDevices

    code, expires = run(LocalDevices(folder, *open_node(folder)).invite(user))
    document = {"schema": "maglia.node-device-invite/1", "user": user, "code": code, "expires": _iso(expires)}
    say(
        as_json,
        document,
        tr(
            "Codice per {user}: {code}\nVale una volta, fino al {day}.\n"
            "Ora, alla postazione: maglia device enrol {code}",
            spoken(),
        ).format(user=user, code=code, day=_day(expires)),
    )


@device.command("list")
@told
def list_devices(folder: Folder, as_json: AsJson = False) -> None:
    """Elenca le postazioni iscritte, di tutti gli operatori.

    Esempio: maglia-node device list --dir nodo
    """
    from node.local_devices import LocalDevices

    found: list[EnrolledDevice] = list(run(LocalDevices(folder, *open_node(folder)).devices()))
    document = {"schema": "maglia.node-devices/1", "devices": [_document(one) for one in found]}
    say(as_json, document, "\n".join(map(_line, found)) or tr("Nessuna postazione iscritta.", spoken()))


@device.command()
@told
def revoke(
    folder: Folder,
    number: Annotated[str, typer.Argument(help="Numero della postazione, come in device list.")] = "",
    user: Annotated[str, typer.Option(help="Tutte le postazioni di questo operatore.")] = "",
    as_json: AsJson = False,
) -> None:
    """Toglie una postazione, o tutte quelle di un operatore; chi vi era collegato è fuori da subito.

    Chi ha perso il telefono o il computer: togliere, poi invitare di nuovo.

    Esempio: maglia-node device revoke --dir nodo --user anna
    """
    from node.local_devices import LocalDevices

    revoked = list(run(LocalDevices(folder, *open_node(folder)).revoke(user.strip(), number.strip())))
    document = {"schema": "maglia.node-device-revoke/1", "devices": revoked}
    say(as_json, document, "\n".join(f"{tr('Postazione tolta', spoken())}: {one}" for one in revoked))


def _document(one: EnrolledDevice) -> dict[str, object]:
    return {
        "id": one.device_id,
        "user": one.user,
        "name": one.name,
        "enrolled": _iso(one.enrolled_ms / 1000),
        "used": _iso(one.used_ms / 1000) if one.used_ms else "",
        "locked": one.locked,
    }


def _line(one: EnrolledDevice) -> str:
    lang = spoken()
    used = tr("usata il {day}" if one.used_ms else "mai usata", lang).format(day=_day(one.used_ms / 1000))
    state = tr("BLOCCATA", lang) if one.locked else used
    enrolled = tr("iscritta il {day}", lang).format(day=_day(one.enrolled_ms / 1000))
    return f"{one.device_id}  {one.user}  {state}\n  {one.name}, {enrolled}"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _day(seconds: float) -> str:
    found = datetime.fromtimestamp(seconds)
    return tr("{day} alle {time}", spoken()).format(day=f"{found:%d/%m/%Y}", time=f"{found:%H:%M}")
