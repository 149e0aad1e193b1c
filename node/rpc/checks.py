"""A check as it travels between a console and its own node: what was typed, and what is known so far."""

from __future__ import annotations

from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from maglia.core.household import parse_household
from maglia.core.identifiers import Identifier, parse_identifier, parse_need
from maglia.core.vocabulary import DEFAULT_MONTHS, FAMILY, MAX_MONTHS, Facet, Purpose
from maglia.v1 import operator_pb2 as pb
from node.domain.household import HouseholdState, PersonState
from node.domain.residual import Balance
from node.domain.verdict import CheckState, Outcome, Shown
from node.inquiry import HouseholdInquiry, Inquiry


def read_inquiry(request: pb.CheckRequest, known: Identifier | None = None) -> Inquiry:
    """Step 2: everything typed is valid in form, or the sentence says which field is not.

    `known` is whom to ask about where that was read already. Raises `input.*`.
    """
    identifier = known or parse_identifier(request.identifier)
    if request.facet not in FAMILY:
        raise MagliaError(Code.INPUT_FACET, value=request.facet[:40], allowed=", ".join(Facet))
    if request.purpose not in frozenset(Purpose):
        raise MagliaError(Code.INPUT_PURPOSE, value=request.purpose[:40], allowed=", ".join(Purpose))
    months = request.months or DEFAULT_MONTHS
    if months > MAX_MONTHS:
        raise MagliaError(Code.INPUT_MONTHS, value=months)
    return Inquiry(
        identifier=identifier,
        facet=Facet(request.facet),
        purpose=Purpose(request.purpose),
        months=months,
        need=parse_need(request.need) if request.need else None,
        creditor=request.creditor,
        procedure=request.procedure.strip(),
    )


def read_household(request: pb.CheckHouseholdRequest) -> HouseholdInquiry:
    """Step 2 for everybody entered; who is known by a name alone stays in the list, and is not asked about.

    Raises `input.*`.
    """
    persons = parse_household([request.question.identifier, *request.others])
    known = [person for person in persons if person is not None]
    if not known:
        raise MagliaError(Code.INPUT_COMPOSITE_NAME)
    asked = read_inquiry(request.question, known[0])
    # The need is everybody's here: `node.ask` leaves it to one of those who are verified.
    inquiries = tuple(replace(asked, identifier=person) if person else None for person in persons)
    return HouseholdInquiry(inquiries, asked.facet, asked.purpose)


def household_message(state: HouseholdState, day: str) -> pb.CheckHouseholdResponse:
    """Return what is known of a household so far; `day` is the node's (yyyy-mm-dd)."""
    whole = state_message(state.whole, day)
    whole.complete = state.complete
    return pb.CheckHouseholdResponse(whole=whole, persons=[_person(person) for person in state.persons])


def _person(person: PersonState) -> pb.HouseholdPerson:
    return pb.HouseholdPerson(
        unverified=person.unverified or "",
        check_id=person.check_id,
        verdict=person.state.verdict if person.state else "",
        complete=person.complete,
    )


def checked_message(state: CheckState, day: str, inquiry: Inquiry, balance: Balance | None) -> pb.CheckResponse:
    """Return what is known of one person's check so far, with how far the need asked about is covered."""
    message = state_message(state, day)
    if balance is not None:
        message.balance.CopyFrom(balance_message(balance, inquiry.facet, inquiry.creditor))
    return message


def balance_message(balance: Balance, facet: str, creditor: str) -> pb.NeedBalance:
    """Return how far a need of this kind is covered, and to whom it is owed."""
    return pb.NeedBalance(
        need=balance.need,
        facet=facet,
        creditor=creditor,
        owed_cents=balance.owed_cents,
        own_given_cents=balance.own.given_cents,
        own_reserved_cents=balance.own.reserved_cents,
        others_given_cents=balance.others.given_cents,
        others_reserved_cents=balance.others.reserved_cents,
        unknown=balance.unknown,
        residual_cents=balance.residual_cents,
        over_cents=balance.over_cents,
        may_be_less=balance.may_be_less,
    )


def state_message(state: CheckState, day: str) -> pb.CheckResponse:
    """Return what is known of a check so far; `day` is the node's (yyyy-mm-dd)."""
    return pb.CheckResponse(
        check_id=state.check_id,
        verdict=state.verdict,
        complete=state.complete,
        asked=state.asked,
        answered=state.answered,
        silent=[silent_message(outcome, str(outcome.silence)) for outcome in state.silent],
        findings=[shown_message(shown) for shown in state.shown],
        nothing=state.nothing,
        policy_revision=state.policy_revision,
        waiting=state.waiting,
        provisional=state.provisional,
        late=state.late,
        elapsed_ms=state.elapsed_ms,
        day=day,
        refused=[silent_message(outcome, outcome.refusal) for outcome in state.refused],
        omitted=state.omitted,
        left_out=len(state.left_out),
        asked_in_part=state.asked_in_part,
    )


def silent_message(outcome: Outcome, reason: str) -> pb.SilentBody:
    """Return a body that did not answer in full, or refused, with its reason."""
    return pb.SilentBody(member=outcome.member.id, name=outcome.member.name, reason=reason)


def shown_message(shown: Shown) -> pb.ShownFinding:
    """Return a finding as the operator reads it."""
    finding = shown.finding
    return pb.ShownFinding(
        member_kind=shown.kind or "",
        member=shown.member.id if shown.member else "",
        member_name=shown.member.name if shown.member else "",
        facet=finding.facet,
        when=finding.day.isoformat() if finding.day else finding.month,
        amount_band=finding.amount_band or "",
        amount_cents=finding.amount_cents,
        status=finding.status,
        same_need=finding.same_need,
        contact=finding.contact,
        late=shown.late,
        kind_hidden=shown.kind is None,
        objection=finding.objection,
        person=shown.person,
        owed_cents=finding.owed_cents,
        reserved_at_ms=finding.reserved_at_ms,
        reserved_until_ms=finding.reserved_until_ms,
    )
