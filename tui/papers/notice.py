"""A privacy notice (GDPR art. 13 and 14) with its consent form, as one file of TOML tells it; reading is strict.

Whoever changes a text makes a new version: a consent on record names the version that the person was read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from string import Template
from typing import Any

from maglia.core.vocabulary import Basis, Kind, Purpose

LONGEST_PARAGRAPH = 2_000
"""Characters; a paragraph is never parted by the end of a page."""
VALUES = frozenset(
    {"controller", "contact", "dpo", "network", "version", "date", "aid_months", "rent_months", "log_months"}
    | {"consent_days"}
)
"""What the program fills into a text."""
PURPOSES_HERE = "$purposes"
"""The paragraph that stands for the list of purposes."""
ON_PAPER = (Basis.CONSENT, Basis.PUBLIC_TASK)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True)
class Section:
    """A heading, empty when the section before goes on, and its paragraphs; `basis` is None for every basis."""

    heading: str
    paragraphs: tuple[str, ...]
    basis: Basis | None = None
    boxed: bool = False


@dataclass(frozen=True)
class FormWords:
    """The fixed words of the consent form."""

    title: str
    intro: str
    person: str
    born: str
    code: str
    free: str
    purposes: str
    audience: str
    everyone: str
    only: str
    until: str
    lasting: str
    place: str
    signature: str
    unread: str
    aloud: str
    translated: str
    reader: str
    operator: str
    number: str


@dataclass(frozen=True)
class Notice:
    """One version in one language; `file` names it for whoever has to correct it."""

    file: str
    version: str
    language: str
    date: date
    title: str
    subtitle: str
    footer: str
    page: str
    sections: tuple[Section, ...]
    purposes: Mapping[Basis, Mapping[Purpose, str]]
    form: FormWords
    kinds: Mapping[Kind, str]

    def sections_for(self, basis: Basis) -> tuple[Section, ...]:
        """Return the sections that whoever acts on `basis` gives."""
        return tuple(section for section in self.sections if section.basis in {None, basis})


def read_notice(file: str, content: bytes) -> Notice:
    """Return the notice that a file holds; raise `ValueError`, which says what is wrong with it."""
    try:
        said = tomllib.loads(content.decode())
        notice = _notice(file, said)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{file}: {error!r}") from error
    if file != f"{notice.version}.{notice.language}.toml":
        raise ValueError(f"{file}: the name is not version.language.toml")
    for text in _texts(notice):
        _check_text(text)
    return notice


def _notice(file: str, said: dict[str, Any]) -> Notice:
    form, purposes = said.pop("form"), said.pop("purposes")
    notice = Notice(
        file=file,
        sections=tuple(_section(one) for one in said.pop("section")),
        purposes={
            Basis(basis): {Purpose(purpose): _text(text) for purpose, text in named.items()}
            for basis, named in purposes.items()
        },
        kinds={Kind(kind): _text(name) for kind, name in form.pop("kinds").items()},
        form=FormWords(**{name: " ".join(_text(text).split()) for name, text in form.items()}),
        date=said.pop("date"),
        **{name: _text(text) for name, text in said.items()},
    )
    whole = set(notice.purposes) == set(ON_PAPER) and all(notice.purposes.values()) and set(notice.kinds) == set(Kind)
    if not whole or type(notice.date) is not date:
        raise ValueError(f"{file}: purposes, kinds of body or the date are missing")
    if not _VERSION.fullmatch(notice.version) or not _LANGUAGE.fullmatch(notice.language):
        raise ValueError(f"{file}: no version or no language")
    return notice


def _section(said: dict[str, Any]) -> Section:
    unknown = set(said) - {"heading", "text", "basis", "boxed"}
    if unknown:
        raise ValueError(f"unknown in a section: {sorted(unknown)}")
    basis = Basis(said["basis"]) if "basis" in said else None
    return Section(_text(said["heading"]), paragraphs_of(_text(said["text"])), basis, bool(said.get("boxed", False)))


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text: those between empty lines, and each line that begins an item of a list."""
    parts = re.split(r"\n\s*\n|\n(?=- )", text.strip())
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    return value


def _texts(notice: Notice) -> list[str]:
    words = [str(getattr(notice.form, field.name)) for field in fields(FormWords)]
    sections = [text for section in notice.sections for text in (section.heading, *section.paragraphs)]
    listed = [text for named in notice.purposes.values() for text in named.values()]
    return [
        notice.title,
        notice.subtitle,
        notice.footer,
        notice.page,
        *sections,
        *listed,
        *notice.kinds.values(),
        *words,
    ]


def _check_text(text: str) -> None:
    if text == PURPOSES_HERE:
        return
    template = Template(text)
    unknown = set(template.get_identifiers()) - VALUES
    if unknown or not template.is_valid() or len(text) > LONGEST_PARAGRAPH:
        raise ValueError(f"unknown value {sorted(unknown)}, or too long: {text[:60]}")
