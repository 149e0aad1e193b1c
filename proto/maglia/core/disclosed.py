"""Which fields of records an answer showed, as one number of the log (GDPR art. 15: categories of data disclosed).

Every finding names its kind of aid, its giver's kind and its status; each other field has a bit.
"""

from __future__ import annotations

from collections.abc import Iterable

from maglia.core.exchange import Finding
from maglia.core.referral import ReferralStep, ReferredPerson

_ALWAYS = ("facet", "kind", "status")
_SOMETHING = 1
_BITS = {
    "month": 2,
    "amount_band": 4,
    "date": 8,
    "amount": 16,
    "body": 32,
    "contact": 64,
    "objection": 128,
    "reserved": 256,
    "owed": 512,
}
FIELDS = frozenset({*_ALWAYS, *_BITS})
"""Every field that an answer can have shown, as policies name them."""
_ATTRIBUTES = {"date": "day", "amount": "amount_cents", "reserved": "reserved_at_ms", "owed": "owed_cents"}


def mark_of(findings: Iterable[Finding]) -> int:
    """Return the mark of what these findings show, in two bytes: 0 for none, else 1 and the bits of what else is."""
    mark = 0
    for finding in findings:
        mark |= _SOMETHING
        for field, bit in _BITS.items():
            value = getattr(finding, _ATTRIBUTES.get(field, field))
            mark |= bit if value is not None and value != "" and value is not False else 0
    return mark


def fields_of(mark: int) -> tuple[str, ...]:
    """Return the names of the fields that a mark stands for, as policies name them; none for 0."""
    return (*_ALWAYS, *(field for field, bit in _BITS.items() if mark & bit)) if mark else ()


_TOLD_BITS = {"identity": 1, "name": 2, "person_contact": 4, "request": 8, "note": 16, "outcome": 32, "reason": 64}
TOLD_FIELDS = frozenset(_TOLD_BITS)
"""Every category of data that a message about a referral can have told of the person."""


def mark_of_told(content: ReferredPerson | ReferralStep) -> int:
    """Return the mark of what a message about a referral tells; one about an outcome tells that much at least."""
    if isinstance(content, ReferralStep):
        told = {"outcome": True, "reason": bool(content.reason)}
    else:
        texts = {"name": content.name, "person_contact": content.contact, "request": content.need, "note": content.note}
        told = {"identity": True, **{name: bool(text) for name, text in texts.items()}}
    return sum(_TOLD_BITS[name] for name, is_told in told.items() if is_told)


def told_fields_of(mark: int) -> tuple[str, ...]:
    """Return the categories that the mark of a referral stands for."""
    return tuple(name for name, bit in _TOLD_BITS.items() if mark & bit)
