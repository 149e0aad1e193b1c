"""The console's settings in words: what each is called, what it may be, what it is now."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.translation import languages, mark, tr
from tui.settings import COLUMNS, LOCK_MINUTES, ConsoleSettings

CALLED: Mapping[str, str] = {
    "language": mark("Lingua"),
    "theme": mark("Colori"),
    "lock_minutes": mark("Blocco"),
    "printer": mark("Stampa", "setting"),
    "columns": mark("Colonne"),
    "papers": mark("Cartella"),
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "theme": {
        "dark": mark("scuri"),
        "light": mark("chiari"),
        "contrast": mark("alto contrasto"),
    },
    "printer": {
        "pdf": mark("PDF, foglio A4"),
        "text": mark("testo"),
        "roll": mark("testo per un rotolo"),
    },
}
CHOSEN = ("language", *_VALUES)
"""The settings that are one of a few."""
HINTS: Mapping[str, str] = {
    "lock_minutes": mark("minuti senza toccare nulla, da 0 (mai) a {most_minutes}"),
    "columns": mark("caratteri per riga del rotolo, da {least_columns} a {most_columns}"),
    "papers": mark("dove si scrivono carte e tabelle"),
}
HINT_VALUES = {"most_minutes": LOCK_MINUTES[-1], "least_columns": COLUMNS[0], "most_columns": COLUMNS[-1]}
HERE = mark("quella da cui si avvia la postazione")


def settings_lines(settings: ConsoleSettings, lang: str) -> list[str]:
    """Return each setting: what people call it, its name for `settings set`, what it is now."""
    return [
        f"{tr(called, lang):<10}{name:<14}{value_in_words(name, getattr(settings, name), lang)}"
        for name, called in CALLED.items()
    ]


def value_in_words(name: str, value: str | int, lang: str) -> str:
    """Return a setting's value, as it is written and in words."""
    if name in CHOSEN:
        words = choices(name, lang)[str(value)]
        return f"{value} ({words})" if value else f"- ({words})"
    if name == "papers":
        return str(value) or f"- ({tr(HERE, lang)})"
    return f"{value} ({hint(name, lang)})"


def hint(name: str, lang: str) -> str:
    """Return what a setting may be."""
    return tr(HINTS[name], lang).format(**HINT_VALUES)


def choices(name: str, lang: str) -> dict[str, str]:
    """Return what a setting of `CHOSEN` may be, each with its words; a language in its own."""
    if name != "language":
        return {value: tr(words, lang) for value, words in _VALUES[name].items()}
    from babel.core import Locale, UnknownLocaleError  # noqa: PLC0415 - `--help` does not need it

    found = {"": tr("quella del profilo", lang)}
    for code in languages():
        try:
            found[code] = Locale.parse(code).get_language_name(lang) or code
        except UnknownLocaleError:
            found[code] = code
    return found
