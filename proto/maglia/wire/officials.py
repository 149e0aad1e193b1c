"""What must be true of an official before two officers sign: asked by the registry, and again by their own consoles."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core.directory import APPOINTED_ROLES, Official
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_member_id
from maglia.core.latin import foreign_letter
from maglia.wire.certificates import certificate_end, is_certificate_of, is_own_certificate

_LONGEST = 100


def check_official(official: Official, network: str, today: date) -> None:
    """Refuse an appointment that would open nothing, or more than it says.

    Raises `input.field` for a part that is none, `member.letters` for a name that is not in Latin ones,
    `member.act_expired` for an act that ended before `today`,
    `input.official_certificate` for a certificate of another name or that its own key did not sign,
    `input.official_days` for one that ends before the act.
    """
    check_member_id(official.id)
    for field, text in (("name", official.name), ("act_protocol", official.act_protocol)):
        if not text.strip() or text != text.strip() or len(text) > _LONGEST or not text.isprintable():
            raise MagliaError(Code.INPUT_FIELD, field=field)
    if letter := foreign_letter(official.name):
        raise MagliaError(Code.MEMBER_LETTERS, name=official.name, letter=letter)
    if official.role not in APPOINTED_ROLES:
        raise MagliaError(Code.INPUT_FIELD, field="role")
    last = _day(official.act_expiry)
    if last < today:
        raise MagliaError(Code.MEMBER_ACT_EXPIRED, member=official.id)
    try:
        Ed25519PublicKey.from_public_bytes(official.identity_key)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="identity_key") from error
    named = is_certificate_of(official.certificate, official.id, network)
    if not named or not is_own_certificate(official.certificate):
        raise MagliaError(Code.INPUT_OFFICIAL_CERTIFICATE, official=official.id)
    end = certificate_end(official.certificate)
    if end < datetime.combine(last + timedelta(days=1), time(), UTC):
        raise MagliaError(Code.INPUT_OFFICIAL_DAYS, official=official.id, day=f"{end - timedelta(days=1):%d/%m/%Y}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="act_expiry") from error
