"""A body that asks many others: everything of its node that a question meets, put together as `node.app` does.

The registry's evaluator works in the same process, on the same cores.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.bodies import NETWORK, POLICIES, HeldTrust, OneKey, call_by, directory_of, key_of
from benchmarks.bulk import LocalNetwork
from benchmarks.hosting import DAY_S, Host, Order, hosted, make_template
from benchmarks.network import SEED
from demo.people import Codes
from maglia.core.bundle import build_bundle
from maglia.core.identifiers import Identifier
from maglia.core.identity import Card, log_origin
from maglia.core.lanes import Lanes
from maglia.core.log import Log
from maglia.core.vocabulary import AidStatus, Basis, Facet, Role
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.wire.certificates import TlsIdentity, make_certificate
from node.ask import Asking
from node.batches.calls import BatchDesk
from node.batches.naming import NamingMany
from node.batches.run import BatchTools
from node.domain.model import AidRecord, Consent, Operator
from node.endings import OpenQuestions
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.folder import SystemClock
from node.hearing import Hearing, Timing
from node.network.peers import PeerStreams
from node.policy.choose import open_policy
from node.ports import Peers
from node.procedures import Procedures
from node.pseudonyms import Pseudonyms
from node.questions import Questions
from node.store.migrations import migrate
from node.store.sql import SqlStore

PERSONS = 5
OPERATOR = Operator("bench", "Bench", Role.OFFICER)
_TIMING = Timing(give_up_s=8.0)
"""Nobody waits two minutes here for bodies that were made to stand still."""


@dataclass(frozen=True)
class Wide:
    """A wide network: who asks, whom, and about which persons; half of the bodies know each of them.

    The asker helps `persons` itself, and so keeps their pseudonyms; of `strangers` it has a consent and keeps nothing.
    """

    folder: Path
    network: LocalNetwork
    lanes: Lanes
    me: str
    identity: TlsIdentity
    persons: Sequence[Identifier]
    strangers: Sequence[Identifier]
    hosts: Sequence[Host]
    cards: Mapping[str, Card]

    @property
    def bodies(self) -> int:
        """Return how many bodies are asked."""
        return len(self.cards)

    def trust(self, cards: Mapping[str, Card] | None = None) -> HeldTrust:
        """Return what the asker trusts; `cards` stand in for some of the bodies' own."""
        names = [self.me, *self.cards]
        reached = {**self.cards, **(cards or {})}
        return HeldTrust(directory_of(names), call_by(self.me), reached, key_set=self.network.key_set)

    def streams(self, trust: HeldTrust) -> PeerStreams:
        """Return streams of the asker, none of them open yet."""
        return PeerStreams(NETWORK, key_of(self.me), lambda: self.identity, trust.peer, trust)


@contextmanager
def wide_network(folder: Path, bodies: int, shares: Sequence[float]) -> Iterator[Wide]:
    """Serve so many bodies beside the asker, in a process for each of the `shares` of them."""
    folder.mkdir(parents=True)
    codes = Codes(Random(SEED + 4), date.today())  # noqa: S311 - fictional persons
    persons = [codes.tax_code() for _ in range(2 * PERSONS)]
    template, blank, lanes = folder / "template.db", folder / "blank.db", Lanes()
    make_template(template, persons)
    make_template(blank, ())
    network = LocalNetwork(folder / "network", lanes, bodies + 1)
    names = [key.member for key in network.key_set.keys]
    me, identity = names[0], make_certificate(names[0], NETWORK, DAY_S, time.time())
    inputs: list[bytes] = [person.pseudonym_input() for person in persons]
    of_persons = list(zip(*network.pseudonyms_of(inputs), strict=True))
    known = {names[at]: dict(zip(inputs, of_persons[at], strict=True)) for at in range(0, len(names), 2)}
    parts = _split(names[1:], shares)
    with ExitStack() as stack:
        stack.callback(network.close)
        orders = [Order(part, folder, template, blank, me, identity.certificate, known) for part in parts]
        hosts, cards = stack.enter_context(hosted(orders))
        yield Wide(folder, network, lanes, me, identity, persons[:PERSONS], persons[PERSONS:], hosts, cards)


def _split(names: Sequence[str], shares: Sequence[float]) -> list[Sequence[str]]:
    """Return the names in parts of these shares of them, one name in each at least, the first part what is left."""
    parts, last = [], len(names)
    for share in reversed(shares[1:]):
        count = max(1, round(share * len(names)))
        parts.append(names[last - count : last])
        last -= count
    return [names[:last], *reversed(parts)]


@dataclass(frozen=True)
class AskingNode:
    """The parts of the asker's node that checks and calls for applicants go through."""

    asking: Asking
    desk: BatchDesk


@asynccontextmanager
async def asking_node(wide: Wide, trust: HeldTrust, peers: Peers) -> AsyncIterator[AskingNode]:
    """Put the asker's node together on a database of its own."""
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        engine = open_sqlite(wide.folder / f"asker-{secrets.token_hex(4)}.db")
        stack.callback(engine.dispose)
        migrate(engine)
        store = SqlStore(engine, os.urandom(32), clock)
        stack.callback(store.close)
        store.add_operator(OPERATOR, "-")
        _fill(wide, store)
        log = Log(SqlLogBackend(engine), log_origin(wide.me, NETWORK), key_of(wide.me).private)
        stack.callback(log.close)
        entries = Entries(log, OneKey(), clock)
        bundle, revision = build_bundle(POLICIES)
        policy = await open_policy(bundle, revision, wide.folder, engine="embedded")
        stack.push_async_callback(policy.close)
        opened, budget_key = OpenQuestions(), os.urandom(32)
        made = Pseudonyms(LoggedEvaluator(wide.network, entries), store, clock, wide.lanes)
        asked_from = wide.me, store, entries, policy, trust
        tools = BatchTools(
            *asked_from,
            procedures=Procedures(store, trust, clock),
            questions=Questions(wide.me, entries, policy, trust, opened),
            hearing=Hearing(peers, entries, Timing()),
            naming=NamingMany(wide.me, store, trust, made, clock),
            clock=clock,
            budget_key=budget_key,
            open_questions=opened,
        )
        asking = Asking(*asked_from, peers, made, clock, budget_key, _TIMING, opened)
        yield AskingNode(asking, BatchDesk(tools))


def _fill(wide: Wide, store: SqlStore) -> None:
    """Put everybody's consent on file, and aid of the body's own for its clients."""
    today = date.today()
    consent = Consent(("aid_overlap",), "2026-1", "it", today)
    for person in (*wide.persons, *wide.strangers):
        store.add_consent(person, consent, OPERATOR.user)
    for person in wide.persons:
        given = person, Facet.FOOD_PARCEL.value, today, 40_00, AidStatus.GIVEN, Basis.CONSENT
        store.add_record(AidRecord(*given, consent=consent), OPERATOR.user)
