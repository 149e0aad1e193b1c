"""Who put something on record, as people say it."""

from __future__ import annotations

from maglia.core.translation import tr

_NODE = "maglia-node"
"""Who is on file as having written what came with a file, read by the node's own command."""


def recorder(user: str, lang: str) -> str:
    """Return who wrote something, as a table's cell says it: whoever is only the node's own command is a file."""
    return tr("da file", lang) if user == _NODE else user


def recorded(user: str, lang: str) -> str:
    """Return the same as part of a sentence: `registrato da anna`."""
    return tr("importato da un file", lang) if user == _NODE else f"{tr('registrato da', lang)} {user}"
