"""What an officer looks at before signing: each member in the one set that says what happens to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.difference import Difference, difference
from maglia.core.directory import Directory, Member
from maglia.core.vocabulary import Facet, Kind, MemberState, Purpose
from tests.peer_world import COMUNE, OTHER, PARISH

NONE: frozenset[str] = frozenset()
NOTHING = Difference(NONE, NONE, NONE, NONE, NONE, NONE)
MEMBERS = {body.id: body.member for body in (COMUNE, PARISH)}
BEFORE = Directory("prova", 7, 1, b"w" * 32, MEMBERS)
STOPPED = replace(PARISH.member, state=MemberState.SUSPENDED)
ID = frozenset({PARISH.id})


def after(member: Member | None) -> Directory:
    others = {name: one for name, one in MEMBERS.items() if name != PARISH.id}
    return replace(BEFORE, version=8, members=others | ({PARISH.id: member} if member else {}))


def test_the_same_members_again_are_no_difference() -> None:
    assert difference(BEFORE, replace(BEFORE, version=8)) == NOTHING


def test_who_comes_and_who_goes() -> None:
    assert difference(BEFORE, after(None)) == replace(NOTHING, removed=ID)
    more = replace(BEFORE, members=MEMBERS | {OTHER.id: OTHER.member})
    assert difference(BEFORE, more) == replace(NOTHING, added=frozenset({OTHER.id}))
    assert difference(None, BEFORE).added == frozenset(MEMBERS)


@pytest.mark.parametrize(
    ("old", "new", "happens"),
    [
        (PARISH.member, STOPPED, {"stopped"}),
        (STOPPED, replace(PARISH.member, reinstated=1), {"reinstated"}),
        (PARISH.member, replace(PARISH.member, reinstated=1), {"reinstated"}),
        (STOPPED, PARISH.member, {"reinstated"}),
        (PARISH.member, replace(PARISH.member, facets=frozenset({Facet.LOAN})), {"changed"}),
        (PARISH.member, replace(PARISH.member, purposes=frozenset(Purpose)), {"changed"}),
        (PARISH.member, replace(PARISH.member, act_expiry="2199-01-01"), {"changed"}),
        (PARISH.member, replace(STOPPED, facets=frozenset({Facet.LOAN})), {"stopped", "changed"}),
        (STOPPED, replace(STOPPED, reinstated=1), {"altered"}),
        (replace(PARISH.member, reinstated=2), replace(PARISH.member, reinstated=1), {"altered"}),
        (PARISH.member, replace(PARISH.member, identity_key=bytes(32)), {"altered"}),
        (PARISH.member, replace(PARISH.member, log_key=bytes(32)), {"altered"}),
        (PARISH.member, replace(PARISH.member, kind=Kind.COMUNE), {"altered"}),
        (PARISH.member, replace(PARISH.member, name="Altra"), {"altered"}),
    ],
)
def test_what_happens_to_a_member_that_stays(old: Member, new: Member, happens: set[str]) -> None:
    before = replace(BEFORE, members=MEMBERS | {PARISH.id: old})
    found = difference(before, after(new))
    assert {name for name, members in vars(found).items() if members == ID} == happens
