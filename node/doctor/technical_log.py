"""The last lines of the technical log, in the program's own words alone.

A message may name an operator, a folder or whatever a library thought of. So a word of it stays only if the program's
own messages are made of it, or if it is an error code; every other reads as a dash. Times, levels and modules stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from maglia.core.errors import Code

_LINES, _BYTES = 200, 256 * 1024
_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d{3})?) (?P<level>[A-Z]{4,8}) (?P<module>(node|maglia)[\w.]*): "
    r"(?P<message>.*)"
)
_SAID = re.compile(r'_log\.(?:debug|info|warning|error|critical|log)\(\s*(?:level, )?"([^"]*)"')
_WORD = re.compile(r"[\w.]+")
_PLACE = re.compile(r"[a-z_]+\.py:[0-9]+|[A-Z][A-Za-z]*Error")
_COUNT = re.compile("[0-9]{1,6}")
_PLACES = ("node", "maglia")


def last_lines(folder: Path) -> list[str]:
    """Return the last lines of a hosted node's log, oldest first; none where systemd or a terminal has it."""
    path = folder.absolute().parent / "node.log"
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return list(_kept(text.splitlines()))[-_LINES:]


def _kept(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if found := _LINE.fullmatch(line):
            words = " ".join(map(_word, found["message"].split()[:60]))
            yield f"{found['time']} {found['level']} {found['module']}: {words}"


def _word(word: str) -> str:
    bare = word.strip(".,:;()'\"")
    own = bare in own_words() or bare in frozenset(Code) or _PLACE.fullmatch(bare) or _COUNT.fullmatch(bare)
    return bare if own else "-"


@cache
def own_words() -> frozenset[str]:
    """Return every word that the program's own messages are made of, as its source says them."""
    return frozenset(word for said in _messages() for word in _WORD.findall(said))


def _messages() -> Iterator[str]:
    for name in _PLACES:
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or []) if spec else []:
            for path in islice(Path(place).rglob("*.py"), 5_000):
                yield from _SAID.findall(path.read_text("utf-8", "replace"))
