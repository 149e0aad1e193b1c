"""The sentence that people read for each error code, and what to do next, in Italian and in English.

Parameters in braces are public values of the error; none may hold a person's code.
"""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences import (
    counter,
    devices,
    directory,
    files,
    inputs,
    machine,
    member,
    offline,
    records,
    relay,
    rules,
)
from maglia.core.sentences.entry import Entry, Sentence

__all__ = ["CATALOG", "Entry", "Sentence"]

CATALOG: dict[Code, Entry] = {
    **inputs.SENTENCES,
    **files.SENTENCES,
    **records.SENTENCES,
    **counter.SENTENCES,
    **devices.SENTENCES,
    **member.SENTENCES,
    **directory.SENTENCES,
    **machine.SENTENCES,
    **offline.SENTENCES,
    **relay.SENTENCES,
    **rules.SENTENCES,
}
