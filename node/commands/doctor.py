"""`maglia-node doctor`: what of a node works, what doesn't, and the command that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from node.commands.base import AsJson, Folder, say, told

if TYPE_CHECKING:
    from maglia.core.findings.model import Finding

Lang = Annotated[str, typer.Option("--lang", envvar="MAGLIA_LANG", help="it o en.")]


@told
def doctor(folder: Folder, lang: Lang = "it", as_json: AsJson = False) -> None:
    """Controlla il nodo e dice come rimediare: OK, AVVISO o PROBLEMA per ogni parte.

    Sotto ogni AVVISO e PROBLEMA c'è, dopo «->», il comando che rimedia, da copiare così com'è.

    Esempio: maglia-node doctor --dir nodo

    Uscita: 0 nessun problema, 1 almeno uno.
    """
    from maglia.core.errors import Code, MagliaError
    from maglia.core.findings.lines import finding_lines
    from maglia.core.findings.model import is_well
    from maglia.wire.channel import quiet_grpc
    from node.doctor.folder import examine

    if lang not in {"it", "en"}:
        raise MagliaError(Code.INPUT_SETTING, field="--lang", source="--lang")
    quiet_grpc()
    found = list(examine(folder))
    checks = [_document(finding, lang) for finding in found]
    document = {"schema": "maglia.node-doctor/1", "healthy": is_well(found), "checks": checks}
    say(as_json, document, "\n".join(finding_lines(found, lang)))
    raise typer.Exit(0 if is_well(found) else 1)


def _document(finding: Finding, lang: str) -> dict[str, object]:
    """Return a finding for programs: `subject`, `result` and `what` stay, `name` and `found` are in words."""
    from maglia.core.findings.lines import found_in_words
    from maglia.core.findings.words import subject_in_words

    return {
        "name": subject_in_words(finding.subject, lang),
        "result": finding.level.value,
        "found": " ".join(found_in_words(finding, lang)),
        "repair": finding.repair,
        "subject": finding.subject.value,
        "what": finding.told.what,
        "params": dict(finding.told.params),
        "details": [{"what": one.what, "params": dict(one.params)} for one in finding.details],
    }
