"""The program's words in the reader's language: they are written in Italian, and a gettext catalog has their English.

`maglia/locale/en/LC_MESSAGES/maglia.po` is what people write; `docs/catalog.py` gathers what it must hold, and compiles
it.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "maglia"
LOCALE = Path(__file__).resolve().parent.parent / "locale"
WRITTEN_IN = "it"
LANGUAGES = (WRITTEN_IN, "en")


def tr(text: str, lang: str) -> str:
    """Return an Italian text in `lang`; as it is where that is Italian, or a language or text that no catalog has."""
    return text if lang == WRITTEN_IN or not text else _catalog(lang).gettext(text)


@cache
def _catalog(lang: str) -> gettext.NullTranslations:
    """Return a language's catalog, read once."""
    return gettext.translation(DOMAIN, LOCALE, [lang], fallback=True)
