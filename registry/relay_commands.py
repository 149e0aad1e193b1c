"""`maglia-registry relay`: the way in to nodes that have no public address. Any body may run one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maglia.cli import loading, spoken
from maglia.core.translation import tr
from registry.console import AsJson, errors, say

RelayDir = Annotated[Path, typer.Option("--dir", help="Cartella dei dati del relay.")]

relay = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Un relay: fa raggiungere i nodi senza indirizzo pubblico, e non può leggere ciò che passa.",
)


@relay.command(
    epilog="Esempio: maglia-registry relay init --dir /var/lib/maglia-relay --network-file rete.json"
    " --name comune-est --public relay.comune.example:443 --nodes relay.comune.example:8443"
)
def init(
    directory: RelayDir,
    network_file: Annotated[Path, typer.Option(help="File della rete, dato dall'ufficio.")],
    name: Annotated[str, typer.Option(help="Nome breve del relay, per esempio comune-est.")],
    public: Annotated[str, typer.Option(help="HOST:PORTA dove arrivano gli altri enti.")],
    nodes: Annotated[str, typer.Option(help="HOST:PORTA dove si collegano i nodi senza indirizzo.")],
    as_json: AsJson = False,
) -> None:
    """Creare il relay: cartella, certificato, e il file «relay.json» da dare ai nodi."""
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from registry.relay_setup import RELAY_FILE, initialize  # noqa: PLC0415 - loads grpc

        file = initialize(directory, network_file, name, public, nodes, read_passphrase())
        written = directory / RELAY_FILE
        document = {"schema": "maglia.relay-init/1", "file": str(written), "fingerprint": file.fingerprint}
        say(
            as_json,
            document,
            tr(
                "Relay «{name}» creato in {folder}.\n"
                "Dare ai nodi il file {file}.\n"
                "Impronta da leggere a voce: {fingerprint}\n"
                "Ora: «maglia-registry relay serve --dir {folder}».",
                spoken(),
            ).format(name=name, folder=directory, file=written, fingerprint=file.fingerprint),
        )


@relay.command(epilog="Esempio: maglia-registry relay serve --dir /var/lib/maglia-relay")
def serve(
    directory: RelayDir,
    public_listen: Annotated[str | None, typer.Option(help="HOST:PORTA su cui ascoltare, se è un'altra.")] = None,
    nodes_listen: Annotated[str | None, typer.Option(help="HOST:PORTA su cui ascoltare, se è un'altra.")] = None,
    as_json: AsJson = False,
) -> None:
    """Servire i nodi che si collegano, fino a SIGTERM o Ctrl+C."""
    with errors(as_json):
        import asyncio  # noqa: PLC0415 - with grpc below
        import logging  # noqa: PLC0415 - likewise

        with loading():
            from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
            from maglia.wire.channel import quiet_grpc  # noqa: PLC0415 - loads grpc
            from registry.relay_app import serve as serve_until_stopped  # noqa: PLC0415 - loads grpc and tuf
            from registry.relay_config import load_settings  # noqa: PLC0415 - loads pydantic
            from registry.relay_setup import load_identity, load_network  # noqa: PLC0415 - loads cryptography

        quiet_grpc()
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        settings = load_settings(directory, public_listen=public_listen, nodes_listen=nodes_listen)
        identity = load_identity(directory, read_passphrase())
        asyncio.run(serve_until_stopped(directory, settings, load_network(directory), identity))


@relay.command(epilog="Esempio: maglia-registry relay status --dir /var/lib/maglia-relay --json")
def status(directory: RelayDir, as_json: AsJson = False) -> None:
    """Mostrare chi è collegato e quanto passa: numeri, nessuna persona e nessun chiamante."""
    with errors(as_json):
        from registry.relay_status import read_status, status_lines  # noqa: PLC0415 - loads grpc

        document = read_status(directory)
        say(as_json, document, "\n".join(status_lines(document, spoken())))
