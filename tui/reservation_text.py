"""The sentences about help that is promised, as a counter reads them: what others promised, and who comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from textwrap import wrap

from maglia.core.vocabulary import AidStatus
from tui.labels import BANDS, FACETS, KINDS, SOME_BODY, Labels, label, pick
from tui.reservation_model import Beside, OtherHelp, Reservation
from tui.table import Cells, Table, euros, instant_cell, make_table
from tui.text import code_sentence, show_amount, show_day, show_time, show_when

_WIDTH = 80
STATES: Labels = {
    "to_check": ("DA VERIFICARE", "TO CHECK"),
    "to_confirm": ("DA CONFERMARE", "TO CONFIRM"),
    "expired": ("SCADUTO", "EXPIRED"),
    "confirmed": ("CONFERMATO", "CONFIRMED"),
    "released": ("ANNULLATO", "RELEASED"),
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
    done = pick(("Impegno registrato", "Reservation recorded"), lang)
    return _block("", f"{done}: {_what(one, lang)}, {_until(one, lang)} (n. {short(one.record_id)}).")


def given_lines(one: Reservation, lang: str) -> list[str]:
    """Return what is given, and until when that can be undone."""
    done, day = pick(("CONSEGNATO", "GIVEN"), lang), show_day(date.fromisoformat(one.day))
    told = _block("", f"{done}: {_what(one, lang)}, {day} (n. {short(one.record_id)}).")
    if not one.undo_until_ms:
        return told
    until = pick(("Si annulla fino alle", "It can be undone until"), lang)
    return [*told, f"{until} {show_time(one.undo_until_ms)}: maglia aid undo {short(one.record_id)}"]


def renewed_lines(one: Reservation, lang: str) -> list[str]:
    """Return until when it is promised now."""
    done = pick(("Impegno prorogato", "Reservation renewed"), lang)
    return _block("", f"{done}: {_what(one, lang)}, {_until(one, lang)} (n. {short(one.record_id)}).")


def released_lines(one: Reservation, lang: str) -> list[str]:
    """Return what is promised no more."""
    done = pick(("Impegno annullato", "Reservation released"), lang)
    return _block("", f"{done}: {_what(one, lang)} (n. {short(one.record_id)}).")


def unchecked_lines(beside: Beside, lang: str) -> list[str]:
    """Return why the network was not asked."""
    head = pick(("Verifica non eseguita", "Not checked"), lang)
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
        text = pick(
            (
                "Non ancora consegnato: la rete non è stata interrogata. Se l'aiuto va dato lo stesso, ripetere il "
                "comando con --reason e il motivo.",
                "Not given yet: the network was not asked. If the help is to be given all the same, repeat the "
                "command with --reason and the reason.",
            ),
            lang,
        )
    elif wants == "reason":
        text = pick(
            (
                "Non ancora consegnato: serve un motivo. Leggere qui sopra e, se l'aiuto va dato lo stesso, ripetere "
                "con --reason e il motivo.",
                "Not given yet: a reason is needed. Read what stands above and, if the help is to be given all the "
                "same, repeat with --reason and the reason.",
            ),
            lang,
        )
    else:
        text = pick(
            (
                "Non ancora consegnato: qui sopra c'è qualcosa che prima non c'era. Leggerlo e, se l'aiuto va dato lo "
                "stesso, ripetere il comando.",
                "Not given yet: above stands something that was not there before. Read it and, if the help is to be "
                "given all the same, repeat the command.",
            ),
            lang,
        )
    return _block("-> ", text)


def list_lines(found: Sequence[Reservation], lang: str) -> list[str]:
    """Return the reservations, those beside which something was found late first; the lines hold codes."""
    if not found:
        return [pick(("Nessun impegno.", "No reservations."), lang)]
    ordered = sorted(found, key=lambda one: (not one.late, one.state not in OPEN, one.reserved_until_ms))
    head = pick(("STATO", "STATUS"), lang), pick(("PERSONA", "PERSON"), lang), pick(("AIUTO", "AID"), lang)
    until = pick(("FINO A", "UNTIL"), lang)
    lines = [_count(found, lang), f"{head[0]:<14}{head[1]:<17}{head[2]:<19}{until:<17} N."]
    for one in ordered:
        facet, ends = label(FACETS, one.facet, lang), _full(one.reserved_until_ms)
        state = label(STATES, one.state, lang)
        lines.append(f"{state:<14}{one.identifier:<17}{facet:<19}{ends:<17} {short(one.record_id)}")
        if one.ends_soon:
            lines.append(pick(("   Scade presto: confermarlo, prorogarlo o annullarlo.",
                               "   Ends soon: confirm, renew or release it."), lang))  # fmt: skip
        for told in _told(one.late, one, lang):
            lines += _block("!! ", f"{pick(('TROVATO DOPO', 'FOUND LATER'), lang)}: {told}")
    return lines


def reservation_table(found: Sequence[Reservation], lang: str) -> Table:
    """Return the reservations by their persons' codes, each with what others gave or promised, found later."""
    head = (
        "Numero|Stato|Persona|Aiuto|Importo|Promesso il|Fino a|Promesso da|Prorogato|Trovato dopo",
        "Number|Status|Person|Aid|Amount|Promised at|Until|Promised by|Renewed|Found later",
    )
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
            pick(("sì", "yes"), lang) if one.renewed else None,
            " ".join(_told(one.late, one, lang)),
        )
        for one in found
    ]
    return make_table(("Impegni", "Reservations"), head, rows, lang, has_codes=True)


def _count(found: Sequence[Reservation], lang: str) -> str:
    still = [one for one in found if one.state in OPEN]
    soon, late = sum(one.ends_soon for one in still), sum(bool(one.late) for one in found)
    if lang == "en":
        parts = [f"{len(still)} open"] + [f"{soon} ending soon"] * bool(soon)
        return ", ".join(parts + [f"{late} with help found later"] * bool(late)) + "."
    parts = ["1 impegno aperto" if len(still) == 1 else f"{len(still)} impegni aperti"]
    parts += [f"{soon} in scadenza"] * bool(soon) + [f"{late} con aiuti trovati dopo"] * bool(late)
    return ", ".join(parts) + "."


def _what(one: Reservation, lang: str) -> str:
    amount = [show_amount(one.amount_cents)] if one.amount_cents else []
    return ", ".join([label(FACETS, one.facet, lang), *amount])


def _until(one: Reservation, lang: str) -> str:
    ends = moment(one.reserved_until_ms)
    if ends.date() == moment(one.reserved_at_ms).date():
        return f"{pick(('fino alle', 'until'), lang)} {ends:%H:%M}"
    return f"{pick(('fino al', 'until'), lang)} {ends:%d/%m/%Y}{pick((' alle', ','), lang)} {ends:%H:%M}"


def _full(time_ms: int) -> str:
    return f"{moment(time_ms):%d/%m/%Y %H:%M}" if time_ms else ""


def _told(others: Sequence[OtherHelp], mine: Reservation, lang: str) -> list[str]:
    """Return a sentence for each; equal ones are one, which says how often: by one body or several, nobody can tell."""
    times = Counter(_other(other, mine, lang) for other in others)
    often = pick(("volte", "times"), lang)
    return [told if count == 1 else f"{told} ({count} {often})" for told, count in times.items()]


def _other(other: OtherHelp, mine: Reservation, lang: str) -> str:
    """Return what another body gives or promises, since when, and who comes first."""
    body = _body(other, lang)
    like = _like(other, mine, lang)
    if other.status == AidStatus.GIVEN:
        gave = pick((f"{body} ha già dato un aiuto {like}", f"{body} has given {like} help already"), lang)
        return f"{gave} ({', '.join([show_when(other.when, '', lang), *_amount(other, lang)])}).{_contact(other, lang)}"
    has = pick((f"{body} ha un impegno {like}", f"{body} has {like} reservation"), lang)
    since = _since(other, mine, lang)
    amount = "".join(f", {one}" for one in _amount(other, lang))
    return f"{has}{since}{amount}: {_first(other, lang)}.{_contact(other, lang)}"


def _body(other: OtherHelp, lang: str) -> str:
    if other.member_name:
        return other.member_name
    name = label(KINDS, other.member_kind, lang) if other.member_kind else pick(SOME_BODY, lang)
    return name[:1].upper() + name[1:]


def _like(other: OtherHelp, mine: Reservation, lang: str) -> str:
    given = other.status == AidStatus.GIVEN
    if other.same_need:
        return pick(("per lo stesso bisogno", "same-need" if given else "a same-need"), lang)
    if other.facet == mine.facet:
        return pick(("uguale", "equal" if given else "an equal"), lang)
    like = label(FACETS, other.facet, lang)
    return pick((f"simile ({like})", f"{'similar' if given else 'a similar'} ({like})"), lang)


def _since(other: OtherHelp, mine: Reservation, lang: str) -> str:
    if not other.reserved_at_ms:
        return ""
    since = moment(other.reserved_at_ms)
    if since.date() == moment(mine.reserved_at_ms).date():
        return f"{pick((' dalle', ' since'), lang)} {since:%H:%M}"
    return f"{pick((' dal', ' since'), lang)} {since:%d/%m/%Y}{pick((' alle', ','), lang)} {since:%H:%M}"


def _first(other: OtherHelp, lang: str) -> str:
    if other.is_first is None:
        return pick(("non si sa chi viene prima", "nobody can tell who comes first"), lang)
    if other.is_first:
        return pick(("viene prima del vostro", "it comes before yours"), lang)
    return pick(("il vostro viene prima", "yours comes first"), lang)


def _amount(other: OtherHelp, lang: str) -> list[str]:
    if other.amount_cents is not None:
        return [show_amount(other.amount_cents)]
    return [label(BANDS, other.amount_band, lang)] if other.amount_band else []


def _contact(other: OtherHelp, lang: str) -> str:
    return f" {pick(('Recapito', 'Contact'), lang)}: {other.contact}." if other.contact else ""


def _block(mark: str, text: str) -> list[str]:
    """Return the lines of a text; "(n. 3f2a91bc)" stays together."""
    kept, rest = text.replace("(n. ", "(n.\xa0"), " " * len(mark)
    lines = wrap(kept, _WIDTH, initial_indent=mark, subsequent_indent=rest, break_long_words=False)
    return [line.replace("(n.\xa0", "(n. ") for line in lines]
