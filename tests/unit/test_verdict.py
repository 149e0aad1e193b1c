"""What an operator may conclude, and whose name is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.exchange import Finding
from maglia.core.vocabulary import AidStatus, AmountBand, EndState, Facet, Kind, Silence, Verdict
from node.domain.verdict import NAMED_FROM, CheckState, Outcome, show
from tests.peer_world import Body

SECRET = b"s" * 32
FINDING = Finding(Facet.RENT_ARREARS, "2025-05", AmountBand.FROM_500, Kind.PARISH, AidStatus.GIVEN)
SAME = replace(FINDING, same_need=True)
PARISHES = [Body(f"parrocchia-{number}").member for number in range(NAMED_FROM)]
COMUNE = Body("comune", Kind.COMUNE).member
OTHERS = [Outcome(member, EndState.ANSWERED) for member in PARISHES[1:]]


def answered(body: int = 0, *findings: Finding, **changes: object) -> Outcome:
    made = Outcome(PARISHES[body], EndState.ANSWERED, findings=findings)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields, by name


def state(*outcomes: Outcome) -> CheckState:
    named = {outcome.member.id: outcome for outcome in outcomes}
    return CheckState("V-1", named, "r", waiting=False, provisional=True, shown=show(outcomes, SECRET))


@pytest.mark.parametrize(
    ("outcomes", "verdict", "complete"),
    [
        ((), Verdict.NONE_KNOWN, False),
        ((answered(0), answered(1)), Verdict.NONE_KNOWN, True),
        ((answered(0, FINDING), answered(1)), Verdict.SIMILAR, True),
        ((answered(0, FINDING), answered(1, FINDING, SAME)), Verdict.SAME_NEED, True),
        ((answered(0), Outcome(PARISHES[1])), Verdict.NONE_KNOWN, False),
        ((answered(0, SAME), Outcome(PARISHES[1])), Verdict.SAME_NEED, False),
        ((answered(0), Outcome(PARISHES[1], EndState.SILENT, Silence.UNREACHABLE)), Verdict.NONE_KNOWN, False),
        ((answered(0), Outcome(PARISHES[1], EndState.REFUSED, refusal="policy.facet")), Verdict.NONE_KNOWN, False),
        ((answered(0), answered(1, silence=Silence.COVERAGE_PARTIAL)), Verdict.NONE_KNOWN, False),
        ((answered(0), answered(1, SAME, end=EndState.LATE, late=True)), Verdict.SAME_NEED, True),
    ],
)
def test_the_strongest_finding_speaks_and_every_body_makes_it_complete(
    outcomes: tuple[Outcome, ...], verdict: Verdict, complete: bool
) -> None:
    assert (state(*outcomes).verdict, state(*outcomes).complete) == (verdict, complete)


def test_bodies_are_counted_by_what_they_did() -> None:
    found = state(
        answered(0, FINDING),
        answered(1),
        Outcome(PARISHES[2], EndState.SILENT, Silence.DEADLINE),
        Outcome(COMUNE, EndState.REFUSED, refusal="policy.facet"),
    )
    assert (found.asked, found.answered, found.nothing, found.late) == (4, 2, 1, 0)
    assert [each.member for each in found.silent] == [PARISHES[2]]
    assert [each.member for each in found.refused] == [COMUNE]


def test_below_detail_a_giver_is_its_kind() -> None:
    [shown] = show([answered(0, FINDING), *OTHERS], SECRET)
    assert (shown.kind, shown.member, shown.finding.contact) == (Kind.PARISH, None, "")


@pytest.mark.parametrize(
    "third",
    [
        None,
        Outcome(PARISHES[2]),
        Outcome(PARISHES[2], EndState.SILENT, Silence.DEADLINE),
        Outcome(PARISHES[2], EndState.REFUSED, refusal="policy.facet"),
    ],
    ids=["not there", "awaited", "silent", "refused"],
)
def test_a_kind_of_which_few_answered_is_not_even_named(third: Outcome | None) -> None:
    """Whoever is silent or refused is named: the operator knows that none of them is the giver."""
    [shown] = show([answered(0, FINDING), OTHERS[0], *([third] if third else [])], SECRET)
    assert (shown.kind, shown.member) == (None, None)


def test_a_body_that_is_the_only_one_of_its_kind_hides_among_others() -> None:
    alone = Outcome(COMUNE, EndState.ANSWERED)
    first, second = (
        show([replace(alone, findings=found), answered(0, *others), *OTHERS], SECRET)
        for found, others in (((FINDING,), ()), ((), (FINDING,)))
    )
    assert [row.kind for row in first] == [row.kind for row in second] == [None]
    odv = [Outcome(Body(f"odv-{number}", Kind.ODV).member, EndState.ANSWERED) for number in range(4)]
    [shown] = show([alone, answered(0, FINDING), *OTHERS, *odv], SECRET)
    assert shown.kind is None
    [of_many] = show([alone, answered(0), *OTHERS, replace(odv[0], findings=(FINDING,)), *odv[1:]], SECRET)
    assert of_many.kind is Kind.ODV


def test_which_row_came_late_is_told_of_named_bodies_alone() -> None:
    """A late body was named as silent before: its row would name it, which is counted and not pointed at."""
    late = {"end": EndState.LATE, "late": True}
    hidden = state(answered(0, FINDING, **late), *OTHERS)
    assert ([row.late for row in hidden.shown], hidden.late) == ([False], 1)
    named = state(answered(0, replace(FINDING, body=PARISHES[0].id), **late), *OTHERS)
    assert ([row.late for row in named.shown], named.late) == ([True], 1)


def test_at_detail_the_giver_is_named() -> None:
    detail = replace(FINDING, body=PARISHES[0].id, contact="x@example.org")
    [shown] = show([answered(0, detail)], SECRET)
    assert (shown.kind, shown.member, shown.finding.contact) == (Kind.PARISH, PARISHES[0], "x@example.org")


def test_a_body_can_name_neither_another_nor_another_kind() -> None:
    lie = replace(FINDING, body=COMUNE.id, contact="x@example.org", kind=Kind.COMUNE)
    [shown] = show([answered(0, lie), *OTHERS], SECRET)
    assert (shown.kind, shown.member, shown.finding.body, shown.finding.contact) == (Kind.PARISH, None, "", "")


def test_the_order_depends_on_the_check_and_not_on_who_came_first() -> None:
    outcomes = [answered(number, FINDING, SAME) for number in range(3)]
    one = show(outcomes, SECRET)
    assert show(outcomes[::-1], SECRET) == one
    facts = {tuple(row.finding.same_need for row in show(outcomes, bytes([n]) * 32)) for n in range(30)}
    assert len(facts) > 3
