"""What is left of a need: never more certain than what is known, never negative, never counted twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from maglia.core.exchange import Finding
from maglia.core.vocabulary import AidStatus, AmountBand, Facet, Kind, amount_band
from node.domain.needs import OwnAid
from node.domain.residual import Balance, Covered, covered_by_others, covered_here, owed_as_told

NOW_MS = 1_748_736_000_000
LEVELS = ("detail", "presence", "hidden")

cents = st.integers(1, 10**6)
statuses = st.sampled_from([AidStatus.GIVEN, AidStatus.RESERVED])
paid = st.lists(st.tuples(statuses, cents, st.sampled_from(LEVELS)), max_size=6)
own_aids = st.lists(st.tuples(statuses, cents), max_size=4)


def told(status: AidStatus, amount: int, level: str) -> Finding:
    band = None if level == "hidden" else amount_band(amount)
    bare = Finding(Facet.RENT_ARREARS, "2025-05", band, Kind.COMUNE, status, same_need=True)
    return replace(bare, amount_cents=amount if level == "detail" else None)


def own(status: AidStatus, amount: int | None) -> OwnAid:
    return OwnAid("rent_arrears", amount, status, "ALER", None, None)


def balance(owed: int, ours: list[tuple[AidStatus, int]], theirs: list[tuple[AidStatus, int, str]]) -> Balance:
    others = covered_by_others([told(*one) for one in theirs], NOW_MS)
    return Balance(owed, covered_here([own(*one) for one in ours]), others, heard_all=True)


def left(owed: int, ours: list[tuple[AidStatus, int]], theirs: list[tuple[AidStatus, int, str]]) -> int:
    return owed - sum(amount for _, amount in ours) - sum(amount for _, amount, _ in theirs)


@given(cents, own_aids, paid)
def test_what_is_said_to_be_left_is_never_less_than_what_is(
    owed: int, ours: list[tuple[AidStatus, int]], theirs: list[tuple[AidStatus, int, str]]
) -> None:
    found = balance(owed, ours, theirs)
    truly = left(owed, ours, theirs)
    assert found.residual_cents >= max(truly, 0)
    assert found.over_cents <= max(-truly, 0)
    assert not (found.residual_cents and found.over_cents)


@given(cents, own_aids, paid)
def test_what_is_known_to_the_cent_adds_up_and_nothing_else_is_called_exact(
    owed: int, ours: list[tuple[AidStatus, int]], theirs: list[tuple[AidStatus, int, str]]
) -> None:
    found = balance(owed, ours, theirs)
    assert found.may_be_less == any(level != "detail" for *_, level in theirs)
    assert found.unknown == sum(level == "hidden" for *_, level in theirs)
    if not found.may_be_less:
        assert found.residual_cents - found.over_cents == left(owed, ours, theirs)


@given(cents, own_aids, paid, statuses, cents, st.sampled_from(LEVELS))
def test_one_more_aid_never_leaves_more_to_cover(
    owed: int,
    ours: list[tuple[AidStatus, int]],
    theirs: list[tuple[AidStatus, int, str]],
    status: AidStatus,
    amount: int,
    level: str,
) -> None:
    before, after = balance(owed, ours, theirs), balance(owed, ours, [*theirs, (status, amount, level)])
    assert after.residual_cents <= before.residual_cents
    assert after.others.total_cents >= before.others.total_cents
    assert (after.own, after.owed_cents) == (before.own, before.owed_cents)


@given(paid)
def test_a_silent_or_partial_answer_leaves_the_rest_uncertain_whatever_is_told(
    theirs: list[tuple[AidStatus, int, str]],
) -> None:
    assert replace(balance(10**6, [], theirs), heard_all=False).may_be_less


def test_a_comune_and_a_parish_complete_one_arrear() -> None:
    found = balance(
        900_00,
        [(AidStatus.GIVEN, 100_00)],
        [(AidStatus.RESERVED, 400_00, "detail"), (AidStatus.GIVEN, 60_00, "hidden")],
    )
    assert (found.own, found.others) == (Covered(100_00, 0), Covered(0, 400_00, 1, exact=False))
    assert (found.residual_cents, found.over_cents, found.unknown, found.may_be_less) == (400_00, 0, 1, True)


def test_more_than_is_owed_is_said() -> None:
    found = balance(900_00, [(AidStatus.GIVEN, 600_00)], [(AidStatus.RESERVED, 400_00, "detail")])
    assert (found.residual_cents, found.over_cents) == (0, 100_00)


def test_a_band_counts_the_least_that_it_can_be() -> None:
    for band, least in zip(AmountBand, (0, 50_00, 150_00, 500_00, 1500_00), strict=True):
        finding = replace(told(AidStatus.GIVEN, 1, "hidden"), amount_band=band)
        assert covered_by_others([finding], NOW_MS) == Covered(least, 0, 0, exact=False)
        assert amount_band(least) is band


def test_help_without_a_known_amount_and_monthly_help_are_at_least() -> None:
    assert covered_here([own(AidStatus.GIVEN, None)]) == Covered(0, 0, 1, exact=False)
    assert covered_here([replace(own(AidStatus.GIVEN, 200_00), is_monthly=True)]) == Covered(200_00, 0, 0, exact=False)
    assert covered_here([own(AidStatus.CANCELLED, 200_00)]) == Covered()


def test_a_promise_that_has_ended_since_it_was_told_covers_nothing() -> None:
    promised = replace(told(AidStatus.RESERVED, 400_00, "detail"), reserved_until_ms=NOW_MS)
    assert covered_by_others([promised], NOW_MS) == Covered()
    assert covered_by_others([promised], NOW_MS - 1) == Covered(0, 400_00)


def test_the_largest_total_that_is_told_is_gone_by() -> None:
    bare = told(AidStatus.GIVEN, 1, "detail")
    assert owed_as_told([bare]) is None
    assert owed_as_told([bare, replace(bare, owed_cents=900_00), replace(bare, owed_cents=850_00)]) == 900_00
