"""Whether the data of a bundle speak the vocabulary: every code of it is there, and no other is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from maglia.core.absence import is_term
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import (
    FAMILY,
    LOG_MONTHS,
    MAX_MONTHS,
    PURPOSE_KINDS,
    RECEIVED_FINDINGS_DAYS,
    SPECIAL_PREFIXES,
    AidStatus,
    Basis,
    Facet,
    Family,
    Kind,
    Level,
    NetworkRole,
    Purpose,
    Role,
    is_special,
    retention_months,
)
from maglia.policy.coded_signals import signals_problems

TABLES = (
    "facets",
    "kinds",
    "purposes",
    "levels",
    "fields",
    "special",
    "limits",
    "doors",
    "disclosure",
    "terms",
    "signals",
    "absence",
)
GROUPS = frozenset({"public", "third_sector"})
"""Public bodies, and all others: lawful bases and levels differ between them."""
PROOFS = frozenset({"case", "procedure", "consent"})
FIELDS = frozenset(
    {
        "facet",
        "month",
        "amount_band",
        "kind",
        "status",
        "reserved",
        "date",
        "amount",
        "body",
        "contact",
        "objection",
        "owed",
    }
)
"""What of a record can be shown at all."""
ANY_FACET = "*"
CALLERS = frozenset({*map(str, Role), *map(str, NetworkRole), "anybody", "member"})
"""Who may be named at a door."""
EVENTS = frozenset({"question", "answer", "refusal", "report"})
DISCLOSED = frozenset({"body", "time", "purpose", "categories"})
"""What an access report tells of each access; the operator's name only with an approval."""


def coded_problems(data: Mapping[str, Any]) -> list[MagliaError]:
    """Return what is missing in the tables of `data.maglia`, unknown to the vocabulary, or of a special category."""
    return [
        *(_missing(table, table) for table in TABLES if not isinstance(data.get(table), Mapping)),
        *_complete("facets", data, Facet, extra=_special_or_unknown),
        *_complete("kinds", data, Kind),
        *_complete("purposes", data, Purpose),
        *_complete("fields", data, Level),
        *_prefixes(data),
        *_families(data),
        *_groups(data),
        *_purposes(data),
        *_levels(data),
        *_fields(data),
        *_limits(data),
        *_doors(data),
        *_disclosure(data),
        *_terms(data),
        *_absence(data),
        *signals_problems(_table(data, "signals"), GROUPS),
    ]


def _file(table: str) -> str:
    return f"maglia/{table}/data.json"


def _table(data: Mapping[str, Any], table: str) -> Mapping[str, Any]:
    found = data.get(table)
    return found if isinstance(found, Mapping) else {}


def _missing(table: str, key: str) -> MagliaError:
    return MagliaError(Code.INPUT_RULES_MISSING, file=_file(table), key=key)


def _unknown(table: str, key: str) -> MagliaError:
    return MagliaError(Code.INPUT_RULES_UNKNOWN, file=_file(table), key=key)


def _special_or_unknown(table: str, key: str) -> MagliaError:
    if is_special(key):
        return MagliaError(Code.INPUT_RULES_SPECIAL, file=_file(table), rule=key)
    return _unknown(table, key)


def _complete(
    table: str, data: Mapping[str, Any], codes: Iterable[str], extra: Any = _unknown
) -> Iterator[MagliaError]:
    """Every code of the vocabulary is a key of the table, and nothing else is."""
    found, wanted = _table(data, table), [str(code) for code in codes]
    yield from (_missing(table, code) for code in wanted if code not in found)
    yield from (extra(table, key) for key in found if key not in wanted)


def _within(table: str, path: str, value: object, allowed: Collection[str]) -> Iterator[MagliaError]:
    """A list of codes holds only those allowed."""
    if not isinstance(value, list):
        yield _missing(table, path)
        return
    yield from (_unknown(table, f"{path}: {entry}") for entry in value if entry not in allowed)


def _prefixes(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """The prefixes of special categories are the law's: fewer would open one."""
    found = _table(data, "special").get("prefixes")
    known = found if isinstance(found, list) else []
    yield from (_missing("special", prefix) for prefix in SPECIAL_PREFIXES if prefix not in known)
    yield from (_unknown("special", str(prefix)) for prefix in known if prefix not in SPECIAL_PREFIXES)


def _families(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """Each facet is of its family, and shareable or not."""
    for facet, entry in _table(data, "facets").items():
        says = entry if isinstance(entry, Mapping) else {}
        if facet in FAMILY and says.get("family") != FAMILY[Facet(facet)]:
            yield _unknown("facets", f"{facet}.family: {says.get('family')}")
        if not isinstance(says.get("shareable"), bool):
            yield _missing("facets", f"{facet}.shareable")


def _groups(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    for kind, entry in _table(data, "kinds").items():
        if not isinstance(entry, Mapping) or entry.get("group") not in GROUPS:
            yield _missing("kinds", f"{kind}.group")


def _purposes(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """A purpose names kinds that may be accredited for it, roles, families, and bases with their proofs."""
    for purpose, entry in _table(data, "purposes").items():
        says = entry if isinstance(entry, Mapping) else {}
        kinds = PURPOSE_KINDS.get(Purpose(purpose), frozenset()) if purpose in list(Purpose) else frozenset(Kind)
        yield from _within("purposes", f"{purpose}.kinds", says.get("kinds"), kinds)
        yield from _within("purposes", f"{purpose}.roles", says.get("roles"), list(Role))
        yield from _within("purposes", f"{purpose}.families", says.get("families"), list(Family))
        for group, bases in _table(says, "bases").items():
            if group not in GROUPS or not isinstance(bases, Mapping):
                yield _unknown("purposes", f"{purpose}.bases.{group}")
                continue
            for basis, proofs in bases.items():
                path = f"{purpose}.bases.{group}.{basis}"
                if basis not in (Basis.CONSENT, Basis.PUBLIC_TASK):
                    yield _unknown("purposes", path)
                yield from _within("purposes", path, proofs, PROOFS)


def _levels(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """Kind of asker, purpose, kind of giver, then a level for each facet."""
    for path, key, allowed, value in _leaves(_table(data, "levels")):
        if is_special(key):
            yield MagliaError(Code.INPUT_RULES_SPECIAL, file=_file("levels"), rule=path)
        elif key not in allowed or value not in list(Level):
            yield _unknown("levels", f"{path}: {value}")


def _leaves(levels: Mapping[str, Any]) -> Iterator[tuple[str, str, Collection[str], object]]:
    """Every entry: its path, the key of it that is judged and against which codes, its level.

    A key above the facet that nobody knows stands for all that it holds, with a level that is none.
    """
    facets = {*map(str, Facet), ANY_FACET}
    names: tuple[Collection[str], ...] = (GROUPS, list(Purpose), GROUPS, facets)
    ahead: list[tuple[tuple[str, ...], object]] = [((), levels)]
    while ahead:
        path, value = ahead.pop(0)
        if path and (len(path) == len(names) or path[-1] not in names[len(path) - 1]):
            yield ".".join(path), path[-1], names[len(path) - 1], value
        elif isinstance(value, Mapping):
            ahead += [((*path, str(name)), inner) for name, inner in value.items()]
        else:
            yield ".".join(path), "", (), value


def _fields(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    for level, fields in _table(data, "fields").items():
        yield from _within("fields", level, fields, FIELDS)


def _limits(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    limits = _table(data, "limits")
    months = limits.get("months")
    if not isinstance(months, int) or not 1 <= months <= MAX_MONTHS:
        yield _unknown("limits", f"months: {months}")
    yield from _within("limits", "statuses", limits.get("statuses"), (AidStatus.RESERVED, AidStatus.GIVEN))


def _doors(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """Each call of each door names callers that there are."""
    for door, calls in _table(data, "doors").items():
        for call, callers in calls.items() if isinstance(calls, Mapping) else [("", None)]:
            yield from _within("doors", f"{door}.{call}", callers, CALLERS)


def _disclosure(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """A report tells of every access what the law lists, and names an operator only where the officer approves."""
    says = _table(data, "disclosure")
    for key, wanted in (("events", EVENTS), ("always", DISCLOSED)):
        yield from _within("disclosure", key, says.get(key), wanted)
        found = says.get(key)
        yield from (_missing("disclosure", f"{key}.{one}") for one in sorted(wanted) if one not in (found or ()))
    yield from _within("disclosure", "approved", says.get("approved"), ("operator",))
    if says.get("approver") != NetworkRole.DPO:
        yield _unknown("disclosure", f"approver: {says.get('approver')}")


def _absence(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """From how many days of absence on a body is asked to be hosted; nothing else is there."""
    found = _table(data, "absence")
    if "days" not in found:
        yield _missing("absence", "days")
    elif not is_term(found["days"]):
        yield _unknown("absence", f"days: {found['days']}")
    yield from (_unknown("absence", key) for key in found if key != "days")


def _terms(data: Mapping[str, Any]) -> Iterator[MagliaError]:
    """Every facet has a term in whole months; none is longer than programs go by (docs/adr/0022)."""
    node = _table(_table(data, "terms"), "node")
    aid = _table(node, "aid")
    yield from (_missing("terms", f"aid.{facet}") for facet in Facet if facet not in aid)
    yield from (_special_or_unknown("terms", facet) for facet in aid if facet not in list(Facet))
    limits = [(f"aid.{facet}", aid.get(facet), "months", retention_months(facet)) for facet in Facet if facet in aid]
    limits.append(("other_aid", node.get("other_aid"), "months", retention_months("")))
    limits.append(("finding", node.get("finding"), "days", RECEIVED_FINDINGS_DAYS))
    limits.append(("log", node.get("log"), "months", LOG_MONTHS))
    for path, term, unit, longest in limits:
        number = term.get(unit) if isinstance(term, Mapping) and set(term) == {unit} else None
        if type(number) is not int or not 1 <= number <= longest:
            yield _unknown("terms", f"{path}: {term}")
