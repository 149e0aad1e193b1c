"""What changes from one version of the rules to another: decisions, tried on every vector, and what is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maglia.policy.edits import Edit, edits
from maglia.policy.rules import Rules
from maglia.policy.vectors import Document, Vector, all_vectors

_UNDECIDED: Mapping[str, Any] = {"allow": False, "reasons": []}


@dataclass(frozen=True)
class Outcome:
    """What rules answer about one subject: refused with reasons, or allowed and letting out these fields."""

    allow: bool
    reasons: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """What a class of record shows, or who may make a call; empty where the decision lets nothing out."""
    level: str = ""
    """The release level that shows just these fields, by the rules' own data; empty when there is none."""

    def document(self) -> dict[str, object]:
        """Return it as a program reads it."""
        return {"allow": self.allow, "reasons": self.reasons, "fields": self.fields, "level": self.level}


@dataclass(frozen=True)
class Change:
    """One decision that is not what it was, on a class of the question or, without one, on the question itself."""

    decision: str
    question: Document
    subject: Document | None
    before: Outcome
    after: Outcome

    def document(self) -> dict[str, object]:
        """Return it as a program reads it."""
        return {
            "decision": self.decision,
            "question": self.question,
            "class": self.subject,
            "before": self.before.document(),
            "after": self.after.document(),
        }


@dataclass(frozen=True)
class Comparison:
    """What comparing two versions found; `compared` counts each class of a question."""

    compared: int
    changes: tuple[Change, ...]
    edits: tuple[Edit, ...] = ()
    """What the two versions say differently, though no decision tried may show it."""


def compare(before: Rules, after: Rules, vectors: Iterable[Vector] | None = None) -> Comparison:
    """Return the decisions that change; takes some seconds for all vectors.

    Rules that do not take a decision refuse it without a reason. Raises `policy.unavailable` when an engine fails.
    """
    compared, changes = 0, list[Change]()
    same = before.revision == after.revision
    for vector in all_vectors() if vectors is None else vectors:
        compared += max(1, len(vector.document.get("classes", ())))
        if not same:
            changes += _changes(vector, before, after)
    told = {_key(change): change for change in changes}
    return Comparison(compared, tuple(told.values()), edits(before.files, after.files))


def _changes(vector: Vector, before: Rules, after: Rules) -> Iterator[Change]:
    was, now = _answer(before, vector), _answer(after, vector)
    if (was["allow"], was["reasons"], was.get("release")) == (now["allow"], now["reasons"], now.get("release")):
        return
    classes: list[Document] = vector.document.get("classes", [])
    question = {name: value for name, value in vector.document.items() if name not in {"classes", "day"}}
    told = False
    for each in classes:
        first, second = _outcome(before, was, each["id"]), _outcome(after, now, each["id"])
        if first.fields != second.fields:
            told = True
            yield Change(vector.decision, question, each, first, second)
    first, second = _outcome(before, was), _outcome(after, now)
    if not told and first != second:
        yield Change(vector.decision, question, None, first, second)


def _answer(rules: Rules, vector: Vector) -> Mapping[str, Any]:
    if vector.decision not in rules.decisions:
        return _UNDECIDED
    answer = rules.engine.evaluate(vector.decision, vector.document)
    return answer if isinstance(answer, Mapping) and _UNDECIDED.keys() <= answer.keys() else _UNDECIDED


def _outcome(rules: Rules, answer: Mapping[str, Any], subject: str | None = None) -> Outcome:
    fields = () if subject is None else tuple(answer.get("release", {}).get(subject, ()))
    return Outcome(
        allow=bool(answer["allow"]),
        reasons=tuple(answer["reasons"]),
        fields=fields,
        level="" if subject is None else level_of(rules, fields),
    )


def level_of(rules: Rules, fields: Iterable[str]) -> str:
    """Return the level of the rules' data that shows these fields, "" for none of them."""
    shown, levels = set(fields), rules.data.get("fields", {})
    return next((level for level, named in levels.items() if set(named) == shown), "")


def _key(change: Change) -> str:
    """Return one text for the same question and class, which generated vectors may ask more than once."""
    subject = {name: value for name, value in (change.subject or {}).items() if name != "id"}
    return repr((change.decision, change.question, subject))
