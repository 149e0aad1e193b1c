"""The console's settings in words: what each is called, what it may be, what it is now."""

from __future__ import annotations

from collections.abc import Mapping

from tui.labels import pick
from tui.settings import COLUMNS, LOCK_MINUTES, ConsoleSettings

CALLED: Mapping[str, tuple[str, str]] = {
    "language": ("Lingua", "Language"),
    "theme": ("Colori", "Colours"),
    "lock_minutes": ("Blocco", "Lock"),
    "printer": ("Stampa", "Printing"),
    "columns": ("Colonne", "Columns"),
    "papers": ("Cartella", "Folder"),
}
VALUES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "language": {
        "": ("quella del profilo", "the profile's"),
        "it": ("italiano", "Italian"),
        "en": ("inglese", "English"),
    },
    "theme": {
        "dark": ("scuri", "dark"),
        "light": ("chiari", "light"),
        "contrast": ("alto contrasto", "high contrast"),
    },
    "printer": {
        "pdf": ("PDF, foglio A4", "PDF, A4 paper"),
        "text": ("testo", "plain text"),
        "roll": ("testo per un rotolo", "plain text for a roll"),
    },
}
HINTS: Mapping[str, tuple[str, str]] = {
    "lock_minutes": (
        f"minuti senza toccare nulla, da 0 (mai) a {LOCK_MINUTES[-1]}",
        f"minutes without touching anything, 0 (never) to {LOCK_MINUTES[-1]}",
    ),
    "columns": (
        f"caratteri per riga del rotolo, da {COLUMNS[0]} a {COLUMNS[-1]}",
        f"characters in a line of the roll, {COLUMNS[0]} to {COLUMNS[-1]}",
    ),
    "papers": ("dove si scrivono carte e tabelle", "where papers and tables are written"),
}
HERE = ("quella da cui si avvia la postazione", "the one that the console is started in")


def settings_lines(settings: ConsoleSettings, lang: str) -> list[str]:
    """Return each setting under its name in the file, with what it means."""
    return [
        f"{name:<14}{value_in_words(name, getattr(settings, name), lang)}"
        for name in ("language", "theme", "lock_minutes", "printer", "columns", "papers")
    ]


def value_in_words(name: str, value: str | int, lang: str) -> str:
    """Return a setting's value, as it is written and in words."""
    if name in VALUES:
        words = pick(VALUES[name][str(value)], lang)
        return f"{value} ({words})" if value else f"- ({words})"
    if name == "papers":
        return str(value) or f"- ({pick(HERE, lang)})"
    return f"{value} ({pick(HINTS[name], lang)})"
