"""What a body says of itself when it applies: what is refused outright, and which documents are still missing.

Proof roots (domain "Bodies"): public bodies have an IPA code, parishes an ecclesiastical recognition, the third sector
a RUNTS number or, since RUNTS is voluntary, the act that accredits it. Everybody needs an act with protocol and expiry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import IdentifierType, parse_identifier
from maglia.core.identity import check_member_id
from maglia.core.latin import foreign_letter
from maglia.core.vocabulary import PUBLIC_KINDS, PURPOSE_KINDS, Facet, Kind, Purpose

_ISTAT = re.compile(r"[0-9]{6}")
_KEY_BYTES = 32
_MAX_TEXT = 200
_MAX_TEXTS = 1_000
"""Characters of all texts together: those of real applications are a third of it."""
_MAX_LIST = 400  # comuni of the largest province, with room
_ECCLESIASTICAL = frozenset({Kind.PARISH, Kind.CARITAS})


@dataclass(frozen=True)
class Application:
    """An application as read: codes are of the vocabulary, keys are 32 bytes, texts may still be empty."""

    network: str
    member: str
    name: str
    kind: Kind
    ipa_code: str
    runts_number: str
    runts_section: str
    ecclesiastical_recognition: str
    fiscal_code: str
    act: str
    act_protocol: str
    act_expiry: str
    territory: tuple[str, ...]
    facets: frozenset[Facet]
    purposes: frozenset[Purpose]
    referent: str
    contact: str
    identity_key: bytes
    log_key: bytes

    def as_member(self) -> Member:
        """Return what officers sign in the directory."""
        return Member(
            id=self.member,
            name=self.name,
            kind=self.kind,
            identity_key=self.identity_key,
            log_key=self.log_key,
            facets=self.facets,
            purposes=self.purposes,
            territory=self.territory,
            contact=self.contact,
            act_protocol=self.act_protocol,
            act_expiry=self.act_expiry,
        )


_TEXTS = (
    "name",
    "ipa_code",
    "runts_number",
    "runts_section",
    "ecclesiastical_recognition",
    "act",
    "act_protocol",
    "referent",
    "contact",
)


def check_application(application: Application, network: str, today: date) -> None:
    """Refuse what no document can mend.

    Raises `member.application` with the field, `member.letters` for a name that is not in Latin ones,
    `member.act_expired`, or `input.field` for the id.
    """
    check_member_id(application.member)
    if application.network != network:
        raise _refused("network")
    for field in _TEXTS:
        text: str = getattr(application, field)
        if len(text) > _MAX_TEXT or not text.isprintable():
            raise _refused(field)
    if not application.name:
        raise _refused("name")
    if letter := foreign_letter(application.name):
        raise MagliaError(Code.MEMBER_LETTERS, name=application.name, letter=letter)
    if sum(len(getattr(application, field)) for field in _TEXTS) > _MAX_TEXTS:
        raise _refused("text")
    _check_lists(application)
    _check_keys(application)
    _check_fiscal_code(application.fiscal_code)
    _check_expiry(application, today)


def _check_lists(application: Application) -> None:
    if len(application.territory) > _MAX_LIST or not all(map(_ISTAT.fullmatch, application.territory)):
        raise _refused("territory")
    if not application.facets:
        raise _refused("facets")
    if not application.purposes or not all(application.kind in PURPOSE_KINDS[each] for each in application.purposes):
        raise _refused("purposes")


def _check_keys(application: Application) -> None:
    if len(application.identity_key) != _KEY_BYTES:
        raise _refused("identity_key")
    if len(application.log_key) != _KEY_BYTES or application.log_key == application.identity_key:
        raise _refused("log_key")


def _check_fiscal_code(code: str) -> None:
    """A body's tax code has 11 digits, the last a check digit (D.M. 23/12/1976, art. 11)."""
    if not code:
        return
    try:
        found = parse_identifier(code)
    except MagliaError as error:
        raise _refused("fiscal_code") from error
    if found.type is not IdentifierType.PCF or found.value != code:
        raise _refused("fiscal_code")


def _check_expiry(application: Application, today: date) -> None:
    if not application.act_expiry:
        return
    try:
        day = date.fromisoformat(application.act_expiry)
    except ValueError as error:
        raise _refused("act_expiry") from error
    if day.isoformat() != application.act_expiry:
        raise _refused("act_expiry")
    if day < today:
        raise MagliaError(Code.MEMBER_ACT_EXPIRED, member=application.member)


def missing_documents(application: Application) -> list[str]:
    """Return the fields without which no officer may approve, in the order in which they are asked for."""
    needed = ["fiscal_code", "act", "act_protocol", "act_expiry", "territory", "referent", "contact"]
    return _proof_missing(application) + [field for field in needed if not getattr(application, field)]


def _proof_missing(application: Application) -> list[str]:
    if application.kind in PUBLIC_KINDS:
        return [] if application.ipa_code else ["ipa_code"]
    if application.kind in _ECCLESIASTICAL:
        return [] if application.ecclesiastical_recognition else ["ecclesiastical_recognition"]
    return [] if application.runts_number or application.act else ["runts_number"]


def _refused(field: str) -> MagliaError:
    return MagliaError(Code.MEMBER_APPLICATION, field=field)
