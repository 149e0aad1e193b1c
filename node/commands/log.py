"""`maglia-node log`: the access log on the node's own machine, and its archive files anywhere."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.cli import spoken
from maglia.core.translation import tr
from node.commands.base import AsJson, Folder, open_node, run, say, told

if TYPE_CHECKING:
    from maglia.core.checkpoint import NoteKey
    from maglia.core.log_archive_read import Checked
    from maglia.core.log_check import LogReport
    from node.log.term import Due

log = typer.Typer(
    help="Il registro degli accessi e i suoi file d'archivio.", no_args_is_help=True, rich_markup_mode=None
)


@log.command()
@told
def verify(folder: Folder, as_json: AsJson = False) -> None:
    """Ricalcola il registro dalle voci e dai file d'archivio; anche a nodo in servizio.

    Esempio: maglia-node log verify --dir nodo

    Uscita: 0 integro, 1 alterato.
    """
    from maglia.core.checkpoint import NoteKey
    from maglia.core.log_archives import FOLDER
    from maglia.core.log_check import verify_log
    from maglia.sql.log import SqlLogBackend
    from node.folder import open_database
    from node.log.guard import FORK_FILE, kept_note

    settings, network, keys = open_node(folder)
    engine = open_database(folder, settings.database)
    try:
        key = NoteKey(f"maglia/{network.network}/{settings.member}", keys.log.private.public_key())
        report = verify_log(SqlLogBackend(engine), key, kept=kept_note(folder), archives=folder / FOLDER)
    finally:
        engine.dispose()
    ok = report.ok and not (folder / FORK_FILE).exists()
    public = key.public_key.public_bytes_raw().hex()
    document = {"schema": "maglia.node-log/1", **asdict(report), "ok": ok, "key": public}
    of_log = tr("Chiave del registro: {key}", spoken()).format(key=public)
    say(as_json, document, f"{_verdict(report, ok=ok)}\n{of_log}")
    raise typer.Exit(0 if ok else 1)


def _verdict(report: LogReport, *, ok: bool) -> str:
    lang = spoken()
    if not ok:
        if report.bad_archive and report.holds:
            bad = tr("!!  Il file d'archivio {name} è alterato: rimetterlo da una copia e ripetere.", lang)
            return bad.format(name=report.bad_archive)
        return tr(
            "!!  Il registro è alterato alla voce {index}. Fermare il nodo e avvisare il revisore."
            if report.first_bad is not None
            else "!!  Il registro è alterato: non corrisponde alla testata. Fermare il nodo e avvisare il revisore.",
            lang,
        ).format(index=report.first_bad)
    return tr(
        "OK  Il registro è integro, voci: {size}; le voci prima della {first} sono note dalle sole impronte."
        if report.first
        else "OK  Il registro è integro, voci: {size}.",
        lang,
    ).format(size=report.size, first=report.first)


@log.command()
@told
def archive(
    folder: Folder,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dice che cosa accadrebbe e non tocca nulla.")] = False,
    as_json: AsJson = False,
) -> None:
    """A nodo fermo: archivia le voci oltre il termine e distrugge le chiavi di quei mesi. In servizio lo fa da sé.

    Esempio: maglia-node log archive --dir nodo --dry-run
    """
    from maglia.core.keystore import read_passphrase
    from node.local_log import keep_log

    settings, network, _ = open_node(folder)
    due: Due = run(keep_log(folder, settings, network, read_passphrase(), dry_run=dry_run))
    counts = {"kept_from": due.kept_from, "months": due.months, "first": due.first, "end": due.end}
    document = {"schema": "maglia.node-log-archive/1", "dry_run": dry_run, **counts}
    say(as_json, document, _due_text(due, dry_run=dry_run))


def _due_text(due: Due, *, dry_run: bool) -> str:
    lang = spoken()
    text = tr(
        "Si conserva da {kept_from}.\nDa distruggere le chiavi dei mesi: {months}.\nDa archiviare le voci: {entries}."
        if dry_run
        else "Si conserva da {kept_from}.\nDistrutte le chiavi dei mesi: {months}.\nArchiviate le voci: {entries}.",
        lang,
    )
    entries = tr("dalla {first} alla {last}" if due.end > due.first else "nessuna", lang)
    months = ", ".join(due.months) or tr("nessuna", lang)
    return text.format(
        kept_from=due.kept_from, months=months, entries=entries.format(first=due.first, last=due.end - 1)
    )


@log.command("check-files")
@told
def check_files(
    files: Annotated[list[Path], typer.Argument(help="File d'archivio, o la cartella che li contiene.")],
    key: Annotated[str, typer.Option(help="Chiave pubblica del registro, 64 cifre esadecimali.")],
    origin: Annotated[str, typer.Option(help="Origine del registro, maglia/RETE/ENTE.")],
    as_json: AsJson = False,
) -> None:
    """Controlla file d'archivio da soli, come catena: firme, voci, testata. Non serve alcun nodo.

    Esempio: maglia-node log check-files archivio --origin maglia/distretto/mensa-est --key 1f0c...

    Uscita: 0 integri, 1 alterati.
    """
    from maglia.core.log_archive import SUFFIX
    from maglia.core.log_archive_read import check_chain

    paths = sorted(each for path in files for each in (path.glob(f"*{SUFFIX}") if path.is_dir() else [path]))
    chain = check_chain(paths, _key_of(origin, key))
    document = {"schema": "maglia.log-archive-check/1", "files": [_document(one) for one in chain]}
    lines = [f"{path.name}: {_line(one)}" for path, one in zip(paths, chain, strict=True)]
    say(as_json, document, "\n".join([*lines, tr("OK  File integri: {count}.", spoken()).format(count=len(chain))]))


def _key_of(origin: str, key: str) -> NoteKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from maglia.core.checkpoint import NoteKey
    from maglia.core.errors import Code, MagliaError

    try:
        return NoteKey(origin, Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)))
    except ValueError as error:
        raise MagliaError(Code.INPUT_SETTING_VALUE, field="--key", source="--key", allowed="0-9, a-f (64)") from error


def _document(checked: Checked) -> dict[str, object]:
    header, checkpoint = checked.header, checked.checkpoint
    of_file = {"number": header.number, "first": header.first, "end": header.end, "sha256": checked.digest.hex()}
    return {**of_file, "checkpoint_size": checkpoint.size, "checkpoint_root": checkpoint.root.hex()}


def _line(checked: Checked) -> str:
    header = checked.header
    said = tr("voci da {first} a {last}, sotto la testata di {size} voci", spoken())
    return said.format(first=header.first, last=header.end - 1, size=checked.checkpoint.size)
