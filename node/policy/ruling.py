"""Reading a decision document strictly: what is not exactly a ruling is no ruling, and denies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from maglia.policy.engine import unavailable
from node.ports import Ruling


def to_ruling(document: object) -> Ruling:
    """Return the ruling in an engine's answer.

    Raises `MagliaError` (`policy.unavailable`) for anything undefined, incomplete, of a wrong type or in contradiction
    with itself, such as a denial that releases fields.
    """
    if not isinstance(document, Mapping):
        raise unavailable("undefined decision")
    allow, revision = document.get("allow"), document.get("revision")
    reasons, release = document.get("reasons"), document.get("release", {})
    if not isinstance(allow, bool) or not isinstance(revision, str) or not revision:
        raise unavailable("decision without allow or revision")
    if not _texts(reasons) or not isinstance(release, Mapping) or not all(_texts(v) for v in release.values()):
        raise unavailable("decision with malformed reasons or release")
    if allow == bool(reasons) or (release and not allow):
        raise unavailable("decision in contradiction with itself")
    return Ruling(allow, tuple(reasons), {str(key): tuple(fields) for key, fields in release.items()}, revision)


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
