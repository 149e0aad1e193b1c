"""`maglia-node doctor`: what of a node works, what doesn't, and the command that mends it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from node.commands.base import AsJson, Folder, say, told

Support = Annotated[Path | None, typer.Option(help="File di assistenza da scrivere, .tar.gz o .zip.")]
Lang = Annotated[str, typer.Option("--lang", envvar="MAGLIA_LANG", help="it o en.")]


@told
def doctor(folder: Folder, support: Support = None, lang: Lang = "it", as_json: AsJson = False) -> None:
    """Controlla il nodo e dice come rimediare: OK, AVVISO o PROBLEMA per ogni parte.

    Sotto ogni AVVISO e PROBLEMA c'è, dopo «->», il comando che rimedia, da copiare così com'è.

    Esempio: maglia-node doctor --dir nodo --support assistenza.tar.gz

    Con --support scrive anche un file per chi aiuta, da aprire e leggere prima di mandarlo: niente di persone, nessun
    operatore, nessuna chiave.

    Uscita: 0 nessun problema, 1 almeno uno.
    """
    from maglia.core.errors import Code, MagliaError
    from maglia.core.findings.document import finding_document
    from maglia.core.findings.lines import finding_lines
    from maglia.core.findings.model import is_well
    from maglia.core.translation import languages
    from maglia.wire.channel import quiet_grpc
    from node.doctor.folder import examine
    from node.doctor.support import write_support

    if lang not in languages():
        raise MagliaError(Code.INPUT_SETTING_VALUE, field="--lang", source="--lang", allowed=", ".join(languages()))
    quiet_grpc()
    found = list(examine(folder))
    checks = [finding_document(finding, lang) for finding in found]
    document = {"schema": "maglia.node-doctor/1", "healthy": is_well(found), "checks": checks}
    lines = finding_lines(found, lang)
    if support is not None:
        names = write_support(support, folder, found)
        document |= {"support": str(support), "support_files": names}
        lines += _support_lines(support, names, lang)
    say(as_json, document, "\n".join(lines))
    raise typer.Exit(0 if is_well(found) else 1)


def _support_lines(out: Path, names: list[str], lang: str) -> list[str]:
    """Say what is in the support file and how it is read, before anybody sends it."""
    import shlex

    from maglia.core.folding import fold
    from maglia.core.translation import tr

    said = (
        tr("File di assistenza: {file}", lang).format(file=out),
        tr("Contiene: {names}.", lang).format(names=", ".join(names)),
        tr(
            "Sono testi, da aprire e leggere prima di mandarli: niente di persone, nessun operatore, nessuna chiave.",
            lang,
        ),
    )
    file = shlex.quote(str(out))
    return ["", *fold(said), f"-> unzip -p {file}" if out.suffix == ".zip" else f"-> tar -xzOf {file}"]
