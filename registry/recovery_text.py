"""A registry brought forward, in words: what whoever restored it reads, and must do next."""

from __future__ import annotations

from maglia.core.fields import state_in_words
from maglia.core.translation import tr
from registry.recovery import Recovered


def document_of(found: Recovered, only_look: bool) -> dict[str, object]:
    """Return it as JSON shows it."""
    return {
        "schema": "maglia.registry-recovered/1",
        "done": not only_look,
        "version_before": found.before,
        "version": found.after,
        "members": {name: {"before": was, "after": will} for name, (was, will) in found.states.items()},
        "to_join": found.to_join,
    }


def lines_of(found: Recovered, only_look: bool, lang: str) -> list[str]:
    """Return it as lines of text."""
    head = tr(
        "Elenco: era il {before}, i funzionari avevano già firmato il {after}."
        if found.after > found.before
        else "Elenco: il {before}, nessuna copia ne ha uno più nuovo.",
        lang,
    )
    lines = [head.format(before=found.before, after=found.after)]
    lines += [
        f"  {name}: {state_in_words(was or '-', lang)} -> {state_in_words(will, lang)}"
        for name, (was, will) in sorted(found.states.items())
    ]
    if only_look:
        return [*lines, tr("Niente è cambiato: per farlo, ripetere senza --check.", lang)]
    lines.append(tr("Fatto: nodi e postazioni accettano di nuovo ciò che il registro pubblica.", lang))
    if found.to_join:
        again = tr("Da collegare di nuovo, con «maglia office token ENTE» e «maglia-node join»: {names}.", lang)
        lines.append(again.format(names=", ".join(found.to_join)))
    return lines
