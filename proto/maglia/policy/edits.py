"""What two versions of the rules say differently: each statement of a rule, each value of the data, tried or not.

Questions that are tried see only what they ask about: a rule that waits for a certain day, or for a number of months
that nobody tries, answers all of them as before. So whoever signs is told as well what is written otherwise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maglia.core.bundle import MANIFEST, REVISION_FILE
from maglia.policy.annotations import read_statements, without_comments

_ADDED, _REMOVED, _CHANGED = "added", "removed", "changed"
_ODD = "backslashreplace"


@dataclass(frozen=True)
class Edit:
    """One rule or value that differs; `name` is the rule's, or the path of the value in its file, "" for all of it."""

    file: str
    name: str
    what: str
    """`added`, `removed` or `changed`."""
    before: str = ""
    """The value as JSON, empty for rules and for what was not there."""
    after: str = ""

    def document(self) -> dict[str, str]:
        """Return it as a program reads it."""
        return {
            "file": self.file,
            "name": self.name,
            "what": self.what,
            "before": self.before,
            "after": self.after,
        }


def edits(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Edit, ...]:
    """Return what differs between the files of two bundles, in the order of files; comments alone are no difference."""
    names = sorted((before.keys() | after.keys()) - {MANIFEST, REVISION_FILE})
    changed = (name for name in names if before.get(name) != after.get(name))
    return tuple(edit for name in changed for edit in _edits(name, before.get(name, b""), after.get(name, b"")))


def _edits(file: str, was: bytes, now: bytes) -> Iterator[Edit]:
    if file.endswith(".rego"):
        yield from _of_rules(file, was, now)
    else:
        yield from _of_data(file, was, now)


def _of_rules(file: str, was: bytes, now: bytes) -> Iterator[Edit]:
    old, new = _statements(was), _statements(now)
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    yield from (Edit(file, name, _what(name in old, name in new)) for name in names)
    if not names and without_comments(was.decode(errors=_ODD)) != without_comments(now.decode(errors=_ODD)):
        yield Edit(file, "", _what(bool(was), bool(now)))  # in a text that does not come apart into statements


def _statements(source: bytes) -> dict[str, Counter[str]]:
    """Return the statements of a file under what each begins with: a rule's name, `package`, `import`."""
    found: dict[str, Counter[str]] = {}
    for name, statement in read_statements(source.decode(errors=_ODD)):
        found.setdefault(name, Counter())[statement] += 1
    return found


def _of_data(file: str, was: bytes, now: bytes) -> Iterator[Edit]:
    old, new = (dict(_leaves("", json.loads(content))) if content else {} for content in (was, now))
    for path in dict.fromkeys([*old, *new]):
        if path not in old or path not in new:
            value = _text(old[path] if path in old else new[path])
            yield Edit(file, path, _what(path in old, path in new), *((value, "") if path in old else ("", value)))
        elif (before := _text(old[path])) != (after := _text(new[path])):
            yield from _items(file, path, old[path], new[path]) or [Edit(file, path, _CHANGED, before, after)]


def _items(file: str, path: str, was: object, now: object) -> list[Edit]:
    """Return what came to a list and what went: a long one shown whole would not be read to its end."""
    if not isinstance(was, list) or not isinstance(now, list):
        return []
    old, new = Counter(map(_text, was)), Counter(map(_text, now))
    gone = [Edit(file, path, _REMOVED, before=item) for item in old - new]
    return gone + [Edit(file, path, _ADDED, after=item) for item in new - old]


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield path and value of everything that is no object, and of objects that hold nothing."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), inner)
    else:
        yield path, value


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _what(was_there: bool, still_there: bool) -> str:
    return _CHANGED if was_there and still_there else _REMOVED if was_there else _ADDED
