"""Needs on file: opened and closed by operators, and how far each is covered once the network was asked."""

from __future__ import annotations

from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Finding, normal_creditor
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import Basis, Kind, Visibility, is_special
from node.domain import forms
from node.domain.model import Operator
from node.domain.needs import FiledNeed, NewNeed, OwnAid, need_asked, read_need_number
from node.domain.reservations import Reservation
from node.domain.residual import Balance, Covered, covered_by_others, covered_here, owed_as_told
from node.domain.retention import months_after
from node.domain.verdict import CheckState
from node.inquiry import Inquiry
from node.ports import Clock, Store
from node.records import check_may_record, read_basis

_VISIBILITIES = {"": Visibility.NETWORK, "network": Visibility.NETWORK, "only us": Visibility.ONLY_US}


def read_new_need(
    operator: Operator,
    kind: Kind,
    *,
    identifier: str,
    facet: str,
    owed_cents: int,
    basis: str = "",
    visibility: str = "",
    need: str = "",
    creditor: str = "",
    period_from: str = "",
    period_to: str = "",
) -> NewNeed:
    """Return the need that an operator wants on file for a body of `kind`; days are ISO 8601.

    It is known by a number, or else by creditor and period. Raises `session.role`, `input.*`.
    """
    check_may_record(operator)
    person, code = parse_identifier(identifier), forms.read_facet(facet)
    number = parse_need(need) if need.strip() else None
    payee = forms.read_text(creditor, "creditor")
    first, last = (forms.read_iso_day(day, forms.LATEST) if day.strip() else None for day in (period_from, period_to))
    period = forms.read_period(first, last)
    if number is None and not (normal_creditor(payee) and all(period)):
        raise MagliaError(Code.INPUT_NEED_UNNAMED)
    seen_by = forms.read_choice(visibility, _VISIBILITIES, "visibility")
    return NewNeed(
        person,
        code,
        forms.check_amount(owed_cents, "amount"),
        read_basis(basis, kind),
        Visibility.ONLY_US if is_special(code) else seen_by,
        number,
        payee,
        *period,
    )


def needs_of(store: Store, operator: Operator, identifier: str) -> list[tuple[FiledNeed, Covered]]:
    """Return a person's needs on file, each with what this body covers of it; raise `session.role`, `input.*`."""
    check_may_record(operator)
    person = parse_identifier(identifier)
    return [(one, covered_here(store.own_aid_for(one))) for one in store.filed_needs(person)]


def close_need(store: Store, operator: Operator, name: str) -> FiledNeed:
    """Close the open need of this name, `B-7`; raise `session.role`, `input.need_unknown`."""
    check_may_record(operator)
    return store.close_filed_need(read_need_number(name), operator.user)


class Balances:
    """Says of one body's checks how far the need asked about is covered."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def about_need_on_file(self, inquiry: Inquiry) -> Inquiry:
        """Return the question with the need on file that it is about, if there is one that others may hear of."""
        return _about(inquiry, need_asked(self._shared(inquiry), inquiry.facet, inquiry.need, inquiry.creditor))

    def about_need_of_promise(self, inquiry: Inquiry, held: Reservation) -> Inquiry:
        """Return the question about a promise with the need on file that it is for: as named, or else the only one.

        A promise that names a creditor knows its period too, which a question does not: it is for the need that its own
        record counts for.
        """
        if held.need or not held.creditor:
            return self.about_need_on_file(inquiry)
        found = [one for one in self._shared(inquiry) if one.closed_at is None and self._counts_for(held, one)]
        return _about(inquiry, found[0] if len(found) == 1 else None)

    def of(self, inquiry: Inquiry, state: CheckState, without: str = "") -> Balance | None:
        """Return how far the need is covered as far as is known; None where nobody says what is owed.

        `without` is the id of an own record that is left out of account.
        """
        findings = _of_the_need(inquiry, state)
        told = owed_as_told(findings)
        if inquiry.filed is None and told is None:
            return None
        return Balance(
            inquiry.filed.owed_cents if inquiry.filed else told or 0,
            covered_here(self._own(inquiry, without)),
            covered_by_others(findings, int(self._clock.now() * 1000)),
            heard_all=state.complete and not state.omitted and not state.left_out,
            need=inquiry.filed.name if inquiry.filed else "",
            told_by_others=inquiry.filed is None,
        )

    def _own(self, inquiry: Inquiry, without: str) -> list[OwnAid]:
        own = self._store.own_aid_for(inquiry.filed or self._as_need(inquiry))
        return [aid for aid in own if aid.record_id != without]

    def _shared(self, inquiry: Inquiry) -> list[FiledNeed]:
        return [one for one in self._store.filed_needs(inquiry.identifier) if one.visibility is Visibility.NETWORK]

    def _counts_for(self, held: Reservation, need: FiledNeed) -> bool:
        return any(aid.record_id == held.record_id for aid in self._store.own_aid_for(need))

    def _as_need(self, inquiry: Inquiry) -> NewNeed:
        """Return what the question is about as a need, where none is on file: as the newest own record has it."""
        since = months_after(self._clock.today(), -inquiry.months)
        known = self._store.open_needs(inquiry.identifier, frozenset({inquiry.facet}), since)
        payee = normal_creditor(inquiry.creditor)
        same = [one for one in known if not payee or normal_creditor(one.creditor) == payee]
        period = (same[0].period_from, same[0].period_to) if same else (None, None)
        creditor = inquiry.creditor or (same[0].creditor if same else "")
        basis = Basis.NONE
        return NewNeed(inquiry.identifier, inquiry.facet, 0, basis, Visibility.ONLY_US, inquiry.need, creditor, *period)


def _about(inquiry: Inquiry, filed: FiledNeed | None) -> Inquiry:
    if filed is None:
        return inquiry
    return replace(inquiry, filed=filed, need=filed.need or inquiry.need, creditor=filed.creditor or inquiry.creditor)


def _of_the_need(inquiry: Inquiry, state: CheckState) -> list[Finding]:
    """Return the findings of the very need asked about: those of other needs on file cover other debts.

    A finding under the person is of the creditor and period that the question spoke of.
    """
    places = {1} if inquiry.need else {0}
    if inquiry.filed is not None and inquiry.filed.creditor and inquiry.filed.period_from and inquiry.filed.period_to:
        places.add(0)
    return [
        shown.finding
        for shown in state.shown
        if shown.finding.same_need and shown.finding.facet == inquiry.facet and shown.place in places
    ]
