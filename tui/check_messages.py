"""What a node says of a check, as plain values; every text that arrives is made plain here, as in `tui.client`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from maglia.v1 import operator_pb2
from tui.model import Balance, CheckState, Finding, Person, Silent
from tui.text import plain


def check_state(response: operator_pb2.CheckResponse) -> CheckState:
    """Return the state of one person's check."""
    return CheckState(
        check_id=plain(response.check_id),
        verdict=plain(response.verdict),
        complete=response.complete,
        asked=response.asked,
        answered=response.answered,
        silent=bodies_of(response.silent),
        refused=bodies_of(response.refused),
        findings=tuple(finding_of(shown) for shown in response.findings),
        nothing=response.nothing,
        omitted=response.omitted,
        left_out=response.left_out,
        asked_in_part=response.asked_in_part,
        policy_revision=plain(response.policy_revision),
        waiting=response.waiting,
        provisional=response.provisional,
        late=response.late,
        elapsed_ms=response.elapsed_ms,
        day=plain(response.day),
        balance=balance_of(response.balance) if response.HasField("balance") else None,
    )


def household_state(response: operator_pb2.CheckHouseholdResponse, codes: Sequence[str]) -> CheckState:
    """Return the household's state; raise `network.answer` when it does not speak of exactly those entered."""
    if len(response.persons) != len(codes):
        raise MagliaError(Code.NETWORK_ANSWER, cause="another household")
    persons = tuple(
        Person(code, plain(one.unverified), plain(one.check_id), plain(one.verdict), one.complete)
        for code, one in zip(codes, response.persons, strict=True)
    )
    whole = check_state(response.whole)
    complete = whole.complete and not any(person.unverified for person in persons)
    return replace(whole, household=persons, complete=complete)


def balance_of(told: operator_pb2.NeedBalance) -> Balance:
    """Return how far a need is covered."""
    return Balance(
        need=plain(told.need, 20),
        facet=plain(told.facet),
        creditor=plain(told.creditor),
        owed_cents=told.owed_cents,
        own_given_cents=told.own_given_cents,
        own_reserved_cents=told.own_reserved_cents,
        others_given_cents=told.others_given_cents,
        others_reserved_cents=told.others_reserved_cents,
        unknown=told.unknown,
        residual_cents=told.residual_cents,
        over_cents=told.over_cents,
        may_be_less=told.may_be_less,
    )


def bodies_of(found: Iterable[operator_pb2.SilentBody]) -> tuple[Silent, ...]:
    """Return bodies that did not answer in full, or refused."""
    return tuple(Silent(plain(body.member), plain(body.name), plain(body.reason)) for body in found)


def finding_of(shown: operator_pb2.ShownFinding) -> Finding:
    """Return a finding as the operator reads it."""
    return Finding(
        member_kind=plain(shown.member_kind),
        member=plain(shown.member),
        member_name=plain(shown.member_name),
        facet=plain(shown.facet),
        when=plain(shown.when),
        amount_band=plain(shown.amount_band),
        amount_cents=shown.amount_cents if shown.HasField("amount_cents") else None,
        status=plain(shown.status),
        same_need=shown.same_need,
        contact=plain(shown.contact),
        late=shown.late,
        kind_hidden=shown.kind_hidden,
        objection=shown.objection,
        person=shown.person,
        owed_cents=shown.owed_cents if shown.HasField("owed_cents") else None,
        reserved_at_ms=shown.reserved_at_ms if shown.HasField("reserved_at_ms") else None,
        reserved_until_ms=shown.reserved_until_ms if shown.HasField("reserved_until_ms") else None,
    )
