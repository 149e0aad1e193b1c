"""Whether a card may be published: whose certificate it names, for how long, at which address (design 3)."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card, check_relay_name, party_uri, server_name
from maglia.core.vocabulary import CARD_S

_CLOCK_SLACK_S = 2 * 3600
_MAX_ENDPOINT = 260


def check_card(card: Card, now: float) -> None:
    """Refuse a card whose certificate is not the member's own, is of another form, or outlives its limit.

    `now` is in seconds since the epoch. Raises `member.card`.
    """
    try:
        certificate = x509.load_der_x509_certificate(card.certificate)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = certificate.public_key()
    except (ValueError, x509.ExtensionNotFound) as error:
        raise _refused("unreadable certificate") from error
    _check_names(card, names)
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != ec.SECP256R1.name:
        raise _refused("not an EC P-256 key")
    _check_times(card, certificate.not_valid_after_utc, now)
    if not 0 < card.sequence <= (now + _CLOCK_SLACK_S) * 1000:
        raise _refused("sequence number ahead of the clock")  # or no later card could ever replace this one
    _check_endpoint(card.endpoint)
    _check_relay(card.relay)


def _check_names(card: Card, names: x509.SubjectAlternativeName) -> None:
    """Exactly these: a second name would let one member answer for another."""
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    hosts = names.get_values_for_type(x509.DNSName)
    if uris != [party_uri(card.member, card.network)] or hosts != [server_name(card.member, card.network)]:
        raise _refused("certificate of another party")
    if len(list(names)) != 2:
        raise _refused("certificate with other names")


def _check_times(card: Card, certificate_end: datetime, now: float) -> None:
    if not card.is_current(now + _CLOCK_SLACK_S) and not card.is_current(now):
        raise _refused("not current")
    if card.not_after > certificate_end.timestamp():
        raise _refused("outlives its certificate")
    if card.not_after - card.not_before > CARD_S + _CLOCK_SLACK_S:
        raise _refused("lives too long")


def _check_endpoint(endpoint: str) -> None:
    """One HOST:PORT and nothing else: gRPC would take other forms too, such as a socket of the caller's machine."""
    if len(endpoint) > _MAX_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        raise _refused("endpoint")
    try:
        [_] = split_endpoint(endpoint)
    except ValueError as error:
        raise _refused("endpoint") from error


def _check_relay(relay: str) -> None:
    """Officers and other bodies read this name: a name and nothing else."""
    try:
        if relay:
            check_relay_name(relay)
    except MagliaError as error:
        raise _refused("name of the relay") from error


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.MEMBER_CARD, cause=cause)
