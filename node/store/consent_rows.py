"""A consent as columns: of its own row, and of the records that it lets others see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from node.domain.model import Consent


def consent_from(
    purposes: str,
    notice_version: str,
    language: str,
    day: date,
    method: str,
    audience: str | None,
    expires: date | None,
) -> Consent:
    """Return the consent that columns hold."""
    return Consent(split(purposes), notice_version, language, day, method, split(audience or ""), expires)


def as_given(row: Row[Any]) -> Consent:
    """Return the consent of its own row, as the person gave it."""
    return consent_from(row.purposes, row.notice_version, row.language, row.day, row.method, row.audience, row.expires)


def in_force(row: Row[Any]) -> Consent:
    """Return the consent of its own row with the purposes that are left."""
    return replace(as_given(row), purposes=split(row.purposes_left or row.purposes))


@lru_cache(maxsize=1024)
def consent_columns(consent: Consent | None) -> Mapping[str, object]:
    """Return the columns of a record for the consent under which it is held."""
    return {
        "consent_purposes": ",".join(consent.purposes) if consent else None,
        "consent_notice": consent.notice_version if consent else None,
        "consent_language": consent.language if consent else None,
        "consent_day": consent.day if consent else None,
        "consent_method": consent.method if consent else None,
        "consent_audience": ",".join(consent.audience) or None if consent else None,
        "consent_expires": consent.expires if consent else None,
    }


@lru_cache(maxsize=256)
def split(joined: str) -> tuple[str, ...]:
    """Return the codes of a comma-separated text."""
    return tuple(joined.split(",")) if joined else ()
