"""What a new directory changes against the one in force: what an officer looks at before signing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from maglia.core.directory import Directory, Member

_MAY_CHANGE = ("facets", "purposes", "act_protocol", "act_expiry")


@dataclass(frozen=True)
class Difference:
    """Ids of members, each in the one set that says what happens to it.

    `stopped` only subtracts: a suspension in force that is signed too. `altered` is what no officer can ask for:
    another key, name, kind, or a mark of reinstatement without one.
    """

    added: frozenset[str]
    removed: frozenset[str]
    reinstated: frozenset[str]
    changed: frozenset[str]
    stopped: frozenset[str]
    altered: frozenset[str]


def difference(before: Directory | None, after: Directory) -> Difference:
    """Return what signing `after` does while `before` is in force; None before the first."""
    old, new = dict(before.members) if before else {}, after.members
    sets: dict[str, set[str]] = {name: set() for name in ("reinstated", "changed", "stopped", "altered")}
    for member in old.keys() & new.keys():
        for happens in _happens(old[member], new[member]):
            sets[happens].add(member)
    return Difference(
        added=frozenset(new.keys() - old.keys()),
        removed=frozenset(old.keys() - new.keys()),
        reinstated=frozenset(sets["reinstated"]),
        changed=frozenset(sets["changed"]),
        stopped=frozenset(sets["stopped"]),
        altered=frozenset(sets["altered"]),
    )


def _happens(old: Member, new: Member) -> set[str]:
    found = set()
    if new.is_active and (not old.is_active or new.reinstated > old.reinstated):
        found.add("reinstated")
    elif old.is_active and not new.is_active and new.reinstated == old.reinstated:
        found.add("stopped")
    elif new.reinstated != old.reinstated:
        found.add("altered")
    if any(getattr(old, name) != getattr(new, name) for name in _MAY_CHANGE):
        found.add("changed")
    rest = {name: getattr(new, name) for name in (*_MAY_CHANGE, "state", "reinstated")}
    if replace(old, **rest) != new or new.reinstated < old.reinstated:
        found.add("altered")
    return found
