"""The sentence that people read for each error code, and what to do next, in Italian.

Parameters in braces are public values of the error; none may hold a person's code.
"""

from __future__ import annotations

from maglia.core.codes import Code
from maglia.core.sentences import (
    counter,
    devices,
    directory,
    files,
    folders,
    inputs,
    machine,
    member,
    offline,
    records,
    relay,
    rules,
)
from maglia.core.sentences.entry import Sentence

__all__ = ["CATALOG", "Sentence"]

CATALOG: dict[Code, Sentence] = {
    **inputs.SENTENCES,
    **files.SENTENCES,
    **folders.SENTENCES,
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
