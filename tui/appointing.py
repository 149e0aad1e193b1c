"""Whom two officers appoint: read from their requests, and compared with what they read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from maglia.core.directory import Official
from maglia.core.errors import Code, MagliaError
from maglia.core.official import decode_request, official_fingerprint
from maglia.wire.officials import check_official
from tui.applied import same_fingerprint
from tui.office_model import Change


def appointments(files: Sequence[Path], protocol: str, expiry: str, network: str) -> list[Change]:
    """Read and check each request, and return the changes that appoint its person until `expiry`, ISO 8601.

    Raises `input.file`, `input.official_certificate` for another network's, and what the checks of a request raise.
    """
    changes = []
    for file in files:
        try:
            asked = decode_request(file.read_bytes(), file.name)
        except OSError as error:
            raise MagliaError(Code.INPUT_FILE, file=file.name) from error
        if asked.network != network:
            raise MagliaError(Code.INPUT_OFFICIAL_CERTIFICATE, official=asked.id, cause="another network's")
        person = Official(asked.id, asked.name, asked.role, asked.identity_key, asked.certificate, protocol, expiry)
        check_official(person, network, datetime.now(UTC).date())
        changes.append(Change("appoint", person.id, official=person))
    return changes


def check_people(changes: Sequence[Change], heard: Mapping[str, str]) -> None:
    """Raise `member.fingerprint` unless what each person read aloud, by short name, is their key's fingerprint."""
    for person in (change.official for change in changes if change.official is not None):
        if not same_fingerprint(heard.get(person.id, ""), person_fingerprint(person)):
            raise MagliaError(Code.MEMBER_FINGERPRINT, member=person.id)


def person_fingerprint(person: Official) -> str:
    """Return what an official reads aloud."""
    return official_fingerprint(person.identity_key, person.certificate)
