"""The commands of `maglia-registry`. What is heavy is imported inside them: `--help` must be quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maglia.cli import ask_secret, loading, spoken
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import NetworkRole
from registry.console import AsJson, Dir, errors, pair, say

officer = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Funzionari dell'ufficio.")
auditor = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Revisori della rete.")

User = Annotated[str, typer.Argument(help="Nome utente.")]
Name = Annotated[str, typer.Option("--name", help="Nome e cognome.")]


def init(
    directory: Dir,
    network: Annotated[str, typer.Option(help="Nome della rete: lettere minuscole, cifre, trattini.")],
    officers: Annotated[list[str], typer.Option("--officer", help="UTENTE=CHIAVE pubblica in hex; almeno due.")],
    peer: Annotated[str, typer.Option(help="HOST:PORTA per i nodi.")],
    front: Annotated[str, typer.Option(help="HOST:PORTA per domande, funzionari e revisori.")],
    threshold: Annotated[int, typer.Option(help="Firme necessarie.")] = 2,
    policies_folder: Annotated[Path | None, typer.Option("--policies", help="Cartella delle prime regole.")] = None,
    root_key: Annotated[
        list[str] | None,
        typer.Option(help="Chiave pubblica di un custode della radice, in hex; senza, le chiavi si creano qui."),
    ] = None,
    root_threshold: Annotated[int, typer.Option(help="Firme necessarie fra i custodi.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Creare il registro: cartella, chiavi, prima radice di fiducia.

    Esempio: maglia-registry init --dir /var/lib/maglia --network ambito --officer anna=4f.. --officer ivo=a1..
    """
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from registry.setup import OFFLINE_FOLDER, Plan, initialize  # noqa: PLC0415 - loads tuf and sqlalchemy

        pairs = [pair(text) for text in officers]
        plan = Plan(network, pairs, threshold, peer, front, policies_folder, root_key or (), root_threshold)
        carried = initialize(directory, plan, read_passphrase())
        document = {"schema": "maglia.registry-init/1", "network": network}
        offline = str(directory / OFFLINE_FOLDER)
        document |= {"offline": offline} if carried is None else {"root": str(carried)}
        done = tr("Registro della rete «{network}» creato in {folder}.", spoken())
        following = tr(
            "ATTENZIONE: le chiavi di radice sono in {folder}. Darne una a ogni custode e toglierle da qui."
            if carried is None
            else "Ora portare {file} ai custodi («maglia-registry root sign»), poi «maglia-registry root publish».",
            spoken(),
        )
        lines = [done.format(network=network, folder=directory), following.format(folder=offline, file=carried)]
        say(as_json, document, "\n".join(lines))


@officer.command("add", epilog="Esempio: maglia-registry officer add anna --name 'Anna Neri' --dir /var/lib/maglia")
def officer_add(user: User, directory: Dir, name: Name, as_json: AsJson = False) -> None:
    """Dare nome e password a un funzionario indicato con init."""
    _add_person(directory, user, name, NetworkRole.ACCREDITATION_OFFICER, as_json)


@auditor.command("add", epilog="Esempio: maglia-registry auditor add sara --name 'Sara Verdi' --dir /var/lib/maglia")
def auditor_add(user: User, directory: Dir, name: Name, as_json: AsJson = False) -> None:
    """Aggiungere un revisore."""
    _add_person(directory, user, name, NetworkRole.AUDITOR, as_json)


def _add_person(directory: Path, user: str, name: str, role: NetworkRole, as_json: bool) -> None:
    with errors(as_json):
        from registry.setup import add_person  # noqa: PLC0415 - loads tuf and sqlalchemy

        password = ask_secret(mark("Password"), "MAGLIA_PASSWORD", is_new=True)
        add_person(directory, user, name, role, password)
        say(
            as_json,
            {"schema": "maglia.registry-person/1", "user": user, "role": role},
            tr("{name} può accedere come {user}.", spoken()).format(name=name, user=user),
        )


def network_file_command(
    directory: Dir,
    out: Annotated[Path, typer.Option(help="File da scrivere.")],
    as_json: AsJson = False,
) -> None:
    """Scrivere il file da cui parte un nuovo ente, e mostrarne l'impronta da leggere a voce.

    Esempio: maglia-registry network-file --dir /var/lib/maglia --out rete.json
    """
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from maglia.core.network_file import encode_network_file  # noqa: PLC0415 - likewise
        from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
        from registry.setup import network_file  # noqa: PLC0415 - loads tuf and sqlalchemy

        file = network_file(directory, load_settings(directory), read_passphrase())
        out.write_bytes(encode_network_file(file))
        document = {"schema": "maglia.registry-network-file/1", "file": str(out), "fingerprint": file.fingerprint}
        done = tr("Scritto {file}. Impronta da leggere a voce: {fingerprint}", spoken())
        say(as_json, document, done.format(file=out, fingerprint=file.fingerprint))


def certificates(directory: Dir, as_json: AsJson = False) -> None:
    """Creare nuovi certificati TLS delle due porte; poi riavviare, e dare a tutti un nuovo file di rete.

    Esempio: maglia-registry certificates --dir /var/lib/maglia
    """
    with errors(as_json):
        import time  # noqa: PLC0415 - with the others

        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
        from registry.secrets import renew_certificates  # noqa: PLC0415 - loads cryptography

        network = load_settings(directory).network
        renew_certificates(directory, network, read_passphrase(), time.time())
        document = {"schema": "maglia.registry-certificates/1", "network": network}
        say(
            as_json,
            document,
            tr("Certificati nuovi. Riavviare il registro e riscrivere il file di rete per tutti gli enti.", spoken()),
        )


def recover(
    directory: Dir,
    copies: Annotated[
        list[Path],
        typer.Option(
            "--from", help="Ciò che un nodo (DIR/trust) o la postazione di un funzionario (NOME.trust) conserva."
        ),
    ],
    only_look: Annotated[bool, typer.Option("--check", help="Solo mostrare che cosa cambierebbe.")] = False,
    as_json: AsJson = False,
) -> None:
    """Riportare al presente un registro ripristinato da una copia vecchia, con ciò che fu firmato dopo.

    Esempio: maglia-registry recover --dir /var/lib/maglia --from paolo.trust --from mensa-est/trust
    """
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
        from registry.kept_copy import read_copy  # noqa: PLC0415 - loads tuf
        from registry.recovery import Recovery  # noqa: PLC0415 - loads tuf and sqlalchemy
        from registry.recovery_text import document_of, lines_of  # noqa: PLC0415 - with them
        from registry.root import open_root_office  # noqa: PLC0415 - loads sqlalchemy

        kept = [read_copy(path) for path in copies]
        office = open_root_office(directory, load_settings(directory), read_passphrase())
        try:
            office.database.migrate()
            found = Recovery(office, kept).run(only_look=only_look)
        finally:
            office.database.close()
        say(as_json, document_of(found, only_look), "\n".join(lines_of(found, only_look, spoken())))


def serve(
    directory: Dir,
    peer: Annotated[str | None, typer.Option(help="HOST:PORTA per i nodi.")] = None,
    front: Annotated[str | None, typer.Option(help="HOST:PORTA per domande, funzionari e revisori.")] = None,
    as_json: AsJson = False,
) -> None:
    """Servire la rete, fino a SIGTERM o Ctrl+C.

    Esempio: maglia-registry serve --dir /var/lib/maglia
    """
    with errors(as_json):
        import asyncio  # noqa: PLC0415 - with grpc below
        import logging  # noqa: PLC0415 - likewise

        with loading():
            import regopy  # noqa: F401, PLC0415 - loaded after gRPC, it keeps every decision's memory (docs/adr/0007)

            from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
            from maglia.wire.channel import quiet_grpc  # noqa: PLC0415 - loads grpc
            from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
            from registry.secrets import load_secrets  # noqa: PLC0415 - loads cryptography
            from registry.serving import serve as serve_until_stopped  # noqa: PLC0415 - loads everything

        quiet_grpc()
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        settings = load_settings(directory, peer=peer, front=front)
        asyncio.run(serve_until_stopped(directory, settings, load_secrets(directory, read_passphrase())))
