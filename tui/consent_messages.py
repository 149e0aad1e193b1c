"""What a node says of consents, as plain values; every text that arrives is made plain here, as in `tui.client`."""

from __future__ import annotations

from collections.abc import Iterable

from maglia.v1 import operator_pb2
from tui.consent_model import BodyToTell, ConsentFile, EndedReferral, Expiring, FiledConsent, Opposition
from tui.text import plain


def consent_file(message: operator_pb2.ConsentFile) -> ConsentFile:
    """Return what is on file of a person's word."""
    return ConsentFile(
        tuple(_consent(one) for one in message.consents),
        tuple(_opposition(one) for one in message.oppositions),
        message.statutory,
        plain(message.day),
        message.imported,
        tuple(_ended(one) for one in message.ended),
    )


def expiring(message: operator_pb2.ListExpiringConsentsResponse) -> list[Expiring]:
    """Return the consents of one page."""
    return [Expiring(plain(one.identifier), _plain(one.purposes), plain(one.expires)) for one in message.consents]


def _consent(one: operator_pb2.FiledConsent) -> FiledConsent:
    return FiledConsent(
        id=plain(one.id),
        purposes=_plain(one.purposes),
        in_force=_plain(one.in_force),
        audience=_plain(one.audience),
        notice_version=plain(one.notice_version),
        language=plain(one.language),
        date=plain(one.date),
        method=plain(one.method),
        expires=plain(one.expires),
        recorded_by=plain(one.recorded_by),
        withdrawn=plain(one.withdrawn),
    )


def _opposition(one: operator_pb2.Opposition) -> Opposition:
    return Opposition(
        kind=plain(one.kind),
        purposes=_plain(one.purposes),
        date=plain(one.date),
        recorded_by=plain(one.recorded_by),
        ended=plain(one.ended),
        to_tell=tuple(_body(body) for body in one.to_tell),
        incomplete=one.incomplete,
    )


def _body(one: operator_pb2.BodyToTell) -> BodyToTell:
    return BodyToTell(
        member=plain(one.member),
        name=plain(one.name),
        contact=plain(one.contact),
        reason=plain(one.reason),
        last=plain(one.last),
        told=plain(one.told),
        told_by=plain(one.told_by),
    )


def _ended(one: operator_pb2.EndedReferral) -> EndedReferral:
    return EndedReferral(one.number, plain(one.member), plain(one.name), plain(one.contact), one.untold)


def _plain(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain(text) for text in texts)
