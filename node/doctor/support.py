"""The support file: what whoever helps needs to know of a node, and nothing of a person.

Nothing is blacked out: each part is written from what may be in it, number by number and code by code, so that what
nobody thought of stays out. No names of persons, codes, creditors, notes or operators, no keys or passphrases, none of
them hashed or under a pseudonym either, and no folder of this machine. Bodies, which are public, have their names.
"""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding
from maglia.core.keystore import write_private
from node.doctor import support_database, support_parts
from node.doctor.technical_log import last_lines

_README = """\
Maglia: file di assistenza di un nodo / support file of a node

  findings.json   che cosa va e che cosa no, come «maglia-node doctor»
  versions.json   versioni dei programmi
  settings.json   impostazioni senza segreti
  network.json    rete, versione dell'elenco degli enti e delle regole
  sizes.json      grandezze di file e tabelle, in byte e righe
  log.json        registro degli accessi: voci, radice, testata; codici contati
  technical.log   ultime righe del registro tecnico: le sole parole del programma

Sono testi: si aprono e si leggono tutti. Non c'è nessun dato di persone, nessun
operatore, nessuna chiave, nessuna cartella di questo computer.
All of it is text, to be opened and read. No data of persons, no operator, no
key, no folder of this machine is in it.
"""
FILES = ("LEGGIMI.txt", "findings.json", "versions.json", "settings.json", "network.json", "sizes.json", "log.json")
TECHNICAL = "technical.log"


def write_support(out: Path, folder: Path, findings: Sequence[Finding]) -> list[str]:
    """Write the support file of the node in `folder`, a `.zip` or else a `.tar.gz`; return the names in it.

    Raises `storage.exists` rather than write over a file, and `storage.folder` where it can't be written.
    """
    if out.exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=str(out))
    files = _files(folder, findings)
    try:
        write_private(out, _zipped(files) if out.suffix == ".zip" else _tarred(files))
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(out.parent), cause=type(error).__name__) from error
    return list(files)


def _files(folder: Path, findings: Sequence[Finding]) -> Mapping[str, bytes]:
    found = {
        "LEGGIMI.txt": _README.encode(),
        "findings.json": _json("findings", findings=list(map(support_parts.finding, findings))),
        "versions.json": _json("versions", **support_parts.versions()),
        "settings.json": _json("settings", **_read(lambda: support_parts.settings(folder))),
        "network.json": _json("network", **_read(lambda: support_parts.network(folder))),
        "sizes.json": _json(
            "sizes", files=support_parts.sizes(folder), tables=_read(lambda: support_database.rows(folder))
        ),
        "log.json": _json("log", **_read(lambda: support_database.log(folder))),
    }
    if lines := last_lines(folder):
        found[TECHNICAL] = ("\n".join(lines) + "\n").encode()
    return found


def _read(part: support_parts.Part) -> Mapping[str, object]:
    """Return a part, or the code of why it can't be read: the file is made all the same."""
    try:
        return part()
    except MagliaError as error:
        return {"unread": error.code.value}


def _json(name: str, **content: object) -> bytes:
    document = {"schema": f"maglia.support.{name}/1", **content}
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _tarred(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"maglia-support/{name}")  # without user or group of whoever made it
            entry.size, entry.mtime = len(content), int(datetime.now(UTC).timestamp())
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"maglia-support/{name}", content)
    return made.getvalue()
