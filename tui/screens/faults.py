"""All that is wrong with what is written, said at once: whoever mends one field is not sent back for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.lines import Line, Tone
from tui.text import sentence_of
from tui.widgets.entry import Field

T = TypeVar("T")
Read = Callable[[str], object]
"""Raises `input.*` for what cannot be right in a field by itself."""


@dataclass(frozen=True)
class Fault:
    """A field, by its id and as people call it, and why what is written in it cannot be right."""

    field: str
    label: str
    error: MagliaError


def faults_of(fields: Iterable[Field], reads: Mapping[str, Read] = MappingProxyType({})) -> list[Fault]:
    """Return what is wrong with each field by itself, in their order.

    `reads`, by the fields' ids, reads those that do not know themselves how they are read; nobody reads the others.
    """
    read_by = ((field, field.read or reads.get(field.key)) for field in fields)
    found = (_fault(field, read) for field, read in read_by if read is not None)
    return [one for one in found if one is not None]


def _fault(field: Field, read: Read) -> Fault | None:
    try:
        read(field.text)
    except MagliaError as error:
        return Fault(field.key, field.label, error)
    return None


def needed(name: str, read: Callable[[str], T]) -> Callable[[str], T]:
    """Return what reads a field that must not be empty, called `name` in errors."""

    def read_it(text: str) -> T:
        if not text:
            raise MagliaError(Code.INPUT_MISSING, field=name)
        return read(text)

    return read_it


def fault_lines(faults: Sequence[Fault], lang: str, here: Mapping[Code, str], *, at_office: bool = False) -> list[Line]:
    """Return one line for each field, then what to do; of one field alone, its own next action, or that of `here`."""
    told = [(one, sentence_of(one.error, lang, at_office=at_office)) for one in faults]
    if len(told) == 1:
        [(_, sentence)] = told
        following = tr(here.get(faults[0].error.code, ""), lang) or sentence.next_action
        return [Line("!!", sentence.message, Tone.FOUND), Line("  ", following, Tone.NOTE)]
    lines = [Line("!!", f"{one.label}: {sentence.message}", Tone.FOUND) for one, sentence in told]
    return [*lines, Line("  ", tr("Correggere questi campi e ripetere.", lang), Tone.NOTE)]


def fault_text(faults: Sequence[Fault], lang: str, here: Mapping[Code, str], *, at_office: bool = False) -> str:
    """Return `fault_lines` for a window, where they are one text: of one field alone on as few lines as it takes."""
    lines = [f"{line.mark} {line.text}".strip() for line in fault_lines(faults, lang, here, at_office=at_office)]
    return ("\n" if len(faults) > 1 else " ").join(lines)
