"""All that is wrong with what is written, said at once: whoever mends one field is not sent back for the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.lines import Line, Tone
from tui.text import sentence_of


@dataclass(frozen=True)
class Fault:
    """A field, by its id and as people call it, and why what is written in it cannot be right."""

    field: str
    label: str
    error: MagliaError


def fault(field: str, label: str, text: str, read: Callable[[str], object]) -> Fault | None:
    """Return what is wrong with one field, None where it can be read."""
    try:
        read(text)
    except MagliaError as error:
        return Fault(field, label, error)
    return None


def fault_lines(faults: Sequence[Fault], lang: str, here: Mapping[Code, str], *, at_office: bool = False) -> list[Line]:
    """Return one line for each field, then what to do; of one field alone, its own next action, or that of `here`."""
    told = [(one, sentence_of(one.error, lang, at_office=at_office)) for one in faults]
    if len(told) == 1:
        [(_, sentence)] = told
        following = tr(here.get(faults[0].error.code, ""), lang) or sentence.next_action
        return [Line("!!", sentence.message, Tone.FOUND), Line("  ", following, Tone.NOTE)]
    lines = [Line("!!", f"{one.label}: {sentence.message}", Tone.FOUND) for one, sentence in told]
    return [*lines, Line("  ", tr("Correggere questi campi e ripetere.", lang), Tone.NOTE)]
