"""The sentences about needs: what is owed, who helps with it, and what is left to complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from textwrap import wrap

from maglia.core.translation import mark, tr, trn
from maglia.core.vocabulary import AidStatus
from tui.labels import FACETS, KINDS, SOME_BODY, label
from tui.model import Balance, CheckState, Finding
from tui.needs_model import FiledNeed
from tui.table import Cells, Table, day_cell, euros, instant_cell, make_table
from tui.text import plain, show_amount, show_day, show_when

_WIDTH = 80
_INDENT = "   "
_LAST_MS = 4_102_444_800_000


def need_lines(needs: Sequence[FiledNeed], lang: str) -> list[str]:
    """Return a person's needs on file, with who put each there and what this body itself covers."""
    if not needs:
        return [tr("Nessun bisogno registrato per questa persona.", lang)]
    return [line for one in needs for line in filed_lines(one, lang)]


def filed_lines(one: FiledNeed, lang: str) -> list[str]:
    """Return one need on file."""
    head, *told = filed_sentences(one, lang)
    return _wrapped([head], "") + _wrapped(told, _INDENT)


def filed_sentences(one: FiledNeed, lang: str) -> list[str]:
    """Return one need on file, a sentence for each thing that is known of it."""
    about = ", ".join(part for part in (label(FACETS, one.facet, lang), one.creditor, one.need, _period(one)) if part)
    owed = tr("dovuti in tutto", lang)
    lines = [f"{one.name}  {about}: {owed} {show_amount(one.owed_cents)}."]
    lines.append(_covered_here(one.given_cents, one.reserved_cents, lang))
    if one.unknown:
        lines.append(_unknown(one.unknown, lang))
    if one.left_cents >= 0:
        left = tr("Senza gli altri enti restano", lang)
        lines.append(f"{left} {show_amount(one.left_cents)}{tr('', lang)}.")
    else:
        lines.append(_over_alone(-one.left_cents, lang))
    lines.append(_history(one, lang))
    return lines


def need_table(needs: Sequence[FiledNeed], lang: str) -> Table:
    """Return a person's needs on file; the person's code is not in it, supplies and leases are."""
    head = mark(
        "Bisogno|Aiuto|Creditore|Fornitura o contratto|Dal|Al|Dovuto|Dato qui|Promesso qui|Senza gli altri restano"
        "|Registrato da|Registrato il|Chiuso il"
    )
    rows: list[Cells] = [
        (
            one.name,
            label(FACETS, one.facet, lang),
            one.creditor,
            one.need,
            day_cell(one.period_from),
            day_cell(one.period_to),
            euros(one.owed_cents),
            euros(one.given_cents),
            euros(one.reserved_cents),
            euros(one.left_cents),
            one.opened_by,
            instant_cell(one.opened_at_ms),
            instant_cell(one.closed_at_ms),
        )
        for one in needs
    ]
    return make_table(mark("Bisogni registrati"), head, rows, lang)


def balance_lines(state: CheckState, lang: str) -> list[str]:
    """Return who helps with the same need, with whom to agree, and how much is left at most; each within 80 columns."""
    return _wrapped(balance_sentences(state, lang), _INDENT)


def balance_sentences(state: CheckState, lang: str) -> list[str]:
    """Return the same, a sentence each."""
    lines = [line for finding in state.findings for line in _helper_lines(finding, state.day, lang)]
    return lines + (_balance(state.balance, lang) if state.balance is not None else [])


def promise_lines(balance: Balance, exceeds_cents: int, lang: str, *, is_given: bool = False) -> list[str]:
    """Return how much of a need is left for a promise, and a warning where there would be more than is owed with it.

    `balance` is without the promise; `is_given` where it is help given by now.
    """
    lines = _wrapped(_balance(balance, lang, beside_promise=True), _INDENT)
    if exceeds_cents:
        told = _exceeds(balance, show_amount(exceeds_cents), lang, is_given=is_given)
        lines += wrap(told, _WIDTH, initial_indent="!! ", subsequent_indent=_INDENT)
    return lines


def _exceeds(balance: Balance, more: str, lang: str, *, is_given: bool) -> str:
    agree = _others_help(balance)
    if is_given and agree:
        said = tr("Con questo aiuto risultano almeno {more} più del dovuto: conviene accordarsi tra enti.", lang)
    elif is_given:
        said = tr("Con questo aiuto risultano almeno {more} più del dovuto: conviene ricontrollare l'importo.", lang)
    elif agree:
        said = tr(
            "Con questo aiuto risulterebbero almeno {more} più del dovuto: prima conviene accordarsi tra enti.", lang
        )
    else:
        said = tr(
            "Con questo aiuto risulterebbero almeno {more} più del dovuto: prima conviene ricontrollare l'importo.",
            lang,
        )
    return said.format(more=more)


def _others_help(balance: Balance) -> bool:
    return bool(balance.others_given_cents or balance.others_reserved_cents)


def _helper_lines(finding: Finding, today: str, lang: str) -> list[str]:
    """Return what one body does for the need, and how to reach it where that is shown."""
    promised = _instants(finding, today, lang) if finding.status == AidStatus.RESERVED else ""
    if not finding.same_need and not promised:
        return []
    who = finding.member_name or (
        tr(SOME_BODY, lang)
        if finding.kind_hidden or not finding.member_kind
        else label(KINDS, finding.member_kind, lang)
    )
    of = tr("su", lang)
    amount = show_amount(finding.amount_cents) if finding.amount_cents is not None else ""
    if amount and finding.owed_cents is not None:
        amount += f" {of} {show_amount(finding.owed_cents)}"
    if finding.status == AidStatus.RESERVED:
        state = tr("impegno", lang) + promised
    else:
        when = show_when(finding.when, today, lang)
        state = f"{tr('aiuto dato', lang)} ({when})"
    lines = [f"{who[:1].upper()}{who[1:]}: {', '.join(part for part in (amount, state) if part)}."]
    if finding.contact:
        lines.append(f"{tr('Per accordarsi', lang)}: {finding.contact}")
    return lines


def _instants(finding: Finding, today: str, lang: str) -> str:
    """Return ` dalle 10:38 di oggi, fino al 02/12/2026`, as far as it is told."""
    text = ""
    if (at := _local(finding.reserved_at_ms)) is not None:
        is_today = at.date().isoformat() == today
        day = tr("di oggi", lang) if is_today else f"{tr('del', lang, 'on')} {show_day(at.date())}"
        text = f" {tr('dalle', lang)} {at:%H:%M} {day}"
    if (until := _local(finding.reserved_until_ms)) is not None:
        day = f"{tr('del', lang, 'on')} {show_day(until.date())}"
        text += f", {tr('fino alle', lang)} {until:%H:%M} {day}"
    return text


def _local(time_ms: int | None) -> datetime | None:
    """Return an instant by this computer's clock, None for what no calendar shows."""
    if time_ms is None or not 0 < time_ms <= _LAST_MS:
        return None
    return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone()


def _balance(balance: Balance, lang: str, *, beside_promise: bool = False) -> list[str]:
    facet = label(FACETS, balance.facet, lang).lower()
    total = f"{tr('dovuti in tutto', lang)} {show_amount(balance.owed_cents)}"
    if balance.need:
        head = f"{tr('Bisogno', lang)} {plain(balance.need)}, {facet}: {total}."
    else:
        head = f"{facet.capitalize()}: {total}, {tr('dice un altro ente', lang)}."
    given, reserved = show_amount(balance.others_given_cents), show_amount(balance.others_reserved_cents)
    others = tr("Altri enti: dati almeno {given}, promessi almeno {reserved}.", lang).format(
        given=given, reserved=reserved
    )
    own = _covered_here(balance.own_given_cents, balance.own_reserved_cents, lang, beside_promise=beside_promise)
    lines = [head, own, others]
    if balance.unknown:
        lines.append(_unknown(balance.unknown, lang))
    return [*lines, _left(balance, lang)]


def _left(balance: Balance, lang: str) -> str:
    """Return how to complete it: what others gave is help, and the word that denies nothing is the operator's."""
    if balance.over_cents:
        return (_over if _others_help(balance) else _over_alone)(balance.over_cents, lang)
    if not balance.residual_cents:
        return tr("Risulta coperto per intero: prima di dare altro conviene accordarsi.", lang)
    rest = show_amount(balance.residual_cents)
    left = tr("restano al più {rest} da coprire", lang).format(rest=rest)
    if _others_help(balance) or balance.unknown:
        left = f"{tr('Altri hanno già contribuito', lang)}: {left}."
    else:
        left = f"{left[:1].upper()}{left[1:]}."
    if balance.may_be_less:
        left += tr(" Potrebbe restare meno.", lang)
    return left


def _covered_here(given: int, reserved: int, lang: str, *, beside_promise: bool = False) -> str:
    here = tr("Questo ente", lang)
    if beside_promise:
        here += tr(", oltre a questo aiuto", lang)
    gave, promised = tr("dati", lang), tr("promessi", lang)
    return f"{here}: {gave} {show_amount(given)}, {promised} {show_amount(reserved)}."


def _unknown(count: int, lang: str) -> str:
    said = trn("{count} aiuto di importo non noto.", "{count} aiuti di importo non noto.", count, lang)
    return said.format(count=count)


def _over(cents: int, lang: str) -> str:
    more = show_amount(cents)
    return tr("Risultano almeno {more} più del dovuto: conviene accordarsi tra enti.", lang).format(more=more)


def _over_alone(cents: int, lang: str) -> str:
    more = show_amount(cents)
    return tr(
        "Questo ente da solo ha dato o promesso almeno {more} più del dovuto: conviene ricontrollare gli importi.", lang
    ).format(more=more)


def _period(one: FiledNeed) -> str:
    days = [show_day(date.fromisoformat(day)) for day in (one.period_from, one.period_to) if day]
    return "-".join(days)


def _history(one: FiledNeed, lang: str) -> str:
    opened = f"{tr('Registrato da', lang)} {one.opened_by} {_moment(one.opened_at_ms, lang)}"
    if one.is_open:
        return f"{opened}."
    return f"{opened}; {tr('chiuso da', lang)} {one.closed_by} {_moment(one.closed_at_ms, lang)}."


def _moment(time_ms: int, lang: str) -> str:
    at = _local(time_ms)
    return f"{tr('il', lang)} {at:%d/%m/%Y %H:%M}" if at else ""


def _wrapped(lines: Iterable[str], indent: str) -> list[str]:
    further = indent or _INDENT
    return [piece for line in lines for piece in wrap(line, _WIDTH, initial_indent=indent, subsequent_indent=further)]
