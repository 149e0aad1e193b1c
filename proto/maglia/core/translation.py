"""The program's words in the reader's language: the code holds them in Italian, a gettext catalog the other languages.

`tr("Risposte", lang)` says one now. `mark("Risposte")` says that one in a table will be: `tr` gets it from there.
`maglia/locale/en/LC_MESSAGES/maglia.po` is what people write; `docs/catalog.py` gathers what it must hold, and compiles
it. A folder beside `en` is another language. How to add a word or a language: docs/translating.md.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "maglia"
LOCALE = Path(__file__).resolve().parent.parent / "locale"
WRITTEN_IN = "it"
_CONTEXT = "\4"
"""As gettext's compiled files have it, between a context and its text."""


def tr(text: str, lang: str, context: str = "") -> str:
    """Return an Italian text in `lang`; as it is where that is Italian, or a language or text that no catalog has.

    `context` tells apart what is one word in Italian and two elsewhere: `tr("Aiuto", lang, "help")`. A text with
    values in it is a template, filled after: `tr("Righe: {count}.", lang).format(count=3)`.
    """
    key = _key(text, context)
    said = key if lang == WRITTEN_IN or not text else _catalog(lang).gettext(key)
    return said.rpartition(_CONTEXT)[2]


def trn(one: str, many: str, count: int, lang: str) -> str:
    """Return one of two Italian texts in `lang`, by a count: `trn("1 riga", "{count} righe", count, lang)`."""
    if lang == WRITTEN_IN:
        return one if count == 1 else many
    return _catalog(lang).ngettext(one, many, count)


def mark(text: str, context: str = "") -> str:
    """Return an Italian text that `tr` will be given from a table, so that `docs/catalog.py` finds it."""
    return _key(text, context)


def markn(one: str, many: str) -> tuple[str, str]:
    """Return two Italian texts that `trn` will be given from a table."""
    return one, many


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are words in: Italian, and each that has a catalog."""
    return (WRITTEN_IN, *sorted(path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


@cache
def _catalog(lang: str) -> gettext.NullTranslations:
    """Return a language's catalog, read once."""
    return gettext.translation(DOMAIN, LOCALE, [lang], fallback=True)


def _key(text: str, context: str) -> str:
    return f"{context}{_CONTEXT}{text}" if context else text
