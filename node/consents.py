"""What an operator puts on file of a person's word: a consent, its withdrawal, a refusal, an objection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import Kind, Purpose
from node.domain import forms
from node.domain.consent import last_day
from node.domain.model import Consent, Operator
from node.ports import Clock, Store
from node.records import check_may_record, read_day, read_purpose

ON_CONSENT = (Purpose.AID_OVERLAP, Purpose.REFERRAL)
"""Purposes that rest on consent."""
_METHODS = {"": "signed", "signed": "signed", "oral": "oral", "digital": "digital"}


def add_consent(
    store: Store,
    clock: Clock,
    operator: Operator,
    *,
    identifier: str,
    purposes: Sequence[str],
    notice_version: str,
    language: str,
    day: str = "",
    method: str = "",
    audience: Sequence[str] = (),
    expires: str = "",
) -> tuple[str, date]:
    """Put a person's consent on file, with the notice they were read and its language (law rule 8).

    `audience` are kinds of body, none for every accredited one; `expires` is a last day before the network's own limit.
    Return its id and the last day on which it may be relied on. Raises `session.role`, `input.purpose` for a purpose
    that does not rest on consent, `consent.earlier` for a day before the person's last no, `input.*`.
    """
    check_may_record(operator)
    person = parse_identifier(identifier)
    consent = Consent(
        tuple(dict.fromkeys(read_purpose(purpose, ON_CONSENT) for purpose in purposes or [""])),
        forms.read_text(notice_version, "notice_version", required=True),
        forms.read_language(language, "language"),
        read_day(day, clock.today()),
        forms.read_choice(method, _METHODS, "method"),
        tuple(sorted({_kind(kind) for kind in audience})),
    )
    consent = _until(consent, expires, clock.today())
    return store.add_consent(person, consent, operator.user), last_day(consent)


def _until(consent: Consent, expires: str, today: date) -> Consent:
    """Return the consent with the last day that the person named; raise `input.field` for one past, or too late."""
    if not expires.strip():
        return consent
    named = forms.read_iso_day(expires, forms.LATEST)
    if not max(consent.day, today) <= named <= last_day(consent):
        raise MagliaError(Code.INPUT_FIELD, field="expires")
    return replace(consent, expires=named)


def _kind(text: str) -> str:
    code = text.strip().lower()
    if code not in frozenset(Kind):
        raise MagliaError(Code.INPUT_FIELD, field="audience")
    return code
