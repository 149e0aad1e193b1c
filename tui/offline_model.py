"""What a counter took while its node was out of reach: plain values, and their bytes in the encrypted file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from maglia.core.errors import MagliaError
from maglia.core.exits import Exit, exit_of_error
from tui.model import Aid, Consent, NamedAid

_SCHEMA = "maglia.offline.item/1"
What = Aid | NamedAid | Consent
_KINDS: dict[str, type[What]] = {"aid": Aid, "named_aid": NamedAid, "consent": Consent}


@dataclass(frozen=True)
class ToCheck:
    """The question that goes with what was taken; an empty facet asks nothing. `protocol` is of a case."""

    facet: str = ""
    purpose: str = ""
    protocol: str = ""


@dataclass(frozen=True)
class Taken:
    """An aid or a consent that no node has yet, or that one has and whose answer was not read.

    `key` is random: under it the node files the same thing once, however often it is sent. `taken_ms` is the counter's
    clock, milliseconds since the epoch. `refused` is the error code with which the node turned it down, if it did.
    """

    number: int
    key: str
    taken_ms: int
    what: What
    check: ToCheck = ToCheck()
    refused: str = ""
    params: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return `aid`, `named_aid` for a person without a code, or `consent`."""
        return next(kind for kind, known in _KINDS.items() if isinstance(self.what, known))

    @property
    def person(self) -> str:
        """Return whom it is about, as the operator knows them: a code, `NOME:7` or a name."""
        return (self.what.alias or self.what.name) if isinstance(self.what, NamedAid) else self.what.identifier

    def without_person(self) -> Taken:
        """Return the same without whom it is about."""
        if isinstance(self.what, NamedAid):
            return replace(self, what=replace(self.what, alias="", name="", born="", place=""))
        return replace(self, what=replace(self.what, identifier=""))

    def document(self) -> dict[str, object]:
        """Return what a program reads about it."""
        return {
            "number": self.number,
            "kind": self.kind,
            "taken_ms": self.taken_ms,
            self.kind: asdict(self.what),
            "check": asdict(self.check) if self.check.facet else None,
            "verified": False,
            "refused": self.refused,
        }

    def content(self) -> bytes:
        """Return the bytes that the file keeps, under its number."""
        kept = {
            "schema": _SCHEMA,
            "kind": self.kind,
            "key": self.key,
            "taken_ms": self.taken_ms,
            "what": asdict(self.what),
            "check": asdict(self.check),
            "refused": self.refused,
            "params": self.params,
        }
        return json.dumps(kept).encode()


@dataclass(frozen=True)
class Sent:
    """Something that the node has: its number there, its check's or none, or why there is none, as an error."""

    taken: Taken
    filed: str
    check_id: str = ""
    unchecked: MagliaError | None = None


@dataclass
class Sending:
    """What became of everything; `stopped` is what ended it early."""

    sent: list[Sent] = field(default_factory=list)
    refused: list[Taken] = field(default_factory=list)
    left: int = 0
    stopped: MagliaError | None = None

    @property
    def status(self) -> Exit:
        """Return how the command ends: why it was stopped, some things refused, or done."""
        if self.stopped is not None:
            return exit_of_error(self.stopped)
        return Exit.REJECTED_ROWS if self.refused else Exit.DONE


def read_taken(number: int, content: bytes) -> Taken:
    """Return what the file keeps under a number; raise `ValueError`, `KeyError` or `TypeError` for anything else."""
    kept: dict[str, Any] = json.loads(content)
    if kept["schema"] != _SCHEMA:
        raise ValueError(kept["schema"])
    return Taken(
        number,
        kept["key"],
        kept["taken_ms"],
        _what(kept["kind"], kept["what"]),
        ToCheck(**kept["check"]),
        kept["refused"],
        kept["params"],
    )


def _what(kind: str, fields: dict[str, Any]) -> What:
    if kind != "consent":
        return _KINDS[kind](**fields)
    lists: dict[str, Any] = {name: tuple(fields[name]) for name in ("purposes", "audience")}
    return Consent(**(fields | lists))
