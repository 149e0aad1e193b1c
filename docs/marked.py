"""The Italian texts in the code that catalogs translate: what `tr`, `trn`, `mark`, `markn` and `entry` are given.

A text is a literal, or one of two by a condition. What is put together as the program runs can be in no catalog: an
f-string or a sum given to them is refused, and so is a text that was filled before it is translated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("proto/maglia", "node", "registry", "tui", "demo")
_TEXTS = {"tr": 1, "mark": 1, "entry": 2, "trn": 2, "markn": 2}
"""How many texts each function takes, first."""
_PLURAL = frozenset({"trn", "markn"})
_TAKES_VALUES = frozenset({"tr", "trn"})
"""Functions that are also given a text of a table, by its name."""
_CONTEXT = {"tr": 2, "mark": 1}
"""Where the context stands among the arguments."""


@dataclass(frozen=True, order=True)
class Text:
    """One entry: an Italian text, its form for counts above one or "", and its context or ""."""

    text: str
    many: str = ""
    context: str = ""


class UnmarkedError(Exception):
    """A call whose text no catalog can hold; says where."""


def marked(sources: tuple[str, ...] = SOURCES, root: Path = ROOT) -> Iterator[Text]:
    """Yield every text of the code, by file and line; raise `UnmarkedError`."""
    for path in sorted(each for part in sources for each in (root / part).rglob("*.py")):
        content = path.read_text("utf-8")
        if any(f"{name}(" in content for name in _TEXTS):
            yield from marked_in(content, path.relative_to(root).as_posix())


def marked_in(content: str, name: str) -> Iterator[Text]:
    """Yield the texts of one module, whose source is given."""
    calls = [node for node in ast.walk(ast.parse(content)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in _TEXTS:
            yield from _texts(call, call.func.id, f"{name}:{call.lineno}")


def _texts(call: ast.Call, function: str, place: str) -> Iterator[Text]:
    given = call.args[: _TEXTS[function]]
    choices = [_literals(each, place, by_name=function in _TAKES_VALUES) for each in given]
    if function not in _PLURAL:
        yield from (Text(text, context=_context(call, function)) for each in choices for text in each if text)
    elif all(choices):
        [[one], [many]] = choices
        yield Text(one, many)


def _literals(given: ast.expr, place: str, *, by_name: bool) -> list[str]:
    """Return the texts that stand here; none where a text of a table is given by its name, if it may be."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return [given.value]
    if isinstance(given, ast.IfExp):
        return [text for each in (given.body, given.orelse) for text in _literals(each, place, by_name=by_name)]
    if by_name and not isinstance(given, ast.JoinedStr | ast.BinOp) and not _is_filled(given):
        return []
    raise UnmarkedError(
        f"{place}: the text to translate is no literal; fill it after: tr('... {{count}}', lang).format"
    )


def _is_filled(given: ast.expr) -> bool:
    return isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) and given.func.attr == "format"


def _context(call: ast.Call, function: str) -> str:
    at = _CONTEXT.get(function)
    named = [each.value for each in call.keywords if each.arg == "context"]
    given = named or ([call.args[at]] if at is not None and len(call.args) > at else [])
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""
