"""How the node is, in a few words that the console and the operator's own commands show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maglia.core.errors import MagliaError
from maglia.core.vocabulary import Kind
from node.ports import Policy, Store, Trust


@dataclass(frozen=True)
class Profile:
    """Which body this node is; name and kind are what the signed directory says now."""

    network: str
    member: str
    name: Callable[[], str]
    kind: Callable[[], Kind]


@dataclass(frozen=True)
class NodeStatus:
    """The node's state at one moment; `problems` are error codes."""

    policy_revision: str
    directory_version: int
    ready: bool
    awaiting: int
    records: int
    engine: str
    problems: tuple[str, ...]
    members_active: int


def read_status(store: Store, trust: Trust, policy: Policy) -> NodeStatus:
    """Return the state; what can't be read is a problem, not a failure."""
    version = members = awaiting = 0
    problems = []
    try:
        directory = trust.directory()
        version, members = directory.version, len(directory.active())
        awaiting = store.awaiting_count(directory.epoch)
    except MagliaError as error:
        problems.append(error.code.value)
    return NodeStatus(
        policy_revision=policy.revision,
        directory_version=version,
        ready=not problems,
        awaiting=awaiting,
        records=store.record_count(),
        engine=policy.engine,
        problems=tuple(problems),
        members_active=members,
    )
