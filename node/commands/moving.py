"""`maglia-node backup` and `restore`: a node as one sealed file, to keep or to move."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from maglia.cli import ask_secret, spoken
from maglia.core.translation import mark, tr
from node.commands.base import REMOTE, AsJson, Folder, say, told

if TYPE_CHECKING:
    from node.hosting.packing import Contents

ARCHIVE_PASSPHRASE = "MAGLIA_ARCHIVE_PASSPHRASE"  # noqa: S105 - the variable's name
STREAM = Path("-")


@told
def backup(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="File da scrivere; - per l'uscita.")],
    move: Annotated[
        bool, typer.Option("--move", help="Trasferisce: a nodo fermo, e da questa cartella non si serve più.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mette il nodo intero in un archivio cifrato; chiede la frase segreta, o la legge da MAGLIA_ARCHIVE_PASSPHRASE.

    Esempio: maglia-node backup --dir nodo --out nodo.maglia-node --move

    Con --move l'archivio è l'unica continuazione dell'ente: si rimette altrove con «maglia-node restore», e contiene
    anche le chiavi mensili del registro. Senza, il nodo resta in servizio e quelle chiavi non ci sono.
    """
    from maglia.core.keystore import read_passphrase
    from node.hosting.moving import archive

    passphrase = archive_passphrase(new=True)
    with written(out) as file:
        contents = archive(folder, file, read_passphrase(), passphrase, move=move)
    lang = spoken()
    ending = tr("Da questa cartella l'ente non serve più." if move else "Il nodo può restare in servizio.", lang)
    done = tr("Scritto {file}.", lang).format(file=out)
    say(as_json, document(contents, "maglia.node-backup/1", str(out)), f"{summary(contents)}\n{done} {ending}")


@told
def restore(
    file: Annotated[Path, typer.Argument(help="Archivio scritto da «maglia-node backup»; - per l'ingresso.")],
    folder: Folder,
    peer: Annotated[str, typer.Option(help="HOST:PORTA per gli altri enti.")],
    front: Annotated[str, typer.Option(help="HOST:PORTA per le postazioni dell'ente.")],
    remote: Annotated[bool | None, typer.Option(help=f"{REMOTE} Se non detto, come prima.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rimette un nodo archiviato in una cartella nuova, con un altro indirizzo; poi «serve» pubblica la scheda.

    Esempio: maglia-node restore nodo.maglia-node --dir nodo --peer 10.0.0.9:7443 --front 10.0.0.9:7444
    """
    from maglia.core.keystore import read_passphrase
    from node.hosting import moving
    from node.hosting.sealed import read_header

    passphrase = archive_passphrase(new=False)
    with read(file) as source:
        header = read_header(source)
        place = moving.Place(peer, front, remote)
        restored = moving.restore(folder, source, header, passphrase, place, read_passphrase())
    lang = spoken()
    back = tr("Rimesso in {folder}. Ora: «maglia-node serve».", lang).format(folder=folder)
    lines = [summary(restored.contents), back, *left_line(restored.left)]
    if not restored.contents.moved:
        lines.append(tr("È una copia: se l'ente serve ancora altrove, fermarlo prima di avviare questo.", lang))
    found = document(restored.contents, "maglia.node-restore/1", str(file)) | {"left": list(restored.left)}
    say(as_json, found, "\n".join(lines))


def archive_passphrase(*, new: bool) -> str:
    """Return the passphrase of an archive, asked for where the environment has none."""
    return ask_secret(mark("Frase segreta dell'archivio"), ARCHIVE_PASSPHRASE, is_new=new)


@contextmanager
def written(out: Path) -> Iterator[BinaryIO]:
    """Yield a file of the owner's alone that gets its name when all is in it; raise `storage.exists`, `input.file`."""
    from maglia.core.errors import Code, MagliaError
    from node.hosting.packing import sync_folder

    if out == STREAM:
        stream, sys.stdout = sys.stdout.buffer, sys.stderr  # what is said must not end up inside the archive
        try:
            yield stream
        except OSError as error:  # a full disk, or whoever read it is gone
            raise MagliaError(Code.STORAGE_FOLDER, path=str(STREAM), cause=type(error).__name__) from error
        return
    if out.exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=str(out))
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(out)
        sync_folder(out.parent)  # the name too survives a power cut
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(out.parent), cause=type(error).__name__) from error
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def read(file: Path) -> Iterator[BinaryIO]:
    """Yield a file, or what comes in; raise `input.file`."""
    from maglia.core.errors import Code, MagliaError

    if file == STREAM:
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=file.name) from error
    with source:
        yield source


def document(contents: Contents, schema: str, file: str) -> dict[str, object]:
    """Return what an archive holds as a document."""
    return {"schema": schema, "file": file, **asdict(contents)}


def summary(contents: Contents) -> str:
    """Return what an archive holds in one line."""
    said = tr(
        "«{member}»: {rows} righe di dati, {size} voci del registro, testata {root}."
        if contents.log_size
        else "«{member}»: {rows} righe di dati, {size} voci del registro.",
        spoken(),
    )
    rows, root = sum(contents.rows.values()), contents.log_root[:16]
    return said.format(member=contents.member, rows=rows, size=contents.log_size, root=root)


def left_line(left: Sequence[str]) -> list[str]:
    """Return which settings stayed on the machine of before, where any did."""
    if not left:
        return []
    return [tr("Impostazioni rimaste sul computer di prima: {names}.", spoken()).format(names=", ".join(left))]
