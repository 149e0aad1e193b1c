"""`maglia-node serve`."""

from __future__ import annotations

from maglia.cli import loading
from node.commands.base import AsJson, Folder, Via, run, told


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
