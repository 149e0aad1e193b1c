"""The sentences about help that is promised, as a counter reads them: what others promised, and who comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from textwrap import wrap

from maglia.core.translation import mark, tr, trn
from maglia.core.vocabulary import AidStatus
from tui.labels import BANDS, FACETS, KINDS, SOME_BODY, Labels, label
from tui.reservation_model import Beside, OtherHelp, Reservation
from tui.table import Cells, Table, euros, instant_cell, make_table
from tui.text import code_sentence, show_amount, show_day, show_time, show_when

_WIDTH = 80
STATES: Labels = {
    "to_check": mark("DA VERIFICARE"),
    "to_confirm": mark("DA CONFERMARE"),
    "expired": mark("SCADUTO"),
    "confirmed": mark("CONFERMATO"),
    "released": mark("ANNULLATO", "promise"),
}
OPEN = frozenset({"to_check", "to_confirm"})


def short(record_id: str) -> str:
    """Return as much of an id as people type."""
    return record_id[:8]


def moment(time_ms: int) -> datetime:
    """Return an instant by this computer's clock."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone()


def promised_lines(one: Reservation, lang: str) -> list[str]:
    """Return what is promised and until when."""
    done = tr("Impegno registrato", lang)
    return _block("", f"{done}: {_what(one, lang)}, {until_words(one, lang)} (n. {short(one.record_id)}).")


def given_lines(one: Reservation, lang: str) -> list[str]:
    """Return what is given, and until when that can be undone."""
    done, day = tr("CONSEGNATO", lang), show_day(date.fromisoformat(one.day))
    told = _block("", f"{done}: {_what(one, lang)}, {day} (n. {short(one.record_id)}).")
    if not one.undo_until_ms:
        return told
    until = tr("Si annulla fino alle", lang)
    return [*told, f"{until} {show_time(one.undo_until_ms)}: maglia aid undo {short(one.record_id)}"]


def renewed_lines(one: Reservation, lang: str) -> list[str]:
    """Return until when it is promised now."""
    done = tr("Impegno prorogato", lang)
    return _block("", f"{done}: {_what(one, lang)}, {until_words(one, lang)} (n. {short(one.record_id)}).")


def released_lines(one: Reservation, lang: str) -> list[str]:
    """Return what is promised no more."""
    done = tr("Impegno annullato", lang)
    return _block("", f"{done}: {_what(one, lang)} (n. {short(one.record_id)}).")


def unchecked_lines(beside: Beside, lang: str) -> list[str]:
    """Return why the network was not asked."""
    head = tr("Verifica non eseguita", lang)
    return _block("?? ", f"{head}: {code_sentence(beside.unchecked, lang, beside.params)}")


def other_lines(one: Reservation, beside: Beside, lang: str) -> list[str]:
    """Return what others promised or gave, each with who comes first."""
    return [line for told in told_others(one, beside, lang) for line in _block("!! ", told)]


def told_others(one: Reservation, beside: Beside | None, lang: str) -> list[str]:
    """Return a sentence for what others promised or gave: as a check shows it, or, without one, as found later."""
    return _told(one.late if beside is None else beside.others, one, lang)


def wants_lines(wants: str, lang: str, unchecked: bool = False) -> list[str]:
    """Return what a confirmation still needs; `unchecked` where the network was not asked."""
    if unchecked:
        text = tr(
            "Non ancora consegnato: la rete non è stata interrogata. Se l'aiuto va dato lo stesso, ripetere il "
            "comando con --reason e il motivo.",
            lang,
        )
    elif wants == "reason":
        text = tr(
            "Non ancora consegnato: serve un motivo. Leggere qui sopra e, se l'aiuto va dato lo stesso, ripetere "
            "con --reason e il motivo.",
            lang,
        )
    else:
        text = tr(
            "Non ancora consegnato: qui sopra c'è qualcosa che prima non c'era. Leggerlo e, se l'aiuto va dato lo "
            "stesso, ripetere il comando.",
            lang,
        )
    return _block("-> ", text)


def list_lines(found: Sequence[Reservation], lang: str) -> list[str]:
    """Return the reservations, those beside which something was found late first; the lines hold codes."""
    if not found:
        return [tr("Nessun impegno.", lang)]
    ordered = sorted(found, key=lambda one: (not one.late, one.state not in OPEN, one.reserved_until_ms))
    head = tr("STATO", lang), tr("PERSONA", lang), tr("AIUTO", lang)
    until = tr("FINO A", lang)
    lines = [_count(found, lang), f"{head[0]:<14}{head[1]:<17}{head[2]:<19}{until:<17} N."]
    for one in ordered:
        facet, ends = label(FACETS, one.facet, lang), _full(one.reserved_until_ms)
        state = label(STATES, one.state, lang)
        lines.append(f"{state:<14}{one.identifier:<17}{facet:<19}{ends:<17} {short(one.record_id)}")
        if one.ends_soon:
            lines.append(tr("   Scade presto: confermarlo, prorogarlo o annullarlo.", lang))
        for told in _told(one.late, one, lang):
            lines += _block("!! ", f"{tr('TROVATO DOPO', lang)}: {told}")
    return lines


def reservation_table(found: Sequence[Reservation], lang: str) -> Table:
    """Return the reservations by their persons' codes, each with what others gave or promised, found later."""
    head = mark("Numero|Stato|Persona|Aiuto|Importo|Promesso il|Fino a|Promesso da|Prorogato|Trovato dopo")
    rows: list[Cells] = [
        (
            short(one.record_id),
            label(STATES, one.state, lang),
            one.identifier,
            label(FACETS, one.facet, lang),
            euros(one.amount_cents),
            instant_cell(one.reserved_at_ms),
            instant_cell(one.reserved_until_ms),
            one.reserved_by,
            tr("sì", lang) if one.renewed else None,
            " ".join(_told(one.late, one, lang)),
        )
        for one in found
    ]
    return make_table(mark("Impegni"), head, rows, lang, has_codes=True)


def _count(found: Sequence[Reservation], lang: str) -> str:
    still = [one for one in found if one.state in OPEN]
    soon, late = sum(one.ends_soon for one in still), sum(bool(one.late) for one in found)
    parts = [trn("1 impegno aperto", "{count} impegni aperti", len(still), lang).format(count=len(still))]
    parts += [tr("{count} in scadenza", lang).format(count=soon)] * bool(soon)
    parts += [tr("{count} con aiuti trovati dopo", lang).format(count=late)] * bool(late)
    return ", ".join(parts) + "."


def _what(one: Reservation, lang: str) -> str:
    amount = [show_amount(one.amount_cents)] if one.amount_cents else []
    return ", ".join([label(FACETS, one.facet, lang), *amount])


def until_words(one: Reservation, lang: str) -> str:
    """Return when a promise ends."""
    ends = moment(one.reserved_until_ms)
    if ends.date() == moment(one.reserved_at_ms).date():
        return f"{tr('fino alle', lang)} {ends:%H:%M}"
    return f"{tr('fino al', lang)} {ends:%d/%m/%Y}{tr(' alle', lang)} {ends:%H:%M}"


def _full(time_ms: int) -> str:
    return f"{moment(time_ms):%d/%m/%Y %H:%M}" if time_ms else ""


def _told(others: Sequence[OtherHelp], mine: Reservation, lang: str) -> list[str]:
    """Return a sentence for each; equal ones are one, which says how often: by one body or several, nobody can tell."""
    times = Counter(_other(other, mine, lang) for other in others)
    often = tr("volte", lang)
    return [told if count == 1 else f"{told} ({count} {often})" for told, count in times.items()]


def _other(other: OtherHelp, mine: Reservation, lang: str) -> str:
    """Return what another body gives or promises, since when, and who comes first."""
    amount, contact = _amount(other, lang), _contact(other, lang)
    if other.status == AidStatus.GIVEN:
        when = ", ".join([show_when(other.when, "", lang), *amount])
        return f"{_gave(other, mine, lang)} ({when}).{contact}"
    since = "".join([_since(other, mine, lang), *(f", {one}" for one in amount)])
    return f"{_promised(other, mine, lang)}{since}: {_first(other, lang)}.{contact}"


def _body(other: OtherHelp, lang: str) -> str:
    if other.member_name:
        return other.member_name
    name = label(KINDS, other.member_kind, lang) if other.member_kind else tr(SOME_BODY, lang)
    return name[:1].upper() + name[1:]


def _gave(other: OtherHelp, mine: Reservation, lang: str) -> str:
    if other.same_need:
        said = tr("{body} ha già dato un aiuto per lo stesso bisogno", lang)
    elif other.facet == mine.facet:
        said = tr("{body} ha già dato un aiuto uguale", lang)
    else:
        said = tr("{body} ha già dato un aiuto simile ({facet})", lang)
    return said.format(body=_body(other, lang), facet=label(FACETS, other.facet, lang))


def _promised(other: OtherHelp, mine: Reservation, lang: str) -> str:
    if other.same_need:
        said = tr("{body} ha un impegno per lo stesso bisogno", lang)
    elif other.facet == mine.facet:
        said = tr("{body} ha un impegno uguale", lang)
    else:
        said = tr("{body} ha un impegno simile ({facet})", lang)
    return said.format(body=_body(other, lang), facet=label(FACETS, other.facet, lang))


def _since(other: OtherHelp, mine: Reservation, lang: str) -> str:
    if not other.reserved_at_ms:
        return ""
    since = moment(other.reserved_at_ms)
    if since.date() == moment(mine.reserved_at_ms).date():
        return f"{tr(' dalle', lang)} {since:%H:%M}"
    return f"{tr(' dal', lang)} {since:%d/%m/%Y}{tr(' alle', lang)} {since:%H:%M}"


def _first(other: OtherHelp, lang: str) -> str:
    if other.is_first is None:
        return tr("non si sa chi viene prima", lang)
    if other.is_first:
        return tr("viene prima del vostro", lang)
    return tr("il vostro viene prima", lang)


def _amount(other: OtherHelp, lang: str) -> list[str]:
    if other.amount_cents is not None:
        return [show_amount(other.amount_cents)]
    return [label(BANDS, other.amount_band, lang)] if other.amount_band else []


def _contact(other: OtherHelp, lang: str) -> str:
    return f" {tr('Recapito', lang)}: {other.contact}." if other.contact else ""


def _block(sign: str, text: str) -> list[str]:
    """Return the lines of a text; "(n. 3f2a91bc)" stays together."""
    kept, rest = text.replace("(n. ", "(n.\xa0"), " " * len(sign)
    lines = wrap(kept, _WIDTH, initial_indent=sign, subsequent_indent=rest, break_long_words=False)
    return [line.replace("(n.\xa0", "(n. ") for line in lines]
