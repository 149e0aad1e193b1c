"""What REGISTRA shows, from plain values: sentences that fit on the screen, the list of promises, the receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from textwrap import wrap

from maglia.core.errors import Code
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus
from tui import fields
from tui.labels import FACETS, label
from tui.lines import Line, Tone
from tui.model import CheckState
from tui.needs_text import promise_lines
from tui.papers.receipt import Followed, Receipt
from tui.reservation_model import Reservation, Reserved
from tui.reservation_text import OPEN, STATES, moment, promised_lines, short, told_others
from tui.screens.record.saving import Filed
from tui.screens.record.words import word
from tui.screens.work import AWAY
from tui.session import AtHand, Counter
from tui.text import code_message, code_sentence, short_number, show_amount, show_day, show_time
from tui.verdict import verdict_lines
from tui.widgets.listing import Column, ListRow

_WIDTH, _MOST = 74, 8
"""Cells and lines of the last panel at 80x24: a sentence that is not on the screen was not said."""
_NAMES = 4

COLUMNS = (
    Column(mark("STATO"), 14),
    Column(mark("PERSONA"), 18),
    Column(mark("AIUTO")),
    Column(mark("IMPORTO"), 14, right=True, from_width=100),
    Column(mark("FINO A"), 17),
    Column(mark("N."), 9),
)


def note(key: str, lang: str, tone: Tone = Tone.NOTE, sign: str = "  ", **words: str) -> Line:
    """Return one of this screen's sentences as a line."""
    return Line(sign, word(key, lang).format(**words), tone)


def known_lines(hand: AtHand | None, facet: str, lang: str) -> list[Line]:
    """Return what is known before anything is filed: the verdict of the check at hand, or that there was none."""
    if hand is None or (hand.state is None and not hand.unchecked):
        return []
    if hand.state is None:
        why = Line("  ", why_unasked(hand.unchecked, lang), Tone.NOTE)
        missing = [note("only_us", lang)] if hand.unchecked.startswith("consent.") else []
        return [note("unverified", lang, Tone.PARTIAL, "??"), why, *missing]
    if hand.question.facet != facet:
        asked = label(FACETS, hand.question.facet, lang)
        return [note("other_facet", lang, Tone.PARTIAL, "??", facet=asked)]
    return check_lines(hand.state, lang)


def why_unasked(code: str, lang: str, params: Mapping[str, str] | None = None) -> str:
    """Return why nobody was asked and what to do next: with a key where others would be told a command."""
    if code == Code.NETWORK_UNREACHABLE.value:
        return f"{code_message(code, lang)} {tr(AWAY, lang)}"
    return code_sentence(code, lang, params)


def check_lines(state: CheckState, lang: str) -> list[Line]:
    """Return a verdict, every silent body's name as far as there is room; the answers above hold them all."""
    state = replace(state, waiting=False) if state.waiting else state
    lines = verdict_lines(state, lang)
    return [*lines[:-1], *_silent(state, lang), *lines[-1:]]


def _silent(state: CheckState, lang: str) -> list[Line]:
    names = [body.name or body.member for body in state.silent]
    if not names:
        return []
    shown, rest = names[:_NAMES], len(names) - _NAMES
    more = f" {tr('e altri {count}', lang).format(count=rest)}" if rest > 0 else ""
    return [Line("  ", f"{tr('Muti', lang)}: {', '.join(shown)}{more}.", Tone.PARTIAL)]


def beside_lines(found: Reserved, lang: str, *, is_given: bool = False) -> list[Line]:
    """Return what the network knows beside a promise, without the sentence that leaves the decision to a person."""
    beside, lines = found.beside, []
    if beside.check is not None:
        others = [Line("!!", told, Tone.FOUND) for told in told_others(found.reservation, beside, lang)]
        rest = [line for line in check_lines(beside.check, lang)[:-1] if not (others and line.tone is Tone.FOUND)]
        lines = [*_few(others, lang), *rest]
    elif beside.unchecked:
        lines = [
            note("unverified", lang, Tone.PARTIAL, "??"),
            Line("  ", why_unasked(beside.unchecked, lang, beside.params), Tone.NOTE),
        ]
        lines += [note("only_us", lang)] if beside.unchecked.startswith("consent.") else []
    if beside.balance is not None and beside.exceeds_cents:
        said = promise_lines(beside.balance, beside.exceeds_cents, lang, is_given=is_given)
        first = next(at for at, text in enumerate(said) if text.startswith("!! "))
        text = " ".join(part.strip() for part in said[first:]).removeprefix("!! ")
        lines.append(Line("!!", text, Tone.FOUND))
    return lines


def _few(others: list[Line], lang: str) -> list[Line]:
    """Return as many as leave room for the rest, and how many more there are: the answers hold them all."""
    shown: list[Line] = []
    for at, line in enumerate(others):
        if shown and height([*shown, line]) > 2:
            left = tr("Altri aiuti o impegni: {count}, nella tabella qui sopra.", lang).format(count=len(others) - at)
            return [*shown, Line("  ", left, Tone.FOUND)]
        shown.append(line)
    return shown


def height(lines: Sequence[Line]) -> int:
    """Return how many lines of the screen sentences take at 80 columns."""
    return sum(len(wrap(line.text, _WIDTH - 3)) for line in lines)


def fitting(first: Sequence[Line], *last: Line) -> list[Line]:
    """Return sentences of which the last ones must be read: of the first only as many as leave them room."""
    kept = list(first)
    while kept and height([*kept, *last]) > _MOST:
        calm = [at for at, line in enumerate(kept) if line.tone in {Tone.NOTE, Tone.CALM}]
        kept.pop(calm[-1] if calm else -1)
    return [*kept, *last]


def filed_line(filed: Filed, lang: str) -> Line:
    """Return what is on file now: given or promised, what, how much, which day, its number."""
    entry = filed.entry
    amount = show_amount(entry.amount_cents) if entry.amount_cents else word("no_amount", lang)
    parts = [label(FACETS, entry.facet, lang), amount, show_day(date.fromisoformat(entry.day))]
    parts += [entry.identifier] if entry.is_by_name else []
    number = tr("n.", lang)
    head = tr("CONSEGNATO", lang) if filed.status is AidStatus.GIVEN else tr("IMPEGNO", lang, "heading")
    return Line("  ", f"{head}: {', '.join(parts)} ({number} {short_number(filed.record_id)}).", Tone.CALM)


def saved_line(filed: Filed, lang: str) -> Line:
    """Return when it was saved, and until when that can be undone."""
    at = f"{fields.now():%H:%M}"
    if not filed.undo_until_ms:
        return note("saved_ever", lang, Tone.CALM, at=at)
    return note("saved", lang, Tone.CALM, at=at, until=show_time(filed.undo_until_ms))


def promised_line(one: Reservation, lang: str) -> Line:
    """Return what is promised and until when."""
    return Line("  ", " ".join(promised_lines(one, lang)), Tone.CALM)


def promise_rows(found: Sequence[Reservation], person: str, lang: str) -> list[ListRow]:
    """Return the open promises, this person's first, then those beside which help was found later, by their end."""
    ordered = sorted(
        (one for one in found if one.state in OPEN or one.late),
        key=lambda one: (one.identifier != person, not one.late, one.reserved_until_ms),
    )
    return [_row(one, lang) for one in ordered]


def _row(one: Reservation, lang: str) -> ListRow:
    ends = f"{moment(one.reserved_until_ms):%d/%m/%Y %H:%M}" if one.reserved_until_ms else ""
    amount = show_amount(one.amount_cents) if one.amount_cents else ""
    cells = (
        label(STATES, one.state, lang),
        one.identifier,
        label(FACETS, one.facet, lang),
        amount,
        ends,
        short(one.record_id),
    )
    later = tr("TROVATO DOPO", lang)
    told = [f"{later}: {text}" for text in told_others(one, None, lang)]
    soon = [tr("Scade presto.", lang)] if one.ends_soon else []
    return ListRow(one.record_id, cells, Tone.FOUND if told else Tone.CALM, " ".join([*soon, *told]))


def receipt_of(filed: Filed, seat: Counter, state: CheckState | None) -> Receipt:
    """Return the receipt of what was filed, with how the check that it followed was answered."""
    entry, here = filed.entry, seat.here
    followed = Followed(state.check_id, state.answered, state.asked, state.complete) if state else None
    return Receipt(
        record_id=filed.record_id,
        body=here.member_name or here.member,
        contact=here.contact,
        facet=entry.facet,
        day=entry.day,
        amount_cents=entry.amount_cents or None,
        made=fields.now().date(),
        code=entry.identifier,
        status=filed.status.value,
        until_ms=filed.until_ms,
        followed=followed,
        dpo=seat.profile.dpo,
        language=seat.lang,
    )
