"""`maglia office setup`: the profile of an officer or an auditor, made from the office's network file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.private_file import write_private
from maglia.core.translation import tr
from tui.commands.base import Json, Result, Settings, finish, require, tell
from tui.exits import Exit
from tui.profile import known_lang

if TYPE_CHECKING:
    from maglia.core.network_file import NetworkFile

office_setup = typer.Typer(rich_markup_mode=None)

_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")


@office_setup.command("setup")
def setup(
    ctx: typer.Context,
    network_file: Annotated[Path, typer.Option("--network-file", help="File della rete, dato dall'ufficio.")],
    user: Annotated[str, typer.Option("--user", help="Nome utente presso l'ufficio.")],
    out: Annotated[Path, typer.Option("--out", help="Profilo da scrivere; accanto va il certificato del registro.")],
    key: Annotated[Path | None, typer.Option("--key", help="Chiave del funzionario, di «office keygen».")] = None,
    official_key: Annotated[
        Path | None,
        typer.Option("--official-key", help="Chiave di un revisore o del responsabile, di «office official-key»."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Scrive il profilo di un funzionario o di un revisore, e mostra l'impronta da confrontare a voce.

    Esempio: maglia office setup --network-file rete.json --user paolo --key paolo.key --out ufficio.toml
    """
    lang = known_lang(ctx.ensure_object(Settings).lang)

    def work() -> Exit:
        known = write_profile(network_file, user, out, key, official_key)
        document: dict[str, object] = {
            "schema": "maglia.office.setup/1",
            "profile": str(out),
            "network": known.network,
            "registry": known.registry_front,
            "fingerprint": known.fingerprint,
        }
        tell(Result(document, _lines(known, out, lang)), as_json)
        return Exit.DONE

    finish(as_json, lang, work)


def _lines(known: NetworkFile, out: Path, lang: str) -> list[str]:
    return [
        tr("Scritto {file}: rete «{network}», registro {registry}.", lang).format(
            file=out, network=known.network, registry=known.registry_front
        ),
        tr("Impronta del file della rete: {fingerprint}", lang).format(fingerprint=known.fingerprint),
        tr("Confrontarla a voce con l'ufficio. Se è diversa: cancellare il profilo e chiedere di nuovo il file.", lang),
        tr("Poi: {command}", lang).format(command=f"maglia --profile {out} office list"),
    ]


def write_profile(
    network_file: Path, user: str, out: Path, key: Path | None, official_key: Path | None = None
) -> NetworkFile:
    """Write a profile, and beside it the registry's certificate; return the network file that they come from.

    Raises `input.field`, `input.file` or `input.file_content` for what was given, `storage.missing` for a key that is
    not made yet, `storage.exists` rather than overwriting a profile.
    """
    from maglia.core.identity import REGISTRY_ID, server_name  # cryptography is loaded when it is needed

    require(bool(_USER.fullmatch(user)), "user")
    known = read_network(network_file)
    for own, command in ((key, "keygen"), (official_key, "official-key")):
        if own is not None and not own.is_file():
            raise MagliaError(Code.STORAGE_MISSING, path=own.name, command=f"maglia office {command} --out {own.name}")
    certificate = out.with_suffix(".pem")
    for made in (out, certificate):
        if made.exists():
            raise MagliaError(Code.STORAGE_EXISTS, path=made.name)
    if not out.parent.is_dir():
        raise MagliaError(Code.INPUT_FILE, file=out.parent.name)
    values = {
        "endpoint": known.registry_front,
        "server_name": server_name(REGISTRY_ID, known.network),
        "ca_file": certificate.name,
        "user": user,
        "network_file": _named(network_file, out),
    }
    for name, own in (("officer_key", key), ("official_key", official_key)):
        if own is not None:
            values[name] = _named(own, out)
    write_private(certificate, known.front_certificate)
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
    write_private(out, "".join(lines).encode())
    return known


def read_network(network_file: Path) -> NetworkFile:
    """Return a network file; raise `input.file` or `input.file_content`."""
    from maglia.core.network_file import decode_network_file  # likewise

    try:
        return decode_network_file(network_file.read_bytes())
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=network_file.name) from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=network_file.name, cause=str(error)) from error


def _named(file: Path, profile: Path) -> str:
    """Return how the profile names a file: by its name alone where both lie together, so that the folder can move."""
    return file.name if file.resolve().parent == profile.resolve().parent else str(file.resolve())
