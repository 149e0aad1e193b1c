"""What a body says of itself when it applies: each field read on its own, so that it can be asked again with a reason.

Proof roots (domain "Bodies"): public bodies have an IPA code; parishes and Caritas an ecclesiastical recognition, and
their third-sector branch a RUNTS number; everybody else a RUNTS number or, since RUNTS is voluntary, an act alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import IdentifierType, parse_identifier
from maglia.core.latin import foreign_letter
from maglia.core.translation import mark
from maglia.core.vocabulary import PUBLIC_KINDS, PURPOSE_KINDS, Facet, Kind, Purpose
from maglia.settings_error import settings_error

Value = str | list[str]
MAX_TEXT = 200
MAX_LIST = 400
_MAX_FORM_BYTES = 64 * 1024
_ISTAT = re.compile(r"[0-9]{6}")
_IPA = re.compile(r"[A-Za-z0-9_]{1,40}")
_RUNTS = re.compile(r"[0-9]{1,8}")
_ECCLESIASTICAL = frozenset({Kind.PARISH, Kind.CARITAS})
_SECTIONS = frozenset(
    {"odv", "aps", "enti filantropici", "imprese sociali", "reti associative", "soms", "altri ets"}
    | {"società di mutuo soccorso", "altri enti del terzo settore"}
)


@dataclass(frozen=True)
class Field:
    """One field of the form: how it is asked for, what it must look like (marked texts, or codes), how it is read."""

    name: str
    label: str
    hint: str
    read: Callable[[str, date], Value]
    is_list: bool = False
    is_needed: bool = False


def read_field(field: Field, text: str, today: date) -> Value:
    """Return the value in its normal form; an empty one is left out unless needed.

    Raises `input.form` or `input.missing`, `member.letters` for a name that is not in Latin ones.
    """
    text = text.strip()
    if not text:
        if field.is_needed:
            raise MagliaError(Code.INPUT_MISSING, field=field.label)
        return [] if field.is_list else ""
    if len(text) > MAX_TEXT * (MAX_LIST if field.is_list else 1) or not text.isprintable():
        raise _wrong(field)
    try:
        return field.read(text, today)
    except (ValueError, MagliaError) as error:
        if isinstance(error, MagliaError) and error.code is Code.MEMBER_LETTERS:
            raise
        raise _wrong(field) from error


def read_form(form: Path) -> dict[str, str]:
    """Return the fields of a TOML form as typed, lists joined by commas.

    Raises `input.file`, `input.toml` or `input.field`.
    """
    try:
        if form.stat().st_size > _MAX_FORM_BYTES:
            raise MagliaError(Code.INPUT_FILE, file=form.name)
        content = tomllib.loads(form.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise settings_error(error, form, {}) from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_FILE, file=form.name) from error
    return {name: _as_typed(name, value) for name, value in content.items()}


def _as_typed(name: str, value: object) -> str:
    field = BY_NAME.get(name)
    if field is not None and field.is_list and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if field is not None and not field.is_list and isinstance(value, str):
        return value
    raise MagliaError(Code.INPUT_FIELD, field=name)


def read_application(typed: Mapping[str, str], today: date) -> dict[str, Value]:
    """Return every field in its normal form; raise `input.form` or `input.missing` for the first that is wrong."""
    found = {field.name: read_field(field, typed.get(field.name, ""), today) for field in FIELDS}
    kind = Kind(str(found["kind"]))
    for field in FIELDS:
        if found[field.name] and not is_asked(field, kind):
            raise _wrong(field)
    _check_purposes(found["purposes"], kind)
    return found


def _check_purposes(purposes: Value, kind: Kind) -> None:
    allowed = [purpose.value for purpose in Purpose if kind in PURPOSE_KINDS[purpose]]
    if not set(purposes) <= set(allowed):
        raise MagliaError(Code.INPUT_FORM, field=BY_NAME["purposes"].label, form=", ".join(allowed))


def is_asked(field: Field, kind: Kind) -> bool:
    """Return whether a field concerns this kind of body: proof roots differ."""
    if field.name == "ipa_code":
        return kind in PUBLIC_KINDS
    if field.name in {"runts_number", "runts_section"}:
        return kind not in PUBLIC_KINDS
    return field.name != "ecclesiastical_recognition" or kind in _ECCLESIASTICAL


def _wrong(field: Field) -> MagliaError:
    return MagliaError(Code.INPUT_FORM, field=field.label, form=field.hint)


def _text(text: str, _today: date) -> str:
    return text


def _name(text: str, _today: date) -> str:
    if letter := foreign_letter(text):
        raise MagliaError(Code.MEMBER_LETTERS, name=text, letter=letter)
    return text


def _matching(pattern: re.Pattern[str]) -> Callable[[str, date], str]:
    def read(text: str, _today: date) -> str:
        if not pattern.fullmatch(text):
            raise ValueError("another form")
        return text

    return read


def _kind(text: str, _today: date) -> str:
    return Kind(text.lower()).value


def _section(text: str, _today: date) -> str:
    if text.lower() not in _SECTIONS:
        raise ValueError("no section of RUNTS")
    return text


def _fiscal_code(text: str, _today: date) -> str:
    """Eleven digits, the last a check digit (D.M. 23/12/1976, art. 11)."""
    code = re.sub(r"\s", "", text)
    if parse_identifier(code).type is not IdentifierType.PCF:
        raise ValueError("not a body's code")
    return code


def _expiry(text: str, today: date) -> str:
    is_iso = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    day = date.fromisoformat(text) if is_iso else datetime.strptime(text, "%d/%m/%Y").date()
    if day <= today:
        raise ValueError("the act has expired")
    return day.isoformat()


def _list_of(read: Callable[[str], str]) -> Callable[[str, date], list[str]]:
    def read_all(text: str, _today: date) -> list[str]:
        found = list(dict.fromkeys(read(one.strip()) for one in text.split(",") if one.strip()))
        if not 0 < len(found) <= MAX_LIST:
            raise ValueError("none, or too many")
        return found

    return read_all


def _istat(text: str) -> str:
    if not _ISTAT.fullmatch(text):
        raise ValueError("not an ISTAT code")
    return text


def _choice(codes: type[Kind] | type[Facet] | type[Purpose]) -> str:
    return ", ".join(code.value for code in codes)


FIELDS = (
    Field("kind", mark("Tipo di ente"), _choice(Kind), _kind, is_needed=True),
    Field("name", mark("Denominazione"), mark("al massimo 200 caratteri, in lettere latine"), _name, is_needed=True),
    Field("ipa_code", mark("Codice IPA"), mark("come c_d150"), _matching(_IPA)),
    Field("runts_number", mark("Numero RUNTS"), mark("solo cifre"), _matching(_RUNTS)),
    Field("runts_section", mark("Sezione RUNTS"), ", ".join(sorted(_SECTIONS)), _section),
    Field("ecclesiastical_recognition", mark("Riconoscimento ecclesiastico"), mark("decreto e data"), _text),
    Field("fiscal_code", mark("Codice fiscale dell'ente"), mark("11 cifre, l'ultima di controllo"), _fiscal_code),
    Field("act", mark("Atto di accreditamento"), mark("per esempio: Convenzione tra comune e ente"), _text),
    Field("act_protocol", mark("Protocollo dell'atto"), mark("per esempio: PG/2026/0042"), _text),
    Field("act_expiry", mark("Scadenza dell'atto"), mark("una data futura, gg/mm/aaaa"), _expiry),
    Field(
        "territory", mark("Territorio"), mark("codici ISTAT di 6 cifre, separati da virgole"), _list_of(_istat), True
    ),
    Field("facets", mark("Aiuti"), _choice(Facet), _list_of(lambda text: Facet(text).value), True, True),
    Field("purposes", mark("Finalità"), _choice(Purpose), _list_of(lambda text: Purpose(text).value), True, True),
    Field("referent", mark("Referente"), mark("nome e cognome di chi risponde all'ufficio"), _text),
    Field("contact", mark("Contatto"), mark("telefono o posta del referente"), _text),
)
BY_NAME = {field.name: field for field in FIELDS}
