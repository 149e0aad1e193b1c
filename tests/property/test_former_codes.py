"""Codes that give way and come back, among everything else that is done with help: none is lost, none changes hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maglia.core.errors import MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import AidStatus, Basis, Facet, Purpose
from node.domain.household_file import WhoLives
from node.domain.names import CompositeName, NamedAid, read_name
from node.domain.record_file import FiledRecord
from node.domain.reservations import Sight
from node.store.sql import SqlStore
from tests.clerk import TODAY, open_store, person, record

Step = tuple[str, int, int]
NAME, STP, CF = range(3)
ACTIONS = ("add", "reserve", "link", "correct", "undo", "confirm", "release", "unlink")
"""What is done, to one of the three: for a link, who gives way; for help, whose."""
step = st.tuples(st.sampled_from((*ACTIONS, "correct", "confirm")), st.integers(NAME, CF), st.integers(0, 9))
formers = st.integers(NAME, STP)


def between(former: int) -> st.SearchStrategy[list[Step]]:
    """A link, anything at all, and the link taken back."""
    link = st.tuples(st.just("link"), st.just(former), st.integers(0, 9))
    unlink = st.just(("unlink", former, 0))
    return st.builds(
        lambda first, rest, last: [first, *rest, last], link, st.lists(step, min_size=1, max_size=4), unlink
    )


steps = st.lists(formers.flatmap(between), min_size=1, max_size=3).map(lambda rounds: list(chain(*rounds)))
numbers = count()
Content = tuple[AidStatus, int]


@dataclass
class Link:
    """What a link moved, and whether anything moved was changed since."""

    current: int
    moved: set[str]
    changed: bool = False


@dataclass
class Desk:
    """One person's three names at a body, and what should be on file under each."""

    store: SqlStore
    codes: list[WhoLives]
    who: CompositeName
    at: dict[str, int] = field(default_factory=dict)
    versions: dict[str, list[Content]] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)

    def do(self, action: str, whose: int, which: int) -> None:
        """Do one thing; what can't be done, or is refused, should change nothing."""
        if action in {"add", "reserve"}:
            self._add(whose, which, AidStatus.GIVEN if action == "add" else AidStatus.RESERVED)
        elif action == "link":
            self._link(whose, CF if which % 2 else STP)
        elif action == "unlink":
            self._unlink(whose)
        else:
            self._change(action, self._current(whose), which)

    def expected(self) -> list[dict[str, Content]]:
        """Return what should be on file under each code, by its mark."""
        return [{mark: self.versions[mark][-1] for mark, at in self.at.items() if at == code} for code in range(3)]

    def found(self) -> list[dict[str, Content]]:
        """Return what is; a mark twice on file fails."""
        by_name = [
            aid for one in self.store.persons_like(self.who) if one.number == self.codes[NAME] for aid in one.aids
        ]
        files = [[(one.creditor, one.status, one.amount_cents) for one in by_name]]
        for code in (STP, CF):
            live = [one.record for one in self._filed(code) if self._current(code) == code]
            files.append([(one.creditor, one.status, one.amount_cents) for one in live])
        for rows in files:
            assert len({mark for mark, _, _ in rows}) == len(rows), "something is on file twice"
        return [{mark: (status, cents or 0) for mark, status, cents in rows} for rows in files]

    def _current(self, code: int) -> int:
        while code in self.links:
            code = self.links[code].current
        return code

    def _filed(self, code: int) -> list[FiledRecord]:
        who = self.codes[code]
        assert not isinstance(who, int)
        return [one for one in self.store.records_of(who) if one.record.status is not AidStatus.CORRECTED]

    def _add(self, whose: int, which: int, status: AidStatus) -> None:
        mark, cents, who = f"Forno {next(numbers)}", 100 + which, self.codes[whose]
        if isinstance(who, int):
            if whose in self.links:
                return
            aid = NamedAid(Facet.FOOD_PARCEL, TODAY, cents, status, Basis.CONSENT, mark)
            self.store.add_named_aid(who, aid, "anna")
        else:
            aid_record = record(who, "food_parcel", TODAY, amount_cents=cents, status=status, creditor=mark)
            if status is AidStatus.RESERVED:
                self.store.reserve(aid_record, Purpose.AID_OVERLAP, 6, "anna")
            else:
                self.store.add_record(aid_record, "anna")
        self.at[mark], self.versions[mark] = self._current(whose), [(status, cents)]

    def _change(self, action: str, code: int, which: int) -> None:
        filed = [] if code == NAME else sorted(self._filed(code), key=lambda one: one.record.creditor)
        if not filed:
            return
        one = filed[which % len(filed)]
        mark, versions = one.record.creditor, self.versions[one.record.creditor]
        status, cents = versions[-1]
        if action == "undo":
            self.store.undo_record(one, "anna")
            versions.pop()
            if not versions:
                del self.at[mark]
        elif action == "correct" and status is AidStatus.GIVEN:
            self.store.correct_record(one, replace(one.record, amount_cents=cents + 1_000), "anna")
            versions.append((status, cents + 1_000))
        elif action == "confirm" and status is AidStatus.RESERVED:
            self.store.confirm(one.id, TODAY, cents + 1, Sight(complete=True), "", "anna")
            versions.append((AidStatus.GIVEN, cents + 1))  # undone, it is a promise again
        elif action == "release" and status is AidStatus.RESERVED:
            self.store.release(one.id, "anna")
            versions[-1] = (AidStatus.CANCELLED, cents)
        else:
            return
        for link in self.links.values():
            link.changed |= mark in link.moved and mark in self.at

    def _link(self, former: int, current: int) -> None:
        if former >= current or {former, current} & set(self.links):
            return
        who = self.codes[current]
        assert not isinstance(who, int)
        try:
            self.store.link(self.codes[former], who, "anna")
        except MagliaError:
            assert former not in self.at.values(), "somebody on file"
            return
        moved = {mark for mark, at in self.at.items() if at == former}
        self.links[former] = Link(current, moved)
        self.at.update(dict.fromkeys(moved, current))

    def _unlink(self, former: int) -> None:
        link = self.links.get(former)
        if link is None:
            return
        try:
            self.store.undo_link(self.codes[former], "anna")
        except MagliaError:
            assert link.changed, "nothing that moved was changed"
            return
        del self.links[former]
        holder = self._current(link.current)  # what another link's end gave back before stays where that put it
        self.at.update({mark: former for mark in link.moved if self.at.get(mark) == holder})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    store = open_store(tmp_path_factory.mktemp("codes") / "node.db")
    yield store
    store.close()


@example([("link", STP, 1), ("correct", CF, 0), ("correct", CF, 1), ("unlink", STP, 0)])
@example([("link", NAME, 1), ("confirm", CF, 0), ("confirm", CF, 1), ("unlink", NAME, 0)])
@example([("link", STP, 1), ("link", NAME, 1), ("unlink", STP, 0), ("unlink", NAME, 0)])
@example([("link", NAME, 0), ("link", STP, 1), ("unlink", NAME, 0), ("unlink", STP, 0)])
@example([("link", NAME, 0), ("confirm", STP, 0), ("undo", STP, 0), ("unlink", NAME, 0)])
@given(steps)
@settings(max_examples=30, deadline=None)
def test_no_help_is_lost_or_left_with_the_other_code(store: SqlStore, done: list[Step]) -> None:
    """Each example is about a person of its own, in one store."""
    number = next(numbers)
    who = read_name("Xqzar Wqzi", f"{date(1950, 1, 1) + timedelta(number)}", "Tlemcen", TODAY)
    first = NamedAid(Facet.FOOD_PARCEL, TODAY, 100, AidStatus.GIVEN, Basis.CONSENT, f"Forno {next(numbers)}")
    by_name, _ = store.add_named_person(who, first, "anna")
    desk = Desk(store, [by_name, parse_identifier(f"STP0309990{number:06d}"), person(number)], who)
    desk.at[first.creditor], desk.versions[first.creditor] = NAME, [(AidStatus.GIVEN, 100)]
    for one in [("reserve", NAME, 0), ("add", STP, 0), ("reserve", STP, 0), *done]:
        desk.do(*one)
        assert desk.found() == desk.expected(), one
