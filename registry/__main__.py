"""`maglia-registry`: the accreditation office's server."""

from __future__ import annotations

from typing import ClassVar

import typer

from maglia.cli import Commands, Version


class RegistryCommands(Commands):
    """Every command of the registry: where it is, and the first paragraph of its help."""

    table: ClassVar = {
        "init": ("registry.commands:init", "Creare il registro: cartella, chiavi, prima radice di fiducia."),
        "network-file": (
            "registry.commands:network_file_command",
            "Scrivere il file da cui parte un nuovo ente, e mostrarne l'impronta da leggere a voce.",
        ),
        "certificates": (
            "registry.commands:certificates",
            "Creare nuovi certificati TLS delle due porte; poi riavviare, e dare a tutti un nuovo file di rete.",
        ),
        "recover": (
            "registry.commands:recover",
            "Riportare al presente un registro ripristinato da una copia vecchia, con ciò che fu firmato dopo.",
        ),
        "serve": ("registry.commands:serve", "Servire la rete, fino a SIGTERM o Ctrl+C."),
        "officer": ("registry.commands:officer", "Funzionari dell'ufficio."),
        "auditor": ("registry.commands:auditor", "Revisori della rete."),
        "root": ("registry.root_commands:root", "Radice di fiducia: chi può firmare che cosa."),
        "seeds": ("registry.seed_commands:seeds", "Semi da cui nascono le chiavi degli pseudonimi."),
        "policies": ("registry.policy_commands:policies", "Regole della rete: chi vede che cosa."),
        "relay": (
            "registry.relay_commands:relay",
            "Un relay: fa raggiungere i nodi senza indirizzo pubblico, e non può leggere ciò che passa.",
        ),
    }


app = typer.Typer(cls=RegistryCommands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def registry(version: Version = False) -> None:
    """Il registro dell'ufficio di accreditamento."""


def main() -> None:
    """Run the command line."""
    app(prog_name="maglia-registry")


if __name__ == "__main__":
    main()
