"""A registry brought forward, in words: what whoever restored it reads, and must do next."""

from __future__ import annotations

from maglia.core.fields import state_in_words
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


def lines_of(found: Recovered, only_look: bool) -> list[str]:
    """Return it as lines of text, in Italian."""
    lines = [
        f"Elenco: era il {found.before}, i funzionari avevano già firmato il {found.after}."
        if found.after > found.before
        else f"Elenco: il {found.before}, nessuna copia ne ha uno più nuovo."
    ]
    lines += [
        f"  {name}: {state_in_words(was or '-', 'it')} -> {state_in_words(will, 'it')}"
        for name, (was, will) in sorted(found.states.items())
    ]
    if only_look:
        return [*lines, "Niente è cambiato: per farlo, ripetere senza --check."]
    lines.append("Fatto: nodi e postazioni accettano di nuovo ciò che il registro pubblica.")
    if found.to_join:
        lines.append(
            f"Da collegare di nuovo, con «maglia office token ENTE» e «maglia-node join»: {', '.join(found.to_join)}."
        )
    return lines
