"""How well time tells a client whose records are hidden from a stranger: one node, one question at a time.

The guesser knows the best threshold: whatever takes longer is a client. Its advantage is |true positives - false
positives|, from 0 (it guesses) to 1 (it knows). Beside it stands the advantage over two samples of strangers, which is
what as many questions show of nothing.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import product
from random import Random
from statistics import median

from benchmarks.asker import Asker, Questions, open_asker
from benchmarks.measure import Plan, family
from benchmarks.network import ANSWERING, ASKER, BenchNetwork
from benchmarks.table import Table
from maglia.core.vocabulary import FAMILY, MAX_MONTHS, Facet

_WARM = 60
_FACET = Facet.FOOD_PARCEL
_Times = Mapping[str, Sequence[float]]
_Time = Callable[[str], Awaitable[float]]


async def measure_hidden(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Measure with the embedded engine, then with OPA where there is one and time for it."""
    for engine in ("embedded", "auto") if plan.is_whole else ("embedded",):
        pid = network.set_up(ANSWERING, engine=engine, answers_a_day=10_000_000)
        if engine == "auto" and len(family(pid)) == 1:
            return
        name = "embedded engine" if engine == "embedded" else "OPA server"
        title = f"Hidden client, {name} (beside: stranger; advantage beside that over strangers alone)"
        table.section(title, name)
        async with open_asker(network, ASKER, ANSWERING) as asker:
            guess = _Guess(network, asker)
            first = await guess.first_met()
            _add(table, "class never judged before", first)
            _add(table, "ruling remembered", await _taken(guess.remembered, 5 * plan.checks))
            _add(table, "form of question not asked before", await _taken(guess.new_form, plan.checks // 2))


class _Guess:
    """Asks about strangers, and about clients of whom nothing may be shown."""

    def __init__(self, network: BenchNetwork, asker: Asker) -> None:
        self._asker = asker
        self._questions = Questions(network, ASKER, ANSWERING)
        self._facets = network.facets_of(ANSWERING)
        self._strangers = [secrets.token_bytes(16) for _ in range(100)]
        self._rng = Random(7)  # noqa: S311 - a mix of questions, no secret
        self._hidden: dict[Facet, list[bytes]] = {}
        self._forms = self._all_forms()

    async def first_met(self) -> _Times:
        """Return times in a form asked before, of clients each with the first record of its facet that is met."""
        for stranger in self._strangers:
            await self._ask(stranger)
        times: dict[str, list[float]] = {"stranger": [], "other": [], "hidden": []}
        met: set[str] = set()
        for person in self._clients(_FACET):
            if len(self._facets[person]) == 1 and not self._facets[person] <= met:
                met |= self._facets[person]
                times["hidden"].append(await self._ask(person))
                for kind in ("stranger", "other"):
                    times[kind] += [await self._ask(self._rng.choice(self._strangers)) for _ in range(5)]
        return times

    async def remembered(self, kind: str) -> float:
        """Return the time of a question whose ruling is known."""
        return await self._ask(self._person(kind, _FACET))

    async def new_form(self, kind: str) -> float:
        """Return the time of a question in a form that nobody asked before."""
        facet, months = next(self._forms)
        return await self._ask(self._person(kind, facet), facet, months)

    async def _ask(self, person: bytes, facet: Facet = _FACET, months: int = 6) -> float:
        return await self._asker.time(self._questions.about([person], facet, months))

    def _person(self, kind: str, facet: Facet) -> bytes:
        return self._rng.choice(self._clients(facet)[:100] if kind == "hidden" else self._strangers)

    def _clients(self, facet: Facet) -> list[bytes]:
        """Return those helped with other families of aid alone."""
        if facet not in self._hidden:
            of_family = {each.value for each in Facet if FAMILY[each] is FAMILY[facet]}
            self._hidden[facet] = [person for person, facets in self._facets.items() if not facets & of_family]
        return self._hidden[facet]

    def _all_forms(self) -> Iterator[tuple[Facet, int]]:
        every = [(facet, months) for facet, months in product(Facet, range(1, MAX_MONTHS + 1)) if months != 6]
        self._rng.shuffle(every)
        return iter(every)


async def _taken(time: _Time, count: int) -> _Times:
    """Return times of questions about a client and two samples of strangers, in turns, after some that warm up."""
    kinds = ["stranger", "other", "hidden"]
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = Random(3)  # noqa: S311 - no secret
    for turn in range(-_WARM // 10, count):
        order.shuffle(kinds)
        for kind in kinds:
            taken = await time(kind)
            if turn >= 0:
                times[kind].append(taken)
    return times


def _add(table: Table, name: str, times: _Times) -> None:
    strangers = median([*times["stranger"], *times["other"]])
    table.add(f"{name}: median", median(times["hidden"]) * 1e3, "ms", strangers * 1e3)
    noise = advantage(times["stranger"], times["other"])
    table.add(f"{name}: best guesser's advantage", advantage(times["stranger"], times["hidden"]), "of 1", noise)


def advantage(some: Sequence[float], others: Sequence[float]) -> float:
    """Return the greatest |share of `some` - share of `others`| at or below any threshold."""
    one, other = sorted(some), sorted(others)
    return max(abs(bisect_right(one, at) / len(one) - bisect_right(other, at) / len(other)) for at in (*one, *other))
