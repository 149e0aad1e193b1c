"""`maglia-node`: a body's node from its first day to its daily work."""

from __future__ import annotations

from typing import ClassVar

import typer

from maglia.cli import Commands, Version


class NodeCommands(Commands):
    """Every command of a node: where it is, and the first paragraph of its help."""

    table: ClassVar = {
        "init": ("node.commands.entering:init", "Prepara la cartella e le chiavi."),
        "apply": (
            "node.commands.entering:apply",
            "Invia la domanda di accreditamento; su un terminale chiede ciò che manca.",
        ),
        "state": ("node.commands.entering:state", "Chiede all'ufficio a che punto è la domanda."),
        "join": ("node.commands.entering:join", "Attiva il nodo con il codice dell'ufficio."),
        "doctor": (
            "node.commands.doctor:doctor",
            "Controlla il nodo e dice come rimediare: OK, AVVISO o PROBLEMA per ogni parte.",
        ),
        "repseudonymize": (
            "node.commands.repseudonymize:repseudonymize",
            "Iscrive tutti sotto le nuove chiavi annunciate dall'ufficio; interrotto, riprende da dove era.",
        ),
        "serve": (
            "node.commands.serve:serve",
            "Avvia il nodo; si ferma con Ctrl-C. Con --json l'errore che ne impedisce l'avvio è in JSON.",
        ),
        "import": (
            "node.commands.import_file:import_",
            "Importa aiuti da un file CSV, XLSX o ODS; le righe scartate vanno in FILE.scarti.csv.",
        ),
        "backup": (
            "node.commands.moving:backup",
            "Mette il nodo intero in un archivio cifrato; chiede la frase segreta, o la legge da"
            " MAGLIA_ARCHIVE_PASSPHRASE.",
        ),
        "restore": (
            "node.commands.moving:restore",
            "Rimette un nodo archiviato in una cartella nuova, con un altro indirizzo; poi «serve» pubblica la scheda.",
        ),
        "profile": (
            "node.commands.operator:profile",
            "Scrive il profilo di una postazione, senza segreti, e il certificato accanto.",
        ),
        "operator": ("node.commands.operator:operator", "Gli operatori dell'ente."),
        "log": ("node.commands.log:log", "Il registro degli accessi e i suoi file d'archivio."),
        "host": (
            "node.commands.host:host",
            "I nodi di più enti su un solo computer, ognuno con utente, cartella e chiavi sue.",
        ),
        "device": ("node.commands.device:device", "Le postazioni che possono collegarsi da fuori."),
    }


# Pretty exceptions would print local variables, and so persons and keys.
app = typer.Typer(cls=NodeCommands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def node(version: Version = False) -> None:
    """Il nodo di un ente: iscrizione, servizio, importazione, operatori."""


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
