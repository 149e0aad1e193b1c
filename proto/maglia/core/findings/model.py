"""One finding about one part of a node: how bad it is, what was found, and the command that mends it.

What was found travels as a code with parameters and becomes a sentence where it is read, in the reader's language.
Nothing here is about a person, and no parameter may be: findings are copied, sent around and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maglia.core.errors import MagliaError


class Level(StrEnum):
    """How a part of the node is; only a problem makes a command fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Subject(StrEnum):
    """The part of a node that a finding is about."""

    MOVED = "moved"
    KEYS = "keys"
    HOSTING = "hosting"
    ROOM = "room"
    SERVICE = "service"
    DATABASE = "database"
    LOG = "log"
    LOG_KEYS = "log_keys"
    CODES = "codes"
    PRESENCE = "presence"
    CONSOLES = "consoles"
    RULES = "rules"
    RULES_FILES = "rules_files"
    ENGINE = "engine"
    ENROLMENT = "enrolment"
    CARD = "card"
    CLOCK = "clock"
    NETWORK = "network"
    OFFICE = "office"
    REACH = "reach"
    DIRECTORY = "directory"


@dataclass(frozen=True)
class Told:
    """A sentence to be: `what` is a key of `maglia.core.findings.words`, or an error's code; `params` fill it."""

    what: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What was found of one part; `repair` is the exact command that mends it, empty where nothing is to be done.

    `for_manager` says that there is a command which whoever reads may not run: it is left out, and somebody else is to
    be told.
    """

    subject: Subject
    level: Level
    told: Told
    repair: str = ""
    details: tuple[Told, ...] = ()
    for_manager: bool = False


def told(what: str, **params: str | int) -> Told:
    """Return a sentence to be; see `words` for which there are."""
    return Told(what, {name: str(value) for name, value in params.items()})


def told_error(error: MagliaError) -> Told:
    """Return an error's sentence to be, without its private cause."""
    return Told(error.code.value, dict(error.params))


def ok(subject: Subject, what: str, **params: str | int) -> Finding:
    """Return a finding of which nothing is to be done."""
    return Finding(subject, Level.OK, told(what, **params))


def warning(subject: Subject, repair: str, what: str, **params: str | int) -> Finding:
    """Return a finding that will be a problem, or makes the node less than it could be."""
    return Finding(subject, Level.WARNING, told(what, **params), repair)


def problem(subject: Subject, repair: str, what: str, **params: str | int) -> Finding:
    """Return a finding that keeps the node, or some of it, from its work."""
    return Finding(subject, Level.PROBLEM, told(what, **params), repair)


def failed(subject: Subject, error: MagliaError, repair: str, level: Level = Level.PROBLEM) -> Finding:
    """Return an error as a finding."""
    return Finding(subject, level, told_error(error), repair)


def is_well(findings: Iterable[Finding]) -> bool:
    """Return whether none of them is a problem."""
    return all(finding.level is not Level.PROBLEM for finding in findings)
