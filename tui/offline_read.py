"""What is taken without a node, read as strictly as the node will: what it would refuse later is refused now.

What the counter can't know stays for the node: whether the person refused since, the operator's rights, the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import (
    CONSENT_DAYS,
    AidStatus,
    Basis,
    Facet,
    Frequency,
    Kind,
    MeansTest,
    Purpose,
    Visibility,
    is_in_money,
    is_special,
)
from tui.model import Aid, Consent, NamedAid
from tui.offline_model import ToCheck
from tui.papers.notice import Notice
from tui.text import parse_amount, parse_day, plain, show_day

ON_PERSON = (Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY)
"""What a question about one person at a counter may be for."""
METHODS = ("signed", "oral", "digital")
_MAX_AMOUNT_CENTS = 1_000_000_00
_EARLIEST, _EARLIEST_BIRTH = date(1990, 1, 1), date(1890, 1, 1)
_BASES = ("", Basis.CONSENT, Basis.PUBLIC_TASK)
_MAX_TEXT = 200


def read_aid(
    today: date,
    *,
    identifier: str,
    facet: str,
    day: str,
    amount: str,
    basis: str,
    visibility: str,
    creditor: str,
    need: str,
    period_from: str,
    period_to: str,
    monthly: bool,
    protocol: str,
    means_test: str,
) -> Aid:
    """Return help that was given, `today` when no day is named; raise `input.*`.

    Only goods in kind may have no amount.
    """
    code = parse_identifier(identifier).text
    kind = _facet(facet)
    begin, end = _maybe_day(period_from), _maybe_day(period_to)
    cents = _amount(amount, kind)
    if begin and end and end < begin:
        raise MagliaError(Code.INPUT_DATE_ORDER, first=_shown(begin), last=_shown(end))
    _require(not monthly or cents > 0, "amount", Code.INPUT_MISSING)
    _require(not monthly or bool(begin), "period_from", Code.INPUT_MISSING)
    return Aid(
        identifier=code,
        facet=kind,
        date=_past_day(day, today).isoformat(),
        amount_cents=cents,
        status=AidStatus.GIVEN.value,
        basis=_among(basis, _BASES, "basis"),
        visibility=_among(visibility, tuple(Visibility), "visibility"),
        creditor=_text(creditor, "creditor"),
        need=parse_need(need).text if need.strip() else "",
        period_from=begin,
        period_to=end,
        frequency=(Frequency.MONTHLY if monthly else Frequency.ONE_OFF).value,
        protocol=_text(protocol, "protocol"),
        means_test=_among(means_test, tuple(MeansTest), "means_test"),
    )


def read_named_aid(
    today: date,
    *,
    alias: str,
    name: str,
    born: str,
    place: str,
    facet: str,
    day: str,
    amount: str,
    basis: str,
    creditor: str,
) -> NamedAid:
    """Return help to a person without a code, on file under `alias` or new; raise `input.*`. Nobody is ever asked."""
    kind = _facet(facet)
    if alias:
        _require(not (name or born or place), "name")
        who = ("", "", "")
    else:
        line = _text(name, "name")
        _require(bool(line) and not any(char.isdigit() for char in line), "name")
        birth = parse_day(born)
        if not _EARLIEST_BIRTH <= birth <= today:
            raise MagliaError(Code.INPUT_DATE, value="…")
        who = (line, birth.isoformat(), _text(place, "place"))
        _require(bool(who[2]), "place")
    return NamedAid(
        facet=kind,
        date=_past_day(day, today).isoformat(),
        amount_cents=_amount(amount, kind),
        alias=alias,
        name=who[0],
        born=who[1],
        place=who[2],
        status=AidStatus.GIVEN.value,
        basis=_among(basis, _BASES, "basis"),
        creditor=_text(creditor, "creditor"),
    )


def read_consent(
    today: date,
    notice: Notice,
    *,
    identifier: str,
    purposes: Sequence[str],
    day: str,
    method: str,
    audience: Sequence[str],
    expires: str,
) -> Consent:
    """Return a consent to one notice that was read, for purposes that rest on consent; raise `input.*`."""
    code, given = parse_identifier(identifier).text, _past_day(day, today)
    _require(bool(purposes), "purposes")
    last = _last_day(expires, given, today)
    return Consent(
        identifier=code,
        purposes=tuple(dict.fromkeys(_purpose(one, notice.purposes[Basis.CONSENT]) for one in purposes)),
        notice_version=notice.version,
        language=notice.language,
        date=given.isoformat(),
        method=_among(method, METHODS, "method"),
        audience=tuple(sorted({_among(kind, tuple(Kind), "audience") for kind in audience})),
        expires=last,
    )


def read_check(facet: str, purpose: str, protocol: str) -> ToCheck:
    """Return the question that the network is asked later; nothing of a special category ever is (law rule 4)."""
    if is_special(facet):
        return ToCheck()
    return ToCheck(_facet(facet), _purpose(purpose, ON_PERSON), _text(protocol, "protocol"))


def _facet(text: str) -> str:
    if text in frozenset(Facet) or is_special(text):
        return text
    raise MagliaError(Code.INPUT_FACET, value=plain(text, 40), allowed=", ".join(Facet))


def _purpose(text: str, allowed: Collection[str]) -> str:
    if text not in allowed:
        raise MagliaError(Code.INPUT_PURPOSE, value=plain(text, 40), allowed=", ".join(allowed))
    return text


def _past_day(text: str, today: date) -> date:
    if not text.strip():
        return today
    day = parse_day(text)
    if day > today:
        raise MagliaError(Code.INPUT_DATE_FUTURE, value=show_day(day), latest=show_day(today))
    return _not_too_early(day)


def _maybe_day(text: str) -> str:
    return _not_too_early(parse_day(text)).isoformat() if text.strip() else ""


def _shown(day: str) -> str:
    return show_day(date.fromisoformat(day))


def _not_too_early(day: date) -> date:
    if day < _EARLIEST:
        raise MagliaError(Code.INPUT_DATE_EARLY, value=show_day(day), earliest=show_day(_EARLIEST))
    return day


def _last_day(text: str, given: date, today: date) -> str:
    limit = given + timedelta(days=CONSENT_DAYS)
    if limit < today:
        raise MagliaError(Code.CONSENT_EXPIRED)
    if not text.strip():
        return ""
    named = parse_day(text)
    _require(max(given, today) <= named <= limit, "expires")
    return named.isoformat()


def _amount(text: str, facet: str) -> int:
    if not text.strip():
        _require(not is_in_money(facet), "amount")
        return 0
    cents = parse_amount(text)
    if cents > _MAX_AMOUNT_CENTS:
        raise MagliaError(Code.INPUT_AMOUNT_LIMIT, field="amount", limit="1.000.000,00 €")
    return cents


def _text(text: str, field: str) -> str:
    line = " ".join(text.split())
    if plain(line, len(line) + 1) != line:
        raise MagliaError(Code.INPUT_TEXT_CONTROL, field=field)
    if len(line) > _MAX_TEXT:
        raise MagliaError(Code.INPUT_TEXT_LONG, field=field, limit=str(_MAX_TEXT))
    return line


def _among(value: str, allowed: Collection[str], field: str) -> str:
    _require(value in allowed, field)
    return str(value)


def _require(condition: bool, field: str, code: Code = Code.INPUT_FIELD) -> None:
    if not condition:
        raise MagliaError(code, field=field)
