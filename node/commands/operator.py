"""`maglia-node operator` and `maglia-node profile`: who works at the body, and the counters they sit at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from maglia.cli import ask_secret, spoken
from maglia.core.translation import mark, tr
from node.commands.base import AsJson, Folder, open_node, run, say, told

operator = typer.Typer(help="Gli operatori dell'ente.", no_args_is_help=True, rich_markup_mode=None)


@operator.command("add")
@told
def operator_add(
    folder: Folder,
    user: Annotated[str, typer.Argument(help="Nome utente.")],
    role: Annotated[str, typer.Option(help="volunteer, social_worker, officer, manager, node_admin.")],
    name: Annotated[str, typer.Option(help="Nome e cognome.")] = "",
    as_json: AsJson = False,
) -> None:
    """Aggiunge un operatore, o ne cambia la password; la chiede, o la legge da MAGLIA_PASSWORD.

    Esempio: maglia-node operator add --dir nodo anna --role volunteer
    """
    from maglia.v1.operator_pb2 import AddOperatorRequest
    from node import local

    settings, network, keys = open_node(folder)
    password = ask_secret(mark("Password"), "MAGLIA_PASSWORD", is_new=True)
    request = AddOperatorRequest(user=user, name=name, password=password, role=role)
    run(local.add_operator(folder, settings, network, keys, request))
    ready = tr("Operatore «{user}» pronto.", spoken()).format(user=user)
    say(as_json, {"schema": "maglia.node-operator/1", "user": user, "role": role}, ready)


@told
def profile(
    folder: Folder,
    user: Annotated[str, typer.Option(help="Operatore della postazione.")],
    out: Annotated[Path, typer.Option(help="File da scrivere.")],
    endpoint: Annotated[str, typer.Option(help="HOST:PORTA che vede la postazione, se non è quella del nodo.")] = "",
    lang: Annotated[str, typer.Option(help="it o en.")] = "it",
    as_json: AsJson = False,
) -> None:
    """Scrive il profilo di una postazione, senza segreti, e il certificato accanto.

    Esempio: maglia-node profile --dir nodo --user anna --out anna.toml
    """
    from maglia.core.identity import server_name
    from node.config import read_endpoint

    settings, network, keys = open_node(folder)
    certificate = out.with_name(f"{settings.member}.pem")
    certificate.write_bytes(keys.front.certificate)
    values = {
        "endpoint": read_endpoint(endpoint) if endpoint else settings.front,
        "server_name": server_name(settings.member, network.network),
        "ca_file": certificate.name,
        "member": settings.member,
        "user": user,
        "lang": lang,
    }
    out.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))
    document = {
        "schema": "maglia.node-profile/1",
        "file": str(out),
        "certificate": str(certificate),
        "remote": settings.remote,
    }
    lines = [tr("Profilo scritto: {file}", spoken()).format(file=out)]
    if settings.remote:
        following = tr("Ora: maglia-node device invite --dir {folder} --user {user}", spoken())
        lines.append(following.format(folder=folder, user=user))
    say(as_json, document, "\n".join(lines))
