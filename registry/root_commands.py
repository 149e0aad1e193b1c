"""`maglia-registry root`: the holders' keys, and every change of who may sign what.

`init`, `show` and `sign` run on a holder's own machine and need no registry.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.cli import ask_secret, spoken
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import mark, tr
from registry.console import AsJson, Dir, errors, pair, say

if TYPE_CHECKING:
    from registry.root import RootOffice
    from registry.root_file import RootFile

root = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Radice di fiducia: chi può firmare che cosa.")

RootPath = Annotated[Path, typer.Argument(metavar="FILE", help="File della modifica, portato ai custodi.")]
Out = Annotated[Path, typer.Option("--out", help="File da scrivere.")]
_PASSPHRASE = "MAGLIA_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret
_ROTATED = ("snapshot", "suspensions", "witness")


@root.command("init", epilog="Esempio: maglia-registry root init --out radice-anna.json")
def init(out: Out, as_json: AsJson = False) -> None:
    """Creare la chiave di un custode della radice, cifrata con la sua frase segreta (chiesta, o MAGLIA_PASSPHRASE)."""
    with errors(as_json):
        from maglia.core.identity import fingerprint  # noqa: PLC0415 - loads cryptography
        from registry.root_file import make_root_key  # noqa: PLC0415 - loads tuf

        key = make_root_key(out, _own_passphrase(is_new=True))
        named = {"key": key.public.hex(), "fingerprint": fingerprint(key.public)}
        say(
            as_json,
            {"schema": "maglia.root-key/1", "file": str(out), **named},
            tr(
                "Scritta {file}: non lasciarla sul registro.\n"
                "Impronta da leggere a voce: {fingerprint}\nChiave pubblica: {key}",
                spoken(),
            ).format(file=out, **named),
        )


@root.command(
    "prepare",
    epilog="Esempio: maglia-registry root prepare --dir /var/lib/maglia --remove-officer ivo --out radice-2.json",
)
def prepare(
    directory: Dir,
    out: Out,
    add_key: Annotated[list[str] | None, typer.Option(help="Chiave pubblica di un nuovo custode, in hex.")] = None,
    remove_key: Annotated[list[str] | None, typer.Option(help="Chiave o impronta di un custode da togliere.")] = None,
    threshold: Annotated[int, typer.Option(help="Firme necessarie fra i custodi.")] = 0,
    officer: Annotated[
        list[str] | None, typer.Option(help="UTENTE=CHIAVE: nuovo funzionario, o nuova chiave di uno che c'è.")
    ] = None,
    remove_officer: Annotated[list[str] | None, typer.Option(help="Funzionario da togliere.")] = None,
    officer_threshold: Annotated[int, typer.Option(help="Firme necessarie fra i funzionari.")] = 0,
    rotate: Annotated[
        list[str] | None,
        typer.Option(help="Chiave del registro da cambiare: snapshot (anche timestamp), suspensions, witness."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Preparare la prossima radice, da portare ai custodi; senza modifiche, rinnova la scadenza."""
    with errors(as_json):
        from registry.root import RootChange  # noqa: PLC0415 - loads tuf and sqlalchemy
        from registry.secrets import Online  # noqa: PLC0415 - loads cryptography

        if not set(rotate or ()) <= set(_ROTATED):
            raise MagliaError(Code.INPUT_FIELD, field="rotate")
        change = RootChange(
            add_keys=add_key or (),
            remove_keys=remove_key or (),
            threshold=threshold,
            officers=[pair(text) for text in officer or ()],
            remove_officers=remove_officer or (),
            officer_threshold=officer_threshold,
            rotate=frozenset(map(Online, rotate or ())),
        )
        office = _office(directory)
        try:
            file = office.prepare(change)
        finally:
            office.database.close()
        _write(out, file)
        lines = [tr("Scritto {file}: da portare a chi deve firmare.", spoken()).format(file=out)]
        if change.rotate and office.database.is_shared:
            copy = tr("Ora copiare keystore.json sulle altre copie del registro, e lì «root check {file}».", spoken())
            lines.append(copy.format(file=out.name))
        _tell(as_json, file, "\n".join(lines))


@root.command("show", epilog="Esempio: maglia-registry root show radice-2.json")
def show(path: RootPath, as_json: AsJson = False) -> None:
    """Mostrare che cosa cambia, chi ha firmato e chi manca; da leggere prima di firmare."""
    with errors(as_json):
        _tell(as_json, _read(path), "")


@root.command("sign", epilog="Esempio: maglia-registry root sign radice-2.json --key radice-anna.json")
def sign(
    path: RootPath,
    key: Annotated[Path, typer.Option("--key", help="File della chiave del custode, o del funzionario.")],
    as_json: AsJson = False,
) -> None:
    """Aggiungere la propria firma al file."""
    with errors(as_json):
        from registry.root_file import load_holder_key, sign_file  # noqa: PLC0415 - loads tuf

        file = sign_file(_read(path), load_holder_key(key, _own_passphrase()))
        _write(path, file)
        _tell(as_json, file, tr("Firmato.", spoken()))


@root.command("refresh", epilog="Esempio: maglia-registry root refresh radice-2.json --dir /var/lib/maglia")
def refresh(path: RootPath, directory: Dir, as_json: AsJson = False) -> None:
    """Aggiornare l'elenco nel file, se intanto ne è uscito un altro; le firme dei custodi restano."""
    with errors(as_json):
        office = _office(directory)
        try:
            file = office.refresh(_read(path))
        finally:
            office.database.close()
        _write(path, file)
        _tell(as_json, file, tr("Elenco aggiornato: i funzionari firmano di nuovo.", spoken()))


@root.command("publish", epilog="Esempio: maglia-registry root publish radice-2.json --dir /var/lib/maglia")
def publish(path: RootPath, directory: Dir, as_json: AsJson = False) -> None:
    """Mettere in vigore una radice firmata, anche mentre il registro serve la rete."""
    with errors(as_json):
        file, office = _read(path), _office(directory)
        try:
            version = office.publish(file)
        finally:
            office.database.close()
        say(
            as_json,
            {"schema": "maglia.root-published/1", "version": version},
            tr("Radice {version} in vigore: nodi e funzionari la seguono da soli.", spoken()).format(version=version),
        )


@root.command("check", epilog="Esempio: maglia-registry root check --dir /var/lib/maglia radice-2.json")
def check(
    directory: Dir,
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Modifica da pubblicare; senza, ciò che è in vigore.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Controllare, su ogni copia del registro, che keystore.json abbia le chiavi che la radice nomina."""
    with errors(as_json):
        from registry.root_check import check_keys  # noqa: PLC0415 - loads tuf and sqlalchemy

        office = _office(directory)
        try:
            keys = check_keys(office, None if path is None else _read(path))
        finally:
            office.database.close()
        named = {online.value: key.hex() for online, key in keys.items()}
        say(
            as_json,
            {"schema": "maglia.root-check/1", "keys": named},
            tr("Le chiavi ci sono tutte: {names}. Questa copia potrà firmare.", spoken()).format(
                names=", ".join(named)
            ),
        )


def _own_passphrase(*, is_new: bool = False) -> str:
    """Return the holder's own passphrase; raise `session.unattended` where nobody can type it."""
    return ask_secret(mark("Frase segreta della chiave"), _PASSPHRASE, is_new=is_new)


def _office(directory: Path) -> RootOffice:
    from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
    from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
    from registry.root import open_root_office  # noqa: PLC0415 - loads sqlalchemy

    return open_root_office(directory, load_settings(directory), read_passphrase())


def _read(path: Path) -> RootFile:
    from registry.root_file import decode_root_file  # noqa: PLC0415 - loads tuf

    try:
        return decode_root_file(path.read_bytes())
    except OSError as error:
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-registry root prepare") from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause=str(error)) from error


def _write(path: Path, file: RootFile) -> None:
    from maglia.core.keystore import write_private  # noqa: PLC0415 - loads cryptography
    from registry.root_file import encode_root_file  # noqa: PLC0415 - loads tuf

    write_private(path, encode_root_file(file))


def _tell(as_json: bool, file: RootFile, first: str) -> None:
    from registry.root_text import document_of, lines_of  # noqa: PLC0415 - loads tuf

    say(as_json, document_of(file), "\n".join([first, *lines_of(file, spoken())]).lstrip())
