"""Lines of 80 characters at most, as every terminal shows them whole."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

WIDTH = 80
_TOGETHER = re.compile(
    r"«[^»]{1,60}»|“[^”]{1,60}”|\bmaglia(?:-[a-z]+)? [a-z-]+(?: [a-z-]+)?(?: (?=[^ ]*\d)[\w-]{1,20})?"
)
_JOINED = "\xa0"
"""A blank at which no line is broken."""


def fold(lines: Iterable[str]) -> list[str]:
    """Return lines of 80 characters at most, broken at blanks and going on two deeper; long words stay whole."""
    return [part for line in lines for one in line.split("\n") for part in _folded(one)]


def _folded(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    under = line[: len(line) - len(line.lstrip())] + "  "
    return textwrap.wrap(line, WIDTH, subsequent_indent=under, break_on_hyphens=False, break_long_words=False)


def fold_sentence(text: str) -> str:
    """Return a sentence in lines of 80 characters at most; no command or quoted words in it are parted."""
    held = _TOGETHER.sub(lambda found: found[0].replace(" ", _JOINED), text)
    return "\n".join(fold([held])).replace(_JOINED, " ")
