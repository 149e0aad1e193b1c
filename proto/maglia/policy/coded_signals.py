"""Whether the data on anomalies can be counted by: hours, holidays, and rules over facts that programs know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.operator_day import Fact
from maglia.core.vocabulary import Role

TABLE = "signals"
WATCHERS = ("node", "auditor")
"""Who counts: the body's own node, and an auditor's console. Each is to look (law rule 12)."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_BACK_DAYS = 60
"""The most that a rule may look back, waiting for aid included; a node counts no further."""
_FILE = f"maglia/{TABLE}/data.json"
_CODE = re.compile(r"[a-z][a-z_]{0,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):(00|15|30|45)|24:00")
_KEYS = frozenset({"it", "en", "counts", "from", "roles", "share", "of", "days", "grace_days"})


def signals_problems(said: Mapping[str, Any], groups: frozenset[str]) -> Iterator[MagliaError]:
    """Yield what programs could not count by, and what would leave a fact of law rule 12 to nobody."""
    watchers = said.get("watchers")
    listed = watchers if isinstance(watchers, list) else []
    yield from (_missing(f"watchers.{one}") for one in WATCHERS if one not in listed)
    yield from (_unknown(f"watchers: {one}") for one in listed if one not in WATCHERS)
    yield from _hours(_table(said, "hours"), groups)
    holidays = said.get("holidays")
    if not isinstance(holidays, list):
        yield _missing("holidays")
    else:
        yield from (_unknown(f"holidays: {day}") for day in holidays if not _is_day(day))
    rules = _table(said, "rules")
    for code, rule in rules.items():
        yield from _rule(code, rule if isinstance(rule, Mapping) else {})
    counted = [rule.get("counts") for rule in rules.values() if isinstance(rule, Mapping)]
    yield from (_missing(f"rules: {fact}") for fact in Fact if fact is not Fact.PERSONS and fact not in counted)


def _missing(key: str) -> MagliaError:
    return MagliaError(Code.INPUT_RULES_MISSING, file=_FILE, key=key)


def _unknown(key: str) -> MagliaError:
    return MagliaError(Code.INPUT_RULES_UNKNOWN, file=_FILE, key=key)


def _table(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    return found if isinstance(found, Mapping) else {}


def _hours(hours: Mapping[str, Any], groups: frozenset[str]) -> Iterator[MagliaError]:
    """Every group of bodies has spans of hours for each day of the week; none is a day without work."""
    yield from (_unknown(f"hours.{group}") for group in hours if group not in groups)
    for group in sorted(groups):
        week = _table(hours, group)
        yield from (_unknown(f"hours.{group}.{day}") for day in week if day not in WEEKDAYS)
        for day in WEEKDAYS:
            spans = week.get(day)
            if not isinstance(spans, list):
                yield _missing(f"hours.{group}.{day}")
            elif not all(_is_span(span) for span in spans):
                yield _unknown(f"hours.{group}.{day}: {spans}")


def _is_span(span: object) -> bool:
    """Whether it is two times of the day, by quarters of an hour, the first before the second."""
    return (
        isinstance(span, list)
        and len(span) == 2
        and all(isinstance(time, str) and _TIME.fullmatch(time) for time in span)
        and span[0] < span[1]
    )


def _is_day(day: object) -> bool:
    """Whether it is a day of every year, 12-25, or of one, 2027-03-29."""
    if not isinstance(day, str) or not re.fullmatch(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}", day):
        return False
    try:
        date.fromisoformat(day if len(day) == len("2027-03-29") else f"2000-{day}")
    except ValueError:
        return False
    return True


def _rule(code: str, rule: Mapping[str, Any]) -> Iterator[MagliaError]:
    """A rule has words for whoever reads, something to count, and from how many on it signals."""
    if not _CODE.fullmatch(code):
        yield _unknown(f"rules.{code}")
    yield from (_unknown(f"rules.{code}.{key}") for key in rule if key not in _KEYS)
    for lang in ("it", "en"):
        words = rule.get(lang)
        if not isinstance(words, str) or not words.strip() or len(words) > 40 or not words.isprintable():
            yield _missing(f"rules.{code}.{lang}")
    if rule.get("counts") not in list(Fact):
        yield _unknown(f"rules.{code}.counts: {rule.get('counts')}")
    roles = _table(rule, "roles")
    if "roles" in rule and not roles:
        yield _missing(f"rules.{code}.roles")
    yield from (_unknown(f"rules.{code}.roles.{role}") for role in roles if role not in list(Role))
    numbers = {"from": rule.get("from"), **{f"roles.{role}": number for role, number in roles.items()}}
    yield from (_unknown(f"rules.{code}.{key}: {n}") for key, n in numbers.items() if not _is_number(n, 1_000_000))
    if "share" in rule or "of" in rule:
        if not _is_number(rule.get("share"), 100):
            yield _unknown(f"rules.{code}.share: {rule.get('share')}")
        if rule.get("of") not in list(Fact):
            yield _unknown(f"rules.{code}.of: {rule.get('of')}")
    days, grace = rule.get("days", 1), rule.get("grace_days", 0)
    if not _is_number(days, LOOK_BACK_DAYS):
        yield _unknown(f"rules.{code}.days: {days}")
    elif grace != 0 and not _is_number(grace, LOOK_BACK_DAYS - days):
        yield _unknown(f"rules.{code}.grace_days: {grace}")


def _is_number(value: object, most: int) -> bool:
    return type(value) is int and 1 <= value <= most
