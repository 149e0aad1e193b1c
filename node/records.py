"""What an operator puts on file: one aid record, a case. The rights of the role are checked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import (
    PUBLIC_KINDS,
    AidStatus,
    Basis,
    Frequency,
    Kind,
    MeansTest,
    Purpose,
    Role,
    Visibility,
    is_in_money,
    is_special,
)
from node.domain import forms
from node.domain.model import AidRecord, Operator
from node.domain.retention import check_kept
from node.ports import Clock, Store

MAY_RECORD = frozenset({Role.VOLUNTEER, Role.SOCIAL_WORKER, Role.OFFICER, Role.MANAGER})
MAY_OPEN_CASES = frozenset({Role.SOCIAL_WORKER, Role.OFFICER, Role.MANAGER})
ON_A_CASE = (Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY, Purpose.CALL_FOR_APPLICANTS)
"""Purposes that rest on a public task, shown by a case's protocol number."""

_STATES = {"": AidStatus.GIVEN, "given": AidStatus.GIVEN, "reserved": AidStatus.RESERVED}
_BASES = {"consent": Basis.CONSENT, "public task": Basis.PUBLIC_TASK}
VISIBILITIES = {"": Visibility.NETWORK, "network": Visibility.NETWORK, "only us": Visibility.ONLY_US}
FREQUENCIES = {"": Frequency.ONE_OFF, "one off": Frequency.ONE_OFF, "monthly": Frequency.MONTHLY}
MAX_KEY = 64
"""Characters of the key under which a console files the same thing once."""
_FROM_COUNTER = "sportello:"
"""Before a console's key, which no key of an imported file begins with by chance."""
MEANS_TESTS = {"": MeansTest.NONE} | {test.value: test for test in MeansTest}


def read_aid(
    store: Store,
    clock: Clock,
    operator: Operator,
    kind: Kind,
    *,
    identifier: str,
    facet: str,
    day: str = "",
    amount_cents: int = 0,
    status: str = "",
    basis: str = "",
    visibility: str = "",
    creditor: str = "",
    need: str = "",
    period_from: str = "",
    period_to: str = "",
    frequency: str = "",
    protocol: str = "",
    means_test: str = "",
) -> AidRecord:
    """Return the aid record that an operator wants on file for a body of `kind`.

    Days are ISO 8601, today when empty; an amount of 0 is none, allowed for goods in kind. Basis and visibility default
    to the body's own and the network, the frequency to once, the means test to none. On consent, the newest one on file
    for comparing aid goes with the record; without one it stays here. Raises `session.role`, `input.*`.
    """
    check_may_record(operator)
    today = clock.today()
    person, code = parse_identifier(identifier), forms.read_facet(facet)
    lawful = read_basis(basis, kind)
    seen_by = forms.read_choice(visibility, VISIBILITIES, "visibility")
    amount = read_amount(amount_cents, code)
    period = forms.read_period(read_maybe_day(period_from), read_maybe_day(period_to))
    how_often = forms.read_choice(frequency, FREQUENCIES, "frequency")
    forms.check_monthly(how_often, amount, period[0], "amount", "period_from")
    return AidRecord(
        person,
        code,
        check_kept(code, read_day(day, today), today),
        amount,
        read_status(status),
        lawful,
        Visibility.ONLY_US if is_special(code) else seen_by,
        store.consent_for(person, Purpose.AID_OVERLAP.value) if lawful is Basis.CONSENT else None,
        forms.read_text(creditor, "creditor"),
        parse_need(need) if need.strip() else None,
        *period,
        frequency=how_often,
        protocol=forms.read_text(protocol, "protocol"),
        means_test=forms.read_choice(means_test, MEANS_TESTS, "means_test"),
    )


def file_aid(store: Store, clock: Clock, operator: Operator, record: AidRecord, key: str = "") -> tuple[str, float]:
    """Put an aid record on file; return its id, and when it was recorded, in seconds since the epoch.

    Under a `key` that was filed before nothing changes, whatever the person said since.
    """
    if key and (known := store.record_under(_FROM_COUNTER + key)) is not None:
        return known
    now = clock.now()
    return store.add_record(replace(record, source_key=_FROM_COUNTER + key if key else ""), operator.user), now


def read_key(text: str) -> str:
    """Return a console's key; raise `input.field` above 64 characters."""
    if len(text) > MAX_KEY:
        raise MagliaError(Code.INPUT_FIELD, field="key")
    return text


def add_case(store: Store, operator: Operator, kind: Kind, *, identifier: str, purpose: str, protocol: str) -> str:
    """Put the protocol number of a public body's case on file; return its id.

    Raises `session.role`, `policy.basis` at a body without public task (law rule 2), `input.*`.
    """
    _check_role(operator, MAY_OPEN_CASES)
    if kind not in PUBLIC_KINDS:
        raise MagliaError(Code.POLICY_BASIS, cause=f"a {kind.value} has no public task")
    person, named = parse_identifier(identifier), read_purpose(purpose, ON_A_CASE)
    return store.add_case(person, named, forms.read_text(protocol, "protocol", required=True), operator.user)


def check_may_record(operator: Operator) -> None:
    """Raise `session.role` unless the operator's role may put help on file."""
    _check_role(operator, MAY_RECORD)


def _check_role(operator: Operator, allowed: frozenset[Role]) -> None:
    if operator.role not in allowed:
        raise MagliaError(Code.SESSION_ROLE, cause=operator.role.value)


def read_status(text: str) -> AidStatus:
    """Return given or reserved, given when empty; raise `input.field`."""
    return forms.read_choice(text, _STATES, "status")


def read_basis(text: str, kind: Kind) -> Basis:
    """Return on what the record rests, the body's own basis when empty; raise `input.field`."""
    if not text.strip():
        return forms.default_basis(kind)
    return forms.check_basis(forms.read_choice(text, _BASES, "basis"), kind, "basis")


def read_amount(cents: int, facet: str) -> int | None:
    """Return the euro cents; 0 is none, for goods in kind only. Raises `input.amount_negative`, `input.field`."""
    if cents == 0 and not is_in_money(facet):
        return None
    return forms.check_amount(cents, "amount")


def read_day(text: str, today: date) -> date:
    """Return the ISO 8601 day, today when empty; raise `input.date*`."""
    return forms.read_iso_day(text, today) if text.strip() else today


def read_maybe_day(text: str) -> date | None:
    """Return the ISO 8601 day of a period, which may be to come; None when empty. Raises `input.date*`."""
    return forms.read_iso_day(text, forms.LATEST) if text.strip() else None


def read_purpose(text: str, allowed: Sequence[Purpose]) -> str:
    """Return the purpose if it is one of those allowed; raise `input.purpose`."""
    code = text.strip().lower()
    if code not in frozenset(allowed):
        raise MagliaError(Code.INPUT_PURPOSE, value=forms.echo(text), allowed=", ".join(allowed))
    return code
