"""`maglia-registry seeds`: other seeds for the next epoch, and the end of those of epochs that are over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from maglia.cli import spoken
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from registry.console import AsJson, Dir, errors, say

if TYPE_CHECKING:
    from collections.abc import Mapping

seeds = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Semi da cui nascono le chiavi degli pseudonimi.")


def _in_use(directory: Path, passphrase: str) -> tuple[Path, Mapping[int, int], list[int]]:
    """Return the keystore, the trio of each epoch in use, and all trios; raise `directory.not_there` before the first.

    Raises `storage.keystore` when it lacks the seeds of an epoch in use: whatever is decided from it is wrong.
    """
    from maglia.core.evaluation_keys import decode_keys  # noqa: PLC0415 - loads cryptography
    from maglia.core.keystore import load_keystore  # noqa: PLC0415 - likewise
    from registry.config import load_settings  # noqa: PLC0415 - loads pydantic
    from registry.secrets import KEYSTORE_FILE  # noqa: PLC0415 - loads tuf
    from registry.seeds import read_trios, trios_in_use  # noqa: PLC0415 - loads cryptography
    from registry.store.database import Database  # noqa: PLC0415 - loads sqlalchemy
    from registry.store.files import SqlFiles  # noqa: PLC0415 - likewise

    keystore = directory / KEYSTORE_FILE
    trios = read_trios(load_keystore(keystore, passphrase))
    database = Database.open(directory, load_settings(directory).database)
    try:
        published = SqlFiles(database).publications(1)
    finally:
        database.close()
    if not published:
        raise MagliaError(Code.DIRECTORY_NOT_THERE, cause="nothing is published yet")
    keys = decode_keys(published[0].keys)
    used = trios_in_use(trios, keys)
    if set(used) != set(keys.epochs.all):
        raise MagliaError(Code.STORAGE_KEYSTORE, cause="no seeds of an epoch in use")
    return keystore, used, sorted(trios)


@seeds.command("show", epilog="Esempio: maglia-registry seeds show --dir /var/lib/maglia")
def show(directory: Dir, as_json: AsJson = False) -> None:
    """Mostrare quali terne di semi ci sono e per quali periodi servono."""
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography

        _, used, trios = _in_use(directory, read_passphrase())
        epochs = {number: [epoch for epoch, trio in used.items() if trio == number] for number in trios}
        document = {
            "schema": "maglia.registry-seeds/1",
            "trios": [{"trio": number, "epochs": found} for number, found in epochs.items()],
        }
        say(as_json, document, "\n".join(_trio_line(number, found) for number, found in epochs.items()))


def _trio_line(number: int, epochs: list[int]) -> str:
    said = tr("Terna {number}: periodo {epochs}" if epochs else "Terna {number}: non in uso", spoken())
    return said.format(number=number, epochs=", ".join(map(str, epochs)))


@seeds.command("new", epilog="Esempio: maglia-registry seeds new --dir /var/lib/maglia")
def new(directory: Dir, as_json: AsJson = False) -> None:
    """Creare una nuova terna, usata dal prossimo «maglia office epoch start»; il registro può restare acceso."""
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from registry.seeds import add_trio  # noqa: PLC0415 - likewise

        passphrase = read_passphrase()
        keystore, used, _ = _in_use(directory, passphrase)
        trio, is_made = add_trio(keystore, passphrase, used.values())
        said = tr(
            "Terna {number}: creata. Salvare una copia di {file} e copiarlo sulle altre repliche; poi due "
            "funzionari annunciano le nuove chiavi con «maglia office epoch start»."
            if is_made
            else "Terna {number}: c'era già, mai annunciata. Salvare una copia di {file} e copiarlo sulle altre "
            "repliche; poi due funzionari annunciano le nuove chiavi con «maglia office epoch start».",
            spoken(),
        )
        say(
            as_json,
            {"schema": "maglia.registry-seeds-new/1", "trio": trio, "made": is_made},
            said.format(number=trio, file=keystore.name),
        )


@seeds.command("forget", epilog="Esempio: maglia-registry seeds forget --dir /var/lib/maglia")
def forget(directory: Dir, as_json: AsJson = False) -> None:
    """Cancellare le terne dei periodi finiti: chi rubasse il registro non aprirebbe più le banche dati di allora."""
    with errors(as_json):
        from maglia.core.keystore import read_passphrase  # noqa: PLC0415 - loads cryptography
        from registry.seeds import forget_trios  # noqa: PLC0415 - likewise

        passphrase = read_passphrase()
        keystore, used, _ = _in_use(directory, passphrase)
        gone = forget_trios(keystore, passphrase, used.values())
        text = tr("Cancellate: {numbers}." if gone else "Niente da cancellare.", spoken())
        kept = tr("Le copie di {file} fatte prima le contengono ancora: distruggerle.", spoken())
        say(
            as_json,
            {"schema": "maglia.registry-seeds-forget/1", "forgotten": gone},
            f"{text.format(numbers=', '.join(map(str, gone)))} {kept.format(file=keystore.name)}",
        )
