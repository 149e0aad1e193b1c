"""How the node is, in a few words that the console and the operator's own commands show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Kind
from node.ports import Policy, Store, Trust

_SILENCED = frozenset(
    {
        Code.LOG_FORK.value,
        Code.LOG_DAMAGED.value,
        Code.LOG_UNWITNESSED.value,
        Code.POLICY_UNAVAILABLE.value,
        Code.POLICY_STALE.value,
        Code.STORAGE_LOW.value,
        Code.STORAGE_FULL.value,
    }
)


@dataclass(frozen=True)
class Profile:
    """Which body this node is; `known` is what the newest directory ever trusted says of it."""

    network: str
    member: str
    known: Callable[[], Member]

    def name(self) -> str:
        """Return the body's name."""
        return self.known().name

    def kind(self) -> Kind:
        """Return the kind of body."""
        return self.known().kind

    def contact(self) -> str:
        """Return how the body is reached."""
        return self.known().contact


@dataclass(frozen=True)
class Enrolling:
    """How many await a pseudonym of one epoch, and why the work does not go on, if it doesn't."""

    epoch: int
    awaiting: int
    waits: MagliaError | None = None


@dataclass(frozen=True)
class NodeStatus:
    """The node's state at one moment; `problems` are error codes, `enrolment` has a second epoch while keys rotate."""

    policy_revision: str
    directory_version: int
    ready: bool
    awaiting: int
    records: int
    engine: str
    problems: tuple[str, ...]
    members_active: int
    enrolment: tuple[Enrolling, ...] = ()


def read_status(
    me: str,
    store: Store,
    trust: Trust,
    policy: Policy,
    known: Iterable[Code] = (),
    waits: Mapping[int, MagliaError] | None = None,
) -> NodeStatus:
    """Return the state, with the problems `known` already; what can't be read is one more, not a failure.

    `waits` is why the enrolment for an epoch does not go on.
    """
    version = members = awaiting = 0
    enrolment: tuple[Enrolling, ...] = ()
    problems = [code.value for code in known]
    ready = _SILENCED.isdisjoint(problems)
    try:
        directory = trust.directory()
        version, members = directory.version, len(directory.active())
        directory.member(me)
        awaiting = store.awaiting_count(directory.epoch)
        enrolment = tuple(
            Enrolling(epoch, store.awaiting_count(epoch), (waits or {}).get(epoch)) for epoch in trust.keys().epochs.all
        )
    except MagliaError as error:
        ready = False
        if error.code.value not in problems:
            problems.append(error.code.value)
    return NodeStatus(
        policy_revision=policy.revision,
        directory_version=version,
        ready=ready,
        awaiting=awaiting,
        records=store.record_count(),
        engine=policy.engine,
        problems=tuple(problems),
        members_active=members,
        enrolment=enrolment,
    )
