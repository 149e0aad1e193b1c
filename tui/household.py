"""The people of a household at the counter, entered one card after another, each with what they themselves gave."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from maglia.core.errors import Code, MagliaError
from maglia.core.household import parse_household
from maglia.core.identifiers import local_number, parse_identifier
from maglia.core.translation import tr
from tui.text import plain

_SHOWN = 2
"""How many of them one line of 80 columns holds, the last ones."""


@dataclass(frozen=True)
class Adult:
    """One person entered: the code in normal form, or a name as it was written, which nobody is asked about."""

    code: str
    consent: bool = False
    """The notice was read to this person and consent given at this counter."""
    case: str = ""
    """The protocol number of this person's case."""
    is_name: bool = False

    @property
    def may_be_helped(self) -> bool:
        """Return whether help can be put on file under what is written: a code, or NOME:7."""
        return not self.is_name or local_number(self.code) is not None


def adult(written: str, *, consent: bool, case: str) -> Adult:
    """Return who is entered; raise `input.*` for a code that cannot be right."""
    try:
        return Adult(parse_identifier(written).text, consent, case)
    except MagliaError as error:
        if error.code is not Code.INPUT_COMPOSITE_NAME:
            raise
        return Adult(plain(written, 40), is_name=True)


@dataclass(frozen=True)
class Household:
    """Everybody entered so far, in order."""

    adults: tuple[Adult, ...] = ()

    def with_(self, one: Adult) -> Household:
        """Return the household with one more; raise `input.household_*` for one too many, or one entered before."""
        adults = (*self.adults, one)
        parse_household([each.code for each in adults])
        return Household(adults)

    def without_last(self) -> Household:
        """Return the household without who was entered last."""
        return Household(self.adults[:-1])

    def without_consents(self) -> Household:
        """Return the household for another purpose, for which each consents anew."""
        return Household(tuple(replace(each, consent=False) for each in self.adults))

    def codes(self) -> str:
        """Return who was entered, one on each line, without what they gave: whoever writes it again asks them anew."""
        return "\n".join(each.code for each in self.adults)

    @classmethod
    def of_codes(cls, written: str) -> Household:
        """Return the household of `codes`; who cannot be right is left out."""
        household = cls()
        for line in written.splitlines():
            with suppress(MagliaError):
                household = household.with_(adult(line, consent=False, case=""))
        return household

    def line(self, lang: str) -> str:
        """Return the last entered with their places and their ticks."""
        shown = list(enumerate(self.adults, 1))[-_SHOWN:]
        before = "… " if len(self.adults) > _SHOWN else ""
        return before + "  ".join(f"{number} {each.code} {_basis(each, lang)}" for number, each in shown)


def _basis(one: Adult, lang: str) -> str:
    if one.is_name:
        return tr("(nome)", lang)
    return "[x]" if one.consent or one.case else "[ ]"
