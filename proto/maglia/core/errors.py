"""The one root of every error.

An error carries a stable `code`, public `params` that fill its sentence, and a private `cause` that stays in the
process's own log. Neither may hold a tax code: `params` name a field, a row, a body, a limit.
Codes travel between processes; sentences are rendered where they are read, in the reader's language.
"""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.facet_words import facets_in_words
from maglia.core.fields import field_in_words, one_in_words, state_in_words, whose_in_words
from maglia.core.sentences import CATALOG, Sentence
from maglia.core.translation import tr

__all__ = ["Code", "MagliaError", "Sentence"]

_OF_A_FORM = frozenset(
    {Code.INPUT_FIELD, Code.INPUT_MISSING, Code.INPUT_TEXT_LONG, Code.INPUT_TEXT_CONTROL}
    | {Code.INPUT_CODE_INSIDE, Code.INPUT_TOO_LARGE, Code.MEMBER_APPLICATION}
)
"""Codes whose `field` is one that people fill in; a setting or a column is shown as it is spelt."""
_AS_ASKED = frozenset({Code.INPUT_FORM, Code.INPUT_MISSING})
"""Codes whose `field` and `form` may be the marked texts with which a form asks."""


class MagliaError(Exception):
    """Any refusal or failure with a code.

    `params` are public and fill the catalog's sentence; `cause` is for the process's own log only.
    """

    def __init__(self, code: Code, *, cause: str = "", **params: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.cause = cause
        self.params: dict[str, str] = {name: str(value) for name, value in params.items()}

    def sentence(self, lang: str = "it") -> Sentence:
        """Return what a person reads, in `lang`; a missing parameter reads as a dash."""
        chosen = CATALOG[self.code]
        values = _Params(self.params)
        if self.code in _OF_A_FORM and "field" in values:
            values["field"] = field_in_words(values["field"], lang)
        if self.code in _AS_ASKED:
            values |= {name: tr(values[name], lang) for name in ("field", "form") if name in values}
        if self.code is Code.INPUT_FACET and "allowed" in values:
            values["allowed"] = facets_in_words(values["allowed"], lang)
        if "state" in values:
            values["state"] = state_in_words(values["state"], lang)
        if "whose" in values:
            values["whose"] = whose_in_words(values["whose"], lang)
        said = (tr(text, lang).format_map(values) for text in (chosen.message, chosen.next_action))
        return Sentence(*(one_in_words(text, lang) for text in said))

    def __str__(self) -> str:
        """Return code and private cause, for the process's own log."""
        return f"{self.code.value}: {self.cause}" if self.cause else self.code.value


class _Params(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"
