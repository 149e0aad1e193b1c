"""PERSONA's form for a correction: each field as it is on file, and of what was written only what is different."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_need
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import AidStatus, Facet, Frequency, MeansTest
from tui.labels import FACETS, Labels, label, options
from tui.question import check_aid_facet
from tui.records_model import Correction, FiledAid
from tui.records_text import STATUSES, VISIBILITIES, in_short
from tui.screens.forms import Entry, Form, Values
from tui.screens.person.rows import day
from tui.text import parse_amount, parse_day, short_number, show_amount
from tui.widgets.entry import Choice, Field, amount_echo, day_echo

FREQUENCIES: Labels = {"one_off": mark("una volta"), "monthly": mark("ogni mese")}
MEANS: Labels = {
    "none": mark("nessuna"),
    "isee": mark("ISEE"),
    "other": mark("altra"),
    "exempt": mark("esente"),
}
_TEXTS = ("creditor", "protocol")
_DAYS = ("date", "period_from", "period_to")
_CHOICES = ("facet", "status", "visibility", "frequency", "means_test")


def _if_written(read: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: read(text) if text else None


_READS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(_DAYS, _if_written(parse_day)),
    "amount": _if_written(parse_amount),
    "need": _if_written(parse_need),
}


def written_of(one: FiledAid) -> dict[str, str]:
    """Return a record as its fields hold it."""
    amount = "" if one.amount_cents is None else show_amount(one.amount_cents).removesuffix(" €")
    plain = {name: str(getattr(one, name)) for name in (*_TEXTS, *_CHOICES, "need")}
    return plain | {name: day(getattr(one, name)) for name in _DAYS} | {"amount": amount}


def correction_of(one: FiledAid, values: Values) -> Correction:
    """Return what is different from the record on file; raise `input.*`, `input.record_unchanged` for nothing."""
    before = written_of(one)
    changed = {name: text for name, text in values.items() if text != before[name]}
    if not changed:
        raise MagliaError(Code.INPUT_RECORD_UNCHANGED)
    if not changed.get("date", "-"):
        raise MagliaError(Code.INPUT_MISSING, field="date")
    read = {name: parse_day(text).isoformat() if text else "" for name, text in changed.items() if name in _DAYS}
    read |= {name: text for name, text in changed.items() if name in (*_TEXTS, *_CHOICES)}
    if "facet" in read:
        check_aid_facet(read["facet"])
    if "need" in changed:
        read["need"] = parse_need(changed["need"]).text if changed["need"] else ""
    cents = None if "amount" not in changed else parse_amount(changed["amount"]) if changed["amount"] else 0
    return Correction(amount_cents=cents, **read)


def correction_form(one: FiledAid, again: Values | None, lang: str) -> Form[Correction]:
    """Return the form for one record; `again` is what was written the last time, when it could not be sent."""
    title = tr("CORREGGI AIUTO", lang)
    lines = [f"{short_number(one.id)}  {in_short(one, lang)}"]
    send = tr("Correggi", lang)
    return Form(title, lines, _entries(one, written_of(one) | dict(again or {}), lang), send, lang,
                lambda values: correction_of(one, values))  # fmt: skip


def _entries(one: FiledAid, held: Values, lang: str) -> list[Entry]:
    facets = list(dict.fromkeys([*Facet, one.facet]))
    statuses = list(dict.fromkeys([AidStatus.GIVEN.value, AidStatus.CANCELLED.value, one.status]))

    def choice(words: str, name: str, labels: Labels, codes: Sequence[str]) -> Choice:
        return Choice(tr(words, lang), name, options(labels, list(codes), lang), held[name])

    def field(words: str, name: str, hint: str = "") -> Field:
        echo = day_echo(lang) if name in _DAYS else amount_echo(lang) if name == "amount" else None
        width, read = 20 if echo else 44, _READS.get(name)
        return Field(tr(words, lang), name, held[name], width=width, hint=hint, echo=echo, read=read)

    facet_choices = [(label(FACETS, code, lang), str(code)) for code in facets]
    return [
        Choice(tr("Aiuto", lang), "facet", facet_choices, held["facet"]),
        field(mark("Giorno"), "date"),
        field(mark("Importo"), "amount"),
        choice(mark("Ogni"), "frequency", FREQUENCIES, list(Frequency)),
        choice(mark("Stato"), "status", STATUSES, statuses),
        choice(mark("Visto da"), "visibility", VISIBILITIES, list(VISIBILITIES)),
        field(mark("Creditore"), "creditor"),
        field(mark("Bisogno"), "need", "POD: / PDR: / LEASE:"),
        field(mark("Dal"), "period_from"),
        field(mark("Fino al"), "period_to"),
        field(mark("Protocollo"), "protocol"),
        choice(mark("Mezzi"), "means_test", MEANS, list(MeansTest)),
    ]
