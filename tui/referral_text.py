"""The sentences about persons sent and received, as a counter reads them: how each stands, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.errors import Code
from maglia.core.folding import fold
from maglia.core.referral import CONSENT_WITHDRAWN
from maglia.core.translation import mark, tr, trn
from tui.labels import FACETS, KINDS, SILENCES, Labels, label
from tui.referral_model import Referral, ReferredPerson, Taker
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import code_sentence, show_instant

_SENT: Labels = {
    "waiting": mark("IN ATTESA"),
    "undelivered": mark("NON CONSEGNATO"),
    "sent": mark("CONSEGNATO, da accettare"),
    "accepted": mark("ACCETTATO"),
    "declined": mark("NON ACCETTATO"),
    "done": mark("CONCLUSO"),
    "withdrawn": mark("RITIRATO"),
}
_RECEIVED: Labels = _SENT | {"sent": mark("DA ACCETTARE")}


def unread_line(count: int, lang: str, *, on_screen: bool = False) -> str:
    """Return what a login says of referrals that nobody has read; on a screen with keys."""
    if on_screen:
        there = trn("1 invio da leggere: F10, RINVII", "{count} invii da leggere: F10, RINVII", count, lang)
        return there.format(count=count)
    said = trn("1 invio da leggere: maglia refer list", "{count} invii da leggere: maglia refer list", count, lang)
    return said.format(count=count)


def list_lines(referrals: Sequence[Referral], lang: str) -> list[str]:
    """Return how each stands, without the persons."""
    if not referrals:
        return [tr("Nessun invio.", lang)]
    return [line for one in referrals for line in state_lines(one, lang)]


def state_lines(one: Referral, lang: str) -> list[str]:
    """Return how one stands: number, body and kind of aid; then its state, and why."""
    sign = "!! " if one.unread else "   "
    way = tr("a", lang) if one.direction == "sent" else tr("da", lang, "referral")
    head = f"{sign}{one.name} {way} {one.member_name}: {label(FACETS, one.facet, lang)}, {show_instant(one.created_ms)}"
    tail = [f"      {how_it_stands(one, lang)}"]
    if one.untold:
        tail.append(f"   {untold_line(one, lang)}")
    return fold([head, *tail])


def referral_table(referrals: Sequence[Referral], lang: str) -> Table:
    """Return how each stands, without the persons."""
    ways = {"sent": mark("mandato a"), "received": mark("ricevuto da")}
    rows: list[Cells] = [
        (
            one.name,
            tr("DA LEGGERE", lang) if one.unread else None,
            label(ways, one.direction, lang),
            one.member_name,
            label(FACETS, one.facet, lang),
            label(_SENT if one.direction == "sent" else _RECEIVED, one.state, lang),
            _why(one, lang).removeprefix(": "),
            instant_cell(one.created_ms),
            instant_cell(one.changed_ms),
            one.operator,
        )
        for one in referrals
    ]
    head = mark("Numero|Da leggere|Verso|Ente|Aiuto|Stato|Perché|Creato il|Cambiato il|Operatore")
    return make_table(mark("Invii"), head, rows, lang)


def whole_lines(one: Referral, lang: str, *, on_screen: bool = False) -> list[str]:
    """Return one with the person, and what can be done next; on a screen that is a choice below."""
    if one.person is None:
        gone = tr("I dati della persona sono stati cancellati.", lang)
        person = [] if one.direction == "sent" else [f"   {gone}"]
    else:
        person = person_lines(one.person, lang)
    reach = [] if not one.member_contact else [f"   {tr('Ente', lang)}: {one.member_contact}"]
    following = "" if on_screen else _next(one, lang)
    return fold([*state_lines(one, lang), *person, *reach, *([following] if following else [])])


def how_it_stands(one: Referral, lang: str) -> str:
    """Return the state in words, and why."""
    states = _SENT if one.direction == "sent" else _RECEIVED
    return f"{label(states, one.state, lang)}{_why(one, lang)}"


def untold_line(one: Referral, lang: str) -> str:
    """Return that the other body does not know yet, "" where it does."""
    return f"?? {_untold(one, lang)}" if one.untold else ""


def taker_lines(takers: Sequence[Taker], lang: str) -> list[str]:
    """Return who takes referrals, and for what."""
    if not takers:
        return [tr("Nessun ente riceve invii per questo tipo di aiuto.", lang)]
    lines = []
    for one in takers:
        lines.append(f"{one.member}  {one.name} ({label(KINDS, one.kind, lang)})  {one.contact}")
        lines.append("   " + ", ".join(f"{facet} ({label(FACETS, facet, lang)})" for facet in one.facets))
    return fold(lines)


def taker_table(takers: Sequence[Taker], lang: str) -> Table:
    """Return who takes referrals, one row for each body."""
    rows: list[Cells] = [
        (
            one.member,
            one.name,
            label(KINDS, one.kind, lang),
            one.contact,
            ", ".join(label(FACETS, facet, lang) for facet in one.facets),
        )
        for one in takers
    ]
    head = mark("Nome breve|Ente|Tipo|Recapito|Aiuti")
    return make_table(mark("Enti che ricevono invii"), head, rows, lang)


def person_lines(person: ReferredPerson, lang: str) -> list[str]:
    """Return who was sent and what for, a line for each thing that is known."""
    consent = tr("informativa {notice_version} ({language}), {consent_date}", lang).format(
        notice_version=person.notice_version, language=person.language, consent_date=_day(person.consent_date)
    )
    facts = (
        (mark("Codice"), person.identifier),
        (mark("Nome"), person.name),
        (mark("Recapito"), person.contact),
        (mark("Serve"), person.need),
        (mark("Nota"), person.note),
        (mark("Consenso"), consent),
    )
    return [f"   {tr(name, lang)}: {value}" for name, value in facts if value]


def _why(one: Referral, lang: str) -> str:
    if one.reason == CONSENT_WITHDRAWN:
        return tr(": la persona ha ritirato il consenso", lang)
    if one.reason:
        return f": {one.reason}"
    if one.code and not one.untold:
        return f": {_because(one.code, lang)}"
    return ""


def _untold(one: Referral, lang: str) -> str:
    why = f" ({_because(one.code, lang)})" if one.code else ""
    until = show_instant(one.untold_until_ms)
    return tr("L'ente non lo sa ancora{why}: si riprova da soli fino al {until}.", lang).format(why=why, until=until)


def _because(code: str, lang: str) -> str:
    if code in SILENCES:
        return label(SILENCES, code, lang)
    return code_sentence(code, lang).rstrip(".") if code in frozenset(Code) else code


def _next(one: Referral, lang: str) -> str:
    number = one.name
    commands = {
        ("received", "sent"): f"maglia refer accept {number}, maglia refer decline {number} --reason ...",
        ("received", "accepted"): f"maglia refer done {number}",
        ("sent", "waiting"): f"maglia refer withdraw {number}",
        ("sent", "sent"): f"maglia refer withdraw {number}",
        ("sent", "accepted"): f"maglia refer withdraw {number}",
    }
    command = commands.get((one.direction, one.state))
    return f"   {tr('Si può', lang)}: {command}" if command else ""


def _day(iso: str) -> str:
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"
