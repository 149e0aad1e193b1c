"""Which rule decided: for a refusal the one behind each reason, for a record what hides it or sets its level."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maglia.core.errors import MagliaError
from maglia.policy.annotations import Rule
from maglia.policy.changes import level_of
from maglia.policy.engine import Engine, unavailable
from maglia.policy.probes import Call, Probes, Try, entry_of
from maglia.policy.rules import Rules

_RELEASED = re.compile(r'"release":\s*([a-z_]\w*)')
LEVEL = "level"
"""The rule that says which level a facet has, by the data."""


@dataclass(frozen=True)
class Step:
    """A rule on the way to a decision, with the condition of it that did not hold, where that is what decided."""

    rule: Rule
    condition: str = ""


@dataclass(frozen=True)
class Reasoning:
    """An answer about one record, or about none, and the rules that made it: those that decided are the last."""

    allow: bool
    reasons: Mapping[str, tuple[Step, ...]]
    """Each reason of a refusal, with its rules from the outermost in."""
    fields: tuple[str, ...] = ()
    level: str = ""
    steps: tuple[Step, ...] = ()
    """For what is allowed: the rules that let the record's fields out, or that hide it."""


class Explainer:
    """Answers questions and says why; compiles the rules once more, with their probes beside."""

    def __init__(self, rules: Rules) -> None:
        """Raise `policy.unavailable` when the rules don't compile with their probes."""
        self._rules = rules
        self._tries: dict[tuple[str, str], tuple[Try, ...]] = {}
        beside: dict[str, bytes] = {}
        for decision in rules.decisions:
            probes = Probes(decision, rules.files)
            for name in ("allow", "violations", self._released(decision)):
                self._tries[decision, name] = probes.of(f"maglia.{decision}.{name}")
            beside[probes.file] = probes.module()
        entries = [entry_of(decision) for decision in rules.decisions]
        self._engine = Engine(rules.bundle, rules.revision, decisions=rules.decisions, beside=beside, entries=entries)

    def _released(self, decision: str) -> str:
        """Return the name of the rule that a decision document gives as its release."""
        heads = [rule.head for rule in self._rules.rules if rule.full_name == f"{decision}.decision"]
        found = _RELEASED.search(" ".join(heads))
        return found[1] if found else ""

    def why(self, decision: str, document: Mapping[str, Any]) -> Reasoning:
        """Return the answer to a question about one record or none; raise `policy.unavailable` when there is none."""
        answer = self._engine.evaluate(decision, document)
        if not isinstance(answer, Mapping) or not {"allow", "reasons"} <= answer.keys():
            raise unavailable(f"no decision on {decision}")
        reached = self._reached(decision, document)
        if not answer["allow"]:
            return Reasoning(False, {code: self._refusing(decision, code, reached) for code in answer["reasons"]})
        subjects = [str(one["id"]) for one in document.get("classes", ())]
        if not subjects:
            return Reasoning(True, {}, steps=_holding(self._tries[decision, "allow"], reached))
        fields = tuple(answer.get("release", {}).get(subjects[0], ()))
        tries = self._tries.get((decision, self._released(decision)), ())
        steps = _setting(tries, reached) if fields else _failing(tries, reached)
        return Reasoning(True, {}, fields, level_of(self._rules, fields), steps)

    def _reached(self, decision: str, document: Mapping[str, Any]) -> frozenset[int]:
        try:
            value = self._engine.value_of(entry_of(decision), document)
        except MagliaError:
            return frozenset()  # the answer stands without its rules
        return frozenset(int(one) for one in value) if isinstance(value, list) else frozenset()

    def _refusing(self, decision: str, code: str, reached: frozenset[int]) -> tuple[Step, ...]:
        """Return the rule that states the reason, and the one whose failing it states."""
        stating = [each for each in self._tries[decision, "violations"] if each.rule.key == code]
        found = next((each for each in stating if each.holds(reached)), None)
        if found is None:
            return tuple(Step(each.rule) for each in stating[:1])
        return (Step(found.rule), *_within(found, reached))


def _within(stating: Try, reached: frozenset[int]) -> tuple[Step, ...]:
    """Return what a statement that holds rests on: a rule that fails, else one that holds."""
    calls = [call for named in stating.calls for call in named if call.tries]
    conditions = [call for call in calls if _is_condition(call)]
    denied = [call for call in (*conditions, *calls) if call.denied]
    resting = [call for call in conditions if not call.denied]
    if resting and (not denied or calls.index(resting[0]) < calls.index(denied[0])) and stating.rule.key:
        held = next((each for each in resting[0].tries if each.holds(reached)), None)
        return () if held is None else (Step(held.rule), *_within(held, reached))
    if denied:
        return _failing(denied[0].tries, reached)
    return _holding(resting[-1].tries, reached) if resting else ()


def _is_condition(call: Call) -> bool:
    """Return whether the rule called only holds or does not, instead of giving a value."""
    return all(" := " not in each.rule.head and not each.rule.key for each in call.tries)


def _holding(tries: Sequence[Try], reached: frozenset[int]) -> tuple[Step, ...]:
    return tuple(Step(each.rule) for each in tries if each.holds(reached))[:1]


def _failing(tries: Sequence[Try], reached: frozenset[int]) -> tuple[Step, ...]:
    """Return the rules down to the condition that did not hold, in the statement that came furthest."""
    if not tries:
        return ()
    furthest = max(tries, key=lambda each: each.held(reached))
    place = furthest.held(reached)
    if place == len(furthest.conditions):
        return (Step(furthest.rule),)
    here = Step(furthest.rule, furthest.conditions[place])
    for call in furthest.calls[place]:
        holding = _holding(call.tries, reached)
        if call.denied and holding:
            return (here, *holding)
        if not call.denied and call.tries and not holding:
            return (here, *_failing(call.tries, reached))
    return (here,)


def _setting(tries: Sequence[Try], reached: frozenset[int]) -> tuple[Step, ...]:
    """Return the rule that lets the fields out, and the statement that sets the level by which it does."""
    found = next((each for each in tries if each.holds(reached)), None)
    if found is None:
        return ()
    level = next((each for each in _all(tries) if each.rule.name == LEVEL and each.holds(reached)), None)
    return (Step(found.rule), *([Step(level.rule)] if level else []))


def _all(tries: Sequence[Try]) -> list[Try]:
    within = [each for one in tries for named in one.calls for call in named for each in _all(call.tries)]
    return [*tries, *within]
