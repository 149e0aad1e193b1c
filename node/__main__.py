"""`maglia-node`: a body's node from its first day to its daily work."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from maglia.cli import Commands, loading
from node.commands import doctor, entering, import_file, moving, repseudonymize
from node.commands.base import REMOTE, AsJson, Folder, open_node, run, say, told
from node.commands.device import device
from node.commands.host import host
from node.commands.log import log

# Pretty exceptions would print local variables, and so persons and keys.
app = typer.Typer(
    cls=Commands,
    help="Il nodo di un ente: iscrizione, servizio, importazione, operatori.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
operator = typer.Typer(help="Gli operatori dell'ente.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(operator, name="operator")
app.add_typer(log, name="log")
app.add_typer(host, name="host")
app.add_typer(device, name="device")

Via = Annotated[Path | None, typer.Option(help="File del relay tramite cui gli altri enti raggiungono il nodo.")]


@app.command()
@told
def init(
    folder: Folder,
    network_file: Annotated[Path, typer.Option(help="File della rete, dato dall'ufficio.")],
    member: Annotated[str, typer.Option(help="Nome breve dell'ente, per esempio parrocchia-san-nicolo.")],
    peer: Annotated[str, typer.Option(help="HOST:PORTA per gli altri enti.")],
    front: Annotated[str, typer.Option(help="HOST:PORTA per le postazioni dell'ente.")],
    via: Via = None,
    remote: Annotated[bool, typer.Option("--remote", help=REMOTE)] = False,
    as_json: AsJson = False,
) -> None:
    """Prepara la cartella e le chiavi.

    Esempio: maglia-node init --dir nodo --network-file rete.json --member mensa-est --peer 10.0.0.5:7443 --front
    10.0.0.5:7444
    """
    from maglia.core.keystore import read_passphrase
    from node import joining

    network = joining.init(folder, network_file, member, peer, front, read_passphrase(), via, remote=remote)
    document = {"schema": "maglia.node-init/1", "network": network.network, "fingerprint": network.fingerprint}
    say(
        as_json,
        document,
        f"Nodo preparato in {folder}, rete «{network.network}».\n"
        f"Impronta del file della rete, da confrontare a voce con l'ufficio: {network.fingerprint}\n"
        "Ora: compilare la domanda e inviarla con «maglia-node apply».",
    )


app.command()(entering.apply)
app.command()(entering.state)
app.command()(entering.join)
app.command()(doctor.doctor)
app.command()(repseudonymize.repseudonymize)


@app.command()
@told
def serve(folder: Folder, via: Via = None, as_json: AsJson = False) -> None:  # noqa: ARG001 - read by `told`
    """Avvia il nodo; si ferma con Ctrl-C. Con --json l'errore che ne impedisce l'avvio è in JSON.

    Con --via gli altri enti lo raggiungono tramite un relay: nessun indirizzo pubblico, nessuna porta da aprire.

    Esempio: maglia-node serve --dir nodo --via relay.json
    """
    import logging

    with loading():
        import regopy  # noqa: F401 - loaded after gRPC, it keeps the memory of every decision (docs/adr/0007)

        from maglia.core.keystore import read_passphrase
        from maglia.wire.channel import quiet_grpc
        from node import app as node_app
        from node.config import load_settings
        from node.joining import load_network

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "tuf", "opa_client", "httpx", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    quiet_grpc()
    settings = load_settings(folder, via=via.resolve() if via else None)
    run(node_app.serve(folder, settings, load_network(folder), read_passphrase()))


app.command("import")(import_file.import_)
app.command()(moving.backup)
app.command()(moving.restore)


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
    password = os.environ.get("MAGLIA_PASSWORD") or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    request = AddOperatorRequest(user=user, name=name, password=password, role=role)
    run(local.add_operator(folder, settings, network, keys, request))
    say(as_json, {"schema": "maglia.node-operator/1", "user": user, "role": role}, f"Operatore «{user}» pronto.")


@app.command()
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
    next_step = f"\nOra: maglia-node device invite --dir {folder} --user {user}" if settings.remote else ""
    say(as_json, document, f"Profilo scritto: {out}{next_step}")


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
